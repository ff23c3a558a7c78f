"""What a mode measures and judges, as declared: Counter and Status; and what it finds: Measurement and Verdict."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from .units import WORDS


class Counter:
    """A number a mode measures.

    label: names the options (`--warning-label`). nlabel: names the perfdata; derived from the label when not given.
    unit: `''` (a count), `%`, `s`, `ms`, `B`, `/s`, `b/s`, `B/s` or `rpm`. low, high: bounds printed in perfdata.
    warning, critical: default ranges. instance: what the counter exists once for each of (`node`), `''` for a total.
    A `*` in label and nlabel makes it a family, `member` its members. optional: the device may not report it. title:
    its name in sentences. A percentage ends at 100 unless `over`.
    """

    __slots__ = (
        "critical",
        "help",
        "high",
        "instance",
        "label",
        "low",
        "nlabel",
        "optional",
        "title",
        "unit",
        "warning",
    )

    def __init__(
        self,
        label: str,
        nlabel: str = "",
        help: str = "",
        *,
        unit: str = "",
        low: float | None = 0,
        high: float | None = None,
        warning: str = "",
        critical: str = "",
        instance: str = "",
        optional: bool = False,
        over: bool = False,
        title: str = "",
    ) -> None:
        self.label = label
        self.nlabel = nlabel
        self.help = help
        self.unit = unit
        self.low = low
        self.high = 100 if high is None and unit == "%" and not over else high
        self.warning = warning
        self.critical = critical
        self.instance = instance
        self.optional = optional
        self.title = title or label.replace("-prct", "").replace("-", " ")

    def member(self, word: str) -> Counter:
        """The counter of one member of a family: `word` in place of the `*` in label, nlabel, help and title."""
        made = copy.copy(self)
        for name in ("label", "nlabel", "help", "title"):
            setattr(made, name, getattr(self, name).replace("*", word))
        return made

    def members(self, words: Iterable[str]) -> Iterator[Counter]:
        """The counters of a family whose members are known before the device is asked."""
        return map(self.member, words)

    def titled(self, title: str) -> Counter:
        """The counter by another name in sentences."""
        made = copy.copy(self)
        made.title = title
        return made

    def named(self, noun: str) -> str:
        """The perfdata name; `noun` is the mode's plural noun, put in front where the label does not begin with it."""
        if self.nlabel:
            return self.nlabel
        words = [word for word in self.label.split("-") if word != "prct"]
        if words[0] != noun:
            words.insert(0, noun)
        return ".".join([*words, WORDS[self.unit]])


class Status:
    """A judgement by expression of each record of a mode. macros: the names an expression may use, by blanks."""

    __slots__ = ("critical", "help", "label", "macros", "unknown", "warning")

    def __init__(
        self,
        label: str,
        macros: str,
        help: str = "",
        *,
        unknown: str = "",
        warning: str = "",
        critical: str = "",
    ) -> None:
        self.label = label
        self.macros = tuple(macros.split())
        self.help = help
        self.unknown = unknown
        self.warning = warning
        self.critical = critical


class Finding:
    """Something a mode found."""

    __slots__ = ()


class Measurement(Finding):
    """A value of a counter; `instance` is the raw name of what it was measured on. Bounds default to the counter's.

    judged: whether the thresholds apply; too few samples are printed but not judged.
    """

    __slots__ = ("counter", "high", "instance", "judged", "low", "value")

    def __init__(
        self,
        counter: Counter,
        value: float,
        instance: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        judged: bool = True,
    ) -> None:
        self.counter = counter
        self.value = value
        self.instance = instance
        self.low = counter.low if low is None else low
        self.high = counter.high if high is None else high
        self.judged = judged


class Verdict(Finding):
    """A record judged: `state` is the exit code it deserves, `text` says what it is."""

    __slots__ = ("state", "status", "text")

    def __init__(self, status: str, state: int, text: str) -> None:
        self.status = status
        self.state = state
        self.text = text

    @property
    def problem(self) -> bool:
        """Whether the record is not OK."""
        return self.state != OK

    @property
    def alert(self) -> bool:
        """Whether it is known to be bad: unlike a problem, not if it is only UNKNOWN."""
        return self.state in (WARNING, CRITICAL)


OK, WARNING, CRITICAL, UNKNOWN = range(4)
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# Worst first: a sub-item that could not be read must not hide one that is broken.
_SEVERITY = (0, 1, 3, 2)


def severity(state: int) -> int:
    """For sorting: critical, then unknown, then warning, then ok."""
    return _SEVERITY[state]


def worst(states: list[int]) -> int:
    """The state of a whole: the worst of its parts; of no parts OK."""
    return max(states, key=severity, default=OK)
