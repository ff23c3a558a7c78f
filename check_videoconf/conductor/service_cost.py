"""What servicecost says of an alias: capacities and costs by dimension, and how many participants they make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..fields import Unreadable, number

_DIMENSIONS = {"licenses": "licences"}


def resources(value: Any) -> dict[str, float] | None:
    """A list of `{dimension, value}` to a mapping; null is None. Raises Unreadable, also for an empty list."""
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise Unreadable
    amounts = {}
    for item in value:
        amount = number(item.get("value")) if isinstance(item, dict) else None
        if amount is None or amount < 0 or not isinstance(item.get("dimension"), str):
            raise Unreadable
        amounts[_DIMENSIONS.get(item["dimension"], item["dimension"])] = amount
    return amounts


def costs(value: Any) -> dict[str, float] | None:
    """The same, of costs: those that are more than 0."""
    found = resources(value)
    return found and {dimension: cost for dimension, cost in found.items() if cost > 0}


def one_screen(value: Any) -> dict[str, float] | None:
    """What a participant with one screen costs, where that is more than 0; null is None. Raises Unreadable."""
    if value is None:
        return None
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and number(item.get("num_screens")) == 1:
            return costs(item.get("resources"))
    raise Unreadable


def participants(
    capacity: Mapping[str, float], conference: Mapping[str, float], participant: Mapping[str, float]
) -> int | None:
    """How many participants fit beside the conference itself, by the scarcest dimension; None where they cost nothing.

    capacity has each dimension that a participant or the conference costs.
    """
    if any(capacity[dimension] < cost for dimension, cost in conference.items()):
        return 0
    fits = [
        math.floor((capacity[dimension] - conference.get(dimension, 0)) / cost)
        for dimension, cost in participant.items()
    ]
    return min(fits) if fits else None
