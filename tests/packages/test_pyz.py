"""The single file: on every supported Python that is here, isolated from everything else that is installed."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from check_videoconf import __version__, catalog
from check_videoconf.simulator import Simulator
from tests.conftest import Answer, answer_of
from tests.packages.conftest import ROOT, Packages
from tests.service.serving import wait_for

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


def run(python: str, directory: Path, *argv: str | Path, stdin: str = "", **env: str) -> Answer:
    variables = {"TMPDIR": str(directory), "CHECK_VIDEOCONF_STATE_DIR": str(directory.parent / "state"), **env}
    return answer_of((python, *argv), cwd=directory.parent, env=variables, stdin=stdin)


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


@pytest.mark.parametrize("command", catalog.COMMANDS)
def test_every_command_is_in_it(pyz: Packages, directory: Path, command: str) -> None:
    answer = run(sys.executable, directory, "-I", pyz.pyz, command, "--help")
    assert answer.first_line.partition(" [")[0].removeprefix("usage: ") == f"check_videoconf {command}"
    assert (answer.stderr, answer.stdout.count("UNKNOWN")) == ("", 0)


@pytest.mark.parametrize("python", interpreters())
def test_it_serves_the_client_that_it_brings(python: str, pyz: Packages, simulator: Simulator, directory: Path) -> None:
    place = directory.parent
    path = place / "socket"
    client = place / "check_videoconf_client"
    with ZipFile(pyz.pyz) as archive:
        client.write_bytes(archive.read("bin/check_videoconf_client"))
    secret = {"CHECK_VIDEOCONF_PASSWORD": simulator.password, "CHECK_VIDEOCONF_SOCKET": str(path)}
    check = (*alarms(simulator), "--cacert", str(simulator.ca_file), "-v")
    log = place / "log"
    with log.open("wb") as file:
        serve = (python, "-I", "-S", pyz.pyz, "serve", "--socket", path)
        service = subprocess.Popen(serve, env={"TMPDIR": str(directory)}, stderr=file)
    try:
        # On a busy machine all that takes longer than a client waits.
        wait_for(lambda: "serving" in log.read_text(encoding="utf-8"))
        answers = (run(python, directory, "-IS", client, *check, **secret) for _ in range(10))
        answer = next(answer for answer in answers if "no service" not in answer.stdout)
    finally:
        service.terminate()
        assert service.wait(30) == 0
    assert answer.first_line.startswith("PEXIP ALARMS CRITICAL - ")
    # There is no plugin beside the client: only the service can have answered.
    assert (answer.code, answer.stderr) == (2, "")
    assert list(directory.iterdir()) == []


def test_it_is_a_connector_for_centreon(pyz: Packages, directory: Path) -> None:
    query, version = "0\0\0\0\0", "1\x001\x000\0\0\0\0"
    job = "2\x001\x0030\x000\0check_videoconf --version\0\0\0\0"
    answer = run(sys.executable, directory, "-I", "-S", pyz.pyz, "connector", stdin=query + job)
    assert answer.stdout == f"{version}3\x001\x001\x003\0 \0check_videoconf {__version__}\n\0\0\0\0"
    assert (answer.stderr, answer.code) == ("", 0)


def test_a_python_that_is_too_old_gives_one_line_and_unknown(directory: Path) -> None:
    start = ROOT / "packaging" / "pyz" / "__main__.py"
    ast.parse(start.read_text(encoding="utf-8"), feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 6, 8); exec(open({str(start)!r}).read())"
    answer = run(sys.executable, directory, "-I", "-c", pretend)
    assert (answer.stdout, answer.code) == ("UNKNOWN: check_videoconf needs Python 3.9 or newer, this is 3.6\n", 3)
