"""pexip licenses."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding
from ..mode import Mode
from ..units import human
from . import licensing


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
    counters = (
        Counter("license-*-usage", "license.*.usage.count", "in use"),
        Counter("license-*-free", "license.*.free.count", "bought and not in use", low=None),
        Counter(
            "license-*-usage-prct", "license.*.usage.percentage", "share of those bought that is in use",
            unit="%", warning="90", critical="98",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        self.shares: dict[str, float] = {}
        measured = set()
        for kind in licensing.kinds(self):
            name, count, total = kind["name"], kind["usage"], kind["total"]
            usage, free, share = licensing.labels(name)
            measured |= {usage, free}
            yield from self.measure(usage, count, high=total)
            yield from self.measure(free, total - count)
            if total:
                measured.add(share)
                self.shares[name] = 100 * count / total
                yield from self.measure(share, self.shares[name])
        if not measured and not self.shortcomings():
            self.problems.append("no license of any kind")
        self.problems.extend(filter(None, [self.none_left(self.given, sorted(measured))]))
        others = sorted(label for label in self.thresholds.given - measured if "*" not in label)
        self.lacking(others, "not licensed, or no such kind")

    def headline(self) -> str:
        if not self.shares:
            return "licenses in use, none bought"
        shown = sorted(self.shares.items(), key=lambda item: -item[1])[:3]
        return ", ".join(f"{kind} {human(share, '%')}" for kind, share in shown) + " in use"
