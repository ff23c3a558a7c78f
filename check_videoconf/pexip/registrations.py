"""pexip registrations."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option, lines_of_file
from . import conferencing_nodes


class Registrations(Mode):
    """Devices that are registered now, and expected ones that are not."""

    endpoints = ("GET /api/admin/status/v1/registration_alias/", conferencing_nodes.RESOLVE_ENDPOINT)
    requests = "1 a thousand registrations; 1 more with --resolve-nodes"
    notes = (
        "Aliases are compared without regard to case. No output names an alias that is not expected.",
        "--expect-file holds an alias a line; what follows a # at its beginning or behind a blank is a comment.",
    )
    example = "--expect room1@example.com --expect room2@example.com"

    record = "registration"
    fields = Fields(texts="protocol node")
    with_alias = Fields(texts="protocol node alias")
    options = (
        Option("--expect", "ALIAS", "an alias that must be registered", repeat=True),
        Option("--expect-file", "FILE", "a file of such aliases", kind=lines_of_file),
        conferencing_nodes.RESOLVE,
    )
    counters = (
        Counter("registrations-total", "", "registered aliases", title="registrations"),
        Counter("registrations-protocol", "", "by one protocol", instance="protocol", title="registrations"),
        Counter("registrations-node", "", "at one node", instance="node", title="registrations"),
        Counter("registrations-missing", "", "expected and not registered", critical="0"),
    )

    def probe(self) -> Iterator[Finding]:
        expected = [*self.given.expect, *(self.given.expect_file or ())]
        names = conferencing_nodes.names(self) if self.given.resolve_nodes else {}
        protocols: Tally[str] = Tally()
        nodes: Tally[str] = Tally()
        aliases: set[str | None] = set()
        # Only who is looked for is asked for by name; what the cache keeps has no aliases.
        fields = self.with_alias if expected else self.fields
        for row in self.select(self.fetch("status/v1/registration_alias/", fields, fresh=bool(expected))):
            protocols[(row["protocol"] or "").lower()] += 1
            nodes[names.get(row["node"], row["node"]) or ""] += 1
            if expected:
                aliases.add(row["alias"] if row["alias"] is None else row["alias"].casefold())
        yield from self.measure("registrations-total", self.selected)
        yield from self.tally("registrations-protocol", protocols)
        yield from self.tally("registrations-node", nodes)
        missing = [alias for alias in expected if alias.casefold() not in aliases]
        # One of the aliases that could not be read may be the one that is missed.
        if expected and not (missing and None in aliases):
            yield from self.missing("registrations-missing", missing)

    def headline(self) -> str:
        expected = len(self.given.expect) + len(self.given.expect_file or ())
        found = expected - int(self.values.get("registrations-missing", 0))
        return self.count_of(self.selected) + (f", {found} of {expected} expected" if expected else "")
