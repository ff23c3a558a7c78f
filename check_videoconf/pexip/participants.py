"""pexip participants."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from functools import partial

from ..aggregates import share
from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode
from ..text import phrase
from . import participant
from .quality import Qualities


class Participants(Mode):
    """Participants that are connected now: how, where, on which licenses."""

    endpoints = (participant.ENDPOINT,)
    requests = "1 a thousand participants"
    notes = (
        "participants-encrypted-prct is of those with media, which API connections have not; all else is of every row.",
        "Bandwidth is in bit/s, in the counter and in the macro.",
    )
    example = "--filter-location London --warning-participants-encrypted-prct 90:"

    record = "participant"
    fields = Fields(
        texts="conference! role! protocol! call_direction! encryption! vendor? system_location! media_node?"
        " license_type! display_name?",
        numbers="bandwidth",
        flags=f"has_media {participant.STATE_FIELDS}",
        times="connect_time!",
        raws="call_quality!",
    )
    filters = ("conference", "location=system_location", "protocol", "role")
    counters = (
        Counter("participants-total", "", "participants, API connections among them", title="participants"),
        Counter("participants-protocol", "", "by one protocol", instance="protocol", title="participants"),
        Counter("participants-location", "", "in one location", instance="location", title="participants"),
        Counter("participants-license", "", "on one type of license", instance="type", title="participants"),
        Counter(
            "participants-encrypted-prct", "", "share of the calls that is encrypted",
            unit="%", title="participants encrypted",
        ),
        *participant.STATE_COUNTERS,
        Counter(
            "bandwidth-total", "participants.bandwidth.bitspersecond", "of all calls", unit="b/s", title="bandwidth",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "participant-status",
            "conference role protocol call_direction call_quality encryption vendor system_location media_node"
            " license_type duration bandwidth",
            "each participant; duration is in seconds, call_quality one of good, ok, bad, terrible, unknown",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        calls = encrypted = bandwidth = 0
        states: dict[str, list[bool]] = {state: [] for state in participant.STATES}
        protocols = Tally(dict.fromkeys(participant.PROTOCOLS, 0))
        locations: Tally[str] = Tally()
        licenses: Tally[str] = Tally()
        quality = Qualities(self.record, self.gaps)
        described = partial(participant.described, named=self.given.show_names)
        for row in self.select(self.fetch(participant.TABLE)):
            row["call_quality"] = quality.read(row["call_quality"])
            row["duration"] = self.age(row["connect_time"])
            row["bandwidth"] = None if row["bandwidth"] is None else 1000 * row["bandwidth"]
            yield self.judge("participant-status", row, described)
            bandwidth += row["bandwidth"] or 0
            if participant.has_media(row):
                calls += 1
                encrypted += (row["encryption"] or "").lower() == "on"
            for state, told in states.items():
                if row[state] is not None:
                    told.append(row[state])
            protocols[participant.protocol(row)] += 1
            locations[row["system_location"] or ""] += 1
            licenses[row["license_type"] or ""] += 1

        self.remarks += quality.remarks()
        yield from self.measure("participants-total", self.selected)
        yield from self.tally("participants-protocol", protocols)
        yield from self.tally("participants-location", locations)
        yield from self.tally("participants-license", licenses)
        yield from self.measure("participants-encrypted-prct", share(encrypted, calls), told=True)
        for state, told in states.items():
            if self.supports(f"participants-{state}", self.fields.keys[state][0]):
                yield from self.flagged(f"participants-{state}", told, self.selected)
        yield from self.measure("bandwidth-total", bandwidth)

    def headline(self) -> str:
        encrypted = self.figure("participants-encrypted-prct")
        return phrase(self.count_of(self.selected), encrypted and f"{encrypted} of the calls encrypted")
