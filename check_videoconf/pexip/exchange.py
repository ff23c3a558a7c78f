"""pexip exchange."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..text import phrase
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
        schedulers = list(self.select(self.fetch("status/v1/exchange_scheduler/")))
        ages = [self.age(scheduler["last_modified_time"]) for scheduler in schedulers]
        for scheduler, age in zip(schedulers, ages):
            yield from self.measure("exchange-age", age, scheduler["exchange_connector_id"] or "unnamed", told=True)
        yield from self.measure("schedulers-total", len(schedulers))
        self._newest = min((age for age in ages if age is not None), default=None)

    def headline(self) -> str:
        last = "" if self._newest is None else f"the last item processed {duration(self._newest)} ago"
        return phrase(self.count_of(self.values["schedulers-total"]), last)
