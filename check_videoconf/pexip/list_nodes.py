"""pexip list-nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields
from . import conferencing_nodes


class ListNodes(Discovery):
    """Conferencing Nodes."""

    endpoints = (conferencing_nodes.ENDPOINT,)
    requests = "1 a thousand nodes"
    example = "--filter-location London --disco-show"

    record = "node"
    columns = ("name", "location", "type", "version", "maintenance")
    fields = Fields(
        texts="name location=system_location! type=node_type? version?", flags="maintenance=maintenance_mode?"
    )
    filters = ("name", "location", "type")

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch(conferencing_nodes.TABLE)
