"""How the tests of test calls place them, and how they know what became of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.pexip_commands import Calls

from ...conftest import Answer
from ...servers import HOST

WHOM = "zaphod@example.com"
LEAVE = "--i-understand-this-places-a-call"
CALL = (LEAVE, "--destination", WHOM, "--conference-alias", "meet@example.com", "--system-location", "London")
# Generous: nothing below waits for so long unless it fails.
SECONDS = 20


Place = Callable[..., Answer]


def arguments(node: Simulator, *argv: str) -> list[str]:
    return ["pexip", "test-call", "-H", HOST, "-p", str(node.pexip.port), "--proto", "http", "-u", "monitor",
            "--password", "simulated", *argv]  # fmt: skip


class Process:
    """The check in a process of its own, as a poller starts it."""

    def __init__(self, node: Simulator, directory: Path, *argv: str) -> None:
        self._running = subprocess.Popen(
            [sys.executable, "-m", "check_videoconf", *arguments(node, *CALL, *argv)],
            env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(directory / "state")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        self._port = str(node.pexip.port)

    def send(self, number: int) -> None:
        """To all of its process group, as pollers do it."""
        os.killpg(self._running.pid, number)

    def answer(self) -> Answer:
        """What it prints until nobody can print any more."""
        stdout, stderr = self._running.communicate(timeout=SECONDS + 20)
        return Answer(stdout, stderr, self._running.returncode)

    def guards(self) -> list[int]:
        """The processes that watch over its call."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            if b"test-call" in words and self._port.encode() in words and int(path.parent.name) != self._running.pid:
                found.append(int(path.parent.name))
        return found


def all_hung_up(calls: Calls, count: int = 1) -> bool:
    """Whether so many calls were placed, and each was hung up by a command, as soon as that is done."""
    done = calls.wait_for(lambda: len(calls.dials) >= count and not calls.live, SECONDS)
    placed = [one["participant_id"] for one in calls.dials]
    return done and len(placed) == count and set(placed) <= set(calls.disconnects)


def searched(node: Simulator) -> bool:
    """Whether somebody has begun to look for a call of which only the mark is known."""
    return node.pexip.calls.wait_for(lambda: any("display_name" in one.target for one in node.pexip.requests), SECONDS)


def commands(node: Simulator, path: str) -> int:
    return sum(one.path.endswith(path) for one in node.pexip.requests)
