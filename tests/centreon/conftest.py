"""Devices played in this process, and pollers that have the connectors' command lines for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import responses

from ..conftest import Run
from ..pexip.past import CONFERENCES, PARTICIPANTS, Past
from ..pexip.rows import ALARM, NOW
from ..trio import simulated
from .devices import PEXIP, TRIO, Poller


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def manager(check: Run, mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> Past:
    """A Management Node without any row, whose clock stands still."""
    monkeypatch.setattr("check_videoconf.mode.time", SimpleNamespace(time=lambda: NOW))
    manager = Past(check, mock)
    manager.tables = {ALARM: [], CONFERENCES: [], PARTICIPANTS: [], "status/v1/licensing/": []}
    return manager


@pytest.fixture
def pexip(check: Run, manager: Past) -> Poller:
    return Poller(check, PEXIP, "manager.test")


@pytest.fixture
def phone(check: Run, mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> simulated.Phone:
    """An idle phone that is fine; the poller's clock stands still."""
    clock = SimpleNamespace(time=lambda: simulated.NOW)
    for module in ("mode", "trio.packets", "trio.media"):
        monkeypatch.setattr(f"check_videoconf.{module}.time", clock)
    return simulated.Phone(check, mock, tmp_path / "state")


@pytest.fixture
def trio(check: Run, phone: simulated.Phone) -> Poller:
    return Poller(check, TRIO, simulated.HOST)
