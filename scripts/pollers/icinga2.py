"""Icinga 2: a CheckCommand for each product with every option as a `vc_` variable, and a service for each mode."""

from __future__ import annotations

import json

from check_videoconf.catalog import SYSTEMS
from check_videoconf.common_options import COMMON
from check_videoconf.options import LEVELS, Option
from check_videoconf.snmp_account import ENVIRONMENT

from .services import DAILY, ENGINE_TIMEOUT, MARK, Service, services

_ENVIRONMENT = {
    "username": "CHECK_VIDEOCONF_USERNAME",
    "password": "CHECK_VIDEOCONF_PASSWORD",
    **{name.replace("-", "_"): variable for name, variable in ENVIRONMENT.items()},
}

_COMMANDS = f"""\
// {MARK}
// Each option is a variable: --filter-node is vc_filter_node, --warning-load is vc_warning_load. A list gives an option
// several times, true sets one without a value, an empty text is what it is in the shell. Icinga wants $$ for each $.
// Thresholds of families (license-*-usage) go into vc_warning and vc_critical: [ "license-port-usage=80" ].
// Account and secrets are passed in the environment, where other users of the machine do not see them.
"""

_SERVICES = f"""\
// {MARK}
// A host says what it is, and what is special about its checks:
//
//   vars.videoconf = {{
//     system = "pexip"
//     options["alarms"] = {{ vc_ignore_acknowledged = true }}
//     without = [ "exchange", "teams" ]
//     discovery = true
//   }}
//
// Modes that need an option of yours, snmp-load and test-call are checked once `options` has some for them.

template Service "videoconf-service" {{
  max_check_attempts = 3
  check_interval = 5m
  retry_interval = 1m
}}
"""

_EXAMPLE = f"""\
// {MARK}
// generic-host is a template of your own.
"""


def files() -> dict[str, str]:
    """Path below templates/ to text."""
    return {
        "icinga2/commands.conf": _COMMANDS + "".join(map(_command, SYSTEMS)),
        "icinga2/services.conf": _SERVICES
        + "".join(_apply(service) for system in SYSTEMS for service in services(system)),
        "icinga2/example.conf": _EXAMPLE + "".join(map(_host, SYSTEMS)),
    }


def options(system: str) -> dict[str, Option]:
    """Every option of a system's modes that a check can have as an argument, by name."""
    return {option.names[-1]: option for option in _declared(system) if option.dest not in _ENVIRONMENT}


def environment(system: str) -> dict[str, str]:
    """What a check gets in its environment: variable of the environment to variable of Icinga."""
    return {_ENVIRONMENT[one.dest]: variable(one.dest) for one in _declared(system) if one.dest in _ENVIRONMENT}


def _declared(system: str) -> list[Option]:
    """Every option, each once; later modes add to what is common."""
    modes = (option for service in services(system) for option in service.mode.declared_options())
    found: dict[str, Option] = {}
    for option in (*COMMON, *modes):
        if option.group != "help":
            found.setdefault(option.dest, option)
    return list(found.values())


def thresholds(system: str) -> list[str]:
    """Every `--warning-LABEL` and its kin of a system's modes, but for families of labels."""
    found: dict[str, None] = {}
    for service in services(system):
        counters = [counter.label for counter in service.mode.counters if "*" not in counter.label]
        statuses = [status.label for status in service.mode.statuses]
        found.update({f"--{level}-{label}": None for label in counters for level in LEVELS[:2]})
        found.update({f"--{level}-{label}": None for label in statuses for level in LEVELS})
    return list(found)


def variable(name: str) -> str:
    """The variable of an option: `--filter-node` is `vc_filter_node`."""
    return "vc_" + name.lstrip("-").replace("-", "_")


def quoted(text: str) -> str:
    """A text in the configuration language, taken as it stands."""
    return json.dumps(text, ensure_ascii=False)


def _command(system: str) -> str:
    arguments = [_argument(name, option) for name, option in options(system).items()]
    arguments += [f'    "{name}" = "${variable(name)}$"\n' for name in thresholds(system)]
    passed = environment(system)
    lines = (f'    {name} = "${value}$"\n' for name, value in passed.items())
    unset = (f'  vars.{value} = ""\n' for value in passed.values())
    return (
        f'\nobject CheckCommand "videoconf-{system}" {{\n'
        '  import "ipv4-or-ipv6"\n'
        f'  command = [ PluginDir + "/check_videoconf", "{system}", "$vc_mode$" ]\n'
        f"  timeout = {ENGINE_TIMEOUT}s\n"
        f"  arguments = {{\n{''.join(arguments)}  }}\n"
        f"  env = {{\n{''.join(lines)}  }}\n"
        '  vars.vc_hostname = "$check_address$"\n'
        f"{''.join(unset)}"
        "}\n"
    )


def _argument(name: str, option: Option) -> str:
    key = variable(option.dest)
    value = f'value = "${key}$"' if option.metavar else f'set_if = "${key}$"'
    return f'    "{name}" = {{\n      {value}\n      description = {quoted(option.help)}\n    }}\n'


def _apply(service: Service) -> str:
    condition = f'host.vars.videoconf.system == "{service.system}"'
    if service.on_request:
        condition += f' && host.vars.videoconf.options["{service.name}"]'
    if service.discovery:
        condition += " && host.vars.videoconf.discovery"
    lines = [
        'import "videoconf-service"',
        f"display_name = {quoted(service.title)}",
        f"notes = {quoted(service.text)}",
        f'check_command = "videoconf-{service.system}"',
        f"check_interval = {service.minutes}m",
        *([f"retry_interval = {service.mode.cache}s"] if service.mode.cache else []),
        *(["enable_notifications = false"] if service.minutes == DAILY else []),
        f'vars.vc_mode = "{service.name}"',
        f'vars += host.vars.videoconf.options["{service.name}"]',
        f"assign where {condition}",
        f'ignore where "{service.name}" in host.vars.videoconf.without',
    ]
    body = "".join(f"  {line}\n" for line in lines)
    return f'\napply Service "{service.system}-{service.name}" {{\n{body}}}\n'


def variables(arguments: tuple[str, ...]) -> str:
    """Long options as a dictionary of the configuration language."""
    found: dict[str, list[str]] = {}
    for position, argument in enumerate(arguments):
        if argument.startswith("--"):
            found.setdefault(variable(argument), [])
            following = arguments[position + 1 : position + 2]
            found[variable(argument)] += [text for text in following if not text.startswith("--")]
    return "{ " + "; ".join(f"{name} = {_value(values)}" for name, values in found.items()) + " }"


def _value(values: list[str]) -> str:
    texts = [quoted(value.replace("$", "$$")) for value in values]
    return "true" if not texts else texts[0] if len(texts) == 1 else f"[ {', '.join(texts)} ]"


def _host(system: str) -> str:
    needed = [
        f'    options["{service.name}"] = {variables(service.needs)}\n'
        for service in services(system)
        if service.needs and service.in_examples
    ]
    return (
        f'\nobject Host "{system}.example.com" {{\n'
        '  import "generic-host"\n'
        f'  address = "{system}.example.com"\n'
        f"  vars.vc_username = {quoted(SYSTEMS[system].username)}\n"
        f'  vars.vc_password = "secret"\n'
        f'  vars.videoconf = {{\n    system = "{system}"\n{"".join(needed)}  }}\n'
        "}\n"
    )
