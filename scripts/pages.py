"""A page per product: every mode from its declarations, with an example that was really run, against the simulator."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from unittest import mock

from check_videoconf import catalog, cli
from check_videoconf.counters import Counter, Status
from check_videoconf.mode import Mode
from check_videoconf.options import LEVELS, Option
from check_videoconf.simulator import Simulator
from check_videoconf.usage import default_of

HOST = "127.0.0.1"
_EXIT = ("OK", "WARNING", "CRITICAL", "UNKNOWN")

# What differs from one run to the next, because time passes: seconds, durations in words, moments.
_PASSING = re.compile(
    r"(?<==)[0-9.]+s(?=;)"  # perfdata
    r"|\b[0-9.]+ (?:d|h|min|s|ms)\b(?: [0-9]+ (?:h|min|s)\b)?"
    r"|\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+ *"
)


def page(system: str) -> Iterator[str]:
    """The generated part of a product's page, in Markdown."""
    names = list(catalog.SYSTEMS[system].modes)
    yield from ("## Modes", "", " · ".join(f"[{name}](#{name})" for name in names), "")
    with _devices() as devices:
        for name in names:
            mode = catalog.mode(system, name)
            yield from section(mode)
            yield from example(mode, devices)


def section(mode: type[Mode]) -> Iterator[str]:
    """What one mode asks, takes, measures and judges."""
    yield from (f"### {mode.name}", "", _text(mode.__doc__ or ""), "")
    for note in mode.notes:
        yield from (_text(note), "")
    yield f"Asks {', '.join(f'`{endpoint}`' for endpoint in mode.endpoints)}. Requests: {mode.requests}."
    yield ""
    if mode.declared_options():
        yield from _table(("option", "meaning"), (_option(option, mode) for option in mode.declared_options()))
    if mode.counters:
        heads = ("counter", "perfdata", "unit", "warning", "critical", "meaning")
        yield from _table(heads, (_counter(counter, mode) for counter in mode.counters))
    for status in mode.statuses:
        yield from _status(status)


def example(mode: type[Mode], devices: Simulator) -> Iterator[str]:
    """The mode's first example and what the plugin says to it."""
    host = f"{mode.system}.example.com"
    output, code = run(mode, devices)
    for address in (f"{HOST}:{_port(mode, devices)}", HOST):
        output = output.replace(address, host)
    command = f"check_videoconf {mode.system} {mode.name} -H {host} {mode.login} {_needs(mode)}".rstrip()
    yield from ("```", f"$ {command}", *output.rstrip("\n").split("\n"), "```")
    yield from (f"Exit code {code}, {_EXIT[code]}.", "")


def run(mode: type[Mode], devices: Simulator) -> tuple[str, int]:
    """Output and exit code of a mode's first run against the simulated devices."""
    arguments = [mode.system, mode.name, "-H", HOST, "-p", str(_port(mode, devices)), "--cacert", devices.ca_file]
    arguments += ["-u", devices.username, *shlex.split(_needs(mode))]
    if mode.name == "snmp-load":
        arguments += ["--snmp-port", str(devices.systems[mode.system].snmp_port)]
    written = io.StringIO()
    with tempfile.TemporaryDirectory() as state:
        environment = {
            "PATH": os.environ["PATH"],
            "CHECK_VIDEOCONF_PASSWORD": devices.password,
            "CHECK_VIDEOCONF_STATE_DIR": state,
        }
        with mock.patch.dict(os.environ, environment, clear=True), contextlib.redirect_stdout(written):
            code = cli.main(arguments)
    return written.getvalue(), code


def _needs(mode: type[Mode]) -> str:
    """What the example has behind the account; nobody waits for a call to be held."""
    return f"{mode.needs} --hold 0" if mode.acts else mode.needs


def timeless(text: str) -> str:
    """`text` without what passing time changes, for comparison."""
    return _PASSING.sub("…", text)


def _devices() -> Simulator:
    return Simulator(seed=1)


def _port(mode: type[Mode], devices: Simulator) -> int:
    return int(getattr(devices, mode.system).port)


def _option(option: Option, mode: type[Mode]) -> tuple[str, ...]:
    names = ", ".join(sorted(option.names, key=len)) + (f" {option.metavar}" if option.metavar else "")
    default = default_of(option, mode)
    return f"`{names}`", _text(option.help) + (f" (default {default})" if default else "")


def _counter(counter: Counter, mode: type[Mode]) -> tuple[str, ...]:
    nlabel = counter.named(f"{mode.record}s")
    shown = f"{counter.instance.upper()}#{nlabel}" if counter.instance else nlabel
    meaning = _text(counter.help) + (" (optional)" if counter.optional else "")
    return f"`{counter.label}`", f"`{shown}`", counter.unit, _code(counter.warning), _code(counter.critical), meaning


def _status(status: Status) -> Iterator[str]:
    yield from (f"Status `{status.label}`: {_text(status.help)}.", "")
    yield from (f"Macros: {', '.join(f'`%{{{macro}}}`' for macro in status.macros)}.", "")
    expressions = ((level, getattr(status, level)) for level in LEVELS)
    yield from _table(("state", "when"), ((level, _code(text)) for level, text in expressions if text))


def _table(heads: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines, "")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _text(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("<", "&lt;")
