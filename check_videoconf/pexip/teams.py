"""pexip teams."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import phrase, plural


class Teams(Mode):
    """Nodes of the Microsoft Teams Connectors: heartbeat, calls, load and state."""

    endpoints = ("GET /api/admin/status/v1/teamsnode/",)
    example = "--filter-name _0$ --critical-heartbeat-age 5m"

    record = "Teams Connector node"
    inventory = True
    fields = Fields(
        texts="name state! instance_status!", numbers="call_count max_calls! media_load", times="heartbeat_time"
    )
    filters = ("name",)
    counters = (
        Counter("calls-current", "teams.calls.current.count", "calls it handles", instance="node"),
        Counter("media-load", "teams.media.load.percentage", "media load", unit="%", instance="node"),
        Counter(
            "heartbeat-age", "teams.heartbeat.age.seconds", "time since its last heartbeat",
            unit="s", warning="120", critical="600", instance="node",
        ),
    )  # fmt: skip
    statuses = (
        Status(
            "teams-status",
            "name state instance_status",
            "each node",
            critical="%{instance_status} =~ /fail/i or %{state} =~ /fail/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        # Fresh: in an old answer a heartbeat would be older than it is, and the cache keeps no clock of the device.
        self.nodes = list(self.select(self.fetch("status/v1/teamsnode/", fresh=True)))
        # Its own: a poller that is minutes off would see no heartbeat, or always one.
        self.now = self.client.session.clock or self.now
        for node in self.nodes:
            name = node["name"] or "unnamed"
            yield self.judge("teams-status", node, _describe)
            yield from self.measure("calls-current", node["call_count"], name, high=node["max_calls"], told=True)
            yield from self.measure("media-load", node["media_load"], name, told=True)
            yield from self.measure("heartbeat-age", self.age(node["heartbeat_time"]), name, told=True)

    def headline(self) -> str:
        calls = sum(node["call_count"] or 0 for node in self.nodes)
        return phrase(self.count_of(len(self.nodes)), plural(calls, "call"))


def _describe(node: Record) -> str:
    return (
        f"{node['name'] or 'unnamed'}: {node['instance_status'] or 'no instance status'}, {node['state'] or 'no state'}"
    )
