"""SNMP agents that answer by a function, and the messages of version 3 that no simulated device sends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from check_videoconf.simulator import snmp
from check_videoconf.simulator.snmp import Oid

from .conftest import Answer, Run
from .promises import kept
from .servers import HOST

COMMUNITY = "s3cret-community"
#: What no output may hold: the community, and the passwords of version 3.
SECRETS = (COMMUNITY, "auth-geheim-1", "priv-geheim-2")
LA_LOAD: Oid = (1, 3, 6, 1, 4, 1, 2021, 10, 1, 3)
SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
OBJECTS = {
    (*LA_LOAD, 1): snmp.octets("0.42"),
    (*LA_LOAD, 2): snmp.octets("1.5"),
    (*LA_LOAD, 3): snmp.octets("2.00"),
    SYS_NAME: snmp.octets("lon-conf-01"),
    SYS_UP_TIME: snmp.encoded(0x43, (9000000).to_bytes(4, "big")),  # 25 hours
}
#: The reports of RFC 3414 by what they mean.
REPORTS = {"level": 1, "time": 2, "user": 3, "engine": 4, "digest": 5, "decryption": 6}
_ENGINE = bytes.fromhex("80001f8880c0ffee")

Reply = Callable[[bytes], Iterable[bytes]]


class Datagrams:
    """A UDP server that answers each datagram by a function; `asked` holds what came."""

    def __init__(self, reply: Reply, host: str = HOST) -> None:
        self.asked: list[bytes] = []
        self._reply = reply
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._address = self._socket.getsockname()
        self.port = int(self._address[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._family = family

    def __enter__(self) -> Datagrams:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(self._family, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._address)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            with suppress(OSError):  # the client may be gone
                datagram, client = self._socket.recvfrom(65535)
                if not datagram:
                    return
                self.asked.append(datagram)
                for answer in self._reply(datagram):
                    self._socket.sendto(answer, client)


@contextmanager
def agent(objects: dict[Oid, bytes] | None = None, community: str = COMMUNITY) -> Iterator[snmp.Agent]:
    """An agent of version 2c that behaves, with objects of the test's."""
    running = snmp.Agent(OBJECTS if objects is None else objects, community)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def well_behaved(objects: dict[Oid, bytes] | None = None, community: str = COMMUNITY) -> Callable[[bytes], bytes]:
    """What such an agent would answer, for one that then does something else."""
    silent = snmp.Agent(OBJECTS if objects is None else objects, community)
    silent.close()
    return silent.answer


def report(request: bytes, meaning: str) -> bytes:
    """A report of version 3 in answer to a request, without authentication."""
    name = snmp.oid((1, 3, 6, 1, 6, 3, 15, 1, 1, REPORTS[meaning], 0))
    varbind = snmp.encoded(0x30, name + snmp.encoded(0x41, b"\x01"))
    pdu = snmp.encoded(0xA8, snmp.integer(0) * 3 + snmp.encoded(0x30, varbind))
    header = snmp.encoded(0x30, message_id(request) + snmp.integer(65507) + snmp.encoded(4, b"\0") + snmp.integer(3))
    security = snmp.encoded(4, _ENGINE) + snmp.integer(1) + snmp.integer(1) + snmp.encoded(4, b"") * 3
    scoped = snmp.encoded(0x30, snmp.encoded(4, _ENGINE) + snmp.encoded(4, b"") + pdu)
    parameters = snmp.encoded(4, snmp.encoded(0x30, security))
    return snmp.encoded(0x30, snmp.integer(3) + header + parameters + scoped)


def message_id(request: bytes) -> bytes:
    """The id of a message of version 3, encoded."""
    ((_, message),) = snmp.parts(request)
    _, (_, header), *_ = snmp.parts(message)
    return snmp.encoded(2, snmp.parts(header)[0][1])


def reporting(meaning: str) -> Reply:
    """An agent of version 3 that introduces itself, and then says no."""

    def reply(request: bytes) -> Iterable[bytes]:
        yield report(request, meaning if _ENGINE in request else "engine")

    return reply


def ask(check: Run, port: int, *argv: str, system: str = "pexip", host: str = HOST, **env: str) -> Answer:
    """One try of a tenth of a second, unless the test says otherwise."""
    argv = ("--retries", "0", "--snmp-timeout", "0.1", "--community", COMMUNITY, *argv)
    answer = kept(check(system, "snmp-load", "-H", host, "--snmp-port", str(port), *argv, **env))
    assert not [secret for secret in SECRETS if secret in answer.stdout]
    assert "internal error" not in answer.stdout
    return answer


def patient(check: Run, port: int, *argv: str, **env: str) -> Answer:
    """For agents that answer: on a busy machine it may take a while."""
    return ask(check, port, "--snmp-timeout", "20", *argv, **env)
