"""(g) Very many checks through one connector and its workers: what they hold afterwards.

Memory is that of all processes, what they share counted once. Two checks are on the way at any time.
"""

from __future__ import annotations

import tempfile
import time

from .devices import environment
from .engines import connector
from .fleet import fleet
from .tables import Figure, Table

# MiB more than after the first hundredth.
MOST_GROWTH = 8.0
_AT_ONCE = 2
_DEVICES = 20
_MARKS = (0.01, 0.1, 0.5, 1.0)


def memory(checks: int) -> Table:
    """A row after each part of the checks."""
    columns = ["checks", "MiB", "more", "open files", "processes", "CPU ms a check", "checks a second"]
    table = Table("g", f"memory over {checks:,} checks", columns)
    with tempfile.TemporaryDirectory() as scratch, fleet(_DEVICES, 0, latency=False) as devices:
        commands = [one.check(devices.authority) for one in devices.devices]
        with connector(environment(scratch)) as engine:
            sent = done = 0
            first: float | None = None
            cpu, started = engine.family.cpu(), time.perf_counter()
            for mark in _MARKS:
                until = max(_AT_ONCE, int(checks * mark))
                while done < until:
                    while sent < min(until, done + _AT_ONCE):
                        engine.submit(commands[sent % len(commands)])
                        sent += 1
                    engine.answers(1)
                    done += 1
                held = engine.family.memory()
                first = held if first is None else first
                table.add(
                    f"{done:,}",
                    Figure(held, 1),
                    Figure(held - first, 1, MOST_GROWTH),
                    Figure(engine.family.files()),
                    Figure(len(engine.family.living())),
                    Figure((engine.family.cpu() - cpu) * 1000 / done, 2),
                    Figure(done / (time.perf_counter() - started)),
                )
    return table
