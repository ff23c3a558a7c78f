"""(b) A check through the service: the client's process and all that the service spends, beside one bare GET."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .devices import simulated
from .measure import PLUGIN, ROOT, Compared, Cost, Family, compared, cost, running, wait_until
from .tables import Figure, Table

MOST_CPU = 0.5
MOST_WALL = 0.5
# Checks between two bare GETs: the CPU of the service that one check causes may come after its answer.
_IN_A_ROW = 5
_SETTLE_SECONDS = 0.01


class Service(NamedTuple):
    """A running service, and the client that asks it."""

    family: Family
    client: str
    socket: str

    def command(self, arguments: Sequence[str]) -> list[str]:
        return [self.client, "--socket", self.socket, *arguments]


@contextmanager
def service(env: Mapping[str, str]) -> Iterator[Service]:
    """`check_videoconf serve`, and the client installed as packages do: beside the plugin and this interpreter."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        (directory / "python3").symlink_to(sys.executable)
        client = directory / "check_videoconf_client"
        client.symlink_to(ROOT / "bin" / "check_videoconf_client")
        plugin = directory / "check_videoconf"
        plugin.write_text(f'#!/bin/sh\nexec {shlex.join(PLUGIN)} "$@"\n')
        plugin.chmod(0o755)
        log, socket = directory / "log", directory / "socket"
        with log.open("wb") as stderr:
            command = [*PLUGIN, "serve", "--socket", str(socket)]
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stderr=stderr)
        with running(process):
            wait_until(lambda: "serving" in log.read_text(), process, log.read_text)
            yield Service(Family(process.pid), str(client), str(socket))


class _Spent(NamedTuple):
    client: list[float]
    service: list[float]


def served(rounds: int) -> Table:
    """One limit, for the smallest check; the others for comparison."""
    columns = ["check", "client ms", "service ms", "CPU / GET", "wall ms", "wall / GET"]
    table = Table("b", "through the service", columns)
    with simulated() as devices, service(devices.env) as running_service:
        for number, (system, mode) in enumerate(
            (("pexip", "alarms"), ("pexip", "conferences"), ("conductor", "health"), ("trio", "device"))
        ):
            command = running_service.command(devices.check(system, mode))
            spent = _Spent([], [])
            measure = partial(_in_a_row, command, devices.env, running_service.family, spent)
            get, found = compared(rounds, partial(cost, devices.one_get(), devices.env), measure)
            if not number:
                table.add(
                    "one bare GET", Figure(get.cpu * 1000), "", Figure(1, 2), Figure(get.wall * 1000), Figure(1, 2)
                )
            table.add(f"{system} {mode}", *_figures(found, spent, limited=not number))
    return table


def _figures(found: Compared, spent: _Spent, *, limited: bool) -> list[Figure]:
    return [
        Figure(1000 * sum(spent.client) / len(spent.client), 1),
        Figure(1000 * sum(spent.service) / len(spent.service), 1),
        Figure(found.cpu_ratio, 2, MOST_CPU if limited else None),
        Figure(found.wall * 1000),
        Figure(found.wall_ratio, 2, MOST_WALL if limited else None),
    ]


def _in_a_row(command: list[str], env: Mapping[str, str], family: Family, spent: _Spent) -> Cost:
    """Of one check, client and service together."""
    before = family.cpu()
    clients = [cost(command, env) for _ in range(_IN_A_ROW)]
    time.sleep(_SETTLE_SECONDS)
    serving = (family.cpu() - before) / _IN_A_ROW
    asking = sum(client.cpu for client in clients) / _IN_A_ROW
    spent.client.append(asking)
    spent.service.append(serving)
    return Cost(asking + serving, sum(client.wall for client in clients) / _IN_A_ROW)
