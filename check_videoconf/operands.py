"""The values of status expressions: what they are, how they compare and calculate. None of it ever raises for data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Union

Record = Mapping[str, Any]
#: What an operand is: text, a number, or NOTHING.
Value = Union[str, int, float, None]
Evaluate = Callable[[Record], Value]
Test = Callable[[Record], bool]

# The outcome of arithmetic without a value and of a division by zero: each comparison with it is false.
NOTHING = None

# Beyond it a number is no measurement, and infinity and NaN would compare in ways that nobody expects.
LARGEST = 1e300
_NUMERIC = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*", re.ASCII)

SYMBOLS = ("==", "!=", "<", "<=", ">", ">=")
WORDS = ("eq", "ne", "lt", "le", "gt", "ge")
_SYMBOL_OF = dict(zip(WORDS, SYMBOLS))


def plain(value: Any) -> Value:
    """A field of a record as an operand: null and what is missing are `''`, true and false are 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (str, float)) or (isinstance(value, int) and abs(value) <= LARGEST):
        return value
    try:
        return str(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, a list of lists of lists …
        return ""


def _as_number(value: str | int | float) -> int | float | None:
    if isinstance(value, str):
        if not _NUMERIC.fullmatch(value):
            return None
        # Whole numbers as such: identifiers can be longer than what a float tells apart.
        value = float(value) if "." in value or len(value) > 300 else int(value)
    return value if abs(value) <= LARGEST else None


def as_text(value: str | int | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def compare(operator: str, left: Evaluate, right: Evaluate) -> Test:
    textual = operator in WORDS
    holds = _ORDER[_SYMBOL_OF.get(operator, operator)]
    ordered = operator in ("<", "<=", ">", ">=")

    def compared(record: Record) -> bool:
        a, b = left(record), right(record)
        if a is NOTHING or b is NOTHING:
            return False
        if not textual:
            if ordered and (a == "" or b == ""):
                return False  # a macro without a value is neither more nor less than anything
            x, y = _as_number(a), _as_number(b)
            if x is not None and y is not None:
                return holds(x, y)
        return holds(as_text(a), as_text(b))

    return compared


def calculate(first: Evaluate, rest: list[tuple[str, Evaluate]]) -> Evaluate:
    """`first` and then each sign with its value, from left to right: a loop, so that length costs no stack."""

    def calculated(record: Record) -> Value:
        value = first(record)
        total = None if value is NOTHING else _as_number(value)
        for sign, operand in rest:
            value = operand(record)
            number = None if value is NOTHING else _as_number(value)
            if total is None or number is None:
                return NOTHING
            try:
                total = _CALCULATE[sign](total, number)
            except (ZeroDivisionError, OverflowError):
                return NOTHING
            if not abs(total) <= LARGEST:
                return NOTHING
        return total

    return calculated


_CALCULATE: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
