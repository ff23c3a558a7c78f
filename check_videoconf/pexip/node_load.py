"""pexip node-load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..aggregates import grouped, mean
from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option
from ..text import phrase, plural
from . import capacity, conferencing_nodes


class NodeLoad(Mode):
    """Media load, tokens and capacity of the Conferencing Nodes that take calls now."""

    endpoints = (
        conferencing_nodes.ENDPOINT,
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
        texts="id? resource_uri? name location=system_location! node_type? maintenance_mode_reason?",
        numbers=f"signaling_count? {capacity.NUMBERS}",
        flags="maintenance_mode?",
        raws=conferencing_nodes.CONTACT_FIELDS,
    )
    filters = ("name", "location")
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
        nodes = list(self.select(self.fetch(conferencing_nodes.TABLE)))
        conferencing_nodes.mark_contacted(self, nodes)
        available = []
        for node in nodes:
            node["name"] = node["name"] or f"node {node['id'] or 'without a name'}"
            reason = conferencing_nodes.out_of_service(node) or capacity.takes_no_calls(node)
            if reason:
                self.remarks.append(f"{node['name']} is not judged: {reason}")
            else:
                available.append(node)
                capacity.complete(self, conferencing_nodes.TABLE, node)
                yield from capacity.measured(self, node)
            if node["contacted"] and "signaling_count" not in self.gaps.absent:
                yield from self.measure("signaling", node["signaling_count"], node["name"])
        yield from self._totals(available)

    def headline(self) -> str:
        available = self.values.get("nodes-available", 0)
        if not available:
            return f"none of {self.count_of(self.selected)} takes calls now"
        some = f"{available} of {self.selected} nodes take calls" if available < self.selected else ""
        average, highest = self.figure("load-average"), self.figure("load-max")
        return phrase(
            some or plural(available, "node takes calls", "nodes take calls"),
            average and f"load {average} on average",
            highest and f"{highest} at most",
        )

    def _totals(self, available: list[dict[str, Any]]) -> Iterator[Finding]:
        loads = _known(available)
        yield from self.measure("load-average", mean(loads), told=True)
        yield from self.measure("load-max", max(loads, default=None), told=True)
        if not loads and self.selected:
            self.lacking(["load-average", "load-max"], "nothing to judge")
        yield from self.measure("nodes-available", len(available), high=self.selected)
        if not capacity.not_supported(self, "hd-total"):
            capacities = [node["max_hd_calls"] for node in available]
            yield from self.measure("hd-total", None if None in capacities else sum(capacities))
        self.supports("signaling", "signaling_count")
        if not self.given.by_location:
            self.lacking(["location-load"], "measured only with --by-location")
            return
        for location, nodes in grouped((node["location"] or "", node) for node in available):
            yield from self.measure("location-load", mean(_known(nodes)), location or "none")
        if not available and self.selected:
            self.lacking(["location-load"], "nothing to judge")


def _known(nodes: list[dict[str, Any]]) -> list[float]:
    """The loads that are known."""
    return [node["media_load"] for node in nodes if node["media_load"] is not None]
