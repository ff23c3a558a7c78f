"""The one deadline of a check, and the alarm signal that enforces it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .errors import DeadlineReached, Terminated

# Struck again until the check has ended: what is raised inside a destructor or a callback is lost there.
_AGAIN = 0.1
# A signal that comes right before a system call that waits does not end that: it is looked for so often.
_LOOK = 1.0
#: The signals by which pollers, terminals and the system ask a check to end.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Deadline:
    """Counts down from the moment it is made. `phase` says what the check is doing, for the error's line.

    `network` tells whether that phase waits for the device, so that --unreachable-state applies to it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = time.monotonic()
        self.phase = "starting"
        self.network = False
        self._kept = 0.0
        self._armed = False
        self._ended: Terminated | None = None

    def enter(self, phase: str, *, network: bool = True) -> None:
        """Names what begins now; raises DeadlineReached if there is no time left for it."""
        self.phase = phase
        self.network = network
        self.remaining()

    def elapsed(self) -> float:
        """Seconds since the check began."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds left, negative when the time is over."""
        return self.seconds - self._kept - self.elapsed()

    def remaining(self) -> float:
        """Seconds left, more than 0. Raises DeadlineReached when there are none."""
        left = self.left()
        if left <= 0:
            raise self.reached()
        return left

    def reached(self) -> DeadlineReached:
        return DeadlineReached(self.seconds, self.phase, unreachable=self.network)

    def sleep(self, seconds: float) -> None:
        """Waits, but never past the deadline."""
        time.sleep(min(seconds, self.remaining()))
        self.remaining()

    def disarm(self) -> None:
        """Lets what is left to do be done: the check is over, by itself or because its time is."""
        self._armed = False
        self._ended = None
        if threading.current_thread() is threading.main_thread():
            signal.setitimer(signal.ITIMER_REAL, 0)

    @contextmanager
    def keeping(self, seconds: float) -> Iterator[None]:
        """Ends what is in the block so long before the deadline: that time is for what must be done after it."""
        self._kept += seconds
        self._arm()
        try:
            yield
            if self._ended:  # it was lost, and what is in the block was over before it struck again
                raise self._ended
        except Terminated:
            self._ended = None  # it was not lost
            raise
        finally:
            self._kept -= seconds
            self._arm()

    @contextmanager
    def unsignalled(self) -> Iterator[None]:
        """While it lasts SIGTERM, SIGINT and SIGHUP are ignored: what was begun is put right first."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _arm(self) -> None:
        """Sets the alarm anew, where there is one."""
        if self._armed:
            signal.setitimer(signal.ITIMER_REAL, max(min(self.left(), _LOOK), 0.001), _AGAIN)

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """While it lasts the alarm signal ends what runs too long: a slow drip, a runaway regular expression.

        SIGTERM, SIGINT and SIGHUP end it with a line instead of a traceback. Only the main thread gets signals.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def on_alarm(number: int, frame: FrameType | None) -> None:
            if self._ended:
                raise self._ended
            if self.left() <= 0:
                raise self.reached()
            self._arm()

        def on_end(number: int, frame: FrameType | None) -> None:
            self._ended = Terminated(signal.Signals(number).name, self.phase)
            self._arm()  # as long as it takes to get to where this is caught
            raise self._ended

        handlers = {signal.SIGALRM: on_alarm, **dict.fromkeys(ENDING, on_end)}
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self._armed = True
        self._arm()
        try:
            yield
        finally:
            self.disarm()
            for number, handler in before.items():
                signal.signal(number, handler)
