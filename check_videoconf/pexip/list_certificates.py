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
    fields = Fields(texts="subject_name issuer_name! start_date! end_date!", raws="nodes?")
    filters = ("name", "kind", "issuer")

    def find(self) -> Iterator[dict[str, Any]]:
        for kind in ("tls", "ca"):
            path = f"configuration/v1/{kind}_certificate/"
            for row in self.client.records(path, self.fields, f"{kind.upper()} certificate", self.gaps):
                nodes = row["nodes"]
                if not isinstance(nodes, (list, type(None))):
                    self.gaps.unreadable("TLS certificate", "nodes", nodes, required=True)
                yield {
                    "name": row["subject_name"],
                    "kind": kind,
                    "issuer": row["issuer_name"],
                    "start": row["start_date"],
                    "end": row["end_date"],
                    "nodes": ", ".join(map(str, nodes)) if isinstance(nodes, list) else None,
                }
