"""What the phone writes in many ways, made plain: times, versions, the two layouts of device/info."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..fields import Fields, Gaps, Unreadable, number, text

# `20 Days 16:11:42`, `0 day 0:34:33`, `3.02:24:46`: all of them were seen on devices.
_UPTIME = re.compile(
    r"\s*(?:(\d{1,6})\s*days?,?\s+|(\d{1,6})\.)?(\d{1,2}):(\d{2}):(\d{2})\s*", re.IGNORECASE | re.ASCII
)
_PARTS = (("Days", 86400), ("Hours", 3600), ("Minutes", 60), ("Seconds", 1))
# `52 mins 3 secs`, `1 hr 2 mins`; '' is a call nobody answered.
_SPAN = re.compile(r"(\d{1,6})\s*(day|hour|hr|min|sec)[a-z]*\.?,?\s*", re.IGNORECASE | re.ASCII)
_SPAN_SECONDS = {"day": 86400, "hour": 3600, "hr": 3600, "min": 60, "sec": 1}

# Older firmware freezes when it is asked for sessionStats.
_SAFE = (5, 8)


def word(value: Any) -> str | None:
    """Text without blanks round it; what says nothing is None, as null is. Raises Unreadable."""
    return (text(value) or "").strip() or None


class Words(Fields):
    """Fields of which the texts that are required must say something: phones may leave them empty."""

    def __init__(self, *, texts: str = "", numbers: str = "", flags: str = "", raws: str = "") -> None:
        super().__init__(texts=texts, numbers=numbers, flags=flags, raws=raws)
        self.readers = [
            (place, key, word if convert is text and not leave else convert, leave)
            for place, key, convert, leave in self.readers
        ]


INFO = Words(
    texts="ModelNumber FirmwareRelease? AppState?",
    flags="ReadyToUse?",
    raws="Firmware?",
)


def uptime(value: Any) -> int:
    """Seconds since the last start, from text or from an object of parts. Raises Unreadable."""
    if isinstance(value, dict):
        numbers = [(number(value.get(name)), seconds) for name, seconds in _PARTS]
        if any(part is None or part < 0 for part, _ in numbers):
            raise Unreadable
        return int(sum((part or 0) * seconds for part, seconds in numbers))
    match = _UPTIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Unreadable
    days = int(match[1] or match[2] or 0)
    return days * 86400 + int(match[3]) * 3600 + int(match[4]) * 60 + int(match[5])


def span(written: str) -> int:
    """The duration of a call in seconds; '' is 0. Raises Unreadable."""
    if _SPAN.sub("", written).strip():
        raise Unreadable
    return sum(int(count) * _SPAN_SECONDS[unit.lower()] for count, unit in _SPAN.findall(written))


def info(data: Mapping[str, Any], gaps: Gaps) -> dict[str, Any]:
    """model, firmware, ready (`True`, `False`), app_state from either layout; gaps are told."""
    found = INFO.reader("device info", gaps)(data)
    application = found["Firmware"].get("Application") if isinstance(found["Firmware"], dict) else None
    release = found["FirmwareRelease"] or (application if isinstance(application, str) else found["FirmwareRelease"])
    firmware = next(iter((release or "").split()), None)  # some firmware appends the date it was built
    if firmware is None:
        gaps.missing("device info", "firmware", present=release is not None)
    return {
        "model": found["ModelNumber"],
        "firmware": firmware,
        "ready": None if found["ReadyToUse"] is None else str(found["ReadyToUse"]),
        "app_state": found["AppState"],
    }


def up_for(data: Mapping[str, Any], gaps: Gaps) -> int | None:
    """Seconds since the last start from either layout of device/info; None, and told, where they cannot be had."""
    written = data.get("UpTime") or data.get("UpTimeSinceLastReboot")
    if written is None:
        gaps.missing("device info", "uptime", present=False)
        return None
    try:
        return uptime(written)
    except Unreadable:
        gaps.unreadable("device info", "uptime", written, required=True)
        return None


def version(firmware: str) -> tuple[int, ...]:
    """`5.9.2.11461` to numbers that compare; () where it is no version."""
    match = re.match(r"\d{1,6}(?:\.\d{1,6})+", firmware, re.ASCII)
    return tuple(map(int, match[0].split("."))) if match else ()


def unsafe(firmware: str | None) -> str:
    """Why a phone with this firmware must not be asked for sessionStats, or `''`."""
    found = version(firmware or "")
    if not found:
        return f"not asked: firmware '{firmware or 'unknown'}' is no version, and below 5.8 asking freezes the phone"
    return "" if found >= _SAFE else f"not asked: firmware {firmware} is below 5.8, asking would freeze the phone"
