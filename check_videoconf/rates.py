"""What has changed since the previous run of the same service: for counters that only ever grow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .fields import Unreadable, number


class Growth:
    """The counters of the previous run beside those of this one.

    previous: what `saved` gave the run before, None on the first one. clock: seconds, read together with the counters.
    uptime: whether they are the device's own since its start, which a step of the poller's clock leaves alone; else
    they are the poller's. Between the two there is no rate: they cannot be compared.
    """

    def __init__(self, previous: Mapping[str, Any] | None, clock: float, *, uptime: bool = False) -> None:
        state = previous or {}
        counters = state.get("counters")
        self._before: Mapping[str, Any] = counters if isinstance(counters, dict) else {}
        self._now: dict[str, float] = {}
        self._clock = clock
        self._uptime = uptime
        before = _number(state.get("clock"))
        self._comparable = before is not None and state.get("uptime") is uptime
        #: Whether there is no previous run to compare with.
        self.first = before is None
        #: Whether the device has restarted since: its uptime is smaller, or one of the counters asked for so far.
        self.restarted = self._anew = before is not None and self._comparable and uptime and clock < before
        #: Seconds since the previous run; None where they cannot be told.
        self.seconds = clock - before if before is not None and self._comparable and clock > before else None

    def since(self, name: str, value: float, *, may_shrink: bool = False) -> float | None:
        """By how much a counter has grown; None when that cannot be said: first seen, or it started anew.

        may_shrink: that it is smaller does not mean that it started anew; then it has grown by 0.
        """
        self._now[name] = value
        before = _number(self._before.get(name))
        if before is None or self._anew:
            return None
        if value < before and may_shrink:
            return 0
        if value < before:
            self.restarted = True
            return None
        return value - before

    def per_second(self, name: str, value: float) -> float | None:
        """The same as a rate; None also when no time has passed."""
        grown = self.since(name, value)
        return None if grown is None or not self.seconds else grown / self.seconds

    def together(
        self, name: str, values: Mapping[str, float], *, may_shrink: Collection[str] = ()
    ) -> dict[str, float] | None:
        """By how much the counters of one thing have grown; None if any of them cannot be told: the thing is new.

        may_shrink: those that may be smaller although the thing is the same, as the lost packets are when some of
        them come late; they have grown by 0 then.
        """
        since = {
            counter: self.since(f"{name} {counter}", value, may_shrink=counter in may_shrink)
            for counter, value in values.items()
        }
        grown = {counter: growth for counter, growth in since.items() if growth is not None}
        return grown if len(grown) == len(values) else None

    def why_none(self) -> str:
        """Why there was no rate, in a few words."""
        if self.first:
            return "first run"
        if self.restarted:
            return "the device has restarted since the previous run"
        if not self._comparable:
            return "the previous run went by another clock"
        return "not known from the previous run" if self.seconds else "no time has passed since the previous run"

    def saved(self) -> dict[str, Any]:
        """What the next run shall be given."""
        return {"clock": self._clock, "uptime": self._uptime, "counters": self._now}


def share_lost(lost: float, sent: float) -> float | None:
    """Packets lost of those sent, in percent; None where none were. Late ones can make them fewer than none."""
    return min(100.0, max(0.0, 100 * lost / sent)) if sent > 0 else None


def _number(value: Any) -> float | None:
    try:
        return number(value)
    except Unreadable:
        return None
