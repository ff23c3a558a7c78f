"""pexip conferences."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import phrase, plural
from ..units import lasting
from . import conference_participants, participant
from .conference_participants import ConferenceParticipants


class Conferences(Mode):
    """Conferences and participants that are connected now."""

    endpoints = ("GET /api/admin/status/v1/conference/", participant.ENDPOINT)
    requests = "1 a thousand conferences and 1 a thousand participants"
    notes = (
        "participants-total counts every row; the qualities count those with media, which API connections have not.",
        "A filter on conferences leaves out the participants of the others, too.",
    )
    example = "--filter-service-type '^conference$' --warning-conferences-total 200"

    record = "conference"
    fields = Fields(texts="name service_type! tag?", flags="is_locked is_started", times="start_time!")
    filters = ("name", "service-type", "tag")
    counters = (
        Counter("conferences-total", "conferences.total.count", "conferences", title="conferences"),
        Counter("conferences-locked", "conferences.locked.count", "of them locked", title="locked conferences"),
        Counter(
            "conferences-not-started", "conferences.notstarted.count", "of them waiting for a host",
            title="conferences waiting for a host",
        ),
        *conference_participants.COUNTERS,
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
        conferences = list(self.select(self.fetch("status/v1/conference/")))
        yield from self.measure("conferences-total", len(conferences))
        yield from self.measure("conferences-locked", sum(bool(conference["is_locked"]) for conference in conferences))
        waiting = sum(conference["is_started"] is False for conference in conferences)
        yield from self.measure("conferences-not-started", waiting)
        names = {conference["name"] for conference in conferences}
        participants = ConferenceParticipants(self, names if self.filtered else None)
        for conference in conferences:
            conference["participants"] = participants.sizes[conference["name"]]
            conference["duration"] = self.age(conference["start_time"])
            yield self.judge("conference-status", conference, _describe)
        yield from participants.measured()
        ages = [conference["duration"] for conference in conferences if conference["duration"] is not None]
        yield from self.measure("conference-duration-max", max(ages) if ages else None if conferences else 0)

    def headline(self) -> str:
        total, media = (self.values[f"participants-{which}"] for which in ("total", "with-media"))
        return f"{self.count_of(self.values['conferences-total'])}, {plural(total, 'participant')} ({media} with media)"


def _describe(conference: Record) -> str:
    name, service_type = conference["name"] or "a conference without a name", conference["service_type"]
    return phrase(
        f"{name} ({service_type or 'no service type'})",
        plural(conference["participants"], "participant"),
        lasting(conference["duration"]),
        "locked" if conference["is_locked"] else "",
        "not started" if conference["is_started"] is False else "",
    )
