"""(e) Many checks a minute of many devices through the service, as a poller starts them; some devices hang.

Every check is one process of the client and is due at its own moment, whatever has become of those before it; its
delay is counted from that moment, less what its own device takes. What each must say was found before, without the
service. Poller and devices are not part of what is measured; they run on the same cores.
"""

from __future__ import annotations

import heapq
import json
import math
import os
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from .devices import environment
from .fleet import Device, Fleet, fleet
from .measure import ROOT, Family
from .served import Service, service
from .tables import Figure, Table

CORES = 2
# What a check may come late, beyond what its own device takes. One that waited for a device that hangs would be late
# by the deadline of that one's check, which is longer.
MOST_DELAY = 2.0
_GET_EVERY = 5.0
_LOOK_EVERY = 5.0
_WITHOUT = b"without the service"
_UNKNOWN = 3

# What checks say without the service, all in one process.
_ALONE = """
import contextlib, io, json, sys
from check_videoconf.cli import main
said = []
for arguments in json.load(sys.stdin):
    text = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(text):
        code = main(arguments)
    text.seek(0)
    said.append((text.read(), code))
json.dump(said, sys.stdout)
"""


class Load(NamedTuple):
    """How many checks of how many devices, for how long. timeout: of every check, in seconds."""

    devices: int = 300
    hanging: int = 10
    per_minute: int = 2000
    seconds: float = 300
    timeout: int = 30

    @property
    def checks(self) -> int:
        return math.ceil(self.per_minute * self.seconds / 60)


def lasting(seconds: float) -> Load:
    """The whole load for so long; in a short run checks have a shorter time-out than they have by default."""
    return Load(seconds=seconds, timeout=max(4, min(30, int(seconds / 4))))


class Done(NamedTuple):
    """A check that has ended. device: None for a bare GET. seconds: since it was due; started: how long after that."""

    device: Device | None
    started: float
    seconds: float
    cpu: float
    code: int
    text: bytes

    @property
    def delay(self) -> float:
        return self.seconds - (self.device.seconds if self.device else 0.0)


class _Started(NamedTuple):
    device: Device | None
    due: float
    started: float
    pid: int
    parts: list[bytes]


class _Poller:
    """Starts commands at their moments and waits for all of them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._selector = selectors.DefaultSelector()
        self.done: list[Done] = []

    def run(self, plan: list[tuple[float, int, Device | None, list[str]]]) -> None:
        """plan: when, in seconds from now; a number that no other has; of which device; the command."""
        heapq.heapify(plan)
        began = time.monotonic()
        try:
            while plan or self._selector.get_map():
                left = plan[0][0] - (time.monotonic() - began) if plan else 60.0
                for key, _ in self._selector.select(max(0.0, left)):
                    self._read(key)
                while plan and plan[0][0] <= time.monotonic() - began:
                    due, _, device, command = heapq.heappop(plan)
                    self._start(began + due, device, command)
        finally:
            for key in list(self._selector.get_map().values()):
                os.kill(key.data.pid, signal.SIGKILL)
                self._end(key)
            self._selector.close()

    def _start(self, due: float, device: Device | None, command: list[str]) -> None:
        reader, writer = os.pipe()
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, writer, 1),
            (os.POSIX_SPAWN_DUP2, writer, 2),
        ]
        pid = os.posix_spawn(command[0], command, self._env, file_actions=actions)
        os.close(writer)
        self._selector.register(reader, selectors.EVENT_READ, _Started(device, due, time.monotonic() - due, pid, []))

    def _read(self, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, 1 << 16)
        if data:
            key.data.parts.append(data)
        else:
            self._end(key)

    def _end(self, key: selectors.SelectorKey) -> None:
        started: _Started = key.data
        _, status, usage = os.wait4(started.pid, 0)
        seconds = time.monotonic() - started.due
        self._selector.unregister(key.fd)
        os.close(key.fd)
        code = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        self.done.append(Done(started.device, started.started, seconds, cpu, code, b"".join(started.parts)))


class _Size:
    """How large the service gets, looked at from beside the poller, which must not wait for that.

    memory: in MiB, when there were most processes.
    """

    def __init__(self, family: Family) -> None:
        self.processes = 0
        self.memory = 0.0
        self._family = family
        self._over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self) -> None:
        self._look()
        while not self._over.wait(_LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        processes = len(self._family.living())
        if processes > self.processes:  # to ask each of them costs more than to count them
            self.processes, self.memory = processes, self._family.memory()


class Held(NamedTuple):
    """What a run was like. CPU in seconds; wall: how long it lasted; memory of the service in MiB, when most."""

    load: Load
    done: list[Done]
    expected: dict[int, tuple[bytes, int]]
    wall: float
    service_cpu: float
    device_cpu: float
    poller_cpu: float
    memory: float
    processes: int

    @property
    def good(self) -> list[Done]:
        """The checks of devices that answer."""
        return [one for one in self.done if one.device and not one.device.hangs]

    @property
    def hanging(self) -> list[Done]:
        return [one for one in self.done if one.device and one.device.hangs]

    @property
    def gets(self) -> list[Done]:
        """The bare GETs."""
        return [one for one in self.done if one.device is None]

    def wrong(self) -> list[Done]:
        """Those of devices that answer that said anything but what they had to."""
        return [one for one in self.good if (_answer_alone(one), one.code) != self.expected[_number(one)]]

    def alone(self) -> int:
        """How many clients ran their check themselves."""
        return sum(_WITHOUT in one.text for one in self.done)

    def wrong_at_deadline(self) -> list[Done]:
        """Those of devices that hang that said anything but UNKNOWN, with one line, or before their deadline."""
        most = self.load.timeout
        return [
            one
            for one in self.hanging
            if one.code != _UNKNOWN or b"UNKNOWN" not in one.text.partition(b"\n")[0] or one.seconds < most - 0.5
        ]


def _number(done: Done) -> int:
    return done.device.number if done.device else -1


def _answer_alone(done: Done) -> bytes:
    """What a check said, without the line that it ran without the service."""
    return b"".join(line for line in done.text.splitlines(keepends=True) if _WITHOUT not in line)


def held(load: Load) -> Held:
    """Runs it, on as many cores as it is about."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        with tempfile.TemporaryDirectory() as scratch, fleet(load.devices, load.hanging) as devices:
            env = environment(scratch)
            with service(env) as running_service:
                return _held(load, devices, running_service, env)
    finally:
        os.sched_setaffinity(0, before)


