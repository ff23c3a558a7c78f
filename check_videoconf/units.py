"""Units in ranges and options, and numbers as people and pollers read them."""

from __future__ import annotations

import re

TIMES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SIZES = {"k": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}

#: The units a number in a range may carry, by the unit of the counter.
SCALES: dict[str, dict[str, int]] = {
    "s": TIMES,
    "ms": {"ms": 1, **{unit: 1000 * seconds for unit, seconds in TIMES.items()}},
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
# As many as a float can be trusted with after a multiplication or two.
_EXACT = 12

# How people write large amounts, by the unit of the counter: what a step is, and what the steps are called.
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
_SCALED: dict[str, tuple[int, tuple[str, ...]]] = {
    "B": (1024, _BYTES),
    "B/s": (1024, tuple(f"{name}/s" for name in _BYTES)),
    "b/s": (1000, ("b/s", "kb/s", "Mb/s", "Gb/s")),
}


def decimal(value: float, precision: int) -> str:
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


def duration(seconds: float, *, exact: bool = False) -> str:
    """`45 s`, `21 min`, `2 h 5 min`, `3 d 4 h`: the two largest parts of a time, or `exact` all of them."""
    if abs(seconds) < 60:
        return f"{decimal(seconds, _EXACT if exact else 2)} s"
    rest = abs(seconds) if exact else int(abs(seconds))
    parts: list[tuple[float, str]] = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, length) if length > 1 else (rest, 0)
        if count or parts:
            parts.append((count, unit))
    words = [f"{decimal(count, _EXACT)} {unit}" for count, unit in (parts if exact else parts[:2]) if count]
    return ("-" if seconds < 0 else "") + " ".join(words)


def lasting(age: float | None) -> str:
    """`for 2 h 5 min`; an age in seconds that may not be known."""
    return "age unknown" if age is None else f"for {duration(age)}"


def human(value: float, unit: str, *, exact: bool = False) -> str:
    """A counter's value with its unit, for people; `exact` does not round, which a limit needs."""
    if unit == "s":
        return duration(value, exact=exact)
    base, names = _SCALED.get(unit, (0, (unit,)))
    power = 0
    while power + 1 < len(names) and abs(value) >= base ** (power + 1):
        power += 1
    while exact and power and value * 10 % base**power:
        power -= 1
    amount = value / base**power if power else value
    return f"{decimal(amount, _EXACT if exact else 1)} {names[power]}".rstrip()


def parse_duration(text: str) -> int:
    """`90`, `5m`, `2d` to seconds. Raises ValueError with words for the user."""
    match = re.fullmatch(r"([0-9]{1,12})([smhdw]?)", text)
    if not match:
        raise ValueError(f"'{text}' is not a duration such as 90, 5m, 2h or 7d")
    return int(match[1]) * TIMES[match[2] or "s"]
