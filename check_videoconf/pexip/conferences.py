"""pexip conferences."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import plural
from ..units import duration
from . import quality


class Conferences(Mode):
    """Conferences and participants that are connected now."""

    endpoints = ("GET /api/admin/status/v1/conference/", "GET /api/admin/status/v1/participant/")
    requests = "1 a thousand conferences and 1 a thousand participants"
    notes = (
        "participants-total counts every row; the qualities count those with media, which API connections have not.",
        "A filter on conferences leaves out the participants of the others, too.",
    )
    example = "--filter-service-type '^conference$' --warning-conferences-total 200"

    record = "conference"
    fields = Fields(texts="name service_type! tag?", flags="is_locked is_started", times="start_time!")
    participant = Fields(texts="conference protocol!", flags="has_media", raws="call_quality!")
    filters = ("name", "service-type", "tag")
    counters = (
        Counter("conferences-total", "conferences.total.count", "conferences", title="conferences"),
        Counter("conferences-locked", "conferences.locked.count", "of them locked", title="locked conferences"),
        Counter(
            "conferences-not-started", "conferences.notstarted.count", "of them waiting for a host",
            title="conferences waiting for a host",
        ),
        Counter(
            "participants-total", "participants.total.count", "participants, API connections among them",
            title="participants",
        ),
        Counter("participants-with-media", "participants.withmedia.count", "participants that send or receive media"),
        *quality.counters(),
        Counter(
            "participants-per-conference-max", "conferences.participants.max.count", "participants of the largest",
            title="participants of the largest conference",
        ),
        Counter(
            "conference-duration-max", "conferences.duration.max.seconds", "age of the oldest",
            unit="s", optional=True, title="age of the oldest conference",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "conference-status",
            "name service_type participants duration is_locked is_started tag",
            "each conference; duration is in seconds",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        found = self.client.records("status/v1/conference/", self.fields, self.record, self.gaps)
        conferences = list(self.select(found))
        yield from self._conferences(conferences)
        names = {conference["name"] for conference in conferences} if self.filtered else None
        sizes: Tally[Any] = Tally()
        qualities: Tally[str] = Tally()
        reader = quality.Qualities("participant", self.gaps)
        for row in self.client.records("status/v1/participant/", self.participant, "participant", self.gaps):
            if names is None or row["conference"] in names:
                sizes[row["conference"]] += 1
                if quality.has_media(row):
                    qualities[reader.read(row["call_quality"])] += 1
        self.remarks += reader.remarks()
        for conference in conferences:
            conference["participants"] = sizes[conference["name"]]
            conference["duration"] = self.age(conference["start_time"])
            yield self.judge("conference-status", conference, _describe)
        yield from self._participants(sizes, qualities)
        ages = [conference["duration"] for conference in conferences if conference["duration"] is not None]
        yield from self.measure("conference-duration-max", max(ages) if ages else None if conferences else 0)

    def headline(self) -> str:
        total, media = (self.values[f"participants-{which}"] for which in ("total", "with-media"))
        return f"{self.count_of(self.values['conferences-total'])}, {plural(total, 'participant')} ({media} with media)"

    def _conferences(self, conferences: list[dict[str, Any]]) -> Iterator[Finding]:
        yield from self.measure("conferences-total", len(conferences))
        yield from self.measure("conferences-locked", sum(bool(conference["is_locked"]) for conference in conferences))
        not_started = sum(conference["is_started"] is False for conference in conferences)
        yield from self.measure("conferences-not-started", not_started)

    def _participants(self, sizes: Mapping[Any, int], qualities: Mapping[str, int]) -> Iterator[Finding]:
        total, media = sum(sizes.values()), sum(qualities.values())
        yield from self.measure("participants-total", total)
        yield from self.measure("participants-with-media", media, high=total)
        yield from quality.measured(self, qualities)
        yield from self.measure("participants-per-conference-max", max(sizes.values(), default=0))


def _describe(conference: Record) -> str:
    age = conference["duration"]
    state = ["locked"] if conference["is_locked"] else []
    state += ["not started"] if conference["is_started"] is False else []
    name, service_type = conference["name"] or "a conference without a name", conference["service_type"]
    return ", ".join(
        [
            f"{name} ({service_type or 'no service type'})",
            plural(conference["participants"], "participant"),
            "age unknown" if age is None else f"for {duration(age)}",
            *state,
        ]
    )
