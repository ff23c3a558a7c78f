"""pexip locations."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..text import phrase
from . import capacity

_TABLE = "status/v1/system_location/"


class Locations(Mode):
    """Media load, tokens and capacity of the system locations."""

    endpoints = (
        "GET /api/admin/status/v1/system_location/",
        "GET /api/admin/status/v1/system_location/ID/statistics/ (versions without load in the list)",
    )
    requests = "1 a thousand locations; versions without load in the list 1 more a location"
    notes = (
        "A location whose nodes are all in maintenance or stopped reports 100 % without a media token in use.",
        "It is named in the long output, and neither judged nor in load-max.",
        "Versions without tokens do not show that. node-load --by-location leaves out each node that takes no calls.",
    )
    example = "--filter-name 'London|Oslo' --critical-load 90"

    record = "location"
    inventory = True
    fields = Fields(texts="id? resource_uri? name", numbers=capacity.NUMBERS)
    filters = ("name",)
    counters = (
        *capacity.counters("location"),
        Counter("locations-total", "", "system locations", title="locations"),
        Counter("load-max", "", "highest load", unit="%", optional=True, title="highest load"),
    )

    def probe(self) -> Iterator[Finding]:
        locations = list(self.select(self.fetch(_TABLE)))
        loads = []
        for location in locations:
            location["name"] = location["name"] or "unnamed"
            capacity.complete(self, _TABLE, location)
            if capacity.takes_no_calls(location):
                self.remarks.append(f"{location['name']} is not judged: none of its nodes takes calls now")
                continue
            loads.append(location["media_load"])
            yield from capacity.measured(self, location)
        yield from self.measure("locations-total", len(locations))
        highest = max((load for load in loads if load is not None), default=None)
        yield from self.measure("load-max", highest, told=True)
        if highest is None and locations:
            self.lacking(["load-max"], "nothing to judge")
        capacity.not_supported(self)

    def headline(self) -> str:
        highest = self.figure("load-max")
        return phrase(self.count_of(self.selected), f"load {highest} at most" if highest else "none takes calls now")
