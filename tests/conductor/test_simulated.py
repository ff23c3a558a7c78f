"""Every mode against the simulated Conductor, with the examples of its help; secrets, politeness, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf import catalog
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.conductor import response
from check_videoconf.simulator.messages import encoded

from ..conftest import Answer, Run
from ..examples import examples
from ..peak import run_with_peak

# Not the one that does not ask by HTTP.
MODES = tuple(mode for mode in catalog.SYSTEMS["conductor"].modes if mode != "snmp-load")
PASSWORD = "correct horse battery"
#: What may be said of the simulated cluster; the rest of the modes find nothing wrong.
TROUBLED = {"alarms": 1, "participants": 1}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A cluster of three; no test may change it."""
    with Simulator(
        systems=("conductor",),
        directory=tmp_path_factory.mktemp("conductor"),
        password=PASSWORD,
        conductor="appliance",
        conductor_peers=3,
        conductor_participants=48,
        conductor_page_limit=10,
    ) as devices:
        yield devices


def command(mode: str, devices: Simulator, *argv: str) -> list[str]:
    connection = ["-H", "127.0.0.1", "-p", str(devices.conductor.port), "-u", devices.username]
    return ["conductor", mode, *connection, "--cacert", devices.ca_file, *argv]


@pytest.mark.parametrize("mode", MODES)
def test_the_examples_of_the_help_work(check: Run, simulated: Simulator, mode: str) -> None:
    for example in examples(check, "conductor", mode):
        answer = check(*command(mode, simulated, *example), CHECK_VIDEOCONF_PASSWORD=PASSWORD)
        assert answer.stderr == ""
        if mode.startswith("list-"):
            assert answer.code == 0
        elif example and mode == "system":
            assert answer.first_line.startswith("CONDUCTOR SYSTEM ")  # its clock is in the zone of this machine
        else:
            assert (answer.code, answer.stdout) == (TROUBLED.get(mode, 0), answer.stdout)


@pytest.mark.parametrize("mode", MODES)
def test_a_check_makes_one_connection_and_its_requests_in_sequence(check: Run, mode: str) -> None:
    with Simulator(systems=("conductor",), tls=False, password=PASSWORD) as devices:
        argv = ["-H", "127.0.0.1", "-p", str(devices.conductor.port), "--proto", "http", "-u", "monitor"]
        answer = check(
            "conductor", mode, *argv, *examples(check, "conductor", mode)[0], CHECK_VIDEOCONF_PASSWORD=PASSWORD
        )
        assert answer.code in (0, 1)
        assert (devices.conductor.connections, devices.conductor.in_flight_max) == (1, 1)


# -- secrets

SECRETS = (PASSWORD, "246810", "135791", "bridge-password")
PERSONAL = ("room1@example.net", "Room 1")


def test_no_secret_leaves_the_process_and_no_personal_data_is_stored(
    check: Run, simulated: Simulator, tmp_path: Path
) -> None:
    said = []
    for mode in MODES:
        for extra in ((), ("--output", "json"), ("--perfdata", "none", "-vv")):
            argv = (
                "-vvv",
                "--max-output",
                "0",
                "--cache",
                "300",
                *(examples(check, "conductor", mode)[0] + list(extra)),
            )
            answer = check(*command(mode, simulated, *argv), CHECK_VIDEOCONF_PASSWORD=PASSWORD)
            said.append(answer.stdout + answer.stderr)
    stored = [file.read_text() for file in (tmp_path / "state").iterdir() if file.is_file()]
    assert len(stored) > 15
    for secret in SECRETS:
        assert [text for text in (*said, *stored) if secret in text] == []
    for name in PERSONAL:
        assert [text for text in stored if name in text] == []


def test_names_are_in_no_output_but_bodies_without_show_names(check: Run, simulated: Simulator) -> None:
    for mode in MODES:
        argv = ("-vv", "--max-output", "0", *examples(check, "conductor", mode)[0])
        answer = check(*command(mode, simulated, *argv), CHECK_VIDEOCONF_PASSWORD=PASSWORD)
        assert not any(name in answer.stdout for name in PERSONAL)


# -- sizes


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the memory from")
def test_the_largest_conductor_is_read_in_bounded_memory(check: Run, tmp_path: Path) -> None:
    with Simulator(
        systems=("conductor",),
        directory=tmp_path / "ca",
        password=PASSWORD,
        conductor_participants=2400,
        conductor_conferences=1000,
    ) as devices:
        bundles = {f"b4c761e6-5625-11e1-bdb0-{n:012}": f"4a2b393a-5625-11e1-bdb0-{n:012}" for n in range(100_000)}
        # Written once, not for each check.
        devices.conductor.respond = {"/api/4.0/confbundles/": encoded(bundles)}
        for method in ("participant.enumerate", "conference.enumerate"):
            devices.conductor.respond[method] = response(devices.conductor.structs[method])

        def measured(mode: str) -> tuple[Answer, float]:
            argv = command(mode, devices, "--timeout", "45")
            return run_with_peak(tmp_path, *argv, CHECK_VIDEOCONF_PASSWORD=PASSWORD)

        least = measured("system")[1]
        # That the next one compares with.
        first = check(*command("participants", devices, "--timeout", "45"), CHECK_VIDEOCONF_PASSWORD=PASSWORD)
        assert any("first run" in line for line in first.long_output)
        for mode, name, total in (
            ("participants", "participants", 2400),
            ("conferences", "conferences", 1000),
            ("provisioning", "bundles", 100_000),
        ):
            answer, peak = measured(mode)
            assert answer.perfdata[f"{name}.total.count"].startswith(f"{total};")
            assert len(answer.stdout.encode()) <= 8192
            assert not any("first run" in line for line in answer.long_output)
            # 17 MiB over the smallest check were measured for answers of 7 and 8 MB.
            assert peak < least + 27
