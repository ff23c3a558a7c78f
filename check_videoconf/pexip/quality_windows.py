"""Call quality in windows of 20 seconds: how many were of which quality, over whole calls and in their last minute."""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Measurement
from ..fields import Unreadable, number
from ..mode import NOT_SUPPORTED, Mode, Record
from .quality import BEST_FIRST, QUALITIES, Qualities, poor_share

_WHOLE = "bucketed_call_quality"
_HISTORY = "historic_call_quality"
#: What Fields(raws=…) must read for them.
FIELDS = f"{_WHOLE}? {_HISTORY}?"
# The history has one entry for 20 seconds: the last minute.
_RECENT = 3

COUNTERS = (
    *Counter(
        "windows-*", "callquality.windows.*.count", "20 s windows of * quality",
        optional=True, title="windows of * quality",
    ).members(BEST_FIRST),
    *Counter(
        "windows-*-prct", "callquality.windows.*.percentage", "share of all windows with * quality",
        unit="%", optional=True, title="windows of * quality",
    ).members(BEST_FIRST),
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


class QualityWindows:
    """Counts the windows of many calls."""

    def __init__(self, mode: Mode, quality: Qualities) -> None:
        self._mode = mode
        self._quality = quality
        self._whole: Tally[str] = Tally()
        self._recent: Tally[str] = Tally()
        #: Which of the fields any call has.
        self._reported: set[str] = set()

    def add(self, call: Record) -> None:
        """Takes in the windows of a participant with media."""
        for name, count in zip(QUALITIES, self._integers(call, _WHOLE)):
            self._whole[name] += count
        for entry in self._integers(call, _HISTORY)[-_RECENT:]:
            self._recent[self._quality.read(entry)] += 1

    def measured(self) -> Iterator[Measurement]:
        """The counters; says why there are none, where there are none."""
        total = sum(self._whole.values())
        for name in BEST_FIRST if total else ():
            yield from self._mode.measure(f"windows-{name}", self._whole[name], high=total)
            yield from self._mode.measure(f"windows-{name}-prct", 100 * self._whole[name] / total)
        yield from self._mode.measure("windows-poor-prct", poor_share(self._whole), told=True)
        if not total:
            self._without("windows-", _WHOLE)
        yield from self._mode.measure("recent-poor-prct", poor_share(self._recent), told=True)
        if not self._recent:
            self._without("recent-", _HISTORY)

    def _without(self, prefix: str, field: str) -> None:
        """Says why there are no windows; a problem where the user put a threshold on counters that cannot be had."""
        if field in self._reported:
            self._mode.remarks.append(f"{prefix}…: no window of 20 seconds yet")
            return
        reason = NOT_SUPPORTED if field in self._mode.gaps.absent else "not reported"
        self._mode.remarks.append(f"{prefix}…: {reason}, judged by call_quality alone")
        self._mode.lacking((counter.label for counter in COUNTERS if counter.label.startswith(prefix)), reason)

    def _integers(self, call: Record, field: str) -> list[int]:
        try:
            found = integers(call[field])
        except Unreadable:
            self._mode.gaps.unreadable(self._mode.record, field, call[field], required=False)
            return []
        if found is None:
            return []
        self._reported.add(field)
        return found


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
