"""pexip nodes."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from .. import options
from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option
from ..text import plural
from ..units import duration
from . import contact
from .addresses import node_names

# In sentences the * is which ones.
_VERSIONS = Counter("versions", "nodes.versions.count", "software versions", warning="1", title="software versions*")
# What is not worth a word.
_USUAL = {"sync_status": "SYNCED", "deploy_status": "deploy_succeeded", "upgrade_status": "IDLE"}


class Nodes(Mode):
    """Conferencing Nodes: in maintenance, not synchronised, stale, of more than one software version."""

    endpoints = (
        "GET /api/admin/status/v1/worker_vm/",
        "GET /api/admin/configuration/v1/worker_vm/ (with --with-address)",
    )
    requests = "1 a thousand nodes; 1 more with --with-address"
    notes = (
        "After a change of configuration no node is synchronised for a minute: let the poller check a few times.",
        "An idle node may be heard of once a day only: --stale-after should not be shorter.",
    )
    example = "--expect-nodes 5 --filter-location 'London|Oslo|DMZ'"

    record = "node"
    inventory = True
    fields = Fields(
        texts="name system_location! node_type? version! sync_status? deploy_status! upgrade_status!"
        " maintenance_mode_reason?",
        flags="maintenance_mode",
        times="boot_time!",
        raws=contact.FIELDS,
    )
    filters = ("name", "location=system_location")
    options = (
        Option("--stale-after", "TIME", "last heard of so long ago is stale", default=172_800, kind=options.duration),
        Option("--expect-nodes", "N", "how many nodes there must be", kind=options.integer(0, 1_000_000)),
        Option("--with-address", "", "say the address of each node"),
    )
    counters = (
        Counter("nodes-total", "", "Conferencing Nodes", title="nodes"),
        Counter("nodes-in-maintenance", "nodes.maintenance.count", "of them in maintenance"),
        Counter("nodes-not-synced", "nodes.notsynced.count", "of them without the configuration", optional=True),
        Counter("nodes-stale", "", "of them not heard of since --stale-after, or never", title="stale nodes"),
        Counter("uptime", "node.uptime.seconds", "since it booted", unit="s", instance="node", optional=True),
        Counter(
            "last-update", "node.lastupdate.seconds", "since it was heard of",
            unit="s", instance="node", optional=True, title="age of the last update",
        ),
        _VERSIONS,
    )  # fmt: skip
    statuses = (
        Status(
            "node-status",
            "name location type version sync_status deploy_status upgrade_status maintenance_mode"
            " maintenance_mode_reason last_contact uptime",
            "each node; last_contact and uptime are in seconds",
            warning="%{maintenance_mode} == 1 or %{sync_status} !~ /^(SYNCED)?$/",
            critical="%{deploy_status} =~ /fail/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        addresses = {name: address for address, name in node_names(self).items()} if self.given.with_address else {}
        rows = self.client.records("status/v1/worker_vm/", self.fields, self.record, self.gaps)
        nodes = [self._known(row, addresses) for row in self.select(rows)]
        for node in nodes:
            name = node["name"] or "unnamed"
            yield self.judge("node-status", node, _describe)
            yield from self.measure("uptime", node["uptime"], name)
            if node["last_contact"] is not None:
                yield from self.measure("last-update", node["last_contact"], name)
            elif node["never"]:
                self.absent("last-update", name, optional=True, reason="never contacted")
        yield from self._totals(nodes)

    def headline(self) -> str:
        words = {"in-maintenance": "in maintenance", "not-synced": "not synchronised", "stale": "stale"}
        counts = [(self.values.get(f"nodes-{label}"), word) for label, word in words.items()]
        shown = [f"{count or 'none'} {word}" for count, word in counts if count is not None]
        return ", ".join([self.count_of(self.selected), *shown])

    def _known(self, row: dict[str, Any], addresses: dict[str, str]) -> dict[str, Any]:
        """A node with what statuses and sentences call otherwise."""
        return {
            **row,
            "never": not contact.field_of(row),
            "location": row["system_location"],
            "type": row["node_type"],
            "address": addresses.get(row["name"] or ""),
            "last_contact": self.age(contact.last(self, row)),
            "uptime": self.age(row["boot_time"]),
        }

    def _totals(self, nodes: list[dict[str, Any]]) -> Iterator[Finding]:
        total = len(nodes)
        in_maintenance = sum(bool(node["maintenance_mode"]) for node in nodes)
        yield from self.measure("nodes-total", total)
        yield from self.measure("nodes-in-maintenance", in_maintenance, high=total)
        if "sync_status" in self.gaps.absent and not any(node["sync_status"] for node in nodes):
            self.absent("nodes-not-synced", optional=True, reason="not supported by this version")
        else:
            not_synced = sum((node["sync_status"] or "SYNCED") != "SYNCED" for node in nodes)
            yield from self.measure("nodes-not-synced", not_synced, high=total)
        stale = sum(node["never"] or (node["last_contact"] or 0) > self.given.stale_after for node in nodes)
        yield from self.measure("nodes-stale", stale, high=total)
        versions = Tally(node["version"] for node in nodes if node["version"])
        shown = ", ".join(f"{version} on {plural(count, 'node')}" for version, count in versions.most_common())
        which = f" ({shown})" if len(versions) > 1 else ""
        yield from self.measure("versions", len(versions), counter=_VERSIONS.member(which))
        wanted = self.given.expect_nodes
        if wanted is not None:
            yield from self.expect("--expect-nodes", f"{wanted}", f"{total}", met=total == wanted)


def _describe(node: Record) -> str:
    place = ", ".join(part for part in (node["location"], node["address"]) if part)
    reason = node["maintenance_mode_reason"]
    uptime = node["uptime"]
    maintenance = [f"in maintenance ({reason})" if reason else "in maintenance"] if node["maintenance_mode"] else []
    statuses = (
        f"{name[:-7]} status {node[name]}" for name, usual in _USUAL.items() if node[name] not in (usual, "", None)
    )
    return ", ".join(
        [
            f"{node['name'] or 'a node'} ({place or 'no location'})",
            *maintenance,
            *statuses,
            f"version {node['version'] or 'unknown'}",
            _heard_of(node),
            "uptime unknown" if uptime is None else f"up for {duration(int(uptime))}",
        ]
    )


def _heard_of(node: Record) -> str:
    if node["never"]:
        return "never contacted"
    age = node["last_contact"]
    return "last contact unknown" if age is None else f"last contact {duration(int(age))} ago"
