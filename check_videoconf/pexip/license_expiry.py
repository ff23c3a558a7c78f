"""pexip license-expiry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import phrase
from .dates import expiry, in_words, left


class LicenseExpiry(Mode):
    """Licenses that expire, and those that are not valid."""

    endpoints = ("GET /api/admin/configuration/v1/licence/",)
    requests = "1 a thousand licenses"
    notes = ("A license is named by the last four characters of its fulfillment id: the rest of it is a secret.",)
    example = "--warning-license-expiry 60d: --critical-license-status '%{status} !~ /^active$/i'"

    record = "license"
    inventory = True
    fields = Fields(texts="fulfillment_id product_id! features! status fulfillment_type! trust_flags! expiration_date")
    counters = (
        expiry("license-expiry", "license.expiry.seconds", "license"),
        Counter("licenses-total", "", "licenses", title="licenses"),
        Counter("licenses-invalid", "", "whose status is neither active nor valid", title="invalid licenses"),
    )
    statuses = (
        Status(
            "license-status",
            "product_id features status fulfillment_type trust_flags expiry",
            "each license; expiry is in seconds, without a value for one that never expires",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        licenses = [self._named(row) for row in self.select(self.fetch("configuration/v1/licence/", fresh=True))]
        for one in licenses:
            yield self.judge("license-status", one, _describe)
            yield from self.measure("license-expiry", one["expiry"], one["name"], told=True)
        yield from self.measure("licenses-total", len(licenses))
        statuses = [one["status"].strip().lower() for one in licenses if one["status"] is not None]
        invalid = sum(status not in ("active", "valid") for status in statuses)
        yield from self.measure("licenses-invalid", invalid, high=len(licenses))
        self._soonest = min((one["expiry"] for one in licenses if one["expiry"] is not None), default=None)

    def headline(self) -> str:
        soonest = "none expires" if self._soonest is None else f"the first {in_words(self._soonest)}"
        return phrase(self.count_of(self.selected), soonest)

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        """A license by its name for output, and the seconds until it expires: None for never, and for unknown."""
        name = f"…{(row.pop('fulfillment_id') or '')[-4:]}"
        seconds = left(self, "expiration_date", f"license {name}", row["expiration_date"], for_ever=True)
        return {**row, "name": name, "expiry": seconds}


def _describe(one: Record) -> str:
    date = f"expiration date {one['expiration_date'] or 'none'}"
    return phrase(
        f"license {one['name']} ({one['product_id'] or 'no product'}, {one['features'] or 'no features'}):"
        f" status {one['status'] or 'none'}",
        date if one["expiry"] is None else in_words(one["expiry"]),
    )
