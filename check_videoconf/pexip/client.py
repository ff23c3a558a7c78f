"""The Management API: lists in pages, rows typed by a mode's fields, errors as the product means them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from ..errors import PagingFailed
from ..fields import Fields, Gaps, Unreadable, number

if TYPE_CHECKING:
    from ..session import Session

BASE = "/api/admin/"
PAGE = 1000
# A server that caps the page at its default of 20 still gets 40,000 rows through.
_MOST_PAGES = 2000
# Ten times the largest deployment: the rows that were seen are remembered.
_MOST_ROWS = 200_000
# Where rows leave faster than that finds one that was seen, those that are left out are few among very many.
_MOST_RETURNS = 50


class _Page(NamedTuple):
    """One page: its rows, the number of all rows where the server tells it, whether it names a next page."""

    rows: list[Mapping[str, Any]]
    total: float | None
    more: bool


class Client:
    """Asks a Management Node."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def records(
        self, path: str, fields: Fields, what: str, gaps: Gaps, *, fresh: bool = False, **query: object
    ) -> Iterator[dict[str, Any]]:
        """Each row of a list resource as a record of exactly `fields`; `what` names a row in messages.

        One page is in memory at a time. fresh: never from the cache, for fields it drops: addresses, aliases, keys.
        Raises VideoconfError.
        """
        read = fields.reader(what, gaps)
        for row in self.rows(path, fresh=fresh, **query):
            yield read(row)

    def rows(self, path: str, *, fresh: bool = False, **query: object) -> Iterator[Mapping[str, Any]]:
        """Each row of a list resource once, however the server pages.

        Steps by the rows that were new, not by what was asked for: a server may cap the page, and rows shift between
        pages. Ends by `total_count`, not by `next`, which may never become null.
        """
        resource = BASE + path
        seen: set[Any] = set()
        at_first: float | None = None
        before: float | None = None
        offset = stride = returns = 0
        shrinks = False
        for _ in range(_MOST_PAGES):
            known = len(seen)
            page = self._page(resource, {**query, "limit": PAGE, "offset": offset}, fresh=fresh)
            at_first = page.total if at_first is None else at_first
            at_end = offset + len(page.rows) >= page.total if page.total is not None else not page.more
            if at_end and not seen:  # the usual case: one page, nothing to compare with
                yield from page.rows
                return
            joins = not offset or (bool(page.rows) and self._identity(resource, page.rows[0]) in seen)
            fell = 0 if before is None or page.total is None else max(0, int(before - page.total))
            before, shrinks = page.total, shrinks or fell > 0
            if not joins and (fell or stride) and returns < _MOST_RETURNS:
                returns += 1
                # Rows have left, and others moved up to where had been read: back, to a row that was seen. What came
                # is not counted as seen, since there is a gap before it; it comes again.
                stride = 2 * max(fell, stride)
                offset = max(0, offset - stride)
                del page  # as below
                continue
            yield from self._new(resource, page, seen)
            # At the end with rows missing, pages have overlapped: what is new behind those seen is asked for once more.
            adds = len(seen) > known
            if at_end and (shrinks or not adds or len(seen) >= (page.total or 0)):
                return
            adds = adds or (shrinks and bool(page.rows))
            self._refuse_endless(resource, page, offset, len(seen), at_first, adds=adds)
            # What was seen may have left since: from then on only the place in the list counts.
            offset = offset + len(page.rows) if shrinks else len(seen)
            stride = 0
            del page  # before the next one comes: two of them in memory are one too many
        raise self._paging_failed(resource, f"more than {_MOST_PAGES} pages")

    def total(self, path: str, *, fresh: bool = False, **query: object) -> int:
        """How many rows of a list resource match, without fetching them. Raises VideoconfError."""
        resource = BASE + path
        page = self._page(resource, {**query, "limit": 1}, fresh=fresh)
        if page.total is None and page.more:
            raise self.session.device.wrong_shape(resource, "meta.total_count is not a number")
        return max(int(page.total or 0), len(page.rows))

    def object(self, path: str) -> Mapping[str, Any]:
        """The one object at a path. Raises VideoconfError."""
        found = self.session.get_json(BASE + path)
        if not isinstance(found, dict):
            raise self.session.device.wrong_shape(BASE + path, "not an object")
        return found

    def _page(self, path: str, query: Mapping[str, Any], *, fresh: bool = False) -> _Page:
        found = self.session.get_json(path, query, fresh=fresh)
        meta, rows = (found.get("meta"), found.get("objects")) if isinstance(found, dict) else (None, None)
        if not isinstance(meta, dict) or not isinstance(rows, list):
            raise self.session.device.wrong_shape(path, "no list of objects with its meta")
        for row in rows:
            if not isinstance(row, dict):
                raise self.session.device.wrong_shape(path, "a row is not an object")
        try:
            total = number(meta.get("total_count"))
        except Unreadable:
            total = None
        if total is None and "next" not in meta:
            raise self.session.device.wrong_shape(path, "meta tells neither total_count nor next")
        return _Page(rows, total, bool(meta.get("next")))

    def _identity(self, path: str, row: Mapping[str, Any]) -> str | int:
        """What tells rows apart: their id, else their URI, else all they say."""
        for name in ("id", "resource_uri"):
            value = row.get(name)
            if isinstance(value, (str, int)):
                return value
        try:
            return json.dumps(row, sort_keys=True)
        except RecursionError:
            raise self.session.device.wrong_shape(path, "a row is nested too deep") from None

    def _new(self, path: str, page: _Page, seen: set[Any]) -> Iterator[Mapping[str, Any]]:
        """The rows that were not among those seen, which they are now."""
        for row in page.rows:
            known = len(seen)
            seen.add(self._identity(path, row))
            if len(seen) > known:
                yield row

    def _refuse_endless(
        self, path: str, page: _Page, offset: int, seen: int, at_first: float | None, *, adds: bool
    ) -> None:
        """Raises PagingFailed where reading on would not come to an end."""
        if not adds:
            rows = "" if page.total is None else f" of {page.total} rows"
            raise self._paging_failed(path, f"a page at offset {offset}{rows} adds nothing")
        if at_first is not None and seen > 2 * at_first + 10 * PAGE:
            raise self._paging_failed(path, f"{seen} rows came where there were {at_first} at first")
        if seen > _MOST_ROWS:
            raise self._paging_failed(path, f"more than {_MOST_ROWS} rows")

    def _paging_failed(self, path: str, reason: str) -> PagingFailed:
        return PagingFailed(address=self.session.device.address, path=path, reason=reason)


def identity(row: Mapping[str, Any]) -> str:
    """A row's id as part of a path, from its URI where a version has no id; `''` where it has neither."""
    found = row.get("id")
    if not isinstance(found, (str, int)):
        uri = row.get("resource_uri")
        found = uri.rstrip("/").rpartition("/")[2] if isinstance(uri, str) else ""
    return quote(str(found), safe="")
