"""conductor service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Finding, Status
from ..errors import VideoconfError
from ..fields import Fields
from ..mode import Record
from .tables import Table, TableMode

_STATUS, _UNIT = "/status", "/systemunit.xml"


class Service(TableMode):
    """Whether the Conductor says of itself that it is active."""

    endpoints = (f"GET {_STATUS}", f"GET {_UNIT}")
    requests = "2"
    notes = (
        "Where state and version stand in /status is inferred: JSON and XML are read, --field names other keys.",
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
        (found,) = self.typed(status, [_leaves(self.client.rest.get(_STATUS))])
        if not isinstance(found["state"], (str, type(None))):  # whether yes, no or 0 mean active nobody knows
            self.gaps.unreadable("service", "state", found["state"], required=True)
            found["state"] = None
        try:
            (system,) = self.typed(unit, [_leaves(self.client.rest.get(_UNIT))])
        except VideoconfError as error:
            self.remarks.append(f"name and version: {error}")
            system = {"name": None, "software": None}
        record = {"name": system["name"], "version": found["version"] or system["software"], "state": found["state"]}
        self.shown = _describe(record)
        yield self.judge("service", record, _describe)

    def headline(self) -> str:
        return self.shown


def _describe(service: Record) -> str:
    name, version = service["name"] or "the Conductor", service["version"] or "of unknown version"
    return f"{name} {version} is {service['state'] or 'in no known state'}"


def _leaves(answer: Any) -> dict[str, Any]:
    """Whatever is no container in parsed JSON, by its key; the first of a name counts."""
    leaves: dict[str, Any] = {}
    containers = [answer] if isinstance(answer, (dict, list)) else []
    while containers:
        container = containers.pop(0)
        for key, value in container.items() if isinstance(container, dict) else enumerate(container):
            if isinstance(value, (dict, list)):
                containers.append(value)
            else:
                leaves.setdefault(str(key), value)
    return leaves
