"""Days on which licences and certificates end, as Pexip writes them; read alike whatever the locale."""

from __future__ import annotations

import datetime
import re

from ..counters import Counter
from ..fields import Unreadable, moment
from ..mode import Mode
from ..text import shorten
from ..units import duration

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NAMED = re.compile(rf"(\d\d?)-({'|'.join(_MONTHS)})-(\d{{4}})", re.ASCII | re.IGNORECASE)
_DAY = 86400


def end(text: str) -> float | None:
    """`2026-12-31T10:00:00`, `2026-12-31`, `31-dec-2026` to seconds since 1970, `permanent` and `''` to None: never.

    Times are UTC; a date without a time ends with that day. Raises Unreadable.
    """
    text = text.strip()
    if not text or text.lower() == "permanent":
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = (int(number) for number in match.groups())
    elif match := _NAMED.fullmatch(text):
        year, month, day = int(match[3]), 1 + _MONTHS.index(match[2].lower()), int(match[1])
    else:
        return moment(text)
    try:
        midnight = datetime.datetime(year, month, day, tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Unreadable from None
    return midnight.timestamp() + _DAY


def expiry(label: str, nlabel: str, instance: str) -> Counter:
    """The time left of each license or certificate."""
    return Counter(
        label, nlabel, "until it expires; below 0 it has",
        unit="s", low=None, warning="30d:", critical="7d:", instance=instance,
    )  # fmt: skip


def left(mode: Mode, field: str, what: str, text: str | None, *, for_ever: bool = False) -> float | None:
    """Seconds until a day; None, and told of `what`, where that cannot be known, and for never if that may be."""
    if text is None:
        return None
    try:
        moment = end(text)
    except Unreadable:
        moment, for_ever = None, False
    if moment is None and not for_ever:
        mode.problems.append(f"{field} of {what} is unreadable: '{shorten(text, 40)}'")
    return None if moment is None else moment - mode.now


def in_words(seconds: float) -> str:
    """`expires in 20 d 16 h`, `expired 3 d ago`: seconds until the end."""
    return f"expires in {duration(seconds)}" if seconds > 0 else f"expired {duration(-seconds)} ago"
