"""Mode: what each mode declares, and the few verbs its probe() is written with."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Callable, ClassVar, TypeVar

from .counters import CRITICAL, OK, UNKNOWN, Counter, Finding, Measurement, Status, Verdict
from .fields import Fields, Gaps, Unreadable
from .options import Option, Options, regex
from .text import plural, shorten
from .thresholds import Thresholds

Record = Mapping[str, Any]
_Read = TypeVar("_Read")


class Mode:
    """One kind of check. A subclass declares and writes `probe` and `headline`; its module's place names it.

    `check_videoconf/pexip/node_load.py` holds `class NodeLoad(Mode)`: system pexip, mode node-load.
    """

    system: ClassVar[str] = ""
    name: ClassVar[str] = ""

    #: What it asks, and how many requests that makes, for the help.
    endpoints: ClassVar[tuple[str, ...]] = ()
    requests: ClassVar[str] = "1"
    #: Paragraphs of the help about what a user may wonder.
    notes: ClassVar[tuple[str, ...]] = ()
    #: What the mode cannot do without, behind the connection options of the first example in the help.
    needs: ClassVar[str] = ""
    #: The second of the two examples in the help: what is put behind the connection options.
    example: ClassVar[str] = ""

    #: What the mode's records are called; the plural begins perfdata names that do not name it themselves.
    record: ClassVar[str] = ""
    fields: ClassVar[Fields] = Fields()
    counters: ClassVar[tuple[Counter, ...]] = ()
    statuses: ClassVar[tuple[Status, ...]] = ()
    options: ClassVar[tuple[Option, ...]] = ()
    #: Each name makes --filter-NAME and --exclude-NAME, regular expressions on that field of the record; `NAME=FIELD`
    #: where the record calls it otherwise.
    filters: ClassVar[tuple[str, ...]] = ()
    #: Whether there must be something: an inventory that is empty, or of which a filter leaves nothing, is UNKNOWN.
    inventory: ClassVar[bool] = False
    #: Default of --cache.
    cache: ClassVar[int] = 0
    #: Whether it may ask without credentials, see api_check.ApiCheck.
    anonymous: ClassVar[bool] = False
    #: What a mode that lists things says of each, see discovery.Discovery; it prints them in place of a check.
    columns: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def remembers(cls, options: Options) -> bool:
        """Whether a check with these options needs to know of its previous run."""
        return False

    def __init_subclass__(cls) -> None:
        package, _, module = cls.__module__.rpartition(".")
        cls.system = cls.__dict__.get("system") or package.rpartition(".")[2]  # not that of a base several share
        cls.name = cls.__dict__.get("name") or module.replace("_", "-")

    @classmethod
    def declared_options(cls) -> tuple[Option, ...]:
        """The mode's own options, those of its filters among them."""
        filters = (
            Option(f"--{verb}-{name}", "REGEX", f"{words} whose {name.replace('-', ' ')} matches", kind=regex)
            for name, _ in cls.filter_fields()
            for verb, words in (("filter", f"only {cls.record}s"), ("exclude", f"no {cls.record}s"))
        )
        return (*filters, *cls.options)

    @classmethod
    def filter_fields(cls) -> list[tuple[str, str]]:
        """Name and field of each filter."""
        return [
            (name, field or name.replace("-", "_"))
            for name, _, field in (entry.partition("=") for entry in cls.filters)
        ]

    @classmethod
    def shown_columns(cls, options: Options) -> tuple[str, ...]:
        """The columns that may be printed with these options."""
        return cls.columns

    @classmethod
    def labels(cls) -> list[str]:
        """Labels of all counters and statuses."""
        return [declared.label for declared in cls.counters] + [status.label for status in cls.statuses]

    def __init__(
        self, client: Any, options: Options, thresholds: Thresholds, previous: Mapping[str, Any] | None = None
    ) -> None:
        """`previous` is what the previous run of the same service saved, None on the first one."""
        self.client = client
        self.previous = previous
        #: What the next run of the same service shall know; saved when the probe has succeeded.
        self.remembered: dict[str, Any] = {}
        self.given = options
        self.thresholds = thresholds
        self.gaps = Gaps()
        self.now = time.time()
        #: Lines for the long output, whatever the verbosity.
        self.remarks: list[str] = []
        #: Lines that make the check UNKNOWN.
        self.problems: list[str] = []
        #: What a mode with columns has found.
        self.things: list[Record] = []
        #: Totals measured so far, by label, for the headline.
        self.values: dict[str, float] = {}
        self.seen = self.selected = 0
        self._by_label = {counter.label: counter for counter in self.counters}

    def probe(self) -> Iterator[Finding]:
        """What the device shows now, as findings. Raises VideoconfError when it cannot be asked."""
        raise NotImplementedError

    def headline(self) -> str:
        """The summary of the OK state: the two or three figures a person wants."""
        raise NotImplementedError

    # -- verbs

    def select(self, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The records that the filters leave."""
        tests = self._tests()
        for record in records:
            self.seen += 1
            if all((search(_or_empty(record[field])) is not None) is wanted for field, search, wanted in tests):
                self.selected += 1
                yield record

    def _tests(self) -> list[tuple[str, Callable[[str], re.Match[str] | None], bool]]:
        """Field, search and wanted outcome of each filter that was given."""
        return [
            (field, pattern.search, verb == "filter")
            for name, field in self.filter_fields()
            for verb in ("filter", "exclude")
            if (pattern := getattr(self.given, f"{verb}_{name.replace('-', '_')}"))
        ]

    @property
    def filtered(self) -> bool:
        """Whether any filter was given."""
        return bool(self._tests())

    def unmatched(self) -> str:
        """What to say where there is nothing to judge, else `''`."""
        if self.selected or not (self.seen or self.inventory):
            return ""
        if self.seen:
            return f"no {self.record} matches the filters ({self.seen} seen)"
        return f"the device reports no {self.record} at all"

    def judge(self, status: str, record: Record, describe: Callable[[Record], str]) -> Verdict:
        """The verdict on a record; `describe` says in words what it is."""
        state = self.thresholds.judge(status, record)
        return Verdict(status, state, describe(record) if state != OK or self.given.verbose else "")

    def measure(
        self,
        label: str,
        value: float | None,
        instance: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        counter: Counter | None = None,
        judged: bool = True,
    ) -> Iterator[Measurement]:
        """The value of a counter; None is a value that could not be had, which is UNKNOWN unless it is optional.

        `counter` is a member of a family, whose label is not itself declared.
        """
        counter = counter or self._by_label[label]
        if value is None:
            self.absent(label, instance, optional=counter.optional)
            return
        if not instance:
            self.values[label] = value
        if self.wanted(label):
            yield Measurement(counter, value, instance, low=low, high=high, judged=judged)

    def tally(self, label: str, counts: Mapping[str, int]) -> Iterator[Measurement]:
        """A counter per instance from how often each was seen, in the order of their names; '' is shown as none."""
        for instance in sorted(counts):
            yield from self.measure(label, counts[instance], instance or "none")

    def expect(self, option: str, wanted: str, found: str, *, met: bool) -> Iterator[Verdict]:
        """The verdict on an --expect-… : CRITICAL with both sides in words when it is not met."""
        if not met:
            yield Verdict(option, CRITICAL, f"{option}: expected {wanted}, found {found or 'nothing'}")

    def missing(self, label: str, names: Collection[str]) -> Iterator[Measurement]:
        """How many of the expected things were not found; in sentences they are named."""
        counter = copy.copy(self._by_label[label])
        if names:
            counter.title = f"{counter.title} ({shorten(', '.join(names), 200)})"
        yield from self.measure(label, len(names), counter=counter)

    def read_member(
        self,
        report: Mapping[str, Any],
        member: str,
        reader: Callable[[Any], _Read | None],
        *labels: str,
        what: str = "",
    ) -> _Read | None:
        """A member of a report by a reader of `fields`, or one that raises Unreadable like them; None if it has none.

        That it cannot be had is told, unless --filter-counters leaves none of the counters made of it. what: the noun
        for the report, else `record`.
        """
        value = report.get(member)
        told = any(self.wanted(label) for label in labels)
        try:
            found = reader(value)
        except Unreadable:
            if told:
                self.gaps.unreadable(what or self.record, member, value, required=True)
            return None
        if found is None and told:
            self.gaps.missing(what or self.record, member, present=member in report)
        return found

    def absent(self, label: str, instance: str = "", *, optional: bool, reason: str = "not reported") -> None:
        """Says that a counter has no value; UNKNOWN if it must have one or the user has a threshold on it."""
        if not self.wanted(label):
            return
        line = f"{label}{' of ' + instance if instance else ''}: {reason}"
        (self.remarks if optional and label not in self.thresholds.given else self.problems).append(line)

    def wanted(self, label: str) -> bool:
        """Whether --filter-counters leaves a counter or a status."""
        return self.given.filter_counters is None or bool(self.given.filter_counters.search(label))

    def age(self, moment: float | None) -> float | None:
        """Seconds since a moment, never negative: clocks of device and poller differ a little."""
        return None if moment is None else max(0.0, self.now - moment)

    def finish(self) -> Iterator[Finding]:
        """What belongs to every probe, after it: fields that could not be read, filters that left nothing."""
        for line in self.shortcomings():
            yield Verdict("", UNKNOWN, line)
        if self.inventory and self.unmatched():
            yield Verdict("", UNKNOWN, self.unmatched())
        self.remarks.extend(self.gaps.notes())

    def shortcomings(self) -> list[str]:
        """What could not be had of what must be had, so far."""
        return [*self.gaps.problems(), *self.problems]

    def count_of(self, number: float) -> str:
        """`1 alarm`, `3 alarms`."""
        return plural(number, self.record)


def _or_empty(value: Any) -> str:
    return "" if value is None else str(value)
