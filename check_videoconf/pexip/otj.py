"""pexip otj."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import phrase, plural
from ..units import duration
from .conferencing_nodes import is_blank


class Otj(Mode):
    """One-Touch Join: the endpoints that are told their meetings, and the meetings."""

    endpoints = ("GET /api/admin/status/v1/mjx_endpoint/", "GET /api/admin/status/v1/mjx_meeting/?limit=1")
    requests = "1 a thousand endpoints and 1"
    notes = ("An endpoint that was never contacted has no last-contact; the long output names it.",)
    example = "--filter-integration HQ --warning-last-contact 1h"

    record = "endpoint"
    fields = Fields(
        texts="name=endpoint_name type=endpoint_type? integration=mjx_integration_name? worker=last_worker?",
        numbers="meetings=number_of_meetings?",
        times="last_contact_time!",
        raws="contact=last_contact_time?",
    )
    filters = ("name", "integration", "type")
    counters = (
        Counter("endpoints-total", "endpoints.total.count", "endpoints"),
        Counter(
            "last-contact", "endpoint.lastcontact.seconds", "time since it was last contacted",
            unit="s", instance="endpoint", optional=True,
        ),
        Counter("meetings-total", "meetings.total.count", "meetings of all endpoints"),
    )  # fmt: skip
    statuses = (
        Status(
            "endpoint-status",
            "name type integration worker meetings last_contact",
            "each endpoint; last_contact is in seconds, '' when it was never contacted",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        endpoints = list(self.select(self.fetch("status/v1/mjx_endpoint/")))
        for endpoint in endpoints:
            name = endpoint["name"] = endpoint["name"] or "unnamed"
            age = endpoint["last_contact"] = self.age(endpoint["last_contact_time"])
            # Where it is missing or cannot be read, that is told, and it may have been contacted.
            present = "last_contact_time" not in self.gaps.absent
            endpoint["never"] = present and is_blank(endpoint["contact"])
            yield self.judge("endpoint-status", endpoint, _describe)
            yield from self.measure("last-contact", age, name, told=True)
            if endpoint["never"]:
                self.absent("last-contact", name, optional=True, reason="never contacted")
        yield from self.measure("endpoints-total", len(endpoints))
        yield from self.measure("meetings-total", self.client.total("status/v1/mjx_meeting/"))

    def headline(self) -> str:
        meetings = plural(self.values["meetings-total"], "meeting")
        return phrase(self.count_of(self.values["endpoints-total"]), meetings)


def _describe(endpoint: Record) -> str:
    age = endpoint["last_contact"]
    contacted = "last contact unknown" if age is None else f"contacted {duration(age)} ago"
    return phrase(
        f"{endpoint['name']} ({endpoint['type'] or 'no type'})",
        f"integration {endpoint['integration']}" if endpoint["integration"] else "",
        "" if endpoint["meetings"] is None else plural(endpoint["meetings"], "meeting"),
        "never contacted" if endpoint["never"] else contacted,
    )
