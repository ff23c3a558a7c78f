"""conductor list-pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields
from .tables import Table, TableMode


class ListPools(Discovery, TableMode):
    """Conference bridge pools."""

    endpoints = ("GET /api/external/configuration/conferencefactory/pools",)
    requests = "1"
    notes = ("All keys but uuid are inferred; --field names others.",)
    example = "--filter-type tsmcu --disco-show"

    record = "pool"
    columns = ("name", "type", "description")
    tables = (
        Table(
            "configuration/conferencefactory/pools", "pool", Fields(texts="name type? description?"),
            name="name pool_name display_name", type="type bridge_type",
        ),
    )  # fmt: skip
    filters = ("name", "type")

    def find(self) -> Iterator[dict[str, Any]]:
        yield from self.records(self.tables[0], shared=True)
