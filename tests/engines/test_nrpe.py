"""Through NRPE, whose packets cut what is too long, every item that arrives is whole."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.engines.checks import USERNAME, environment, free_port, password_file, program
from tests.engines.daemons import running

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

# Of a version 2 packet; the last byte ends the text. NRPE 4.1 cuts there too when it is told -3.
SHORT_BYTES = 1024
NODES = 120
ITEM = re.compile(r"'(?:[^']|'')+'=-?[0-9.]+(?:%|s|ms|B)?(?:;[0-9.:@~-]*){4}")
MODES = ("nodes", "node-load", "licenses", "media", "participants", "certificates", "alarms")

# NRPE refuses to work as root, and the account it changes to cannot enter a virtual environment of root's.
ACCOUNT = "nagios"
PACKAGES = ("check_videoconf", "nagiosplugin", "requests", "urllib3", "idna", "certifi", "charset_normalizer")
PLUGIN = """\
#!/usr/bin/python3 -sEB
import sys
sys.path.insert(0, {packages!r})
from check_videoconf.cli import entry
entry()
"""

NRPE_CFG = """\
nrpe_user={account}
nrpe_group={account}
server_address=127.0.0.1
server_port={port}
pid_file={scratch}/nrpe.pid
log_file={scratch}/nrpe.log
allowed_hosts=127.0.0.1
dont_blame_nrpe=0
command_timeout=45
connection_timeout=60
disable_syslog=1
"""

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A directory that NRPE's account can enter, which pytest's are not, with the plugin for the system's Python."""
    with tempfile.TemporaryDirectory(prefix="nrpe") as name:
        directory = Path(name)
        directory.chmod(0o755)
        for package in PACKAGES:
            found = importlib.util.find_spec(package)
            assert found is not None
            assert found.origin is not None
            shutil.copytree(Path(found.origin).parent, directory / "packages" / package)
        plugin = directory / "check_videoconf"
        plugin.write_text(PLUGIN.format(packages=str(directory / "packages")), encoding="utf-8")
        plugin.chmod(0o755)
        password_file(directory)
        yield directory


@pytest.fixture(scope="module")
def large(scratch: Path) -> Iterator[Simulator]:
    """A deployment with more nodes than a packet has room for."""
    (scratch / "simulator").mkdir()
    with Simulator(systems=["pexip"], nodes=NODES, directory=scratch / "simulator") as devices:
        yield devices


def command(mode: str, scratch: Path, devices: Simulator, *arguments: str) -> list[str]:
    return [
        *(f"{scratch}/check_videoconf", "pexip", mode, "-H", "127.0.0.1", "-p", str(devices.pexip.port)),
        *("-u", USERNAME, "--password-file", f"{scratch}/password", "--cacert", str(devices.ca_file)),
        *("--state-dir", f"{scratch}/state", *arguments),
    ]


@pytest.fixture(scope="module")
def ask(scratch: Path, large: Simulator) -> Iterator[Ask]:
    """`ask("media", "-2")` is what check_nrpe says of a command that NRPE runs."""
    daemon, client = program("nrpe"), program("check_nrpe", otherwise="/usr/lib/nagios/plugins")
    port = free_port()
    account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    for path in (scratch, *scratch.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    lines = [NRPE_CFG.format(port=port, scratch=scratch, account=account.pw_name)]
    for mode in MODES:
        lines.append(f"command[{mode}]={' '.join(command(mode, scratch, large))}\n")
        lines.append(f"command[short-{mode}]={' '.join(command(mode, scratch, large, '--max-output', '1000'))}\n")
    (scratch / "nrpe.cfg").write_text("".join(lines), encoding="utf-8")

    def check_nrpe(*arguments: str) -> Answer:
        done = subprocess.run(
            [client, "-H", "127.0.0.1", "-p", str(port), "-t", "50", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Answer(done.stdout, done.stderr, done.returncode)

    with running(
        [daemon, "-c", scratch / "nrpe.cfg", "-f"],
        environment(scratch / "state"),
        *(scratch / "stdout", scratch / "nrpe.log"),
    ) as nrpe:
        nrpe.wait_for("it answers", lambda: check_nrpe().stdout.startswith("NRPE v"))
        yield lambda name, *packet: check_nrpe(*packet, "-c", name)


@pytest.mark.parametrize("mode", MODES)
def test_what_check_nrpe_brings_by_itself_is_what_the_plugin_said(
    mode: str, ask: Ask, scratch: Path, large: Simulator
) -> None:
    answer = ask(mode)
    by_hand = subprocess.run(
        command(mode, scratch, large, "--state-dir", f"{scratch}/state-by-hand"),
        env=environment(scratch / "state-by-hand"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=45,
        check=False,
    )
    assert answer.code == by_hand.returncode
    fewer, more = sorted((answer.perfdata.keys(), Answer(by_hand.stdout, "", 0).perfdata.keys()), key=len)
    assert fewer <= more
    assert len(more) - len(fewer) < 5  # the plugin's own limit cuts elsewhere when a number of seconds got longer
    assert_whole(answer)


@pytest.mark.parametrize("packet", ["-2", "-3"])
@pytest.mark.parametrize("mode", MODES)
def test_with_max_output_1000_a_short_packet_cuts_nothing(mode: str, packet: str, ask: Ask) -> None:
    short, whole = ask(f"short-{mode}", packet), ask(mode)
    assert short.code == whole.code
    assert 0 < len(short.stdout.encode()) < SHORT_BYTES
    assert_whole(short)
    assert short.perfdata.keys() <= whole.perfdata.keys()
    assert short.perfdata


def test_without_max_output_a_short_packet_does_cut(ask: Ask) -> None:
    assert len(ask("nodes", "-2").stdout.rstrip("\n").encode()) == SHORT_BYTES - 1


def assert_whole(answer: Answer) -> None:
    """Every item of the perfdata is one, and together they are all of it."""
    perfdata = answer.first_line.partition(" | ")[2]
    items = ITEM.findall(perfdata)
    assert " ".join(items) == perfdata
    assert items
