"""A mode of ours made to print and judge what a connector's mode does, and nothing beside it."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Callable, ClassVar

from .. import catalog
from ..counters import OK, Counter, Measurement, Status, Verdict
from ..mode import Mode, Record
from ..options import find_label
from .connectors import Connector, ConnectorMode


class Connected(Mode):
    """In front of a mode of ours: what the connector does not have is neither printed nor judged.

    names: what --filter-counters may know each counter and status by, by label. statuses_of: the connector's label by
    ours. macros_of: our name of a macro by the connector's.
    """

    names: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    statuses_of: ClassVar[Mapping[str, str]] = {}
    macros_of: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def labels(cls) -> list[str]:
        return list(dict.fromkeys(name for names in cls.names.values() for name in names))

    def wanted(self, label: str) -> bool:
        if label.startswith("--"):
            return True  # what an --expect-… of the user's found
        names = self.names.get(self.statuses_of.get(label, label), ())
        pattern = self.given.filter_counters
        return any(pattern is None or pattern.search(name) for name in names)

    def judge(self, status: str, record: Record, describe: Callable[[Record], str]) -> Verdict:
        known = self.statuses_of.get(status)
        if known is None:
            return Verdict(status, OK, "")
        macros = {theirs: record[ours] for theirs, ours in self.macros_of.items()}
        return super().judge(known, {**record, **macros}, describe)

    def measure(self, label: str, value: float | None, instance: str = "", **how: Any) -> Iterator[Measurement]:
        if find_label(label, [known.label for known in self.counters]):
            yield from super().measure(label, value, instance, **how)
        elif value is not None and not instance:
            self.values[label] = value  # not printed, but the headline may want it


def derive(connector: Connector, name: str) -> type[Mode]:
    """The class that does a connector's mode."""
    entry = connector.modes[name]
    base = _own(entry.ours) if entry.own else catalog.mode(connector.system, entry.ours)
    members: dict[str, Any] = {
        "__doc__": base.__doc__,
        "system": connector.system,
        "name": entry.ours,
        "counters": tuple(_counters(base, entry)),
        "statuses": tuple(_statuses(base, entry)),
        "names": dict(_names(entry)),
        "example": entry.example,
    }
    if entry.endpoints:
        members["endpoints"], members["requests"] = entry.endpoints, f"{len(entry.endpoints)}"
    if entry.without:
        members["options"] = tuple(option for option in base.options if option.names[-1] not in entry.without)
    if entry.status:
        members["statuses_of"] = {entry.status.ours: "status"}
        members["macros_of"] = entry.status.macros
    if entry.notes is not None:
        members["notes"] = entry.notes
    made: type[Mode] = type(base.__name__, (Connected, base), members)
    return made


def _own(name: str) -> type[Mode]:
    module = importlib.import_module(f"check_videoconf.centreon.{name.replace('-', '_')}")
    found: type[Mode] = getattr(module, name.capitalize())
    return found


def _counters(base: type[Mode], entry: ConnectorMode) -> Iterator[Counter]:
    """Copies of our counters without default ranges, named as the connector prints them."""
    ours = {counter.label: counter for counter in base.counters}
    for label, nlabel in entry.counters.items():
        counter = copy.copy(ours[label])
        counter.nlabel = nlabel
        counter.warning = counter.critical = ""
        yield counter


def _statuses(base: type[Mode], entry: ConnectorMode) -> Iterator[Status]:
    if entry.status:
        (ours,) = (status for status in base.statuses if status.label == entry.status.ours)
        macros = " ".join(dict.fromkeys((*entry.status.macros, *ours.macros)))
        yield Status("status", macros, ours.help, warning=entry.status.warning, critical=entry.status.critical)


def _names(entry: ConnectorMode) -> Iterator[tuple[str, tuple[str, ...]]]:
    for label in entry.counters:
        for member in entry.members or ("",):
            known = label.replace("*", member)
            yield known, (known, entry.also[label]) if label in entry.also else (known,)
    if entry.status:
        yield "status", ("status",)


def other_names(entry: ConnectorMode) -> dict[str, str]:
    """Label of a counter by the other names that a threshold may know it by: a short one, and that of its perfdata."""
    names: dict[str, str] = {}
    for label, nlabel in entry.counters.items():
        for member in entry.members or ("",):
            names[nlabel.replace("*", member).replace(".", "-")] = label.replace("*", member)
        if label in entry.also:
            names[entry.also[label]] = label
    # A status keeps its name.
    return {name: label for name, label in names.items() if not (entry.status and name == "status")}
