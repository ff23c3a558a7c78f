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
from .addresses import ENDPOINT, RESOLVE_NODES, node_names


class Alarms(Mode):
    """Alarms raised on the deployment now, judged by level."""

    endpoints = ("GET /api/admin/status/v1/alarm/", ENDPOINT)
    requests = "1 a thousand alarms; 1 more with --resolve-nodes when there is an alarm"
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
        RESOLVE_NODES,
    )
    counters = (
        Counter(
            "alerts", "alerts.problems.current.count", "alarms that match the warning or critical status",
            title="alarms that are problems",
        ),
        Counter("alarms-total", "alarms.total.count", "all alarms", title="alarms"),
        Counter(
            "alarms-unacknowledged", "alarms.unacknowledged.count", "alarms nobody has acknowledged",
            optional=True, title="unacknowledged alarms",
        ),
    )  # fmt: skip
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
        found = list(self.client.records("status/v1/alarm/", self.fields, self.record, self.gaps))
        names = node_names(self) if found and self.given.resolve_nodes else {}
        for alarm in found:
            alarm["node"] = names.get(alarm["node"], alarm["node"])
            alarm["opened"] = self.age(alarm["time_raised"])
        known = not found or "acknowledged" not in self.gaps.absent
        selected = list(self.select(found))
        alarms = self._new(selected)
        self._raised_before = len(selected) - len(alarms)
        unacknowledged = [alarm for alarm in alarms if not alarm["acknowledged"]]
        self._acknowledged = len(alarms) - len(unacknowledged)
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
        total, alerts = self.values["alarms-total"], self.values["alerts"]
        if total:
            return f"{self.count_of(total)}, {f'{alerts} of them problems' if alerts else 'judged as no problem'}"
        if self._raised_before:
            return f"no new alarm, {self._raised_before} raised before"
        return f"no alarm but {self._acknowledged} acknowledged" if self._acknowledged else "no alarm"

    def _new(self, alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """With --memory the alarms that the previous run did not see: known by their id and time, not by the clock.

        One without an id is always new: another may look the same.
        """
        if not self.given.memory:
            return alarms
        keys = [f"{alarm['id']} {alarm['time_raised']}" for alarm in alarms]
        self.remembered["seen"] = keys
        seen = (self.previous or {}).get("seen")
        known = set(map(str, seen)) if isinstance(seen, list) else set()
        return [alarm for alarm, key in zip(alarms, keys) if key not in known or alarm["id"] is None]


def _describe(alarm: Record) -> str:
    number = alarm["identifier"] or alarm["id"]
    name = alarm["name"] or (f"alarm {number}" if number else "alarm without a name")
    age = alarm["opened"]
    parts = [
        f" ({alarm['instance']})" if alarm["instance"] else "",
        f" on {alarm['node']}" if alarm["node"] else "",
        f" [{alarm['level'] or 'no level'}]",
        ", age unknown" if age is None else f" for {duration(age)}",
        ", acknowledged" if alarm["acknowledged"] else "",
        f": {shorten(alarm['details'].strip().rstrip('.'), 120)}" if alarm["details"] else "",
    ]
    return name + "".join(parts)
