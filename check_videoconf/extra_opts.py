"""--extra-opts: options from the ini files of Monitoring Plugins."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence

from .errors import OptionError
from .options import Option

PROGRAM = "check_videoconf"
# Where Monitoring Plugins look, in their order: MP_CONFIG_FILE, these names in the directories of NAGIOS_CONFIG_PATH,
# then these paths.
NAMES = ("monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini")
PATHS = (
    "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
    "/usr/local/etc/monitoring-plugins.ini",
    "/etc/monitoring-plugins/monitoring-plugins.ini",
    "/etc/monitoring-plugins.ini",
    "/etc/nagios/plugins.ini",
    "/usr/local/nagios/etc/plugins.ini",
    "/usr/local/etc/nagios/plugins.ini",
    "/etc/opt/nagios/plugins.ini",
    "/etc/nagios-plugins.ini",
    "/usr/local/etc/nagios-plugins.ini",
    "/etc/opt/nagios-plugins.ini",
)
_LARGEST = 1024**2
_OFF = ("0", "no", "off", "false")
_ON = ("", "1", "yes", "on", "true")


def expand(arguments: Sequence[str], declared: Sequence[Option], remarks: list[str]) -> list[str]:
    """The arguments with the options of each --extra-opts put in front, so that the command line wins.

    Raises OptionError for a file that cannot be read and for a section that is not there.
    """
    by_name = {name: option for option in declared for name in option.names}
    secrets = {option.dest for option in declared if option.secret}
    # Whoever gives a secret by one way on the command line does not want the file's by another.
    valued = (name for name, value in _pairs(arguments) if value and name in by_name)
    given = {_secret_of(by_name[name], secrets) for name in valued} - {""}
    found: list[str] = []
    for spec in _wanted(arguments):
        section, _, path = spec.partition("@")
        source = path or _search()
        text, others_may_read = _read(source)
        options = list(_section(text, section or PROGRAM, source))
        for name, value in options:
            option = by_name.get(name)
            if option is None or _secret_of(option, secrets) not in given:
                found += _argument(name, value, option, source)
        if others_may_read and any(_is_secret(by_name.get(name), value) for name, value in options):
            remarks.append(f"warning: {source} holds a password and others can read it; chmod 600 it")
    return [*found, *arguments]


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each argument as a name, and what would be its value: behind the `=`, or the next argument."""
    for argument, following in zip(arguments, [*arguments[1:], ""]):
        name, sign, value = argument.partition("=")
        yield name, value if sign else following


def _secret_of(option: Option, secrets: Collection[str]) -> str:
    """The secret that an option tells or says where to get, or `''`: that of `--password-file` is the password."""
    told = option.dest.removesuffix("_file").removesuffix("_command")
    return told if told in secrets else ""


def _is_secret(option: Option | None, value: str) -> bool:
    return option is not None and (option.secret or (option.dest == "proxy" and "@" in value))


def _wanted(arguments: Sequence[str]) -> Iterator[str]:
    """What each --extra-opts says, `''` for one alone; an empty value is an empty macro and asks for nothing."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            return
        name, sign, value = argument.partition("=")
        if name != "--extra-opts":
            continue
        following = next(iter(arguments[position + 1 : position + 2]), "-")
        if sign or not following.startswith("-"):
            yield from filter(None, [value if sign else following])
        else:
            yield ""


def _search() -> str:
    directories = filter(None, os.environ.get("NAGIOS_CONFIG_PATH", "").split(":"))
    named = os.environ.get("MP_CONFIG_FILE")
    if named:
        return named
    for path in (*(os.path.join(directory, name) for directory in directories for name in NAMES), *PATHS):
        if os.path.exists(path):
            return path
    raise OptionError(f"--extra-opts: no {' or '.join(NAMES)} in NAGIOS_CONFIG_PATH, nor any of {', '.join(PATHS)}")


def _read(path: str) -> tuple[str, bool]:
    """The file's text, and whether its group or others may read it."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            return file.read(_LARGEST), bool(mode & 0o044)
    except (OSError, ValueError) as error:
        raise OptionError(f"--extra-opts: {path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None


def _section(text: str, wanted: str, source: str) -> Iterator[tuple[str, str]]:
    """Name, with its dashes, and value of each option of a section, wherever and how often that stands in the file."""
    section: str | None = None
    seen = False
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            section = line[1:].partition("]")[0].strip()
            seen = seen or section == wanted
            continue
        name, _, value = (part.strip() for part in line.partition("="))
        if section is None or not name:
            raise OptionError(f"--extra-opts: {source}: line {number} is neither [section] nor option=value")
        if section == wanted:
            yield name if name.startswith("-") else f"-{name}" if len(name) == 1 else f"--{name}", value
    if not seen:
        raise OptionError(f"--extra-opts: {source} has no section [{wanted}]")


def _argument(name: str, value: str, option: Option | None, source: str) -> list[str]:
    """An option of the file as arguments; a flag may say yes or no."""
    if option is None or option.metavar:
        return [name, value] if len(name) == 2 else [f"{name}={value}"]
    if value.lower() not in (*_ON, *_OFF):
        raise OptionError(f"--extra-opts: {source}: {name} is yes or no, not '{value}'")
    return [name] if value.lower() in _ON else []
