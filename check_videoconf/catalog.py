"""The one table of systems and modes. Nothing is imported until it is chosen."""

from __future__ import annotations

import importlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import OptionError
from .text import nearest

if TYPE_CHECKING:
    from .mode import Mode


class System(NamedTuple):
    """A product: its name in sentences, the default account, whether it is asked by one check at a time, its modes.

    about: the mode that shows that the account is good, and those after it that say what the device is, for the doctor.
    probe: the path of a resource that only this product has, and that is cheap.
    """

    title: str
    username: str
    one_at_a_time: bool
    modes: dict[str, str]
    about: tuple[str, ...]
    probe: str


SYSTEMS: dict[str, System] = {
    "pexip": System(
        "Pexip Infinity",
        "admin",
        False,
        {
            "alarms": "alarms raised now, judged by level",
            "conferences": "conferences and participants now",
            "call-quality": "quality of the calls now and over their last minutes",
            "node-load": "media load and capacity of the Conferencing Nodes",
            "participants": "participants now by protocol, location and license",
            "media": "packet loss, jitter and bitrate of the worst calls",
            "nodes": "maintenance, synchronisation, age and versions of the Conferencing Nodes",
            "locations": "media load and capacity of the system locations",
            "licenses": "licenses in use",
            "license-expiry": "licenses that expire or are not valid",
            "certificates": "TLS and CA certificates that expire",
            "backups": "age of the newest backup, and whether automatic backups are on",
            "registrations": "registered devices, and expected ones that are missing",
            "backplanes": "backplanes between nodes, and what they lose",
            "bursting": "capacity and nodes of cloud bursting",
            "sync": "synchronisation from the directory (LDAP): errors and age",
            "exchange": "scheduling through Exchange: when it last worked",
            "management": "the Management Node itself: sync and version",
            "teams": "nodes of the Teams Connectors: heartbeat, calls, state",
            "otj": "One-Touch Join: endpoints and meetings",
            "services": "configured services: how many, and expected ones that are missing",
            "ended-conferences": "conferences that ended since the previous run, and how their calls went",
            "alarm-history": "alarms raised and lowered since the previous run, and those that keep coming back",
            "node-events": "events of the Conferencing Nodes since the previous run",
            "api": "whether the Management API answers, how fast, and its certificate",
            "snmp-load": "load averages of a node by SNMP (needs the extra snmp)",
            "test-call": "places a call, measures its media and hangs up (acts on the system, only if told to)",
            "list-nodes": "discovery: Conferencing Nodes",
            "list-locations": "discovery: system locations",
            "list-conferences": "discovery: conferences in progress",
            "list-registrations": "discovery: registered devices",
            "list-licenses": "discovery: kinds of licenses",
            "list-certificates": "discovery: TLS and CA certificates",
        },
        about=("api", "management"),
        probe="/api/admin/status/v1/alarm/?limit=1",
    ),
    "conductor": System(
        "Cisco TelePresence Conductor",
        "admin",
        True,
        {
            "health": "CPU load, fans and committed memory",
            "system": "version, clock and video ports",
            "alarms": "alarms raised now, judged by severity",
            "conferences": "conferences now, by template and kind",
            "participants": "participants now, by bridge, and their packet loss",
            "bridges": "conference bridges: usable or not, signalling and licence load",
            "capacity": "configured capacity behind a conference alias",
            "pools": "conference bridge pools and Service Preferences",
            "cluster": "peers of the cluster",
            "network": "network interfaces",
            "licenses": "multiparty licences",
            "provisioning": "conference bundles, Service Preferences, qualities, SIP domain",
            "feedback": "feedback receivers",
            "service": "whether the Conductor says that it is active",
            "api": "whether the Conductor answers, how fast, and its certificate",
            "snmp-load": "load averages by SNMP (needs the extra snmp)",
            "list-bridges": "discovery: conference bridges",
            "list-conferences": "discovery: conferences now",
            "list-pools": "discovery: conference bridge pools",
            "list-peers": "discovery: peers of the cluster",
        },
        about=("system",),
        probe="/systemunit.xml",
    ),
    "trio": System(
        "Poly Trio",
        "Polycom",
        True,
        {
            "device": "CPU, memory and state of the phone",
            "info": "uptime, firmware, model, and whether it is ready",
            "network": "LAN port and packets",
            "registration": "whether each line is registered",
            "lines": "call servers and do-not-disturb of the lines",
            "calls": "calls in progress, and one that is stuck",
            "media": "loss, jitter and speech quality of the calls in progress",
            "call-logs": "calls placed, missed and received since the previous run",
            "paired": "cameras, audio devices and displays paired with it",
            "config": "parameters of its configuration against what they should be",
            "provisioning": "provisioning, time and name servers",
            "presence": "presence of its account",
            "communication": "ways of communication and mute",
            "api": "whether the REST API answers, how fast, and its certificate",
            "list-lines": "discovery: lines",
            "list-paired": "discovery: paired devices",
        },
        about=("info",),
        probe="/api/v1/mgmt/device/info",
    ),
}


