"""`check_videoconf simulate`: serves simulated devices until it is stopped, and says how to check them."""

from __future__ import annotations

import argparse
import math
import os
import shlex
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from .failure import ALL
from .faults import FAULTS
from .messages import SimulatorError
from .pexip_commands import OUTCOMES
from .simulation import PASSWORD, USERNAME, VERSIONS, Simulator
from .snmp import COMMUNITY, Agent

_EXAMPLES = {
    "pexip": ("alarms", "conferences", "call-quality", "node-load"),
    "conductor": ("health",),
    "trio": ("device",),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SimulatorError(f"{message}; --help names the options")

    def print_help(self, file: Any = None) -> None:
        _say(self.format_help())


def main(argv: list[str]) -> int:
    """Serve until SIGINT, SIGTERM or the end of `--for`; 0 then, 3 if it cannot be done as asked."""
    try:
        options = _parser().parse_args(argv)
        if options.list_faults:
            _say("".join(f"{failure.name:<28}{failure.help}\n" for failure in FAULTS.values()))
        else:
            _serve(options)
    except SystemExit:  # argparse has printed the help.
        return 3
    except (SimulatorError, OSError) as error:
        _say(f"UNKNOWN: {error}\n")
        return 3
    return 0


def _serve(options: argparse.Namespace) -> None:
    with _stop_signal() as stopped, _simulator(options) as simulator:
        _say(_description(simulator))
        if options.env_file is not None:
            _write(options.env_file, _variables(simulator))
        end = math.inf if options.seconds is None else time.monotonic() + options.seconds
        # A signal that comes right before the wait does not end that.
        while (left := end - time.monotonic()) > 0 and not stopped.wait(min(left, 1.0)):
            pass


def _simulator(options: argparse.Namespace) -> Simulator:
    return Simulator(
        systems=options.systems,
        tls=options.tls,
        seed=options.seed,
        directory=options.directory,
        username=options.username,
        password=options.password,
        pexip_version=options.pexip_version,
        nodes=options.nodes,
        conferences=options.conferences,
        participants=options.participants,
        page_limit=options.page_limit,
        call_outcome=options.call_outcome,
        conductor=options.conductor,
        conductor_participants=options.conductor_participants,
        conductor_conferences=options.conductor_conferences,
        conductor_peers=options.conductor_peers,
        conductor_peer_lost=options.conductor_peer_lost,
        conductor_page_limit=options.conductor_page_limit,
        trio_firmware=options.trio_firmware,
        trio_auth=options.trio_auth,
        latency=options.latency,
        fault=options.fault,
        ports={system: getattr(options, f"{system}_port") for system in ALL},
        community=options.community,
    )


def _parser() -> _Parser:
    parser = _Parser(
        prog="check_videoconf simulate",
        description="Serves a simulated Pexip Management Node, Conductor and Trio on loopback.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--systems", type=_systems, default=ALL, metavar="LIST", help="of pexip,conductor,trio; default: all")
    add("--seed", type=int, default=1, metavar="N", help="the same seed gives the same devices (1)")
    add("--pexip-version", type=int, default=VERSIONS[-1], choices=VERSIONS, help="of Pexip Infinity (36)")
    add("--nodes", type=_count, default=5, metavar="N", help="Conferencing Nodes (5)")
    add("--conferences", type=_count, default=4, metavar="N", help="conferences on Pexip (4)")
    add("--participants", type=_count, default=12, metavar="N", help="participants on Pexip (12)")
    add("--page-limit", type=_count, metavar="N", help="the longest page the Management Node gives (any)")
    add("--call-outcome", choices=OUTCOMES, default=OUTCOMES[0], help="of a call that is placed (answered)")
    add("--conductor", choices=("vm", "appliance"), default="vm", help="an appliance has fans (vm)")
    add("--conductor-participants", type=_count, default=8, metavar="N", help="on the Conductor (8)")
    add("--conductor-conferences", type=_count, metavar="N", help="on the Conductor (one for 8 participants)")
    add("--conductor-peers", type=_count, default=1, metavar="N", help="Conductors in the cluster (1)")
    add("--conductor-peer-lost", action="store_true", help="the last one is out of reach")
    add("--conductor-page-limit", type=_count, default=0, metavar="N", help="structs an enumerate call sends (all)")
    add("--trio-firmware", choices=("old", "new"), default="new", help="5.7.1 or 5.9.2 (new)")
    add("--trio-auth", choices=("basic", "digest"), default="basic", help="how the Trio asks for the password")
    add("--latency", type=float, default=0.0, metavar="SECONDS", help="wait before each answer (0)")
    add("--fault", metavar="NAME", help="what goes wrong; --list-faults names them")
    add("--list-faults", action="store_true", help="list the faults and stop")
    add("--no-tls", dest="tls", action="store_false", help="plain HTTP")
    for system in ALL:
        add(f"--{system}-port", type=_port, default=0, metavar="N", help="default: a free port")
    add("--directory", type=Path, metavar="DIR", help="for the certificates; default: a temporary one")
    add("--username", default=USERNAME, help=f"of all devices ({USERNAME})")
    add("--password", default=PASSWORD, help=f"of all devices ({PASSWORD})")
    add("--community", default=COMMUNITY, help=f"of the SNMP agents ({COMMUNITY})")
    add("--env-file", type=Path, metavar="FILE", help="write ports and account as shell variables when ready")
    add("--for", dest="seconds", type=float, metavar="SECONDS", help="stop by itself; default: on Ctrl-C")
    return parser


def _systems(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("it cannot be negative")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("it is not from 0 to 65535")
    return number


def _description(simulator: Simulator) -> str:
    lines = ["Simulated devices, until Ctrl-C:"]
    lines += [f"  {name:<10} {system.url}" for name, system in simulator.systems.items()]
    lines += [f"  {name:<10} SNMP on UDP port {agent.port}" for name, agent in _agents(simulator)]
    lines += [f"Account: {simulator.username}, password: {simulator.password}"]
    lines += [f"SNMP community: {simulator.community}"] if _agents(simulator) else []
    if simulator.tls:
        lines += [f"Certificates are of the CA in {simulator.ca_file}"]
    lines += ["", "In another terminal:"]
    for name, system in simulator.systems.items():
        lines += [f"  {_command(simulator, name, mode, system.port)}" for mode in _EXAMPLES[name]]
    return "\n".join([*lines, ""])


def _command(simulator: Simulator, system: str, mode: str, port: int) -> str:
    secure = ["--cacert", simulator.ca_file] if simulator.tls else ["--proto", "http"]
    words = [*_program(), system, mode, "-H", "127.0.0.1", "-p", str(port), *secure]
    words += ["-u", simulator.username]
    return f"CHECK_VIDEOCONF_PASSWORD={shlex.quote(simulator.password)} {shlex.join(words)}"


def _program() -> list[str]:
    """How the plugin is called here: as this process was."""
    started_as = Path(sys.argv[0])
    if shutil.which(started_as.name) == str(started_as):
        return [started_as.name]
    return [str(started_as)] if os.access(started_as, os.X_OK) else [sys.executable, "-m", "check_videoconf"]


def _variables(simulator: Simulator) -> str:
    variables = {f"VC_{name.upper()}_PORT": str(system.port) for name, system in simulator.systems.items()}
    variables.update({f"VC_{name.upper()}_SNMP_PORT": str(agent.port) for name, agent in _agents(simulator)})
    if simulator.tls:
        variables["VC_CACERT"] = simulator.ca_file
    variables["VC_USERNAME"] = simulator.username
    variables["VC_PASSWORD"] = simulator.password
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


def _agents(simulator: Simulator) -> list[tuple[str, Agent]]:
    return [(name, system.snmp) for name, system in simulator.systems.items() if system.snmp]


def _write(path: Path, text: str) -> None:
    """Write a file that nobody sees half written."""
    descriptor, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def _say(text: str) -> None:
    # Here, since a server that is started by a test needs nothing of the plugin.
    from ..output.stdout import write

    write(text, sys.stdout)


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, while in the block."""
    stopped = threading.Event()
    stop: Callable[..., None] = lambda *_: stopped.set()  # noqa: E731
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
