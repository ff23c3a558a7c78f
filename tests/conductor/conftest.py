"""A Conductor played in this process."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import responses

from ..conftest import Run
from .box import NOW, Box
from .conductor import Conductor


@pytest.fixture
def conductor(check: Run) -> Iterator[Conductor]:
    """A virtual machine in good health."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Conductor(check, mock)


@pytest.fixture
def box(check: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A Conductor that knows nothing yet, on a day that stands still."""
    for module in ("check_videoconf.mode", "check_videoconf.conductor.client"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(time=lambda: NOW))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Box(check, mock)
