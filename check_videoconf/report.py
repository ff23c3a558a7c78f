"""A finished check, ready to be written in any format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable

from .counters import OK, Measurement, severity
from .ranges import Range
from .text import clean_label, shorten_bytes

_LABEL_BYTES = 255
_NLABEL_BYTES = 200


class Figure:
    """One counter's value in the report: where, how much, against which limits, and the state it is in."""

    __slots__ = (
        "critical",
        "high",
        "instance",
        "label",
        "low",
        "nlabel",
        "shown",
        "state",
        "unit",
        "value",
        "warning",
    )

    def __init__(
        self, measurement: Measurement, nlabel: str, warning: Range | None, critical: Range | None, state: int
    ) -> None:
        self.label = measurement.counter.label
        # Members of a family are named after what a device reports.
        self.nlabel = shorten_bytes(clean_label(nlabel), _NLABEL_BYTES)
        self.instance = measurement.instance
        self.value = measurement.value
        self.unit = measurement.counter.unit
        self.low = measurement.low
        self.high = measurement.high
        self.warning = warning
        self.critical = critical
        self.state = state
        #: What is printed of the instance, given by `name`.
        self.shown = ""

    @property
    def perfdata(self) -> str:
        """The perfdata label."""
        return f"{self.shown}#{self.nlabel}" if self.shown else self.nlabel


class Item:
    """One thing in words, with its state. measured: whether it is a counter's value, which is a figure as well."""

    __slots__ = ("measured", "state", "text")

    def __init__(self, state: int, text: str, *, measured: bool = False) -> None:
        self.state = state
        self.text = text
        self.measured = measured


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
        #: What a mode that lists things has found, all of it; printed in place of the rest.
        self.things: list[Mapping[str, Any]] | None = None

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
    """Sorts totals to the front and names the instances so that no two labels are alike or over 255 bytes.

    An instance is called the same in all its counters. Those whose names have become equal get _2, _3 in the
    alphabetical order of their names, which lasts between runs; those of one name in the order of their coming.
    """
    figures.sort(key=lambda figure: bool(figure.instance))  # a reader, or a limit, may stop early
    longest = max((len(figure.nlabel.encode()) for figure in figures if figure.instance), default=0)
    room = _LABEL_BYTES - len("#") - longest
    instances = {figure.instance for figure in figures}
    printed = {raw: raw and shorten_bytes(clean_label(raw) or "unnamed", room) for raw in instances}
    times: dict[tuple[str, str], int] = {}
    keys = []
    for figure in figures:
        counted = figure.instance, figure.nlabel
        keys.append((times.get(counted, 0), figure.instance))
        times[counted] = times.get(counted, 0) + 1
    # A name that is printed as it is keeps it; the number goes to those that only look like it, last to repetitions.
    order = sorted(set(keys), key=lambda key: (key[0], printed[key[1]] != key[1], key[1]))
    shown = dict(zip(order, _distinct((printed[raw] for _, raw in order), room)))
    for figure, key in zip(figures, keys):
        figure.shown = shown[key]


def _distinct(texts: Iterable[str], room: int) -> Iterator[str]:
    """Each text, those that came before with a number at the end, in at most `room` bytes."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for text in texts:
        candidate = text
        while candidate in taken:
            numbers[text] = numbers.get(text, 1) + 1
            suffix = f"_{numbers[text]}"
            candidate = shorten_bytes(text, room - len(suffix)) + suffix
        taken.add(candidate)
        yield candidate


def worst_first(items: Iterable[Item]) -> list[Item]:
    """Critical, unknown, warning, ok; in each the order they came in."""
    return sorted(items, key=lambda item: -severity(item.state))
