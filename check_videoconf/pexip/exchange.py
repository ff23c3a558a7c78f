"""pexip exchange."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..units import duration


class Exchange(Mode):
    """Scheduling through Microsoft Exchange: when each connector last processed an item."""

    endpoints = ("GET /api/admin/status/v1/exchange_scheduler/",)
    notes = ("A connector that has never processed an item is UNKNOWN.",)
    example = "--filter-connector '^1$' --critical-exchange-age 8h"

    record = "scheduler"
    fields = Fields(texts="exchange_connector_id", times="last_modified_time")
    filters = ("connector=exchange_connector_id",)
    counters = (
        Counter(
            "exchange-age", "exchange.lastprocessed.seconds", "time since it last processed an item",
            unit="s", warning="2h", critical="24h", instance="connector",
        ),
        Counter("schedulers-total", "schedulers.total.count", "schedulers"),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        rows = self.client.records("status/v1/exchange_scheduler/", self.fields, self.record, self.gaps)
        schedulers = list(self.select(rows))
        self.ages = [age for row in schedulers if (age := self.age(row["last_modified_time"])) is not None]
        for row in schedulers:
            if row["last_modified_time"] is not None:  # null is UNKNOWN already
                yield from self.measure(
                    "exchange-age", self.age(row["last_modified_time"]), row["exchange_connector_id"] or "unnamed"
                )
        yield from self.measure("schedulers-total", len(schedulers))

    def headline(self) -> str:
        last = f", the last item processed {duration(min(self.ages))} ago" if self.ages else ""
        return f"{self.count_of(self.values['schedulers-total'])}{last}"
