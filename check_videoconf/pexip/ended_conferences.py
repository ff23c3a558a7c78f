"""pexip ended-conferences."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..aggregates import mean
from ..counters import Counter, Finding
from ..fields import Fields
from ..text import phrase, plural
from . import ended_calls, quality
from .history import History, Record


class EndedConferences(History):
    """Conferences that ended since the previous run, and how their participants' calls went."""

    endpoints = ("GET /api/admin/history/v1/conference/", "GET /api/admin/history/v1/participant/")
    requests = (
        "1 a thousand conferences, 1 a thousand participants; 1 more on the first run, with --since or a clock set back"
    )
    notes = (
        "Each conference is counted once: the first run looks back --window, every other to the one before it.",
        "The Management Node keeps the last 10,000 conferences: more than that between two runs cannot be counted.",
        "What --normal-reason is not found in is abnormal; the default knows the reasons that the vendor calls normal.",
    )
    example = "--filter-service-type '^conference$' --warning-abnormal-disconnects-prct 50"

    record = "conference"
    fields = Fields(texts="id name! service_type! tag?", numbers="duration?", times="start_time end_time!")
    filters = ("name", "service-type", "tag")
    options = (*History.options, *ended_calls.OPTIONS)
    counters = (
        Counter("conferences-total", "conferences.total.count", "conferences that ended"),
        Counter("participants-total", "participants.total.count", "their participants"),
        *quality.COUNTERS,
        Counter("conferences-duration-average", "", "how long they lasted", unit="s", optional=True),
        Counter("conferences-duration-max", "", "how long the longest lasted", unit="s", optional=True),
        *ended_calls.COUNTERS,
    )

    def probe(self) -> Iterator[Finding]:
        ended = self.fresh("history/v1/conference/", "end_time")
        conferences = list(self.select(ended))
        calls = ended_calls.of(self, conferences)
        yield from self.measure("conferences-total", len(conferences))
        yield from self.measure("participants-total", len(calls))
        reader = quality.Qualities("participant", self.gaps)
        qualities = Tally(reader.read(call["call_quality"]) for call in calls)
        self.remarks.extend(reader.remarks())
        yield from quality.measured(self, qualities)
        if conferences:
            lengths = [length for length in map(_length, conferences) if length is not None]
            yield from self.measure("conferences-duration-average", mean(lengths))
            yield from self.measure("conferences-duration-max", max(lengths, default=None))
        yield from ended_calls.measured(self, calls)

    def headline(self) -> str:
        poor = sum(self.values[f"participants-callquality-{name}"] for name in quality.POOR)
        return phrase(
            f"{self.count_of(self.values['conferences-total'])} ended {self.span}",
            plural(self.values["participants-total"], "participant"),
            f"{poor} with poor quality" if poor else "",
        )


def _length(conference: Record) -> float | None:
    """How long a conference lasted, in seconds."""
    length: float | None = conference["duration"]
    if length is None and conference["start_time"] is not None:
        length = max(0.0, conference["end_time"] - conference["start_time"])
    return length
