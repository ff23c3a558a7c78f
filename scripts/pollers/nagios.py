"""Nagios Core 4, Naemon: commands, templates of hosts and services, an example host for each product."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from check_videoconf.catalog import SYSTEMS

from .services import DAILY, MARK, Service, services

# Custom variables lose quotes and other special characters in Nagios, arguments do not: options that need those stand
# behind the mode in check_command.
_COMMAND_LINE = (
    '$USER1$/check_videoconf {system} $ARG1$ -H "$HOSTADDRESS$" -p "$_HOSTVC_PORT$" '
    '-u "$USER{account}$" --password-file "$USER{password}$" --cacert "$USER17$" $_HOSTVC_OPTIONS$ $ARG2$'
)
_FIRST_MACRO = 11
_NOTIFICATION = (
    '/usr/bin/printf "%b" "$SERVICEOUTPUT$\\n\\n$LONGSERVICEOUTPUT$\\n\\nService: $SERVICEDESC$\\n'
    'Host: $HOSTNAME$ ($HOSTADDRESS$)\\nState: $SERVICESTATE$ ($SERVICESTATETYPE$)\\nTime: $LONGDATETIME$\\n" '
    '| /usr/bin/mail -s "$NOTIFICATIONTYPE$: $SERVICEDESC$ on $HOSTNAME$ is $SERVICESTATE$" $CONTACTEMAIL$'
)


def files() -> dict[str, str]:
    """Path below templates/ to text."""
    parts = {
        "commands.cfg": _commands(),
        "hosts.cfg": _hosts(),
        "services.cfg": _services(),
        "example.cfg": _example(),
        "notifications.cfg": _notifications(),
        "resource.cfg": _resource(),
    }
    return {f"nagios/{name}": f"# {MARK}\n" + "".join(part) for name, part in parts.items()}


def _macros() -> Iterator[tuple[str, int, int]]:
    """System and the numbers of the $USERn$ that hold its account and the path of its password file."""
    for position, system in enumerate(SYSTEMS):
        yield system, _FIRST_MACRO + 2 * position, _FIRST_MACRO + 2 * position + 1


def _define(kind: str, *directives: tuple[str, object]) -> str:
    return "".join(
        [f"\ndefine {kind} {{\n", *(f"    {name:24} {value}".rstrip() + "\n" for name, value in directives), "}\n"]
    )


def _commands() -> Iterator[str]:
    yield "# $ARG1$ is the mode, $ARG2$ its options as a shell reads them ($ doubled, ! with a backslash in front).\n"
    yield "# The host's own variables are _VC_PORT, and _VC_OPTIONS for options without quotes. Nagios leaves one\n"
    yield "# that is not defined in the command line as it stands, so both are, by the host templates.\n"
    for system, account, password in _macros():
        line = _COMMAND_LINE.format(system=system, account=account, password=password)
        yield _define("command", ("command_name", f"check_videoconf_{system}"), ("command_line", line))


def _resource() -> Iterator[str]:
    yield "# To be added to resource.cfg, which only the poller's user may read. No password is on a command line:\n"
    yield "# files hold them, one each, mode 0600. Without $USER17$ the system's certificate authorities are trusted.\n"
    for system, account, password in _macros():
        yield f"$USER{account}$={SYSTEMS[system].username}\n"
        yield f"$USER{password}$=/etc/nagios/private/{system}.password\n"
    yield "#$USER17$=/etc/nagios/private/ca.pem\n"


def _notifications() -> Iterator[str]:
    yield "# For service_notification_commands of your contacts: a mail that holds all a check has found. Nagios\n"
    yield "# writes ends of lines as \\n, which printf turns back, and leaves ` ~ $ & | ' \" < > out.\n"
    yield _define("command", ("command_name", "notify-videoconf-by-email"), ("command_line", _NOTIFICATION))


def _hosts() -> Iterator[str]:
    yield "# To be used with a host template of your own: it says how the host itself is checked, and who is told.\n"
    for name in SYSTEMS:
        variables = (("_VC_PORT", 443), ("_VC_OPTIONS", "--timeout 30"))
        yield _define("host", ("name", f"videoconf-{name}"), *variables, ("register", 0))


def _services() -> Iterator[str]:
    yield "# One template for each mode. Intervals are minutes, as long as interval_length is 60.\n"
    yield _define(
        "service",
        ("name", "videoconf-service"),
        ("max_check_attempts", 3),
        ("check_interval", 5),
        ("retry_interval", 1),
        ("register", 0),
    )
    for system in SYSTEMS:
        for service in services(system):
            yield f"\n# {service.title}: {service.text}"
            yield _template(service)


def _template(service: Service) -> str:
    directives: list[tuple[str, object]] = [
        ("name", f"videoconf-{service.system}-{service.name}"),
        ("use", "videoconf-service"),
        ("service_description", service.title),
        ("check_command", f"check_videoconf_{service.system}!{service.name}"),
        ("check_interval", service.minutes),
        ("retry_interval", min(service.minutes, max(1, service.mode.cache // 60))),
        *([("notifications_enabled", 0)] if service.minutes == DAILY else []),
        ("register", 0),
    ]
    return _define("service", *directives)


def _example() -> Iterator[str]:
    yield "# A host of each product with all its checks. generic-host and generic-service are templates of your own.\n"
    for system in SYSTEMS:
        host = f"{system}.example.com"
        yield _define(
            "host",
            ("use", f"videoconf-{system},generic-host"),
            ("host_name", host),
            ("address", host),
        )
        for service in services(system):
            if service.in_examples:
                yield _define("service", *_used(host, service))


def argument(options: tuple[str, ...]) -> str:
    """Options as an argument of check_command, for the shell and for Nagios."""
    return shlex.join(options).replace("\\", "\\\\").replace("$", "$$").replace("!", "\\!")


def _used(host: str, service: Service) -> Iterator[tuple[str, object]]:
    yield "use", f"videoconf-{service.system}-{service.name},generic-service"
    yield "host_name", host
    if service.needs:
        command = f"check_videoconf_{service.system}!{service.name}!{argument(service.needs)}"
        yield "check_command", command
