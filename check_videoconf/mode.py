"""Mode: what each mode declares, and the few verbs its probe() is written with."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Callable, ClassVar, TypeVar

from .counters import CRITICAL, OK, UNKNOWN, Counter, Finding, Measurement, Status, Verdict
from .errors import DeviceError, NotSupported, RestDisabled
from .fields import Fields, Gaps, Unreadable
from .options import Option, Options, find_label, regex
from .text import plural, shorten
from .thresholds import Thresholds
from .units import human

Record = Mapping[str, Any]
#: Why a counter is not measured where the device is of a version that has no such thing.
NOT_SUPPORTED = "not supported by this version"
_Read = TypeVar("_Read")
_Kind = TypeVar("_Kind")


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
    #: How the examples in the help say who asks.
    login: ClassVar[str] = "--password-file FILE"
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
    #: Whether connecting is part of what is measured, so that no connection of another check will do.
    connects_anew: ClassVar[bool] = False
    #: Whether it may ask without credentials, see api_check.ApiCheck.
    anonymous: ClassVar[bool] = False
    #: Whether it is nothing for every device: templates have it only where somebody asks for it.
    opt_in: ClassVar[bool] = False
    #: Whether it changes something at the device, and keeps a note in the state directory of what it must put right.
    acts: ClassVar[bool] = False
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
        # Those of the mode that this one was made from, too: its headline may name them, see centreon.mode.
        declared = [counter for kind in reversed(type(self).__mro__) for counter in vars(kind).get("counters", ())]
        self._by_label: dict[str, Counter] = {counter.label: counter for counter in declared}

    def probe(self) -> Iterator[Finding]:
        """What the device shows now, as findings. Raises VideoconfError when it cannot be asked."""
        raise NotImplementedError

    def headline(self) -> str:
        """The summary of the OK state: the two or three figures a person wants."""
        raise NotImplementedError

    # -- verbs: to ask

    def fetch(self, path: str, fields: Fields | None = None, what: str = "", **query: Any) -> Iterator[dict[str, Any]]:
        """Each row that the client finds, as a record; what it lacks is told. Raises VideoconfError.

        fields, what: what is read of a row, and the noun for one, where they are not the mode's own. query: what else
        the client's `records` takes.
        """
        found: Iterator[dict[str, Any]] = self.client.records(
            path, fields or self.fields, what or self.record, self.gaps, **query
        )
        return found

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

    # -- verbs: to judge and to measure

    def judge(self, status: str, record: Record, describe: Callable[[Record], str]) -> Verdict:
        """The verdict on a record; `describe` says in words what it is."""
        state = self.thresholds.judge(status, record)
        return Verdict(status, state, describe(record) if state != OK or self.given.verbose else "")

    def mention(self, text: str = "") -> Iterator[Verdict]:
        """Something that is as it should be, said with -v; nothing at all to say is still no failed measurement."""
        yield Verdict("", OK, text if self.given.verbose else "")

    def measure(
        self,
        label: str,
        value: float | None,
        instance: str = "",
        *,
        low: float | None = None,
        high: float | None = None,
        judged: bool = True,
        which: str = "",
        told: bool = False,
    ) -> Iterator[Measurement]:
        """The value of a counter; None is a value that could not be had, which is UNKNOWN unless it is optional.

        label: of a counter, or of a member of a family. low, high: bounds, where they are not the counter's. judged:
        whether the thresholds apply. which: what was counted, behind the counter's name in sentences. told: what could
        not be had is told already, as a field that is missing.
        """
        counter = self._counter(label)
        if value is None:
            if not told:
                self.absent(label, instance, optional=counter.optional)
            return
        if not instance:
            self.values[label] = value
        if self.wanted(label):
            counter = counter.titled(f"{counter.title} ({which})") if which else counter
            yield Measurement(counter, value, instance, low=low, high=high, judged=judged)

    def tally(self, label: str, counts: Mapping[str, int]) -> Iterator[Measurement]:
        """A counter per instance from how often each was seen, in the order of their names; '' is shown as none."""
        for instance in sorted(counts):
            yield from self.measure(label, counts[instance], instance or "none")

    def flagged(self, label: str, told: Sequence[bool], total: int) -> Iterator[Measurement]:
        """How many of `total` records are so, by the flags of those that tell; not reported where none of them does."""
        yield from self.measure(label, sum(told) if told or not total else None, high=total)

    def expect(self, option: str, wanted: str, found: str, *, met: bool) -> Iterator[Verdict]:
        """The verdict on an --expect-… : CRITICAL with both sides in words when it is not met."""
        if not met:
            yield Verdict(option, CRITICAL, f"{option}: expected {wanted}, found {found or 'nothing'}")

    def missing(self, label: str, names: Collection[str]) -> Iterator[Measurement]:
        """How many of the expected things were not found; in sentences they are named."""
        yield from self.measure(label, len(names), which=shorten(", ".join(names), 200))

    def age(self, moment: float | None) -> float | None:
        """Seconds since a moment, never negative: clocks of device and poller differ a little."""
        return None if moment is None else max(0.0, self.now - moment)

    def recall(self, name: str, kind: type[_Kind]) -> _Kind:
        """What the previous run remembered under a name; an empty one where there is none, or something else."""
        found = (self.previous or {}).get(name)
        return found if isinstance(found, kind) else kind()

    # -- verbs: to say what could not be had

    def read_member(
        self,
        report: Mapping[str, Any],
        member: str,
        reader: Callable[[Any], _Read | None],
        *labels: str,
        what: str = "",
    ) -> _Read | None:
        """A member of a report by a reader of `fields`, or one that raises Unreadable like them; None if it has none.

        That it cannot be had is told, unless --filter-counters leaves none of the counters made of it, `labels`. what:
        the noun for the report, else `record`.
        """
        value = report.get(member)
        told = not labels or any(self.wanted(label) for label in labels)
        try:
            found = reader(value)
        except Unreadable:
            if told:
                self.gaps.unreadable(what or self.record, member, value, required=True)
            return None
        if found is None and told:
            self.gaps.missing(what or self.record, member, present=member in report)
        return found

    @contextmanager
    def each_on_its_own(self, without: str = "") -> Iterator[None]:
        """What the device does not have, or refuses in its own words, is a problem; what follows is still asked.

        without: what is done where it is not needed; then it is a remark.
        """
        try:
            yield
        except (NotSupported, RestDisabled, DeviceError) as error:
            if without:
                self.remarks.append(f"{without}: {error}")
            else:
                self.problems.append(str(error))

    def absent(self, label: str, instance: str = "", *, optional: bool, reason: str = "not reported") -> None:
        """Says that a counter has no value; UNKNOWN if it must have one or the user has a threshold on it."""
        if not self.wanted(label):
            return
        line = f"{label}{' of ' + instance if instance else ''}: {reason}"
        (self.remarks if optional and label not in self.thresholds.given else self.problems).append(line)

    def supports(self, label: str, field: str) -> bool:
        """Whether this version has a field that a counter is made of; that it has not is said of the counter."""
        if field not in self.gaps.absent:
            return True
        self.absent(label, optional=True, reason=NOT_SUPPORTED)
        return False

    def lacking(self, labels: Iterable[str], reason: str) -> None:
        """Why counters are not measured in this check; that matters where the user has a threshold on one."""
        for label in labels:
            if label in self.thresholds.given:
                self.absent(label, optional=True, reason=reason)

    def wanted(self, label: str) -> bool:
        """Whether --filter-counters leaves a counter or a status."""
        return self.given.filter_counters is None or bool(self.given.filter_counters.search(label))

    @staticmethod
    def none_left(options: Options, labels: Collection[str]) -> str:
        """What to say where --filter-counters leaves none of what there is, else `''`."""
        pattern = options.filter_counters
        if not labels or pattern is None or any(map(pattern.search, labels)):
            return ""
        return f"--filter-counters: '{pattern.pattern}' matches none of {', '.join(labels)}"

    # -- the end

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

    # -- words

    def count_of(self, number: float) -> str:
        """`1 alarm`, `3 alarms`."""
        return plural(number, self.record)

    def figure(self, label: str) -> str:
        """A total for people, `12.5 %`, `3 d 4 h`; `''` where it was not measured."""
        return human(self.values[label], self._counter(label).unit) if label in self.values else ""

    def _counter(self, label: str) -> Counter:
        """The counter of a label, made from its family where it is a member of one."""
        if label not in self._by_label:
            family = find_label(label, list(self._by_label)) or label
            head, _, tail = family.partition("*")
            self._by_label[label] = self._by_label[family].member(label[len(head) : len(label) - len(tail)])
        return self._by_label[label]


def _or_empty(value: Any) -> str:
    return "" if value is None else str(value)
