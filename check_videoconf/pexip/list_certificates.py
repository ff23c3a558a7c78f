"""pexip list-certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListCertificates(Discovery):
    """TLS certificates and trusted CA certificates."""

    endpoints = ("GET /api/admin/configuration/v1/tls_certificate/", "GET /api/admin/configuration/v1/ca_certificate/")
    requests = "2"
    notes = ("The answer holds private keys. They are neither read nor kept, and no output shows them.",)
    example = "--filter-kind tls --disco-show"

    record = "certificate"
    columns = ("name", "kind", "issuer", "start", "end", "nodes")
    fields = Fields(texts="name=subject_name issuer=issuer_name! start=start_date! end=end_date!", raws="nodes?")
    filters = ("name", "kind", "issuer")

    def find(self) -> Iterator[dict[str, Any]]:
        for kind in ("tls", "ca"):
            for row in self.fetch(f"configuration/v1/{kind}_certificate/", what=f"{kind.upper()} certificate"):
                nodes = row["nodes"]
                if not isinstance(nodes, (list, type(None))):
                    self.gaps.unreadable("TLS certificate", "nodes", nodes, required=True)
                shown = ", ".join(map(str, nodes)) if isinstance(nodes, list) else None
                yield {**row, "kind": kind, "nodes": shown}
