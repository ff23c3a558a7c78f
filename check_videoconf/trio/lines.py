"""trio lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Unreadable, flag
from ..mode import Mode, Record
from .phone import Words, word
from .statuses import NotRegistered, bad_news


class Lines(Mode):
    """Call servers, do-not-disturb and activity of the lines."""

    endpoints = ("GET /api/v2/mgmt/lineInfo",)
    requests = "1"
    notes = ("A line that is not registered is the business of the mode registration.",)
    example = "--warning-line-status ''"

    record = "line"
    fields = Words(
        texts="line=LineNumber state=RegistrationStatus label=Label?",
        flags="active=Active dnd=DoNotDisturb",
        raws="servers=CallServers",
    )
    counters = (
        Counter(
            "callservers-working", "line.callservers.working.count", "call servers that answer",
            instance="line", title="working call servers",
        ),
        Counter(
            "do-not-disturb", "lines.dnd.count", "lines set to do-not-disturb", title="lines set to do-not-disturb"
        ),
        Counter("active", "lines.active.count", "lines in use", title="lines in use"),
    )  # fmt: skip
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
        try:
            lines = list(self.fetch("mgmt/lineInfo", version=2))
        except NotRegistered as error:
            yield bad_news(self, "line-status", error)
            return
        for line in lines:
            yield from self._line(line)
        for label, field in (("do-not-disturb", "dnd"), ("active", "active")):
            flags = [line[field] for line in lines]
            yield from self.measure(label, None if None in flags else sum(flags), high=len(lines), told=True)
        self.total = len(lines)

    def headline(self) -> str:
        return f"{self.count_of(self.total)}, {self.values['active']} in use"

    def _line(self, line: dict[str, Any]) -> Iterator[Finding]:
        name, servers = word(line["label"]) or line["line"] or "without number", _working(line["servers"])
        working, total = (None, None) if servers is None else (sum(servers), len(servers))
        found = {**line, "name": name, "servers_working": working, "servers_total": total}
        yield self.judge("line-status", found, _describe)
        yield from self.measure("callservers-working", working, name, high=total, told=True)
        if working is None and line["servers"] is not None:  # a missing one is told already
            self.problems.append(f"call servers of line {name} are unreadable")


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
