"""Units in ranges and options, and numbers as people and pollers read them."""

from __future__ import annotations

import re

TIMES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SIZES = {"k": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}

#: The units a number in a range may carry, by the unit of the counter.
SCALES: dict[str, dict[str, int]] = {
    "s": TIMES,
    "ms": {"ms": 1, "s": 1000},
    "B": SIZES,
    "B/s": SIZES,
    "%": {"%": 1},
}

#: The word an nlabel ends in, by the unit of the counter.
WORDS = {
    "": "count",
    "%": "percentage",
    "s": "seconds",
    "ms": "milliseconds",
    "B": "bytes",
    "/s": "persecond",
    "b/s": "bitspersecond",
    "B/s": "bytespersecond",
    "rpm": "rpm",
}

#: The units every poller's parser knows; any other is said by the last word of the nlabel and printed as none.
PERFDATA_UNITS = ("%", "s", "ms", "B")

# Enough for any quantity; what is smaller is noise and would print a line of zeros.
_MOST_DECIMALS = 15


def decimal(value: float, precision: int = 2) -> str:
    """A finite number without exponent: `precision` decimals, below 1 as many significant digits; integers whole."""
    if isinstance(value, int):
        return str(int(value))
    if value == int(value):
        return str(int(value))
    decimals = precision
    if precision and abs(value) < 1:
        leading = f"{abs(value):.{_MOST_DECIMALS}f}"[2:]
        decimals = min(len(leading) - len(leading.lstrip("0")) + precision, _MOST_DECIMALS)
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def duration(seconds: float) -> str:
    """`45 s`, `21 min`, `2 h 5 min`, `3 d 4 h`: the two largest parts of a time."""
    sign = "-" if seconds < 0 else ""
    whole = int(abs(seconds))
    if whole < 60:
        return f"{sign}{decimal(abs(seconds))} s"
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{sign}{days} d" + (f" {hours} h" if hours else "")
    if hours:
        return f"{sign}{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{sign}{minutes} min"


def size(count: float) -> str:
    """`512 B`, `1.5 KiB`, `248.7 MiB`: a number of bytes."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(amount) < 1024:
            return f"{decimal(amount, 1)} {unit}"
        amount /= 1024
    return f"{decimal(amount, 1)} TiB"


def human(value: float, unit: str) -> str:
    """A counter's value with its unit, for people."""
    if unit == "s":
        return duration(value)
    if unit == "B":
        return size(value)
    if unit == "B/s":
        return f"{size(value)}/s"
    return f"{decimal(value, 1)} {unit}".rstrip()


def parse_duration(text: str) -> int:
    """`90`, `5m`, `2d` to seconds. Raises ValueError with words for the user."""
    match = re.fullmatch(r"([0-9]{1,12})([smhdw]?)", text)
    if not match:
        raise ValueError(f"'{text}' is not a duration such as 90, 5m, 2h or 7d")
    return int(match[1]) * TIMES[match[2] or "s"]
