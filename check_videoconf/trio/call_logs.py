"""trio call-logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Unreadable
from ..mode import Mode
from ..options import Options
from ..text import phrase, plural
from . import call_log
from .phone import Words, span


class CallLogs(Mode):
    """Calls that came into the phone's log since the previous run."""

    endpoints = ("GET /api/v1/mgmt/callLogs",)
    requests = "1"
    notes = (
        "Counted are the entries that the previous run of the same service did not see; the first run has none.",
        "With --show-names the long output says who it was; nothing of that is kept between runs.",
    )
    example = "--warning-calls-missed 5"

    record = "call"
    fields = Words(
        texts="start=StartTime duration=Duration! line=LineNumber? name=RemotePartyName? number=RemotePartyNumber?"
    )
    counters = (
        Counter("calls-total", "calls.total.count", "new entries", optional=True),
        Counter("calls-placed", "calls.placed.count", "calls made", optional=True),
        Counter("calls-missed", "calls.missed.count", "calls nobody answered", optional=True),
        Counter("calls-received", "calls.received.count", "calls answered", optional=True),
        Counter(
            "duration", "calls.duration.seconds", "how long all of them lasted",
            unit="s", optional=True, title="calls lasted",
        ),
    )  # fmt: skip

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        logs = self.client.struct("mgmt/callLogs")
        seen = self.recall("seen", dict)
        self.first = not seen
        self.remembered = {"seen": dict(seen)}  # of a list that cannot be had now, what was known of it
        new: dict[str, list[dict[str, Any]]] = {}
        for kind in call_log.KINDS:
            entries = self._entries(logs, kind)
            if entries is not None:
                new[kind] = call_log.unseen(entries, seen.get(kind))
                self.remembered["seen"][kind] = list(map(call_log.key, entries))
        if self.first:
            count = plural(sum(map(len, self.remembered["seen"].values())), "entry", "entries")
            self.remarks.append(f"first run: {count} in the log, counted from the next one on")
            yield from self.mention()
            return
        if len(new) == len(call_log.KINDS):
            yield from self.measure("calls-total", sum(map(len, new.values())))
        for kind, entries in new.items():
            yield from self.measure(f"calls-{kind.lower()}", len(entries))
            if self.given.show_names:
                self.remarks += [call_log.describe(kind, entry) for entry in entries]
        lasted = [self._seconds(entry) for entries in new.values() for entry in entries]
        whole = len(new) == len(call_log.KINDS) and None not in lasted
        yield from self.measure("duration", sum(filter(None, lasted)) if whole else None)

    def headline(self) -> str:
        if self.first:
            return "first run"
        total, missed, lasted = self.values["calls-total"], self.values["calls-missed"], self.figure("duration")
        if not total:
            return "no new call"
        return phrase(plural(total, "new call"), f"{missed} missed", f"{lasted} in all" if lasted else "")

    def _entries(self, logs: Mapping[str, Any], kind: str) -> list[dict[str, Any]] | None:
        """The records of one list; None where it cannot be had."""
        rows = logs.get(kind)
        if rows is None:
            self.gaps.missing("call log", kind, present=kind in logs)
            return None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.gaps.unreadable("call log", kind, rows, required=True)
            return None
        return list(map(self.fields.reader("call log entry", self.gaps), rows))

    def _seconds(self, entry: Mapping[str, Any]) -> int | None:
        """How long a call lasted; None where that cannot be read."""
        if entry["duration"] is None:
            return None
        try:
            return span(entry["duration"])
        except Unreadable:
            self.gaps.unreadable("call log entry", "Duration", entry["duration"], required=False)
            return None
