"""pexip list-locations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListLocations(Discovery):
    """System locations."""

    endpoints = ("GET /api/admin/status/v1/system_location/",)
    requests = "1 a thousand locations"
    example = "--exclude-name DMZ --output json"

    record = "location"
    columns = ("name", "id")
    fields = Fields(texts="name", numbers="id!")
    filters = ("name",)

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch("status/v1/system_location/")
