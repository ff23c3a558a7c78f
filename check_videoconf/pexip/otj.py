"""pexip otj."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import plural
from ..units import duration


class Otj(Mode):
    """One-Touch Join: the endpoints that are told their meetings, and the meetings."""

    endpoints = ("GET /api/admin/status/v1/mjx_endpoint/", "GET /api/admin/status/v1/mjx_meeting/?limit=1")
    requests = "1 a thousand endpoints and 1"
    notes = ("An endpoint that was never contacted has no last-contact; the long output names it.",)
    example = "--filter-integration HQ --warning-last-contact 1h"

    record = "endpoint"
    fields = Fields(
        texts="endpoint_name endpoint_type? mjx_integration_name? last_worker?",
        numbers="number_of_meetings?",
        times="last_contact_time!",
    )
    filters = ("name=endpoint_name", "integration=mjx_integration_name", "type=endpoint_type")
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
        rows = self.client.records("status/v1/mjx_endpoint/", self.fields, self.record, self.gaps)
        endpoints = list(self.select(rows))
        for row in endpoints:
            name, age = row["endpoint_name"] or "unnamed", self.age(row["last_contact_time"])
            endpoint = {
                "name": name,
                "type": row["endpoint_type"],
                "integration": row["mjx_integration_name"],
                "worker": row["last_worker"],
                "meetings": row["number_of_meetings"],
                "last_contact": age,
            }
            yield self.judge("endpoint-status", endpoint, _describe)
            if age is None:
                self.absent("last-contact", name, optional=True, reason="never contacted")
            else:
                yield from self.measure("last-contact", age, name)
        yield from self.measure("endpoints-total", len(endpoints))
        yield from self.measure("meetings-total", self.client.total("status/v1/mjx_meeting/"))

    def headline(self) -> str:
        meetings = plural(self.values["meetings-total"], "meeting")
        return f"{self.count_of(self.values['endpoints-total'])}, {meetings}"


def _describe(endpoint: Record) -> str:
    age = endpoint["last_contact"]
    words = [
        f"{endpoint['name']} ({endpoint['type'] or 'no type'})",
        f"integration {endpoint['integration']}" if endpoint["integration"] else "",
        "" if endpoint["meetings"] is None else plural(endpoint["meetings"], "meeting"),
        "never contacted" if age is None else f"contacted {duration(age)} ago",
    ]
    return ", ".join(word for word in words if word)
