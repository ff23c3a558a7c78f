"""conductor licenses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding
from ..mode import Mode

_PATH = "/api/4.0/multipartylicense"
# A longer run of digits in text is the number of something, not how many there are of it.
_NUMBER = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?", re.ASCII)


class Licenses(Mode):
    """Multiparty licences of the cluster, whatever the Conductor says of them."""

    endpoints = (f"GET {_PATH}",)
    notes = (
        "No key of this answer is published: each number in it is measured, named by the path of its keys.",
        "Look once with -v, then choose with --filter-name and set thresholds.",
    )
    example = "--filter-name '^PMP.used$' --warning-licenses 45"

    record = "licence figure"
    inventory = True
    filters = ("name",)
    counters = (
        Counter("licenses", "license.multiparty.count", "the number at that place", instance="key", title="licences"),
    )

    def probe(self) -> Iterator[Finding]:
        answer = self.client.rest.get(_PATH, nested=True)
        figures = [{"name": ".".join(path), "value": value} for path, value in _numbers(answer, ()) if path]
        self.shown = []
        for figure in self.select(figures):
            self.shown.append(f"{figure['name']} {figure['value']}")
            yield from self.measure("licenses", figure["value"], figure["name"])
        if not figures:
            seen = ", ".join(sorted(answer)) if isinstance(answer, dict) else "none"
            self.problems.append(f"no number in {_PATH}, keys seen: {seen or 'none'}")

    def headline(self) -> str:
        return ", ".join(self.shown[:6]) + (f" and {len(self.shown) - 6} more" if len(self.shown) > 6 else "")


def _numbers(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Each number in parsed JSON with the path of its keys, the place in a list counting as one."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(inner, (*path, str(key)))
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        yield path, float(value) if "." in value else int(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 1e300:
        yield path, value
