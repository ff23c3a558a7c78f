"""conductor conferences."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any, Callable

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Record
from ..units import duration
from .asked import AskingMode

# Guide XC4.3.1, appendix A.
_MOST_CONFERENCES = 1000
# Which conferences the counters count: label, field, test of it.
_SHARES: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("cascaded", "cascaded", bool),
    ("locked", "locked", bool),
    ("encrypted", "encryption", lambda word: word.lower() == "required"),
    ("webex", "webex", lambda word: word.lower() not in ("", "none")),
)


class Conferences(AskingMode):
    """Conferences that are running now."""

    endpoints = (
        "POST /RPC2 conference.enumerate",
        "POST /RPC2 device.query (for its clock, with an expression for conference-status)",
    )
    requests = "1, more where the answer comes in pages; 1 more with an expression for conference-status"
    notes = (
        "The vendor asks for at least 5 seconds between checks of the conferences: each asks all bridges.",
        "duration is by the Conductor's own clock; a bridge in another time zone is hours off.",
        "All members are confirmed by the vendor's guides. Cascades are counted with their primary conference.",
    )
    example = "--filter-name '^meet' --warning-conference-status '%{duration} > 12h'"

    record = "conference"
    fields = Fields(
        texts="name=conferenceName template=factoryTemplateType? encryption? webex=factoryWebEx?",
        flags="cascaded=isCascaded? locked?",
        times="start=activeStartTime|startTime?",
    )
    clock = Fields(times="currentTime")
    filters = ("name", "template")
    counters = (
        Counter(
            "conferences-total", "conferences.total.count", "running conferences",
            warning="800", critical="950", high=_MOST_CONFERENCES,
        ),
        Counter(
            "conferences-template", help="of them made from a template of that type: meet, lesson, unknown",
            instance="type", optional=True, title="conferences",
        ),
        Counter("conferences-cascaded", help="of them cascaded over several bridges", optional=True),
        Counter("conferences-locked", help="of them locked", optional=True),
        Counter("conferences-encrypted", help="of them with encryption required", optional=True),
        Counter("conferences-webex", help="of them with WebEx", optional=True),
    )  # fmt: skip
    statuses = (
        Status(
            "conference-status",
            "name template cascaded locked webex encryption duration",
            "each conference; duration is in seconds",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        conferences = list(self.select(self.fetch("conference.enumerate", member="conferences")))
        now = None
        if conferences and self.thresholds.judges("conference-status"):
            with self.each_on_its_own():
                now = self._now()
        for conference in conferences:
            start = conference["start"]
            conference["duration"] = None if now is None or start is None else max(0, now - start)
            yield self.judge("conference-status", conference, _describe)
        for macro in self.statuses[0].macros:
            self.unheard_of(self.fields, macro, "start" if macro == "duration" else macro)
        yield from self.measure("conferences-total", len(conferences))
        if all(conference["template"] is None for conference in conferences) and conferences:
            self.absent("conferences-template", optional=True)
        else:
            templates = Tally(conference["template"] or "unknown" for conference in conferences)
            yield from self.tally("conferences-template", templates)
        for label, field, test in _SHARES:
            told = [test(conference[field]) for conference in conferences if conference[field] is not None]
            yield from self.flagged(f"conferences-{label}", told, len(conferences))

    def headline(self) -> str:
        return self.count_of(self.values["conferences-total"])

    def _now(self) -> float | None:
        """The device's own time, read as the conferences' times are."""
        report = self.clock.reader("device report", self.gaps)(self.client.call("device.query"))
        now: float | None = report["currentTime"]
        return now


def _describe(conference: Record) -> str:
    age = conference["duration"]
    words = [
        f"{conference['name'] or 'without name'} ({conference['template'] or 'unknown'})",
        *([] if age is None else [f"for {duration(age)}"]),
        *(["locked"] if conference["locked"] else []),
        *(["cascaded"] if conference["cascaded"] else []),
    ]
    return ", ".join(words)
