"""pexip media."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import OK, Finding, Status, Verdict
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option, Options, integer
from ..text import plural
from ..units import human
from . import streams
from .client import identity
from .quality import QUALITIES, Qualities, has_media

_TABLE = "status/v1/participant/"
_MEASURES = ("packetloss", "jitter", "bitrate")


class Media(Mode):
    """Packet loss, jitter and bitrate of the calls of worst quality, for audio, video and presentation."""

    endpoints = (
        "GET /api/admin/status/v1/participant/",
        "GET /api/admin/status/v1/participant/ID/media_stream/ (for each of --max-participants)",
    )
    requests = "1 a thousand participants and 1 for each of at most --max-participants"
    notes = (
        "Loss is the recent one where the version reports it, else that since the previous run of the same service.",
        "On the first run it is that of the whole call.",
        "rx is what the node receives, tx what it sends. Bitrates are in bit/s, in counters and macros.",
    )
    example = "--filter-conference '^Board' --max-participants 10 --critical-rx-packetloss-max 5"

    record = "participant"
    fields = Fields(
        texts="id? resource_uri? conference! protocol! display_name?", flags="has_media", raws="call_quality!"
    )
    filters = ("conference",)
    options = (
        Option("--participant", "ID", "only the one with this id"),
        Option(
            "--max-participants", "N", "ask for so many, worst quality first", default=25, kind=integer(1, 1_000_000)
        ),
    )
    counters = (*streams.counters("media", "type", *_MEASURES),)
    statuses = (
        Status(
            "stream-status",
            "conference type codec resolution rx_packet_loss tx_packet_loss rx_jitter tx_jitter rx_bitrate tx_bitrate"
            " node",
            "each stream; loss is in percent, jitter in milliseconds, bitrates are in bit/s",
        ),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        calls = self._calls()
        self._asked = calls[: self.given.max_participants]
        if len(self._asked) < len(calls):
            self.remarks.append(
                f"{len(self._asked)} of {len(calls)} calls were asked, worst quality first (--max-participants)"
            )
        self._streams = 0
        by_type: dict[str, list[streams.Stream]] = {}
        for call, stream in streams.live(self, _TABLE, self._asked):
            self._streams += 1
            shown = {name: stream[f"rx_{name}"] or stream[f"tx_{name}"] for name in ("codec", "resolution")}
            stream.update(shown, call=call, conference=call["conference"])
            yield self.judge("stream-status", stream, self._describe)
            by_type.setdefault((stream["type"] or "none").lower(), []).append(stream)
        if not by_type:
            yield Verdict("", OK, "no media stream now")
        for kind, found in sorted(by_type.items()):
            yield from streams.measured(self, kind, found, *_MEASURES)
            worst = max(found, key=_loss)
            if _loss(worst):
                self.remarks.append(f"most loss: {self._describe(worst)}")

    def headline(self) -> str:
        calls = plural(len(self._asked), "call")
        if self._streams:
            return f"media of {calls}"
        return f"no media stream of {calls} now" if self._asked else "no call with media"

    def _calls(self) -> list[dict[str, Any]]:
        """Participants with media, worst quality first, unknown last."""
        wanted = self.given.participant
        rows = self.select(self.client.records(_TABLE, self.fields, self.record, self.gaps))
        calls = [row for row in rows if has_media(row) and (not wanted or identity(row) == wanted)]
        if wanted and not calls:
            self.problems.append(f"participant {wanted} is not connected, or has no media")
        quality = Qualities(self.record, self.gaps)
        calls.sort(key=lambda row: -QUALITIES.index(quality.read(row["call_quality"])))
        self.remarks += quality.remarks()
        return calls

    def _describe(self, stream: Record) -> str:
        call = stream["call"]
        who = (call["display_name"] if self.given.show_names else "") or "a participant"
        return (
            f"{stream['type'] or 'stream'} of {who} of {stream['conference'] or 'no conference'}"
            f" ({call['protocol'] or 'no protocol'}) on {stream['node'] or 'no node'},"
            f" loss {_both(stream, 'packet_loss', '%')}, jitter {_both(stream, 'jitter', 'ms')}"
        )


def _loss(stream: Record) -> float:
    return max(stream[f"{way}_packet_loss"] or 0 for way in streams.WAYS)


def _both(stream: Record, field: str, unit: str) -> str:
    """`12.5 % rx and 0 % tx`."""
    values = ((way, stream[f"{way}_{field}"]) for way in streams.WAYS)
    return " and ".join(f"{'unknown' if value is None else human(value, unit)} {way}" for way, value in values)
