"""conductor service."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..counters import Finding, Status
from ..errors import VideoconfError
from ..fields import Fields
from ..mode import Record
from ..text import shorten
from .tables import Table, TableMode

_STATUS, _UNIT = "/status", "/systemunit.xml"


class Service(TableMode):
    """Whether the Conductor says of itself that it is active."""

    endpoints = (f"GET {_STATUS}", f"GET {_UNIT}")
    requests = "2"
    notes = (
        "Where state and version stand in /status is inferred: JSON and XML are read, --field names other keys.",
        "Where several states are told, as by the peers of a cluster, all of them count: `active, inactive`.",
        "States of parts, which stand deeper in the answer than that of the service, do not.",
        "Name and version in systemunit.xml are confirmed; they are left out where they cannot be read.",
    )
    example = '--critical-service "%{state} !~ /^active$/i"'

    record = "service"
    tables = (
        Table(
            _STATUS, "service", Fields(raws="state", texts="version?"), state="status state",
            version="version software_version softwareVersion",
        ),
        Table(
            _UNIT, "system unit", Fields(texts="name? software?"), name="SystemName Name", software="Version",
        ),
    )  # fmt: skip
    statuses = (Status("service", "name version state", "the service as a whole", critical="%{state} =~ /inactive/i"),)

    def probe(self) -> Iterator[Finding]:
        status, unit = self.tables
        said = _leaves(self.client.rest.get(_STATUS, nested=True), self.keys_of(status)["state"])
        (found,) = self.typed(status, [said])
        try:
            (system,) = self.typed(unit, [_leaves(self.client.rest.get(_UNIT))])
        except VideoconfError as error:
            self.unreported[_UNIT, "name"] = f"name and version: {error}"
            system = {"name": None, "software": None}
        version = found["version"] or system["software"]
        if version:  # either of the two is enough
            self.unreported.pop((_STATUS, "version"), None)
            self.unreported.pop((_UNIT, "software"), None)
        record = {"name": system["name"], "version": version, "state": self._words(found["state"] or [])}
        self.shown = _describe(record)
        yield self.judge("service", record, _describe)

    def headline(self) -> str:
        return self.shown

    def _words(self, states: list[Any]) -> str:
        """All that is said of the state; what is no word is told: whether yes, no or 0 mean active nobody knows."""
        for state in states:
            if state is None or state == "":
                self.gaps.missing("service", "state", present=True)
            elif not isinstance(state, str):
                self.gaps.unreadable("service", "state", state, required=True)
        return ", ".join(state for state in states if isinstance(state, str) and state)


def _describe(service: Record) -> str:
    name, version = service["name"] or "the Conductor", service["version"] or "of unknown version"
    return f"{name} {version} is {shorten(service['state'], 120) or 'in no known state'}"


def _leaves(answer: Any, every: Collection[str] = ()) -> dict[str, Any]:
    """Whatever is no container in parsed JSON, by its key; of equal names the least deep counts, lists being no depth.

    Of `every` it is a list: all that are at the least depth where there is any, without those that differ in case only.
    """
    leaves: dict[str, Any] = {}
    level = [("", answer)]
    while level:
        deeper: list[tuple[str, Any]] = []
        told: dict[str, dict[Any, Any]] = {}
        for key, value in level:  # which grows by what lists hold
            if isinstance(value, dict):
                deeper.extend(value.items())
            elif isinstance(value, list):
                level.extend((key, inner) for inner in value)
            elif key not in every:
                leaves.setdefault(key, value)
            else:
                told.setdefault(key, {}).setdefault(value.lower() if isinstance(value, str) else value, value)
        if leaves.keys().isdisjoint(every):
            leaves.update((key, list(values.values())) for key, values in told.items())
        level = deeper
    return leaves
