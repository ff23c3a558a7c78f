"""pexip list-nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListNodes(Discovery):
    """Conferencing Nodes."""

    endpoints = ("GET /api/admin/status/v1/worker_vm/",)
    requests = "1 a thousand nodes"
    example = "--filter-location London --disco-show"

    record = "node"
    columns = ("name", "location", "type", "version", "maintenance")
    fields = Fields(texts="name system_location! node_type? version?", flags="maintenance_mode?")
    filters = ("name", "location", "type")

    def find(self) -> Iterator[dict[str, Any]]:
        for row in self.client.records("status/v1/worker_vm/", self.fields, self.record, self.gaps):
            yield {
                "name": row["name"],
                "location": row["system_location"],
                "type": row["node_type"],
                "version": row["version"],
                "maintenance": row["maintenance_mode"],
            }
