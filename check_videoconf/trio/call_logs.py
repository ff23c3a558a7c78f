"""trio call-logs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import OK, Counter, Finding, Verdict
from ..fields import Fields, Unreadable
from ..mode import Mode
from ..options import Options
from ..text import plural
from ..units import duration
from .phone import span

_KINDS = ("Placed", "Missed", "Received")


class CallLogs(Mode):
    """Calls that came into the phone's log since the previous run."""

    endpoints = ("GET /api/v1/mgmt/callLogs",)
    requests = "1"
    notes = (
        "Counted are the entries that the previous run of the same service did not see; the first run has none.",
        "Names and numbers are not printed, and nothing of them is kept between runs.",
    )
    example = "--warning-calls-missed 5"

    record = "call"
    fields = Fields(texts="StartTime Duration! LineNumber?")
    counters = (
        Counter("calls-total", "calls.total.count", "new entries", optional=True),
        Counter("calls-placed", "calls.placed.count", "calls made", optional=True),
        Counter("calls-missed", "calls.missed.count", "calls nobody answered", optional=True),
        Counter("calls-received", "calls.received.count", "calls answered", optional=True),
        Counter("calls-duration", "calls.duration.seconds", "how long all of them lasted", unit="s", optional=True),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        logs = self.client.struct("mgmt/callLogs")
        known = (self.previous or {}).get("seen")
        seen: list[str] = []
        counts = dict.fromkeys(_KINDS, 0)
        seconds = 0
        for kind in _KINDS:
            for entry in self._entries(logs, kind):
                key = _key(kind, entry)
                if not isinstance(known, list) or key not in known:
                    counts[kind] += 1
                    seconds += self._seconds(entry)
                seen.append(key)
        self.remembered = {"seen": seen}
        self.first = not isinstance(known, list)
        if self.first:
            yield Verdict("log", OK, "first run")
            self.remarks.append(
                f"first run: {plural(len(seen), 'entry', 'entries')} in the log, counted from the next one on"
            )
            return
        yield from self.measure("calls-total", sum(counts.values()))
        for kind, count in counts.items():
            yield from self.measure(f"calls-{kind.lower()}", count)
        yield from self.measure("calls-duration", seconds)

    def headline(self) -> str:
        if self.first:
            return "first run"
        total = self.values["calls-total"]
        if not total:
            return "no new call"
        return (
            f"{total} new calls, {self.values['calls-missed']} missed, {duration(self.values['calls-duration'])} in all"
        )

    def _entries(self, logs: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
        if logs.get(kind) is None:
            self.gaps.missing("call log", kind, present=kind in logs)
            return []
        read = self.fields.reader("call log entry", self.gaps)
        return [read(entry) for entry in self.client.objects(f"mgmt/callLogs {kind}", logs[kind])]

    def _seconds(self, entry: Mapping[str, Any]) -> int:
        try:
            return span(entry["Duration"] or "")
        except Unreadable:
            self.gaps.unreadable("call log entry", "Duration", entry["Duration"], required=False)
            return 0


def _key(kind: str, entry: Mapping[str, Any]) -> str:
    """What tells entries apart, without the other side's name or number, and not to be read from the state file."""
    facts = (kind, entry["LineNumber"], entry["StartTime"], entry["Duration"])
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
