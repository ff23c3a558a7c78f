"""pexip list-licenses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListLicenses(Discovery):
    """Kinds of licenses that the deployment has."""

    endpoints = ("GET /api/admin/status/v1/licensing/",)
    notes = ("A kind of which none is bought is left out, unless it is in use.",)
    example = "--filter-name 'port|vmr' --output json"

    record = "license"
    columns = ("name", "total", "usage")
    filters = ("name",)

    def find(self) -> Iterator[dict[str, Any]]:
        for report in self.client.rows("status/v1/licensing/"):
            kinds = [name[: -len("_total")] for name in report if name.endswith("_total")]
            read = Fields(numbers=" ".join(f"{kind}_total {kind}_count" for kind in kinds))
            pairs = read.reader("license report", self.gaps)(report)
            for kind in kinds:
                total, usage = pairs[f"{kind}_total"], pairs[f"{kind}_count"]
                if total or usage:
                    yield {"name": kind, "total": total, "usage": usage}
