"""The simulated devices' answers by hand, which those of every engine are compared with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.engines import checks

ByHand = Callable[[checks.Check], Answer]


@pytest.fixture(scope="session")
def by_hand(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """`by_hand(check)` is what that check says, each on its first run, without an engine."""
    directory = tmp_path_factory.mktemp("by-hand")
    checks.password_file(directory)
    with ThreadPoolExecutor(2) as pool:
        answers = dict(
            zip(checks.CHECKS, pool.map(lambda check: checks.by_hand(check, simulator, directory), checks.CHECKS))
        )
    return answers.__getitem__
