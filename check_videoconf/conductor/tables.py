"""Modes that read REST tables: which key of a record holds what is mostly not published, so that users can say it.

Each field of a table has candidates, likeliest first, or none at all; `--field NAME=KEY` takes their place. A record
without any of them is UNKNOWN, with the keys it has instead.
"""

from __future__ import annotations

import json
import re
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, ClassVar

from ..counters import Finding
from ..fields import Fields, Gaps
from ..options import Option
from ..text import shorten
from .asked import AskingMode
from .peers import Peer
from .peers import table as peers_of


class Table:
    """A table as a mode reads it.

    path: below /api/external/, or of another REST resource. what: the singular noun of a record. fields: as elsewhere.
    keys: for each field the keys that may hold it, separated by blanks, the confirmed or likeliest first; a field not
    named here is held by the key of its own name, one with `''` only by a key that the user names.
    """

    __slots__ = ("fields", "keys", "names", "path", "what")

    def __init__(self, path: str, what: str, fields: Fields, **keys: str) -> None:
        self.path = path
        self.what = what
        self.fields = fields
        self.names = tuple(fields.keys)
        self.keys = {name: tuple(keys.get(name, name).split()) for name in self.names}


class KeyGaps(Gaps):
    """Gaps that name the keys there are in place of the one that is missing, and how to say which it is."""

    def __init__(self, path: str, tried: Mapping[str, tuple[str, ...]], seen: list[str]) -> None:
        super().__init__()
        self._path = path
        self._tried = tried
        self._seen = shorten(", ".join(seen), 300) or "none"

    def missing(self, what: str, name: str, *, present: bool) -> None:
        if present:
            super().missing(what, name, present=present)
        else:
            hint = self.hint(name).replace("{", "{{").replace("}", "}}")
            self._count(self._problems, f"{name} of {{}} is missing: {hint}", what)

    def hint(self, name: str) -> str:
        """Where it was looked for, and what could be named."""
        tried = " or ".join(self._tried[name]) or "no known key"
        return f"looked for {tried} in {self._path}, keys seen: {self._seen}; name it with --field {name}=KEY"


