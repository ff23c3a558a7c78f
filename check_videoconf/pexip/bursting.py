"""pexip bursting."""

from __future__ import annotations

from collections.abc import Iterator

from ..aggregates import share
from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..text import phrase, plural
from . import cloud_nodes


class Bursting(Mode):
    """Bursting into a cloud: free calls of the locations it helps and of the cloud's, and the nodes there."""

    endpoints = (
        "GET /api/admin/status/v1/cloud_node/",
        "GET /api/admin/status/v1/cloud_monitored_location/",
        "GET /api/admin/status/v1/cloud_overflow_location/",
    )
    requests = "3"
    notes = (
        "Stopped cloud nodes are normal. A location without capacity, all its nodes being stopped, is not judged.",
        "free-prct is of all monitored and overflow locations together.",
    )
    example = "--critical-cloud-node-status '%{state} !~ /^(running|stopped)$/ and %{launch_age} > 1h'"

    record = "location"
    fields = Fields(texts="name", numbers="free_hd_calls max_hd_calls media_load!")
    filters = ("name",)
    counters = (
        Counter(
            "hdcalls-free", "bursting.hdcalls.free.count", "HD calls it can still take",
            instance="location", title="free HD calls",
        ),
        Counter(
            "media-load", "bursting.media.load.percentage", "media load",
            unit="%", instance="location", optional=True,
        ),
        *cloud_nodes.COUNTERS,
        Counter(
            "free-prct", "bursting.free.percentage", "HD calls that all of them can still take, of those they could",
            unit="%", warning="20:", critical="5:", title="free HD calls",
        ),
    )  # fmt: skip
    statuses = (cloud_nodes.STATUS,)

    def probe(self) -> Iterator[Finding]:
        yield from cloud_nodes.measured(self)
        free = most = 0.0
        for kind in ("monitored", "overflow"):
            for location in self.select(self.fetch(f"status/v1/cloud_{kind}_location/", what=f"{kind} location")):
                name, calls = location["name"] or "unnamed", location["max_hd_calls"]
                if calls and location["free_hd_calls"] is not None:
                    free += location["free_hd_calls"]
                    most += calls
                if calls == 0:
                    self.remarks.append(f"{name} is not judged: none of its nodes takes calls now")
                    continue
                yield from self.measure("hdcalls-free", location["free_hd_calls"], name, high=calls, told=True)
                yield from self.measure("media-load", location["media_load"], name)
        yield from self.measure("free-prct", share(free, most), told=True)
        if not most:
            self.lacking(["free-prct"], "nothing to judge")

    def headline(self) -> str:
        running, *others = (self.values[counter.label] for counter in cloud_nodes.COUNTERS)
        nodes = running + sum(others)
        if not nodes and not self.seen:
            return "bursting is not configured"
        free = self.figure("free-prct")
        return phrase(free and f"{free} of the HD calls free", f"{running} of {plural(nodes, 'cloud node')} running")
