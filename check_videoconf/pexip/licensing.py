"""The license report: what is in use and what is bought of each kind, whatever kinds a version has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..fields import number
from ..mode import Mode, Record

PATH = "status/v1/licensing/"

# Those of every version, and those of some; of kinds that nobody has heard of only pairs count.
_ALWAYS = ("audio", "port", "system", "vmr")
_KNOWN = (*_ALWAYS, "ghm", "otj", "scheduling", "teams", "telehealth")
_MEMBER = re.compile(r"([a-z][a-z0-9_]{0,39})_(?:count|total)", re.IGNORECASE)


def kinds(mode: Mode) -> Iterator[dict[str, Any]]:
    """`name`, `total` and `usage` of each kind of which some are bought or in use. That there is no report is told."""
    found: dict[str, dict[str, Any]] = {}
    report: Record | None = None
    for report in mode.client.rows(PATH):
        found.update((kind["name"], kind) for kind in _read(mode, report))
    if report is None:
        mode.problems.append("the device reports no license at all")
    for name in sorted(found):
        yield found[name]


def _read(mode: Mode, report: Record) -> Iterator[dict[str, Any]]:
    names = {match[1] for member in report if (match := _MEMBER.fullmatch(member))}
    for name in sorted(names.union(_ALWAYS)):
        members = f"{name}_total", f"{name}_count"
        if name in _KNOWN or all(member in report for member in members):
            made = labels(name)
            total, usage = (mode.read_member(report, one, number, *made, what="license report") for one in members)
            if total is not None and usage is not None and (total or usage):
                yield {"name": name, "total": total, "usage": usage}


def labels(name: str) -> tuple[str, str, str]:
    """Of a kind of license the labels of the counters: in use, free, share in use."""
    return f"license-{name}-usage", f"license-{name}-free", f"license-{name}-usage-prct"
