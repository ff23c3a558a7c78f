"""pexip nodes."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from .. import options
from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode
from ..options import Option
from ..text import phrase, plural
from . import conferencing_nodes
from .conferencing_nodes import CONTACT_FIELDS, aged, described


class Nodes(Mode):
    """Conferencing Nodes: in maintenance, not synchronised, stale, of more than one software version."""

    endpoints = (conferencing_nodes.ENDPOINT, "GET /api/admin/configuration/v1/worker_vm/ (with --with-address)")
    requests = "1 a thousand nodes; 1 more with --with-address"
    notes = (
        "After a change of configuration no node is synchronised for a minute: let the poller check a few times.",
        "An idle node may be heard of once a day only: --stale-after should not be shorter.",
    )
    example = "--expect-nodes 5 --filter-location 'London|Oslo|DMZ'"

    record = "node"
    inventory = True
    fields = Fields(
        texts="name location=system_location! type=node_type? version! sync_status? deploy_status! upgrade_status!"
        " maintenance_mode_reason?",
        flags="maintenance_mode",
        times="boot_time!",
        raws=CONTACT_FIELDS,
    )
    filters = ("name", "location")
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
        Counter(
            "versions", "nodes.versions.count", "software versions",
            warning="1", optional=True, title="software versions",
        ),
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
        names = conferencing_nodes.names(self) if self.given.with_address else {}
        addresses = {name: address for address, name in names.items()}
        nodes = [aged(self, node) for node in self.select(self.fetch(conferencing_nodes.TABLE))]
        for node in nodes:
            name = node["name"] or "unnamed"
            node["address"] = addresses.get(node["name"] or "")
            yield self.judge("node-status", node, described)
            yield from self.measure("uptime", node["uptime"], name)
            yield from self.measure("last-update", node["last_contact"], name, told=True)
            if node["never"]:
                self.absent("last-update", name, optional=True, reason="never contacted")
        yield from self._totals(nodes)

    def headline(self) -> str:
        words = {"in-maintenance": "in maintenance", "not-synced": "not synchronised", "stale": "stale"}
        counts = [(self.values.get(f"nodes-{label}"), word) for label, word in words.items()]
        shown = [f"{count or 'none'} {word}" for count, word in counts if count is not None]
        return phrase(self.count_of(self.selected), *shown)

    def _totals(self, nodes: list[dict[str, Any]]) -> Iterator[Finding]:
        total = len(nodes)
        in_maintenance = sum(bool(node["maintenance_mode"]) for node in nodes)
        yield from self.measure("nodes-total", total)
        yield from self.measure("nodes-in-maintenance", in_maintenance, high=total)
        synced = [node["sync_status"] for node in nodes if node["sync_status"]]
        if synced or self.supports("nodes-not-synced", "sync_status"):
            yield from self.flagged("nodes-not-synced", [word != "SYNCED" for word in synced], total)
        stale = sum(node["never"] or (node["last_contact"] or 0) > self.given.stale_after for node in nodes)
        yield from self.measure("nodes-stale", stale, high=total)
        versions = Tally(node["version"] for node in nodes if node["version"])
        shown = (f"{version} on {plural(count, 'node')}" for version, count in versions.most_common())
        which = ", ".join(shown) if len(versions) > 1 else ""
        if nodes:
            yield from self.measure("versions", len(versions) or None, which=which)
        wanted = self.given.expect_nodes
        if wanted is not None:
            yield from self.expect("--expect-nodes", f"{wanted}", f"{total}", met=total == wanted)
