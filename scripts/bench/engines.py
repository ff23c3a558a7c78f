"""(c) A check through Centreon's connector and through a worker of Nagios: all that these processes spend."""

from __future__ import annotations

import os
import select
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from .devices import simulated
from .measure import OF_A_GET, PLUGIN, ROOT, Cost, Family, compared, cost, running
from .tables import Figure, Table

# Between two bare GETs.
_IN_A_ROW = 50
_WARM = 10
_PATIENCE = 60


class Engine(Protocol):
    """The side of a monitoring engine."""

    family: Family

    def submit(self, arguments: Sequence[str]) -> None:
        """Asks for a check."""

    def answers(self, count: int) -> list[bytes]:
        """Waits for so many answers."""


class _Messages:
    """Messages out of what a file descriptor brings."""

    def __init__(self, descriptor: int, end: bytes) -> None:
        self._descriptor = descriptor
        self._end = end
        self._received = b""

    def take(self, count: int) -> list[bytes]:
        taken: list[bytes] = []
        while len(taken) < count:
            message, end, rest = self._received.partition(self._end)
            if end:
                taken.append(message)
                self._received = rest
            else:
                self._receive()
        return taken

    def _receive(self) -> None:
        if not select.select([self._descriptor], [], [], _PATIENCE)[0]:
            sys.exit("an engine waits in vain")
        data = os.read(self._descriptor, 1 << 16)
        if not data:
            sys.exit("an engine's connector or worker has ended")
        self._received += data


class Connector:
    """Centreon Engine's side of `check_videoconf connector`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.family = Family(process.pid)
        if process.stdin is None or process.stdout is None:
            raise ValueError("its stdin and stdout must be pipes")
        self._commands = process.stdin
        self._messages = _Messages(process.stdout.fileno(), b"\0\0\0\0")
        self._number = 0

    def submit(self, arguments: Sequence[str]) -> None:
        self._number += 1
        line = shlex.join(["check_videoconf", *arguments])
        self._commands.write(f"2\0{self._number}\0{_PATIENCE}\0{int(time.time())}\0{line}\0\0\0\0".encode())
        self._commands.flush()

    def answers(self, count: int) -> list[bytes]:
        return self._messages.take(count)


class NagiosWorker:
    """Nagios Core's side of `check_videoconf nagios-worker`."""

    def __init__(self, process: subprocess.Popen[bytes], connection: socket.socket) -> None:
        self.family = Family(process.pid)
        self._connection = connection
        self._messages = _Messages(connection.fileno(), b"\1\0\0\0")
        self._number = 0

    def submit(self, arguments: Sequence[str]) -> None:
        self._number += 1
        line = shlex.join(["check_videoconf", *arguments])
        job = f"job_id={self._number}\0type=0\0command={line}\0timeout={_PATIENCE}\0\1\0\0\0"
        self._connection.sendall(job.encode())

    def answers(self, count: int) -> list[bytes]:
        return self._messages.take(count)


@contextmanager
def connector(env: Mapping[str, str]) -> Iterator[Connector]:
    command = [*PLUGIN, "connector"]
    pipe = subprocess.PIPE
    with running(subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe)) as process:
        yield Connector(process)


@contextmanager
def nagios_worker(env: Mapping[str, str]) -> Iterator[NagiosWorker]:
    with tempfile.TemporaryDirectory() as scratch, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{scratch}/query")
        listener.listen()
        listener.settimeout(_PATIENCE)
        command = [*PLUGIN, "nagios-worker", "--query-socket", f"{scratch}/query"]
        with running(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)) as process:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(_PATIENCE)
                connection.recv(1 << 16)  # it registers
                connection.sendall(b"OK\0")
                yield NagiosWorker(process, connection)


def engines(rounds: int) -> Table:
    """One at a time, and all of a row at once."""
    table = Table("c", "through connector and worker", ["pexip alarms", "CPU ms", "CPU / GET", "wall ms"])
    with simulated("--systems", "pexip") as devices:
        arguments = devices.check("pexip", "alarms")
        with connector(devices.env) as centreon, nagios_worker(devices.env) as nagios:
            ways = {
                f"{name}, {manner}": partial(_in_a_row, engine, arguments, many=many)
                for name, engine in (("connector", centreon), ("nagios-worker", nagios))
                for manner, many in (("one at a time", False), (f"{_IN_A_ROW} at once", True))
            }
            for engine in (centreon, nagios):
                for many in (True, False):
                    _in_a_row(engine, arguments, many=many, count=_WARM)
            get, *found = compared(rounds, partial(cost, devices.one_get(), devices.env), *ways.values())
    table.add("one bare GET", Figure(get.cpu * 1000, 1), Figure(1, 4), Figure(get.wall * 1000, 1))
    for name, one in zip(ways, found):
        table.add(name, Figure(one.cpu * 1000, 2), Figure(one.cpu_ratio, 4, OF_A_GET), Figure(one.wall * 1000, 1))
    return table


def _in_a_row(engine: Engine, arguments: Sequence[str], *, many: bool, count: int = _IN_A_ROW) -> Cost:
    """Of one check among many."""
    before, started = engine.family.cpu(), time.perf_counter()
    for _ in range(count):
        engine.submit(arguments)
        if not many:
            engine.answers(1)
    if many:
        engine.answers(count)
    wall = time.perf_counter() - started
    return Cost((engine.family.cpu() - before) / count, wall / count)
