"""(a) A check in a process of its own, beside one GET of the same body by the standard library."""

from __future__ import annotations

from functools import partial

from .devices import simulated
from .measure import PLUGIN, compared, cost
from .tables import Figure, Table

# In multiples of the bare GET: what the plugin in Perl costs.
MOST_CPU = 2.9
_OTHERS = (
    ("pexip", "conferences"),
    ("pexip", "call-quality"),
    ("pexip", "node-load"),
    ("conductor", "health"),
    ("trio", "device"),
)


def cold(rounds: int) -> Table:
    """One limit, for the smallest check; the others for comparison."""
    table = Table("a", "cold start", ["process", "CPU ms", "CPU / GET", "wall ms", "wall / GET"])
    with simulated() as devices:
        commands = {
            "one bare GET": devices.one_get(),
            "check_videoconf --version": [*PLUGIN, "--version"],
            "pexip alarms": [*PLUGIN, *devices.check("pexip", "alarms")],
            **{f"{system} {mode}": [*PLUGIN, *devices.check(system, mode)] for system, mode in _OTHERS},
        }
        found = compared(rounds, *(partial(cost, command, devices.env) for command in commands.values()))
    for name, one in zip(commands, found):
        most = MOST_CPU if name == "pexip alarms" else None
        table.add(
            name,
            Figure(one.cpu * 1000),
            Figure(one.cpu_ratio, 2, most),
            Figure(one.wall * 1000),
            Figure(one.wall_ratio, 2),
        )
    return table
