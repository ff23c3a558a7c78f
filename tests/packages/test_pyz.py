"""The single file: on every supported Python that is here, isolated from everything else that is installed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from check_videoconf import __version__
from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.packages.conftest import ROOT, Packages

pytestmark = [pytest.mark.packages, pytest.mark.timeout(120)]


def interpreters() -> list[str]:
    """This one, and of each supported version the first that works."""
    found = [sys.executable]
    for minor in range(9, 14):
        name = shutil.which(f"python3.{minor}")
        if name and subprocess.run([name, "--version"], capture_output=True, check=False).returncode == 0:
            found.append(name)
    return found


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where temporary files would go."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return temporary


def run(python: str, directory: Path, *argv: str | Path, **env: str) -> Answer:
    done = subprocess.run(
        [python, *argv],
        cwd=directory.parent,
        env={"TMPDIR": str(directory), "CHECK_VIDEOCONF_STATE_DIR": str(directory.parent / "state"), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Answer(done.stdout, done.stderr, done.returncode)


def alarms(simulator: Simulator) -> tuple[str, ...]:
    port = str(simulator.pexip.port)
    return ("pexip", "alarms", "-H", "127.0.0.1", "-p", port, "-u", simulator.username)


@pytest.mark.parametrize("python", interpreters())
def test_it_runs_isolated_and_leaves_no_temporary_file(
    python: str, pyz: Packages, simulator: Simulator, directory: Path
) -> None:
    # -S: no site-packages at all, so its libraries are those it brings.
    isolated = ("-I", "-S", pyz.pyz)
    version = run(python, directory, *isolated, "--version")
    assert (version.stdout, version.code) == (f"check_videoconf {__version__}\n", 3)
    secret = {"CHECK_VIDEOCONF_PASSWORD": simulator.password}
    answer = run(python, directory, *isolated, *alarms(simulator), "--cacert", str(simulator.ca_file), **secret)
    assert answer.first_line.startswith("PEXIP ALARMS CRITICAL - ")
    assert (answer.code, answer.stderr) == (2, "")
    assert list(directory.iterdir()) == []


def test_it_is_executable_by_itself(pyz: Packages) -> None:
    with pyz.pyz.open("rb") as file:
        assert file.readline() == b"#!/usr/bin/python3 -I\n"
    assert os.access(pyz.pyz, os.X_OK)


def test_without_any_authorities_of_the_system_those_it_brings_are_used_from_memory(
    pyz: Packages, simulator: Simulator, directory: Path
) -> None:
    nowhere = {"SSL_CERT_FILE": "/nowhere", "SSL_CERT_DIR": "/nowhere"}
    secret = {"CHECK_VIDEOCONF_PASSWORD": simulator.password}
    answer = run(sys.executable, directory, "-I", "-S", pyz.pyz, *alarms(simulator), **secret, **nowhere)
    assert answer.first_line.startswith("PEXIP ALARMS UNKNOWN - the certificate of 127.0.0.1")
    assert answer.code == 3
    assert list(directory.iterdir()) == []


def test_unpacked_it_runs_from_its_directory(pyz: Packages, directory: Path) -> None:
    unpacked = directory.parent / "unpacked"
    unpack = run(sys.executable, directory, "-m", "zipfile", "-e", pyz.pyz, unpacked)
    assert unpack.code == 0
    answer = run(sys.executable, directory, "-I", "-S", unpacked, "--version")
    assert (answer.stdout, answer.code) == (f"check_videoconf {__version__}\n", 3)


def test_the_simulator_is_in_it(pyz: Packages, directory: Path) -> None:
    answer = run(sys.executable, directory, "-I", pyz.pyz, "simulate", "--list-faults")
    assert (answer.stderr, answer.code) == ("", 0)


def test_a_python_that_is_too_old_gives_one_line_and_unknown(directory: Path) -> None:
    start = ROOT / "packaging" / "pyz" / "__main__.py"
    ast.parse(start.read_text(encoding="utf-8"), feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 6, 8); exec(open({str(start)!r}).read())"
    answer = run(sys.executable, directory, "-I", "-c", pretend)
    assert (answer.stdout, answer.code) == ("UNKNOWN: check_videoconf needs Python 3.9 or newer, this is 3.6\n", 3)
