"""A Trio played in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import responses

from ..conftest import Run
from . import simulated
from .phone import Phone


@pytest.fixture
def phone(check: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    """An idle phone in good health. The plugin's waits before another try take no time."""
    monkeypatch.setattr("check_videoconf.deadline.time.sleep", lambda seconds: None)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Phone(check, mock)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The poller's clock, which stands still: `clock.now` is what it shows."""
    clock = SimpleNamespace(now=simulated.NOW)
    clock.time = lambda: clock.now
    for module in ("mode", "trio.packets", "trio.media"):
        monkeypatch.setattr(f"check_videoconf.{module}.time", clock)
    return clock


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def new_phone(check: Run, mock: responses.RequestsMock, clock: SimpleNamespace, tmp_path: Path) -> simulated.Phone:
    """An idle simulated phone of firmware 5.9.2 that is fine."""
    return simulated.Phone(check, mock, tmp_path / "state")


@pytest.fixture
def old_phone(check: Run, mock: responses.RequestsMock, clock: SimpleNamespace, tmp_path: Path) -> simulated.Phone:
    """The same of firmware 5.7.1, which knows version 1 of the layouts alone."""
    return simulated.Phone(check, mock, tmp_path / "state", old=True)


@pytest.fixture(params=["old firmware", "new firmware"])
def any_phone(
    request: pytest.FixtureRequest, check: Run, mock: responses.RequestsMock, clock: SimpleNamespace, tmp_path: Path
) -> simulated.Phone:
    """One and then the other."""
    return simulated.Phone(check, mock, tmp_path / "state", old=request.param == "old firmware")
