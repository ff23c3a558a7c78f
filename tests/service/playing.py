"""A pool whose answers the test gives, the loop that a protocol runs in, and the messages of Centreon Engine."""

from __future__ import annotations

import selectors
import time
from typing import Callable

from check_videoconf.service.engine import Engine
from check_videoconf.service.pool import Answer, Job, Pool, Ticket

VERSION_QUERY = b"0\0\0\0\0"
QUIT = b"4\0\0\0\0"


class HeldTicket(Ticket):
    """A check that ends when the test says so."""

    def __init__(self, job: Job, done: Callable[[Answer], None]) -> None:
        self.job = job
        self.done = done
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class HeldPool(Pool):
    """Holds what is submitted."""

    def __init__(self) -> None:
        self.tickets: list[HeldTicket] = []

    def submit(self, job: Job, done: Callable[[Answer], None], timeout: float | None = None) -> Ticket:
        self.tickets.append(HeldTicket(job, done))
        return self.tickets[-1]

    @property
    def arguments(self) -> list[list[str]]:
        """Those of all checks that were submitted, in order."""
        return [ticket.job.arguments for ticket in self.tickets]


def turn(selector: selectors.BaseSelector, engine: Engine) -> None:
    """The loop, until nothing is ready."""
    while ready := selector.select(0):
        for key, mask in ready:
            key.data(mask)
        engine.tick()


def execution(number: int, line: bytes, seconds: int = 60, start: int | None = None) -> bytes:
    """As the engine writes it."""
    since = int(time.time()) if start is None else start
    return b"2\0%d\0%d\0%d\0%s\0\0\0\0" % (number, seconds, since, line)
