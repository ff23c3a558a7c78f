"""Nagios ranges (`10`, `10:`, `~:10`, `10:20`, `@10:20`) with units, strict where nagiosplugin's own parser is not."""

from __future__ import annotations

import math
import re
from typing import Callable

from .units import SCALES

_RANGE = re.compile(r"(?P<invert>@?)(?:(?P<start>~|[^:@~]*):)?(?P<end>[^:@~]*)")
_NUMBER = re.compile(r"(?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?P<unit>[A-Za-z%]*)")
_EXAMPLES = "10, 10:, ~:10, 10:20 or @10:20"


class Range:
    """One threshold: alerts outside start..end, both included; with `@`, inside.

    `text` is the range as the user gave it, in base units where a unit was used; that is what perfdata prints.
    """

    __slots__ = ("end", "invert", "start", "text")

    def __init__(self, spec: str, unit: str = "") -> None:
        """`unit` is the counter's (`s`, `B`, `%`, …). Raises ValueError with words for the user."""
        match = _RANGE.fullmatch(spec)
        if not match or not re.search(r"[0-9~]", spec):
            raise ValueError(f"'{spec}' is not a range such as {_EXAMPLES}")
        start, end = match["start"], match["end"]
        self.invert = bool(match["invert"])
        self.start, start_text = (-math.inf, "~") if start == "~" else _bound(start or "", 0, spec, unit)
        self.end, end_text = _bound(end, math.inf, spec, unit)
        if self.start > self.end:
            raise ValueError(f"'{spec}' is not a range: its start is greater than its end")
        self.text = match["invert"] + ("" if start is None else f"{start_text}:") + end_text

    def broken_by(self, value: float) -> bool:
        """Whether `value`, a finite number, is one to alert on."""
        return (self.start <= value <= self.end) is self.invert

    def violation(self, value: float, show: Callable[[float], str]) -> str:
        """How `value` breaks the range, in words: `above 80 %`, `below 7 d`, `inside 10:20`."""
        if self.invert:
            return f"inside {self.text.lstrip('@')}"
        if value > self.end:
            return f"above {show(self.end)}"
        return f"below {show(self.start)}"


def _bound(text: str, default: float, spec: str, unit: str) -> tuple[float, str]:
    """One side of a range: its number in base units, and how it is printed."""
    if not text:
        return default, ""
    match = _NUMBER.fullmatch(text)
    if not match:
        raise ValueError(f"'{spec}' is not a range such as {_EXAMPLES}: '{text}' is not a number")
    number = float(match["number"])
    if not math.isfinite(number):
        raise ValueError(f"'{spec}' is not a range: '{text}' is too large")
    if not match["unit"]:
        return number, match["number"]
    scale = SCALES.get(unit, {})
    if match["unit"] not in scale:
        known = f"it understands {', '.join(scale)}" if scale else "it takes plain numbers"
        raise ValueError(f"'{spec}' is not a range of this counter: unknown unit '{match['unit']}', {known}")
    number *= scale[match["unit"]]
    return number, str(int(number)) if number == int(number) else f"{number:.6f}".rstrip("0")
