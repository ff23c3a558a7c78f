"""conductor list-conferences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..discovery import Discovery
from ..fields import Fields


class ListConferences(Discovery):
    """Conferences that are running now."""

    endpoints = ("POST /RPC2 conference.enumerate",)
    requests = "1, more where the answer comes in pages"
    notes = ("All members are confirmed by the vendor's guides.",)
    example = "--filter-template '^meet$' --disco-show"

    record = "conference"
    columns = ("name", "template", "encryption", "locked", "cascaded")
    fields = Fields(
        texts="name=conferenceName template=factoryTemplateType? encryption?", flags="locked? cascaded=isCascaded?"
    )
    filters = ("name", "template")

    def find(self) -> Iterator[dict[str, Any]]:
        return self.fetch("conference.enumerate", member="conferences")
