"""Modes whose fields a Conductor may not have: a filter or an expression on one of those must not be OK for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable

from ..counters import Verdict
from ..fields import Fields
from ..mode import Mode


class AskingMode(Mode):
    """Base of modes that know which fields the user's filters and expressions ask for: `asked`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: The fields that filters and expressions have looked at so far.
        self.asked: set[str] = set()
        #: The fields that a record before the filters had.
        self.told: set[str] = set()

    def select(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        self.asked.update(field for field, _, _ in self._tests())
        return super().select(self._noted(records))

    def _noted(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for record in records:
            self.told.update(name for name, value in record.items() if value is not None)
            yield record

    def judge(self, status: str, record: Mapping[str, Any], describe: Callable[[Mapping[str, Any]], str]) -> Verdict:
        return super().judge(status, _Watched(record, self.asked), describe)

    def unheard_of(self, fields: Fields, name: str, field: str = "") -> None:
        """Makes a problem of a name that is asked for and of which no record can tell. field: what it is made of."""
        keys = fields.keys[field or name]
        gaps = self.gaps
        if name in self.asked and (field or name) not in self.told and (gaps.absent | gaps.unread).issuperset(keys):
            lacking = " or ".join(keys) if gaps.unread.isdisjoint(keys) else f"readable {' or '.join(keys)}"
            self.problems.append(f"{name}: not reported, no {self.record} has {lacking}")


class _Watched(dict[str, Any]):
    """A record that notes which of its fields an expression looks at."""

    def __init__(self, record: Mapping[str, Any], asked: set[str]) -> None:
        super().__init__(record)
        self._asked = asked

    def get(self, name: str, default: Any = None) -> Any:
        self._asked.add(name)
        return super().get(name, default)
