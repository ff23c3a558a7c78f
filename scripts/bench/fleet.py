"""Very many small devices in one process and one thread: `python -m scripts.bench.fleet OPTIONS`, as JSON.

Each listens at a port of its own, has values of its own, which do not change, and takes its own time for an answer.
Some hang: every other one of these does not even complete the TLS handshake, the others take the request.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.certificates import contexts
from check_videoconf.simulator.failure import Wrong
from check_videoconf.simulator.messages import Headers, Request

from .devices import check
from .measure import ROOT, Family, one_get, running, wait_until

# Of each, the mode and how many requests it sends.
_MODES = {"pexip": ("licenses", 1), "conductor": ("health", 1), "trio": ("device", 2)}
# Seconds for one answer, in turn; the long one must delay nobody else's.
_LATENCIES = (0.02, 0.05, 0.1, 0.02, 0.05, 0.1, 0.2, 0.02, 0.05, 1.0)
_HANGS_IN_HANDSHAKE, _HANGS_WITH_REQUEST = "handshake", "request"
_DESCRIPTORS = 8192


class Device(NamedTuple):
    """seconds: what its check must last at least. hangs: how, or `''`."""

    number: int
    system: str
    port: int
    seconds: float
    hangs: str

    def check(self, authority: str, *options: str) -> list[str]:
        return check(self.system, _MODES[self.system][0], self.port, authority, *options)


class Fleet(NamedTuple):
    """The devices, the certificate to trust, the process that serves them."""

    devices: list[Device]
    authority: str
    family: Family

    def one_get(self) -> list[str]:
        """The command of one bare GET, from a device that answers at once."""
        quickest = min((one for one in self.devices if one.system == "pexip" and not one.hangs), key=_time_taken)
        return one_get(str(quickest.port), self.authority)


def _time_taken(device: Device) -> float:
    return device.seconds


@contextmanager
def fleet(count: int, hanging: int, *, latency: bool = True) -> Iterator[Fleet]:
    """So many devices, of which some hang. latency: whether they take their time."""
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch, "ready")
        options = json.dumps({"count": count, "hanging": hanging, "latency": latency, "directory": scratch})
        command = [sys.executable, "-m", "scripts.bench.fleet", options]
        with running(subprocess.Popen(command, cwd=ROOT)) as process:
            wait_until(ready.exists, process)
            devices = [Device(*fields) for fields in json.loads(ready.read_text())]
            yield Fleet(devices, f"{scratch}/ca.pem", Family(process.pid))


# -- in its process


class _Answers:
    """What one device says: computed when it is asked for the first time, and the same from then on, but later.

    seconds: how long it takes from then on; what is only to be expected of a check is found out quickly.
    """

    def __init__(self, number: int, system: str, seconds: float) -> None:
        self._seconds = seconds
        simulator = Simulator(systems=(system,), seed=number + 1)
        if system == "pexip":
            _use_licenses(simulator, number)
        self._system = simulator.systems[system]
        self._known: dict[tuple[bytes, bytes], bytes] = {}

    async def to(self, head: bytes, body: bytes) -> bytes:
        first, _, rest = head.partition(b"\r\n")
        if (first, body) in self._known:
            await asyncio.sleep(self._seconds)
        else:
            self._known[first, body] = self._computed(first.decode(), rest.decode("latin-1"), body)
        return self._known[first, body]

    def _computed(self, first: str, rest: str, body: bytes) -> bytes:
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        fields = dict(line.split(": ", 1) for line in rest.split("\r\n") if line)
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        answer = self._system.compute(Request(method, path, pairs, Headers(fields), body, target))
        return answer.head({"Content-Length": str(len(answer.payload))}) + answer.payload


def _use_licenses(simulator: Simulator, number: int) -> None:
    """A kind of license that is this device's alone, and a state that goes by its number."""
    (report,) = simulator.pexip.tables["status/v1/licensing/"]
    for name in [name.removesuffix("_total") for name in report if name.endswith("_total")]:
        report.update({f"{name}_count": (50, 93, 99)[number % 3], f"{name}_total": 100})
    report.update({f"device{number}_count": number, f"device{number}_total": 1000})


async def _answer(answers: _Answers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, OSError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            size = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
            body = await reader.readexactly(int(size.partition(b":")[2]))
            writer.write(await answers.to(head, body))
            await writer.drain()
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while await reader.read(1 << 16):
            pass
    writer.close()


async def _serve(count: int, hanging: int, latency: bool, directory: str) -> None:
    tls = contexts(Path(directory), {name: _common_name(name) for name in _MODES}, Wrong())
    every = count // hanging if hanging else count + 1
    devices = []
    for number in range(count):
        system = ("conductor", "trio", *["pexip"] * 5)[number % 7]
        seconds = _LATENCIES[number % len(_LATENCIES)] if latency else 0.0
        hangs = ""
        if number % every == every // 2 and number // every < hanging:
            hangs = _HANGS_WITH_REQUEST if number // every % 2 else _HANGS_IN_HANDSHAKE
        connected = _hang if hangs else partial(_answer, _Answers(number, system, seconds))
        context = None if hangs == _HANGS_IN_HANDSHAKE else tls[system]
        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        devices.append(Device(number, system, port, seconds * _MODES[system][1], hangs))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    partial_name = Path(directory, "partial")
    partial_name.write_text(json.dumps(devices))
    partial_name.rename(Path(directory, "ready"))
    await ended.wait()


def _common_name(system: str) -> str:
    return "0004f2aabbcc" if system == "trio" else f"{system}.example.com"


def main() -> None:
    """Serves until SIGTERM."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # clients that go away in the middle are expected
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_DESCRIPTORS, hard) if hard > 0 else _DESCRIPTORS, hard))
    asyncio.run(_serve(**json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
