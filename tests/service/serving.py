"""A service in a process of its own, and a client that speaks to it as check_videoconf_client does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.conftest import Answer

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0


class Refused(Exception):
    """The service leaves the check to the client."""


class Asked:
    """One request on its way. `with service.asked(…) as asked: asked.answer()`"""

    def __init__(self, path: Path, request: bytes) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        self.socket.sendall(request)
        self._received = b""

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.socket.close()

    def taken(self) -> float:
        """Waits until the service has taken the check; how long that may last, in seconds."""
        word, seconds = self._line()
        assert word == "+"
        return float(seconds)

    def answer(self) -> Answer:
        self.taken()
        return self.result()

    def result(self) -> Answer:
        """What follows `taken`."""
        code, length = self._line()
        while len(self._received) < int(length):
            data = self.socket.recv(65536)
            assert data, "the service ended in the middle of its answer"
            self._received += data
        return Answer(self._received.decode("utf-8"), "", int(code))

    def _line(self) -> list[str]:
        while b"\n" not in self._received:
            data = self.socket.recv(65536)
            if not data:
                raise Refused("the service closed the connection")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        word, _, rest = line.decode("utf-8").partition(" ")
        if word == "-":
            raise Refused(rest)
        return [word, rest]


def request(argv: tuple[str, ...], env: Mapping[str, str], cwd: Path | str, umask: int = 0o022) -> bytes:
    """The bytes of a request."""
    fields = ["0", f"{umask:o}", str(cwd), str(len(argv)), *argv, *(f"{name}={value}" for name, value in env.items())]
    body = "\0".join(fields).encode("utf-8", "surrogateescape")
    return b"CVC1%08d" % len(body) + body


class Service:
    """`check_videoconf serve` on a socket of its own."""

    def __init__(self, directory: Path, *options: str, **env: str) -> None:
        self.path = directory / "socket"
        self.log = directory / "log"
        self.directory = directory
        #: What clients have for an environment.
        self.env = {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(directory / "state")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "check_videoconf", "serve", "--socket", str(self.path), *options],
                cwd=ROOT, env={"PATH": os.environ["PATH"], **env}, stdin=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        wait_for(lambda: "serving" in self.log.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def asked(self, *argv: str, **env: str) -> Asked:
        return Asked(self.path, request(argv, {**self.env, **env}, self.directory))

    def ask(self, *argv: str, **env: str) -> Answer:
        with self.asked(*argv, **env) as asked:
            return asked.answer()

    def workers(self) -> list[int]:
        """The processes that run checks. Each leads a session of its own."""
        return [process for process in self._processes() if _leads_a_session(process)]

    def fronts(self) -> list[int]:
        """The processes that speak with clients."""
        return [process for process in self._processes() if not _leads_a_session(process)]

    def _processes(self) -> list[int]:
        children = _children()
        found = [self.process.pid]
        for process in found:
            found += children.get(process, [])
        return found

    def stop(self) -> str:
        """Ends it by SIGTERM; what it has said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
        return self.log.read_text()


@contextmanager
def serving(directory: Path, *options: str, **env: str) -> Iterator[Service]:
    service = Service(directory, *options, **env)
    try:
        yield service
    finally:
        try:
            service.stop()
        except subprocess.TimeoutExpired:
            service.process.kill()
            service.process.wait()
            raise


def _leads_a_session(process: int) -> bool:
    try:
        return os.getsid(process) == process
    except ProcessLookupError:
        return False


def _children() -> dict[int, list[int]]:
    """Process to its living children."""
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def wait_for(condition: object) -> None:
    """Until `condition()` holds, looked at often; fails after a long time."""
    assert callable(condition)
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.01)
