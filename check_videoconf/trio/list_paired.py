"""trio list-paired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from .paired import Paired, components, listed


class ListPaired(Discovery):
    """Devices paired with the phone."""

    endpoints = Paired.endpoints
    requests = "1"
    example = "--filter-type camera --output json"

    record = "paired device"
    columns = ("name", "type", "detail")
    fields = Paired.fields
    filters = ("name", "type")

    def find(self) -> Iterator[dict[str, Any]]:
        return components(listed(self.client, self.gaps), self.fields, self.gaps)
