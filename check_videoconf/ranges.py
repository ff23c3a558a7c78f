"""Nagios ranges (`10`, `10:`, `~:10`, `10:20`, `@10:20`) with units, strict where nagiosplugin's own parser is not."""

from __future__ import annotations

import math
import re

from .units import SCALES, decimal, human

_RANGE = re.compile(r"(?P<invert>@?)(?:(?P<start>~|[^:@~]*):)?(?P<end>[^:@~]*)")
_NUMBER = re.compile(r"(?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?P<unit>[A-Za-z%]*)")
_EXAMPLES = "10, 10:, ~:10, 10:20 or @10:20"
# Beyond it there are no limits but mistakes.
_MOST_DIGITS = 30


class Range:
    """One threshold: alerts outside start..end, both included; with `@`, inside.

    `text` is the range as the user gave it, in base units where a unit was used; that is what perfdata prints.
    """

    __slots__ = ("end", "invert", "start", "text", "unit")

    def __init__(self, spec: str, unit: str = "") -> None:
        """`unit` is the counter's (`s`, `B`, `%`, …). Raises ValueError with words for the user."""
        match = _RANGE.fullmatch(spec)
        if not match or not re.search(r"[0-9~]", spec):
            raise ValueError(f"'{spec}' is not a range such as {_EXAMPLES}")
        start, end = match["start"], match["end"]
        self.unit = unit
        self.invert = bool(match["invert"])
        self.start, start_text = (-math.inf, "~") if start == "~" else _bound(start or "", 0, spec, unit)
        self.end, end_text = _bound(end, math.inf, spec, unit)
        if self.start > self.end:
            hint = "" if start_text or self.invert else f"; did you mean ~:{end_text}?"
            raise ValueError(
                f"'{spec}' is not a range: its start {start_text or 0} is greater than its end {end_text}{hint}"
            )
        self.text = match["invert"] + ("" if start is None else f"{start_text}:") + end_text

    def broken_by(self, value: float) -> bool:
        """Whether `value`, a finite number, is one to alert on."""
        return (self.start <= value <= self.end) is self.invert

    def violation(self, value: float) -> str:
        """How `value` breaks the range, in words: `above 80 %`, `below 7 d`, `between 10 and 20`."""
        if self.invert:
            return self._inside()
        word, bound = ("above", self.end) if value > self.end else ("below", self.start)
        text = f"{word} {human(bound, self.unit, exact=True)}"
        if human(value, self.unit) == human(bound, self.unit):
            text += f" by {human(abs(value - bound), self.unit)}"
        return text

    def _inside(self) -> str:
        low, high = (
            human(bound, self.unit, exact=True) if math.isfinite(bound) else "" for bound in (self.start, self.end)
        )
        if low and high:
            return f"exactly {low}" if self.start == self.end else f"between {low} and {high}"
        return f"not below {low}" if low else f"not above {high}" if high else "any value alerts"


def _bound(text: str, default: float, spec: str, unit: str) -> tuple[float, str]:
    """One side of a range: its number in base units, and how it is printed."""
    if not text:
        return default, ""
    match = _NUMBER.fullmatch(text)
    if not match:
        raise ValueError(f"'{spec}' is not a range such as {_EXAMPLES}: '{text}' is not a number")
    scale = {"": 1, **SCALES.get(unit, {})}
    if match["unit"] not in scale:
        known = f"it understands {', '.join(SCALES[unit])}" if unit in SCALES else "it takes plain numbers"
        raise ValueError(f"'{spec}' is not a range of this counter: unknown unit '{match['unit']}', {known}")
    # Whole numbers stay whole and products are exact: what is judged by is what perfdata prints.
    whole, _, decimals = match["number"].partition(".")
    if len(whole + decimals) > _MOST_DIGITS:
        raise ValueError(f"'{spec}' is not a range: '{text}' has more than {_MOST_DIGITS} digits")
    product, divisor = int(whole + decimals) * scale[match["unit"]], 10 ** len(decimals)
    number = product / divisor if product % divisor else product // divisor
    if not match["unit"]:
        return number, match["number"]
    printed = repr(number)
    if "e" in printed:
        printed = decimal(number, 12)
        number = float(printed)
    return number, printed
