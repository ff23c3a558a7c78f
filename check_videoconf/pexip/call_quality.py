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
from .quality import KNOWN, POOR, QUALITIES, Qualities, has_media, integers, poor_share

_GROUPS = {
    "conference": "conference",
    "location": "system_location",
    "node": "media_node",
    "protocol": "protocol",
}
_BUCKETS = "bucketed_call_quality"
_HISTORY = "historic_call_quality"
# historic_call_quality has one entry for 20 seconds: the last minute.
_RECENT = 3
_ALL = (*KNOWN, "unknown")


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
        raws=f"call_quality! {_BUCKETS}? {_HISTORY}?",
    )
    filters = ("conference", "location=system_location", "protocol")
    options = (
        Option("--by", "WHAT", f"also for each {', '.join(_GROUPS)}", kind=choice(*_GROUPS)),
        Option("--min-participants", "N", "judge no share of fewer calls", default=5, kind=integer(0, 1_000_000)),
    )
    counters = (
        *(
            Counter(f"participants-{name}", f"participants.callquality.{name}.count", f"calls with {name} quality",
                    title=f"calls of {name} quality")
            for name in _ALL
        ),
        Counter(
            "poor-prct", "callquality.poor.percentage", "bad and terrible of the calls whose quality is known",
            unit="%", warning="10", critical="25", title="poor calls",
        ),
        *(
            Counter(f"windows-{name}", f"callquality.windows.{name}.count", f"20 s windows of {name} quality",
                    optional=True, title=f"windows of {name} quality")
            for name in _ALL
        ),
        *(
            Counter(f"windows-{name}-prct", f"callquality.windows.{name}.percentage",
                    f"share of all windows with {name} quality",
                    unit="%", optional=True, title=f"windows of {name} quality")
            for name in _ALL
        ),
        Counter(
            "windows-poor-prct", "callquality.windows.poor.percentage", "bad and terrible of the known windows",
            unit="%", optional=True, title="poor windows",
        ),
        Counter(
            "recent-poor-prct", "callquality.recent.poor.percentage",
            "bad and terrible of the known windows of the last minute",
            unit="%", optional=True, title="poor windows of the last minute",
        ),
    )  # fmt: skip

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: Which of the fields with windows any row has.
        self._reported: set[str] = set()

    def probe(self) -> Iterator[Finding]:
        calls: Tally[str] = Tally()
        windows: Tally[str] = Tally()
        recent: Tally[str] = Tally()
        groups: dict[str, Tally[str]] = {}
        quality = Qualities(self.record, self.gaps)
        field = _GROUPS.get(self.given.by or "")
        rows = self.client.records("status/v1/participant/", self.fields, self.record, self.gaps)
        for row in self.select(rows):
            if not has_media(row):
                continue
            word = quality.read(row["call_quality"])
            calls[word] += 1
            if field:
                groups.setdefault(row[field] or "", Tally())[word] += 1
            for name, count in zip(QUALITIES, self._integers(row, _BUCKETS)):
                windows[name] += count
            for entry in self._integers(row, _HISTORY)[-_RECENT:]:
                recent[quality.read(entry)] += 1

        self.remarks += quality.remarks()
        yield from self._calls(calls, "")
        for group in sorted(groups):
            yield from self._calls(groups[group], group or "none")
        if calls:
            yield from self._windows(windows)
            yield from self._recent(recent)

    def headline(self) -> str:
        calls = sum(self.values[f"participants-{name}"] for name in QUALITIES)
        if not calls:
            return "no call with media"
        share = self.values.get("poor-prct")
        if share is None:
            return f"{plural(calls, 'call')}, quality not known yet"
        poor = sum(self.values[f"participants-{name}"] for name in POOR)
        known = calls - self.values["participants-unknown"]
        return f"{plural(calls, 'call')}, {poor} poor ({human(share, '%')} of the {known} known)"

    def _calls(self, calls: Tally[str], instance: str) -> Iterator[Finding]:
        total = sum(calls.values())
        for name in _ALL:
            yield from self.measure(f"participants-{name}", calls[name], instance, high=total)
        share = poor_share(calls)
        if share is not None:
            known, least = total - calls["unknown"], self.given.min_participants
            yield from self.measure("poor-prct", share, instance, judged=known >= least)
            if known < least and not instance:
                self.remarks.append(
                    f"poor-prct is not judged: calls of known quality are {known}, --min-participants is {least}"
                )

    def _windows(self, windows: Tally[str]) -> Iterator[Finding]:
        total = sum(windows.values())
        if not total:
            self._without("windows-", _BUCKETS)
            return
        for name in _ALL:
            yield from self.measure(f"windows-{name}", windows[name], high=total)
            yield from self.measure(f"windows-{name}-prct", 100 * windows[name] / total)
        share = poor_share(windows)
        if share is not None:
            yield from self.measure("windows-poor-prct", share)

    def _recent(self, recent: Tally[str]) -> Iterator[Finding]:
        share = poor_share(recent)
        if share is not None:
            yield from self.measure("recent-poor-prct", share)
        elif not recent:
            self._without("recent-", _HISTORY)

    def _without(self, prefix: str, field: str) -> None:
        """Says why there are no windows; a problem where the user put a threshold on counters that cannot be had."""
        if field in self._reported:
            self.remarks.append(f"{prefix}…: no window of 20 seconds yet")
            return
        reason = "not supported by this version" if field in self.gaps.absent else "not reported"
        self.remarks.append(f"{prefix}…: {reason}, judged by call_quality alone")
        for counter in self.counters:
            if counter.label.startswith(prefix) and counter.label in self.thresholds.given:
                self.absent(counter.label, optional=True, reason=reason)

    def _integers(self, row: dict[str, Any], field: str) -> list[int]:
        try:
            found = integers(row[field])
        except Unreadable:
            self.gaps.unreadable(self.record, field, row[field], required=False)
            return []
        if found is None:
            return []
        self._reported.add(field)
        return found
