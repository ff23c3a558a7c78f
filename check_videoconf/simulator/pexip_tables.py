"""How the tables of the simulated Management Node are made: fields by version, rows on first use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field

from .pexip_deployment import Deployment
from .tastypie import Row

PREFIX = "/api/admin/"


@dataclass(frozen=True)
class Fields:
    """Names of a table's fields, words of one text; `since` and `until` by the version of the change."""

    always: str
    since: dict[int, str] = field(default_factory=dict)
    until: dict[int, str] = field(default_factory=dict)

    def of(self, version: int) -> list[str]:
        names = self.always.split()
        for first, more in self.since.items():
            names += more.split() if version >= first else []
        for first, gone in self.until.items():
            names += gone.split() if version < first else []
        return sorted(names)


@dataclass(frozen=True)
class Child:
    """A resource below one row of a table: a list, or a single object."""

    fields: Fields
    rows: Callable[[Deployment, Row], Iterable[Row]]
    single: bool = False


@dataclass(frozen=True)
class Resource:
    """A table of the API, from the version on that brought it."""

    path: str
    fields: Fields
    rows: Callable[[Deployment], Iterable[Row]]
    children: dict[str, Child] = field(default_factory=dict)
    since: int = 16


class Tables(MutableMapping[str, list[Row]]):
    """Rows by path below `/api/admin/`, made on first use, then the test's to edit, replace or delete.

    A resource below a row, such as `status/v1/participant/ID/media_stream/`, is made for any row there is; a
    single object, such as `status/v1/worker_vm/1/statistics/`, is a list of one.
    """

    def __init__(self, deployment: Deployment, resources: Iterable[Resource]) -> None:
        self._deployment = deployment
        self._resources = {one.path: one for one in resources if one.since <= deployment.version}
        self._rows: dict[str, list[Row]] = {}
        self._lock = threading.RLock()

    def __getitem__(self, path: str) -> list[Row]:
        with self._lock:
            if path not in self._rows:
                self._rows[path] = self._made(path)
            return self._rows[path]

    def __setitem__(self, path: str, rows: list[Row]) -> None:
        with self._lock:
            self._rows[path] = rows

    def __delitem__(self, path: str) -> None:
        with self._lock:
            if path not in self:
                raise KeyError(path)
            self._rows.pop(path, None)
            self._resources.pop(path, None)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._resources, *(path for path in self._rows if path not in self._resources)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def row(self, path: str, identity: str) -> Row | None:
        """The row of a table by its id, which some old tables only have in `resource_uri`."""
        ending = f"/{identity}/"
        for row in self[path]:
            if str(row.get("id", "")) == identity or str(row.get("resource_uri", "")).endswith(ending):
                return row
        return None

    def fields(self, path: str) -> list[str]:
        """The declared fields of a table, known also while it has no rows."""
        if path in self._resources:
            return self._resources[path].fields.of(self._deployment.version)
        child = self.child(path)
        return child.fields.of(self._deployment.version) if child else []

    def child(self, path: str) -> Child | None:
        """What is declared for a path below a row."""
        table, _, name = _split(path)
        resource = self._resources.get(table)
        return resource.children.get(name) if resource else None

    def _made(self, path: str) -> list[Row]:
        fields = self.fields(path)
        if path in self._resources:
            rows = self._resources[path].rows(self._deployment)
        else:
            table, identity, _ = _split(path)
            child = self.child(path)
            parent = self.row(table, identity) if child else None
            if child is None or parent is None:
                raise KeyError(path)
            rows = child.rows(self._deployment, parent)
        return [{name: row[name] for name in fields if name in row} for row in rows]


def _split(path: str) -> tuple[str, str, str]:
    """`status/v1/worker_vm/1/statistics/` as table, id and name of the resource below the row."""
    head, _, name = path.rstrip("/").rpartition("/")
    table, _, identity = head.rpartition("/")
    return f"{table}/", identity, name
