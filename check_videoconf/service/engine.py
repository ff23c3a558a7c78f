"""What the connector and the worker share: checks on the way for an engine, bytes on the way to it, and the loop."""

from __future__ import annotations

import argparse
import os
import selectors
import time
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Callable, NoReturn, Protocol

from .ending import told_to_end
from .worker import forbid_core_dumps

if TYPE_CHECKING:
    from .pool import Answer, Job, Pool, Ticket

READ_BYTES = 1 << 16
UNKNOWN = 3
# How long the checks that run may still take when the process is told to end.
_SECONDS_TO_END = 10.0
_MOST_UNREAD = 32 * 1024**2


class UsageError(Exception):
    """A mistake on the command line of `connector` or `nagios-worker`."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would print to stderr and end."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; --help names the options")


def unknown_line(text: str) -> bytes:
    """The whole output of a check that was not run to its end."""
    return f"UNKNOWN: {text}\n".encode("utf-8", "replace")


def current_directory() -> str:
    """Where the process was started; a directory that is gone does not keep checks from running."""
    try:
        return os.getcwd()
    except OSError:
        return "/"


class Engine(Protocol):
    """One side of the loop: what speaks the protocol of a monitoring engine."""

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do."""

    def stop(self) -> None:
        """The process has been told to end: be over as soon as no check is on the way."""

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called; None when nothing is due."""

    def tick(self) -> None:
        """What time brings."""


def run(selector: selectors.BaseSelector, pool: Pool, engine: Engine) -> None:
    """The loop, until the engine is over, or some seconds after SIGTERM, SIGINT or SIGHUP."""
    end: float | None = None
    forbid_core_dumps()
    with told_to_end(selector) as told:
        while not engine.over:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return
            due = [seconds for seconds in (left, pool.next_event(), engine.next_event()) if seconds is not None]
            for key, mask in selector.select(min(due, default=None)):
                key.data(mask)
            pool.tick()
            engine.tick()
            if told and end is None:
                end = time.monotonic() + _SECONDS_TO_END
                engine.stop()


class Checks:
    """The checks that an engine waits for. Each is answered once: by the pool, or as late when its time is over."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: dict[int, tuple[Ticket, Callable[[Answer], None]]] = {}
        self._ends: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._waiting)

    def start(self, job: Job, done: Callable[[Answer], None], seconds: float, late: Callable[[], None]) -> None:
        """Run a check; after so many seconds (inf for no end) it is given up and `late` is called instead of `done`."""
        number = next(self._numbers)

        def answered(answer: Answer) -> None:
            del self._waiting[number]
            done(answer)

        self._waiting[number] = self._pool.submit(job, answered), done
        if seconds != float("inf"):
            heappush(self._ends, (time.monotonic() + seconds, number, late))

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called; None when nothing is due."""
        while self._ends and self._ends[0][1] not in self._waiting:
            heappop(self._ends)
        return max(0.0, self._ends[0][0] - time.monotonic()) if self._ends else None

    def tick(self) -> None:
        """Give up the checks whose time is over."""
        while self.next_event() == 0:
            _, number, late = heappop(self._ends)
            self._waiting.pop(number)[0].cancel()
            late()

    def cancel(self, answer: Answer | None = None) -> None:
        """End all of them, with this answer; without one nobody waits for them any more."""
        while self._waiting:
            ticket, done = self._waiting.popitem()[1]
            ticket.cancel()
            if answer is not None:
                done(answer)


class Tap:
    """What an engine sends, which is read while it is open. Raises PermissionError for a file."""

    def __init__(self, selector: selectors.BaseSelector, source: int, readable: Callable[[int], None]) -> None:
        self._selector = selector
        self._source = source
        self._readable = readable
        self._open = False
        self.turn(open=True)

    def turn(self, *, open: bool) -> None:
        """Opens or closes it, if it is not."""
        if open and not self._open:
            self._selector.register(self._source, selectors.EVENT_READ, self._readable)
        elif self._open and not open:
            self._selector.unregister(self._source)
        self._open = open


class Outgoing:
    """Bytes on their way to an engine, written as fast as it reads them. `broken` is called once it never will."""

    def __init__(self, selector: selectors.BaseSelector, descriptor: int, broken: Callable[[], None]) -> None:
        self._selector = selector
        self._descriptor = descriptor
        self._broken = broken
        self._pending = bytearray()
        self._registered = False

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def is_stuck(self) -> bool:
        """Whether the engine has left so much unread that it shall ask no more; little enough for any that is slow."""
        return len(self._pending) > _MOST_UNREAD

    def send(self, data: bytes) -> None:
        """Write it now or, behind what is still to be written, later."""
        self._pending += data
        if not self._registered:
            self._write()

    def drop(self) -> None:
        """Forget what has not been written."""
        self._pending.clear()
        self._watch(writing=False)

    def _write(self, _: int = 0) -> None:
        try:
            while self._pending:
                del self._pending[: os.write(self._descriptor, self._pending)]
        except BlockingIOError:
            self._watch(writing=True)
        except OSError:
            self.drop()
            self._broken()
        else:
            self._watch(writing=False)

    def _watch(self, *, writing: bool) -> None:
        if writing and not self._registered:
            self._selector.register(self._descriptor, selectors.EVENT_WRITE, self._write)
        elif self._registered and not writing:
            self._selector.unregister(self._descriptor)
        self._registered = writing
