"""The connectors' options: those that are ours by another name, and those that make no sense here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..common_options import COMMON
from ..options import LEVELS, Option, choice, real

# What the connectors' library has for its own ways of working, of asking and of printing.
_IGNORED_FLAGS = (
    "--debug-stream --disco-format --disco-show --environment-map-option --list-custommode --no-sanity-options "
    "--output-ignore-label --output-ignore-perfdata --output-xml --sanity-options --statefile-concat-cwd "
    "--use-new-perfdata"
)
_IGNORED_VALUES = (
    "--change-long-output --change-output --change-output-adv --change-perfdata --change-short-output --convert-args "
    "--critical-http-status --curl-opt --custommode --display-ok-counters --explode-perfdata-max --extend-perfdata "
    "--extend-perfdata-group --filter-counters-block --filter-perfdata --filter-perfdata-adv --filter-uom "
    "--http-backend --http-peer-addr --lockfile-dir --memcached --memexpiration --mode-version --output-file "
    "--pass-manager --proxypac --range-perfdata --redis-attribute --redis-db --redis-server --runas "
    "--source-encoding --ssl --ssl-opt --statefile-cipher --statefile-format --statefile-key --unknown-http-status "
    "--warning-http-status"
)
IGNORED = (
    *(Option(name, "", "ignored", group="ignored") for name in _IGNORED_FLAGS.split()),
    *(Option(name, "VALUE", "ignored", group="ignored") for name in _IGNORED_VALUES.split()),
)


def _state_directory(path: str) -> str:
    """A directory of our own: the connectors' is shared by all of theirs, and others may read it."""
    return os.path.join(path, "check_videoconf")


def _state(text: str) -> str:
    return choice("ok", "warning", "critical", "unknown")(text.lower())


OWN = (
    Option("--plugin", "NAME", "the connector that this command line was written for", group="connector"),
    Option("--mode", "MODE", "its mode", group="connector"),
    Option("--list-mode", "", "its modes", group="help"),
    Option("--debug", "", "the same as -vvv, without credentials", group="output"),
    Option("--global-timeout", "SECONDS", "deadline of the whole check", kind=real(0.1, 3600), group="connection"),
    Option(
        "--statefile-dir", "DIR", "where what lasts between runs lives, in a directory of its own",
        kind=_state_directory, group="connection",
    ),
    Option("--statefile-suffix", "TEXT", "services that differ in it remember apart", group="connection"),
    Option(
        "--opt-exit", "STATE", "the same as --unreachable-state, and may be ok", kind=_state, group="output",
    ),
)  # fmt: skip


def declared(own: Sequence[Option]) -> tuple[Option, ...]:
    """All options of a connector's mode; `own` are those of the mode that does its work."""
    taken = {name for option in (*own, *COMMON, *OWN) for name in option.names}
    ignored = [option for option in IGNORED if taken.isdisjoint(option.names)]
    return (*own, *COMMON, *OWN, *ignored)


def in_our_form(arguments: Sequence[str], declared: Sequence[Option], renamed: Mapping[str, str]) -> list[str]:
    """The command line with each value behind a `=`, and thresholds by our labels.

    As the connectors read it: what begins with `--` is never a value, a value may be left out, and a flag may have
    one, of which 0 switches it off. renamed: label by other name.
    """
    by_name = {name: option for option in declared for name in option.names}
    queue = list(reversed(arguments))
    plain = []
    while queue:
        argument = queue.pop()
        name, sign, value = argument.partition("=")
        level, _, label = name[2:].partition("-")
        option = by_name.get(name)
        if option is None and name.startswith("--") and level in LEVELS and label:
            name = f"--{level}-{renamed.get(label, label)}"
        elif option is None or not name.startswith("--"):
            plain.append(argument)
            continue
        if not sign and queue and not queue[-1].startswith("--" if option is None or option.metavar else "-"):
            value = queue.pop()
        if option is None or option.metavar:
            plain.append(f"{name}={value}")
        elif value != "0":
            plain.append(name)
    return plain
