"""Nagios Core 4 has every check of the plugin done by `nagios-worker`, and starts no process for any."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.engines import daemons, nagios
from tests.engines.checks import CHECKS, PLUGIN, Check, environment, password_file, program, steady, words
from tests.engines.conftest import ByHand
from tests.engines.daemons import Daemon
from tests.engines.nagios import CONTACT, Status, service

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

# In the plugin's place: whatever Nagios starts itself leaves a trace.
DECOY = """\
#!/bin/sh
echo "$*" >> {trace}
echo "started by Nagios itself"
exit 3
"""

# No check before the worker is there; then one after the other, quickly.
SETTINGS = {"execute_service_checks": "0", "service_inter_check_delay_method": "0.05"}

# Commands that are not the plugin's; the worker is asked for them as it answers to the bare name, too.
OTHERS = """\
define command {
    command_name elsewhere
    command_line /elsewhere/check_videoconf pexip alarms
}
define command {
    command_name piped
    command_line check_videoconf pexip alarms -H a | tee /tmp/x
}
define command {
    command_name substituted
    command_line check_videoconf pexip alarms -H `hostname`
}
"""
OTHER = """\
define service {{
    use videoconf-pexip-alarms
    host_name pexip
    service_description {name}
    check_command {name}
    check_interval 1440
    max_check_attempts 1
}}
"""
REFUSED = {
    "elsewhere": "UNKNOWN: /elsewhere/check_videoconf is not this plugin, which is ",
    "piped": "UNKNOWN: the command line has a pipe, which needs a shell",
    "substituted": "UNKNOWN: the command line has a command substitution, which needs a shell",
}


class Poller:
    """Nagios with a decoy in the plugin's place, and the worker beside it."""

    def __init__(self, scratch: Path, simulator: Simulator, *objects: str) -> None:
        self.scratch = scratch
        self.log = scratch / "nagios.log"
        self.forked = scratch / "forked"
        self._program = program("nagios4")
        self._decoy = scratch / "decoy" / "check_videoconf"
        self._decoy.parent.mkdir()
        self._decoy.write_text(DECOY.format(trace=self.forked), encoding="utf-8")
        self._decoy.chmod(0o755)
        (scratch / "results").mkdir()
        password_file(scratch)
        self._main = nagios.configure(scratch, "run", simulator, CONTACT, nagios.hosts(simulator), *objects)
        for name, value in SETTINGS.items():
            replace_line(self._main, name, value)
        replace_line(scratch / "resource.cfg", "$USER1$", str(self._decoy.parent))

    def running(self) -> contextlib.AbstractContextManager[Daemon]:
        return nagios.running(self._program, self._main)

    def status(self) -> Status:
        return nagios.read_status(self.scratch)

    @contextlib.contextmanager
    def worker(self) -> Iterator[Worker]:
        """The worker, which takes the commands of the decoy's path and those of any check_videoconf."""
        scratch, output = self.scratch, self.scratch / "worker"
        output.unlink(missing_ok=True)
        command: list[str | Path] = [PLUGIN, "nagios-worker", "--query-socket", scratch / "nagios.qh"]
        command += ["--plugin", self._decoy, "--plugin", "check_videoconf"]
        with daemons.running(command, environment(scratch / "state"), output, self.log) as daemon:
            yield Worker(daemon)

    def command(self, text: str) -> None:
        """Gives Nagios an external command, once it reads them."""
        pipe = self.scratch / "nagios.cmd"
        wait_until(pipe.exists)
        with pipe.open("w", encoding="utf-8") as file:
            file.write(f"[{int(time.time())}] {text}\n")

    def check_now(self) -> str:
        """The output that is stored of the only service after it has been checked once more."""
        before = self._last_check()
        wait_until(lambda: time.time() >= before + 1)  # Nagios tells checks apart by the second
        self.command(f"SCHEDULE_FORCED_SVC_CHECK;pexip;alarms;{int(time.time())}")
        wait_until(lambda: self._last_check() > before)
        return self.status()["pexip alarms"]["plugin_output"]

    def _last_check(self) -> int:
        return int(self.status().get("pexip alarms", {}).get("last_check", 0))


class Worker:
    """A `nagios-worker` that runs."""

    def __init__(self, daemon: Daemon) -> None:
        self.process = daemon.process
        self.kill = daemon.kill
        self._daemon = daemon

    def wait_until_registered(self, times: int = 1) -> None:
        """Until both of its names have been registered so often."""
        said = self._daemon.logs[0]
        self._daemon.wait_for(
            "the worker has registered",
            lambda: len(re.findall("^registered with ", said.read_text(encoding="utf-8"), re.MULTILINE)) >= 2 * times,
        )


