"""Answers kept between checks, as seen through `conductor health`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .conductor import VIRTUAL, Conductor, answered, fault


def checked(conductor: Conductor, *argv: str) -> Any:
    """A check with the mode's own --cache."""
    return conductor.check("health", *argv, cache="")


def test_health_is_asked_once_in_five_minutes(conductor: Conductor) -> None:
    first = checked(conductor)
    conductor.body = fault(1, "asked again")
    second = checked(conductor, "-vv")
    assert second.first_line == first.first_line
    assert second.long_output[-1] == "factory.health.query: from the cache"
    assert len(conductor.requests) == 1


def test_a_failure_is_not_kept(conductor: Conductor) -> None:
    conductor.body = fault(201, "operation failed")
    assert checked(conductor).code == 3
    conductor.body = answered(VIRTUAL)
    assert checked(conductor).code == 0


def test_another_account_gets_its_own_answer(conductor: Conductor) -> None:
    checked(conductor, "-u", "one")
    checked(conductor, "-u", "two")
    assert len(conductor.requests) == 2


def test_without_a_state_directory_it_is_asked_and_said(conductor: Conductor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = checked(conductor, "--state-dir", f"{tmp_path}/file/below")
    assert answer.code == 0
    assert answer.long_output[0].startswith("no lock, no cache and no state between runs: ")
