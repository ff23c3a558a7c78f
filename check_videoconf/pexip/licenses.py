"""pexip licenses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Unreadable, number
from ..mode import Mode
from ..units import human

# Those of every version; of others only pairs count.
_ALWAYS = ("audio", "port", "system", "vmr")
_MEMBER = re.compile(r"([a-z][a-z0-9_]{0,39})_(?:count|total)", re.IGNORECASE)
_USAGE = Counter("license-*-usage", "license.*.usage.count", "in use")
_FREE = Counter("license-*-free", "license.*.free.count", "bought and not in use", low=None)
_SHARE = Counter(
    "license-*-usage-prct",
    "license.*.usage.percentage",
    "share of those bought that is in use",
    unit="%",
    warning="90",
    critical="98",
)


class Licenses(Mode):
    """Licenses in use, of each kind that the deployment has."""

    endpoints = ("GET /api/admin/status/v1/licensing/",)
    notes = (
        "* is a kind: port, audio, vmr, system, teams, ghm, otj, scheduling, telehealth, or what a later version has.",
        "--warning-license-port-usage is for one kind, '--warning-license-*-usage' for all others.",
        "A kind of which none is bought is left out, unless it is in use.",
    )
    example = "--critical-license-port-free 5: --warning-license-vmr-usage-prct 80"

    record = "license"
    inventory = True
    counters = (_USAGE, _FREE, _SHARE)

    def probe(self) -> Iterator[Finding]:
        self.shares: dict[str, float] = {}
        pairs: dict[str, tuple[float, float]] = {}
        for report in self.select(map(dict, self.client.rows("status/v1/licensing/"))):
            pairs.update(self._pairs(report))
        measured = set()
        for kind, (count, total) in sorted(pairs.items()):
            usage, free, share = (counter.member(kind) for counter in self.counters)
            measured |= {usage.label, free.label}
            yield from self.measure(usage.label, count, high=total, counter=usage)
            yield from self.measure(free.label, total - count, counter=free)
            if total:
                measured.add(share.label)
                self.shares[kind] = 100 * count / total
                yield from self.measure(share.label, self.shares[kind], counter=share)
        for label in sorted(self.thresholds.given - measured):
            if "*" not in label:
                self.absent(label, optional=True, reason="not licensed, or no such kind")
        if self.selected and not pairs:
            self.problems.append("no license of any kind")

    def headline(self) -> str:
        shown = sorted(self.shares.items(), key=lambda item: -item[1])[:3]
        return ", ".join(f"{kind} {human(share, '%')}" for kind, share in shown) + " in use"

    def _pairs(self, report: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, float]]]:
        """In use and bought of each kind that is either."""
        kinds = {match[1] for name in report if (match := _MEMBER.fullmatch(name))}
        for kind in kinds.union(_ALWAYS):
            names = f"{kind}_count", f"{kind}_total"
            if kind in _ALWAYS or all(name in report for name in names):
                count, total = (self._number(report, name) for name in names)
                if count is not None and total is not None and (count or total):
                    yield kind, (count, total)

    def _number(self, report: Mapping[str, Any], name: str) -> float | None:
        try:
            value = number(report.get(name))
        except Unreadable:
            self.gaps.unreadable("license report", name, report[name], required=True)
            return None
        if value is None:
            self.gaps.missing("license report", name, present=name in report)
        return value
