"""A Management Node played in this process, on a day that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import responses

from ..conftest import Run
from .manager import Manager
from .past import ALARMS, CONFERENCES, EVENTS, PARTICIPANTS, Past
from .rows import NOW


@pytest.fixture
def manager(check: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """A Management Node without any row."""
    monkeypatch.setattr("check_videoconf.mode.time", SimpleNamespace(time=lambda: NOW))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Manager(check, mock)


@pytest.fixture
def past(check: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Past]:
    """A Management Node with a clock of its own, without any row; the poller's clock stands an hour before it."""
    monkeypatch.setattr("check_videoconf.mode.time", SimpleNamespace(time=lambda: NOW - 3600))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        past = Past(check, mock)
        past.tables = {CONFERENCES: [], PARTICIPANTS: [], ALARMS: [], EVENTS: []}
        yield past
