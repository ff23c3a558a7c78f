"""The one table of systems and modes. Nothing is imported until it is chosen."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import OptionError
from .text import nearest

if TYPE_CHECKING:
    from .mode import Mode


class System(NamedTuple):
    """A product: its name in sentences, the default account, whether it is asked by one check at a time, its modes."""

    title: str
    username: str
    one_at_a_time: bool
    modes: dict[str, str]


SYSTEMS: dict[str, System] = {
    "pexip": System(
        "Pexip Infinity",
        "admin",
        False,
        {
            "alarms": "alarms raised now, judged by level",
            "conferences": "conferences and participants now",
            "call-quality": "quality of the calls now and over their last minutes",
            "node-load": "media load and capacity of the Conferencing Nodes",
        },
    ),
    "conductor": System(
        "Cisco TelePresence Conductor",
        "admin",
        True,
        {"health": "CPU load, fans and committed memory"},
    ),
    "trio": System(
        "Poly Trio",
        "Polycom",
        True,
        {"device": "CPU, memory and state of the phone"},
    ),
}


def system(name: str) -> System:
    """A system by name. Raises OptionError."""
    if name not in SYSTEMS:
        raise OptionError(f"unknown system '{name}', {_hint(name, list(SYSTEMS))}")
    return SYSTEMS[name]


def mode(system_name: str, name: str) -> type[Mode]:
    """A mode's class: `pexip`, `node-load` is NodeLoad of check_videoconf.pexip.node_load. Raises OptionError."""
    known = system(system_name).modes
    if name not in known:
        raise OptionError(f"unknown mode '{name}' of {system_name}, {_hint(name, list(known))}")
    module = importlib.import_module(f"check_videoconf.{system_name}.{name.replace('-', '_')}")
    found: type[Mode] = getattr(module, "".join(word.capitalize() for word in name.split("-")))
    return found


def client(system_name: str) -> Any:
    """The class that asks a system's devices."""
    return importlib.import_module(f"check_videoconf.{system_name}.client").Client


def _hint(name: str, known: list[str]) -> str:
    guess = nearest(name, known)
    return f"did you mean {guess}?" if guess else f"there are {', '.join(known)}"
