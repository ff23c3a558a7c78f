"""trio media."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Finding
from ..fields import Gaps, number
from ..mode import Mode
from ..options import Option, Options
from ..rates import Growth
from ..text import phrase, plural
from ..units import human
from . import phone, streams
from .statuses import NoCall

_SESSIONS = "mgmt/media/sessionStats"


class Media(Mode):
    """Packet loss, jitter, latency and speech quality of the calls in progress."""

    endpoints = ("GET /api/v2/mgmt/device/info", f"GET /api/v1/{_SESSIONS}")
    requests = "2; with --force 1; with firmware that has no version 2 of device/info 3"
    notes = (
        "Firmware below 5.8 freezes when it is asked for sessionStats: it is not asked, unless with --force.",
        "Loss is that since the previous run of the same service; of a call that is new since, that of all of it.",
        "Bytes a second need two runs within one call. Instances are audio, video, then audio_2 and so on.",
        "A stream that has carried nothing, such as the video of an audio call, is left out.",
    )
    example = "--warning-channel-packetloss-prct 2 --critical-channel-mos 3:"

    record = "stream"
    fields = phone.Words(
        texts="Category",
        numbers="Latency? VideoRxFramerate? RxMOSLQ? RxMOSCQ? TxMOSLQ? TxMOSCQ?",
    )
    options = (Option("--force", "", "ask firmware below 5.8, too, which may freeze the phone"),)
    counters = streams.COUNTERS

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        self.calls = self.streams = 0
        yield from self.mention()  # an idle phone is measured, too
        uptime = None
        if not self.given.force:
            firmware, uptime = self._firmware()
            unsafe = phone.unsafe(firmware)
            if unsafe:
                self.problems.append(unsafe)
                return
        found = list(self._streams())
        growth = Growth(self.previous, time.time() if uptime is None else uptime, uptime=uptime is not None)
        names = streams.names([(key, kind) for key, kind, _ in found], self.recall("names", dict))
        self.measured = streams.Measured(self, growth)
        for key, kind, row in found:
            self.streams += 1
            yield from self.measured.flow(names[key], key, row)
            yield from self.measured.quality(names[key], kind, row)
        self.remembered = {**growth.saved(), "names": names}
        if found and not growth.seconds:
            self.remarks.append(f"{growth.why_none()}: bytes a second from the next one on")

    def headline(self) -> str:
        if not self.calls:
            return "no call"
        calls = plural(self.calls, "call")
        if not self.streams:
            return f"{calls}, nothing has come or gone yet"
        worst = self.measured.worst
        figures = [
            f"{name} at most {human(worst[label], unit)}"
            for label, name, unit in (("packetloss-prct", "packet loss", "%"), ("maxjitter", "jitter", "ms"))
            if label in worst
        ]
        return phrase(f"{calls} with {self.count_of(self.streams)}", *figures)

    def _firmware(self) -> tuple[str | None, int | None]:
        """The firmware, and how long the phone is up where that was asked just now."""
        _, data = self.client.newest("mgmt/device/info")
        # What else is missing there is the business of the mode info.
        data, gaps = self.client.object("mgmt/device/info", data), Gaps()
        return phone.info(data, gaps)["firmware"], None if self.given.cache else phone.up_for(data, gaps)

    def _streams(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Key, kind and record of each stream that carries something; the key is the same while the call lasts."""
        try:
            calls = self.client.structs(_SESSIONS)
        except NoCall:
            return
        read = self.fields.reader(self.record, self.gaps)
        keys: Tally[str] = Tally()
        for call in calls:
            rows = self.client.objects(_SESSIONS, call.get("Streams") or [])  # an idle phone sends [{}]
            self.calls += bool(rows)
            for row in rows:
                if streams.is_silent(row):
                    continue
                record = read(row)
                for name, labels in streams.NEEDED.items():
                    record[name] = self.read_member(row, name, number, *labels)
                kind = streams.kind_of(record["Category"])
                key = f"{call.get('Ref')} {row.get('Ref')} {kind}"
                keys[key] += 1
                yield f"{key} {keys[key]}", kind, record
