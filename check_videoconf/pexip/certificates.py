"""pexip certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields, Unreadable
from ..mode import Mode
from ..options import Option
from ..text import plural, shorten
from .dates import end, in_words


class Certificates(Mode):
    """Certificates that expire: TLS certificates in use and trusted CA certificates."""

    endpoints = (
        "GET /api/admin/configuration/v1/tls_certificate/",
        "GET /api/admin/configuration/v1/ca_certificate/ (without --no-ca)",
    )
    requests = "2; 1 with --no-ca"
    notes = ("The answer holds private keys. They are neither read nor kept, and no output shows them.",)
    example = "--no-ca --warning-certificate-expiry 14d: --critical-certificate-expiry 3d:"

    record = "certificate"
    inventory = True
    fields = Fields(texts="subject_name raw_subject? end_date")
    with_nodes = Fields(texts="subject_name raw_subject? end_date", raws="nodes")
    filters = ("name=subject_name",)
    options = (
        Option("--no-ca", "", "without CA certificates"),
        Option("--all", "", "judge also TLS certificates that no node uses"),
    )
    counters = (
        Counter(
            "certificate-expiry",
            "certificate.expiry.seconds",
            "until it expires; below 0 it has",
            unit="s",
            low=None,
            warning="30d:",
            critical="7d:",
            instance="subject",
        ),
        Counter("certificates-total", "", "certificates, unused ones among them", title="certificates"),
        Counter("certificates-expired", "", "of them expired", title="expired certificates"),
    )

    def probe(self) -> Iterator[Finding]:
        self.soonest: float | None = None
        expired = unused = 0
        for row in self.select(self._certificates()):
            left = self._left(row)
            expired += left is not None and left <= 0
            if not row["used"] and not self.given.all:
                unused += 1
            elif left is not None:
                self.soonest = left if self.soonest is None else min(left, self.soonest)
                yield from self.measure(
                    "certificate-expiry", left, row["subject_name"] or row["raw_subject"] or "unnamed"
                )
        yield from self.measure("certificates-total", self.selected)
        yield from self.measure("certificates-expired", expired, high=self.selected)
        if unused:
            self.remarks.append(f"{plural(unused, self.record)} not judged: no node uses it (--all judges all)")

    def headline(self) -> str:
        soonest = "none in use" if self.soonest is None else f"the first {in_words(self.soonest)}"
        return f"{self.count_of(self.selected)}, {soonest}"

    def _certificates(self) -> Iterator[dict[str, Any]]:
        """Each with whether it is used: of a TLS certificate that is so unless it says that no node does."""
        table = "configuration/v1/tls_certificate/"
        own = 0
        for row in self.client.records(table, self.with_nodes, "TLS certificate", self.gaps):
            if not isinstance(row["nodes"], (list, type(None))):
                self.gaps.unreadable("TLS certificate", "nodes", row["nodes"], required=True)
            own += 1
            yield {**row, "used": row["nodes"] != []}
        if not self.given.no_ca:
            table = "configuration/v1/ca_certificate/"
            for row in self.client.records(table, self.fields, "CA certificate", self.gaps):
                yield {**row, "used": True}
        if self.seen and not own:  # it has one to answer with
            self.problems.append("the device reports no TLS certificate at all")

    def _left(self, row: dict[str, Any]) -> float | None:
        """Seconds until a certificate expires; None, and told, if that cannot be known."""
        if row["end_date"] is None:
            return None
        try:
            moment = end(row["end_date"])
        except Unreadable:
            moment = None
        if moment is None:
            self.problems.append(f"end_date of {row['subject_name']} is unreadable: '{shorten(row['end_date'], 40)}'")
            return None
        return moment - self.now
