"""A check through the service prints the bytes, and ends with the code, of the same check in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf import catalog
from check_videoconf.centreon.connectors import CONNECTORS
from check_videoconf.simulator import Simulator
from tests.conftest import Run

from .serving import Service
from .still import Clock, clock, masked, serving_still

__all__ = ["clock"]

MODES = [(system, mode) for system, entry in catalog.SYSTEMS.items() for mode in entry.modes]
DROP_INS = [(plugin, mode) for plugin, connector in CONNECTORS.items() for mode in connector.modes]
MINUTES = 300


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving_still(tmp_path_factory.mktemp("service")) as started:
        yield started


def options(simulator: Simulator, system: str) -> list[str]:
    device = simulator.systems[system]
    name = ["--tls-cn", device.common_name] if system == "trio" else []
    return ["-H", "127.0.0.1", "-p", f"{device.port}", "-u", simulator.username, "--cacert", simulator.ca_file, *name]


class Pair:
    """The same check alone and served, each with a state directory of its own."""

    def __init__(self, service: Service, check: Run, clock: Clock, directory: Path) -> None:
        self.service = service
        self.check = check
        self.clock = clock
        self.env = {"CHECK_VIDEOCONF_PASSWORD": "simulated", **clock.env}
        self.served = {"CHECK_VIDEOCONF_STATE_DIR": str(directory / "served")}

    def agree(self, *argv: str) -> None:
        env = {**self.env, **self.clock.env}
        alone = self.check(*argv, **env)
        served = self.service.ask(*argv, **env, **self.served)
        assert masked(served.stdout) == masked(alone.stdout)
        assert served.code == alone.code


@pytest.fixture
def pair(service: Service, check: Run, clock: Clock, tmp_path: Path) -> Pair:
    return Pair(service, check, clock, tmp_path)


@pytest.mark.parametrize(("system", "mode"), MODES)
def test_every_mode_says_the_same_in_every_form(pair: Pair, simulator: Simulator, system: str, mode: str) -> None:
    # Each run remembers the one before it, and the served one finds its connection or TLS session.
    for form in (["-vvv"], ["--output", "json", "-v"], ["--output", "openmetrics"]):
        pair.agree(system, mode, *options(simulator, system), *form)
        pair.clock.now += MINUTES


@pytest.mark.parametrize(("plugin", "mode"), DROP_INS)
def test_every_drop_in_says_the_same_in_every_form(pair: Pair, simulator: Simulator, plugin: str, mode: str) -> None:
    system = CONNECTORS[plugin].system
    for form in (["--verbose"], ["--output-json"], ["--output-openmetrics"], ["--memory"]):
        device = [name.replace("-H", "--hostname").replace("-p", "--port") for name in options(simulator, system)[:4]]
        account = ["--api-username", simulator.username, "--cacert", simulator.ca_file, *options(simulator, system)[8:]]
        pair.agree(f"--plugin={plugin}", f"--mode={mode}", *device, *account, *form)
        pair.clock.now += MINUTES
