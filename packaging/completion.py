"""Writes the completion for bash: systems, modes and their options, and the commands, from the declarations."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable

from check_videoconf import catalog
from check_videoconf.common_options import COMMON
from check_videoconf.mode import Mode
from check_videoconf.options import LEVELS, Option

SCRIPT = """\
# bash completion for check_videoconf

_check_videoconf() {{
    local before=${{COMP_WORDS[COMP_CWORD - 1]}} word=${{COMP_WORDS[COMP_CWORD]}} system= mode= words= index
    for ((index = 1; index < COMP_CWORD; index++)); do
        case $system/$mode/${{COMP_WORDS[index]}} in
            {systems}) system=${{COMP_WORDS[index]}} ;;
            {modes}) mode=${{COMP_WORDS[index]}} ;;
        esac
    done
    case $before in
        {file_options})
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            compopt -o filenames 2>/dev/null
            return ;;
{choices}
        {value_options}) return ;;
    esac
    if [[ -z $words ]]; then
        case $system/$mode/$word in
{words}
        esac
        [[ -z $mode ]] || words+=" {common}"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}

complete -F _check_videoconf check_videoconf check_videoconf_client
"""


def script() -> str:
    """The whole script."""
    modes = [catalog.mode(system, name) for system, known in catalog.SYSTEMS.items() for name in known.modes]
    options = {name: option for mode in modes for option in mode.declared_options() for name in option.names}
    options.update({name: option for option in COMMON for name in option.names})
    valued = {name: option for name, option in options.items() if option.metavar}
    files = [name for name, option in valued.items() if re.search(r"FILE|DIR", option.metavar)]
    choices = {name: option.metavar.split("|") for name, option in valued.items() if has_choices(option)}
    levels = [f"--{level}-*" for level in LEVELS]
    return SCRIPT.format(
        systems="|".join(f"//{name}" for name in (*catalog.SYSTEMS, *catalog.COMMANDS)),
        modes="|".join(f"{mode.system}//{mode.name}" for mode in modes),
        file_options="|".join(sorted(files)),
        choices="\n".join(f"        {name}) words={quoted(words)} ;;" for name, words in sorted(choices.items())),
        value_options="|".join([*sorted(valued.keys() - files - choices.keys()), *levels]),
        words="\n".join([*beginnings(), *(arm(mode) for mode in modes)]),
        common=" ".join(common_names()),
    )


def beginnings() -> Iterable[str]:
    """What may stand before a mode is chosen, and after a command. The doctor takes what every mode does."""
    first = [*catalog.SYSTEMS, *catalog.COMMANDS, "--help", "--version", "--list-modes"]
    yield f"            //*) words={quoted(first)} ;;"
    for system, known in catalog.SYSTEMS.items():
        yield f"            {system}//*) words={quoted([*known.modes, '--list-modes'])} ;;"
    for command in catalog.COMMANDS:
        words = [*catalog.SYSTEMS, *common_names()] if command == "doctor" else ["--help"]
        yield f"            {command}//*) words={quoted(words)} ;;"


def common_names() -> list[str]:
    return [name for option in COMMON for name in option.names]


def arm(mode: type[Mode]) -> str:
    """A mode's own options. A family of counters has no word before its answer is known."""
    words = [name for option in mode.declared_options() for name in option.names]
    words += [f"--{level}-{counter.label}" for counter in mode.counters for level in LEVELS[:2] if plain(counter.label)]
    words += [f"--{level}-{status.label}" for status in mode.statuses for level in LEVELS]
    return f"            {mode.system}/{mode.name}/*) words={quoted(words)} ;;"


def plain(label: str) -> bool:
    return "*" not in label


def has_choices(option: Option) -> bool:
    """Whether the metavar lists the words that are possible: `basic|digest`."""
    return re.fullmatch(r"[a-z0-9]+(?:\|[a-z0-9]+)+", option.metavar) is not None


def quoted(words: Iterable[str]) -> str:
    return shlex.quote(" ".join(words))


if __name__ == "__main__":
    sys.stdout.write(script())
