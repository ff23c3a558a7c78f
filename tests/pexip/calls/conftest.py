"""A Management Node that places calls, and the check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from check_videoconf.pexip import test_call as module
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.pexip_commands import Calls

from ...conftest import Answer, Run
from ...guards import wait_for_guards
from ...promises import kept
from .placing import CALL, Place, Process, arguments


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(systems=("pexip",), tls=False) as devices:
        yield devices
        wait_for_guards(tmp_path / "state")


@pytest.fixture
def calls(node: Simulator) -> Calls:
    return node.pexip.calls


@pytest.fixture
def place(node: Simulator, check: Run) -> Place:
    """Runs the check in this process."""

    def run(*argv: str, hold: str = "0") -> Answer:
        return kept(check(*arguments(node, *CALL, "--hold", hold, *argv)))

    return run


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options of a check that has hardly any time to hang up."""
    monkeypatch.setattr(module, "RESERVE", 0.5)
    return ["--call-timeout", "2", "--timeout", "2.5"]


@pytest.fixture
def start(node: Simulator, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    started = []

    def run(*argv: str) -> Process:
        started.append(Process(node, tmp_path, *argv))
        return started[-1]

    yield run
    for one in started:
        one._running.kill()
        one._running.communicate()
