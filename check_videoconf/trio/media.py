"""trio media."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import OK, Counter, Finding, Verdict
from ..fields import Fields, Gaps, Unreadable, number
from ..mode import Mode
from ..options import Option, Options
from ..rates import Growth
from ..text import plural
from ..units import human
from . import phone
from .client import NoCall

_SAFE = (5, 8)
_PACKETS = ("PacketsReceived", "PacketsSent", "PacketsLost", "PacketsExpected")
#: What counts from the beginning of a call on.
_GROWING = ("PacketsReceived", "PacketsLost", "PacketsSent", "OctetsReceived", "OctetsSent")
# From 1 to 5; a phone that has none says 127.
_SCORES = ("RxMOSLQ", "RxMOSCQ", "TxMOSLQ", "TxMOSCQ")
_KINDS = {"voice": "audio", "0": "audio", "1": "video"}


class Media(Mode):
    """Packet loss, jitter, latency and speech quality of the calls in progress."""

    endpoints = ("GET /api/v2/mgmt/device/info", "GET /api/v1/mgmt/media/sessionStats")
    requests = "2; with --force 1; with firmware that has no version 2 of device/info 3"
    notes = (
        "Firmware below 5.8 freezes when it is asked for sessionStats: it is not asked, unless with --force.",
        "Loss is that since the previous run of the same service; of a call that is new since, that of all of it.",
        "Bytes a second need two runs within one call. Instances are audio, video, then audio_2 and so on.",
        "A stream that has carried nothing, such as the video of an audio call, is left out.",
    )
    example = "--warning-channel-packetloss-prct 2 --critical-channel-mos 3:"

    record = "stream"
    fields = Fields(
        texts="Category",
        numbers="PacketsReceived PacketsLost PacketsSent OctetsReceived OctetsSent MaxJitter"
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
        self.worst: dict[str, float] = {}
        yield Verdict("", OK, "")  # an idle phone is measured, too
        uptime = None
        if not self.given.force:
            firmware, uptime = self._firmware()
            unsafe = _unsafe(firmware)
            if unsafe:
                self.problems.append(unsafe)
                return
        streams = list(self._streams())
        growth = Growth(self.previous, time.time() if uptime is None else uptime, uptime=uptime is not None)
        names = self._names([(key, kind) for key, kind, _ in streams])
        for key, kind, row in streams:
            self.streams += 1
            yield from self._flow(names[key], key, row, growth)
            yield from self._quality(names[key], kind, row)
        self.remembered = {**growth.saved(), "names": names}
        if streams and not growth.seconds:
            self.remarks.append(f"{growth.why_none()}: bytes a second from the next one on")

    def headline(self) -> str:
        if not self.calls:
            return "no call"
        calls = plural(self.calls, "call")
        if not self.streams:
            return f"{calls}, nothing has come or gone yet"
        figures = [
            f"{name} at most {human(self.worst[label], unit)}"
            for label, name, unit in (("packetloss-prct", "packet loss", "%"), ("maxjitter", "jitter", "ms"))
            if label in self.worst
        ]
        return ", ".join([f"{calls} with {self.count_of(self.streams)}", *figures])

    def _firmware(self) -> tuple[str | None, int | None]:
        """The firmware, and how long the phone is up where that was asked just now."""
        _, data = self.client.newest("mgmt/device/info")
        # What else is missing there is the business of the mode info.
        found = phone.info(self.client.object("mgmt/device/info", data), Gaps())
        return found["firmware"], None if self.given.cache else found["uptime"]

    def _streams(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Key, kind and record of each stream that carries something; the key is the same while the call lasts."""
        path = "mgmt/media/sessionStats"
        try:
            calls = self.client.structs(path)
        except NoCall:
            return
        read = self.fields.reader(self.record, self.gaps)
        keys: Tally[str] = Tally()
        for call in calls:
            rows = self.client.objects(path, call.get("Streams") or [])  # an idle phone sends [{}]
            self.calls += bool(rows)
            for row in rows:
                if _is_silent(row):
                    continue
                record = read(row)
                kind = _kind(record["Category"])
                key = f"{call.get('Ref')} {row.get('Ref')} {kind}"
                keys[key] += 1
                yield f"{key} {keys[key]}", kind, record

    def _names(self, streams: list[tuple[str, str]]) -> dict[str, str]:
        """A name for each key: the one of the previous run, else the first of audio, audio_2, … that is free."""
        before = (self.previous or {}).get("names")
        names: dict[str, str] = {}
        for key, kind in streams:
            name = f"{before.get(key)}" if isinstance(before, dict) else ""
            if re.fullmatch(rf"{re.escape(kind)}(_[0-9]+)?", name) and name not in names.values():
                names[key] = name
        for key, kind in streams:
            if key not in names:
                numbered = (f"{kind}_{number}" for number in itertools.count(2))
                names[key] = next(name for name in itertools.chain([kind], numbered) if name not in names.values())
        return names

    def _flow(self, name: str, key: str, row: Mapping[str, Any], growth: Growth) -> Iterator[Finding]:
        """What has come and gone since the previous run, or since the call began if that was later."""
        counts: dict[str, float] = {field: row[field] for field in _GROWING if row[field] is not None}
        since = {field: growth.since(f"{key} {field}", count) for field, count in counts.items()}
        grown = {field: count for field, count in since.items() if count is not None}
        is_new = len(grown) < len(counts)
        flow = counts if is_new else grown
        if "PacketsReceived" in flow and "PacketsLost" in flow:
            lost = max(0, flow["PacketsLost"])  # late packets can make them fewer than none
            yield from self.measure("channel-packetloss", lost, name)
            if flow["PacketsReceived"] + lost > 0:
                share = 100 * lost / (flow["PacketsReceived"] + lost)
                yield from self._worst("packetloss-prct", share, name)
            else:
                self.remarks.append(f"{name}: nothing came since the previous run")
        if growth.seconds and not is_new:
            for way, field in (("in", "OctetsReceived"), ("out", "OctetsSent")):
                if field in flow:
                    yield from self.measure(f"channel-traffic-{way}", flow[field] / growth.seconds, name)

    def _quality(self, name: str, kind: str, row: Mapping[str, Any]) -> Iterator[Finding]:
        if row["MaxJitter"] is not None:
            yield from self._worst("maxjitter", row["MaxJitter"], name)
        yield from self.measure("channel-latency", row["Latency"], name)
        scores = [row[field] for field in _SCORES if row[field] is not None and 1 <= row[field] <= 5]
        if scores or kind == "audio":
            yield from self.measure("channel-mos", min(scores, default=None), name)
        if kind == "video" or row["VideoRxFramerate"] is not None:
            yield from self.measure("channel-framerate", row["VideoRxFramerate"], name)

    def _worst(self, label: str, value: float, name: str) -> Iterator[Finding]:
        self.worst[label] = max(value, self.worst.get(label, value))
        yield from self.measure(f"channel-{label}", value, name)


def _unsafe(firmware: str | None) -> str:
    """Why a phone with this firmware must not be asked, or `''`."""
    version = phone.version(firmware or "")
    if not version:
        return f"not asked: firmware '{firmware or 'unknown'}' is no version, and below 5.8 asking freezes the phone"
    return "" if version >= _SAFE else f"not asked: firmware {firmware} is below 5.8, asking would freeze the phone"


def _is_silent(row: Mapping[str, Any]) -> bool:
    """Whether a stream has carried nothing: phones list such a video stream for a call without video."""
    try:
        counts = [number(row.get(name)) for name in _PACKETS]
    except Unreadable:
        return False
    return counts[0] == 0 and not any(counts)


def _kind(category: str | None) -> str:
    """`0:Voice` to audio, `1:Video` to video, any other to its word."""
    place, _, word = (text.strip().lower() for text in (category or "").partition(":"))
    return _KINDS.get(word, word) or _KINDS.get(place, place) or "stream"
