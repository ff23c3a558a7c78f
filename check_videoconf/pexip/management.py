"""pexip management."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option
from ..text import phrase, plural
from ..units import duration
from . import conferencing_nodes


class Management(Mode):
    """The Management Node itself: is it in sync, and of which version."""

    endpoints = (
        "GET /api/admin/status/v1/management_vm/ (since about version 25)",
        f"{conferencing_nodes.ENDPOINT} (with --with-nodes)",
    )
    requests = "1; with --with-nodes 1 more a thousand nodes"
    notes = ("A node that is not in sync for a minute after a change of configuration is normal.",)
    example = "--with-nodes --critical-versions 2"

    record = "Management Node"
    inventory = True
    fields = Fields(texts="name version! sync_status? upgrade_status?", flags="primary?", times="last_updated!")
    node = Fields(texts="version!")
    options = (Option("--with-nodes", "", "also count the software versions of all nodes"),)
    counters = (
        Counter("management-nodes-total", "management.nodes.total.count", "Management Nodes"),
        Counter(
            "versions", "versions.count", "software versions of all nodes, with --with-nodes",
            warning="1", optional=True, title="software versions",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "management-status",
            "name primary version sync_status upgrade_status last_contact",
            "each Management Node; last_contact is in seconds",
            warning="%{sync_status} !~ /^(SYNCED)?$/",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        nodes = list(self.select(self.fetch("status/v1/management_vm/")))
        for node in nodes:
            node["last_contact"] = self.age(node["last_updated"])
            yield self.judge("management-status", node, _describe)
        yield from self.measure("management-nodes-total", len(nodes))
        self.versions = {node["version"] for node in nodes if node["version"]}
        if self.given.with_nodes:
            workers = self.fetch(conferencing_nodes.TABLE, self.node, "node")
            self.versions |= {worker["version"] for worker in workers if worker["version"]}
            which = ", ".join(sorted(self.versions)) if len(self.versions) > 1 else ""
            yield from self.measure("versions", len(self.versions) or None, which=which)
        else:
            self.lacking(["versions"], "counted only with --with-nodes")

    def headline(self) -> str:
        nodes = self.count_of(self.values["management-nodes-total"])
        if len(self.versions) > 1:
            return phrase(nodes, plural(len(self.versions), "version"))
        return phrase(nodes, *(f"version {version}" for version in self.versions))


def _describe(node: Record) -> str:
    return phrase(
        f"{node['name'] or 'unnamed'}: {node['sync_status'] or 'no sync status'}",
        f"version {node['version'] or 'unknown'}",
        f"upgrade {node['upgrade_status']}" if node["upgrade_status"] else "",
        "never updated" if node["last_contact"] is None else f"updated {duration(node['last_contact'])} ago",
    )
