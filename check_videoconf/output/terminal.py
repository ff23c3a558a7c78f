"""What -v shows a person on a terminal: states in colour, counters as a table. What is piped never looks like this."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..counters import OK, STATES
from ..options import Options
from ..report import Figure, Report
from ..text import clean, clean_label, shorten
from ..units import human
from .nagios import long_output

_COLOURS = {"OK": "32", "WARNING": "33", "CRITICAL": "31", "UNKNOWN": "35"}
_BOLD = "1"
_HEADS = ("COUNTER", "VALUE", "WARNING", "CRITICAL", "")
_LONGEST_NAME = 60


def is_colourful(environment: Mapping[str, str]) -> bool:
    """Whether the person at the terminal can see colours, and wants to: see https://no-color.org."""
    return not environment.get("NO_COLOR") and (environment.get("TERM") or "dumb") != "dumb"


def paint(text: str, colour: str) -> str:
    """`text` in the colour of a state, by its name, or bold."""
    return f"\x1b[{_COLOURS.get(colour, _BOLD)}m{text}\x1b[0m"


def render(report: Report, options: Options) -> str:
    """The first line without perfdata, the table of counters, then the long output; nothing is left out."""
    state = STATES[report.state]
    head = f"{report.system} {report.mode}".upper()
    lines = [f"{paint(head, '')} {paint(state, state)} - {clean(report.summary)}"]
    if report.figures:
        lines += ["", *_table(report.figures)]
    long_lines = [_painted(line) for line in long_output(report, options.verbose, with_figures=False)]
    if long_lines:
        lines += ["", *long_lines]
    return "\n".join(lines) + "\n"


def _table(figures: Iterable[Figure]) -> Iterator[str]:
    rows: list[Sequence[str]] = [_HEADS]
    states = ["", *(STATES[figure.state] if figure.state != OK else "" for figure in figures)]
    rows += [
        (
            shorten(f"{figure.shown} {clean_label(figure.label)}".strip(), _LONGEST_NAME),
            human(figure.value, figure.unit),
            figure.warning.text if figure.warning else "",
            figure.critical.text if figure.critical else "",
            STATES[figure.state] if figure.warning or figure.critical else "",
        )
        for figure in figures
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_HEADS))]
    for state, (name, value, *rest) in zip(states, rows):
        # Numbers stand under each other by their ends.
        cells = [_filled(name, widths[0]), " " * (widths[1] - _width(value)) + value]
        cells += [_filled(cell, width) for cell, width in zip(rest, widths[2:])]
        line = "  ".join(cells).rstrip()
        yield paint(line, state) if state or rows[0][0] is name else line


def _painted(line: str) -> str:
    """A line of the long output with the state it begins with in its colour."""
    state, colon, rest = line.partition(":")
    return f"{paint(state, state)}{colon}{rest}" if state in _COLOURS else line


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