def replace_line(file: Path, name: str, value: str) -> None:
    """Sets `name=value` in one of Nagios' files, in place of what was there."""
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(f"{name}=")]
    file.write_text("\n".join([*kept, f"{name}={value}", ""]), encoding="utf-8")


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> tuple[Poller, Status]:
    """A poller that has checked all modes, and what it stored."""
    others = [OTHER.format(name=name) for name in REFUSED]
    poller = Poller(tmp_path_factory.mktemp("nagios"), simulator, OTHERS, *map(service, CHECKS), *others)

    def checked() -> Status | None:
        found = poller.status()
        count = len(CHECKS) + len(others)
        return found if [one["has_been_checked"] for one in found.values()] == ["1"] * count else None

    with poller.running() as daemon, poller.worker() as worker:
        worker.wait_until_registered()
        poller.command("START_EXECUTING_SVC_CHECKS")
        return poller, daemon.wait_for("all services are checked", checked, 120)


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_check_through_the_worker_is_stored_as_that_of_a_process(
    check: Check, ran: tuple[Poller, Status], by_hand: ByHand
) -> None:
    stored, answer = ran[1][str(check)], by_hand(check)
    assert (int(stored["current_state"]), stored["plugin_output"][: len(check.begins)]) == (check.state, check.begins)
    text, _, _ = answer.first_line.partition(" | ")
    assert words(stored["plugin_output"]) == words(text.replace(";", ":").rstrip())
    long_output = stored["long_plugin_output"].replace(r"\n", "\n").splitlines()
    assert list(map(words, long_output)) == [words(line.rstrip()) for line in answer.long_output]
    stored_perfdata = Answer(f"{text} | {stored['performance_data']}", "", check.state).perfdata
    assert steady(stored_perfdata) == steady(answer.perfdata)


def test_nagios_starts_no_process_of_the_plugin_and_finds_nothing_wrong(ran: tuple[Poller, Status]) -> None:
    poller, status = ran
    assert not poller.forked.exists(), poller.forked.read_text(encoding="utf-8")
    assert len(status) == len(CHECKS) + len(REFUSED)
    wrong = ".*(?:out of bounds|timed out|No output|stderr|choked|nrecognized|ignored).*"
    assert re.findall(wrong, poller.log.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_command_that_is_not_the_plugins_is_unknown_and_named(name: str, ran: tuple[Poller, Status]) -> None:
    stored = ran[1][f"pexip {name}"]
    assert stored["current_state"] == "3"
    assert stored["plugin_output"].startswith(REFUSED[name])


@pytest.fixture
def poller(tmp_path: Path, simulator: Simulator) -> Poller:
    """One that has not been started, with one service."""
    return Poller(tmp_path, simulator, *(service(check) for check in CHECKS if str(check) == "pexip alarms"))


def test_a_worker_that_was_killed_is_replaced_by_the_next(poller: Poller) -> None:
    log = poller.log
    with poller.running():
        with poller.worker() as worker:
            worker.wait_until_registered()
            assert poller.check_now().startswith("PEXIP ALARMS CRITICAL - ")
            worker.kill()
        lost = "Socket to worker check_videoconf broken"
        wait_until(lambda: log.read_text(encoding="utf-8").count(lost) == 2)
        assert poller.check_now() == "started by Nagios itself"
        poller.forked.unlink()
        with poller.worker() as worker:
            worker.wait_until_registered()
            assert poller.check_now().startswith("PEXIP ALARMS CRITICAL - ")
            worker.process.terminate()
            assert worker.process.wait(timeout=30) == 0
    assert not poller.forked.exists()


def test_a_worker_outlives_nagios_and_joins_it_again(poller: Poller) -> None:
    with poller.worker() as worker:
        with poller.running() as daemon:
            worker.wait_until_registered()
            poller.check_now()
            daemon.process.send_signal(signal.SIGHUP)  # it reads its configuration anew
            worker.wait_until_registered(2)
            assert poller.check_now().startswith("PEXIP ALARMS CRITICAL - ")
        with poller.running():
            worker.wait_until_registered(3)
            assert poller.check_now().startswith("PEXIP ALARMS CRITICAL - ")
        assert worker.process.poll() is None
    assert not poller.forked.exists()
