"""pexip node-load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option
from ..text import plural
from ..units import human
from . import capacity, contact

_TABLE = "status/v1/worker_vm/"


class NodeLoad(Mode):
    """Media load, tokens and capacity of the Conferencing Nodes that take calls now."""

    endpoints = (
        "GET /api/admin/status/v1/worker_vm/",
        "GET /api/admin/status/v1/worker_vm/ID/statistics/ (versions without load in the list)",
    )
    requests = "1 a thousand nodes; versions without load in the list 1 more a node"
    notes = (
        "A node in maintenance, a proxying one and one never contacted report a load without meaning it.",
        "So does one that reports 100 % without a media token in use: a cloud node that is stopped.",
        "They are named in the long output, and neither judged nor in any total.",
    )
    example = "--filter-location London --critical-load 90"

    record = "node"
    inventory = True
    fields = Fields(
        texts="id? resource_uri? name system_location! node_type? maintenance_mode_reason?",
        numbers=f"signaling_count? {capacity.NUMBERS}",
        flags="maintenance_mode?",
        raws=contact.FIELDS,
    )
    filters = ("name", "location=system_location")
    options = (Option("--by-location", "", "also the mean load of each location"),)
    counters = (
        *capacity.counters("node"),
        Counter("signaling", "node.signaling.count", "calls the node signals for", instance="node", optional=True),
        Counter(
            "load-average", "nodes.media.load.average.percentage", "mean load",
            unit="%", optional=True, title="mean media load",
        ),
        Counter(
            "load-max", "nodes.media.load.max.percentage", "highest load",
            unit="%", optional=True, title="highest media load",
        ),
        Counter("nodes-available", "nodes.available.count", "nodes that take calls", title="nodes that take calls"),
        Counter(
            "hd-total", "nodes.capacity.hd.count", "HD calls all of them can take",
            optional=True, title="HD calls that all nodes can take",
        ),
        Counter(
            "location-load", "location.media.load.percentage", "mean load",
            unit="%", instance="location", optional=True, title="mean media load",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        nodes = list(self.select(self.client.records(_TABLE, self.fields, self.record, self.gaps)))
        # Version 16 has no load in the list.
        listed = "media_load" not in self.gaps.absent
        contacts_known = any(map(contact.field_of, nodes)) or not self.gaps.absent.issuperset(contact.NAMES)
        available = []
        for node in nodes:
            node["name"] = node["name"] or f"node {node['id'] or 'without a name'}"
            contacted = bool(contact.field_of(node)) or not contacts_known
            reason = _not_judged(node, contacted=contacted)
            if reason:
                self.remarks.append(f"{node['name']} is not judged: {reason}")
            else:
                available.append(node)
                if not listed:
                    node["media_load"] = capacity.statistics_load(self, _TABLE, node)
                yield from capacity.measured(self, node)
            if contacted and "signaling_count" not in self.gaps.absent:
                yield from self.measure("signaling", node["signaling_count"], node["name"])
        yield from self._totals(available, nodes)

    def headline(self) -> str:
        available = self.values.get("nodes-available", 0)
        if not available:
            return f"none of {self.count_of(self.selected)} takes calls now"
        text = f"{available} of {self.selected} nodes take calls" if available < self.selected else ""
        text = text or plural(available, "node takes calls", "nodes take calls")
        loads = [self.values.get(f"load-{word}") for word in ("average", "max")]
        average, highest = (load if load is None else human(load, "%") for load in loads)
        return text if average is None else f"{text}, load {average} on average, {highest} at most"

    def _totals(self, available: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> Iterator[Finding]:
        loads = [node["media_load"] for node in available if node["media_load"] is not None]
        if loads:
            yield from self.measure("load-average", sum(loads) / len(loads))
            yield from self.measure("load-max", max(loads))
        yield from self.measure("nodes-available", len(available), high=len(nodes))
        if not capacity.not_supported(self, "hd-total"):
            yield from self.measure("hd-total", sum(node["max_hd_calls"] or 0 for node in available))
        if "signaling_count" in self.gaps.absent:
            self.absent("signaling", optional=True, reason="not supported by this version")
        if self.given.by_location:
            yield from self._locations(available)
        elif "location-load" in self.thresholds.given:
            self.absent("location-load", optional=True, reason="measured only with --by-location")

    def _locations(self, available: list[dict[str, Any]]) -> Iterator[Finding]:
        locations: dict[str, list[float]] = {}
        for node in available:
            loads = locations.setdefault(node["system_location"] or "", [])
            if node["media_load"] is not None:
                loads.append(node["media_load"])
        for location, loads in sorted(locations.items()):
            yield from self.measure("location-load", sum(loads) / len(loads) if loads else None, location or "none")


def _not_judged(node: Record, *, contacted: bool) -> str:
    """Why the load a node reports means nothing, or `''`."""
    if node["maintenance_mode"]:
        reason = node["maintenance_mode_reason"]
        return f"in maintenance ({reason})" if reason else "in maintenance"
    if (node["node_type"] or "").upper() == "PROXYING":
        return "it is a proxying node"
    if not contacted:
        return "never contacted"
    return "100 % load without a media token in use" if capacity.takes_no_calls(node) else ""
