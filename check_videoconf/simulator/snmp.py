"""A small SNMP agent of version 2c: GET and GETNEXT of a few objects, by hand, as no library is needed for that."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

HOST = "127.0.0.1"
COMMUNITY = "public"

_INTEGER, _OCTETS, _OID, _SEQUENCE, _TICKS = 0x02, 0x04, 0x06, 0x30, 0x43
_GET, _GET_NEXT, _RESPONSE = 0xA0, 0xA1, 0xA2
_NO_SUCH_OBJECT, _END_OF_MIB = b"\x80\x00", b"\x82\x00"
_VERSION_2C = 1
_LARGEST = 65535

Oid = tuple[int, ...]


def node(name: str, seed: int) -> dict[Oid, bytes]:
    """What a Linux system with net-snmp tells of itself: its name, how long the agent runs, its load averages."""
    chance = random.Random(f"{seed} {name}")
    objects: dict[Oid, bytes] = {
        (1, 3, 6, 1, 2, 1, 1, 3, 0): encoded(_TICKS, _number(chance.randint(10**7, 10**8))),
        (1, 3, 6, 1, 2, 1, 1, 5, 0): octets(name),
    }
    for row, minutes in enumerate((1, 5, 15), 1):
        entry = (1, 3, 6, 1, 4, 1, 2021, 10, 1)
        objects[(*entry, 1, row)] = integer(row)
        objects[(*entry, 2, row)] = octets(f"Load-{minutes}")
        objects[(*entry, 3, row)] = octets(f"{chance.uniform(0.2, 1.8):.2f}")
    return objects


class Agent:
    """Answers on a UDP port of loopback, a free one by default, from `start` to `stop`; a wrong community not at all.

    objects: OID to the value, encoded. They may be changed while it runs. requests: how many were answered.
    """

    def __init__(self, objects: Mapping[Oid, bytes], community: str = COMMUNITY, port: int = 0) -> None:
        self.objects = dict(objects)
        self.requests = 0
        self._community = community.encode()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, port))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="snmp", daemon=True)
        self._stopping = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (HOST, self.port))
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Gives the port back; `answer` goes on."""
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            with suppress(OSError):  # a client that has gone is told by the next call
                datagram, client = self._socket.recvfrom(_LARGEST)
                answer = self.answer(datagram)
                if answer:
                    self._socket.sendto(answer, client)

    def answer(self, datagram: bytes) -> bytes:
        """The answer to a message, `b''` to what is none, or not for this agent."""
        try:
            version, community, (kind, pdu) = parts(_content(datagram, _SEQUENCE))
            handle, _, _, (_, asked) = parts(pdu)
            names = [_oid(parts(varbind)[0][1]) for _, varbind in parts(asked)]
        except (ValueError, IndexError):
            return b""
        known = (version, community) == ((_INTEGER, bytes([_VERSION_2C])), (_OCTETS, self._community))
        if not known or kind not in (_GET, _GET_NEXT):
            return b""
        self.requests += 1
        found = (self._found(name) if kind == _GET else self._next(name) for name in names)
        return message(self._community, handle[1], [encoded(_SEQUENCE, oid(name) + value) for name, value in found])

    def _found(self, name: Oid) -> tuple[Oid, bytes]:
        return name, self.objects.get(name, _NO_SUCH_OBJECT)

    def _next(self, name: Oid) -> tuple[Oid, bytes]:
        later = min((known for known in self.objects if known > name), default=None)
        return (name, _END_OF_MIB) if later is None else (later, self.objects[later])


# -- BER, as far as SNMP needs it


def message(community: bytes, handle: bytes, varbinds: list[bytes], *, status: int = 0) -> bytes:
    """A response of version 2c. handle: the request's id, encoded without its head."""
    pdu = encoded(_INTEGER, handle) + integer(status) + integer(0) + encoded(_SEQUENCE, b"".join(varbinds))
    return encoded(_SEQUENCE, integer(_VERSION_2C) + encoded(_OCTETS, community) + encoded(_RESPONSE, pdu))


def encoded(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return encoded(_INTEGER, _number(value))


def octets(text: str) -> bytes:
    """An OCTET STRING."""
    return encoded(_OCTETS, text.encode())


def oid(numbers: Oid) -> bytes:
    """An OBJECT IDENTIFIER."""
    content = bytearray([40 * numbers[0] + numbers[1]])
    for number in numbers[2:]:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        content += bytes(reversed(digits))
    return encoded(_OID, bytes(content))


def _number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _content(data: bytes, tag: int) -> bytes:
    ((found, content),) = parts(data)
    if found != tag:
        raise ValueError("another tag")
    return content


def parts(data: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of each element, one after the other. Raises ValueError, IndexError for what is no BER."""
    parts = []
    place = 0
    while place < len(data):
        tag, size = data[place], data[place + 1]
        place += 2
        if size & 0x80:
            length = data[place : place + (size & 0x7F)]
            place += len(length)
            size = int.from_bytes(length, "big")
        if place + size > len(data):
            raise ValueError("it ends early")
        parts.append((tag, data[place : place + size]))
        place += size
    return parts


def _oid(content: bytes) -> Oid:
    numbers = [content[0] // 40, content[0] % 40]
    number = 0
    for byte in content[1:]:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    return tuple(numbers)
