"""What a command line says about whom it asks and how long: enough to put checks in a good order, and no more."""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .. import catalog
from ..centreon.connectors import CONNECTORS
from ..centreon.options import IGNORED, OWN
from ..common_options import COMMON

# Checks at a time of one device that can bear several; a device that hangs shall not occupy all workers.
_AT_ONCE = 4
_TIMEOUT = 30.0


class Target(NamedTuple):
    """device: equal for checks of the same one. at_once: how many of these may run. seconds: the check's deadline.

    The worker that runs a check knows its deadline better: it may be in a file of options.
    """

    device: tuple[str, ...]
    at_once: int
    seconds: float


# What a check imports late, and workers shall be born with: it costs nothing then, and needs no rights.
_MODULES = (
    "check_videoconf.perform",
    "check_videoconf.prepare",
    "check_videoconf.check",
    "check_videoconf.session",
    "check_videoconf.state",
    "check_videoconf.cache",
    "check_videoconf.credentials",
    "check_videoconf.extra_opts",
    "check_videoconf.usage",
    "check_videoconf.centreon",
    "check_videoconf.output.centreon",
    "check_videoconf.output.json",
    "check_videoconf.output.nagios",
    "check_videoconf.output.openmetrics",
    "check_videoconf.output.things",
    "check_videoconf.expression",
    "check_videoconf.operands",
    "check_videoconf.oauth2",
    "check_videoconf.snmp",
    "_strptime",
    "certifi",
    "difflib",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.punycode",
    "encodings.utf_8_sig",
    "shlex",
    "subprocess",
    "traceback",
    "zoneinfo",
)


def preload() -> None:
    """Imports all that a check may need. What cannot be imported is left to the check that needs it, to say so."""
    for module in _MODULES:
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    for system in catalog.SYSTEMS:
        with contextlib.suppress(Exception):
            catalog.client(system)
    takes_value()


@functools.lru_cache(maxsize=1)
def takes_value() -> Mapping[str, bool]:
    """Each option of any mode, and whether a value follows it."""
    options = [*IGNORED, *OWN]
    for name, system in catalog.SYSTEMS.items():
        for mode in system.modes:
            with contextlib.suppress(Exception):
                options += catalog.mode(name, mode).declared_options()
    return {name: bool(option.metavar) for option in (*options, *COMMON) for name in option.names}


def target_of(arguments: Sequence[str]) -> Target:
    """Whom a check asks; where that stands in a file, checks that name the same file count as of one device."""
    device = {"-H": "", "-p": "443", "--extra-opts": ""}
    seconds, system, lock = _TIMEOUT, "", None
    for name, value in _options(arguments):
        if name in device:
            device[name] = value.lower()
        elif name in ("-t", "--global-timeout"):
            seconds = _seconds(value)
        elif name in ("--lock", "--no-lock"):
            lock = name == "--lock" and lock is not False
        elif name == "--plugin" and value in CONNECTORS:
            system = CONNECTORS[value].system
        elif not name and not system:
            system = value
    known = catalog.SYSTEMS.get(system)
    alone = lock if lock is not None else bool(known and known.one_at_a_time)
    return Target(tuple(device.values()), 1 if alone else _AT_ONCE, seconds)


_SHORT = {"--hostname": "-H", "--port": "-p", "--timeout": "-t"}


def _options(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option under its short name, with its value; each other argument under the name `''`."""
    known = takes_value()
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            yield from (("", other) for other in rest)
        elif argument.startswith("--"):
            name, sign, value = argument.partition("=")
            if not sign and known.get(name, True) and name != "--extra-opts":
                value = next(rest, "")
            yield _SHORT.get(name, name), value
        elif argument.startswith("-") and len(argument) > 1:
            letters = argument[1:]
            while letters and not known.get(f"-{letters[0]}", False):
                letters = letters[1:]
            if letters:
                yield f"-{letters[0]}", letters[1:] or next(rest, "")
        else:
            yield "", argument


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if math.isfinite(seconds := float(text)):
            return min(max(seconds, 0.1), 3600.0)
    return _TIMEOUT
