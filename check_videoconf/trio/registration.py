"""trio registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import CRITICAL, OK, STATES, Counter, Finding, Status, Verdict
from ..errors import DeviceError, RestDisabled
from ..fields import Fields, Unreadable, number
from ..mode import Mode, Record
from ..options import Option, choice
from .client import NotRegistered


class Registration(Mode):
    """Whether each line of the phone is registered."""

    endpoints = ("GET /api/v1/webCallControl/sipStatus", "GET /api/v1/mgmt/lineInfo")
    requests = "2"
    notes = ("Registered is exactly that: Unregistered and Registering are not.",)
    example = "--critical-registration '%{state} !~ /^registered$/i and %{line} == 1'"

    record = "line"
    fields = Fields(texts="LineNumber RegistrationStatus? Label? Protocol?")
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
        states: dict[str, tuple[str, float | None]] = {}
        try:
            states = self._sip_states()
        except NotRegistered as error:
            yield Verdict("registration", CRITICAL, f"{error}")
        except (DeviceError, RestDisabled) as error:
            self.remarks.append(f"judged by lineInfo alone: {error}")
        try:
            lines = [self._line(row, states) for row in self.client.structs("mgmt/lineInfo")]
        except NotRegistered as error:
            yield Verdict("registration", CRITICAL, f"{error}")
            return
        known = [line for line in lines if line["state"]]
        for line in known:
            yield self.judge("registration", line, _describe)
        registered = sum(line["state"].lower() == "registered" for line in known)
        yield from self.measure("lines-total", len(lines))
        yield from self.measure("lines-registered", registered, high=len(lines))
        yield from self.measure("lines-unregistered", len(known) - registered, high=len(lines))
        state = STATES.index(self.given.no_lines.upper())
        if not lines and state != OK:
            yield Verdict("registration", state, "the phone has no line")

    def headline(self) -> str:
        total = self.values["lines-total"]
        if not total:
            return "the phone has no line"
        return f"{self.values['lines-registered']} of {self.count_of(total)} registered"

    def _line(self, row: Mapping[str, Any], states: Mapping[str, tuple[str, float | None]]) -> dict[str, Any]:
        """The record of a row of lineInfo."""
        found = self.fields.reader(self.record, self.gaps)(row)
        state, expires = states.get(found["LineNumber"] or "", ("", None))
        state = state or (found["RegistrationStatus"] or "").strip()
        if not state:
            self.gaps.missing(self.record, "state", present="RegistrationStatus" in row)
        return {
            "line": found["LineNumber"],
            "label": found["Label"],
            "state": state,
            "expires": expires,
            "protocol": found["Protocol"],
        }

    def _sip_states(self) -> dict[str, tuple[str, float | None]]:
        """State and seconds to the next registration by number of the line; of several states one that is not good."""
        users = self.client.struct("webCallControl/sipStatus").get("User")
        if not isinstance(users, list) and users is not None:
            self.gaps.unreadable("SIP status", "User", users, required=False)
        states: dict[str, tuple[str, float | None]] = {}
        for line, event in _registrations(users):
            state = event.get("RegistrationState")
            if isinstance(state, str) and states.get(line, ("registered",))[0].lower() == "registered":
                states[line] = state.strip(), _expires(event)
        return states


def _registrations(users: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Number of the line and event of each registration in sipStatus; what is none is left out."""
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


def _describe(line: Record) -> str:
    label = f" ({line['label']})" if line["label"] else ""
    return f"line {line['line'] or 'without number'}{label} is {line['state']}"