def _held(load: Load, devices: Fleet, serving: Service, env: Mapping[str, str]) -> Held:
    options = ["--timeout", str(load.timeout), "-v"]
    arguments = {one.number: one.check(devices.authority, *options) for one in devices.devices}
    expected = _expected({one.number: arguments[one.number] for one in devices.devices if not one.hangs}, env)
    plan: list[tuple[float, int, Device | None, list[str]]] = []
    for number in range(load.checks):
        device = devices.devices[number % load.devices]
        plan.append((number * 60 / load.per_minute, number, device, serving.command(arguments[device.number])))
    gets = math.ceil(load.seconds / _GET_EVERY)
    plan += [(number * _GET_EVERY, load.checks + number, None, devices.one_get()) for number in range(gets)]
    poller = _Poller(env)
    spent = serving.family.cpu(), devices.family.cpu(), _own_seconds()
    began = time.monotonic()
    size = _Size(serving.family)
    with size.watched():
        poller.run(plan)
    wall = time.monotonic() - began
    return Held(
        load=load,
        done=poller.done,
        expected=expected,
        wall=wall,
        service_cpu=serving.family.cpu() - spent[0],
        device_cpu=devices.family.cpu() - spent[1],
        poller_cpu=_own_seconds() - spent[2],
        memory=size.memory,
        processes=size.processes,
    )


def _own_seconds() -> float:
    """CPU of this process alone, without that of its children."""
    times = os.times()
    return times.user + times.system


def _expected(arguments: Mapping[int, list[str]], env: Mapping[str, str]) -> dict[int, tuple[bytes, int]]:
    """Of each device: text and exit code of its check without the service."""
    done = subprocess.run(
        [sys.executable, "-c", _ALONE],
        input=json.dumps(list(arguments.values())).encode(),
        stdout=subprocess.PIPE,
        env=env,
        cwd=ROOT,
        timeout=600,
        check=True,
    )
    return {number: (text.encode(), code) for number, (text, code) in zip(arguments, json.loads(done.stdout))}


def table(found: Held) -> Table:
    """What it cost, and whether everything was right and in time."""
    load, checks = found.load, len(found.good) + len(found.hanging)
    title = (
        f"{load.per_minute:,} checks a minute over {load.devices} devices, {load.hanging} of which hang, "
        f"for {load.seconds:g} s"
    )
    shown = Table("e", title, ["", "value"])
    get = statistics.median(one.cpu for one in found.gets)
    clients = sum(one.cpu for one in found.done if one.device)
    both = clients + found.service_cpu
    shown.add("checks of devices that answer", Figure(len(found.good)))
    shown.add("of these, other than without the service", Figure(len(found.wrong()), most=0))
    shown.add("started late by the poller, worst, s", Figure(max(one.started for one in found.done), 3))
    delays = sorted(one.delay for one in found.good)
    shown.add("their delay, median, s", Figure(statistics.median(delays), 3))
    shown.add("their delay, 99 %, s", Figure(delays[int(0.99 * (len(delays) - 1))], 3))
    shown.add("their delay, worst, s", Figure(delays[-1], 3, MOST_DELAY))
    shown.add("checks of devices that hang", Figure(len(found.hanging)))
    shown.add("of these, not UNKNOWN at their deadline", Figure(len(found.wrong_at_deadline()), most=0))
    late = max((one.seconds for one in found.hanging), default=float(load.timeout)) - load.timeout
    shown.add(f"after their deadline of {load.timeout} s, worst, s", Figure(late, 3, MOST_DELAY))
    shown.add("checks that clients ran themselves", Figure(found.alone(), most=0))
    shown.add("CPU of a check, client and service, ms", Figure(both * 1000 / checks, 1))
    shown.add("of that the service, ms", Figure(found.service_cpu * 1000 / checks, 1))
    shown.add("CPU of a bare GET meanwhile, ms", Figure(get * 1000, 1))
    shown.add("CPU of a check / GET", Figure(both / checks / get, 2))
    share = 100 / (CORES * found.wall)
    shown.add("share of CPU, clients and service, %", Figure(both * share, 1))
    shown.add("share of CPU, devices, %", Figure(found.device_cpu * share, 1))
    shown.add("share of CPU, poller, %", Figure(found.poller_cpu * share, 1))
    shown.add(f"memory of the service, at most, {found.processes} processes, MiB", Figure(found.memory, 1))
    return shown
