"""A worker as its parent sees it: a child process at the other end of a socket."""

from __future__ import annotations

import marshal
import os
import selectors
import signal
import socket
from typing import TYPE_CHECKING, Any, Callable

from .frames import JOB, frame, frames

if TYPE_CHECKING:
    from .pool import Ticket

_CHUNK = 65536
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM)
# Of an answer; with -vvv the largest has some 100 kB.
_LARGEST = 16 * 1024**2


def fork() -> int:
    """os.fork whose child gets no signal before it has handlers of its own; it must unblock them. Raises OSError."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


class Member:
    """One worker process, with what it does now.

    heard: called with each frame's kind and body. lost: called once, when it answers no more.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        heard: Callable[[Member, bytes, bytes], None],
        lost: Callable[[Member], None],
    ) -> None:
        """Forks. Raises OSError."""
        self._selector = selector
        self._heard = heard
        self._lost = lost
        self._incoming = bytearray()
        self._outgoing = b""
        self.ticket: Ticket | None = None
        #: It gets no other check, and is being ended.
        self.doomed = False
        #: Whether what it was given last has reached it.
        self.took = True
        #: When its last check ended; monotonic.
        self.idle_since = 0.0
        #: How the process ended, as waitpid tells it; None while it lives.
        self.status: int | None = None
        self._socket, theirs = socket.socketpair()
        try:
            self.pid = fork()
        except OSError:
            self._socket.close()
            theirs.close()
            raise
        if self.pid == 0:
            from .worker import work

            work(theirs)
        theirs.close()
        self._socket.setblocking(False)
        selector.register(self._socket, selectors.EVENT_READ, self._on_event)

    def give(self, job: tuple[Any, ...]) -> None:
        """Sends it a job."""
        self._outgoing = frame(JOB, marshal.dumps(job))
        self._send()

    def signal(self, number: int) -> None:
        """Sends it a signal; it has not been waited for, so that the number is still its own."""
        if self.status is None:
            os.kill(self.pid, number)

    def end(self) -> None:
        """Closes its socket, which ends it as soon as it looks for another job."""
        if self.is_connected:
            self._selector.unregister(self._socket)
            self._socket.close()

    @property
    def is_connected(self) -> bool:
        """Whether it may still say something."""
        return self._socket.fileno() >= 0

    def is_gone(self) -> bool:
        """Whether the process has ended; takes it off the system's list."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def last_words(self) -> str:
        """How it ended, in words."""
        if self.status is None:
            return "its process does not end"
        code = os.waitstatus_to_exitcode(self.status)
        return f"exit code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"

    # -- the socket

    def _on_event(self, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._send()
        if mask & selectors.EVENT_READ:
            self._receive()

    def _send(self) -> None:
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self._socket.send(self._outgoing) :]
        except BlockingIOError:
            self._selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self._on_event)
            return
        except OSError:
            self._outgoing, self.took = b"", False  # reading tells that it is gone
        if self._selector.get_key(self._socket).events != selectors.EVENT_READ:
            self._selector.modify(self._socket, selectors.EVENT_READ, self._on_event)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:  # it has ended without reading all
            data, self.took = b"", False
        self._incoming += data
        for kind, body in frames(self._incoming):
            self._heard(self, kind, body)
            if not self.is_connected:
                return
        if self.is_connected and (not data or len(self._incoming) > _LARGEST):
            self.end()
            self._lost(self)
