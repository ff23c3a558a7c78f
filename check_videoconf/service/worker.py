"""A worker: one check after the other, each as in a process of its own, in the main thread of a forked process.

What a check leaves behind that the next one could notice (a thread, a descriptor, a child, a handler) ends the worker
after its answer; what a check may change in the ordinary course is set anew before each.
"""

from __future__ import annotations

import contextlib
import contextvars
import gc
import locale
import marshal
import os
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn

from ..cli import UNKNOWN, Outcome, Start, guarded, undisturbed
from .frames import ANSWER, DEADLINE, HEAD, frame, length
from .host import Host

if TYPE_CHECKING:
    from ..deadline import Deadline

CHECKS = 1000
# Bytes: of data in one worker at all; and by how much it may grow until it is replaced.
_MOST_DATA = 1024**3
_MOST_GROWTH = 48 * 1024**2
_TIDY_SECONDS = 5.0
_PAGE = resource.getpagesize()
# An answer's flags.
LAST, RAN = 1, 2


def work(control: socket.socket) -> NoReturn:
    """The life of a worker, just forked. Jobs come over `control`, answers go back over it; its end is the worker's."""
    code = 1
    try:
        _leave_parent(control)
        _Worker(control).run()
        code = 0
    finally:
        os._exit(code)


def _leave_parent(control: socket.socket) -> None:
    """Nothing of the parent's is left but its memory: no descriptor, no handler, no terminal."""
    gc.freeze()
    os.setsid()
    own = control.fileno()
    for name in os.listdir("/proc/self/fd"):
        if (number := int(name)) != own:
            with contextlib.suppress(OSError):
                os.close(number)
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        if number != null:
            os.dup2(null, number)
    signal.set_wakeup_fd(-1)
    for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(signal_number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _lower(resource.RLIMIT_DATA, _MOST_DATA)
    forbid_core_dumps()
    # Should the machine run out of memory, a worker goes before the service does.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")


def forbid_core_dumps() -> None:
    """What callers have said is in the memory of this process, and no file."""
    _lower(resource.RLIMIT_CORE, 0)


def _lower(limit: int, most: int) -> None:
    soft, hard = resource.getrlimit(limit)
    if soft == resource.RLIM_INFINITY or soft > most:
        resource.setrlimit(limit, (most, hard))


class _Worker:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._host = Host(self._announce)
        self._assumed = 0.0
        self._checks = 0
        self._environment = dict(os.environ)
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._state = _state()
        self._descriptors = _descriptors()
        self._memory = _resident()

    def run(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            outcome, ran = self._answer(*job)
            last = not self._is_as_before()
            flags = (LAST if last else 0) | (RAN if ran else 0)
            text = outcome.text.encode("utf-8", "replace")
            self._control.sendall(frame(ANSWER, bytes((outcome.code, flags)) + text))
            os.chdir("/")  # a caller's file system can be unmounted
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if last:
                return

    def _next(self) -> tuple[Any, ...] | None:
        """The next job; None when there will be none."""
        while self._host.tidy():
            self._control.settimeout(_TIDY_SECONDS)
            try:
                return self._received()
            except socket.timeout:
                continue
        self._control.settimeout(None)
        return self._received()

    def _received(self) -> tuple[Any, ...] | None:
        head = self._control.recv(HEAD)
        self._control.settimeout(None)
        size = length(head + self._exactly(HEAD - len(head))) if head else 0
        body = self._exactly(size)
        return marshal.loads(body) if len(body) == size and size else None  # noqa: S302 -- from our own parent

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size and (part := self._control.recv(min(size, 1 << 20))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    # -- one check

    def _answer(
        self,
        arguments: list[str],
        environment: dict[str, str],
        directory: str,
        terminal: bool,
        umask: int | None,
        moment: float,
        assumed: float,
    ) -> tuple[Outcome, bool]:
        self._assumed = assumed
        self._host.deadline = None
        try:
            os.chdir(directory)
            self._become(environment)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return Outcome(f"UNKNOWN: the check cannot be run as its caller would: {reason}\n", UNKNOWN), False
        os.umask(self._umask if umask is None else umask)
        start = Start(moment, terminal, host=self._host)
        # In a context of its own: decimal's is part of it.
        check = contextvars.copy_context()
        return undisturbed(lambda: check.run(guarded, arguments, start)), True

    def _become(self, environment: dict[str, str]) -> None:
        """The environment of the caller, and what Python and the C library have remembered of the one before."""
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        time.tzset()
        tempfile.tempdir = None

    def _announce(self, deadline: Deadline) -> None:
        if deadline.seconds != self._assumed:
            self._control.sendall(frame(DEADLINE, repr(deadline.seconds).encode()))

    # -- after it

    def _is_as_before(self) -> bool:
        """Whether the next check finds what this one found. What an alarm has interrupted may be in any state."""
        self._checks += 1
        deadline = self._host.deadline
        return (
            self._checks < CHECKS
            and not (deadline and deadline.left() <= 0)
            and threading.active_count() == 1
            and _state() == self._state
            and _descriptors() <= self._descriptors + self._host.sockets()
            and not _has_children()
            and _resident() - self._memory < _MOST_GROWTH
        )


def _state() -> tuple[object, ...]:
    """What a check could change for the whole process and has no reason to."""
    return (
        signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_REAL),
        signal.getsignal(signal.SIGCHLD),
        signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        locale.setlocale(locale.LC_ALL),
        socket.getdefaulttimeout(),
        sys.getrecursionlimit(),
        sys.gettrace(),
        gc.isenabled(),
    )


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _resident() -> int:
    """Bytes of memory of this process, what it shares with its parent included."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * _PAGE


def _has_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
