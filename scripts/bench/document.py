"""Writes tables into docs/benchmarks.md: each between `<!-- name -->` and `<!-- /name -->`, with machine and date."""

from __future__ import annotations

import os
import platform
import ssl
from datetime import date
from pathlib import Path

from .measure import ROOT
from .tables import Table

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def machine() -> str:
    """What it was measured on, and when."""
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    return (
        f"{date.today():%Y-%m-%d}, {cores} cores of {_model()}, Linux {platform.release()}, "  # noqa: DTZ011
        f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, mean load before {load:.1f}"
    )


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.machine()


def written(text: str, table: Table, where: str) -> str:
    """The document with this table in its place."""
    start, end = f"<!-- {table.name} -->\n", f"<!-- /{table.name} -->"
    before, found, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{DOCUMENT.name} has no part {table.name}")
    lines = [f"**{table.title}** ({where})", "", *table.markdown()]
    return "".join([before, start, *(f"{line}\n" for line in lines), end, after])
