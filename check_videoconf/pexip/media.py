"""pexip media."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..aggregates import grouped
from ..counters import OK, Finding, Status, Verdict
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option, Options, integer
from ..text import plural
from . import participant, streams
from .client import identity
from .quality import worst_first

_MEASURES = ("packetloss", "jitter", "bitrate")


class Media(Mode):
    """Packet loss, jitter and bitrate of the calls of worst quality, for audio, video and presentation."""

    endpoints = (
        participant.ENDPOINT,
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
    counters = tuple(streams.counters("media", "type", *_MEASURES))
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
        found: list[streams.Stream] = []
        for call, stream in streams.live(self, participant.TABLE, self._asked):
            found.append(self._known(call, stream))
            yield self.judge("stream-status", found[-1], _describe)
        self._streams = len(found)
        if not found:
            yield Verdict("", OK, "no media stream now")
        for kind, members in grouped(((stream["type"] or "none").lower(), stream) for stream in found):
            yield from streams.measured(self, kind, members, *_MEASURES)
            worst = max(members, key=streams.worst_loss)
            if streams.worst_loss(worst):
                self.remarks.append(f"most loss: {_describe(worst)}")

    def headline(self) -> str:
        calls = plural(len(self._asked), "call")
        if self._streams:
            return f"media of {calls}"
        return f"no media stream of {calls} now" if self._asked else "no call with media"

    def _calls(self) -> list[dict[str, Any]]:
        """Participants with media, worst quality first, unknown last."""
        wanted = self.given.participant
        rows = filter(participant.has_media, self.select(self.fetch(participant.TABLE)))
        calls = [row for row in rows if not wanted or identity(row) == wanted]
        if wanted and not calls:
            self.problems.append(f"participant {wanted} is not connected, or has no media")
        return worst_first(self, calls)

    def _known(self, call: Record, stream: streams.Stream) -> streams.Stream:
        """A stream and whose it is; codec and resolution are those of what is sent where nothing is received."""
        for name in ("codec", "resolution"):
            stream[name] = stream[f"rx_{name}"] or stream[f"tx_{name}"]
        who = (call["display_name"] if self.given.show_names else "") or "a participant"
        return {**stream, "conference": call["conference"], "protocol": call["protocol"], "who": who}


def _describe(stream: Record) -> str:
    return (
        f"{stream['type'] or 'stream'} of {stream['who']} of {stream['conference'] or 'no conference'}"
        f" ({stream['protocol'] or 'no protocol'}) on {stream['node'] or 'no node'}, {streams.in_words(stream)}"
    )
