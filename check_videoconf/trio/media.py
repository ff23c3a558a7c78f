"""trio media."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import OK, UNKNOWN, Counter, Finding, Verdict
from ..fields import Fields
from ..mode import Mode
from ..options import Option, Options
from ..rates import Growth
from ..text import plural
from . import phone
from .client import NoCall

_SAFE = (5, 8)
# What a phone reports as a mean opinion score when it has none.
_NO_MOS = 127
_MOS = ("RxMOSLQ", "RxMOSCQ", "TxMOSLQ", "TxMOSCQ")
_NAMES = {"voice": "audio"}


class Media(Mode):
    """Packet loss, jitter, latency and speech quality of the calls in progress."""

    endpoints = ("GET /api/v2/mgmt/device/info", "GET /api/v1/mgmt/media/sessionStats")
    requests = "2; with --force 1; with firmware that has no version 2 of device/info 3"
    notes = (
        "Firmware below 5.8 freezes when it is asked for sessionStats: it is not asked, unless with --force.",
        "Loss is that since the previous run of the same service, or of the whole call when the call is new.",
        "Bytes a second need two runs within one call. Instances are audio, video, then audio_2 and so on.",
        "A stream that has carried nothing, such as the video of an audio call, is left out.",
    )
    example = "--warning-channel-packetloss-prct 1 --critical-channel-mos 3:"

    record = "stream"
    fields = Fields(
        texts="Category",
        numbers="PacketsReceived PacketsLost! PacketsSent! OctetsReceived! OctetsSent! MaxJitter!"
        " Latency? VideoRxFramerate? RxMOSLQ? RxMOSCQ? TxMOSLQ? TxMOSCQ?",
    )
    options = (Option("--force", "", "ask firmware below 5.8, too, which may freeze the phone"),)
    counters = (
        Counter(
            "channel-maxjitter", "call.channel.maxjitter.milliseconds", "highest jitter", unit="ms", warning="40",
            instance="stream", optional=True, title="highest jitter",
        ),
        Counter(
            "channel-packetloss", "call.channel.packetloss.count", "packets lost", instance="stream", optional=True,
            title="packets lost",
        ),
        Counter(
            "channel-packetloss-prct", "call.channel.packetloss.percentage", "of those that should have come", unit="%",
            warning="3", critical="10", instance="stream", optional=True, title="packet loss",
        ),
        Counter(
            "channel-latency", "call.channel.latency.milliseconds", "latency", unit="ms", instance="stream",
            optional=True, title="latency",
        ),
        Counter(
            "channel-mos", "call.channel.mos.value", "the lowest mean opinion score", warning="3.6:", critical="3.1:",
            instance="stream", low=1, high=5, optional=True, title="speech quality (MOS)",
        ),
        Counter(
            "channel-traffic-in", "call.channel.traffic.in.bytespersecond", "received", unit="B/s", instance="stream",
            optional=True, title="traffic in",
        ),
        Counter(
            "channel-traffic-out", "call.channel.traffic.out.bytespersecond", "sent", unit="B/s", instance="stream",
            optional=True, title="traffic out",
        ),
        Counter(
            "channel-framerate", "call.channel.framerate.count", "video frames a second", instance="stream",
            optional=True, title="frame rate",
        ),
    )  # fmt: skip

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        self.calls = self.streams = 0
        if not self.given.force:
            unsafe = self._unsafe()
            if unsafe:
                yield Verdict("firmware", UNKNOWN, unsafe)
                return
        growth = Growth(self.previous, self.now)
        for name, call, row in self._streams():
            self.streams += 1
            yield from self._stream(name, f"{call} {name}", row, growth)
        self.remembered = growth.saved()
        if not self.streams:
            yield Verdict("media", OK, "no call")
        if growth.first and self.streams:
            self.remarks.append("first run: bytes a second from the next one on")

    def headline(self) -> str:
        if not self.streams:
            return "no call"
        return f"{plural(self.calls, 'call')} with {self.count_of(self.streams)}, quality is good"

    def _unsafe(self) -> str:
        """Why the phone must not be asked, or `''`."""
        _, data = self.client.newest("mgmt/device/info")
        firmware = phone.info(self.client.object("mgmt/device/info", data), self.gaps)["firmware"]
        version = phone.version(firmware or "")
        if not version:
            return f"not asked: firmware '{firmware or 'unknown'}' is no version, and below 5.8 asking freezes the phone"
        return "" if version >= _SAFE else f"not asked: firmware {firmware} is below 5.8, asking would freeze the phone"

    def _streams(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Name, reference of the call and record of each stream that carries something."""
        try:
            calls = self.client.structs("mgmt/media/sessionStats")
        except NoCall:
            return
        seen: Tally[str] = Tally()
        read = self.fields.reader(self.record, self.gaps)
        for call in calls:
            streams = call.get("Streams") or []  # an idle phone sends [{}]
            rows = [read(row) for row in self.client.objects("mgmt/media/sessionStats", streams)]
            self.calls += bool(rows)
            for row in rows:
                kind = (row["Category"] or "").rpartition(":")[2].strip().lower() or "stream"
                kind = _NAMES.get(kind, kind)
                seen[kind] += 1
                if row["PacketsReceived"] or row["PacketsSent"]:
                    yield kind if seen[kind] == 1 else f"{kind}_{seen[kind]}", str(call.get("Ref")), row

    def _stream(self, name: str, key: str, row: dict[str, Any], growth: Growth) -> Iterator[Finding]:
        received, lost = row["PacketsReceived"], row["PacketsLost"]
        if received is not None and lost is not None:
            # Both or neither: a new call, whose counters are smaller or whose reference is another, starts anew.
            grown = (growth.since(f"{key} received", received), growth.since(f"{key} lost", lost))
            if None not in grown:
                received, lost = grown
            yield from self.measure("channel-packetloss", lost, name)
            if received + lost:
                yield from self.measure("channel-packetloss-prct", 100 * lost / (received + lost), name)
        for label, field in (("in", "OctetsReceived"), ("out", "OctetsSent")):
            rate = None if row[field] is None else growth.per_second(f"{key} {field}", row[field])
            if rate is not None:
                yield from self.measure(f"channel-traffic-{label}", rate, name)
        yield from self._plain(name, row)

    def _plain(self, name: str, row: Mapping[str, Any]) -> Iterator[Finding]:
        scores = [row[field] for field in _MOS if row[field] is not None and 0 < row[field] < _NO_MOS]
        figures = (
            ("maxjitter", row["MaxJitter"]),
            ("latency", row["Latency"]),
            ("mos", min(scores, default=None)),
            ("framerate", row["VideoRxFramerate"]),
        )
        for label, value in figures:
            if value is not None:
                yield from self.measure(f"channel-{label}", value, name)
