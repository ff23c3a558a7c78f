"""One check at a time per device, across processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from check_videoconf import lock
from check_videoconf.deadline import Deadline
from check_videoconf.errors import Busy
from check_videoconf.simulator import Simulator

from .conftest import Answer, Run
from .servers import HOST

ARGV = ["--proto", "http", "-u", "monitor", "--password", "simulated", "--cache", "0"]


def ask(run: Run, devices: Simulator, system: str, mode: str, *argv: str) -> Answer:
    return run(system, mode, "-H", HOST, "-p", str(devices.systems[system].port), *ARGV, *argv)


def at_once(run: Run, devices: Simulator, system: str, mode: str, *argv: str) -> list[Answer]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda _: ask(run, devices, system, mode, *argv), range(4)))


@pytest.mark.parametrize(("system", "mode"), [("trio", "device"), ("conductor", "health")])
def test_checks_of_one_device_take_turns_and_all_succeed(run: Run, system: str, mode: str) -> None:
    with Simulator(systems=(system,), tls=False, latency=0.05) as devices:
        answers = at_once(run, devices, system, mode)
        assert [answer.code for answer in answers] == [0, 0, 0, 0]
        assert devices.systems[system].in_flight_max == 1
        assert devices.systems[system].connections == 4


def test_without_the_lock_a_phone_is_asked_by_several_at_once(run: Run) -> None:
    with Simulator(systems=("trio",), tls=False, latency=1) as devices:
        answers = at_once(run, devices, "trio", "device", "--no-lock", "--retries", "0")
        assert devices.trio.in_flight_max > 1
        assert any("is busy" in answer.summary for answer in answers)


def test_pexip_is_not_locked_unless_asked_for(run: Run, tmp_path: Path) -> None:
    with Simulator(systems=("pexip",), tls=False, latency=1) as devices:
        at_once(run, devices, "pexip", "alarms")
        assert devices.pexip.in_flight_max > 1
        assert not (tmp_path / "state").exists()
    with Simulator(systems=("pexip",), tls=False, latency=0.05) as devices:
        at_once(run, devices, "pexip", "alarms", "--lock")
        assert devices.pexip.in_flight_max == 1


def test_the_name_of_the_device_may_be_written_in_any_case(run: Run, tmp_path: Path) -> None:
    with Simulator(systems=("trio",), tls=False) as devices:
        for host in ("localhost", "LOCALHOST"):
            run("trio", "device", "-H", host, "-p", str(devices.trio.port), *ARGV)
    assert len(list((tmp_path / "state").glob("lock-*"))) == 1


_HOLDER = """
import sys
from check_videoconf.deadline import Deadline
from check_videoconf.lock import acquire
acquire(sys.argv[1], "phone", Deadline(60))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_goes_with_the_process_that_is_killed(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, path],
        cwd=Path(__file__).resolve().parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=r"another check of phone did not finish in 0\.2 s"):
            lock.acquire(path, "phone", Deadline(0.2))
        holder.send_signal(signal.SIGKILL)
        os.close(lock.acquire(path, "phone", Deadline(20)))
    finally:
        holder.kill()
        holder.communicate(timeout=20)


def test_a_link_in_the_place_of_the_lock_costs_one_line(run: Run, tmp_path: Path) -> None:
    with Simulator(systems=("trio",), tls=False) as devices:
        ask(run, devices, "trio", "device")
        (path,) = (tmp_path / "state").glob("lock-*")
        path.unlink()
        path.symlink_to(tmp_path / "precious")
        answer = ask(run, devices, "trio", "device")
    assert answer.first_line.startswith("TRIO DEVICE OK - ")
    assert answer.long_output == ["no lock, other checks may ask at the same time: Too many levels of symbolic links"]
    assert not (tmp_path / "precious").exists()
