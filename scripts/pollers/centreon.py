"""Centreon: commands, host and service templates for `centreon -u … -p … -i FILE` (CLAPI)."""

from __future__ import annotations

from collections.abc import Iterator

from check_videoconf.catalog import SYSTEMS

from .services import Service, services

PLUGIN = "/usr/lib/centreon/plugins/check_videoconf"

# The macros of the published connectors, so that a host keeps what is set on it. Name, value, password or not, meaning.
HOST_MACROS = (
    ("APIPORT", "443", 0, "Port used"),
    ("APIPROTO", "https", 0, "Protocol"),
    ("APIUSERNAME", "", 0, "Account"),
    ("APIPASSWORD", "", 1, "Its password"),
    ("APIEXTRAOPTIONS", "", 0, "Extra options of all checks of the host"),
)
_DEVICE = (
    "--hostname='$HOSTADDRESS$' --port='$_HOSTAPIPORT$' --proto='$_HOSTAPIPROTO$' "
    "--api-username='$_HOSTAPIUSERNAME$' --api-password='$_HOSTAPIPASSWORD$'"
)
_EXTRA = "$_HOSTAPIEXTRAOPTIONS$ $_SERVICEEXTRAOPTIONS$"


def files() -> dict[str, str]:
    """Path below templates/ to text. CLAPI knows no comments."""
    return {f"centreon/{system}.clapi": "".join(f"{line}\n" for line in _lines(system)) for system in SYSTEMS}


def macros(service: Service) -> dict[str, tuple[str, str]]:
    """Macro of a service to option and value: filters, thresholds of all but families, and the default expressions.

    An empty range is not given, an empty expression switches the status off: so a status has what it has by default.
    """
    found = {_macro("filter", name): (f"--filter-{name}", "") for name, _ in service.mode.filter_fields()}
    for level in ("warning", "critical"):
        for counter in service.mode.counters:
            if "*" not in counter.label:
                found[_macro(level, counter.label)] = (f"--{level}-{counter.label}", "")
        for status in service.mode.statuses:
            found[_macro(level, status.label)] = (f"--{level}-{status.label}", getattr(status, level))
    return found


def _macro(*words: str) -> str:
    return "".join(words).replace("-", "").upper()


def _lines(system: str) -> Iterator[str]:
    host = f"HW-Device-Videoconf-{system.capitalize()}-custom"
    yield f"HTPL;ADD;{host};{SYSTEMS[system].title};;;;"
    for name, value, secret, text in HOST_MACROS:
        known = SYSTEMS[system].username if name == "APIUSERNAME" else value
        yield f"HTPL;setmacro;{host};{name};{known};{secret};{text}"
    for service in services(system):
        if not service.discovery:
            yield from _service(service, host)


def _service(service: Service, host: str) -> Iterator[str]:
    name = f"{service.system.capitalize()}-{service.name.title()}"
    command, template = f"Videoconf-{name}", f"HW-Device-Videoconf-{name}-custom"
    found = macros(service)
    options = " ".join(f"{option}={_quoted(macro, value)}" for macro, (option, value) in found.items())
    line = " ".join(filter(None, [PLUGIN, service.system, service.name, _DEVICE, options, _EXTRA]))
    yield f"CMD;ADD;{command};check;{line}"
    yield f"STPL;ADD;{template};{service.name.title()};"
    yield f"STPL;setparam;{template};check_command;{command}"
    yield f"STPL;setparam;{template};max_check_attempts;3"
    yield f"STPL;setparam;{template};normal_check_interval;{service.minutes}"
    yield f"STPL;setparam;{template};retry_check_interval;{max(1, service.mode.cache // 60)}"
    for macro, (option, value) in found.items():
        yield f"STPL;setmacro;{template};{macro};{value};0;{option}"
    needs = "" if service.mode.opt_in else " ".join(service.needs)
    yield f"STPL;setmacro;{template};EXTRAOPTIONS;{needs};0;Extra options of this check"
    if not service.mode.opt_in:
        yield f"STPL;addhosttemplate;{template};{host}"


def _quoted(macro: str, value: str) -> str:
    """The macro in the quotes that its default does not have."""
    quote = '"' if "'" in value else "'"
    return f"{quote}$_SERVICE{macro}${quote}"
