"""pexip call-quality."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..aggregates import grouped
from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option, choice, integer
from ..text import plural
from . import participant, quality_windows
from .quality import BEST_FIRST, POOR, Qualities, poor_share

_GROUPS = ("conference", "location", "node", "protocol")


class CallQuality(Mode):
    """Quality of the calls of participants with media: in the last minute and over the whole call."""

    endpoints = (participant.ENDPOINT,)
    requests = "1 a thousand participants"
    notes = (
        "poor-prct is bad and terrible of the calls of known quality; below --min-participants it is not judged.",
        "windows-… count the 20-second windows of the whole call, recent-… the last three of each call.",
        "Versions without windows report the last minute's quality alone, and the long output says so.",
    )
    example = "--by location --warning-poor-prct 5"

    record = "participant"
    fields = Fields(
        texts="conference! protocol! location=system_location? node=media_node?",
        flags="has_media",
        raws=f"call_quality! {quality_windows.FIELDS}",
    )
    filters = ("conference", "location", "protocol")
    options = (
        Option("--by", "WHAT", f"also for each {', '.join(_GROUPS)}", kind=choice(*_GROUPS)),
        Option("--min-participants", "N", "judge no share of fewer calls", default=5, kind=integer(0, 1_000_000)),
    )
    counters = (
        *Counter(
            "participants-*", "participants.callquality.*.count", "calls with * quality", title="calls of * quality",
        ).members(BEST_FIRST),
        Counter(
            "poor-prct", "callquality.poor.percentage", "bad and terrible of the calls whose quality is known",
            unit="%", warning="10", critical="25", title="poor calls",
        ),
        *quality_windows.COUNTERS,
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        quality = Qualities(self.record, self.gaps)
        windows = quality_windows.QualityWindows(self, quality)
        calls: Tally[str] = Tally()
        groups: list[tuple[str, str]] = []
        for call in self.select(self.fetch(participant.TABLE)):
            if participant.has_media(call):
                word = quality.read(call["call_quality"])
                calls[word] += 1
                if self.given.by:
                    groups.append((call[self.given.by] or "", word))
                windows.add(call)
        self.remarks += quality.remarks()
        yield from self._calls(calls)
        for group, words in grouped(groups):
            yield from self._calls(Tally(words), group or "none")
        if calls:
            yield from windows.measured()

    def headline(self) -> str:
        calls = sum(self.values[f"participants-{name}"] for name in BEST_FIRST)
        share = self.figure("poor-prct")
        if not calls:
            return "no call with media"
        if not share:
            return f"{plural(calls, 'call')}, quality not known yet"
        poor = sum(self.values[f"participants-{name}"] for name in POOR)
        known = calls - self.values["participants-unknown"]
        return f"{plural(calls, 'call')}, {poor} poor ({share} of the {known} known)"

    def _calls(self, calls: Tally[str], instance: str = "") -> Iterator[Finding]:
        total = sum(calls.values())
        for name in BEST_FIRST:
            yield from self.measure(f"participants-{name}", calls[name], instance, high=total)
        known, least = total - calls["unknown"], self.given.min_participants
        yield from self.measure("poor-prct", poor_share(calls), instance, judged=known >= least, told=True)
        if 0 < known < least and not instance:
            self.remarks.append(
                f"poor-prct is not judged: calls of known quality are {known}, --min-participants is {least}"
            )
