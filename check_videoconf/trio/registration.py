"""trio registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import OK, STATES, Counter, Finding, Status, Verdict
from ..errors import DeviceError
from ..fields import Fields, Unreadable, number
from ..mode import Mode, Record
from ..options import Option, choice


class Registration(Mode):
    """Whether each line of the phone is registered."""

    endpoints = ("GET /api/v1/webCallControl/sipStatus", "GET /api/v1/mgmt/lineInfo")
    requests = "2"
    notes = ("Registered is exactly that: Unregistered and Registering are not.",)
    example = "--critical-registration '%{state} !~ /^registered$/i and %{line} == 1'"

    record = "line"
    fields = Fields(texts="LineNumber RegistrationStatus! Label? Protocol?")
    options = (
        Option("--no-lines", "STATE", "state of a phone without any line: ok, warning, critical or unknown",
               default="unknown", kind=choice("ok", "warning", "critical", "unknown")),
    )  # fmt: skip
    counters = (
        Counter("lines-total", "lines.total.count", "lines the phone has"),
        Counter("lines-registered", "lines.registered.count", "of them registered"),
        Counter("lines-unregistered", "lines.unregistered.count", "of them not registered"),
    )
    statuses = (
        Status(
            "registration",
            "line label state expires protocol",
            "each line; expires is in seconds",
            critical="%{state} !~ /^registered$/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        states = self._sip_states()
        read = self.fields.reader(self.record, self.gaps)
        lines = []
        for row in map(read, self.client.structs("mgmt/lineInfo")):
            state, expires = states.get(row["LineNumber"] or "", (None, None))
            state = state or row["RegistrationStatus"]
            lines.append(
                {
                    "line": row["LineNumber"],
                    "label": row["Label"],
                    "state": state,
                    "expires": expires,
                    "protocol": row["Protocol"],
                }
            )
        for line in lines:
            yield self.judge("registration", line, _describe)
        registered = sum((line["state"] or "").strip().lower() == "registered" for line in lines)
        yield from self.measure("lines-total", len(lines))
        yield from self.measure("lines-registered", registered, high=len(lines))
        yield from self.measure("lines-unregistered", len(lines) - registered, high=len(lines))
        without = STATES.index(self.given.no_lines.upper())
        if not lines and without != OK:
            yield Verdict("registration", without, "the phone has no line")

    def headline(self) -> str:
        total = self.values["lines-total"]
        if not total:
            return "the phone has no line"
        return f"{self.values['lines-registered']} of {self.count_of(total)} registered"

    def _sip_states(self) -> dict[str, tuple[str | None, float | None]]:
        """State and seconds to the next registration by number of the line, as far as sipStatus tells."""
        try:
            users = self.client.struct("webCallControl/sipStatus").get("User")
        except DeviceError as error:
            self.remarks.append(f"judged by lineInfo alone: {error}")
            return {}
        states: dict[str, tuple[str | None, float | None]] = {}
        for user in users if isinstance(users, list) else []:
            event = _registration_event(user)
            line = user.get("LineNumber") if isinstance(user, dict) else None
            state = event.get("RegistrationState")
            if isinstance(line, (str, int)) and isinstance(state, str):
                states[str(line)] = state, _expires(event)
        return states


def _registration_event(user: Any) -> Mapping[str, Any]:
    events = user.get("Events") if isinstance(user, dict) else None
    for event in events if isinstance(events, list) else []:
        if isinstance(event, dict) and str(event.get("Type")).lower() == "register":
            return event
    return {}


def _expires(event: Mapping[str, Any]) -> float | None:
    try:
        return number(event.get("Expires"))
    except Unreadable:
        return None


def _describe(line: Record) -> str:
    label = f" ({line['label']})" if line["label"] else ""
    return f"line {line['line'] or 'without number'}{label} is {line['state'] or 'without state'}"
