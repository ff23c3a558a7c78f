"""pexip node-load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option
from ..units import human

_CAPACITY = {
    "hd": "max_hd_calls",
    "fullhd": "max_full_hd_calls",
    "sd": "max_sd_calls",
    "audio": "max_audio_calls",
}


class NodeLoad(Mode):
    """Media load, tokens and capacity of the Conferencing Nodes that take calls now."""

    endpoints = (
        "GET /api/admin/status/v1/worker_vm/",
        "GET /api/admin/status/v1/worker_vm/ID/statistics/ (versions without load in the list)",
    )
    requests = "1 a thousand nodes; versions without load in the list 1 more a node"
    notes = (
        "A node in maintenance, a proxying one and one never contacted report a load without meaning it.",
        "They are named in the long output, and neither judged nor in any total.",
    )
    example = "--filter-location London --critical-load 90"

    record = "node"
    inventory = True
    fields = Fields(
        texts="name system_location! node_type? maintenance_mode_reason?",
        numbers="id? media_load? media_tokens_used? max_media_tokens? signaling_count?"
        " max_hd_calls? max_full_hd_calls? max_sd_calls? max_audio_calls?",
        flags="maintenance_mode?",
        times="last_updated? last_reported?",
    )
    statistics = Fields(numbers="media_load")
    filters = ("name", "location=system_location")
    options = (Option("--by-location", "", "also the mean load of each location"),)
    counters = (
        Counter(
            "load",
            "node.media.load.percentage",
            "media load",
            unit="%",
            warning="80",
            critical="95",
            instance="node",
        ),
        Counter(
            "tokens-used",
            "node.media.tokens.used.count",
            "media tokens in use",
            instance="node",
            optional=True,
        ),
        Counter("signaling", "node.signaling.count", "calls the node signals for", instance="node", optional=True),
        *(
            Counter(
                f"capacity-{name}",
                f"node.capacity.{name}.count",
                f"{name} calls it can take",
                instance="node",
                optional=True,
            )
            for name in _CAPACITY
        ),
        Counter("load-average", "nodes.media.load.average.percentage", "mean load", unit="%", optional=True),
        Counter("load-max", "nodes.media.load.max.percentage", "highest load", unit="%", optional=True),
        Counter("nodes-available", "nodes.available.count", "nodes that take calls"),
        Counter("hd-total", "nodes.capacity.hd.count", "HD calls all of them can take", optional=True),
        Counter(
            "location-load",
            "location.media.load.percentage",
            "mean load",
            unit="%",
            instance="location",
            optional=True,
        ),
    )

    def probe(self) -> Iterator[Finding]:
        nodes = list(self.select(self.client.records("status/v1/worker_vm/", self.fields, self.record, self.gaps)))
        # Version 16 has neither load nor times of contact in the list.
        listed = "media_load" not in self.gaps.absent
        available = []
        for node in nodes:
            reason = _not_judged(node, listed=listed)
            if reason:
                self.remarks.append(f"{node['name']} is not judged: {reason}")
            else:
                available.append(node)
            if reason != "never contacted" and node["signaling_count"] is not None:
                yield from self.measure("signaling", node["signaling_count"], node["name"] or "")
        for node in available:
            if not listed:
                node["media_load"] = self._load(node)
            yield from self._node(node)
        yield from self._totals(available, nodes)

    def headline(self) -> str:
        available = self.values.get("nodes-available", 0)
        if not available:
            return f"none of {self.count_of(self.selected)} takes calls now" if self.selected else "no node"
        average, highest = (human(self.values[f"load-{word}"], "%") for word in ("average", "max"))
        return f"{self.count_of(available)}, load {average} on average, {highest} at most"

    def _load(self, node: dict[str, Any]) -> float | None:
        statistics = self.client.object(f"status/v1/worker_vm/{node['id']}/statistics/")
        load: float | None = self.statistics.reader(f"{self.record} {node['name']}", self.gaps)(statistics)[
            "media_load"
        ]
        return load

    def _node(self, node: dict[str, Any]) -> Iterator[Finding]:
        name = node["name"] or ""
        yield from self.measure("load", node["media_load"], name)
        optional = [
            ("tokens-used", "media_tokens_used"),
            *((f"capacity-{word}", field) for word, field in _CAPACITY.items()),
        ]
        for label, field in optional:
            if field in self.gaps.absent:
                continue  # said once, by _totals
            high = node["max_media_tokens"] if label == "tokens-used" else None
            yield from self.measure(label, node[field], name, high=high)

    def _totals(self, available: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> Iterator[Finding]:
        loads = [node["media_load"] for node in available if node["media_load"] is not None]
        if loads:
            yield from self.measure("load-average", sum(loads) / len(loads))
            yield from self.measure("load-max", max(loads))
        yield from self.measure("nodes-available", len(available), high=len(nodes))
        absent = sorted(set(_CAPACITY.values()) & self.gaps.absent)
        if absent:
            for label in ("tokens-used", "hd-total", *(f"capacity-{name}" for name in _CAPACITY)):
                self.absent(label, optional=True, reason="not supported by this version")
        else:
            yield from self.measure("hd-total", sum(node["max_hd_calls"] or 0 for node in available))
        if self.given.by_location:
            for location in sorted({node["system_location"] or "" for node in available}):
                here = [node["media_load"] for node in available if (node["system_location"] or "") == location]
                known = [load for load in here if load is not None]
                yield from self.measure("location-load", sum(known) / len(known) if known else None, location or "none")


def _not_judged(node: dict[str, Any], *, listed: bool) -> str:
    """Why the load a node reports means nothing, or `''`."""
    if node["maintenance_mode"]:
        reason = node["maintenance_mode_reason"]
        return f"in maintenance ({reason})" if reason else "in maintenance"
    if (node["node_type"] or "").upper() == "PROXYING":
        return "it is a proxying node"
    if listed and node["last_updated"] is None and node["last_reported"] is None:
        return "never contacted"
    return ""
