"""What has changed since the previous run of the same service: for counters that only ever grow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import Unreadable, number


class Growth:
    """The counters of the previous run beside those of this one.

    previous: what `saved` gave the run before, None on the first one. clock: seconds that grow between runs, of the
    device where it has such, so that a step of the poller's clock makes no rate wrong.
    """

    def __init__(self, previous: Mapping[str, Any] | None, clock: float) -> None:
        state = previous or {}
        counters = state.get("counters")
        self._before: Mapping[str, Any] = counters if isinstance(counters, dict) else {}
        self._now: dict[str, float] = {}
        self._clock = clock
        before = _number(state.get("clock"))
        #: Seconds since the previous run; None on the first one, and when the device has restarted meanwhile.
        self.seconds = clock - before if before is not None and clock > before else None
        self.first = previous is None

    def since(self, name: str, value: float) -> float | None:
        """By how much a counter has grown; None when that cannot be said: first seen, or it started anew."""
        self._now[name] = value
        before = _number(self._before.get(name))
        if self.seconds is None or before is None or value < before:
            return None
        return value - before

    def per_second(self, name: str, value: float) -> float | None:
        """The same as a rate."""
        grown = self.since(name, value)
        return None if grown is None or not self.seconds else grown / self.seconds

    def saved(self) -> dict[str, Any]:
        """What the next run shall be given."""
        return {"clock": self._clock, "counters": self._now}


def _number(value: Any) -> float | None:
    try:
        return number(value)
    except Unreadable:
        return None
