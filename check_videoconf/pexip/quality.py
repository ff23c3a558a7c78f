"""Call quality as Pexip writes it, in all its encodings, made plain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..fields import Unreadable, number

#: Worst last; also the order of bucketed_call_quality and the numbers of historic_call_quality.
QUALITIES = ("unknown", "good", "ok", "bad", "terrible")
POOR = ("bad", "terrible")
KNOWN = QUALITIES[1:]


def has_media(participant: Mapping[str, Any]) -> bool:
    """Whether a row is a call: API connections control conferences and carry no media."""
    return bool(participant["has_media"]) and (participant["protocol"] or "").lower() != "api"


def quality(value: Any) -> str:
    """`good`, `1_good`, 1 or null to one of QUALITIES; a word nobody has heard of is unknown."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(QUALITIES):
        return QUALITIES[value]
    word = re.sub(r"^[0-9]_", "", value.strip().lower()) if isinstance(value, str) else ""
    return word if word in QUALITIES else "unknown"


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
