"""Media streams of the calls in progress: what each is called, and what it measures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Unreadable, number
from ..mode import Mode
from ..rates import Growth, share_lost

_PACKETS = ("PacketsReceived", "PacketsSent", "PacketsLost", "PacketsExpected")
#: What counts from the beginning of a call on.
_GROWING = ("PacketsReceived", "PacketsLost", "PacketsSent", "OctetsReceived", "OctetsSent")
#: Of these what late packets make smaller.
_SHRINKING = ("PacketsLost",)
_LOSS = ("channel-packetloss", "channel-packetloss-prct")
_TRAFFIC = ("channel-traffic-in", "channel-traffic-out")
#: Of each field that a stream must have the counters that need it; that it has sent less tells a call that is new.
NEEDED = {
    "PacketsReceived": _LOSS,
    "PacketsLost": _LOSS,
    "PacketsSent": (*_LOSS, *_TRAFFIC),
    "OctetsReceived": _TRAFFIC[:1],
    "OctetsSent": _TRAFFIC[1:],
    "MaxJitter": ("channel-maxjitter",),
}
# From 1 to 5; a phone that has none says 127.
_SCORES = ("RxMOSLQ", "RxMOSCQ", "TxMOSLQ", "TxMOSCQ")
_KINDS = {"voice": "audio", "0": "audio", "1": "video"}

COUNTERS = (
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


def is_silent(row: Mapping[str, Any]) -> bool:
    """Whether a stream has carried nothing: phones list such a video stream for a call without video."""
    try:
        counts = [number(row.get(name)) for name in _PACKETS]
    except Unreadable:
        return False
    return counts[0] == 0 and not any(counts)


def kind_of(category: str | None) -> str:
    """`0:Voice` to audio, `1:Video` to video, any other to its word."""
    place, _, word = (text.strip().lower() for text in (category or "").partition(":"))
    return _KINDS.get(word, word) or _KINDS.get(place, place) or "stream"


def names(streams: Iterable[tuple[str, str]], before: Mapping[str, Any]) -> dict[str, str]:
    """A name for the key of each stream, given with its kind: the one of `before`, else the first free one of audio,
    audio_2, …"""
    streams = list(streams)
    found: dict[str, str] = {}
    for key, kind in streams:
        name = f"{before.get(key)}"
        if re.fullmatch(rf"{re.escape(kind)}(_[0-9]+)?", name) and name not in found.values():
            found[key] = name
    for key, kind in streams:
        if key not in found:
            numbered = (f"{kind}_{number}" for number in itertools.count(2))
            found[key] = next(name for name in itertools.chain([kind], numbered) if name not in found.values())
    return found


class Measured:
    """What the streams of a run measure. `worst`: the highest value of a label, without `channel-`, so far."""

    def __init__(self, mode: Mode, growth: Growth) -> None:
        self._mode = mode
        self._growth = growth
        self.worst: dict[str, float] = {}

    def flow(self, name: str, key: str, row: Mapping[str, Any]) -> Iterator[Finding]:
        """What has come and gone since the previous run, or since the call began if that was later."""
        counts: dict[str, float] = {field: row[field] for field in _GROWING if row[field] is not None}
        grown = self._growth.together(key, counts, may_shrink=_SHRINKING)
        flow = counts if grown is None else grown
        if "PacketsReceived" in flow and "PacketsLost" in flow:
            lost = max(0, flow["PacketsLost"])  # late packets can make them fewer than none
            yield from self._mode.measure("channel-packetloss", lost, name)
            share = share_lost(lost, flow["PacketsReceived"] + lost)
            if share is None and counts["PacketsReceived"] <= 0:
                self._mode.absent("channel-packetloss-prct", name, optional=True, reason="nothing came")
            elif share is None:
                self._mode.remarks.append(f"{name}: nothing came since the previous run")
            else:
                yield from self._worst("packetloss-prct", share, name)
        if self._growth.seconds and grown is not None:
            for way, field in (("in", "OctetsReceived"), ("out", "OctetsSent")):
                if field in flow:
                    rate = flow[field] / self._growth.seconds
                    yield from self._mode.measure(f"channel-traffic-{way}", rate, name)

    def quality(self, name: str, kind: str, row: Mapping[str, Any]) -> Iterator[Finding]:
        """How good it is now."""
        if row["MaxJitter"] is not None:
            yield from self._worst("maxjitter", row["MaxJitter"], name)
        yield from self._mode.measure("channel-latency", row["Latency"], name)
        scores = [row[field] for field in _SCORES if row[field] is not None and 1 <= row[field] <= 5]
        if scores or kind == "audio":
            yield from self._mode.measure("channel-mos", min(scores, default=None), name)
        if kind == "video" or row["VideoRxFramerate"] is not None:
            yield from self._mode.measure("channel-framerate", row["VideoRxFramerate"], name)

    def _worst(self, label: str, value: float, name: str) -> Iterator[Finding]:
        self.worst[label] = max(value, self.worst.get(label, value))
        yield from self._mode.measure(f"channel-{label}", value, name)
