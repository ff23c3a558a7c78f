"""pexip certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option
from ..text import phrase, plural
from .dates import expiry, in_words, left


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
        expiry("certificate-expiry", "certificate.expiry.seconds", "subject"),
        Counter("certificates-total", "", "certificates, unused ones among them", title="certificates"),
        Counter("certificates-expired", "", "of them expired", title="expired certificates"),
    )

    def probe(self) -> Iterator[Finding]:
        ends: list[float] = []
        expired = unused = 0
        for row in self.select(self._certificates()):
            name = row["subject_name"] or row["raw_subject"] or "unnamed"
            seconds = left(self, "end_date", name, row["end_date"])
            expired += seconds is not None and seconds <= 0
            if not row["used"] and not self.given.all:
                unused += 1
                continue
            yield from self.measure("certificate-expiry", seconds, name, told=True)
            ends += [] if seconds is None else [seconds]
        self._soonest = min(ends, default=None)
        yield from self.measure("certificates-total", self.selected)
        yield from self.measure("certificates-expired", expired, high=self.selected)
        if unused:
            self.remarks.append(f"{plural(unused, self.record)} not judged: no node uses it (--all judges all)")

    def headline(self) -> str:
        soonest = "none in use" if self._soonest is None else f"the first {in_words(self._soonest)}"
        return phrase(self.count_of(self.selected), soonest)

    def _certificates(self) -> Iterator[dict[str, Any]]:
        """Each with whether it is used: of a TLS certificate that is so unless it says that no node does."""
        own = 0
        for row in self.fetch("configuration/v1/tls_certificate/", self.with_nodes, "TLS certificate"):
            if not isinstance(row["nodes"], (list, type(None))):
                self.gaps.unreadable("TLS certificate", "nodes", row["nodes"], required=True)
            own += 1
            yield {**row, "used": row["nodes"] != []}
        if not self.given.no_ca:
            for row in self.fetch("configuration/v1/ca_certificate/", what="CA certificate"):
                yield {**row, "used": True}
        if self.seen and not own:  # it has one to answer with
            self.problems.append("the device reports no TLS certificate at all")
