"""Simulated devices in a process of their own."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .measure import PLUGIN, one_get, running, wait_until

STATE = "CHECK_VIDEOCONF_STATE_DIR"
_TRIO = "0004f2aabbcc"


class Devices(NamedTuple):
    """Their ports, the certificate to trust, the environment of checks."""

    ports: dict[str, str]
    authority: str
    env: dict[str, str]

    def check(self, system: str, mode: str, *options: str) -> list[str]:
        """The arguments of a check."""
        return check(system, mode, self.ports[system], self.authority, *options)

    def one_get(self) -> list[str]:
        """The command of one bare GET, of the body that `pexip alarms` asks for."""
        return one_get(self.ports["pexip"], self.authority)


def check(system: str, mode: str, port: str | int, authority: str, *options: str) -> list[str]:
    """The arguments of a check of a simulated device."""
    name = ["--tls-cn", _TRIO] if system == "trio" else []
    connection = ["-H", "127.0.0.1", "-p", str(port), "-u", "monitor", "--cacert", authority]
    return [system, mode, *connection, *name, "--cache", "0", *options]


def environment(scratch: str) -> dict[str, str]:
    """Of a poller: nothing else reaches a check."""
    password = {"CHECK_VIDEOCONF_PASSWORD": "simulated", STATE: f"{scratch}/state"}
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **password}


@contextmanager
def simulated(*options: str) -> Iterator[Devices]:
    """Devices of these sizes, until the end of the block."""
    with tempfile.TemporaryDirectory() as scratch:
        variables = Path(scratch, "env")
        command = [*PLUGIN, "simulate", "--env-file", str(variables), *options]
        with running(subprocess.Popen(command, stdout=subprocess.DEVNULL)) as server:
            wait_until(variables.exists, server)
            said = dict(line.partition("=")[::2] for line in shlex.split(variables.read_text()))
            ports = {system: said.get(f"VC_{system.upper()}_PORT", "") for system in ("pexip", "conductor", "trio")}
            yield Devices(ports, said["VC_CACERT"], environment(scratch))
