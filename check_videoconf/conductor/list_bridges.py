"""conductor list-bridges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from .bridge_tables import CONFIGURATION, STATUS, BridgeMode


class ListBridges(Discovery, BridgeMode):
    """Conference bridges."""

    endpoints = tuple(f"GET /api/external/{table.path}" for table in (STATUS, CONFIGURATION))
    requests = "2"
    notes = ("All keys but uuid are inferred; --field names others.",)
    example = "--filter-type tsmcu --disco-show"

    record = "bridge"
    columns = ("name", "address", "type", "status", "pool")
    filters = ("name", "type", "pool")

    def find(self) -> Iterator[dict[str, Any]]:
        once = {bridge["bridge"]: bridge for bridge in reversed(self.bridges())}
        yield from once.values()
