"""pexip list-registrations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListRegistrations(Discovery):
    """Registered devices."""

    endpoints = ("GET /api/admin/status/v1/registration_alias/",)
    requests = "1 a thousand registrations"
    notes = (
        "Aliases are listed only with --show-names: besides rooms, people's apps register, and theirs are personal.",
    )
    example = "--filter-protocol SIP --show-names"

    record = "registration"
    columns = ("alias", "protocol", "node", "vendor", "start_time")
    personal = ("alias",)
    fields = Fields(texts="protocol! node! vendor? start_time!")
    # Only read where it is shown: a cached answer does not have it.
    alias = Fields(texts="alias protocol! node! vendor? start_time!")
    filters = ("protocol", "node", "vendor")

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch("status/v1/registration_alias/", self.alias if self.given.show_names else self.fields)
