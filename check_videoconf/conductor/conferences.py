"""conductor conferences."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any, Callable

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..units import duration
from .tables import Asked

# Guide XC4.3.1, appendix A.
_MOST_CONFERENCES = 1000
#: The members that hold what an expression may ask for, where a Conductor may lack them.
_OPTIONAL = {
    "template": ("factoryTemplateType",),
    "cascaded": ("isCascaded",),
    "locked": ("locked",),
    "webex": ("factoryWebEx",),
    "encryption": ("encryption",),
    "duration": ("activeStartTime", "startTime"),
}


class Conferences(Mode):
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
        texts="conferenceName factoryTemplateType? encryption? factoryWebEx?",
        flags="isCascaded? locked?",
        times="activeStartTime? startTime?",
    )
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
        structs = self.client.records("conference.enumerate", "conferences", self.fields, self.record, self.gaps)
        found = list(map(_plain, structs))
        conferences = list(self.select(found))
        asked = {field for field, _, _ in self._tests()}
        now = self._clock() if conferences and self.thresholds.judges("conference-status") else None
        for conference in conferences:
            if now is not None and conference["start"] is not None:
                conference["duration"] = max(0, now - conference["start"])
            yield self.judge("conference-status", Asked(conference, asked), _describe)
        self._unreported(asked, found)
        yield from self.measure("conferences-total", len(conferences))
        if all(conference["template"] is None for conference in conferences) and conferences:
            self.absent("conferences-template", optional=True)
        else:
            templates = Tally(conference["template"] or "unknown" for conference in conferences)
            yield from self.tally("conferences-template", templates)
        yield from self._share("cascaded", conferences, "cascaded", bool)
        yield from self._share("locked", conferences, "locked", bool)
        yield from self._share("encrypted", conferences, "encryption", lambda word: word.lower() == "required")
        yield from self._share("webex", conferences, "webex", lambda word: word.lower() not in ("", "none"))

    def headline(self) -> str:
        return self.count_of(self.values["conferences-total"])

    def _unreported(self, asked: set[str], found: list[dict[str, Any]]) -> None:
        """A filter or an expression on what no conference has must not be OK for that."""
        for name, members in _OPTIONAL.items():
            field = "start" if name == "duration" else name
            if name in asked and self.gaps.absent.issuperset(members) and all(one[field] is None for one in found):
                self.problems.append(f"{name}: not reported, no conference has {' or '.join(members)}")

    def _clock(self) -> float | None:
        """The device's own time, read as the conferences' times are."""
        report = Fields(times="currentTime").reader("device report", self.gaps)(self.client.call("device.query"))
        now: float | None = report["currentTime"]
        return now

    def _share(
        self, label: str, conferences: list[dict[str, Any]], field: str, test: Callable[[Any], bool]
    ) -> Iterator[Finding]:
        """How many conferences pass a test on a field; that is not known where none has the field."""
        known = [conference[field] for conference in conferences if conference[field] is not None]
        value = None if conferences and not known else sum(map(test, known))
        yield from self.measure(f"conferences-{label}", value, high=len(conferences))


def _plain(struct: Record) -> dict[str, Any]:
    """A conference in the words of the expressions; start is by the device's clock."""
    return {
        "name": struct["conferenceName"],
        "template": struct["factoryTemplateType"],
        "cascaded": struct["isCascaded"],
        "locked": struct["locked"],
        "webex": struct["factoryWebEx"],
        "encryption": struct["encryption"],
        "start": struct["activeStartTime"] if struct["activeStartTime"] is not None else struct["startTime"],
        "duration": None,
    }


def _describe(conference: Record) -> str:
    age = conference["duration"]
    words = [
        f"{conference['name'] or 'without name'} ({conference['template'] or 'unknown'})",
        *([] if age is None else [f"for {duration(age)}"]),
        *(["locked"] if conference["locked"] else []),
        *(["cascaded"] if conference["cascaded"] else []),
    ]
    return ", ".join(words)
