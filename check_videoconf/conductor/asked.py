"""Modes whose fields a Conductor may not have: a filter or an expression on one of those must not be OK for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable

from ..counters import Verdict
from ..mode import Mode


class AskingMode(Mode):
    """Base of modes that know which fields the user's filters and expressions ask for: `asked`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: The fields that filters and expressions have looked at so far.
        self.asked: set[str] = set()

    def select(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        self.asked.update(field for field, _, _ in self._tests())
        return super().select(records)

    def judge(self, status: str, record: Mapping[str, Any], describe: Callable[[Mapping[str, Any]], str]) -> Verdict:
        return super().judge(status, _Watched(record, self.asked), describe)


class _Watched(dict[str, Any]):
    """A record that notes which of its fields an expression looks at."""

    def __init__(self, record: Mapping[str, Any], asked: set[str]) -> None:
        super().__init__(record)
        self._asked = asked

    def get(self, name: str, default: Any = None) -> Any:
        self._asked.add(name)
        return super().get(name, default)
