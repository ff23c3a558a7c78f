"""pexip alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option, Options
from ..text import shorten
from ..units import duration


class Alarms(Mode):
    """Alarms raised on the deployment now, judged by level."""

    endpoints = ("GET /api/admin/status/v1/alarm/",)
    requests = "1 a thousand alarms; 1 more with --resolve-nodes"
    notes = (
        "A level nobody has heard of, or none, still warns: only info does not.",
        "--memory looks only at alarms raised since the previous run of the same service: it alarms once.",
        "So it is for a volatile service with a single check attempt.",
    )
    example = "--filter-node 10.44 --ignore-acknowledged"

    record = "alarm"
    fields = Fields(
        texts="name? level? identifier? node? instance? details?",
        flags="acknowledged?",
        times="time_raised?",
        raws="id?",
    )
    filters = ("name", "node", "level")
    options = (
        Option("--ignore-acknowledged", "", "leave out alarms that an administrator has acknowledged"),
        Option("--memory", "", "only alarms raised since the previous run"),
        Option("--resolve-nodes", "", "name nodes instead of their addresses"),
    )
    counters = (
        Counter("alerts", "alerts.problems.current.count", "alarms that match the warning or critical status"),
        Counter("alarms-total", "alarms.total.count", "all alarms"),
        Counter(
            "alarms-unacknowledged",
            "alarms.unacknowledged.count",
            "alarms nobody has acknowledged",
            optional=True,
        ),
    )
    statuses = (
        Status(
            "status",
            "name level identifier node instance details opened acknowledged",
            "each alarm; opened is its age in seconds",
            warning="%{level} !~ /^info$/i",
            critical="%{level} =~ /critical|major|error/i",
        ),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return bool(options.memory)

    def probe(self) -> Iterator[Finding]:
        names = self._node_names() if self.given.resolve_nodes else {}
        alarms = [
            {
                **alarm,
                "node": names.get(alarm["node"], alarm["node"]),
                "opened": self.age(alarm["time_raised"]),
            }
            for alarm in self.client.records("status/v1/alarm/", self.fields, self.record, self.gaps)
        ]
        known = not alarms or "acknowledged" not in self.gaps.absent
        alarms = self._new(list(self.select(alarms)))
        unacknowledged = [alarm for alarm in alarms if not alarm["acknowledged"]]
        if self.given.ignore_acknowledged:
            alarms = unacknowledged
            if not known:
                self.remarks.append("--ignore-acknowledged: acknowledging is not supported by this version")
        verdicts = [self.judge("status", alarm, _describe) for alarm in alarms]
        yield from verdicts
        yield from self.measure("alerts", sum(verdict.problem for verdict in verdicts))
        yield from self.measure("alarms-total", len(alarms))
        if known:
            yield from self.measure("alarms-unacknowledged", len(unacknowledged))
        else:
            self.absent("alarms-unacknowledged", optional=True, reason="not supported by this version")

    def headline(self) -> str:
        total = self.values["alarms-total"]
        if not total:
            return "no new alarm" if self.given.memory else "no alarm"
        return f"{self.count_of(total)}, none to worry about"

    def _new(self, alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """With --memory the alarms that the previous run did not see: known by their id and time, not by the clock."""
        if not self.given.memory:
            return alarms
        known = (self.previous or {}).get("seen")
        keys = [f"{alarm['id']} {alarm['time_raised']}" for alarm in alarms]
        self.remembered["seen"] = keys
        if not isinstance(known, list):
            known = []
        return [alarm for alarm, key in zip(alarms, keys) if key not in known]

    def _node_names(self) -> dict[str, str]:
        nodes = self.client.records(
            "configuration/v1/worker_vm/", Fields(texts="name? address?"), "node configuration", self.gaps
        )
        return {node["address"]: node["name"] for node in nodes if node["address"] and node["name"]}


def _describe(alarm: Record) -> str:
    name = alarm["name"] or f"alarm {alarm['identifier'] or alarm['id'] or 'without a name'}"
    age = alarm["opened"]
    parts = [
        f" ({alarm['instance']})" if alarm["instance"] else "",
        f" on {alarm['node']}" if alarm["node"] else "",
        f" [{alarm['level'] or 'no level'}]",
        ", age unknown" if age is None else f" for {duration(age)}",
        ", acknowledged" if alarm["acknowledged"] else "",
        f": {shorten(alarm['details'], 120)}" if alarm["details"] else "",
    ]
    return name + "".join(parts)
