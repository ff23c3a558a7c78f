"""A running service, and a device that answers it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import EMPTY_LIST, Web

from .serving import Service, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture
def device() -> Iterator[Web]:
    """A Management Node without any row, over plain HTTP."""
    with Web(lambda _: (200, {}, EMPTY_LIST)) as web:
        yield web
