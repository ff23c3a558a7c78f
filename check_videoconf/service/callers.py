"""The clients of the service: what each asks for, and its answer. Nothing of what they say is ever logged.

A client connects, sends `CVC1`, eight decimal digits and so many bytes: fields with a NUL between them, which are

    whether stdout is a terminal (0 or 1), the umask (octal), the directory, the number of arguments, each argument,
    each variable of the environment (NAME=VALUE)

and leaves its side open. It gets `+ SECONDS` and a newline when the check has been taken, with how long that can last
at most; then `CODE LENGTH`, a newline and the text. Or, at any time before, `- REASON` and a newline: then it runs the
check itself. After the request it may send one byte, the number of a signal that it got. When it goes away its check
is ended.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator, Mapping

from ..catalog import COMMANDS
from .pool import GRACE, Answer, Job, Pool, Ticket

MAGIC = b"CVC1"
_DIGITS = 8
_HEAD = len(MAGIC) + _DIGITS
# Bytes of one request (the kernel's limit of arguments and environment is below), and of all that are not complete.
_LARGEST = 8 * 1024**2
_LARGEST_TOGETHER = 32 * 1024**2
_CHUNK = 1 << 18
# To send a request, and to take an answer.
_PATIENCE = 5.0
_MOST = 1000
_LONGEST = 3600.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# How long a check may wait for a worker, in seconds and of its own time; then its client runs it.
_FOR_A_WORKER = 0.5
_SHARE = 0.25
# Names of what only the client has open.
_DESCRIPTORS = ("dev/stdin", "dev/fd/", "dev/tty", "proc/self/", "proc/thread-self/")
# What has its effect when a process starts, so that a worker cannot take it on.
_OF_A_START = ("LD_LIBRARY_PATH", "LD_PRELOAD", "OPENSSL_CONF", "OPENSSL_MODULES", "PYTHONHOME", "PYTHONPATH")


class Refused(Exception):
    """The client is to run its check itself; in words why."""


class Callers:
    """All clients of one identity, and the pool that serves them."""

    def __init__(self, selector: selectors.BaseSelector, pool: Pool) -> None:
        self.selector = selector
        self.pool = pool
        self.environment = {name: os.environ.get(name) for name in _OF_A_START}
        self._all: set[_Caller] = set()

    def __len__(self) -> int:
        return len(self._all)

    def adopt(self, connection: socket.socket) -> None:
        """Serves a client that has connected and whose identity was checked."""
        connection.setblocking(False)
        caller = _Caller(self, connection)
        self._all.add(caller)
        if len(self._all) > _MOST:
            caller.refuse("the service has too many clients")

    def forget(self, caller: _Caller) -> None:
        self._all.discard(caller)

    def has_room(self) -> bool:
        """Whether what clients have sent, and is not yet a request, is not too much."""
        return sum(len(caller.incoming) for caller in self._all) <= _LARGEST_TOGETHER

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called."""
        due = min((caller.limit for caller in self._all if caller.limit), default=None)
        return None if due is None else max(0.0, due - time.monotonic())

    def tick(self) -> None:
        """Ends clients that are too slow."""
        now = time.monotonic()
        for caller in [caller for caller in self._all if caller.limit and caller.limit <= now]:
            caller.close()

    def refuse_new(self) -> None:
        """Sends away those whose request is not complete."""
        for caller in [caller for caller in self._all if caller.ticket is None and not caller.outgoing]:
            caller.refuse("the service is ending")

    def close(self) -> None:
        """Gives the last answers as far as they are taken at once."""
        for caller in list(self._all):
            caller.close()


