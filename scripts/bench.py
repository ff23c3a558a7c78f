"""What checks cost against simulated devices: time, and CPU and memory beside the least that could do the same.

Exits with 1 if a limit is exceeded. CPU is compared in pairs of runs, one right after the other, so that what else the
machine does falls on both.
"""

from __future__ import annotations

import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from check_videoconf.simulator import Simulator

RUNS = 15
PAIRS = 9
# Of licenses in the largest report.
KINDS = 1000
STATE = "CHECK_VIDEOCONF_STATE_DIR"

# MiB at the peak; CPU in multiples of the least that could do the same.
MOST_MEMORY = 60
MOST_CPU_LARGE = 1.3
MOST_CPU_COLD = 2.9

_PLUGIN = ["-m", "check_videoconf"]
# The same pages with requests and json, and nothing else.
_PAGES = """
import json, sys, requests
url, authority, *resources = sys.argv[1:]
session = requests.Session()
session.trust_env, session.auth, session.verify = False, ("monitor", "simulated"), authority
for resource in resources:
    offset, total = 0, 1
    while offset < total:
        path = f"{url}/api/admin/status/v1/{resource}/"
        page = json.loads(session.get(path, params={"limit": 1000, "offset": offset}).content)
        offset, total = offset + len(page["objects"]), page["meta"]["total_count"]
"""
# One body over TLS with the standard library alone.
_ONE_GET = """
import base64, http.client, ssl, sys
host, port, authority = sys.argv[1:]
connection = http.client.HTTPSConnection(host, int(port), context=ssl.create_default_context(cafile=authority))
login = "Basic " + base64.b64encode(b"monitor:simulated").decode()
connection.request("GET", "/api/admin/status/v1/alarm/?limit=1000&offset=0", headers={"Authorization": login})
connection.getresponse().read()
"""
# The plugin in a process that tells its own peak: what the kernel tells a parent counts the parent's memory, too.
_WITH_PEAK = """
import re, sys
from check_videoconf.cli import main
main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1])
"""


class Devices(NamedTuple):
    """Simulated devices in a process of their own: their ports, the certificate to trust, the checks' environment."""

    ports: dict[str, str]
    authority: str
    env: dict[str, str]

    def check(self, system: str, mode: str, *options: str) -> list[str]:
        """The arguments of a check."""
        name = ["--tls-cn", "0004f2aabbcc"] if system == "trio" else []
        connection = ["-H", "127.0.0.1", "-p", self.ports[system], "-u", "monitor", "--cacert", self.authority]
        return [system, mode, *connection, *name, "--cache", "0", *options]


