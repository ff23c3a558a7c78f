"""(d) and (f) Checks of large deployments in processes of their own: CPU, requests, memory at the peak."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from check_videoconf.simulator import Simulator

from .devices import Devices, environment, simulated
from .measure import PLUGIN, ROOT, compared, cost
from .tables import Figure, Table

# MiB at the peak; CPU in multiples of the least that could do the same.
MOST_MEMORY = 60
MOST_CPU_LARGE = 1.3

NODES = 300
# Of licenses in the largest report.
KINDS = 1000
BRIDGED = 2400

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
# The plugin in a process that tells its own peak: what the kernel tells a parent counts the parent's memory, too.
_WITH_PEAK = """
import re, sys
from check_videoconf.cli import main
main(sys.argv[1:])
with open("/proc/self/status") as status:
    print(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1])
"""


def large(rounds: int) -> Table:
    """Checks of 20,000 participants beside the same pages read and parsed."""
    columns = ["check", "CPU ms", "pages alone", "ratio", "wall ms", "requests", "peak MiB"]
    table = Table("d", "20,000 participants", columns)
    sizes = ["--participants", "20000", "--conferences", "1000", "--nodes", "60"]
    with simulated("--systems", "pexip", *sizes) as devices:
        url = f"https://127.0.0.1:{devices.ports['pexip']}"
        for mode, resources, most in (
            ("call-quality", ["participant"], 20),
            ("conferences", ["conference", "participant"], 21),
        ):
            arguments = devices.check("pexip", mode)
            bare = [sys.executable, "-c", _PAGES, url, devices.authority, *resources]
            unit, found = compared(
                rounds, partial(cost, bare, devices.env), partial(cost, [*PLUGIN, *arguments], devices.env)
            )
            requests, peak = _requests_and_peak(arguments, devices.env)
            table.add(
                f"pexip {mode}",
                Figure(found.cpu * 1000),
                Figure(unit.cpu * 1000),
                Figure(found.cpu_ratio, 2, MOST_CPU_LARGE),
                Figure(found.wall * 1000),
                Figure(requests, most=most),
                Figure(peak, 1, MOST_MEMORY),
            )
    return table


def deployments(rounds: int) -> Table:
    """Checks of many nodes, kinds of licenses, participants: one request, whatever the size."""
    table = Table(
        "f",
        f"{NODES} nodes, {KINDS:,} licenses, {BRIDGED:,} participants of a Conductor",
        ["check", "CPU ms", "CPU / GET", "wall ms", "requests", "peak MiB"],
    )
    with _of_all_sizes() as devices:
        checks = {
            f"pexip nodes, {NODES}": devices.check("pexip", "nodes"),
            f"pexip node-load, {NODES}": devices.check("pexip", "node-load"),
            f"pexip licenses, {KINDS:,}": devices.check("pexip", "licenses"),
            f"conductor participants, {BRIDGED:,}": devices.check("conductor", "participants"),
            f"conductor conferences, {BRIDGED // 8:,}": devices.check("conductor", "conferences"),
        }
        commands = [devices.one_get(), *([*PLUGIN, *arguments] for arguments in checks.values())]
        get, *found = compared(rounds, *(partial(cost, command, devices.env) for command in commands))
        table.add("one bare GET", Figure(get.cpu * 1000), Figure(1, 2), Figure(get.wall * 1000), Figure(1), "")
        for (name, arguments), one in zip(checks.items(), found):
            requests, peak = _requests_and_peak(arguments, devices.env)
            table.add(
                name,
                Figure(one.cpu * 1000),
                Figure(one.cpu_ratio, 2),
                Figure(one.wall * 1000),
                Figure(requests, most=1),
                Figure(peak, 1, MOST_MEMORY),
            )
    return table


@contextmanager
def _of_all_sizes() -> Iterator[Devices]:
    """In this process, because no option asks for so many kinds of licenses."""
    systems = ("pexip", "conductor")
    sizes = Simulator(systems=systems, nodes=NODES, conductor_participants=BRIDGED)
    with tempfile.TemporaryDirectory() as scratch, sizes as simulator:
        (report,) = simulator.pexip.tables["status/v1/licensing/"]
        for number in range(KINDS):
            report.update({f"kind{number}_count": number, f"kind{number}_total": KINDS})
        ports = {name: str(simulator.systems[name].port) for name in systems}
        yield Devices(ports, simulator.ca_file, environment(scratch))


def _requests_and_peak(arguments: list[str], env: dict[str, str]) -> tuple[int, float]:
    """How many requests a check sent, and its memory at the peak in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _WITH_PEAK, *arguments, "--output", "json"],
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    report, peak = done.stdout.splitlines()
    return json.loads(report)["requests"], int(peak) / 1024
