"""Participants of live conferences: which of them are calls, how they are connected, what each is in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..counters import Counter
from ..text import phrase
from ..units import lasting

TABLE = "status/v1/participant/"
ENDPOINT = f"GET /api/admin/{TABLE}"

PROTOCOLS = ("webrtc", "sip", "h323", "mssip", "teams", "ghm", "rtmp", "api", "other")
#: What one may be besides connected, by the word in labels, and how it is called in sentences.
STATES = {
    "onhold": "on hold",
    "muted": "muted",
    "presenting": "presenting",
    "streaming": "streaming",
    "recording": "recording",
}
#: What Fields(flags=…) must read for them.
STATE_FIELDS = (
    "onhold=is_on_hold muted=is_muted presenting=is_presenting streaming=is_streaming recording=is_recording?"
)
STATE_COUNTERS = tuple(
    Counter(f"participants-{state}", "", f"{words} now", optional=state == "recording", title=f"participants {words}")
    for state, words in STATES.items()
)


def has_media(participant: Mapping[str, Any]) -> bool:
    """Whether a row is a call: API connections control conferences and carry no media."""
    return bool(participant["has_media"]) and (participant["protocol"] or "").lower() != "api"


def protocol(participant: Mapping[str, Any]) -> str:
    """One of PROTOCOLS."""
    word = (participant["protocol"] or "").lower()
    return word if word in PROTOCOLS else "other"


def described(participant: Mapping[str, Any], *, named: bool) -> str:
    """A participant in words; `named` tells who it is, too: that is personal."""
    return phrase(
        participant["display_name"] if named else "",
        f"{participant['protocol'] or 'no protocol'} {participant['role'] or 'participant'}"
        f" of {participant['conference'] or 'no conference'} in {participant['system_location'] or 'no location'}",
        f"quality {participant['call_quality']}",
        f"encryption {participant['encryption'] or 'unknown'}",
        lasting(participant["duration"]),
    )
