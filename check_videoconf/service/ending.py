"""SIGTERM, SIGINT and SIGHUP as events of a loop."""

from __future__ import annotations

import os
import selectors
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from ..deadline import ENDING

_READ_BYTES = 64


@contextmanager
def told_to_end(selector: selectors.BaseSelector) -> Iterator[list[int]]:
    """The numbers of the signals to end that have come so far, each of which wakes the selector."""
    come: list[int] = []
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def on_signal(number: int, _: object) -> None:
        come.append(number)

    selector.register(reader, selectors.EVENT_READ, lambda _: os.read(reader, _READ_BYTES))
    # By the interpreter's own means: a handler runs too late to wake a selector that is about to wait.
    woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    before = {number: signal.signal(number, on_signal) for number in ENDING}
    try:
        yield come
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        selector.unregister(reader)
        os.close(reader)
        os.close(writer)
