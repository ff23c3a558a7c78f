"""Help, the list of modes and the list of counters: made from the modes' declarations, without any library."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from . import __version__
from .catalog import COMMANDS, SYSTEMS
from .common_options import COMMON
from .counters import Counter
from .mode import Mode
from .options import Option

_WIDTH = 100
_GROUPS = (
    ("mode", "Options of this mode"),
    ("thresholds", "Thresholds"),
    ("device", "Device"),
    ("credentials", "Credentials"),
    ("tls", "TLS"),
    ("connection", "Connection"),
    ("output", "Output"),
    ("help", "Help"),
)


def program() -> str:
    """What `check_videoconf --help` prints."""
    return "\n".join(
        [
            f"check_videoconf {__version__}: checks Pexip Infinity, Cisco TelePresence Conductor and Poly Trio.",
            "",
            "  check_videoconf SYSTEM MODE -H HOST [options]",
            "  check_videoconf SYSTEM MODE --help             options, counters and examples of a mode",
            "  check_videoconf SYSTEM MODE --list-counters    its counters and default thresholds",
            "  check_videoconf --list-modes [SYSTEM]          all modes",
            *(f"  check_videoconf {name:31}{command.line}" for name, command in COMMANDS.items()),
            "",
            *_modes(list(SYSTEMS)),
            "",
        ]
    )


def list_modes(systems: Sequence[str]) -> str:
    """A table of modes with a line each."""
    return "\n".join([*_modes(systems), ""])


def _modes(systems: Sequence[str]) -> Iterator[str]:
    for name in systems:
        yield f"{name}: {SYSTEMS[name].title}"
        width = max(len(mode) for mode in SYSTEMS[name].modes)
        for mode, line in SYSTEMS[name].modes.items():
            yield f"  {mode:{width}}  {line}"


def mode(chosen: type[Mode]) -> str:
    """What `check_videoconf SYSTEM MODE --help` prints: the mode's own options first."""
    command = f"check_videoconf {chosen.system} {chosen.name}"
    lines = [f"{command}: {(chosen.__doc__ or '').strip()}", ""]
    lines += [f"Asks     {endpoint}" for endpoint in chosen.endpoints]
    lines += [f"Requests {chosen.requests}", ""]
    for note in chosen.notes:
        lines += [*textwrap.wrap(note, _WIDTH), ""]
    declared = (*chosen.declared_options(), *COMMON)
    for group, title in _GROUPS:
        options = [option for option in declared if option.group == group]
        extra = list(_threshold_options(chosen)) if group == "thresholds" else []
        if options or extra:
            lines += [
                f"{title}:",
                *extra,
                *(line for option in options for line in _option(option, chosen)),
                "",
            ]
    lines += _tables(chosen)
    lines += [
        "Examples:",
        f"  {command} -H HOST {chosen.login} {chosen.needs}".rstrip(),
        f"  {command} -H HOST {chosen.login} {chosen.example}",
    ]
    return "\n".join([*lines, ""])


def counters(chosen: type[Mode]) -> str:
    """What `--list-counters` prints."""
    return "\n".join(_tables(chosen)) or f"{chosen.system} {chosen.name} has no counters\n"


def _option(option: Option, chosen: type[Mode]) -> Iterator[str]:
    names = ", ".join(sorted(option.names, key=len)) + (f" {option.metavar}" if option.metavar else "")
    default = default_of(option, chosen)
    text = option.help + (f" (default {default})" if default else "")
    yield from _entry(names, text)


def default_of(option: Option, chosen: type[Mode]) -> str:
    """The default of an option in words, where it has one that is worth a word."""
    system = SYSTEMS[chosen.system]
    special = {
        "username": system.username,
        "cache": str(chosen.cache),
        "lock": "on" if system.one_at_a_time else "off",
    }
    if option.dest in special:
        return special[option.dest]
    if option.default in (None, 0, ""):
        return ""
    return f"{option.default:g}" if isinstance(option.default, float) else str(option.default)


def _entry(head: str, text: str) -> Iterator[str]:
    column = 34
    wrapped = textwrap.wrap(text, _WIDTH - column) or [""]
    if len(head) > column - 4:
        yield f"  {head}"
    else:
        yield f"  {head:{column - 2}}{wrapped.pop(0)}"
    for line in wrapped:
        yield " " * column + line


def _threshold_options(chosen: type[Mode]) -> Iterator[str]:
    yield from _entry(
        "--warning-LABEL RANGE", "10, 10:, ~:10, 10:20 or @10:20; units s m h d w, k M G T, % where they fit"
    )
    yield from _entry("--critical-LABEL RANGE", "the same; LABEL is one of the counters below")
    if chosen.statuses:
        yield from _entry(
            "--warning-STATUS EXPRESSION",
            "such as %{name} =~ /regex/i and %{number} > 5; empty switches it off",
        )
        yield from _entry("--critical-STATUS EXPRESSION", "the same; STATUS is one of the statuses below")
        yield from _entry("--unknown-STATUS EXPRESSION", "the same")


def _tables(chosen: type[Mode]) -> list[str]:
    lines = []
    if chosen.counters:
        rows: list[tuple[str, ...]] = [("Counter", "Perfdata", "Unit", "Warning", "Critical", "Meaning")]
        rows += [_counter(counter, chosen) for counter in chosen.counters]
        lines += [*_columns(rows), ""]
    for status in chosen.statuses:
        lines += textwrap.wrap(f"Status {status.label}: {status.help}", _WIDTH, subsequent_indent="  ")
        lines += textwrap.wrap(
            f"macros: {' '.join(status.macros)}", _WIDTH, initial_indent="  ", subsequent_indent="    "
        )
        for level in ("warning", "critical", "unknown"):
            expression = getattr(status, level)
            lines.append(f"  {level + ':':9} {expression or 'none'}")
        lines.append("")
    return lines


def _counter(counter: Counter, chosen: type[Mode]) -> tuple[str, ...]:
    nlabel = counter.named(f"{chosen.record}s")
    shown = f"{counter.instance.upper()}#{nlabel}" if counter.instance else nlabel
    meaning = counter.help + (" (optional)" if counter.optional else "")
    return counter.label, shown, counter.unit or "-", counter.warning or "-", counter.critical or "-", meaning


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        yield "  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths)), row[-1]]).rstrip()
