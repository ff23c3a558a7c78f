"""pexip bursting."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import plural
from ..units import duration, human

_STATES = ("running", "stopped", "other")


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
    node = Fields(
        texts="cloud_instance_name? aws_instance_name? cloud_instance_state? aws_instance_state?"
        " workervm_configuration_name? workervm_configuration_location_name?",
        numbers="media_load?",
        times="cloud_instance_launch_time? aws_instance_launch_time?",
    )
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
        *(
            Counter(f"cloud-nodes-{state}", f"cloud.nodes.{state}.count", f"cloud nodes that are {state}")
            for state in _STATES
        ),
        Counter(
            "free-prct", "bursting.free.percentage", "HD calls that all of them can still take, of those they could",
            unit="%", warning="20:", critical="5:", title="free HD calls",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "cloud-node-status", "name state location launch_age media_load",
            "each cloud node; launch_age is in seconds",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        states: Tally[str] = Tally()
        for row in self.client.records("status/v1/cloud_node/", self.node, "cloud node", self.gaps):
            node = self._plain(row)
            states[node["state"] if node["state"] in _STATES else "other"] += 1
            yield self.judge("cloud-node-status", node, _describe)
        nodes = self.nodes = sum(states.values())
        for state in _STATES:
            yield from self.measure(f"cloud-nodes-{state}", states[state], high=nodes)
        free = most = 0.0
        for kind in ("monitored", "overflow"):
            rows = self.client.records(f"status/v1/cloud_{kind}_location/", self.fields, f"{kind} location", self.gaps)
            for location in self.select(rows):
                if location["max_hd_calls"] and location["free_hd_calls"] is not None:
                    free += location["free_hd_calls"]
                    most += location["max_hd_calls"]
                yield from self._location(location)
        if most:
            yield from self.measure("free-prct", 100 * free / most)

    def headline(self) -> str:
        if not self.nodes and not self.seen:
            return "bursting is not configured"
        free = self.values.get("free-prct")
        running = f"{self.values.get('cloud-nodes-running', 0)} of {plural(self.nodes, 'cloud node')} running"
        return running if free is None else f"{human(free, '%')} of the HD calls free, {running}"

    def _location(self, location: dict[str, Any]) -> Iterator[Finding]:
        name, most = location["name"] or "unnamed", location["max_hd_calls"]
        if most == 0:
            self.remarks.append(f"{name} is not judged: none of its nodes takes calls now")
            return
        if location["free_hd_calls"] is not None:
            yield from self.measure("hdcalls-free", location["free_hd_calls"], name, high=most)
        yield from self.measure("media-load", location["media_load"], name)

    def _plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """A cloud node by what versions before the renaming call aws_…"""
        name, state, launched = (
            row[f"aws_instance_{word}"] if row[f"cloud_instance_{word}"] is None else row[f"cloud_instance_{word}"]
            for word in ("name", "state", "launch_time")
        )
        if state is None:
            present = "cloud_instance_state" not in self.gaps.absent
            self.gaps.missing("cloud node", "cloud_instance_state", present=present)
        return {
            "name": row["workervm_configuration_name"] or name,
            "state": (state or "").strip().lower(),
            "location": row["workervm_configuration_location_name"],
            "launch_age": self.age(launched),
            "media_load": row["media_load"],
        }


def _describe(node: Record) -> str:
    launched = "" if node["launch_age"] is None else f", launched {duration(node['launch_age'])} ago"
    where = f"{node['name'] or 'without a name'} ({node['location'] or 'no location'})"
    return f"cloud node {where}: {node['state'] or 'state unknown'}{launched}"
