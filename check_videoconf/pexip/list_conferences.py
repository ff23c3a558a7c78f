"""pexip list-conferences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListConferences(Discovery):
    """Conferences in progress now."""

    endpoints = ("GET /api/admin/status/v1/conference/",)
    requests = "1 a thousand conferences"
    example = "--filter-service-type '^conference$' --disco-show"

    record = "conference"
    columns = ("name", "service_type", "tag", "start_time", "locked")
    fields = Fields(texts="name service_type! tag? start_time!", flags="locked=is_locked!")
    filters = ("name", "service-type", "tag")

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch("status/v1/conference/")
