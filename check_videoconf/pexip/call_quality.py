"""pexip call-quality."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields, Unreadable
from ..mode import Mode
from ..options import Option, choice, integer
from ..text import plural
from ..units import human
from .quality import KNOWN, POOR, QUALITIES, has_media, integers, poor_share, quality

_GROUPS = {
    "conference": "conference",
    "location": "system_location",
    "node": "media_node",
    "protocol": "protocol",
}
# historic_call_quality has one entry for 20 seconds: the last minute.
_RECENT = 3


class CallQuality(Mode):
    """Quality of the calls of participants with media: in the last minute and over the whole call."""

    endpoints = ("GET /api/admin/status/v1/participant/",)
    requests = "1 a thousand participants"
    notes = (
        "poor-prct is bad and terrible of the calls of known quality; below --min-participants it is not judged.",
        "windows-… count the 20-second windows of the whole call, recent-… the last three of each call.",
        "Versions without windows report the last minute's quality alone, and the long output says so.",
    )
    example = "--by location --warning-poor-prct 5"

    record = "participant"
    fields = Fields(
        texts="conference! protocol! system_location? media_node?",
        flags="has_media",
        raws="call_quality! bucketed_call_quality? historic_call_quality?",
    )
    filters = ("conference", "location=system_location", "protocol")
    options = (
        Option("--by", "WHAT", f"also for each {', '.join(_GROUPS)}", kind=choice(*_GROUPS)),
        Option("--min-participants", "N", "judge no share of fewer calls", default=5, kind=integer(0, 1_000_000)),
    )
    counters = (
        *(
            Counter(f"participants-{name}", f"participants.callquality.{name}.count", f"calls with {name} quality")
            for name in (*KNOWN, "unknown")
        ),
        Counter(
            "poor-prct",
            "callquality.poor.percentage",
            "bad and terrible of the calls whose quality is known",
            unit="%",
            warning="10",
            critical="25",
            title="poor call quality",
        ),
        *(
            Counter(
                f"windows-{name}",
                f"callquality.windows.{name}.count",
                f"20 s windows of {name} quality",
                optional=True,
            )
            for name in (*KNOWN, "unknown")
        ),
        *(
            Counter(
                f"windows-{name}-prct",
                f"callquality.windows.{name}.percentage",
                f"share of all windows with {name} quality",
                unit="%",
                optional=True,
            )
            for name in (*KNOWN, "unknown")
        ),
        Counter(
            "windows-poor-prct",
            "callquality.windows.poor.percentage",
            "bad and terrible of the known windows",
            unit="%",
            optional=True,
        ),
        Counter(
            "recent-poor-prct",
            "callquality.recent.poor.percentage",
            "bad and terrible of the known windows of the last minute",
            unit="%",
            optional=True,
        ),
    )

    def probe(self) -> Iterator[Finding]:
        calls: Tally[str] = Tally()
        windows: Tally[str] = Tally()
        recent: Tally[str] = Tally()
        groups: dict[str, Tally[str]] = {}
        field = _GROUPS.get(self.given.by or "")
        rows = self.client.records("status/v1/participant/", self.fields, self.record, self.gaps)
        for row in self.select(rows):
            if not has_media(row):
                continue
            word = quality(row["call_quality"])
            calls[word] += 1
            if field:
                groups.setdefault(row[field] or "", Tally())[word] += 1
            for name, count in zip(QUALITIES, self._integers(row, "bucketed_call_quality")):
                windows[name] += count
            for entry in self._integers(row, "historic_call_quality")[-_RECENT:]:
                recent[quality(entry)] += 1

        yield from self._calls(calls, "")
        for group in sorted(groups):
            yield from self._calls(groups[group], group or "none")
        yield from self._windows(calls, windows, recent)

    def headline(self) -> str:
        calls = sum(self.values[f"participants-{name}"] for name in QUALITIES)
        if not calls:
            return "no call with media"
        poor = sum(self.values[f"participants-{name}"] for name in POOR)
        share = self.values.get("poor-prct")
        if share is None:
            return f"{plural(calls, 'call')}, quality not known yet"
        return f"{plural(calls, 'call')}, {poor} of them poor ({human(share, '%')})"

    def _calls(self, calls: Tally[str], instance: str) -> Iterator[Finding]:
        total = sum(calls.values())
        for name in (*KNOWN, "unknown"):
            yield from self.measure(f"participants-{name}", calls[name], instance, high=total)
        known = sum(calls[name] for name in KNOWN)
        share = poor_share(calls)
        if share is not None:
            yield from self.measure("poor-prct", share, instance, judged=known >= self.given.min_participants)
            if known < self.given.min_participants and not instance:
                self.remarks.append(f"poor-prct is not judged: {known} of {self.given.min_participants} calls needed")

    def _windows(self, calls: Tally[str], windows: Tally[str], recent: Tally[str]) -> Iterator[Finding]:
        if not calls:
            return
        total = sum(windows.values())
        if total:
            for name in (*KNOWN, "unknown"):
                yield from self.measure(f"windows-{name}", windows[name], high=total)
                yield from self.measure(f"windows-{name}-prct", 100 * windows[name] / total)
            if poor_share(windows) is not None:
                yield from self.measure("windows-poor-prct", poor_share(windows))
        elif "bucketed_call_quality" in self.gaps.absent:
            self.remarks.append(
                "windows and recent quality: not supported by this version, judged by call_quality alone"
            )
            self._not_supported("windows-")
        if poor_share(recent) is not None:
            yield from self.measure("recent-poor-prct", poor_share(recent))
        elif "historic_call_quality" in self.gaps.absent:
            self._not_supported("recent-")

    def _not_supported(self, prefix: str) -> None:
        """Counters that this version cannot have: a problem only where the user put a threshold on one."""
        for counter in self.counters:
            if counter.label.startswith(prefix) and counter.label in self.thresholds.given:
                self.absent(counter.label, optional=True, reason="not supported by this version")

    def _integers(self, row: dict[str, Any], name: str) -> list[int]:
        try:
            return integers(row[name]) or []
        except Unreadable:
            self.gaps.unreadable(self.record, name, row[name], required=False)
            return []
