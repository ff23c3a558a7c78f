"""Call quality as Pexip writes it, in all its encodings, made plain."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..aggregates import share
from ..counters import Counter, Measurement
from ..fields import Gaps, Unreadable
from ..mode import Mode
from ..text import plural, shorten

#: Worst last; also the order of bucketed_call_quality and the numbers of historic_call_quality.
QUALITIES = ("unknown", "good", "ok", "bad", "terrible")
POOR = ("bad", "terrible")
KNOWN = QUALITIES[1:]
#: As they are printed.
BEST_FIRST = (*KNOWN, "unknown")

#: Participants of each quality, as the modes on conferences count them.
COUNTERS = tuple(
    Counter(
        "participants-callquality-*",
        "participants.callquality.*.count",
        "of them with * quality",
        title="participants with * call quality",
    ).members(BEST_FIRST)
)


def measured(mode: Mode, qualities: Mapping[str, int]) -> Iterator[Measurement]:
    """Those counters, from how often each quality was seen."""
    for name in BEST_FIRST:
        yield from mode.measure(f"participants-callquality-{name}", qualities[name], high=sum(qualities.values()))


def _word(value: Any) -> str | None:
    """`good`, `1_good`, 1 or null to one of QUALITIES; None for a word nobody has heard of. Raises Unreadable."""
    if value is None or value == "":
        return "unknown"
    if isinstance(value, str):
        word = re.sub(r"^[0-9]_", "", value.strip().lower())
        if word in QUALITIES:
            return word
        value = int(word) if re.fullmatch("[0-9]", word, re.ASCII) else -1
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unreadable
    return QUALITIES[int(value)] if value in range(len(QUALITIES)) else None


class Qualities:
    """Reads the call_quality of many rows; remembers what it could make nothing of."""

    def __init__(self, what: str, gaps: Gaps) -> None:
        self._what = what
        self._gaps = gaps
        self._known: dict[object, str] = {}
        self._strange: Tally[str] = Tally()

    def read(self, value: Any) -> str:
        """One of QUALITIES, `unknown` also for what is unreadable or unheard of."""
        try:
            return self._known[value]
        except (KeyError, TypeError):
            return self._read(value)

    def _read(self, value: Any) -> str:
        try:
            found = _word(value)
        except Unreadable:
            self._gaps.unreadable(self._what, "call_quality", value, required=True)
            return "unknown"
        if found is None:
            self._strange[str(value)] += 1
            return "unknown"
        self._known[value] = found
        return found

    def remarks(self) -> list[str]:
        """A line about words that nobody has heard of, if there were any."""
        if not self._strange:
            return []
        rows = plural(sum(self._strange.values()), self._what)
        words = shorten(", ".join(f"'{word}'" for word in self._strange), 120)
        return [f"call_quality of {rows} not known here, taken for unknown: {words}"]


def worst_first(mode: Mode, participants: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The participants, the one of worst quality first, those of unknown quality last."""
    quality = Qualities(mode.record, mode.gaps)
    found = sorted(participants, key=lambda row: -QUALITIES.index(quality.read(row["call_quality"])))
    mode.remarks += quality.remarks()
    return found


def poor_share(counts: Mapping[str, int]) -> float | None:
    """Bad and terrible of those known, in percent; None when none is known."""
    return share(sum(counts[name] for name in POOR), sum(counts[name] for name in KNOWN))
