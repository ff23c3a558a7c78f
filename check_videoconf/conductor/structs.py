"""The structs of the enumerate calls: what tells them apart, and what no answer needs to hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# What tells the structs of an enumerate call apart. The name of a participant may be a person's: it is only digested.
IDENTITY = (
    *("factoryConferenceId", "conferenceName", "uniqueId"),
    *("mcuIPAddress", "participantProtocol", "participantName", "connectionUniqueId"),
)
PERSONAL = "participantName"
STATE = "currentState"


def flat(struct: Mapping[str, Any]) -> Mapping[str, Any]:
    """The struct with the members nested under currentState as its own."""
    state = struct.get(STATE)
    return {**struct, **state} if isinstance(state, dict) else struct


def identity(struct: Mapping[str, Any]) -> str:
    """A digest of what tells a struct apart, of all of it where it has nothing of that."""
    known = {name: struct[name] for name in IDENTITY if name in struct} or struct
    text = json.dumps(known, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