class _Caller:
    """One client. limit: until when what it does now must be done; None while its check runs."""

    def __init__(self, callers: Callers, connection: socket.socket) -> None:
        self._callers = callers
        self._connection = connection
        self.incoming = bytearray()
        self.outgoing = b""
        self._last = False
        self.ticket: Ticket | None = None
        self.limit: float | None = time.monotonic() + _PATIENCE
        callers.selector.register(connection, selectors.EVENT_READ, self._on_event)

    def refuse(self, reason: str) -> None:
        """Leaves the check to the client."""
        self._write(f"- {reason}\n".encode("utf-8", "replace"), last=True)

    def close(self) -> None:
        if self._connection.fileno() < 0:
            return
        self._callers.selector.unregister(self._connection)
        self._connection.close()
        self._callers.forget(self)
        if self.ticket:
            self.ticket.cancel()

    def _on_event(self, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._write(b"", last=self._last)
        if mask & selectors.EVENT_READ and self._connection.fileno() >= 0:
            self._read()

    def _read(self) -> None:
        try:
            data = self._connection.recv(_CHUNK if self.ticket is None else 1)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
        elif self.ticket is not None:
            if data[0] in _SIGNALS:
                self.ticket.interrupt(data[0])
            else:
                self.close()
        elif not self._last:
            self.incoming += data
            try:
                self._take_request()
            except Refused as reason:
                self.incoming.clear()
                self.refuse(str(reason))

    def _take_request(self) -> None:
        size = _size(self.incoming)
        if len(self.incoming) < _HEAD + size:
            if not self._callers.has_room():
                raise Refused("the service has too much to read")
            return
        job = _job(bytes(self.incoming[_HEAD : _HEAD + size]), size)
        signals = bytes(self.incoming[_HEAD + size :])
        self.incoming.clear()
        if signals and (len(signals) > 1 or signals[0] not in _SIGNALS):
            raise Refused("this is no request")
        _refuse_what_a_worker_cannot_do(job, self._callers.environment)
        if self._callers.pool.full:
            raise Refused("all workers of the service are busy")
        self.limit = None
        self.ticket = ticket = self._callers.pool.submit(job, self._answer)
        ticket.wants_worker_within(min(_FOR_A_WORKER, _SHARE * ticket.seconds))
        in_file = any(argument.startswith("--extra-opts") for argument in job.arguments)
        seconds = _LONGEST if in_file else ticket.seconds
        self._write(f"+ {seconds + 2 * GRACE:g}\n".encode(), last=False)
        if signals:
            ticket.interrupt(signals[0])

    def _answer(self, answer: Answer) -> None:
        self.ticket = None
        if answer.ran:
            self._write(b"%d %d\n" % (answer.code, len(answer.text)) + answer.text, last=True)
        else:
            self.refuse(answer.text.decode("utf-8", "replace").removeprefix("UNKNOWN: ").strip())

    def _write(self, data: bytes, *, last: bool) -> None:
        """Sends, and with `last` closes when all is sent."""
        self.outgoing += data
        self._last = last
        try:
            while self.outgoing:
                self.outgoing = self.outgoing[self._connection.send(self.outgoing) :]
        except BlockingIOError:
            if self.limit is None:
                self.limit = time.monotonic() + _PATIENCE
            events = selectors.EVENT_READ | selectors.EVENT_WRITE
            self._callers.selector.modify(self._connection, events, self._on_event)
            return
        except OSError:
            last = True
        if last:
            self.close()
        elif self._callers.selector.get_key(self._connection).events != selectors.EVENT_READ:
            self._callers.selector.modify(self._connection, selectors.EVENT_READ, self._on_event)


def _refuse_what_a_worker_cannot_do(job: Job, environment: Mapping[str, str | None]) -> None:
    """Raises Refused. environment: what the service was started with."""
    if job.arguments and job.arguments[0] in COMMANDS:
        raise Refused(f"{job.arguments[0]} is no check")
    if any(name in argument for argument in job.arguments for name in _DESCRIPTORS):
        raise Refused("an argument names what only this process has open")
    for name, value in environment.items():
        if job.environment.get(name) != value:
            raise Refused(f"the service was started with another {name}")


def _size(received: bytearray) -> int:
    """Bytes of the request after its head; at least 0. Raises Refused."""
    digits = bytes(received[len(MAGIC) : _HEAD])
    if not MAGIC.startswith(bytes(received[: len(MAGIC)])) or (digits and not (digits.isdigit() and digits.isascii())):
        raise Refused("this is no request")
    if len(digits) < _DIGITS:
        return 1
    if int(digits) > _LARGEST:
        raise Refused("the request is too large")
    return int(digits)


def _job(body: bytes, size: int) -> Job:
    """Raises Refused."""
    fields = iter(body.split(b"\0"))
    try:
        terminal, umask, directory, count = next(fields), next(fields), next(fields), int(next(fields))
        arguments = [next(fields).decode("utf-8", "surrogateescape") for _ in range(count)]
        environment = dict(_variables(fields))
        mask = int(umask, 8)
    except (ValueError, StopIteration, RuntimeError):
        raise Refused("this is no request") from None
    if len(body) != size or not 0 <= mask <= 0o777 or not directory.startswith(b"/") or count < 0:
        raise Refused("this is no request")
    return Job(arguments, environment, os.fsdecode(directory), terminal == b"1", mask)


def _variables(fields: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for field in fields:
        name, sign, value = field.partition(b"=")
        if name and sign:
            yield os.fsdecode(name), os.fsdecode(value)
