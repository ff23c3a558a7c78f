"""What many tests share: the plugin, run as a poller runs it or in this process, and simulated devices."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from .servers import SNMP_PORTS

if TYPE_CHECKING:
    from check_videoconf.simulator import Simulator

settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
# For the other Pythons, after one has tried all.
settings.register_profile("few", deadline=None, max_examples=20)
settings.load_profile("default")

_PERFDATA_ITEM = re.compile(r"'((?:[^']|'')*)'=(\S*)")


@dataclass(frozen=True)
class Answer:
    """What one run of the plugin gave its poller."""

    stdout: str
    stderr: str
    code: int

    @property
    def first_line(self) -> str:
        return self.stdout.partition("\n")[0]

    @property
    def long_output(self) -> list[str]:
        return self.stdout.splitlines()[1:]

    @property
    def summary(self) -> str:
        """What stands between `SYSTEM MODE STATE - ` and the perfdata."""
        return self.first_line.partition(" | ")[0].partition(" - ")[2]

    @property
    def perfdata(self) -> dict[str, str]:
        """Label to everything after its `=`, in the order printed."""
        return dict(_PERFDATA_ITEM.findall(self.first_line.partition(" | ")[2]))


Run = Callable[..., Answer]


def answer_of(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float = 45,
) -> Answer:
    """What a command gives that finds `stdin` there and `env` as its whole environment."""
    done = subprocess.run(
        argv, cwd=cwd, env=env or {}, input=stdin, capture_output=True, encoding="utf-8", timeout=timeout, check=False
    )
    return Answer(done.stdout, done.stderr, done.returncode)


def _environment(state_dir: Path) -> dict[str, str]:
    """The environment of a poller: nothing of the developer's reaches the plugin."""
    return {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(state_dir)}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("pexip", "alarms", "-H", …, LC_ALL="C")` runs the installed command in a process of its own."""

    def run_plugin(*argv: str, **env: str) -> Answer:
        command = (sys.executable, "-m", "check_videoconf", *argv)
        return answer_of(command, cwd=tmp_path, env={**_environment(tmp_path / "state"), **env})

    return run_plugin


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`check("pexip", "alarms", "-H", …)` runs the plugin in this process, where `responses` can answer."""
    from check_videoconf.cli import main

    def check_plugin(*argv: str, **env: str) -> Answer:
        stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", {**_environment(tmp_path / "state"), **env})
            patch.setattr(sys, "stdout", stdout)
            patch.setattr(sys, "stderr", stderr)
            patch.setattr(sys, "unraisablehook", _but_for_deadlines(sys.unraisablehook))
            code = main(list(argv))
        return Answer(_text(stdout), _text(stderr), code)

    return check_plugin


def _but_for_deadlines(hook: Callable[[Any], object]) -> Callable[[Any], None]:
    """Without what struck in a callback, of which hypothesis has one for every garbage collection: it strikes again."""
    from check_videoconf.errors import DeadlineReached, Terminated

    def pass_on(lost: Any) -> None:
        if not issubclass(lost.exc_type, (DeadlineReached, Terminated)):
            hook(lost)

    return pass_on


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A Management Node, a Conductor and a Trio on loopback, over HTTPS; no test may change them."""
    from check_videoconf.simulator import Simulator

    directory = tmp_path_factory.mktemp("simulator")
    with Simulator(seed=1, directory=directory, snmp_ports=SNMP_PORTS) as devices:
        yield devices
