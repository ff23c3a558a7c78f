"""pexip licenses."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..mode import Mode
from ..units import human
from . import licensing

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

    endpoints = (f"GET /api/admin/{licensing.PATH}",)
    notes = (
        "* is a kind: port, audio, vmr, system, teams, ghm, otj, scheduling, telehealth, or what a later version has.",
        "--warning-license-port-usage is for one kind, '--warning-license-*-usage' for all others.",
        "A kind of which none is bought is left out, unless it is in use.",
    )
    example = "--critical-license-port-free 5: --warning-license-vmr-usage-prct 80"

    record = "license"
    counters = (_USAGE, _FREE, _SHARE)

    def probe(self) -> Iterator[Finding]:
        self.shares: dict[str, float] = {}
        measured = set()
        for kind in licensing.kinds(self):
            name, count, total = kind["name"], kind["usage"], kind["total"]
            usage, free, share = (counter.member(name) for counter in self.counters)
            measured |= {usage.label, free.label}
            yield from self.measure(usage.label, count, high=total, counter=usage)
            yield from self.measure(free.label, total - count, counter=free)
            if total:
                measured.add(share.label)
                self.shares[name] = 100 * count / total
                yield from self.measure(share.label, self.shares[name], counter=share)
        if not measured and not self.shortcomings():
            self.problems.append("no license of any kind")
        for label in sorted(self.thresholds.given - measured):
            if "*" not in label:
                self.absent(label, optional=True, reason="not licensed, or no such kind")

    def headline(self) -> str:
        if not self.shares:
            return "licenses in use, none bought"
        shown = sorted(self.shares.items(), key=lambda item: -item[1])[:3]
        return ", ".join(f"{kind} {human(share, '%')}" for kind, share in shown) + " in use"
