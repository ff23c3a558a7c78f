"""A connector's command line to a mode, its options, and what to say about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from .. import __version__, catalog
from ..counters import OK, UNKNOWN
from ..errors import OptionError
from ..mode import Mode
from ..options import Options
from ..options import parse as parse_options
from ..text import nearest
from . import options as known
from .connectors import CONNECTORS, Connector, ConnectorMode
from .mode import derive, other_names

_WIDTH = 100
_VERSION = f"check_videoconf {__version__}\n"
# Taken into the options of ours that they stand for, or of no consequence for what a service remembers.
_SETTLED = ("debug", "global_timeout", "list_mode", "opt_exit", "statefile_dir")


class Command(NamedTuple):
    """What to check; or, where `text` is not empty, what to print instead, and the exit code of that."""

    mode: type[Mode]
    options: Options
    remarks: list[str]
    text: str = ""
    code: int = OK


def parse(arguments: Sequence[str]) -> Command:
    """A connector's command line. Raises OptionError."""
    plugin = _value(arguments, "--plugin")
    if plugin not in CONNECTORS:
        raise OptionError(f"unknown plugin '{plugin}', {_hint(plugin, CONNECTORS)}")
    connector = CONNECTORS[plugin]
    name = _value(arguments, "--mode")
    if not name:
        return _without_mode(arguments, plugin, connector)
    if name not in connector.modes:
        raise OptionError(f"unknown mode '{name}' of {plugin}, {_hint(name, connector.modes)}")
    mode = derive(connector, name)
    remarks: list[str] = []
    options = _options(arguments, mode, connector.modes[name], remarks)
    if options.list_mode:
        return _printed(_modes(plugin, connector))
    if options.version:
        return _printed(_VERSION, UNKNOWN)
    if options.help:
        return _printed(_help(mode, plugin, name), UNKNOWN)
    if options.list_counters:
        from .. import usage

        return _printed(usage.counters(mode))
    _settle(options, remarks)
    return Command(mode, options, remarks)


def _value(arguments: Sequence[str], wanted: str) -> str:
    """The value of an option, the last one given; `''` where there is none."""
    found = ""
    for position, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if name == wanted:
            following = next(iter(arguments[position + 1 : position + 2]), "")
            found = value if sign else following if not following.startswith("--") else ""
    return found


def _options(arguments: Sequence[str], mode: type[Mode], entry: ConnectorMode, remarks: list[str]) -> Options:
    declared = known.declared(mode.declared_options())
    expanded = list(arguments)
    if any(argument.startswith("--extra-opts") for argument in arguments):
        from ..extra_opts import expand

        expanded = expand(arguments, declared, remarks)
    plain = known.in_our_form(expanded, declared, other_names(entry))
    options, rest = parse_options(plain, declared, mode.labels(), [status.label for status in mode.statuses])
    if any(rest):  # an empty macro is nothing
        raise OptionError("an argument that belongs to no option; a value with blanks needs quotes")
    return options


def _settle(options: Options, remarks: list[str]) -> None:
    """Theirs into ours; what is ignored is named under -v, and keeps no two services apart."""
    if options.debug:
        options.verbose = 3
    if options.global_timeout:
        options.timeout = options.global_timeout
    if options.statefile_dir:
        options.state_dir = options.statefile_dir
    if options.opt_exit:
        options.unreachable_state = options.opt_exit
    ignored = {option.dest: option.names[0] for option in known.IGNORED}
    if options.verbose and (names := sorted(ignored[dest] for dest in options.given & ignored.keys())):
        remarks.append(f"ignored, it has no meaning here: {', '.join(names)}")
    for dest in (*_SETTLED, *ignored):
        vars(options).pop(dest, None)


# -- what needs no device


def _printed(text: str, code: int = OK) -> Command:
    return Command(Mode, Options({}, set(), {}), [], text, code)


def _without_mode(arguments: Sequence[str], plugin: str, connector: Connector) -> Command:
    if "--list-mode" in arguments:
        return _printed(_modes(plugin, connector))
    if {"--version", "-V"} & set(arguments):
        return _printed(_VERSION, UNKNOWN)
    if {"--help", "-h"} & set(arguments):
        text = (
            f"check_videoconf --plugin={plugin} --mode=MODE --hostname=HOST [options]\n"
            f"check_videoconf --plugin={plugin} --mode=MODE --help\n\n{_modes(plugin, connector)}"
        )
        return _printed(text, UNKNOWN)
    raise OptionError(f"which mode? --mode is one of {', '.join(connector.modes)}")


def _modes(plugin: str, connector: Connector) -> str:
    titles = catalog.SYSTEMS[connector.system].modes
    width = max(map(len, connector.modes))
    lines = [f"  {name:{width}}  {titles[entry.ours]}" for name, entry in connector.modes.items()]
    return "\n".join([f"{plugin}:", *lines, ""])


def _help(mode: type[Mode], plugin: str, name: str) -> str:
    """The help of our mode in the connector's words, and what there is beside our options."""
    import textwrap

    from .. import usage

    text = usage.mode(mode).replace(
        f"check_videoconf {mode.system} {mode.name}", f"check_videoconf --plugin={plugin} --mode={name}"
    )
    own = [f"  {option.names[0]} {option.metavar}".rstrip() + f": {option.help}" for option in known.OWN]
    ignored = ", ".join(sorted(option.names[0] for option in known.IGNORED))
    lines = ["The connector's own options:", *own, "", *textwrap.wrap(f"Accepted and ignored: {ignored}", _WIDTH)]
    return "\n".join([text, *lines, ""])


def _hint(word: str, names: Collection[str]) -> str:
    guess = nearest(word, list(names))
    return f"did you mean {guess}?" if guess else f"there are {', '.join(names)}"
