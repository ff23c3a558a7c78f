"""Help, --list-counters and --list-modes: made from the declarations, for every mode there is."""

from __future__ import annotations

import re
import shlex

import pytest

from check_videoconf import catalog
from check_videoconf.common_options import COMMON
from check_videoconf.mode import Mode
from check_videoconf.options import parse
from check_videoconf.thresholds import Thresholds

from .conftest import Run
from .promises import kept

MODES = [(system, mode) for system, entry in catalog.SYSTEMS.items() for mode in entry.modes]
every_mode = pytest.mark.parametrize(("system", "mode"), MODES)


def chosen(system: str, mode: str) -> type[Mode]:
    return catalog.mode(system, mode)


@every_mode
def test_help_begins_with_the_mode_and_what_it_asks_and_costs(check: Run, system: str, mode: str) -> None:
    answer = check(system, mode, "--help")
    declared = chosen(system, mode)
    lines = answer.stdout.splitlines()
    assert lines[0] == f"check_videoconf {system} {mode}: {(declared.__doc__ or '').strip()}"
    assert [f"Asks     {endpoint}" for endpoint in declared.endpoints] == [
        line for line in lines if line.startswith("Asks ")
    ]
    assert f"Requests {declared.requests}" in lines
    assert declared.endpoints
    assert (answer.code, answer.stderr) == (3, "")


@every_mode
def test_the_mode_s_own_options_come_first_and_every_option_is_there(check: Run, system: str, mode: str) -> None:
    shown = check(system, mode, "--help").stdout
    own = [option for option in chosen(system, mode).declared_options() if option.group == "mode"]
    titles = re.findall(r"^([A-Z][\w ]+):$", shown, re.MULTILINE)
    assert titles[0] == ("Options of this mode" if own else "Thresholds")
    for option in (*own, *COMMON):
        for name in option.names:
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", shown), name


@every_mode
def test_the_two_examples_are_command_lines_that_work(check: Run, system: str, mode: str) -> None:
    declared = chosen(system, mode)
    examples = check(system, mode, "--help").stdout.partition("\nExamples:\n")[2].splitlines()
    assert len(examples) == 2
    assert len(set(examples)) == 2
    for example in examples:
        program, *arguments = shlex.split(example)
        assert program == "check_videoconf"
        options, rest = parse(arguments, (*declared.declared_options(), *COMMON), declared.labels())
        assert rest == [system, mode]
        Thresholds(declared, options)


@every_mode
def test_counters_are_listed_without_any_connection_option(check: Run, system: str, mode: str) -> None:
    answer = check(system, mode, "--list-counters")
    declared = chosen(system, mode)
    for counter in declared.counters:
        row = next(line.split() for line in answer.stdout.splitlines() if line.split()[:1] == [counter.label])
        nlabel = counter.named(f"{declared.record}s")
        assert row[1] == (f"{counter.instance.upper()}#{nlabel}" if counter.instance else nlabel)
        assert row[2:5] == [counter.unit or "-", counter.warning or "-", counter.critical or "-"]
    for status in declared.statuses:
        assert f"Status {status.label}: " in answer.stdout
        for level in ("warning", "critical", "unknown"):
            assert f"  {level + ':':9} {getattr(status, level) or 'none'}\n" in answer.stdout
    assert (answer.code, answer.stderr) == (0, "")


@every_mode
def test_every_macro_of_a_status_is_listed(check: Run, system: str, mode: str) -> None:
    shown = check(system, mode, "--list-counters").stdout
    for status in chosen(system, mode).statuses:
        listed = shown.partition(f"Status {status.label}: ")[2].partition("macros:")[2].partition("warning:")[0]
        assert tuple(listed.split()) == status.macros


def test_the_help_of_a_mode_shows_its_own_defaults(check: Run) -> None:
    assert "(default 300)" in " ".join(check("conductor", "health", "--help").stdout.split())
    assert "(default Polycom)" in check("trio", "device", "--help").stdout
    assert re.search(r"--lock .*\(default on\)", check("trio", "device", "--help").stdout)
    assert re.search(r"--lock .*\(default off\)", check("pexip", "alarms", "--help").stdout)
    assert "(default 5)" in check("pexip", "call-quality", "--help").stdout


def test_help_can_be_read_on_a_terminal(check: Run) -> None:
    for system, mode in MODES:
        shown = check(system, mode, "--help").stdout
        tables = re.compile(r"^(Counter|[a-z][\w*-]+) +\S", re.MULTILINE)
        prose = [
            line for line in shown.splitlines() if not tables.match(line) and not line.startswith("  check_videoconf")
        ]
        assert [line for line in prose if len(line) > 120] == []


def test_wherever_help_stands_no_device_is_asked(check: Run) -> None:
    answer = check("pexip", "alarms", "-H", "manager.test", "--filter-name", "x", "-h")
    assert answer.code == 3
    assert "Examples:" in answer.stdout


def test_help_keeps_the_promises_of_all_output(check: Run) -> None:
    for system in catalog.SYSTEMS:
        kept(check("--list-modes", system))
