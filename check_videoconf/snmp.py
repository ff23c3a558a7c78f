"""One SNMP agent: a question by UDP and its answer, with tries, time-outs and errors of our family."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import NoRoute, OptionError, SnmpBadAnswer, SnmpNoAnswer, VideoconfError
from .snmp_account import INSTALL
from .text import plural
from .transport import address_of, resolve

if TYPE_CHECKING:
    from .session import Session
    from .snmp_account import Account
    from .snmp_engine import Engine

_LARGEST = 65535

Oid = tuple[int, ...]


class Value(NamedTuple):
    """What an object holds. kind: the name of its SNMP type; data: bytes or int, None where the kind says it all."""

    kind: str
    data: bytes | int | None

    @property
    def missing(self) -> bool:
        """Whether the agent says that it has no such object."""
        return self.kind in ("NoSuchObject", "NoSuchInstance", "EndOfMibView")


class Agent:
    """Asks the agent of a session's host. Raises VideoconfError, DeadlineReached; OptionError without the library."""

    def __init__(self, session: Session, account: Account) -> None:
        options = session.options
        self._session = session
        self._account = account
        self._host, self._port = options.hostname, options.snmp_port
        self.address = address_of(self._host, self._port)
        self._tries, self._seconds = options.retries + 1, options.snmp_timeout

    def get(self, oids: Sequence[Oid]) -> list[Value]:
        """The values of objects, in their order, by one GET."""
        kind = _engine()
        deadline = self._session.deadline
        addresses = resolve(self._host, self._port, deadline)
        deadline.enter(f"waiting for the SNMP answer of {self.address}")
        failures: list[VideoconfError] = []
        for family, _, _, _, where in addresses:
            try:
                return self._get(kind, family, where, oids)
            except (SnmpNoAnswer, NoRoute) as error:
                failures.append(error)
        # Of several addresses the one that was there at all tells most.
        raise next((error for error in failures if isinstance(error, SnmpNoAnswer)), failures[0])

    def _get(self, kind: type[Engine], family: int, where: Any, oids: Sequence[Oid]) -> list[Value]:
        """By one address. A connected socket: nothing of anybody else arrives, and a closed port is told."""
        with socket.socket(family, socket.SOCK_DGRAM) as connection:

            def send(datagram: bytes) -> None:
                self._session.datagrams += 1
                connection.send(datagram)

            engine = kind(self._account, self.address, send)
            started = time.monotonic()
            try:
                connection.connect(where)
                values = self._ask(engine, connection, oids)
            except OSError as error:
                raise self._explained(error) from None
        self._trace(oids, values, time.monotonic() - started)
        return values

    def _ask(self, engine: Engine, connection: socket.socket, oids: Sequence[Oid]) -> list[Value]:
        for _ in range(self._tries):
            engine.ask(oids)
            until = time.monotonic() + self._seconds
            while (left := until - time.monotonic()) > 0:
                connection.settimeout(min(left, self._session.deadline.remaining()))
                try:
                    datagram = connection.recv(_LARGEST)
                except socket.timeout:
                    self._session.deadline.remaining()
                    break
                values = engine.take(datagram)
                if values is not None:
                    return values
        if engine.useless:
            raise SnmpBadAnswer(address=self.address, reason=engine.useless)
        tries = plural(self._tries, "try", "tries")
        raise SnmpNoAnswer(address=self.address, reason=f"none within {self._seconds:g} s, {tries}")

    def _explained(self, error: OSError) -> VideoconfError:
        if error.errno == errno.ECONNREFUSED:
            return SnmpNoAnswer(address=self.address, reason="nothing listens on the port")
        return NoRoute(address=self.address, reason=(error.strerror or str(error)).lower())

    def _trace(self, oids: Sequence[Oid], values: Sequence[Value], seconds: float) -> None:
        """Lines for -vv and -vvv."""
        verbose, lines = self._session.options.verbose, self._session.trace
        if verbose > 1:
            lines.append(f"SNMP GET of {plural(len(oids), 'object')}: answered after {seconds * 1000:.0f} ms")
        if verbose > 2:
            for oid, (kind, data) in zip(oids, values):
                shown = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
                lines.append(f"< {'.'.join(map(str, oid))}: {kind}{'' if shown is None else f' {shown}'}")


def _engine() -> type[Engine]:
    """The class that knows the library; other checks never load it. Raises OptionError where it is not installed."""
    try:
        from .snmp_engine import Engine
    except (ImportError, AttributeError) as error:  # the latter where it is another version
        raise OptionError(f"SNMP needs pysnmp 7.1: {INSTALL} ({error})") from None
    return Engine
