"""trio call-logs."""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
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
        "With --show-names the long output says who it was; nothing of that is kept between runs.",
    )
    example = "--warning-calls-missed 5"

    record = "call"
    fields = Fields(texts="StartTime Duration! LineNumber? RemotePartyName? RemotePartyNumber?")
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
        before = (self.previous or {}).get("seen")
        seen: dict[str, Any] = before if isinstance(before, dict) else {}
        self.first = not seen
        self.remembered = {"seen": dict(seen)}  # of a list that cannot be had now, what was known of it
        new: dict[str, list[dict[str, Any]]] = {}
        for kind in _KINDS:
            entries = self._entries(logs, kind)
            if entries is not None:
                new[kind] = _unseen(entries, seen.get(kind))
                self.remembered["seen"][kind] = [_key(entry) for entry in entries]
        if self.first:
            count = sum(map(len, self.remembered["seen"].values()))
            self.remarks.append(
                f"first run: {plural(count, 'entry', 'entries')} in the log, counted from the next one on"
            )
            yield Verdict("", OK, "")
            return
        if len(new) == len(_KINDS):
            yield from self.measure("calls-total", sum(map(len, new.values())))
        for kind, entries in new.items():
            yield from self.measure(f"calls-{kind.lower()}", len(entries))
            self._name(kind, entries)
        yield from self.measure("duration", sum(self._seconds(entry) for entries in new.values() for entry in entries))

    def headline(self) -> str:
        if self.first:
            return "first run"
        total, missed, seconds = (self.values[label] for label in ("calls-total", "calls-missed", "duration"))
        return f"{plural(total, 'new call')}, {missed} missed, {duration(seconds)} in all" if total else "no new call"

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

    def _name(self, kind: str, entries: list[dict[str, Any]]) -> None:
        """Says who it was, where the user wants it."""
        if self.given.show_names:
            self.remarks += [
                f"{kind.lower()} {entry['StartTime'] or 'at an unknown time'}: "
                f"{entry['RemotePartyName'] or 'nobody named'} ({entry['RemotePartyNumber'] or 'no number'})"
                for entry in entries
            ]

    def _seconds(self, entry: Mapping[str, Any]) -> int:
        try:
            return span(entry["Duration"] or "")
        except Unreadable:
            self.gaps.unreadable("call log entry", "Duration", entry["Duration"], required=False)
            return 0


def _unseen(entries: list[dict[str, Any]], seen: Any) -> list[dict[str, Any]]:
    """The entries that the previous run did not see, which may be equal to some that it saw; none where it saw none."""
    if not isinstance(seen, list):
        return []
    known = Tally(key for key in seen if isinstance(key, str))
    new = []
    for entry in entries:
        key = _key(entry)
        if known[key]:
            known[key] -= 1
        else:
            new.append(entry)
    return new


def _key(entry: Mapping[str, Any]) -> str:
    """What tells entries apart, without the other side's name or number, and not to be read from the state file."""
    facts = (entry["LineNumber"], entry["StartTime"], entry["Duration"])
    return hashlib.sha256(repr(facts).encode(errors="surrogatepass")).hexdigest()[:16]
