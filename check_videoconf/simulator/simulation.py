"""The simulator: the chosen devices, running on loopback."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from . import conductor_data, faults, snmp, trio_data
from .authentication import Authentication, Basic, Credentials, Digest
from .conductor import Conductor
from .failure import ALL, NONE
from .messages import SimulatorError
from .pexip import Pexip
from .pexip_commands import OUTCOMES
from .pexip_deployment import Deployment, utc_now
from .server import Listener, System
from .trio import Trio

USERNAME = "monitor"
PASSWORD = "simulated"
VERSIONS = (16, 24, 36)
_WITH_SNMP = ("pexip", "conductor")

_System = TypeVar("_System", bound=System)
_Choice = TypeVar("_Choice")


class Simulator:
    """Simulated devices on 127.0.0.1, each on a free port, from `with` to the end of its block.

    Sizes and versions are given here and stay; the rows and structs of a device can be edited while it runs.
    Raises SimulatorError for what cannot be simulated. Latency is in seconds.
    """

    def __init__(
        self,
        *,
        systems: Iterable[str] = ALL,
        tls: bool = True,
        seed: int = 1,
        directory: Path | str | None = None,
        username: str = USERNAME,
        password: str = PASSWORD,
        pexip_version: int = 36,
        nodes: int = 5,
        conferences: int = 4,
        participants: int = 12,
        page_limit: int | None = None,
        call_outcome: str = "answered",
        conductor: str = "vm",
        conductor_participants: int = 8,
        conductor_conferences: int | None = None,
        conductor_peers: int = 1,
        conductor_peer_lost: bool = False,
        conductor_page_limit: int = 0,
        trio_firmware: str = "new",
        trio_auth: str = "basic",
        latency: float = 0.0,
        fault: str | None = None,
        ports: Mapping[str, int] | None = None,
        community: str = snmp.COMMUNITY,
        snmp_ports: Mapping[str, int] | None = None,
    ) -> None:
        self.username = username
        self.password = password
        self.tls = tls
        self._directory = directory
        self.community = community
        self._seed = seed
        self._ports = ports or {}
        self._snmp_ports = snmp_ports or {}
        self._stack = ExitStack()
        self._ca_file = ""
        credentials = Credentials(username, password)
        local_time = datetime.now()  # noqa: DTZ005
        deployment = Deployment(
            seed=seed,
            version=_one_of(VERSIONS, pexip_version, "Pexip version"),
            node_count=nodes,
            conference_count=conferences,
            participant_count=participants,
            started=utc_now(),
        )
        appliance = _one_of(("vm", "appliance"), conductor, "Conductor") == "appliance"
        old = _one_of(("old", "new"), trio_firmware, "Trio firmware") == "old"
        bridges = conductor_data.Conductor(
            seed,
            appliance,
            conductor_participants,
            local_time,
            conferences=conductor_conferences,
            peer_count=conductor_peers,
            peer_lost=conductor_peer_lost,
        )
        authentication = _trio_authentication(trio_auth, credentials)
        pexip = Pexip(deployment, credentials, page_limit, latency)
        pexip.calls.outcome = _one_of(OUTCOMES, call_outcome, "outcome of a call")
        made: dict[str, System] = {
            "pexip": pexip,
            "conductor": Conductor(bridges, credentials, conductor_page_limit, latency),
            "trio": Trio(trio_data.Trio(seed, old, local_time), authentication, latency),
        }
        self.systems = {name: made[_one_of(ALL, name, "system")] for name in systems}
        self._failure = faults.find(fault, self.systems, tls) if fault else NONE
        self.trap = faults.Trap()
        """Where the fault `redirect-elsewhere` leads; listens only with that fault."""

    @property
    def pexip(self) -> Pexip:
        return self._system("pexip", Pexip)

    @property
    def conductor(self) -> Conductor:
        return self._system("conductor", Conductor)

    @property
    def trio(self) -> Trio:
        return self._system("trio", Trio)

    @property
    def ca_file(self) -> str:
        """The path of the certificate to trust, a PEM file. Only with TLS, while the simulator runs."""
        if not self._ca_file:
            raise SimulatorError("there is no CA file: the simulator runs without TLS, or not yet")
        return self._ca_file

    def __enter__(self) -> Simulator:
        with ExitStack() as stack:
            contexts = self._contexts(stack) if self.tls else {}
            if self._failure.trap:
                self._listen(stack, self.trap, contexts.get(self.trap.name), 0)
            for name, system in self.systems.items():
                system.elsewhere = self.trap.url
                system.failure = self._failure if name in self._failure.systems else NONE
                self._listen(stack, system, contexts.get(name), self._ports.get(name, 0))
                if name in _WITH_SNMP:
                    self._answer_snmp(stack, system)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def _system(self, name: str, kind: type[_System]) -> _System:
        system = self.systems.get(name)
        if not isinstance(system, kind):
            raise SimulatorError(f"{name} is not simulated here")
        return system

    def _contexts(self, stack: ExitStack) -> dict[str, ssl.SSLContext]:
        from .certificates import contexts

        if self._directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="check_videoconf-")))
        else:
            directory = Path(self._directory)
            directory.mkdir(parents=True, exist_ok=True)
        self._ca_file = str(directory / "ca.pem")
        names = {name: system.common_name for name, system in self.systems.items()}
        names[self.trap.name] = self.trap.common_name
        return contexts(directory, names, self._failure.wrong)

    def _listen(self, stack: ExitStack, system: System, tls: ssl.SSLContext | None, port: int) -> None:
        listener = Listener(system, port, tls)
        listener.start()
        stack.callback(listener.stop)

    def _answer_snmp(self, stack: ExitStack, system: System) -> None:
        objects = snmp.node(system.common_name, self._seed)
        system.snmp = snmp.Agent(objects, self.community, self._snmp_ports.get(system.name, 0))
        system.snmp.start()
        stack.callback(system.snmp.stop)


def _trio_authentication(kind: str, credentials: Credentials) -> Authentication:
    if _one_of(("basic", "digest"), kind, "Trio authentication") == "digest":
        return Digest(credentials, "phone")
    return Basic(credentials, 'Basic realm="API Authentication"')


def _one_of(choices: tuple[_Choice, ...], given: _Choice, what: str) -> _Choice:
    if given not in choices:
        raise SimulatorError(f"no such {what}: {given}; there is {', '.join(map(str, choices))}")
    return given
