"""--extra-opts: options from the ini files of Monitoring Plugins."""

from __future__ import annotations

import configparser
import os
import stat
from collections.abc import Iterator, Sequence

from .errors import OptionError
from .options import Option

PROGRAM = "check_videoconf"
#: Searched in this order, after NAGIOS_CONFIG_PATH, as Monitoring Plugins do.
DIRECTORIES = (
    "/etc/nagios",
    "/usr/local/nagios/etc",
    "/usr/local/etc/nagios",
    "/etc/opt/nagios",
    "/etc/nagios-plugins",
    "/usr/local/etc",
    "/etc",
)
FILES = ("plugins.ini", "nagios-plugins.ini")
_SECRETS = ("password", "api-password")


def expand(arguments: Sequence[str], declared: Sequence[Option], remarks: list[str]) -> list[str]:
    """The arguments with the options of each --extra-opts put in front, so that the command line wins.

    Raises OptionError for a file or a section that is named and not there.
    """
    wanted = list(_wanted(arguments))
    if not wanted:
        return list(arguments)
    found: list[str] = []
    for spec in wanted:
        section, _, path = spec.partition("@")
        found += _read(section or PROGRAM, path, named=bool(section), declared=declared, remarks=remarks)
    return [*found, *arguments]


def _wanted(arguments: Sequence[str]) -> Iterator[str]:
    for position, argument in enumerate(arguments):
        if argument == "--":
            return
        if argument.startswith("--extra-opts="):
            yield argument.partition("=")[2]
        elif argument == "--extra-opts":
            following = arguments[position + 1 : position + 2]
            yield following[0] if following and not following[0].startswith("-") else ""


def _read(section: str, path: str, *, named: bool, declared: Sequence[Option], remarks: list[str]) -> list[str]:
    parser = configparser.ConfigParser(
        interpolation=None, allow_no_value=True, strict=False, delimiters=("=",), comment_prefixes=("#", ";")
    )
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    source = path or _search()
    try:
        with open(source, encoding="utf-8") as file:
            parser.read_file(file)
            readable = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o044
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--extra-opts: {source}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None
    except configparser.Error:
        raise OptionError(f"--extra-opts: {source} is not an ini file") from None
    if not parser.has_section(section):
        raise OptionError(f"--extra-opts: {source} has no section [{section}]")
    flags = {name for option in declared if not option.metavar for name in option.names}
    arguments = []
    for key, value in parser.items(section):
        name = key if key.startswith("-") else f"-{key}" if len(key) == 1 else f"--{key}"
        if name in flags or value is None:
            arguments.append(name)
        elif len(name) == 2:
            arguments += [name, value]
        else:
            arguments.append(f"{name}={value}")
    if readable and any(parser.has_option(section, key) for key in _SECRETS):
        remarks.append(f"warning: {source} holds a password and others can read it; chmod 600 it")
    return arguments


def _search() -> str:
    directories = [*filter(None, os.environ.get("NAGIOS_CONFIG_PATH", "").split(":")), *DIRECTORIES]
    for directory in directories:
        for name in FILES:
            path = os.path.join(directory, name)
            if os.path.isfile(path):
                return path
    raise OptionError(f"--extra-opts: no {' or '.join(FILES)} in {', '.join(directories)}")
