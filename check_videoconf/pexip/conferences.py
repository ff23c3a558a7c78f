"""pexip conferences."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import plural
from ..units import duration
from .quality import QUALITIES, has_media, quality


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
    fields = Fields(
        texts="name service_type! tag?",
        flags="is_locked is_started",
        times="start_time!",
    )
    participant = Fields(texts="conference protocol!", flags="has_media", raws="call_quality!")
    filters = ("name", "service-type", "tag")
    counters = (
        Counter("conferences-total", "conferences.total.count", "conferences"),
        Counter("conferences-locked", "conferences.locked.count", "of them locked"),
        Counter("conferences-not-started", "conferences.notstarted.count", "of them waiting for a host"),
        Counter("participants-total", "participants.total.count", "participants, API connections among them"),
        Counter(
            "participants-with-media",
            "participants.withmedia.count",
            "participants that send or receive media",
        ),
        *(
            Counter(
                f"participants-callquality-{name}",
                f"participants.callquality.{name}.count",
                f"of them with {name} quality",
            )
            for name in QUALITIES[1:] + QUALITIES[:1]
        ),
        Counter(
            "participants-per-conference-max",
            "conferences.participants.max.count",
            "participants of the largest",
        ),
        Counter(
            "conference-duration-max",
            "conferences.duration.max.seconds",
            "age of the oldest",
            unit="s",
            optional=True,
        ),
    )
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
        names = {conference["name"] for conference in conferences} if self.filtered else None
        total, with_media = 0, 0
        qualities: Tally[str] = Tally()
        sizes: Tally[Any] = Tally()
        for row in self.client.records("status/v1/participant/", self.participant, "participant", self.gaps):
            if names is not None and row["conference"] not in names:
                continue
            total += 1
            sizes[row["conference"]] += 1
            if has_media(row):
                with_media += 1
                qualities[quality(row["call_quality"])] += 1

        ages = [self.age(conference["start_time"]) for conference in conferences]
        for conference, age in zip(conferences, ages):
            yield self.judge(
                "conference-status",
                {**conference, "participants": sizes[conference["name"]], "duration": age},
                _describe,
            )
        yield from self.measure("conferences-total", len(conferences))
        yield from self.measure("conferences-locked", sum(bool(conference["is_locked"]) for conference in conferences))
        not_started = sum(conference["is_started"] is False for conference in conferences)
        yield from self.measure("conferences-not-started", not_started)
        yield from self.measure("participants-total", total)
        yield from self.measure("participants-with-media", with_media, high=total)
        for name in QUALITIES[1:] + QUALITIES[:1]:
            yield from self.measure(f"participants-callquality-{name}", qualities[name], high=with_media)
        yield from self.measure("participants-per-conference-max", max(sizes.values(), default=0))
        known = [age for age in ages if age is not None]
        yield from self.measure("conference-duration-max", max(known) if known else None if conferences else 0)

    def headline(self) -> str:
        total = self.values["participants-total"]
        return f"{self.count_of(self.values['conferences-total'])}, {plural(total, 'participant')}"


def _describe(conference: Record) -> str:
    age = conference["duration"]
    state = ["locked"] if conference["is_locked"] else []
    state += ["not started"] if conference["is_started"] is False else []
    return ", ".join(
        [
            f"{conference['name']} ({conference['service_type'] or 'no service type'})",
            plural(conference["participants"], "participant"),
            "age unknown" if age is None else f"for {duration(age)}",
            *state,
        ]
    )
