"""Call quality as Pexip writes it, in all its encodings, made plain."""

from __future__ import annotations

import json
import re
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Measurement
from ..fields import Gaps, Unreadable, number
from ..mode import Mode
from ..text import plural, shorten

#: Worst last; also the order of bucketed_call_quality and the numbers of historic_call_quality.
QUALITIES = ("unknown", "good", "ok", "bad", "terrible")
POOR = ("bad", "terrible")
KNOWN = QUALITIES[1:]


def counters() -> Iterator[Counter]:
    """Participants of each quality, as the modes on conferences count them."""
    for name in (*KNOWN, "unknown"):
        yield Counter(
            f"participants-callquality-{name}",
            f"participants.callquality.{name}.count",
            f"of them with {name} quality",
            title=f"participants with {name} call quality",
        )


def measured(mode: Mode, qualities: Mapping[str, int]) -> Iterator[Measurement]:
    """Those counters, from how often each quality was seen."""
    for name in (*KNOWN, "unknown"):
        yield from mode.measure(f"participants-callquality-{name}", qualities[name], high=sum(qualities.values()))


def has_media(participant: Mapping[str, Any]) -> bool:
    """Whether a row is a call: API connections control conferences and carry no media."""
    return bool(participant["has_media"]) and (participant["protocol"] or "").lower() != "api"


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


def integers(value: Any) -> list[int] | None:
    """A list of small numbers, also as JSON in text (`"[0, 7, 3, 1, 2]"`); null and absent are None.

    Raises Unreadable.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise Unreadable from None
    if not isinstance(value, list):
        raise Unreadable
    numbers = [number(item) for item in value]
    if any(item is None or item < 0 or item != int(item) for item in numbers):
        raise Unreadable
    return [int(item) for item in numbers if item is not None]


def poor_share(counts: Mapping[str, int]) -> float | None:
    """Bad and terrible of those known, in percent; None when none is known."""
    known = sum(counts[name] for name in KNOWN)
    return 100 * sum(counts[name] for name in POOR) / known if known else None
