"""What webCallControl/sipStatus says of each line's registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..fields import Unreadable, number


class State(NamedTuple):
    """State of a line as the phone words it, and seconds to its next registration; `''` and None where unknown."""

    state: str = ""
    expires: float | None = None


def registrations(users: Any) -> dict[str, State]:
    """The registration of each line by its number; of several one that is not good. What is none is left out."""
    found: dict[str, State] = {}
    for line, event in _events(users):
        said = event.get("RegistrationState")
        state = said.strip() if isinstance(said, str) else ""
        if state and (line not in found or found[line].state.lower() == "registered"):
            found[line] = State(state, _expires(event))
    return found


def _events(users: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Number of the line and event of each registration."""
    for user in users if isinstance(users, list) else []:
        line, events = (user.get("LineNumber"), user.get("Events")) if isinstance(user, dict) else (None, None)
        if isinstance(line, (str, int)) and isinstance(events, list):
            for event in events:
                if isinstance(event, dict) and f"{event.get('Type')}".lower() == "register":
                    yield f"{line}", event


def _expires(event: Mapping[str, Any]) -> float | None:
    try:
        return number(event.get("Expires"))
    except Unreadable:
        return None
