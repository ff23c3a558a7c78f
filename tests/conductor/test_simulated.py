"""Every mode against the simulated Conductor, with the examples of its help; secrets, politeness, sizes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf import catalog
from check_videoconf.simulator import Simulator

from ..conftest import Answer, Run

MODES = tuple(catalog.SYSTEMS["conductor"].modes)
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


def examples(check: Run, mode: str) -> list[list[str]]:
    """What stands behind the connection options in each example of the help."""
    lines = check("conductor", mode, "--help").stdout.rpartition("Examples:\n")[2].splitlines()
    words = [shlex.split(line) for line in lines]
    assert [line[:7] for line in words] == [
        ["check_videoconf", "conductor", mode, "-H", "HOST", "--password-file", "FILE"]
    ] * 2
    return [line[7:] for line in words]


@pytest.mark.parametrize("mode", MODES)
def test_the_examples_of_the_help_work(check: Run, simulated: Simulator, mode: str) -> None:
    for example in examples(check, mode):
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
        answer = check("conductor", mode, *argv, *examples(check, mode)[0], CHECK_VIDEOCONF_PASSWORD=PASSWORD)
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
            argv = ("-vvv", "--max-output", "0", "--cache", "300", *(examples(check, mode)[0] + list(extra)))
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
        argv = ("-vv", "--max-output", "0", *examples(check, mode)[0])
        answer = check(*command(mode, simulated, *argv), CHECK_VIDEOCONF_PASSWORD=PASSWORD)
        assert not any(name in answer.stdout for name in PERSONAL)


# -- sizes

# The high-water mark of this process alone: getrusage would count what it was before exec, too.
_MEASURED = """
import sys
from check_videoconf.cli import main
code = main(sys.argv[1:])
(peak,) = (line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(code, peak)
"""


def measured(devices: Simulator, mode: str, state: Path) -> tuple[Answer, int]:
    """The answer of a check in its own process, and the most memory it took in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command(mode, devices, "--timeout", "25")],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "CHECK_VIDEOCONF_PASSWORD": PASSWORD,
            "CHECK_VIDEOCONF_STATE_DIR": str(state),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=45,
        check=False,
    )
    *lines, last = done.stdout.splitlines()
    code, peak = last.split()
    return Answer("\n".join([*lines, ""]), done.stderr, int(code)), int(peak) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the memory from")
def test_the_largest_conductor_is_read_in_bounded_memory(tmp_path: Path) -> None:
    with Simulator(
        systems=("conductor",),
        directory=tmp_path / "ca",
        password=PASSWORD,
        conductor_participants=2400,
        conductor_conferences=1000,
    ) as devices:
        small, least = measured(devices, "system", tmp_path / "state")
        assert small.code == 0
        for mode, total in (("participants", 2400), ("participants", 2400), ("conferences", 1000)):
            answer, peak = measured(devices, mode, tmp_path / "state")
            assert answer.perfdata[f"{mode}.total.count"].startswith(f"{total};")
            assert len(answer.stdout.encode()) <= 8192
            # 17 MiB over the smallest check were measured for an answer of 7 MB.
            assert peak < least + 40
