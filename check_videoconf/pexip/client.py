"""The Management API: lists in pages, rows typed by a mode's fields, errors as the product means them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import PagingFailed
from ..fields import Fields, Gaps, Unreadable, number
from ..session import Session

BASE = "/api/admin/"
PAGE = 1000
# A server that caps the page at its default of 20 still gets 40,000 rows through.
_MOST_PAGES = 2000


class Client:
    """Asks a Management Node."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def records(self, path: str, fields: Fields, what: str, gaps: Gaps, **query: object) -> Iterator[dict[str, Any]]:
        """Each row of a list resource as a record of exactly `fields`; `what` names a row in messages.

        One page is in memory at a time. Raises VideoconfError.
        """
        read = fields.reader(what, gaps)
        for row in self.rows(path, **query):
            yield read(row)

    def rows(self, path: str, **query: object) -> Iterator[Mapping[str, Any]]:
        """Each row of a list resource once, however the server pages.

        Steps by what came, not by what was asked for: a server may cap the page. Ends by `total_count`, not by `next`,
        which may never become null. A row seen on an earlier page (rows shift between pages) is left out.
        """
        resource = BASE + path
        seen: set[object] = set()
        offset = 0
        for _ in range(_MOST_PAGES):
            page = self.session.get_json(resource, {**query, "limit": PAGE, "offset": offset})
            rows, total = self._unwrap(resource, page)
            offset += len(rows)
            complete = offset >= total
            if complete and not seen:  # the usual case: one page, nothing to compare with
                yield from rows
                return
            before = len(seen)
            for row in rows:
                known = len(seen)
                seen.add(_identity(row))
                if len(seen) > known:
                    yield row
            if complete:
                return
            if len(seen) == before:
                raise self._paging_failed(
                    resource, f"a page at offset {offset - len(rows)} of {total} rows adds nothing"
                )
        raise self._paging_failed(resource, f"more than {_MOST_PAGES} pages")

    def object(self, path: str) -> Mapping[str, Any]:
        """The one object at a path. Raises VideoconfError."""
        found = self.session.get_json(BASE + path)
        if not isinstance(found, dict):
            raise self.session.device.wrong_shape(BASE + path, "not an object")
        return found

    def _unwrap(self, path: str, page: Any) -> tuple[list[Mapping[str, Any]], float]:
        """The rows of a page and the number of all rows."""
        meta, rows = (page.get("meta"), page.get("objects")) if isinstance(page, dict) else (None, None)
        if not isinstance(meta, dict) or not isinstance(rows, list):
            raise self.session.device.wrong_shape(path, "no list of objects with its meta")
        for row in rows:
            if not isinstance(row, dict):
                raise self.session.device.wrong_shape(path, "a row is not an object")
        try:
            total = number(meta.get("total_count"))
        except Unreadable:
            total = None
        if total is None:
            if "next" not in meta or meta["next"]:
                raise self.session.device.wrong_shape(path, "meta.total_count is not a number")
            total = 0  # no count, but expressly no next page
        return rows, total

    def _paging_failed(self, path: str, reason: str) -> PagingFailed:
        return PagingFailed(address=self.session.device.address, path=path, reason=reason)


def _identity(row: Mapping[str, Any]) -> object:
    """What tells rows apart: their id, else their URI, else all they say."""
    for name in ("id", "resource_uri"):
        value = row.get(name)
        if isinstance(value, (str, int)):
            return value
    return json.dumps(row, sort_keys=True)
