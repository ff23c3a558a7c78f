"""`check_videoconf serve`: checks for whoever may connect to a socket, with the rights of the caller.

A service that runs as root serves everybody whom the socket's mode lets in, each by processes of his own rights
(gate.py); any other serves its own account only. Checks run in workers (pool.py); callers.py tells what a client says.
"""

from __future__ import annotations

import os
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from ..errors import OptionError
from ..options import Option, duration, integer, parse
from . import listening, peers
from .callers import Callers
from .ending import told_to_end
from .gate import Gate
from .listening import Unusable
from .pool import SIZE, Pool
from .target import preload
from .worker import forbid_core_dumps

SOCKET = "/run/check_videoconf/socket"
_FAILED = 3
_DESCRIPTORS = 8192
_PAUSE = 0.5

_OPTIONS = (
    Option("--socket", "PATH", "where clients find it; systemd's, where that has made one", default=SOCKET),
    Option("--group", "GROUP", "whose members may use it, besides its owner"),
    Option("--workers", "N", "checks at a time, at most", default=SIZE, kind=integer(1, 1000)),
    Option("--drain", "SECONDS", "how long checks may take that run at its end", default=30, kind=duration),
    Option("-h --help", "", "this text"),
)


def main(arguments: Sequence[str]) -> int:
    """Serves until SIGTERM or SIGINT. Returns the exit code of the process."""
    try:
        options, rest = parse(arguments, _OPTIONS, ())
        if options.help:
            print(_help())  # noqa: T201 -- what was asked for
            return 3  # as the help of every command
        if rest:
            raise OptionError(f"one argument too many: {rest[0]}")
        if not hasattr(socket, "SO_PEERCRED"):
            raise OptionError("only Linux tells who is at the other end of a socket")
        _serve(options.socket, options.group, options.workers, float(options.drain))
    except (OptionError, Unusable) as error:
        _say(str(error))
        return _FAILED
    return 0


def _help() -> str:
    width = max(len(f"{' '.join(option.names)} {option.metavar}") for option in _OPTIONS)
    lines = [f"  {' '.join((*option.names, option.metavar)).strip():{width}}  {option.help}" for option in _OPTIONS]
    return "\n".join(["check_videoconf serve [--socket PATH]", "", *lines])


def _serve(path: str, group: str | None, workers: int, seconds: float) -> None:
    with selectors.DefaultSelector() as selector, told_to_end(selector) as told:
        _allow_descriptors()
        forbid_core_dumps()
        server = listening.inherited()
        identity = None
        if server is None:
            server = listening.bound(path, group)
            identity = listening.identity_of(path)
        preload()
        house: _House
        if os.geteuid() == 0:
            house = Gate(selector, lambda door: _serve_one(door, workers, seconds))
        else:
            house = _Own(selector, workers)
        entrance = _Entrance(selector, server, house)
        _say(f"serving at {path if identity else 'the socket of systemd'}")
        while not told:
            _turn(selector, house, entrance)
        if identity:
            listening.remove(path, identity)
        entrance.close()
        house.drain(seconds)
        _say("ended")


def _serve_one(door: socket.socket, workers: int, seconds: float) -> None:
    """What a child of the gate does: clients come through `door`, until that is closed."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the gate says when it is time
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with selectors.DefaultSelector() as selector:
        house = _Own(selector, workers)
        is_open = True

        def receive(_: int) -> None:
            nonlocal is_open
            data, descriptors, _flags, _address = socket.recv_fds(door, 1, 1)
            for descriptor in descriptors:
                house.callers.adopt(socket.socket(fileno=descriptor))
            is_open = bool(data)

        selector.register(door, selectors.EVENT_READ, receive)
        while is_open:
            _turn(selector, house)
        selector.unregister(door)
        house.drain(seconds)


def _turn(selector: selectors.BaseSelector, *parties: _Party) -> None:
    """Waits for what happens next and lets it be dealt with."""
    due = [seconds for party in parties if (seconds := party.next_event()) is not None]
    for key, mask in selector.select(min(due, default=None)):
        key.data(mask)
    for party in parties:
        party.tick()


class _Party(Protocol):
    def next_event(self) -> float | None: ...

    def tick(self) -> None: ...


class _House(_Party, Protocol):
    def adopt(self, connection: socket.socket) -> None: ...

    def drain(self, seconds: float) -> None: ...


class _Own:
    """Serves peers of this process's own identity."""

    def __init__(self, selector: selectors.BaseSelector, workers: int) -> None:
        self._identity = peers.own()
        self.pool = Pool(selector, size=workers)
        self.callers = Callers(selector, self.pool)

    def adopt(self, connection: socket.socket) -> None:
        try:
            welcome = peers.of(connection) == self._identity
        except OSError:
            welcome = False
        if welcome:
            self.callers.adopt(connection)
        else:
            with connection, suppress(OSError):
                connection.send(b"- the service runs as another account, or in other groups\n")

    def next_event(self) -> float | None:
        due = [seconds for party in (self.pool, self.callers) if (seconds := party.next_event()) is not None]
        return min(due, default=None)

    def tick(self) -> None:
        self.pool.tick()
        self.callers.tick()

    def drain(self, seconds: float) -> None:
        self.callers.refuse_new()
        self.pool.drain(seconds)
        self.callers.close()


class _Entrance:
    """Accepts clients; where there are no descriptors left for them, it pauses."""

    def __init__(self, selector: selectors.BaseSelector, server: socket.socket, house: _House) -> None:
        self._selector = selector
        self._server = server
        self._house = house
        self._closed_until: float | None = None
        server.setblocking(False)
        selector.register(server, selectors.EVENT_READ, self._accept)

    def _accept(self, _: int) -> None:
        try:
            connection, _address = self._server.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return
        except OSError:
            self._selector.unregister(self._server)
            self._closed_until = time.monotonic() + _PAUSE
            return
        self._house.adopt(connection)

    def next_event(self) -> float | None:
        return None if self._closed_until is None else max(0.0, self._closed_until - time.monotonic())

    def tick(self) -> None:
        if self._closed_until is not None and time.monotonic() >= self._closed_until:
            self._closed_until = None
            self._selector.register(self._server, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        if self._closed_until is None:
            self._selector.unregister(self._server)
        self._server.close()


def _allow_descriptors() -> None:
    """As many clients and workers as there may be; the usual limit is too low for that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _say(line: str) -> None:
    """On stderr, for the journal. Never anything that a client has said."""
    print(f"check_videoconf serve: {line}", file=sys.stderr, flush=True)  # noqa: T201 -- a service has no other output
