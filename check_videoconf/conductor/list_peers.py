"""conductor list-peers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from .cluster import PEERS
from .tables import TableMode


class ListPeers(Discovery, TableMode):
    """Peers of the Conductor's cluster."""

    endpoints = (f"GET /api/external/{PEERS.path}",)
    requests = "1"
    notes = ("All keys are inferred; --field names others.",)
    example = "--disco-show"

    record = "peer"
    columns = ("address", "state")
    tables = (PEERS,)
    filters = ("address",)

    def find(self) -> Iterator[dict[str, Any]]:
        # Each peer lists them all; of several views the first is taken.
        once = {peer["address"]: peer for peer in reversed(self.records(PEERS, shared=True))}
        yield from once.values()
