"""pexip node-events."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Record
from ..text import shorten
from ..units import duration
from .history import History


class NodeEvents(History):
    """Events of the Conferencing Nodes since the previous run."""

    endpoints = ("GET /api/admin/history/v1/workervm_status_event/",)
    requests = "1 a thousand events; 1 more on the first run, with --since or a clock set back"
    notes = (
        "Each event is counted once: the first run looks back --window, every other to the one before it.",
        "So it is for a volatile service with a single check attempt.",
    )
    example = "--critical-event-status '%{event_type} =~ /reboot|restart/i'"

    record = "event"
    fields = Fields(
        texts="id event_type! state? context? details?"
        " workervm_address? node=workervm_configuration_name? location=workervm_configuration_location_name?",
        times="time_changed",
    )
    filters = ("node", "location", "type=event_type")
    counters = (
        Counter("events-total", "events.total.count", "all events"),
        Counter("events", "node.events.count", "events of one type on one node", instance="node~type"),
    )
    statuses = (
        Status(
            "event-status",
            "node location event_type state context details age",
            "each event; age is in seconds",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        found = self.fresh("history/v1/workervm_status_event/", "time_changed")
        for event in found:
            event["node"] = event["node"] or event["workervm_address"] or "unknown node"  # one no longer configured
            event["age"] = self.age(event["time_changed"])
        events = list(self.select(found))
        for event in events:
            yield self.judge("event-status", event, _describe)
        yield from self.measure("events-total", len(events))
        yield from self.tally("events", Tally(f"{event['node']}~{event['event_type'] or 'none'}" for event in events))

    def headline(self) -> str:
        return f"{self.count_of(self.values['events-total'])} {self.span}"


def _describe(event: Record) -> str:
    where = f"{event['node']} in {event['location']}" if event["location"] else event["node"]
    state = f" {event['state']}" if event["state"] else ""
    details = ", ".join(shorten(event[name], 120) for name in ("context", "details") if event[name])
    return f"{where}: {event['event_type'] or 'no type'}{state}, {duration(event['age'])} ago" + (
        f": {details}" if details else ""
    )
