"""What every engine is tested with: all modes against simulated devices, and what a run by hand says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers.services import Service, services
from tests.conftest import Answer, answer_of
from tests.servers import SNMP_PORTS

PLUGIN = Path(sysconfig.get_path("scripts"), "check_videoconf")
USERNAME, PASSWORD = "monitor", "simulated"

# The simulated devices grow older while the engines run: some checks keep their state for a day.
_ARGUMENTS = {
    "pexip teams": ("--warning-heartbeat-age", "1d", "--critical-heartbeat-age", "2d"),
    "pexip ended-conferences": ("--window", "1d"),
    "pexip alarm-history": ("--window", "1d"),
    "pexip node-events": ("--window", "1d"),
    # What engines and shells have a meaning of their own for.
    "pexip alarms": ("--critical-status", r"""%{level} =~ /^(error|\x21)$/i && !(%{name} eq 'a!b $(c) `d` \ "')"""),
    "pexip certificates": ("--no-ca",),
    "conductor capacity": ("--alias", "meet.bob@example.net"),
    "trio lines": ("--warning-line-status", ""),
}

_ARGUMENTS.update({f"{system} snmp-load": ("--snmp-port", str(port)) for system, port in SNMP_PORTS.items()})

# The state of each check that finds something; all others are OK.
_STATES = {
    "pexip alarms": 2,
    "pexip call-quality": 1,
    "pexip node-load": 1,
    "pexip media": 2,
    "pexip nodes": 1,
    "pexip locations": 1,
    "pexip licenses": 2,
    "pexip license-expiry": 1,
    "pexip certificates": 1,
    "conductor alarms": 1,
    "conductor participants": 1,
}


@dataclass(frozen=True)
class Check:
    """A service with the arguments it is run with here, and the state it must have."""

    service: Service
    arguments: tuple[str, ...]
    state: int

    def __str__(self) -> str:
        return f"{self.service.system} {self.service.name}"

    @property
    def begins(self) -> str:
        """How its first line begins; a discovery prints a table."""
        if self.service.discovery:
            return ""
        state = ("OK", "WARNING", "CRITICAL")[self.state]
        return f"{str(self).upper()} {state} - "


def _check(service: Service) -> Check:
    name = f"{service.system} {service.name}"
    return Check(service, service.needs + _ARGUMENTS.get(name, ()), _STATES.get(name, 0))


# But for those that change what the others see.
CHECKS = tuple(_check(service) for system in SYSTEMS for service in services(system) if not service.mode.acts)


def program(name: str, *, otherwise: str = "/usr/sbin") -> str:
    """The path of an engine's program; skips the test where there is none, fails it with REQUIRE_ENGINES."""
    return shutil.which(name) or shutil.which(name, path=otherwise) or missing(name)


def missing(name: str) -> NoReturn:
    """Skips the test of something that is not installed, fails it with REQUIRE_ENGINES."""
    if os.environ.get("REQUIRE_ENGINES"):
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")


def port(simulator: Simulator, system: str) -> int:
    return int(getattr(simulator, system).port)


def free_port() -> int:
    """For an engine that cannot choose one by itself."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(state_dir: Path) -> dict[str, str]:
    """What an engine and a person start the plugin with; the proxy and locale of the developer are not in it."""
    return {"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(state_dir)}


def by_hand(check: Check, simulator: Simulator, directory: Path) -> Answer:
    """What the check says without an engine, on its first run."""
    return answer_of(
        [
            *(PLUGIN, check.service.system, check.service.name),
            *("-H", "127.0.0.1", "-p", str(port(simulator, check.service.system))),
            *("-u", USERNAME, "--password-file", directory / "password", "--cacert", simulator.ca_file),
            *check.arguments,
        ],
        env=environment(directory / "state-by-hand"),
    )


def password_file(directory: Path) -> Path:
    """A file that only its owner may read, as the documentation says."""
    path = directory / "password"
    path.touch(mode=0o600)
    path.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return path


_DURATION = re.compile(r"N (?:d|h|min|s)(?: N (?:h|min|s))?\b")


def words(text: str) -> str:
    """Without numbers, as ages pass between two runs, and with every age written alike."""
    return _DURATION.sub("N s", re.sub(r"\d+(?:\.\d+)?", "N", text))


def steady(perfdata: Mapping[str, str]) -> list[tuple[str, str]]:
    """All items, in order; of a time that passes between two runs only label, ranges, minimum and maximum."""
    return [
        (label, value.partition(";")[2] if label.endswith(".seconds") else value) for label, value in perfdata.items()
    ]
