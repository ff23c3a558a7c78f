"""trio lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import CRITICAL, Counter, Finding, Status, Verdict
from ..fields import Fields, Unreadable, flag
from ..mode import Mode, Record
from .client import NotRegistered


class Lines(Mode):
    """Call servers, do-not-disturb and activity of the lines."""

    endpoints = ("GET /api/v2/mgmt/lineInfo",)
    requests = "1"
    notes = ("A line that is not registered is the business of the mode registration.",)
    example = "--warning-line-status ''"

    record = "line"
    fields = Fields(texts="LineNumber RegistrationStatus Label?", flags="Active DoNotDisturb", raws="CallServers")
    counters = (
        Counter(
            "callservers-working",
            "line.callservers.working.count",
            "call servers that answer",
            instance="line",
            title="working call servers",
        ),
        Counter(
            "do-not-disturb", "lines.dnd.count", "lines set to do-not-disturb", title="lines set to do-not-disturb"
        ),
        Counter("active", "lines.active.count", "lines in use", title="lines in use"),
    )
    statuses = (
        Status(
            "line-status",
            "line state active dnd servers_working servers_total",
            "each line",
            warning="%{dnd} == 1",
            critical="%{state} =~ /^registered$/i and %{servers_total} > 0 and %{servers_working} == 0",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        read = self.fields.reader(self.record, self.gaps)
        try:
            lines = [_line(row) for row in map(read, self.client.structs("mgmt/lineInfo", 2))]
        except NotRegistered as error:
            yield Verdict("line-status", CRITICAL, f"{error}")
            return
        for line in lines:
            if line["state"] == "":
                self.gaps.missing(self.record, "RegistrationStatus", present=True)
            yield self.judge("line-status", line, _describe)
            if line["servers_working"] is not None:
                yield from self.measure(
                    "callservers-working", line["servers_working"], line["name"], high=line["servers_total"]
                )
            elif line["servers"] is not None:  # a missing one is told already
                self.problems.append(f"call servers of line {line['name']} are unreadable")
        yield from self.measure("do-not-disturb", sum(bool(line["dnd"]) for line in lines), high=len(lines))
        yield from self.measure("active", sum(bool(line["active"]) for line in lines), high=len(lines))
        self.total = len(lines)

    def headline(self) -> str:
        return f"{self.count_of(self.total)}, {self.values['active']} in use"


def _line(row: dict[str, Any]) -> dict[str, Any]:
    working = _working(row["CallServers"])
    return {
        "name": row["Label"] or row["LineNumber"] or "without number",
        "line": row["LineNumber"],
        "state": row["RegistrationStatus"],
        "active": row["Active"],
        "dnd": row["DoNotDisturb"],
        "servers": row["CallServers"],
        "servers_working": None if working is None else sum(working),
        "servers_total": None if working is None else len(working),
    }


def _working(servers: Any) -> list[bool] | None:
    """Of each call server whether it works; None where that cannot be read."""
    if not isinstance(servers, list):
        return None
    try:
        flags = [flag(server.get("Working")) if isinstance(server, dict) else None for server in servers]
    except Unreadable:
        return None
    return None if None in flags else [bool(working) for working in flags]


def _describe(line: Record) -> str:
    parts = [f"line {line['name']} is {line['state'] or 'without state'}"]
    parts += ["set to do-not-disturb"] if line["dnd"] else []
    working = "unknown" if line["servers_total"] is None else f"{line['servers_working']} of {line['servers_total']}"
    parts.append(f"{working} call servers working")
    return ", ".join(parts)
