"""Daemons that a test starts in a scratch directory, waits for and stops, whatever becomes of the test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Callable, TypeVar

import pytest

Found = TypeVar("Found")

_SECONDS_TO_END = 20


class Daemon:
    """A process in a group of its own. logs: what a person reads when it does not do what it should."""

    def __init__(self, command: Iterable[object], environment: Mapping[str, str], *logs: Path) -> None:
        self.logs = logs
        with logs[0].open("ab") as stdout:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, what: str, ask: Callable[[], Found | None], seconds: float = 60) -> Found:
        """The answer of `ask`, as soon as it has one; fails when the daemon has ended or the time is over."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if found := ask():
                return found
            time.sleep(0.2)
        said = (log.read_text(encoding="utf-8", errors="replace")[-4000:] for log in self.logs if log.exists())
        return pytest.fail(f"not within {seconds} s: {what}\n" + "\n".join(said))

    def kill(self) -> None:
        """As when the machine loses its power: the daemon and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=_SECONDS_TO_END)

    def end(self) -> None:
        """Ask it to end, and make it; its workers may outlive it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=_SECONDS_TO_END)
        self.kill()


@contextlib.contextmanager
def running(command: Iterable[object], environment: Mapping[str, str], *logs: Path) -> Iterator[Daemon]:
    """A daemon for the time of a `with`; its output goes to the first of `logs`."""
    daemon = Daemon(command, environment, *logs)
    try:
        yield daemon
    finally:
        daemon.end()
