"""A check through the service prints the bytes, and ends with the code, of the same check in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf import catalog
from check_videoconf.simulator import Simulator
from tests.conftest import Run

from .serving import Service, serving

MODES = [(system, mode) for system, entry in catalog.SYSTEMS.items() for mode in entry.modes]
# Times that differ from one run to the next: `3 min 5 s`, `185.2s`, `12 ms`, `"duration_ms": 12.3`, `HTTP 200 … 12 ms`.
_TIMES = re.compile(
    r"""(?<![\w.])-?\d+(?:\.\d+)?(?:\ ?(?:ms|s|min|h|d)\b)(?:\ \d+\ (?:s|min|h|d)\b)*
    | (?<=duration_ms":\ )[\d.]+ | (?<=_seconds)\{[^}]*\}\ [\d.]+ | \d\d:\d\d:\d\d""",
    re.VERBOSE,
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as started:
        yield started


def masked(text: str) -> str:
    return _TIMES.sub("TIME", text)


def options(simulator: Simulator, system: str) -> list[str]:
    device = simulator.systems[system]
    name = ["--tls-cn", device.common_name] if system == "trio" else []
    return ["-H", "127.0.0.1", "-p", f"{device.port}", "-u", simulator.username, "--cacert", simulator.ca_file, *name]


@pytest.mark.parametrize(("system", "mode"), MODES)
def test_every_mode_prints_the_same_twice(
    service: Service, check: Run, simulator: Simulator, tmp_path: Path, system: str, mode: str
) -> None:
    argv = [system, mode, *options(simulator, system), "-vv"]
    for _ in range(2):  # the second one remembers the first, and finds the connection of the first
        alone = check(*argv, CHECK_VIDEOCONF_PASSWORD=simulator.password)
        served = service.ask(
            *argv, CHECK_VIDEOCONF_PASSWORD=simulator.password, CHECK_VIDEOCONF_STATE_DIR=str(tmp_path / "served")
        )
        assert masked(served.stdout) == masked(alone.stdout)
        assert served.code == alone.code
