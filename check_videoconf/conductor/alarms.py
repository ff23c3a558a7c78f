"""conductor alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status, Verdict, severity
from ..fields import Fields
from ..mode import Record
from ..text import shorten
from ..units import duration
from .tables import Table, TableMode


class Alarms(TableMode):
    """Alarms raised on the Conductor or any peer of its cluster, judged by severity."""

    endpoints = ("GET /api/external/status/alarm",)
    requests = "1 a thousand alarms of a peer"
    notes = (
        "An alarm is raised when its total_count is not 0 and its status, whatever else it is, is not lowered.",
        "A peer whose alarms could not be computed (num_recs -1) is UNKNOWN.",
        "%{peer} stands for each of the peers that report the alarm, one at a time.",
        "Confirmed keys (on a VCS, of the same platform): total_count, first_raised, last_raised, status.",
        "Inferred keys: severity, id, title, description; a raised alarm without a key for severity is UNKNOWN.",
    )
    example = "--exclude-id '^15013$' --peer local"

    record = "alarm"
    tables = (
        Table(
            "status/alarm", "alarm",
            Fields(texts="status! id? title? severity? description?", numbers="count last_raised? first_raised?"),
            count="total_count", id="id alarm_id", title="title name", severity="severity level",
            description="description details",
        ),
    )  # fmt: skip
    filters = ("id", "title", "severity", "peer")
    counters = (
        Counter("alerts", "alerts.problems.current.count", "alarms that match the warning or critical status"),
        Counter("raised", help="alarms that are raised"),
        Counter("acknowledged", help="of them acknowledged by an administrator"),
    )
    statuses = (
        Status(
            "status",
            "id title severity description count status opened peer",
            "each raised alarm; opened is the seconds since it was last raised",
            warning="%{status} ne 'acknowledged'",
            critical="%{status} ne 'acknowledged' and %{severity} =~ /critical|emergency/i",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        raised = list(self.select(filter(_is_raised, self.records(self.tables[0]))))
        for alarm in raised:
            alarm["status"] = alarm["status"] and alarm["status"].lower()  # the expressions compare letter by letter
            alarm["opened"] = self.age(alarm["last_raised"] or alarm["first_raised"])
        verdicts = [self._judged(alarm) for alarm in raised]
        yield from verdicts
        if "opened" in self.asked and all(alarm["opened"] is None for alarm in raised):
            self._require_age(raised)
        acknowledged = sum(alarm["status"] == "acknowledged" for alarm in raised)
        yield from self.measure("alerts", sum(verdict.alert for verdict in verdicts))
        yield from self.measure("raised", len(raised))
        yield from self.measure("acknowledged", acknowledged, high=len(raised))

    def headline(self) -> str:
        raised = self.values["raised"]
        return f"{self.count_of(raised)} raised, none to worry about" if raised else "no alarm"

    def _require_age(self, raised: list[dict[str, Any]]) -> None:
        """Makes a problem of it that no raised alarm has an age, whatever lowered ones have."""
        times = ("last_raised", "first_raised")
        self.require(*times)
        if raised and not any((self.tables[0].path, name) in self.unreported for name in times):
            self.problems.append(f"opened: not reported, no raised alarm has a readable {' or '.join(times)}")

    def _judged(self, alarm: Record) -> Verdict:
        """The worst that the alarm deserves on any of its peers: an expression may name one."""
        verdicts = [
            self.judge("status", {**alarm, "peer": peer}, lambda _: self._describe(alarm)) for peer in alarm["peers"]
        ]
        return max(verdicts, key=lambda verdict: severity(verdict.state))

    def _describe(self, alarm: Record) -> str:
        known = alarm["title"] or shorten(alarm["description"] or "", 120)
        age, status = alarm["opened"], alarm["status"]
        return "".join(
            (
                known or f"alarm {alarm['id'] or 'without a name'}",
                f" ({alarm['id']})" if known and alarm["id"] else "",
                self.at(alarm),
                f" [{alarm['severity'] or 'no severity'}]",
                ", age unknown" if age is None else f" for {duration(age)}",
                "" if status == "raised" else f", {status or 'no status'}",
            )
        )


def _is_raised(alarm: dict[str, Any]) -> bool:
    """Whether an alarm is raised; one of which it cannot be said counts as raised."""
    return alarm["count"] != 0 and (alarm["status"] or "").lower() != "lowered"
