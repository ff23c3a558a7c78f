"""pexip alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import NOT_SUPPORTED, Mode, Record
from ..options import Option, Options
from ..text import shorten
from ..units import duration
from . import conferencing_nodes


class Alarms(Mode):
    """Alarms raised on the deployment now, judged by level."""

    endpoints = ("GET /api/admin/status/v1/alarm/", conferencing_nodes.RESOLVE_ENDPOINT)
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
        conferencing_nodes.RESOLVE,
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
        found = list(self.fetch("status/v1/alarm/"))
        names = conferencing_nodes.names(self) if found and self.given.resolve_nodes else {}
        for alarm in found:
            alarm["node"] = names.get(alarm["node"], alarm["node"])
            alarm["opened"] = self.age(alarm["time_raised"])
        selected = list(self.select(found))
        alarms = self._new(selected)
        self._raised_before = len(selected) - len(alarms)
        unacknowledged = [alarm for alarm in alarms if not alarm["acknowledged"]]
        self._acknowledged = len(alarms) - len(unacknowledged)
        if self.given.ignore_acknowledged:
            alarms = unacknowledged
            if "acknowledged" in self.gaps.absent:
                self.remarks.append(f"--ignore-acknowledged: acknowledging is {NOT_SUPPORTED}")
        verdicts = [self.judge("status", alarm, _describe) for alarm in alarms]
        yield from verdicts
        yield from self.measure("alerts", sum(verdict.alert for verdict in verdicts))
        yield from self.measure("alarms-total", len(alarms))
        if self.supports("alarms-unacknowledged", "acknowledged"):
            yield from self.measure("alarms-unacknowledged", len(unacknowledged))

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
        known = set(map(str, self.recall("seen", list)))
        keys = self.remembered["seen"] = [f"{alarm['id']} {alarm['time_raised']}" for alarm in alarms]
        return [alarm for alarm, key in zip(alarms, keys) if key not in known or alarm["id"] is None]


def _describe(alarm: Record) -> str:
    number = alarm["identifier"] or alarm["id"]
    what = alarm["name"] or (f"alarm {number}" if number else "alarm without a name")
    instance = f" ({alarm['instance']})" if alarm["instance"] else ""
    node = f" on {alarm['node']}" if alarm["node"] else ""
    age = ", age unknown" if alarm["opened"] is None else f" for {duration(alarm['opened'])}"
    acknowledged = ", acknowledged" if alarm["acknowledged"] else ""
    details = f": {shorten(alarm['details'].strip().rstrip('.'), 120)}" if alarm["details"] else ""
    return f"{what}{instance}{node} [{alarm['level'] or 'no level'}]{age}{acknowledged}{details}"
