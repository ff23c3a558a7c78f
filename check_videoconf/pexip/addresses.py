"""Addresses of Conferencing Nodes: status resources name a node by its IPv4 address."""

from __future__ import annotations

from ..errors import VideoconfError
from ..fields import Fields
from ..mode import Mode
from ..options import Option

RESOLVE_NODES = Option("--resolve-nodes", "", "name nodes instead of their addresses")
_TABLE = "configuration/v1/worker_vm/"
ENDPOINT = f"GET /api/admin/{_TABLE} (with --resolve-nodes)"

_FIELDS = Fields(texts="name? address?")


def node_names(mode: Mode) -> dict[str, str]:
    """Names of the Conferencing Nodes by their addresses. Where they cannot be read, that is one thing more wrong."""
    try:
        # Fresh: addresses are not kept in the cache.
        nodes = list(mode.client.records(_TABLE, _FIELDS, "node configuration", mode.gaps, fresh=True))
    except VideoconfError as error:
        mode.problems.append(f"addresses of the nodes: {error}")
        return {}
    return {node["address"]: node["name"] for node in nodes if node["address"] and node["name"]}
