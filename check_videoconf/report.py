"""A finished check, ready to be written in any format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from .counters import OK, Measurement, severity
from .ranges import Range
from .text import clean_label, shorten_bytes

_LABEL_BYTES = 255


class Figure:
    """One counter's value in the report: where, how much, against which limits, and the state it is in."""

    __slots__ = (
        "critical",
        "high",
        "instance",
        "label",
        "low",
        "nlabel",
        "perfdata",
        "state",
        "unit",
        "value",
        "warning",
    )

    def __init__(
        self, measurement: Measurement, nlabel: str, warning: Range | None, critical: Range | None, state: int
    ) -> None:
        self.label = measurement.counter.label
        self.nlabel = nlabel
        self.instance = measurement.instance
        self.value = measurement.value
        self.unit = measurement.counter.unit
        self.low = measurement.low
        self.high = measurement.high
        self.warning = warning
        self.critical = critical
        self.state = state
        #: The perfdata label, given by `name`.
        self.perfdata = nlabel


class Item:
    """One thing in words, with its state; `order` sorts items of the same state."""

    __slots__ = ("state", "text")

    def __init__(self, state: int, text: str) -> None:
        self.state = state
        self.text = text


class Report:
    """The outcome of a check. summary: one line; items: worst first; remarks, trace: lines; errors: what failed."""

    def __init__(self, system: str, mode: str, host: str) -> None:
        self.system = system
        self.mode = mode
        self.host = host
        self.state = OK
        self.summary = ""
        self.figures: list[Figure] = []
        self.items: list[Item] = []
        self.remarks: list[str] = []
        self.trace: list[str] = []
        self.errors: list[str] = []
        self.seconds = 0.0
        self.requests = 0

    @property
    def exit_code(self) -> int:
        """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
        return self.state

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Applies `change` to all that is said in words: to take secrets out of it."""
        self.summary = change(self.summary)
        for item in self.items:
            item.text = change(item.text)
        for lines in (self.remarks, self.trace, self.errors):
            lines[:] = [change(line) for line in lines]

    def change_state(self, changes: Iterable[tuple[int, int]]) -> None:
        """--change-state: another state for the whole check, the first that fits."""
        for before, after in changes:
            if self.state == before:
                self.state = after
                return


def name(figures: list[Figure]) -> None:
    """Gives each figure its perfdata label: `instance#nlabel`, clean, at most 255 bytes, no two alike.

    Instances whose names have become equal get _2, _3 in the alphabetical order of their names, which lasts between
    runs; instances of one name in the order of their coming.
    """
    figures.sort(key=lambda figure: bool(figure.instance))  # totals first: a reader, or a limit, may stop early
    shown = _instances({figure.instance for figure in figures if figure.instance})
    taken: set[str] = set()
    for figure in figures:
        instance = shown.get(figure.instance, "")
        number = 1
        while True:
            label = _label(instance, figure.nlabel, number)
            if label not in taken:
                break
            number += 1
        taken.add(label)
        figure.perfdata = label


def _instances(names: Iterable[str]) -> dict[str, str]:
    """Each raw name to what is printed of it."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    # A name that is printed as it is keeps it; the suffix goes to those that only look like it.
    for raw in sorted(names, key=lambda raw: (clean_label(raw) != raw, raw)):
        text = clean_label(raw) or "unnamed"
        candidate, number = shorten_bytes(text, _LABEL_BYTES), 1
        while candidate in taken:
            number += 1
            candidate = shorten_bytes(text, _LABEL_BYTES - len(f"_{number}")) + f"_{number}"
        taken.add(candidate)
        shown[raw] = candidate
    return shown


def _label(instance: str, nlabel: str, number: int) -> str:
    suffix = f"_{number}" if number > 1 else ""
    if not instance:
        return nlabel + suffix
    room = _LABEL_BYTES - len(nlabel.encode()) - 1 - len(suffix)
    return f"{shorten_bytes(instance, room)}{suffix}#{nlabel}"


def worst_first(items: Iterable[Item]) -> list[Item]:
    """Critical, unknown, warning, ok; in each the order they came in."""
    return sorted(items, key=lambda item: -severity(item.state))
