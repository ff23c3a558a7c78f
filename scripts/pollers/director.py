"""Icinga Director: a basket with the commands, their data fields, templates of hosts and services, and service sets.

Director has no environment for its commands, so no password is an argument here: it is in a file, or comes from a
command. Objects are known by their names and carry no UUID, as versions before 1.11 refuse that of a data field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from inspect import getclosurevars
from typing import Any

from check_videoconf.catalog import SYSTEMS
from check_videoconf.common_options import COMMON
from check_videoconf.options import LEVELS, Option

from . import icinga2
from .services import DAILY, ENGINE_TIMEOUT, Service, services

_Object = dict[str, Any]

# What a host says for all its checks.
_OF_HOSTS = ("device", "credentials", "tls", "connection")
_CATEGORIES = {
    "device": "where it is",
    "credentials": "how to log in",
    "tls": "whom to trust",
    "connection": "how it is asked",
    "thresholds": "when to alert",
    "output": "what a check prints",
    "mode": "what a check looks at",
}
_TYPES = {"": "Boolean", "choice": "Datalist", "integer": "Number", "list": "Array"}
_VISIBLE = {"visibility": "visible"}
_OWNER = "check_videoconf"


def files() -> dict[str, str]:
    """Path below templates/ to text. JSON knows no comments."""
    return {"icinga2/director-basket.json": json.dumps(basket(), indent=1, ensure_ascii=False) + "\n"}


def basket() -> _Object:
    """What `icingacli director basket restore` reads: type of object to name to object."""
    fields = _Fields()
    objects: _Object = {
        "Command": {f"videoconf-{system}": _command(system, fields) for system in SYSTEMS},
        "HostTemplate": {f"videoconf-{system}": _host(system, fields) for system in SYSTEMS},
        "ServiceTemplate": {made["object_name"]: made for made in _service_templates(fields)},
        "ServiceSet": {f"videoconf-{system}": _set(system) for system in SYSTEMS},
    }
    return {"DataList": fields.lists, "DatafieldCategory": _categories(), "Datafield": fields.made, **objects}


class _Fields:
    """The data fields, each once, by the number that objects refer to them with; and the lists they choose from."""

    def __init__(self) -> None:
        self.made: dict[str, _Object] = {}
        self.lists: dict[str, _Object] = {}

    def of(self, fields: Iterable[_Object]) -> list[_Object]:
        """References to these fields, which none has to fill in."""
        return [{"datafield_id": self._number(field), "is_required": "n", "var_filter": None} for field in fields]

    def option(self, option: Option) -> _Object:
        """The field of an option."""
        name = option.names[-1]
        kind = "list" if option.repeat else option.kind.__qualname__.partition(".")[0] if option.metavar else ""
        settings = {} if kind in _TYPES else _VISIBLE
        if kind == "choice":
            settings = {"behavior": "strict", "data_type": "string", "datalist": self._list(option)}
        return _field(name, option.help, option.group, _TYPES.get(kind, "String"), settings)

    def _list(self, option: Option) -> str:
        name = f"Videoconf: {option.names[-1].lstrip('-')}"
        entries = [
            {"entry_name": word, "entry_value": word, "format": "string", "allowed_roles": None}
            for word in sorted(getclosurevars(option.kind).nonlocals["known"])
        ]
        made = {"list_name": name, "owner": _OWNER, "entries": entries}
        if self.lists.setdefault(name, made) != made:
            raise ValueError(f"{option.names[-1]} has other choices in another mode")
        return name

    def _number(self, field: _Object) -> int:
        for number, known in self.made.items():
            if known == field:
                return int(number)
        self.made[str(len(self.made) + 1)] = field
        return len(self.made)


def _field(name: str, text: str, group: str, kind: str, settings: _Object) -> _Object:
    return {
        "varname": icinga2.variable(name),
        "caption": name.lstrip("-").replace("-", " ").replace("tls", "TLS").capitalize(),
        "description": f"{text} ({name})",
        "datatype": f"Icinga\\Module\\Director\\DataType\\DataType{kind}",
        "format": None,
        "settings": settings,
        "category": _category(group),
    }


def _category(group: str) -> str:
    return f"Videoconf: {group}"


def _categories() -> _Object:
    return {
        _category(group): {"category_name": _category(group), "description": text}
        for group, text in _CATEGORIES.items()
    }


def _common(groups: Iterable[str]) -> list[Option]:
    """The options that every check has, but for the password, which other users of the machine would see."""
    return [option for option in COMMON if option.group in groups and not option.secret]


def arguments(system: str) -> _Object:
    """The arguments of a command: those of the CheckCommand in commands.conf, and the account."""
    account = {option.names[-1]: option for option in COMMON if option.dest == "username"}
    found = {name: _argument(option) for name, option in {**icinga2.options(system), **account}.items()}
    return {**found, **{name: {"value": f"${icinga2.variable(name)}$"} for name in icinga2.thresholds(system)}}


def _argument(option: Option) -> _Object:
    key = "value" if option.metavar else "set_if"
    return {key: f"${icinga2.variable(option.dest)}$", "description": option.help}


def _command(system: str, fields: _Fields) -> _Object:
    return {
        "object_name": f"videoconf-{system}",
        "object_type": "object",
        "methods_execute": "PluginCheck",
        "command": f"check_videoconf {system} $vc_mode$",
        "timeout": ENGINE_TIMEOUT,
        "arguments": arguments(system),
        "vars": {"vc_hostname": "$address$"},
        "fields": fields.of(map(fields.option, _common(_CATEGORIES))),
    }


def _host(system: str, fields: _Fields) -> _Object:
    return {
        "object_name": f"videoconf-{system}",
        "object_type": "template",
        "fields": fields.of(map(fields.option, _common(_OF_HOSTS))),
    }


def _service_templates(fields: _Fields) -> Iterator[_Object]:
    yield {
        "object_name": "videoconf-service",
        "object_type": "template",
        "max_check_attempts": 3,
        "check_interval": 300,
        "retry_interval": 60,
        "fields": [],
    }
    for system in SYSTEMS:
        for service in services(system):
            yield _service_template(service, fields)


def _service_template(service: Service, fields: _Fields) -> _Object:
    made = {
        "object_name": _name(service),
        "object_type": "template",
        "imports": ["videoconf-service"],
        "check_command": f"videoconf-{service.system}",
        "check_interval": service.minutes * 60,
        "notes": service.text,
        "vars": {"vc_mode": service.name},
        "fields": fields.of(_of_mode(service, fields)),
    }
    if service.mode.cache:
        made["retry_interval"] = service.mode.cache
    if service.minutes == DAILY:
        made["enable_notifications"] = False
    return made


def _of_mode(service: Service, fields: _Fields) -> Iterator[_Object]:
    """The fields of a mode's own options and of its thresholds; those of families go into the lists of all modes."""
    known = {option.dest for option in _common(_CATEGORIES)}
    own = (option for option in service.mode.declared_options() if option.dest not in known and not option.secret)
    yield from map(fields.option, own)
    for counter in service.mode.counters:
        if "*" not in counter.label:
            for level in LEVELS[:2]:
                text = f"range of {counter.help or counter.title}, default {getattr(counter, level) or 'none'}"
                yield _field(f"--{level}-{counter.label}", text, "thresholds", "String", _VISIBLE)
    for status in service.mode.statuses:
        for level in LEVELS:
            text = f"expression, 0 is never, default {getattr(status, level) or 0}"
            yield _field(f"--{level}-{status.label}", text, "thresholds", "String", _VISIBLE)


def _set(system: str) -> _Object:
    """The services of every host that imports the product's template, but those that need an option of the user's."""
    return {
        "object_name": f"videoconf-{system}",
        "object_type": "template",
        "description": f"All checks of {SYSTEMS[system].title} that need no option",
        "assign_filter": f"%22videoconf-{system}%22=host.templates",
        "services": [
            {"object_name": service.title, "object_type": "object", "imports": [_name(service)]}
            for service in services(system)
            if not service.on_request and not service.discovery
        ],
    }


def _name(service: Service) -> str:
    return f"videoconf-{service.system}-{service.name}"
