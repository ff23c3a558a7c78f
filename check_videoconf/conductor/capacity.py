"""conductor capacity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..counters import Counter, Finding
from ..errors import OptionError
from ..fields import Unreadable, number
from ..options import Option
from .tables import RestMode

_PATH = "/api/4.0/servicecost/"
_DIMENSIONS = {"licenses": "licences"}


class Capacity(RestMode):
    """What the pools behind a conference alias can take, as configured."""

    endpoints = (f"GET {_PATH}ALIAS",)
    requests = "1 an alias"
    notes = (
        "This is the capacity as configured, not what is free: it includes bridges that are unusable now.",
        "participants-possible: the least of (capacity - conference_cost) / participant_cost, for one screen.",
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
        what = f"service cost of {alias}"
        both = ("capacity", "participants-possible")
        capacity = self.read_member(answer, "pool_capacity", _resources, *both, what=what)
        conference = self.read_member(answer, "conference_cost", _resources, both[1], what=what)
        participant = self.read_member(answer, "participant_cost", _one_screen, both[1], what=what)
        for dimension, value in (capacity or {}).items():
            yield from self.measure("capacity", value, f"{alias}~{dimension}")
        if capacity is None or conference is None or participant is None:
            return
        unknown = [dimension for dimension, cost in participant.items() if cost > 0 and dimension not in capacity]
        if unknown:
            self.problems.append(f"pool_capacity of {alias} lacks {', '.join(unknown)}, which a participant costs")
            return
        fits = [
            max(0, math.floor((capacity[dimension] - conference.get(dimension, 0)) / cost))
            for dimension, cost in participant.items()
            if cost > 0
        ]
        self.shown.append(f"{alias}: {min(fits)} participants possible" if fits else f"{alias}: no cost a participant")
        yield from self.measure("participants-possible", min(fits) if fits else None, alias)


def _resources(value: Any) -> dict[str, float] | None:
    """A list of `{dimension, value}` to a mapping; null is None. Raises Unreadable, also for an empty list."""
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise Unreadable
    resources = {}
    for item in value:
        amount = number(item.get("value")) if isinstance(item, dict) else None
        if amount is None or amount < 0 or not isinstance(item.get("dimension"), str):
            raise Unreadable
        resources[_DIMENSIONS.get(item["dimension"], item["dimension"])] = amount
    return resources


def _one_screen(value: Any) -> dict[str, float] | None:
    """What a participant with one screen costs; null is None. Raises Unreadable."""
    if value is None:
        return None
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and number(item.get("num_screens")) == 1:
            return _resources(item.get("resources"))
    raise Unreadable
