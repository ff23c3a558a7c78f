"""The completion for bash, made from the declarations: bash says what it would offer."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from check_videoconf import catalog
from check_videoconf.common_options import COMMON
from tests.conftest import answer_of
from tests.packages.conftest import ROOT

ASK = """\
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p "$1" | sed 's/.*-F //; s/ .*//')
printf '%s\\n' "${COMPREPLY[@]}"
"""

Complete = Callable[..., list[str]]


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Complete:
    """`complete("pexip", "al")` is what is offered for the last word."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = tmp_path_factory.mktemp("completion") / "check_videoconf"
    made = answer_of(
        (sys.executable, "-S", ROOT / "packaging" / "completion.py"),
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (made.stderr, made.code) == ("", 0)
    script.write_text(made.stdout, encoding="utf-8")

    def ask(*words: str, program: str = "check_videoconf") -> list[str]:
        command: tuple[str | Path, ...] = (bash, "--norc", "-c", ASK, "bash", script, program, *words)
        offered = answer_of(command, cwd=ROOT / "packaging", env=dict(os.environ))
        assert (offered.stderr, offered.code) == ("", 0)
        return offered.stdout.split()

    return ask


def test_first_come_the_systems_and_the_commands(complete: Complete) -> None:
    assert complete("") == [*catalog.SYSTEMS, *catalog.COMMANDS, "--help", "--version", "--list-modes"]
    assert complete("con") == ["conductor", "connector"]


@pytest.mark.parametrize("command", [name for name in catalog.COMMANDS if name != "doctor"])
def test_a_command_tells_its_options_itself(complete: Complete, command: str) -> None:
    assert complete(command, "") == ["--help"]


def test_the_doctor_takes_a_system_and_what_every_mode_takes(complete: Complete) -> None:
    assert complete("doctor", "") == [*catalog.SYSTEMS, *(name for option in COMMON for name in option.names)]


def test_the_client_is_completed_as_the_plugin_is(complete: Complete) -> None:
    assert complete("pexip", "ala", program="check_videoconf_client") == complete("pexip", "ala")


@pytest.mark.parametrize("system", catalog.SYSTEMS)
def test_then_the_modes_of_the_system(complete: Complete, system: str) -> None:
    assert complete(system, "") == [*catalog.SYSTEMS[system].modes, "--list-modes"]


def test_then_the_options_of_the_mode_and_the_common_ones(complete: Complete) -> None:
    offered = complete("pexip", "alarms", "-H", "pexip.example.com", "")
    assert {name for option in COMMON for name in option.names} <= set(offered)
    assert {"--filter-level", "--ignore-acknowledged", "--critical-alerts", "--unknown-status"} <= set(offered)
    assert "--filter-protocol" not in offered


def test_options_may_stand_before_the_mode(complete: Complete) -> None:
    assert complete("-H", "pexip.example.com", "pexip", "call-q") == ["call-quality"]


def test_an_option_with_few_values_offers_them(complete: Complete) -> None:
    assert complete("pexip", "alarms", "--auth", "d") == ["digest"]


def test_an_option_for_a_file_offers_files(complete: Complete) -> None:
    assert complete("pexip", "alarms", "--password-file", "bund") == ["bundle.py", "bundled.txt"]


def test_nothing_is_offered_where_only_the_user_knows(complete: Complete) -> None:
    assert complete("pexip", "alarms", "--hostname", "") == []
    assert complete("pexip", "alarms", "--warning-alerts", "") == []
