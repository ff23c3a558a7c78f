"""The door of a service that runs as root: each caller's checks go to a process that has the caller's rights only.

The door itself reads nothing of what a caller says. For each identity it has a child that has given up root's rights,
and passes that the connection.
"""

from __future__ import annotations

import functools
import gc
import os
import selectors
import signal
import socket
import time
from collections import deque
from contextlib import suppress
from typing import Callable, NoReturn

from . import peers
from .member import fork
from .peers import Identity

MOST = 16
_IDLE_SECONDS = 900.0
_GRACE = 5.0
# Of each account; more than one process serves at a time.
_MOST_WAITING = 1000


class _Child:
    """waiting: connections that do not fit into its socket yet."""

    def __init__(self, pid: int, door: socket.socket) -> None:
        self.pid = pid
        self.door = door
        self.used = time.monotonic()
        self.waiting: deque[socket.socket] = deque()

    def pass_on(self) -> None:
        """Gives it what it takes of those that wait. Raises OSError if it takes none any more."""
        with suppress(BlockingIOError):
            while self.waiting:
                socket.send_fds(self.door, [b"+"], [self.waiting[0].fileno()])
                self.waiting.popleft().close()


class Gate:
    """Passes connections on. serve: what a child does with the socket they come through; it returns at its end."""

    def __init__(self, selector: selectors.BaseSelector, serve: Callable[[socket.socket], None]) -> None:
        self._selector = selector
        self._serve = serve
        self._children: dict[Identity, _Child] = {}
        self._leaving: set[int] = set()
        gc.collect()
        gc.freeze()

    def adopt(self, connection: socket.socket) -> None:
        """Gives a connection to the child that has its peer's rights; closes it where there is none."""
        try:
            identity = peers.of(connection)
            child = self._child(identity)
        except OSError:
            connection.close()  # the client sees the end, and runs its check itself
            return
        child.used = time.monotonic()
        if len(child.waiting) < _MOST_WAITING:
            child.waiting.append(connection)
            self._pass_on(identity)
        else:
            connection.close()

    def _pass_on(self, identity: Identity) -> None:
        child = self._children[identity]
        try:
            child.pass_on()
        except OSError:
            self._dismiss(identity)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if child.waiting else 0)
        key = self._selector.get_key(child.door)
        if key.events != events:
            self._selector.modify(child.door, events, key.data)

    def _on_event(self, identity: Identity, mask: int) -> None:
        if mask & selectors.EVENT_READ:  # it says nothing but that it has ended
            self._dismiss(identity)
        else:
            self._pass_on(identity)

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called."""
        oldest = min((child.used for child in self._children.values()), default=None)
        due = [] if oldest is None else [max(0.0, oldest + _IDLE_SECONDS - time.monotonic())]
        return min([*due, 1.0] if self._leaving else due, default=None)

    def tick(self) -> None:
        """Ends children that have long had nothing to do."""
        now = time.monotonic()
        for identity, child in list(self._children.items()):
            if child.used + _IDLE_SECONDS <= now:
                self._dismiss(identity)
        self._reap()

    def drain(self, seconds: float) -> None:
        """Lets all children finish, and waits for them as long as they may take for that."""
        for identity in list(self._children):
            self._dismiss(identity)
        end = time.monotonic() + seconds + 2 * _GRACE
        while self._leaving and time.monotonic() < end:
            time.sleep(0.01)
            self._reap()
        for pid in self._leaving:
            os.kill(pid, signal.SIGKILL)

    def _child(self, identity: Identity) -> _Child:
        """Raises OSError."""
        if identity not in self._children:
            if len(self._children) >= MOST:
                raise OSError(0, "too many accounts")
            self._children[identity] = self._started(identity)
        return self._children[identity]

    def _started(self, identity: Identity) -> _Child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = fork()
        if pid == 0:
            self._live(identity, theirs)
        theirs.close()
        ours.setblocking(False)
        child = _Child(pid, ours)
        self._selector.register(ours, selectors.EVENT_READ, functools.partial(self._on_event, identity))
        return child

    def _live(self, identity: Identity, door: socket.socket) -> NoReturn:
        code = 1
        try:
            own = door.fileno()
            for number in map(int, os.listdir("/proc/self/fd")):
                if number > 2 and number != own:
                    _close(number)
            _may_be_ended_first()
            peers.become(identity)
            os.chdir("/")
            self._serve(door)
            code = 0
        finally:
            os._exit(code)

    def _dismiss(self, identity: Identity) -> None:
        """Lets a child finish what it has; also where it has ended by itself."""
        child = self._children.pop(identity)
        self._selector.unregister(child.door)
        child.door.close()
        for connection in child.waiting:
            connection.close()
        self._leaving.add(child.pid)

    def _reap(self) -> None:
        for pid in list(self._leaving):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._leaving.discard(pid)


def _close(number: int) -> None:
    try:
        os.close(number)
    except OSError:
        return


def _may_be_ended_first() -> None:
    """Should memory run out, the system ends what runs checks before the door; only root may say so later."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("500")
    except OSError:
        return