@contextmanager
def simulated(*options: str) -> Iterator[Devices]:
    """Devices of these sizes, until the end of the block."""
    with tempfile.TemporaryDirectory() as scratch:
        variables = Path(scratch, "env")
        command = [sys.executable, *_PLUGIN, "simulate", "--env-file", str(variables), *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
            try:
                yield _ready(variables, server, scratch)
            finally:
                server.terminate()


def _ready(variables: Path, server: subprocess.Popen[bytes], scratch: str) -> Devices:
    for _ in range(600):
        if variables.exists() and variables.stat().st_size:
            break
        if server.poll() is not None:
            sys.exit("the simulator ended")
        time.sleep(0.1)
    said = dict(line.partition("=")[::2] for line in shlex.split(variables.read_text()))
    ports = {system: said.get(f"VC_{system.upper()}_PORT", "") for system in ("pexip", "conductor", "trio")}
    env = {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_PASSWORD": "simulated"}
    return Devices(ports, said["VC_CACERT"], {**env, STATE: f"{scratch}/state"})


# -- one run


def milliseconds(arguments: list[str], env: dict[str, str]) -> float:
    """From the start of a check to its end, by the clock."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *_PLUGIN, *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,  # its end is seen at once; a wait with a time-out looks every 50 ms
        timeout=60,
        check=False,
    )
    return (time.perf_counter() - started) * 1000


def cpu_seconds(arguments: list[str], env: dict[str, str]) -> float:
    """The CPU time of a Python process, its own and the system's."""
    process = subprocess.Popen(
        [sys.executable, *arguments], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def cpu_in_pairs(first: list[str], second: list[str], env: dict[str, str]) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their quotients."""
    pairs = [(cpu_seconds(first, env), cpu_seconds(second, env)) for _ in range(PAIRS)]
    return (
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def requests_and_peak(arguments: list[str], env: dict[str, str]) -> tuple[int, float]:
    """How many requests a check sent, and its memory at the peak in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _WITH_PEAK, *arguments, "--output", "json"],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    report, peak = done.stdout.splitlines()
    return json.loads(report)["requests"], int(peak) / 1024


# -- tables


def times() -> None:
    """Small checks by the clock."""
    with simulated() as devices:
        checks = {
            "--version": ["--version"],
            **{
                f"{system} {mode}": devices.check(system, mode)
                for system, mode in (
                    ("pexip", "alarms"),
                    ("pexip", "conferences"),
                    ("pexip", "call-quality"),
                    ("pexip", "node-load"),
                    ("conductor", "health"),
                    ("trio", "device"),
                )
            },
        }
        print(f"{'check':20}{'least':>8}{'median':>8}  milliseconds of {RUNS} runs")
        for name, arguments in checks.items():
            measured = [milliseconds(arguments, devices.env) for _ in range(RUNS)]
            print(f"{name:20}{min(measured):8.0f}{statistics.median(measured):8.0f}")


def cold() -> Iterator[str]:
    """A small check beside one GET of the same body by the standard library."""
    with simulated("--systems", "pexip") as devices:
        plugin = [*_PLUGIN, *devices.check("pexip", "alarms")]
        bare = ["-c", _ONE_GET, "127.0.0.1", devices.ports["pexip"], devices.authority]
        yield from _compared("pexip alarms", cpu_in_pairs(plugin, bare, devices.env), MOST_CPU_COLD, "one GET")


def large() -> Iterator[str]:
    """Checks of 20,000 participants beside the same pages read and parsed."""
    sizes = ["--participants", "20000", "--conferences", "1000", "--nodes", "60"]
    with simulated("--systems", "pexip", *sizes) as devices:
        url = f"https://127.0.0.1:{devices.ports['pexip']}"
        for mode, resources in (("call-quality", ["participant"]), ("conferences", ["conference", "participant"])):
            arguments = devices.check("pexip", mode)
            bare = ["-c", _PAGES, url, devices.authority, *resources]
            found = cpu_in_pairs([*_PLUGIN, *arguments], bare, devices.env)
            yield from _compared(f"pexip {mode}", found, MOST_CPU_LARGE, "the pages alone")
            requests, peak = requests_and_peak(arguments, devices.env)
            most = 20 * len(resources) if len(resources) == 1 else 21
            print(f"{'':20}{requests} requests (at most {most}), {peak:.1f} MiB at the peak (at most {MOST_MEMORY})")
            if requests > most:
                yield f"pexip {mode}: {requests} requests"
            if peak >= MOST_MEMORY:
                yield f"pexip {mode}: {peak:.1f} MiB"


def deployments() -> Iterator[str]:
    """Checks of many nodes and of many kinds of licenses: what one of them costs is not what it costs to ask."""
    print(f"\n{'check':32}{'least':>8}{'median':>8}{'requests':>10}{'peak':>8}  milliseconds of {RUNS} runs, MiB")
    with tempfile.TemporaryDirectory() as scratch:
        for nodes in (60, 300):
            with Simulator(systems=("pexip",), nodes=nodes) as simulator:
                for mode in ("node-load", "nodes"):
                    yield from _sized(f"pexip {mode}, {nodes} nodes", mode, simulator, scratch)
        with Simulator(systems=("pexip",)) as simulator:
            (report,) = simulator.pexip.tables["status/v1/licensing/"]
            for number in range(KINDS):
                report.update({f"kind{number}_count": number, f"kind{number}_total": KINDS})
            yield from _sized(f"pexip licenses, {KINDS} kinds", "licenses", simulator, scratch)


def _sized(name: str, mode: str, simulator: Simulator, scratch: str) -> Iterator[str]:
    """One request, and less memory than the most, whatever the size."""
    env = {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_PASSWORD": simulator.password}
    devices = Devices({"pexip": str(simulator.pexip.port)}, simulator.ca_file, {**env, STATE: f"{scratch}/state"})
    arguments = devices.check("pexip", mode)
    measured = [milliseconds(arguments, devices.env) for _ in range(RUNS)]
    requests, peak = requests_and_peak(arguments, devices.env)
    print(f"{name:32}{min(measured):8.0f}{statistics.median(measured):8.0f}{requests:10}{peak:8.1f}")
    if requests > 1:
        yield f"{name}: {requests} requests"
    if peak >= MOST_MEMORY:
        yield f"{name}: {peak:.1f} MiB"


def _compared(name: str, found: tuple[float, float, float], most: float, beside: str) -> Iterator[str]:
    plugin, bare, ratio = found
    print(f"{name:20}{plugin * 1000:8.0f}{bare * 1000:8.0f}{ratio:8.2f}  ms of CPU, those of {beside}; at most {most}")
    if ratio > most:
        yield f"{name}: {ratio:.2f} times the CPU of {beside}"


def main() -> None:
    """Prints the tables."""
    if not Path("/proc/self/status").exists():
        sys.exit("the peak of memory is read from /proc: this needs Linux")
    times()
    print(f"\n{'check':20}{'plugin':>8}{'bare':>8}{'ratio':>8}  medians of {PAIRS} pairs of runs")
    exceeded = [*cold(), *large(), *deployments()]
    if exceeded:
        sys.exit("over the limit: " + "; ".join(exceeded))


if __name__ == "__main__":
    main()
