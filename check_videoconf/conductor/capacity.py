"""conductor capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..counters import Counter, Finding
from ..errors import OptionError
from ..mode import Mode
from ..options import Option
from . import service_cost

_PATH = "/api/4.0/servicecost/"


class Capacity(Mode):
    """What the pools behind a conference alias can take, as configured."""

    endpoints = (f"GET {_PATH}ALIAS",)
    requests = "1 an alias"
    notes = (
        "This is the capacity as configured, not what is free: it includes bridges that are unusable now.",
        "participants-possible: the least of (capacity - conference_cost) / participant_cost, for one screen.",
        "It is 0 where the conference itself does not fit.",
        "All keys are confirmed. The guide writes both licences and licenses: the dimension is called licences here.",
    )
    needs = "--alias meet.alice@example.net"
    example = "--alias meet.alice@example.net --alias meet.bob@example.net --warning-participants-possible 5:"

    record = "alias"
    options = (Option("--alias", "ALIAS", "conference alias as it is dialled; at least one", repeat=True),)
    counters = (
        Counter(
            "capacity", "pool.capacity.count", "capacity in a dimension: ports, signalling, media or licences",
            instance="alias~dimension",
        ),
        Counter(
            "participants-possible", "pool.participants.count", "one-screen participants that fit",
            instance="alias", optional=True,
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        if not self.given.alias:
            raise OptionError("capacity needs --alias ALIAS, a conference alias as it is dialled")
        self.shown: list[str] = []
        for alias in self.given.alias:
            with self.each_on_its_own():
                path = _PATH + quote(alias, safe="@")
                answer = self.client.rest.get(path)
                if not isinstance(answer, dict):
                    raise self.client.session.device.wrong_shape(path, "not an object")
                yield from self._alias(alias, answer)

    def headline(self) -> str:
        return ", ".join(self.shown)

    def _alias(self, alias: str, answer: Mapping[str, Any]) -> Iterator[Finding]:
        what, possible = f"service cost of {alias}", "participants-possible"
        capacity = self.read_member(answer, "pool_capacity", service_cost.resources, "capacity", possible, what=what)
        conference = self.read_member(answer, "conference_cost", service_cost.costs, possible, what=what)
        participant = self.read_member(answer, "participant_cost", service_cost.one_screen, possible, what=what)
        for dimension, value in (capacity or {}).items():
            yield from self.measure("capacity", value, f"{alias}~{dimension}")
        if capacity is None or conference is None or participant is None:
            return
        for who, costs in (("a participant", participant), ("the conference", conference)):
            unknown = [dimension for dimension in costs if dimension not in capacity]
            if unknown:
                self.problems.append(f"pool_capacity of {alias} lacks {', '.join(unknown)}, which {who} costs")
                return
        fit = service_cost.participants(capacity, conference, participant)
        self.shown.append(f"{alias}: no cost a participant" if fit is None else f"{alias}: {fit} participants possible")
        yield from self.measure(possible, fit, alias)
