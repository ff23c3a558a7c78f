"""pexip list-licenses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from . import licensing


class ListLicenses(Discovery):
    """Kinds of licenses that the deployment has."""

    endpoints = (f"GET /api/admin/{licensing.PATH}",)
    notes = ("A kind of which none is bought is left out, unless it is in use.",)
    example = "--filter-name 'port|vmr' --output json"

    record = "license"
    columns = ("name", "total", "usage")
    filters = ("name",)

    def find(self) -> Iterator[dict[str, Any]]:
        return licensing.kinds(self)
