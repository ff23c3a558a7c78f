"""trio calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..units import duration
from .client import NoCall


class Calls(Mode):
    """Calls in progress, and one that has been for too long."""

    endpoints = ("GET /api/v2/webCallControl/callStatus", "GET /api/v1/webCallControl/callStatus (older firmware)")
    requests = "1, with firmware that has no version 2 of it 2"
    notes = ("A call of more than 12 hours is most often one that somebody forgot to end.",)
    example = "--warning-call-duration-max 4h"

    record = "call"
    fields = Fields(
        texts="CallState!",
        numbers="DurationSeconds? DurationInSeconds?",
        flags="Muted? Ringing?",
    )
    counters = (
        Counter("calls-active", "calls.active.count", "calls in progress, ringing ones among them"),
        Counter("calls-muted", "calls.muted.count", "of them muted", optional=True),
        Counter("calls-held", "calls.held.count", "of them on hold"),
        Counter("calls-ringing", "calls.ringing.count", "of them ringing"),
        Counter(
            "call-duration-max", "calls.duration.max.seconds", "the longest", unit="s", warning="12h",
            title="the longest call has lasted",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        version, rows = self._rows()
        calls = [self.fields.reader(self.record, self.gaps)(row) for row in rows]
        lengths = [_length(call) for call in calls]
        yield from self.measure("calls-active", len(calls))
        if version == 1 and calls:
            self.absent("calls-muted", optional=True, reason="not supported by this version")
        else:
            yield from self.measure("calls-muted", sum(bool(call["Muted"]) for call in calls))
        yield from self.measure("calls-held", sum("hold" in (call["CallState"] or "").lower() for call in calls))
        yield from self.measure("calls-ringing", sum(map(_rings, calls)))
        if None in lengths:
            self.absent("call-duration-max", optional=False, reason="a call without its duration")
        known = [length for length in lengths if length is not None]
        if known or not calls:
            yield from self.measure("call-duration-max", max(known, default=0))

    def headline(self) -> str:
        calls = self.values["calls-active"]
        return f"{self.count_of(calls)} for {duration(self.values['call-duration-max'])}" if calls else "no call"

    def _rows(self) -> tuple[int, list[Mapping[str, Any]]]:
        """Version of the layout, and the calls: version 1 knows of one only, and says 4007 when there is none."""
        path = "webCallControl/callStatus"
        try:
            version, data = self.client.newest(path)
        except NoCall:
            return 2, []
        return version, self.client.objects(path, [data] if version == 1 and isinstance(data, dict) else data)


def _length(call: dict[str, Any]) -> float | None:
    seconds: float | None = call["DurationSeconds"]
    if seconds is None:
        seconds = call["DurationInSeconds"]
    return seconds


def _rings(call: dict[str, Any]) -> bool:
    return bool(call["Ringing"]) or (call["CallState"] or "").lower() in ("offering", "ringing", "ringback")
