"""The connector's calls-rt: a stream is named as the phone names its category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..trio import media


class Media(media.Media):
    __doc__ = media.Media.__doc__

    def _streams(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for key, kind, record in super()._streams():
            yield key, (record["Category"] or kind).strip().lower(), record
