"""trio registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import OK, STATES, Counter, Finding, Status, Verdict
from ..mode import Mode, Record
from ..options import Option, choice
from .phone import Words, word
from .sip_status import State, registrations
from .statuses import NotRegistered, bad_news


class Registration(Mode):
    """Whether each line of the phone is registered."""

    endpoints = ("GET /api/v1/webCallControl/sipStatus", "GET /api/v1/mgmt/lineInfo")
    requests = "2"
    notes = ("Registered is exactly that: Unregistered and Registering are not.",)
    example = "--critical-registration '%{state} !~ /^registered$/i and %{line} == 1'"

    record = "line"
    fields = Words(texts="line=LineNumber state=RegistrationStatus? label=Label? protocol=Protocol?")
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
        found: dict[str, State] = {}
        told = False
        with self.each_on_its_own("judged by lineInfo alone"):
            try:
                found = self._registrations()
            except NotRegistered as error:
                yield bad_news(self, "registration", error)
                told = True
        try:
            lines = [self._line(row, found) for row in self.client.structs("mgmt/lineInfo")]
        except NotRegistered as error:
            if not told:
                yield bad_news(self, "registration", error)
            return
        known = [line for line in lines if line["state"]]
        for line in known:
            yield self.judge("registration", line, _describe)
        yield from self.measure("lines-total", len(lines))
        if len(known) == len(lines):  # one without its state may be either, and is told already
            registered = sum(line["state"].lower() == "registered" for line in lines)
            yield from self.measure("lines-registered", registered, high=len(lines))
            yield from self.measure("lines-unregistered", len(lines) - registered, high=len(lines))
        state = STATES.index(self.given.no_lines.upper())
        if not lines and state != OK:
            yield Verdict("--no-lines", state, "the phone has no line")

    def headline(self) -> str:
        total = self.values["lines-total"]
        if not total:
            return "the phone has no line"
        return f"{self.values['lines-registered']} of {self.count_of(total)} registered"

    def _registrations(self) -> dict[str, State]:
        users = self.client.struct("webCallControl/sipStatus").get("User")
        if not isinstance(users, list) and users is not None:
            self.gaps.unreadable("SIP status", "User", users, required=False)
        return registrations(users)

    def _line(self, row: Mapping[str, Any], found: Mapping[str, State]) -> dict[str, Any]:
        """The record of a row of lineInfo; of the state sipStatus knows more."""
        line = self.fields.reader(self.record, self.gaps)(row)
        known = found.get(line["line"] or "", State())
        state = known.state or (line["state"] or "").strip()
        if not state:
            self.gaps.missing(self.record, "state", present="RegistrationStatus" in row)
        return {**line, "state": state, "expires": known.expires}


def _describe(line: Record) -> str:
    label = word(line["label"])
    which = f" ({label})" if label else ""
    return f"line {line['line'] or 'without number'}{which} is {line['state']}"
