"""The limits of one check: each counter's ranges and each status's expressions, from defaults and command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .counters import CRITICAL, OK, UNKNOWN, WARNING, Counter, Status
from .errors import OptionError
from .options import LEVELS, Options, find_label
from .ranges import Range
from .text import nearest

if TYPE_CHECKING:
    from .expression import Expression
    from .mode import Mode
    from .operands import Record

# The order in which a status is judged: the worst that matches wins.
_JUDGED = (("critical", CRITICAL), ("unknown", UNKNOWN), ("warning", WARNING))
_ECHO = 1000


class Thresholds:
    """What this check judges by. Raises OptionError for a bad range, a bad expression or an unknown label."""

    def __init__(self, mode: type[Mode], options: Options) -> None:
        self._counters = {counter.label: counter for counter in mode.counters}
        self._ranges: dict[tuple[str, str], Range | None] = {}
        #: Labels the user put a threshold on.
        self.given: set[str] = set()
        self._statuses = {status.label: self._expressions(status, options) for status in mode.statuses}
        for counter in mode.counters:
            for level, text in (("warning", counter.warning), ("critical", counter.critical)):
                self._ranges[level, counter.label] = Range(text, counter.unit) if text else None
        for level in ("warning", "critical"):
            for label, text in getattr(options, level):
                self._set(level, label, text, f"-{level[0]} {label}")
        for level in LEVELS:
            for label, text in options.levels[level].items():
                if label not in self._statuses:
                    self._set(level, label, text, f"--{level}-{label}")

    def _set(self, level: str, label: str, text: str, name: str) -> None:
        known = find_label(label, list(self._counters))
        if known is None:
            guess = nearest(label, list(self._counters))
            hint = f"did you mean {guess}?" if guess else "see --list-counters"
            raise OptionError(f"{name}: no such counter, {hint}")
        if level == "unknown":
            raise OptionError(f"{name}: a counter has warning and critical ranges only")
        if not text:
            return  # pollers pass empty macros
        try:
            self._ranges[level, label] = Range(text, self._counters[known].unit)
        except ValueError as error:
            raise OptionError(f"{name}: {error}") from None
        self.given.add(label)

    def ranges(self, counter: Counter) -> tuple[Range | None, Range | None]:
        """Warning and critical range of a counter; of a family's member those of the family where it has none."""
        family = find_label(counter.label, list(self._counters)) or counter.label
        warning, critical = (
            self._ranges.get((level, counter.label), self._ranges.get((level, family)))
            for level in ("warning", "critical")
        )
        return warning, critical

    def judge(self, status: str, record: Record) -> int:
        """The state a record deserves."""
        for state, expression in self._statuses[status]:
            if expression(record):
                return state
        return OK

    def judges(self, status: str) -> bool:
        """Whether a status has any expression at all."""
        return bool(self._statuses[status])

    def _expressions(self, status: Status, options: Options) -> Sequence[tuple[int, Expression]]:
        expressions = []
        for level, state in _JUDGED:
            source = options.levels[level].get(status.label)
            if source is None:
                source = getattr(status, level)
            else:
                self.given.add(status.label)
            if source.strip():
                expressions.append((state, _expression(source, status, level)))
        return expressions


def _expression(source: str, status: Status, level: str) -> Expression:
    from .expression import Expression, ExpressionError  # not every mode has a status

    try:
        return Expression(source, status.macros)
    except ExpressionError as error:
        raise OptionError(f"--{level}-{status.label}: {error}", _echo(source, error.position)) from None


def _echo(source: str, position: int) -> str:
    """The expression, of a very long one what is near, with a caret under the place; a character for a character."""
    first = max(0, position - _ECHO // 2) if len(source) > _ECHO else 0
    shown = "".join(character if character.isprintable() else " " for character in source[first : first + _ECHO])
    return f"{shown}\n{' ' * (position - first)}^"