class Command(NamedTuple):
    """What is no check: the module whose `main` does it, and what that is."""

    module: str
    line: str


COMMANDS: dict[str, Command] = {
    "doctor": Command("doctor", "looks for what keeps a device from being checked, and says how to mend it"),
    "simulate": Command("simulator", "simulated devices to try it on"),
    "serve": Command("service.serve", "a service that runs checks for check_videoconf_client, without their start"),
    "connector": Command("service.connector", "runs checks for Centreon Engine, as one of its connectors"),
    "nagios-worker": Command("service.nagios_worker", "runs checks for Nagios Core 4, as one of its workers"),
}


def system(name: str) -> System:
    """A system by name. Raises OptionError."""
    if name not in SYSTEMS:
        raise OptionError(f"unknown system '{name}', {_hint(name, list(SYSTEMS))}")
    return SYSTEMS[name]


def mode(system_name: str, name: str) -> type[Mode]:
    """A mode's class: `pexip`, `node-load` is NodeLoad of check_videoconf.pexip.node_load. Raises OptionError."""
    known = system(system_name).modes
    if name not in known:
        raise OptionError(f"unknown mode '{name}' of {system_name}, {_hint(name, list(known))}")
    module = importlib.import_module(f"check_videoconf.{system_name}.{name.replace('-', '_')}")
    found: type[Mode] = getattr(module, "".join(word.capitalize() for word in name.split("-")))
    return found


def client(system_name: str) -> Any:
    """The class that asks a system's devices."""
    return importlib.import_module(f"check_videoconf.{system_name}.client").Client


def leading_words(arguments: list[str]) -> list[str]:
    """SYSTEM and MODE: the first two arguments that are neither an option nor an option's value.

    Which options the mode has is not known yet: what follows one that is not common is its value, unless it is a name
    that must come now. So a value, which may be a secret, is not taken for a misspelt system and echoed.
    """
    from .common_options import COMMON

    kinds = {name: option for option in COMMON for name in option.names}
    words: list[str] = []
    doubtful = skip = False
    for argument in arguments:
        if len(words) == 2 or argument == "--":
            break
        if skip:
            skip = False
        elif not argument.startswith("-"):
            if not doubtful or argument in _names_after(words):
                words.append(argument)
            doubtful = False
        else:
            option = kinds.get(argument)
            skip = bool(option and option.metavar and option.dest != "extra_opts")
            unknown = option is None and "=" not in argument and argument != "--list-modes"
            doubtful = unknown or bool(option and option.dest == "extra_opts")
    return words


def _names_after(words: list[str]) -> Collection[str]:
    """The names that may follow: systems, then the modes of the one that was given."""
    if not words:
        return SYSTEMS
    return SYSTEMS[words[0]].modes if words[0] in SYSTEMS else ()


def _hint(name: str, known: list[str]) -> str:
    guess = nearest(name, known)
    return f"did you mean {guess}?" if guess else f"there are {', '.join(known)}"
