"""trio list-lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from .phone import Words


class ListLines(Discovery):
    """Lines of the phone."""

    endpoints = ("GET /api/v1/mgmt/lineInfo",)
    requests = "1"
    example = "--disco-show"

    record = "line"
    columns = ("line", "label", "state", "protocol")
    fields = Words(texts="line=LineNumber state=RegistrationStatus! label=Label? protocol=Protocol?")

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch("mgmt/lineInfo")
