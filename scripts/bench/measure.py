"""What processes cost: CPU and wall time, and of those that stay their memory, as Linux counts them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PLUGIN = (sys.executable, "-m", "check_videoconf")
# What `CPU ≤ 3 ms a check` is in multiples of the bare GET, which costs 48 ms on the machine the limit was set on.
OF_A_GET = 3 / 48

# One body over TLS with the standard library alone: the unit of most ratios.
_ONE_GET = """
import base64, http.client, ssl, sys
host, port, authority = sys.argv[1:]
connection = http.client.HTTPSConnection(host, int(port), context=ssl.create_default_context(cafile=authority))
login = "Basic " + base64.b64encode(b"monitor:simulated").decode()
connection.request("GET", "/api/admin/status/v1/alarm/?limit=1000&offset=0", headers={"Authorization": login})
connection.getresponse().read()
"""
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds of CPU, the process's own and the system's for it, and seconds by the clock."""

    cpu: float
    wall: float


def one_get(port: str, authority: str) -> list[str]:
    """The command of one bare GET."""
    return [sys.executable, "-c", _ONE_GET, "127.0.0.1", port, authority]


def cost(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Of one process, from its start to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, wall)


class Compared(NamedTuple):
    """Medians of what was measured, and the median of its quotient with the measurement of the unit beside it."""

    cpu: float
    wall: float
    cpu_ratio: float
    wall_ratio: float


def compared(rounds: int, unit: Callable[[], Cost], *others: Callable[[], Cost]) -> list[Compared]:
    """Measures all, round by round in turning order, so that all else the machine does falls on all. Unit first."""
    for measure in (unit, *others):
        measure()  # byte-code and files are in the cache from now on, whoever comes first
    found: list[list[Cost]] = []
    for number in range(rounds):
        order = [unit, *others]
        taken = [measure() for measure in (order[::-1] if number % 2 else order)]
        found.append(taken[::-1] if number % 2 else taken)
    return [_against([row[0] for row in found], list(column)) for column in zip(*found)]


def _against(unit: Sequence[Cost], costs: Sequence[Cost]) -> Compared:
    median = statistics.median
    return Compared(
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        median(cost.cpu / one.cpu for cost, one in zip(costs, unit)),
        median(cost.wall / one.wall for cost, one in zip(costs, unit)),
    )


# -- processes that stay


@contextmanager
def running(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Ends it by SIGTERM at the end of the block."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Family:
    """A process and all that descend from it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def cpu(self) -> float:
        """Seconds so far; of those that have ended, too."""
        return sum(map(_seconds, self.living()))

    def memory(self) -> float:
        """MiB, what they share counted once."""
        return sum(_pss(process) for process in self.living())

    def files(self) -> int:
        """How many are open."""
        return sum(_count(f"/proc/{process}/fd") for process in self.living())

    def living(self) -> list[int]:
        found = [self.pid]
        for process in found:
            found += _children(process)
        return found


def _children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _seconds(process: int) -> float:
    """Its own to the nanosecond, and those of its children that have ended."""
    try:
        own = int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return own + (int(fields[13]) + int(fields[14])) / _TICKS


def _pss(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) / 1024


def _count(directory: str) -> int:
    try:
        return len(os.listdir(directory))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], said: Callable[[], str] = str) -> None:
    """Until it holds; ends the benchmark where the process ends before, or nothing happens for long. said: by it."""
    end = time.monotonic() + 60
    while not condition():
        if process.poll() is not None:
            sys.exit(f"{process.args!r} has ended: {said()}")
        if time.monotonic() > end:
            sys.exit(f"{process.args!r} is not ready: {said()}")
        time.sleep(0.02)
