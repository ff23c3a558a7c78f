"""pexip participants."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..units import duration, human
from .quality import Qualities, has_media

_PROTOCOLS = ("webrtc", "sip", "h323", "mssip", "teams", "ghm", "rtmp", "api", "other")
# Word in labels: field, how it is called in sentences.
_STATES = {
    "onhold": ("is_on_hold", "on hold"),
    "muted": ("is_muted", "muted"),
    "presenting": ("is_presenting", "presenting"),
    "streaming": ("is_streaming", "streaming"),
    "recording": ("is_recording", "recording"),
}


class Participants(Mode):
    """Participants that are connected now: how, where, on which licenses."""

    endpoints = ("GET /api/admin/status/v1/participant/",)
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
        flags="has_media is_on_hold is_muted is_presenting is_streaming is_recording?",
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
            "participants-encrypted-prct",
            "",
            "share of the calls that is encrypted",
            unit="%",
            title="participants encrypted",
        ),
        *(
            Counter(
                f"participants-{word}", "", f"{title} now", optional=word == "recording", title=f"participants {title}"
            )
            for word, (_, title) in _STATES.items()
        ),
        Counter(
            "bandwidth-total", "participants.bandwidth.bitspersecond", "of all calls", unit="b/s", title="bandwidth"
        ),
    )
    statuses = (
        Status(
            "participant-status",
            "conference role protocol call_direction call_quality encryption vendor system_location media_node"
            " license_type duration bandwidth",
            "each participant; duration is in seconds, call_quality one of good, ok, bad, terrible, unknown",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        total = calls = encrypted = bandwidth = 0
        states: Tally[str] = Tally()
        protocols = Tally(dict.fromkeys(_PROTOCOLS, 0))
        locations: Tally[str] = Tally()
        licenses: Tally[str] = Tally()
        quality = Qualities(self.record, self.gaps)
        for row in self.select(self.client.records("status/v1/participant/", self.fields, self.record, self.gaps)):
            row["call_quality"] = quality.read(row["call_quality"])
            row["duration"] = self.age(row["connect_time"])
            row["bandwidth"] = None if row["bandwidth"] is None else 1000 * row["bandwidth"]
            yield self.judge("participant-status", row, self._describe)
            total += 1
            bandwidth += row["bandwidth"] or 0
            if has_media(row):
                calls += 1
                encrypted += (row["encryption"] or "").lower() == "on"
            states.update(word for word, (field, _) in _STATES.items() if row[field])
            protocol = (row["protocol"] or "").lower()
            protocols[protocol if protocol in _PROTOCOLS else "other"] += 1
            locations[row["system_location"] or ""] += 1
            licenses[row["license_type"] or ""] += 1

        self.remarks += quality.remarks()
        yield from self.measure("participants-total", total)
        yield from self.tally("participants-protocol", protocols)
        yield from self.tally("participants-location", locations)
        yield from self.tally("participants-license", licenses)
        if calls:
            yield from self.measure("participants-encrypted-prct", 100 * encrypted / calls)
        for word, (field, _) in _STATES.items():
            if field in self.gaps.absent:
                self.absent(f"participants-{word}", optional=True, reason="not supported by this version")
            else:
                yield from self.measure(f"participants-{word}", states[word], high=total)
        yield from self.measure("bandwidth-total", bandwidth)

    def headline(self) -> str:
        encrypted = self.values.get("participants-encrypted-prct")
        calls = "" if encrypted is None else f", {human(encrypted, '%')} of the calls encrypted"
        return f"{self.count_of(self.selected)}{calls}"

    def _describe(self, participant: Record) -> str:
        name = f"{participant['display_name']}, " if self.given.show_names and participant["display_name"] else ""
        age = participant["duration"]
        return (
            f"{name}{participant['protocol'] or 'no protocol'} {participant['role'] or 'participant'}"
            f" of {participant['conference'] or 'no conference'} in {participant['system_location'] or 'no location'},"
            f" quality {participant['call_quality']}, encryption {participant['encryption'] or 'unknown'},"
            f" {'age unknown' if age is None else f'for {duration(age)}'}"
        )
