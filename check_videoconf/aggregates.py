"""Many values made one: shares, means, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

_Value = TypeVar("_Value")


def share(part: float, whole: float) -> float | None:
    """A part of a whole in percent; None of nothing."""
    return 100 * part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    """The mean of values; None of none."""
    return sum(values) / len(values) if values else None


def grouped(pairs: Iterable[tuple[str, _Value]]) -> Iterator[tuple[str, list[_Value]]]:
    """The values of each instance, in the order of the instances' names."""
    groups: dict[str, list[_Value]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    yield from sorted(groups.items(), key=lambda group: group[0])
