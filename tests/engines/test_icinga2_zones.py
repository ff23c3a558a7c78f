"""Icinga 2 as users scale it: a master, a zone of two satellites and one of a single satellite, which run the checks.

The master has the templates in a global zone and the hosts in the satellites' zones. It runs no check of ours itself.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from scripts.pollers.services import services
from scripts.templates import TEMPLATES
from tests.engines.checks import CHECKS
from tests.engines.conftest import ByHand
from tests.engines.daemons import Daemon
from tests.engines.icinga import NODE, Icinga, Result, assert_same, endpoint, host, name, options
from tests.pki import Authority

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

SECONDS_BETWEEN_CHECKS = 5

# Zone to its satellites, and to systems and modes they check; none of these says anything else on a later run.
SATELLITES = {"north": ("north-1", "north-2"), "south": ("south-1",)}
MODES: dict[str, dict[str, tuple[str, ...]]] = {
    "north": {"pexip": ("alarms", "conferences", "licenses", "node-load", "nodes", "participants")},
    "south": {"conductor": ("alarms", "bridges", "licenses"), "trio": ("device", "lines")},
}
CHECKED = {
    zone: [check for check in CHECKS if check.service.name in modes.get(check.service.system, ())]
    for zone, modes in MODES.items()
}

ZONES = f"""\
object Zone "master" {{ endpoints = [ "{NODE}" ] }}
object Zone "north" {{ endpoints = [ "north-1", "north-2" ]; parent = "master" }}
object Zone "south" {{ endpoints = [ "south-1" ]; parent = "master" }}
object Zone "global-templates" {{ global = true }}
"""

# What tells a user that a satellite is away: its services keep the state they had.
HEALTH = """
object Host "zone-{zone}" {{ check_command = "dummy" }}
object Service "cluster" {{
  host_name = "zone-{zone}"
  check_command = "cluster-zone"
  check_interval = 1s
  retry_interval = 1s
  vars.cluster_zone = "{zone}"
}}
"""


class Cluster:
    """The daemons, each in a directory of its own, and what the master knows."""

    def __init__(self, directory: Path, simulator: Simulator) -> None:
        self.master = Icinga(directory / "master")
        names = [satellite for zone in SATELLITES.values() for satellite in zone]
        self.nodes = {NODE: self.master, **{satellite: Icinga(directory / satellite, satellite) for satellite in names}}
        self.daemons: dict[str, Daemon] = {}
        self._started = contextlib.ExitStack()
        endpoints = "".join(map(endpoint, self.nodes.values()))
        authority = Authority(directory)
        for icinga in self.nodes.values():
            icinga.configure(endpoints + ZONES, authority)
        self._configure(self.master.scratch / "etc" / "zones.d", simulator)

    def _configure(self, zones: Path, simulator: Simulator) -> None:
        for zone in ("global-templates", "master", *MODES):
            (zones / zone).mkdir(parents=True)
        shipped = TEMPLATES / "icinga2"
        for file in ("commands.conf", "services.conf"):
            text = (shipped / file).read_text(encoding="utf-8")
            often = re.sub(r"(check|retry)_interval = .*", rf"\1_interval = {SECONDS_BETWEEN_CHECKS}s", text)
            (zones / "global-templates" / file).write_text(often, encoding="utf-8")
        health = "".join(HEALTH.format(zone=zone) for zone in MODES)
        (zones / "master" / "health.conf").write_text(health, encoding="utf-8")
        for zone, modes in MODES.items():
            hosts = (host(system, simulator, *_lines(system, modes[system])) for system in modes)
            (zones / zone / "hosts.conf").write_text("".join(hosts), encoding="utf-8")

    def start(self, node: str) -> None:
        self.daemons[node] = self._started.enter_context(self.nodes[node].running())

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with self._started:
            for node in self.nodes:
                self.start(node)
            yield

    def results(self, zone: str) -> dict[str, Result]:
        """What the master knows of the services of a zone."""
        return self.master.results(f'service.zone == "{zone}"')

    def wait_for_new(self, zone: str, since: float) -> dict[str, Result]:
        """The results of all services of a zone, once each is of a check that began after `since`."""
        wanted = {name(check) for check in CHECKED[zone]}

        def results() -> dict[str, Result] | None:
            found = self.results(zone)
            old = [service for service, result in found.items() if result["execution_start"] <= since]
            return found if found.keys() == wanted and not old else None

        return self.daemons[NODE].wait_for(f"new results of zone {zone}", results, 90)

    def wait_for_health(self, zone: str, state: int) -> None:
        """Until the master says that a zone is connected, 0, or not, 2."""

        def told() -> bool:
            (result,) = self.master.results(f'host.name == "zone-{zone}"').values() or [{"state": -1}]
            return int(result["state"]) == state

        self.daemons[NODE].wait_for(f"zone {zone} to be in state {state}", told)


def _lines(system: str, modes: tuple[str, ...]) -> list[str]:
    others = ", ".join(f'"{service.name}"' for service in services(system) if service.name not in modes)
    chosen = (check for check in CHECKS if check.service.system == system and check.service.name in modes)
    return [f"without = [ {others} ]", *options(chosen)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"), simulator)
    with made.running():
        yield made


@pytest.fixture(scope="module")
def first(cluster: Cluster) -> dict[str, dict[str, Result]]:
    """By zone, what the master was told first, once both satellites of the north have taken their share."""
    found = {zone: cluster.wait_for_new(zone, 0) for zone in CHECKED}
    while sources(found["north"]) != set(SATELLITES["north"]):
        found["north"] = cluster.wait_for_new("north", newest(found["north"]))
    return found


def newest(results: Mapping[str, Result]) -> float:
    return max(float(result["execution_start"]) for result in results.values())


def sources(results: Mapping[str, Result]) -> set[str]:
    return {result["check_source"] for result in results.values()}


def assert_as_by_hand(zone: str, results: Mapping[str, Result], by_hand: ByHand) -> None:
    for check in CHECKED[zone]:
        assert_same(results[name(check)], check, by_hand(check))


@pytest.mark.parametrize("zone", CHECKED)
def test_the_satellites_of_a_zone_run_its_checks_and_the_master_knows_what_the_plugin_said(
    zone: str, first: dict[str, dict[str, Result]], by_hand: ByHand
) -> None:
    assert sources(first[zone]) == set(SATELLITES[zone])
    assert_as_by_hand(zone, first[zone], by_hand)


def test_nothing_is_said_of_a_zone_whose_only_satellite_is_killed_until_it_is_back_and_resumes(
    cluster: Cluster, first: dict[str, dict[str, Result]], by_hand: ByHand
) -> None:
    cluster.daemons["south-1"].kill()
    killed = time.time()
    cluster.wait_for_health("south", 2)
    # While this goes on in the north, all services of the south would have been checked again, too.
    cluster.wait_for_new("north", newest(cluster.wait_for_new("north", killed)))
    while_away = cluster.results("south")
    assert while_away.keys() == first["south"].keys()
    assert max(result["execution_end"] for result in while_away.values()) < killed

    restarted = time.time()
    cluster.start("south-1")
    results = cluster.wait_for_new("south", restarted)
    cluster.wait_for_health("south", 0)
    assert sources(results) == {"south-1"}
    assert_as_by_hand("south", results, by_hand)


def test_when_one_of_two_satellites_is_killed_the_other_resumes_its_checks(
    cluster: Cluster, first: dict[str, dict[str, Result]], by_hand: ByHand
) -> None:
    lost = {service for service, result in first["north"].items() if result["check_source"] == "north-1"}
    assert lost
    # Icinga 2 waits half a minute after its own start before it takes over from another.
    cluster.daemons["north-1"].kill()
    killed = time.time()
    results = cluster.wait_for_new("north", killed)
    assert sources({service: results[service] for service in lost}) == {"north-2"}
    assert_as_by_hand("north", results, by_hand)
