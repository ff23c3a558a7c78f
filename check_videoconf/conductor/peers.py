"""The tables below /api/external/: what each peer of the cluster says, page by page."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from ..errors import PagingFailed
from ..fields import Unreadable, number
from .rest import Rest

TABLES = "/api/external/"
PAGE = 1000
# 1,000 alarms a peer are unheard of; a server that caps the page at 100 still gets 20,000 records through.
_MOST_PAGES = 200

Record = Mapping[str, Any]


class Peer(NamedTuple):
    """What one peer of the cluster says of a table. problem: why it could not be had, or `''`."""

    address: str
    records: list[Record]
    problem: str


def table(rest: Rest, path: str, keep: Collection[str] = (), peer: str | None = None) -> list[Peer]:
    """All records of a table by peer; a record that an earlier page had is left out. Raises VideoconfError.

    Steps by what came: a server may cap the page, or send all at once. `peer` asks for one peer only; keep: members
    that a cached answer holds although their names sound personal.
    """
    peers: dict[str, _Records] = {}
    query: dict[str, Any] = {"peer": peer} if peer else {}
    offset = 0
    for _ in range(_MOST_PAGES):
        page = _unwrapped(rest, path, rest.get(TABLES + path, keep, **query, limit=PAGE, offset=offset))
        fresh = sum(peers.setdefault(address, _Records()).add(total, rows) for address, total, rows in page)
        if all(records.complete for records in peers.values()):
            return [Peer(address, records.rows, records.problem) for address, records in peers.items()]
        if not fresh:
            raise _endless(rest, path, f"a page at offset {offset} adds nothing")
        offset += max(len(rows or ()) for _, _, rows in page)
    raise _endless(rest, path, f"more than {_MOST_PAGES} pages")


def _unwrapped(rest: Rest, path: str, page: Any) -> list[tuple[str, float | None, list[Record] | None]]:
    """Address, num_recs and records of each peer; None for what is not there or cannot be read."""
    if not isinstance(page, list) or not page or not all(isinstance(part, dict) for part in page):
        raise rest.session.device.wrong_shape(TABLES + path, "no list of peers")
    peers = []
    for part in page:
        rows = part.get("records")
        if isinstance(rows, list) and not all(isinstance(row, dict) for row in rows):
            raise rest.session.device.wrong_shape(TABLES + path, "a record is not an object")
        address = part.get("peer")
        try:
            total = number(part.get("num_recs"))
        except Unreadable:
            total = None
        name = address if isinstance(address, str) and address else "without address"
        peers.append((name, total, rows if isinstance(rows, list) else None))
    return peers


def _endless(rest: Rest, path: str, reason: str) -> PagingFailed:
    return PagingFailed(address=rest.session.device.address, path=TABLES + path, reason=reason)


class _Records:
    """The records of one peer while its pages come in."""

    def __init__(self) -> None:
        self.rows: list[Record] = []
        self.problem = ""
        self.complete = False
        self._received = 0
        self._seen: set[str] = set()

    def add(self, total: float | None, rows: list[Record] | None) -> int:
        """Takes in a page; returns how many of its rows no earlier page had."""
        if rows is None or total is None or total < 0:
            self.problem = "no records" if rows is None else "no number of records"
            if total is not None and total < 0:
                self.problem = f"its records could not be computed (num_recs {total:g})"
            self.complete = True
        identities = [_identity(row) for row in rows or ()]
        fresh = [row for row, identity in zip(rows or (), identities) if identity not in self._seen]
        self.rows += fresh
        self._seen.update(identities)
        self._received += len(identities)
        # Where one came in front between two pages the last is there again, and counts; a page of such ones does not.
        came = self._received if fresh else len(self.rows)
        self.complete = self.complete or total is None or came >= total
        return len(fresh)


def _identity(row: Record) -> str:
    """What tells records of a table apart."""
    uuid = row.get("uuid")
    return uuid if isinstance(uuid, str) and uuid else json.dumps(row, sort_keys=True)