class TableMode(AskingMode):
    """Base of the modes that declare `tables`. Every record has a `peer`, the address of who said it."""

    tables: ClassVar[tuple[Table, ...]] = ()

    @classmethod
    def declared_options(cls) -> tuple[Option, ...]:
        names = sorted({name for table in cls.tables for name in table.names})
        known = dict.fromkeys(
            f"{name}: {' '.join(table.keys[name]) or 'none'}" for table in cls.tables for name in table.names
        )
        options = [
            *super().declared_options(),
            Option(
                "--field",
                "NAME=KEY",
                f"the key that holds a field, in place of those known ({'; '.join(known)}); repeatable",
                kind=_field(names),
                repeat=True,
            ),
        ]
        if not all(table.path.startswith("/") for table in cls.tables):
            options.append(Option("--peer", "ADDRESS", "ask for one peer's records only; local is the one asked"))
        return tuple(options)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: The addresses of all peers that answered.
        self.peers: set[str] = set()
        #: Optional fields that no key holds, or not as it should, with where they were looked for.
        self.unreported: dict[tuple[str, str], str] = {}
        self._gaps: dict[str, KeyGaps] = {}

    def records(self, table: Table, *, shared: bool = False, apart: bool = False) -> list[dict[str, Any]]:
        """All records of a table with exactly its fields, `peers`, the addresses of who has it, and `peer`, as text.

        Tables that the cluster shares come once from each peer: records that are equal are one, of all those peers;
        `apart`: without a uuid they are what each peer says of itself. What no key holds becomes a problem, or a remark
        where it is optional. So does what a peer could not say: it is a remark if the table is `shared` by the cluster,
        for then one peer's answer is as good as another's.
        """
        keys = self.keys_of(table)
        peers = peers_of(self.client.rest, table.path, frozenset(sum(keys.values(), ())), self.given.peer)
        self.peers.update(peer.address for peer in peers)
        spared = shared and not all(peer.problem for peer in peers)
        for peer in peers:
            if peer.problem:
                line = f"{table.path} of peer {peer.address}: {peer.problem}"
                (self.remarks if spared else self.problems).append(line)
        found = _merged(peers, apart=apart)
        records = self.typed(table, [row for row, _ in found])
        return [_of(addresses, record) for record, (_, addresses) in zip(records, found)]

    def select(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return super().select(self._of_wanted_peers(records))

    def _of_wanted_peers(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The records of the peers that the filters leave: each peer of a record is looked at on its own."""
        tests = [(search, wanted) for field, search, wanted in super()._tests() if field == "peer"]
        for record in records:
            left = [peer for peer in record["peers"] if all(bool(search(peer)) is wanted for search, wanted in tests)]
            if left:
                yield _of(left, record)
            else:
                self.seen += 1

    def _tests(self) -> list[tuple[str, Callable[[str], re.Match[str] | None], bool]]:
        return [test for test in super()._tests() if test[0] != "peer"]  # see _of_wanted_peers

    def typed(self, table: Table, rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The records that rows are, by the keys that are known or named."""
        keys = self.keys_of(table)
        gaps = self._gaps[table.path] = KeyGaps(table.path, keys, sorted({key for row in rows for key in row}))
        reader = table.fields.reader(table.what, gaps)
        records = [reader(_translated(row, keys)) for row in rows]
        self.problems += gaps.problems()
        self.remarks += gaps.notes()
        for name in table.names:
            if keys[name] and name in gaps.absent | gaps.unread and all(record[name] is None for record in records):
                why = "unreadable" if name in gaps.unread else "not reported"
                self.unreported[table.path, name] = f"{table.what}, {name}: {why}, {gaps.hint(name)}"
        return records

    def require(self, *names: str) -> None:
        """Makes optional fields required: what no key holds of them is a problem."""
        self.asked.update(names)

    def hint(self, table: Table, name: str) -> str:
        """Where a field was looked for, and how to name its key."""
        return self._gaps[table.path].hint(name)

    def finish(self) -> Iterator[Finding]:
        for (_, name), line in self.unreported.items():
            (self.problems if name in self.asked else self.remarks).append(line)
        yield from super().finish()

    def at(self, record: Mapping[str, Any]) -> str:
        """` on 192.0.2.51` where there are several peers to tell apart, else `''`."""
        return f" on {record['peer']}" if len(self.peers) > 1 else ""

    def keys_of(self, table: Table) -> dict[str, tuple[str, ...]]:
        """The keys that may hold each field: those that are known, or named by the user in their place."""
        named: dict[str, tuple[str, ...]] = {}
        for name, key in self.given.field:
            named[name] = (*named.get(name, ()), key)
        return {name: named.get(name, keys) for name, keys in table.keys.items()}


def _field(names: list[str]) -> Callable[[str], tuple[str, str]]:
    def kind(text: str) -> tuple[str, str]:
        name, sign, key = text.partition("=")
        if not sign or not re.fullmatch(r"\S{1,100}", key):
            raise ValueError(f"'{text}' is not NAME=KEY")
        if name not in names:
            raise ValueError(f"there is no field '{name}', but {', '.join(names)}")
        return name, key

    return kind


def _merged(peers: list[Peer], *, apart: bool) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Each record once, with the addresses of the peers that have it; `apart`: one without a uuid is its peer's own."""
    found: dict[tuple[str, str, int], tuple[Mapping[str, Any], list[str]]] = {}
    for peer in peers:
        same: Tally[str] = Tally()
        for row in peer.records:
            text = json.dumps(row, sort_keys=True)
            same[text] += 1
            owner = peer.address if apart and not row.get("uuid") else ""
            found.setdefault((owner, text, same[text]), (row, []))[1].append(peer.address)
    return list(found.values())


def _of(peers: list[str], record: dict[str, Any]) -> dict[str, Any]:
    """The record as one of these peers."""
    return {**record, "peers": peers, "peer": ", ".join(peers)}


def _translated(row: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The row with our names for its keys. Empty text is no value: XML has no other way to say null."""
    found = {}
    for name, candidates in keys.items():
        key = next((key for key in candidates if key in row), None)
        if key is not None:
            found[name] = None if row[key] == "" else row[key]
    return found
