"""pexip ended-conferences."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields, Unreadable, number
from ..options import Option, real, regex
from ..text import plural
from . import quality
from .history import History, Record, as_text

_NORMAL = (
    r"(?i)^call disconnected|disconnected by|terminated by|ended the conference|remote disconnect|user initiated"
    r"|hung ?up|timeout waiting for conference host"
)


class EndedConferences(History):
    """Conferences that ended since the previous run, and how their participants' calls went."""

    endpoints = ("GET /api/admin/history/v1/conference/", "GET /api/admin/history/v1/participant/")
    requests = "1 a thousand conferences, 1 a thousand participants; 1 more on the first run and with --since"
    notes = (
        "Each conference is counted once: the first run looks back --window, every other to the one before it.",
        "The Management Node keeps the last 10,000 conferences: more than that between two runs cannot be counted.",
        "What --normal-reason is not found in is abnormal; the default knows the reasons that the vendor calls normal.",
    )
    example = "--filter-service-type '^conference$' --warning-abnormal-disconnects-prct 50"

    record = "conference"
    fields = Fields(texts="id name! service_type! tag?", numbers="duration?", times="start_time end_time!")
    participant = Fields(texts="conference! disconnect_reason?", raws="call_quality! media_streams?")
    filters = ("name", "service-type", "tag")
    options = (
        *History.options,
        Option("--normal-reason", "REGEX", f"reasons of a normal disconnect (default {_NORMAL})", kind=regex),
        Option(
            "--loss-threshold", "PERCENT", "packet loss from which a call counts as lossy",
            default=3.0, kind=real(0, 100),
        ),
    )  # fmt: skip
    counters = (
        Counter("conferences-total", "conferences.total.count", "conferences that ended"),
        Counter("participants-total", "participants.total.count", "their participants"),
        *quality.counters(),
        Counter("conferences-duration-average", "", "how long they lasted", unit="s", optional=True),
        Counter("conferences-duration-max", "", "how long the longest lasted", unit="s", optional=True),
        Counter("disconnects", "participants.disconnect.count", "calls that ended for one reason", instance="reason"),
        Counter(
            "abnormal-disconnects-prct", "", "share of the calls with a reason whose reason is not normal",
            unit="%", optional=True,
        ),
        Counter(
            "packetloss-participants-prct", "", "share of the calls with media streams of which one lost that much",
            unit="%", optional=True,
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        ended = self.fresh("history/v1/conference/", "end_time", self.fields, self.record)
        conferences = list(self.select(ended))
        participants = self._participants(conferences) if conferences else []
        yield from self.measure("conferences-total", len(conferences))
        yield from self.measure("participants-total", len(participants))
        reader = quality.Qualities("participant", self.gaps)
        qualities = Tally(reader.read(row["call_quality"]) for row in participants)
        self.remarks.extend(reader.remarks())
        yield from quality.measured(self, qualities)
        lengths = [length for length in map(_length, conferences) if length is not None]
        if conferences:
            average = sum(lengths) / len(lengths) if lengths else None
            yield from self.measure("conferences-duration-average", average)
            yield from self.measure("conferences-duration-max", max(lengths, default=None))
        if participants:
            yield from self._disconnects(Tally(row["disconnect_reason"] or "" for row in participants))
            losses = [loss for loss in map(self._loss, participants) if loss is not None]
            lossy = sum(loss >= self.given.loss_threshold for loss in losses)
            yield from self.measure("packetloss-participants-prct", _share(lossy, len(losses)))

    def headline(self) -> str:
        participants = plural(self.values["participants-total"], "participant")
        poor = sum(self.values[f"participants-callquality-{name}"] for name in quality.POOR)
        calls = f", {poor} with poor quality" if poor else ""
        return f"{self.count_of(self.values['conferences-total'])} ended {self.span}, {participants}{calls}"

    def _participants(self, conferences: list[Record]) -> list[Record]:
        """The participants of these conferences. The one of history is a URI, where a live one has the name."""
        start = min(conference["start_time"] or conference["end_time"] for conference in conferences)
        wanted = {conference["id"] for conference in conferences}
        found = self.client.records(
            "history/v1/participant/", self.participant, "participant", self.gaps, fresh=True,
            end_time__gte=as_text(start), order_by="-end_time",
        )  # fmt: skip
        return [row for row in found if _last_part(row["conference"]) in wanted]

    def _disconnects(self, reasons: Tally[str]) -> Iterator[Finding]:
        yield from self.tally("disconnects", reasons)
        normal = self.given.normal_reason or re.compile(_NORMAL)
        known = sum(count for reason, count in reasons.items() if reason)
        abnormal = sum(count for reason, count in reasons.items() if reason and not normal.search(reason))
        yield from self.measure("abnormal-disconnects-prct", _share(abnormal, known))

    def _loss(self, participant: Record) -> float | None:
        """The highest packet loss of a call's streams in either direction, in percent; None if none is known."""
        streams = participant["media_streams"]
        losses = []
        try:
            for stream in streams or ():
                losses += [number(stream.get(f"{way}_packet_loss")) for way in ("rx", "tx")]
        except (AttributeError, TypeError, Unreadable):
            self.gaps.unreadable("participant", "media_streams", streams, required=False)
        return max((loss for loss in losses if loss is not None), default=None)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _length(conference: Record) -> float | None:
    """How long a conference lasted, in seconds."""
    length: float | None = conference["duration"]
    if length is None and conference["start_time"] is not None:
        length = max(0.0, conference["end_time"] - conference["start_time"])
    return length


def _last_part(uri: str | None) -> str:
    """`/api/admin/history/v1/conference/ID/` to `ID`."""
    return (uri or "").rstrip("/").rpartition("/")[2]
