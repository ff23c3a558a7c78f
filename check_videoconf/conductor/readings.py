"""What factory.health.query writes in many ways, made plain."""

from __future__ import annotations

import re
from typing import Any

from ..fields import Unreadable, number, text

#: The speed of a fan that is none.
NO_FAN = -1.0
_UNITS = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}


def load(value: Any) -> float | None:
    """A number that is not below 0; null and '' are None. Raises Unreadable."""
    found = number(value)
    if found is not None and found < 0:
        raise Unreadable
    return found


def size(value: Any, unit: str) -> float | None:
    """`2513356 kB` to bytes, `2513356` by the unit given: B, kB, MB or GB; null is None. Raises Unreadable."""
    amount, written = _quantity(value, r"([0-9]{1,15}(?:\.[0-9]+)?)\s*([kMG]?B)?")
    return None if amount is None else amount * _UNITS[(written or unit).lower()]


def fan(value: Any) -> float | None:
    """`8035`, `8035 RPM` to a number, `N/A` to NO_FAN; null is None. Raises Unreadable."""
    if isinstance(value, str) and value.strip().upper() == "N/A":
        return NO_FAN
    return _quantity(value, r"([0-9]{1,7}(?:\.[0-9]+)?)\s*(rpm)?")[0]


def _quantity(value: Any, pattern: str) -> tuple[float | None, str | None]:
    """Number and unit, the two groups of the pattern. Raises Unreadable."""
    written = text(value)
    if written is None:
        return None, None
    match = re.fullmatch(rf"\s*{pattern}\s*", written, re.IGNORECASE | re.ASCII)
    if not match:
        raise Unreadable
    return float(match[1]), match[2]
