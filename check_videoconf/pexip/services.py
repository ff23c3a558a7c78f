"""pexip services."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..errors import RequestRefused
from ..fields import Fields
from ..mode import NOT_SUPPORTED, Mode
from ..options import Option
from ..text import plural

_BASE = "configuration/v1/"
_TYPES = ("conference", "lecture", "two_stage_dialing", "test_call")
_TOTALS = (
    ("services-total", "conference"),
    ("aliases-total", "conference_alias"),
    ("devices-total", "device"),
    ("automatic-participants-total", "automatic_participant"),
)


class Services(Mode):
    """Configured services: how many of each type, and whether those are there that must be."""

    endpoints = tuple(
        f"GET /api/admin/{_BASE}{name}/?limit=1"
        for name in ("conference", "conference_alias", "device", "gateway_routing_rule", "automatic_participant")
    )
    requests = "5, 1 more a service type (4 by default), 1 more a name or alias expected"
    notes = ("It asks for counts, not for the services. A name or alias that is expected must be equal, case and all.",)
    example = "--service-type conference --expect-alias board@example.com"

    record = "service"
    options = (
        Option("--service-type", "TYPE", f"count this type (default {' '.join(_TYPES)}); repeatable", repeat=True),
        Option("--expect-alias", "ALIAS", "an alias that must be configured; repeatable", repeat=True),
        Option("--expect-name", "NAME", "a service that must be configured; repeatable", repeat=True),
    )
    counters = (
        Counter("services", "services.count", "services of one type", instance="type"),
        Counter("services-total", "services.total.count", "services of all types"),
        Counter("aliases-total", "aliases.total.count", "their aliases"),
        Counter("devices-total", "devices.total.count", "device aliases that may register"),
        Counter("automatic-participants-total", "", "participants that are called when a conference begins"),
        Counter("rules-enabled", "rules.enabled.count", "call routing rules that are enabled", optional=True),
        Counter(
            "missing", "services.missing.count", "names and aliases expected and not found",
            critical="0", title="not found",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        for name in dict.fromkeys(self.given.service_type or _TYPES):
            count = self.client.total(f"{_BASE}conference/", service_type__exact=name)
            yield from self.measure("services", count, name)
        for label, resource in _TOTALS:
            yield from self.measure(label, self.client.total(f"{_BASE}{resource}/"))
        yield from self._rules()
        yield from self._expected()

    def headline(self) -> str:
        expected = len(self.given.expect_alias + self.given.expect_name)
        aliases = plural(self.values["aliases-total"], "alias", "aliases")
        missing = int(self.values.get("missing", 0))
        which = f"{expected - missing} of {expected}" if missing else f"all {expected}"
        found = f", {which} expected found" if expected else ""
        return f"{self.count_of(self.values['services-total'])}, {aliases}{found}"

    def _rules(self) -> Iterator[Finding]:
        try:
            enabled = self.client.total(f"{_BASE}gateway_routing_rule/", enable="True")
        except RequestRefused:  # a version that does not filter by it
            self.absent("rules-enabled", optional=True, reason=NOT_SUPPORTED)
        else:
            yield from self.measure("rules-enabled", enabled)

    def _expected(self) -> Iterator[Finding]:
        expected = [
            *(("conference_alias", "alias", alias) for alias in self.given.expect_alias),
            *(("conference", "name", name) for name in self.given.expect_name),
        ]
        if expected:
            yield from self.missing(
                "missing",
                [f"{field} {wanted}" for resource, field, wanted in expected if not self._has(resource, field, wanted)],
            )

    def _has(self, resource: str, field: str, wanted: str) -> bool:
        """Whether there is one. Looked at: a filter may be ignored. Fresh: the cache keeps no alias."""
        what, query = resource.replace("_", " "), {f"{field}__exact": wanted}
        rows = self.fetch(f"{_BASE}{resource}/", Fields(texts=f"{field}?"), what, fresh=True, **query)
        return any(row[field] == wanted for row in rows)
