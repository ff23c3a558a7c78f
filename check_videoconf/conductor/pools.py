"""conductor pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields, number
from ..text import plural
from .tables import Table, TableMode


class Pools(TableMode):
    """Conference bridge pools and Service Preferences that are configured."""

    endpoints = (
        "GET /api/external/configuration/conferencefactory/pools",
        "GET /api/external/configuration/conferencefactory/servicepreferences",
    )
    requests = "2"
    notes = (
        "How many bridges a pool has is known only where its record holds a list or a number of them.",
        "All keys are inferred; --field bridges=KEY and --field name=KEY name others.",
    )
    example = "--filter-name '^pool-' --field bridges=bridge_uuids"

    record = "pool"
    inventory = True
    tables = (
        Table(
            "configuration/conferencefactory/pools", "pool", Fields(texts="name", raws="bridges?"),
            name="name pool_name display_name", bridges="bridges mcus conference_bridges",
        ),
        Table("configuration/conferencefactory/servicepreferences", "Service Preference", Fields()),
    )  # fmt: skip
    filters = ("name",)
    counters = (
        Counter("pools-total", help="conference bridge pools"),
        Counter("preferences-total", "preferences.total.count", "Service Preferences"),
        Counter(
            "pools-bridges", "pool.bridges.count", "conference bridges in the pool",
            warning="1:", instance="pool", optional=True, title="bridges",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        pools, preferences = self.tables
        selected = list(self.select(self.records(pools, shared=True)))
        yield from self.measure("pools-total", len(selected))
        with self.each_on_its_own():
            yield from self.measure("preferences-total", len(self.records(preferences, shared=True)))
        if (pools.path, "bridges") not in self.unreported:
            for pool in selected:
                yield from self.measure(
                    "pools-bridges",
                    self.read_member(pool, "bridges", _count, "pools-bridges"),
                    pool["name"] or "without name",
                )
        elif any(name == "bridges" for name, _ in self.given.field):
            self.require("bridges")
        elif selected:
            del self.unreported[pools.path, "bridges"]
            self.absent("pools-bridges", optional=True, reason=f"not reported, {self.hint(pools, 'bridges')}")

    def headline(self) -> str:
        pools, preferences = (self.values[f"{what}-total"] for what in ("pools", "preferences"))
        return f"{self.count_of(pools)}, {plural(preferences, 'Service Preference')}"


def _count(value: Any) -> float | None:
    """How many bridges a list or a number of them says; null is None. Raises Unreadable."""
    return len(value) if isinstance(value, list) else number(value)
