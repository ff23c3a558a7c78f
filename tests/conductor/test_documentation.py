"""docs/conductor.md says what the modes do."""

from __future__ import annotations

import re
from pathlib import Path

from check_videoconf import catalog
from check_videoconf.conductor.tables import TableMode

TEXT = (Path(__file__).parents[2] / "docs" / "conductor.md").read_text(encoding="utf-8")


def test_the_table_of_keys_is_that_of_the_modes() -> None:
    documented = set()
    rows = re.findall(r"^\| ([a-z][a-z, -]+) \| (\w+) \| ([^|]+) \| [^|]+ \|$", TEXT, re.MULTILINE)
    for modes, field, keys in rows:
        for mode in modes.split(", "):
            documented.add((mode, field, tuple(re.findall(r"`(\w+)`", keys))))
    declared = set()
    for name in catalog.SYSTEMS["conductor"].modes:
        mode = catalog.mode("conductor", name)
        if issubclass(mode, TableMode):
            declared |= {(name, field, keys) for table in mode.tables for field, keys in table.keys.items()}
    assert documented == declared
