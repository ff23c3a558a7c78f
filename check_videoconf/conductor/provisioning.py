"""conductor provisioning."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..mode import Mode, Record
from ..options import Option
from ..text import plural

_BASE = "/api/4.0/"
# Guide XC4.3.1, appendix A.
_MOST_BUNDLES = 100_000


class Provisioning(Mode):
    """What is provisioned: conference bundles (CMRs), Service Preferences, quality settings, the SIP domain."""

    endpoints = tuple(f"GET {_BASE}{name}" for name in ("confbundles/", "serviceinfo/", "qualities/", "sipdomain"))
    requests = "4"
    notes = (
        "qualities-total counts the settings of all groups. A SIP domain that is not set is empty.",
        "All keys are confirmed by the vendor's guide.",
    )
    example = "--expect-sipdomain example.net --warning-bundles-total 50000"

    record = "SIP domain"
    options = (Option("--expect-sipdomain", "DOMAIN", "critical unless the SIP domain is that"),)
    counters = (
        Counter(
            "bundles-total", "bundles.total.count", "conference bundles",
            warning="80000", critical="95000", high=_MOST_BUNDLES,
        ),
        Counter("services-total", "services.total.count", "Service Preferences"),
        Counter("qualities-total", "qualities.total.count", "quality settings"),
    )  # fmt: skip
    statuses = (Status("sipdomain", "domain", "the SIP domain"),)

    def probe(self) -> Iterator[Finding]:
        rest = self.client.rest
        with self.each_on_its_own():
            yield from self.measure("bundles-total", rest.count(f"{_BASE}confbundles/", dict))
        with self.each_on_its_own():
            yield from self.measure("services-total", rest.count(f"{_BASE}serviceinfo/", list))
        with self.each_on_its_own():
            yield from self.measure("qualities-total", self._qualities(f"{_BASE}qualities/"))
        with self.each_on_its_own():
            yield from self._domain(f"{_BASE}sipdomain")

    def headline(self) -> str:
        bundles, services = (self.values[f"{what}-total"] for what in ("bundles", "services"))
        return f"{plural(bundles, 'conference bundle')}, {plural(services, 'Service Preference')}"

    def _qualities(self, path: str) -> int:
        groups = self.client.rest.get(path)
        total = 0
        for group in groups if isinstance(groups, list) else [None]:
            settings = group.get("quality_group") if isinstance(group, dict) else None
            if not isinstance(settings, list):
                raise self._strange(path, "no list of groups of qualities")
            total += len(settings)
        return total

    def _domain(self, path: str) -> Iterator[Finding]:
        found = self.client.rest.get(path)
        domain = found.get("SIPDomain", 0) if isinstance(found, dict) else 0
        if not isinstance(domain, (str, type(None))):
            raise self._strange(path, "no SIPDomain")
        yield self.judge("sipdomain", {"domain": domain}, _describe)
        wanted = self.given.expect_sipdomain
        if wanted:
            met = (domain or "").lower() == wanted.lower()
            yield from self.expect("--expect-sipdomain", wanted, domain or "", met=met)

    def _strange(self, path: str, reason: str) -> Exception:
        strange: Exception = self.client.session.device.wrong_shape(path, reason)
        return strange


def _describe(found: Record) -> str:
    return f"SIP domain {found['domain'] or 'not set'}"
