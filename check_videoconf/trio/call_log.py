"""Entries of the phone's call log: which of them are new, without keeping who called."""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from collections.abc import Mapping
from typing import Any

KINDS = ("Placed", "Missed", "Received")


def unseen(entries: list[dict[str, Any]], seen: Any) -> list[dict[str, Any]]:
    """The entries that the previous run did not see, which may be equal to some that it saw; none where it saw none.

    seen: their keys as the previous run remembered them.
    """
    if not isinstance(seen, list):
        return []
    known = Tally(key for key in seen if isinstance(key, str))
    new = []
    for entry in entries:
        found = key(entry)
        if known[found]:
            known[found] -= 1
        else:
            new.append(entry)
    return new


def key(entry: Mapping[str, Any]) -> str:
    """What tells entries apart, without the other side's name or number, and not to be read from the state file."""
    facts = (entry["line"], entry["start"], entry["duration"])
    return hashlib.sha256(repr(facts).encode(errors="surrogatepass")).hexdigest()[:16]


def describe(kind: str, entry: Mapping[str, Any]) -> str:
    """Who it was."""
    when, who, number = entry["start"] or "at an unknown time", entry["name"] or "nobody named", entry["number"]
    return f"{kind.lower()} {when}: {who} ({number or 'no number'})"
