"""What a benchmark has found, as a table; figures that have a limit say whether they keep it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Union


class Figure(NamedTuple):
    """A number with so many digits after the point. most: its limit, which it may reach; None where it has none."""

    value: float
    digits: int = 0
    most: float | None = None

    @property
    def exceeded(self) -> bool:
        """Whether it is over its limit, or no number at all."""
        return self.most is not None and not self.value <= self.most

    def __str__(self) -> str:
        number = f"{self.value:.{self.digits}f}"
        return number if self.most is None else f"{number} {'>' if self.exceeded else '≤'} {self.most:g}"


Cell = Union[str, Figure]


class Table:
    """Rows of cells, the first of which names the row.

    name: what chooses it on the command line and its place in the document. notes: lines to be read with it.
    """

    def __init__(self, name: str, title: str, columns: Sequence[str]) -> None:
        self.name = name
        self.title = title
        self.columns = columns
        self.rows: list[tuple[Cell, ...]] = []
        self.notes: list[str] = []

    def add(self, *cells: Cell) -> None:
        self.rows.append(cells)

    def exceeded(self) -> Iterator[str]:
        """In words, what is over its limit."""
        for row in self.rows:
            for column, cell in zip(self.columns, row):
                if isinstance(cell, Figure) and cell.exceeded:
                    yield f"({self.name}) {row[0]}, {column}: {cell}"

    def text(self) -> str:
        """For a terminal."""
        cells = [list(self.columns), *([str(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells)]
        lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells]
        return "\n".join([f"({self.name}) {self.title}", "", *lines, *self.notes, ""])

    def markdown(self) -> Iterator[str]:
        """The lines of a table in Markdown, with the notes below. Bold is what is over its limit."""
        yield "| " + " | ".join(self.columns) + " |"
        yield "|---" + "|--:" * (len(self.columns) - 1) + "|"
        for row in self.rows:
            over = [isinstance(cell, Figure) and cell.exceeded for cell in row]
            yield "| " + " | ".join(f"**{cell}**" if bad else str(cell) for cell, bad in zip(row, over)) + " |"
        yield ""
        for note in self.notes:
            yield f"* {note}"
