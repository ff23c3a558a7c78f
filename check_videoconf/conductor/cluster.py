"""conductor cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Record
from ..options import Option, integer
from .tables import Table, TableMode

_CLUSTER = Table(
    "status/cluster", "cluster", Fields(texts="cluster? primary?"),
    cluster="state status", primary="primary master",
)  # fmt: skip
PEERS = Table(
    "status/clusterpeer", "peer", Fields(texts="address state"),
    address="address ip_address peer_address ip hostname name", state="state status",
)  # fmt: skip
_UP = re.compile("^(active|up|ok)$", re.IGNORECASE)


class Cluster(TableMode):
    """Peers of the Conductor's cluster, as each of them sees the others."""

    endpoints = ("GET /api/external/status/cluster", "GET /api/external/status/clusterpeer")
    requests = "2"
    notes = (
        "A peer is up when every peer that answers says so.",
        "No peer at all is UNKNOWN: a Conductor without a cluster needs --expect-peers 0.",
        "All keys are inferred; --field names others.",
    )
    example = "--expect-peers 3"

    record = "peer"
    inventory = True
    tables = (_CLUSTER, PEERS)
    filters = ("address",)
    options = (Option("--expect-peers", "N", "critical unless there are so many", kind=integer(0, 100)),)
    counters = (
        Counter("peers-total", help="peers of the cluster"),
        Counter("peers-up", help="of them up in the eyes of all"),
    )
    statuses = (
        Status(
            "peer-status", "address state", "each peer as another sees it", warning="%{state} !~ /^(active|up|ok)$/i"
        ),
    )

    def probe(self) -> Iterator[Finding]:
        with self.each_on_its_own():
            for record in self.records(_CLUSTER, shared=True):
                primary = f", primary {record['primary']}" if record["primary"] else ""
                self.remarks.append(f"cluster{self.at(record)}: {record['cluster'] or 'no state'}{primary}")
        states: dict[str, list[dict[str, Any]]] = {}
        for record in self.select(self.records(PEERS)):
            states.setdefault(record["address"] or "", []).append(record)
            yield self.judge("peer-status", record, self._describe)
        yield from self.measure("peers-total", len(states))
        up = sum(all(_UP.search(record["state"] or "") for record in seen) for seen in states.values())
        yield from self.measure("peers-up", up, high=len(states))
        wanted = self.given.expect_peers
        if wanted is not None:
            found = ", ".join(sorted(states)) or "none"
            yield from self.expect("--expect-peers", str(wanted), f"{len(states)} ({found})", met=wanted == len(states))

    def unmatched(self) -> str:
        return super().unmatched() if self.given.expect_peers is None else ""

    def headline(self) -> str:
        total = self.values["peers-total"]
        return f"{self.values['peers-up']} of {self.count_of(total)} up" if total else "no cluster peer"

    def _describe(self, peer: Record) -> str:
        seen = f", seen from {peer['peer']}" if len(self.peers) > 1 else ""
        return f"peer {peer['address'] or 'without address'}: {peer['state'] or 'no state'}{seen}"
