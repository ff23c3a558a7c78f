"""The two examples of each help work on a Management Node of every version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Run
from ..examples import examples

MODES = (
    "sync",
    "exchange",
    "management",
    "teams",
    "otj",
    "services",
    "ended-conferences",
    "alarm-history",
    "node-events",
    "api",
    "list-nodes",
    "list-locations",
    "list-conferences",
    "list-registrations",
    "list-licenses",
    "list-certificates",
)
#: Of these an example may find something wrong with the simulated deployment: its thresholds and filters are a user's.
JUDGING = (
    *("participants", "media", "nodes", "locations", "licenses", "license-expiry", "certificates", "backups"),
    *("registrations", "backplanes", "bursting"),
)
#: Modes whose resource a version does not have.
LACKING = {16: ("management", "teams", "otj"), 24: ("management", "teams", "otj"), 36: ()}


@pytest.fixture(scope="module", params=sorted(LACKING))
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def device(version: int) -> Iterator[Simulator]:
    with Simulator(systems=("pexip",), tls=False, pexip_version=version) as device:
        yield device


@pytest.mark.parametrize("mode", [*MODES, *JUDGING])
def test_both_examples_of_the_help_work(check: Run, device: Simulator, version: int, tmp_path: Path, mode: str) -> None:
    password = tmp_path / "password"
    password.write_text(f"{device.password}\n")
    place = ["-H", device.pexip.host, "-p", str(device.pexip.port), "--proto", "http"]
    account = ["-u", device.username, "--password-file", str(password)]
    for arguments in examples(check, "pexip", mode):
        answer = check("pexip", mode, *place, *account, *arguments)
        if mode in LACKING[version]:
            assert "is not supported by this version of Pexip Infinity (HTTP 404)" in answer.first_line
            assert answer.code == 3
        elif mode == "api" and "--critical-certificate-expiry" in arguments:
            assert answer.summary == "certificate-expiry: the connection is not encrypted"
        elif mode in JUDGING:
            assert answer.code < 3 or answer.summary == "autobackup: not supported by this version", answer.stdout
            assert answer.first_line.startswith(f"PEXIP {mode.upper()} ")
        else:
            assert (answer.code, answer.stderr) == (0, ""), answer.stdout
            assert answer.first_line.startswith(f"PEXIP {mode.upper()} OK - ") or mode.startswith("list-")
