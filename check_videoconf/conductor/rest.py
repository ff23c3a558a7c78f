"""The REST APIs: tables below /api/external/ as peers and their records, the rest as parsed JSON or XML."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from ..answers import Answer, bare
from ..errors import DeviceError, NotXml, PagingFailed
from ..fields import Unreadable, number
from ..redact import without_secrets
from ..text import shorten
from .markup import Refused, tree
from .rest_xml import leaves, peers

if TYPE_CHECKING:
    from ..session import Session

TABLES = "/api/external/"
PAGE = 1000
# 1,000 alarms a peer are unheard of; a server that caps the page at 100 still gets 20,000 records through.
_MOST_PAGES = 200
# Error codes of this class only repeat the HTTP status.
_HTTP_ERRORS = "100"

Record = Mapping[str, Any]


class Peer(NamedTuple):
    """What one peer of the cluster says of a table. problem: why it could not be had, or `''`."""

    address: str
    records: list[Record]
    problem: str


class Rest:
    """Asks the REST APIs of one Conductor with Basic authentication. Nothing it returns holds a secret."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, path: str, keep: Collection[str] = (), **query: object) -> Any:
        """The JSON at a path; XML in the same shape: peers of a table, else an object of the leaves by their names.

        keep: members that a cached answer holds although their names sound personal. Raises VideoconfError,
        DeviceError for an error that the API words with a code of its own.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        return self.session.cached(target, lambda: self._ask(target), keep)

    def count(self, path: str, kind: type[dict[str, Any]] | type[list[Any]]) -> int:
        """How many members an object or a list in JSON has: 100,000 need not be remembered for that."""

        def ask() -> int:
            found = self._parsed(path, xml=False)
            if not isinstance(found, kind):
                raise self.session.device.wrong_shape(path, "no object" if kind is dict else "no list")
            return len(found)

        counted: int = self.session.cached(f"number of {path}", ask)
        return counted

    def table(self, path: str, keep: Collection[str] = (), peer: str | None = None) -> list[Peer]:
        """All records of a table by peer; a record that an earlier page had is left out.

        Steps by what came: a server may cap the page, or send all at once. `peer` asks for one peer only.
        """
        peers: dict[str, _Records] = {}
        query = {"peer": peer} if peer else {}
        offset = 0
        for _ in range(_MOST_PAGES):
            page = self._unwrap(path, self.get(TABLES + path, keep, **query, limit=PAGE, offset=offset))
            fresh = sum(peers.setdefault(address, _Records()).add(total, rows) for address, total, rows in page)
            if all(records.complete for records in peers.values()):
                return [Peer(address, records.rows, records.problem) for address, records in peers.items()]
            if not fresh:
                raise self._endless(path, f"a page at offset {offset} adds nothing")
            offset += max(len(rows or ()) for _, _, rows in page)
        raise self._endless(path, f"more than {_MOST_PAGES} pages")

    def _unwrap(self, path: str, page: Any) -> list[tuple[str, float | None, list[Record] | None]]:
        """Address, num_recs and records of each peer; None for what is not there or cannot be read."""
        if not isinstance(page, list) or not page or not all(isinstance(part, dict) for part in page):
            raise self.session.device.wrong_shape(TABLES + path, "no list of peers")
        peers = []
        for part in page:
            rows = part.get("records")
            if isinstance(rows, list) and not all(isinstance(row, dict) for row in rows):
                raise self.session.device.wrong_shape(TABLES + path, "a record is not an object")
            address = part.get("peer")
            try:
                total = number(part.get("num_recs"))
            except Unreadable:
                total = None
            name = address if isinstance(address, str) and address else "without address"
            peers.append((name, total, rows if isinstance(rows, list) else None))
        return peers

    def _endless(self, path: str, reason: str) -> PagingFailed:
        return PagingFailed(address=self.session.device.address, path=TABLES + path, reason=reason)

    # -- one answer

    def _ask(self, target: str) -> Any:
        return without_secrets(self._parsed(target))

    def _parsed(self, target: str, *, xml: bool = True) -> Any:
        answer = self.session.request("GET", target, any_status=True)
        self._refuse_errors(answer)
        answer.refuse_what_is_no_data()
        found = self._from_xml(answer) if xml and answer.body.lstrip().startswith(b"<") else answer.json()
        if isinstance(found, dict) and "error_code" in found:
            raise self._worded(answer, found)
        return found

    def _refuse_errors(self, answer: Answer) -> None:
        """Raises the error that a status other than 2xx is: in the API's own words where they say more than it."""
        if 400 <= answer.status < 500:
            try:
                said = json.loads(answer.body)
            except (ValueError, RecursionError):
                said = None
            if isinstance(said, dict) and str(said.get("error_code", _HTTP_ERRORS)).split(":")[0] != _HTTP_ERRORS:
                raise self._worded(answer, said)
        answer.raise_for_status()

    def _worded(self, answer: Answer, said: Record) -> DeviceError:
        reason = f"error {said.get('error_code')}: {said.get('message', 'no message')}"
        return DeviceError(address=answer.device.address, path=bare(answer.path), reason=shorten(reason, 300))

    def _from_xml(self, answer: Answer) -> Any:
        try:
            root = tree(answer.body)
        except Refused as refused:
            raise NotXml(address=answer.device.address, path=bare(answer.path), reason=str(refused)) from None
        if root.name.lower() == "html":
            raise answer.device.wrong_shape(answer.path, "it is a web page")
        return peers(root) or leaves(root)


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
        known = len(self._seen)
        identities = [_identity(row) for row in rows or ()]
        fresh = [row for row, identity in zip(rows or (), identities) if identity not in self._seen]
        self.rows += fresh
        self._seen.update(identities)
        self._received += len(identities)
        self.complete = self.complete or total is None or self._received >= total
        return len(self._seen) - known


def _identity(row: Record) -> str:
    """What tells records of a table apart."""
    uuid = row.get("uuid")
    return uuid if isinstance(uuid, str) and uuid else json.dumps(row, sort_keys=True)
