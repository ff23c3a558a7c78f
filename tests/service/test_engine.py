"""The loop of the connector and the worker."""

from __future__ import annotations

import selectors
import signal
import threading
import time
from typing import Any

from check_videoconf.service.engine import run


class Idle:
    """An engine, and its pool, with nothing to do. late: whether it was told to end by nobody."""

    def __init__(self) -> None:
        self.over = self.late = False
        self._end = time.monotonic() + 20

    def stop(self) -> None:
        self.over = True

    def next_event(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def tick(self) -> None:
        if time.monotonic() >= self._end:
            self.late = self.over = True


def test_a_signal_that_interrupts_no_system_call_ends_the_loop() -> None:
    """It may come right before the call; here another thread gets it."""

    def strike() -> None:
        time.sleep(0.2)  # until the loop waits, most probably
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    idle: Any = Idle()
    with selectors.DefaultSelector() as selector:
        thread = threading.Thread(target=strike)
        thread.start()
        run(selector, idle, idle)
        thread.join()
    assert not idle.late
