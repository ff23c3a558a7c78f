"""Options: how they are declared, and the command line to their values.

The parser is our own and short because pollers need what argparse and getopt do not give together: a value may begin
with a dash (`--warning-offset -5:5`, a password), an empty value means not given, an unknown name is answered with the
nearest known one, abbreviations are not guessed, and a start costs no time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, Callable

from .errors import OptionError
from .text import nearest
from .units import parse_duration


class Option:
    """One option. names: as typed, the last long one also names the attribute. metavar: `''` for a flag.

    kind: text to value, ValueError with words for the user. repeat: given several times, a list. secret: its value is
    never echoed. keep_empty: an empty value is a value (elsewhere it means not given).
    """

    __slots__ = (
        "default",
        "dest",
        "group",
        "help",
        "keep_empty",
        "kind",
        "metavar",
        "names",
        "repeat",
        "secret",
    )

    def __init__(
        self,
        names: str,
        metavar: str,
        help: str,
        *,
        default: Any = None,
        kind: Callable[[str], Any] = str,
        group: str = "mode",
        repeat: bool = False,
        secret: bool = False,
        keep_empty: bool = False,
    ) -> None:
        self.names = tuple(names.split())
        self.dest = self.names[-1].lstrip("-").replace("-", "_")
        self.metavar = metavar
        self.help = help
        self.default = default
        self.kind = kind
        self.group = group
        self.repeat = repeat
        self.secret = secret
        self.keep_empty = keep_empty


# More than enough for a list of rooms; what is larger is another file.
_LARGEST_FILE = 1024**2

# -- kinds of values


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number between two bounds."""

    def kind(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,15}", text) or not low <= int(text) <= high:
            raise ValueError(f"'{text}' is not a whole number from {low} to {high}")
        return int(text)

    return kind


def real(low: float, high: float) -> Callable[[str], float]:
    """A number between two bounds."""

    def kind(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+", text) or not low <= float(text) <= high:
            raise ValueError(f"'{text}' is not a number from {low:g} to {high:g}")
        return float(text)

    return kind


def choice(*known: str) -> Callable[[str], str]:
    """One of a few words."""

    def kind(text: str) -> str:
        if text not in known:
            raise ValueError(f"'{text}' is none of {', '.join(known)}")
        return text

    return kind


def regex(text: str) -> re.Pattern[str]:
    """A regular expression, searched for."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"'{text}' is not a regular expression: {error}") from None


def duration(text: str) -> int:
    """`90`, `5m`, `2d` in seconds."""
    return parse_duration(text)


def byte_count(text: str) -> int:
    """A number of bytes, with k, M or G."""
    match = re.fullmatch(r"([0-9]{1,12})([kMG]?)(?:i?B)?", text)
    if not match:
        raise ValueError(f"'{text}' is not a number of bytes such as 1048576, 512k or 64M")
    return int(match[1]) * {"": 1, "k": 1024, "M": 1024**2, "G": 1024**3}[match[2]]


def lines_of_file(path: str) -> list[str]:
    """The lines of a text file without comments: from a `#` at the beginning or behind a blank. There must be one."""
    try:
        if not os.path.isfile(path):
            raise ValueError("no such file" if not os.path.exists(path) else "not a file")  # a pipe may never end
        with open(path, "rb") as file:
            found = file.read(_LARGEST_FILE).decode("utf-8-sig", "replace")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    lines = (re.sub(r"(?:^|\s)#.*", "", line).strip() for line in found.splitlines())
    if not (kept := [line for line in lines if line]):
        raise ValueError(f"{path}: it has no line")
    return kept


def hostname(text: str) -> str:
    """A name, an IPv4 or an IPv6 address; not a URL."""
    if not text:
        raise ValueError("it is empty; a name or an address must stand here")
    if not re.fullmatch(r"(?!-)[\w.:%-]+|\[[0-9A-Za-z.:%]+\]", text):
        raise ValueError(f"'{text}' is not a name or an address (no https://, no path, no port)")
    return text.strip("[]")


def state_change(text: str) -> tuple[int, int]:
    """`unknown=critical`."""
    names = ("ok", "warning", "critical", "unknown")
    before, _, after = text.lower().partition("=")
    if before not in names or after not in names:
        raise ValueError(f"'{text}' is not FROM=TO with two of {', '.join(names)}")
    return names.index(before), names.index(after)


def threshold(text: str) -> tuple[str, str]:
    """`LABEL=RANGE`."""
    label, sign, range_text = text.partition("=")
    if not sign or not label:
        raise ValueError(f"'{text}' is not LABEL=RANGE")
    return label, range_text


class Options:
    """The values of all options of one check, by attribute: `options.hostname`, `options.filter_name`, …"""

    def __init__(self, values: dict[str, Any], given: set[str], levels: dict[str, dict[str, str]]) -> None:
        self.__dict__.update(values)
        self.given = given
        #: `--warning-X`, `--critical-X`, `--unknown-X` as typed: state word to label to text.
        self.levels = levels

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no option --{name.replace('_', '-')}")


LEVELS = ("warning", "critical", "unknown")
# Flags that stand for an option with a value: of all that are given the last one holds.
_SHORT_FOR = {
    "--output-json": ("--output", "json"),
    "--output-openmetrics": ("--output", "openmetrics"),
}


def parse(
    arguments: Sequence[str], declared: Sequence[Option], labels: Sequence[str], statuses: Sequence[str] = ()
) -> tuple[Options, list[str]]:
    """The command line to options and what is left: arguments that are no options. Raises OptionError.

    `labels` are the counters and statuses that `--warning-LABEL` and its kin may name; `*` in one stands for a word.
    `statuses` are those of which an empty value takes back an earlier one; elsewhere it is an empty macro.
    """
    by_name = {name: option for option in declared for name in option.names}
    values: dict[str, Any] = {option.dest: [] if option.repeat else option.default for option in declared}
    levels: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
    given: set[str] = set()
    rest: list[str] = []
    for name, value in _split(list(arguments), by_name, labels):
        if not name:
            rest.append(value)
            continue
        level, _, label = name[2:].partition("-")
        if name not in by_name:
            if value or label in statuses or label not in levels[level]:
                levels[level][label] = value
            continue
        option = by_name[name]
        if not option.metavar:
            values[option.dest] = values[option.dest] + 1 if option.default == 0 else True
            given.add(option.dest)
            continue
        if value == "" and not option.keep_empty:
            continue  # pollers pass empty macros
        converted = _convert(option, name, value)
        given.add(option.dest)
        if option.repeat:
            values[option.dest].append(converted)
        else:
            values[option.dest] = converted
    return Options(values, given, levels), rest


def _convert(option: Option, name: str, value: str) -> Any:
    try:
        return option.kind(value)
    except ValueError as error:
        # `-p secret` is a habit from other plugins: what was meant as a password is not echoed.
        hidden = option.secret or option.dest == "port"
        reason = str(error).replace(f"'{value}'", "this") if hidden else error
        raise OptionError(f"{name}: {reason}") from None


def _split(arguments: list[str], by_name: dict[str, Option], labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value, each other argument with the name `''`."""
    queue = list(reversed(arguments))
    while queue:
        argument = queue.pop()
        if argument == "--":
            yield from (("", rest) for rest in reversed(queue))
            return
        if not argument.startswith("-") or argument == "-":
            yield "", argument
        elif argument.startswith("--"):
            yield _long(argument, queue, by_name, labels)
        else:
            yield from _short(argument, queue, by_name)


def _long(argument: str, queue: list[str], by_name: dict[str, Option], labels: Sequence[str]) -> tuple[str, str]:
    name, sign, value = argument.partition("=")
    option = by_name.get(name)
    if option is None and not is_level(name, labels):
        raise OptionError(unknown_option(name, by_name, labels))
    if option is not None and not option.metavar:
        if sign and value:
            raise OptionError(f"{name} takes no value")
        return _SHORT_FOR.get(name, (name, ""))
    if sign:
        return name, value
    if option is not None and option.dest == "extra_opts" and (not queue or queue[-1].startswith("-")):
        return name, ""
    return name, _next(name, queue)


def _short(argument: str, queue: list[str], by_name: dict[str, Option]) -> Iterator[tuple[str, str]]:
    """`-vvv`, `-H host`, `-Hhost`."""
    letters = argument[1:]
    while letters:
        name, letters = f"-{letters[0]}", letters[1:]
        option = by_name.get(name)
        if option is None:
            raise OptionError(f"unknown option {name}; see --help")
        if not option.metavar:
            yield name, ""
            continue
        yield name, letters or _next(name, queue)
        return


def _next(name: str, queue: list[str]) -> str:
    if not queue:
        raise OptionError(f"{name} needs a value")
    return queue.pop()


def is_level(name: str, labels: Sequence[str]) -> bool:
    """Whether a name is `--warning-LABEL`, `--critical-LABEL` or `--unknown-LABEL` of a known label."""
    level, _, label = name[2:].partition("-")
    return level in LEVELS and bool(label) and find_label(label, labels) is not None


def find_label(label: str, labels: Sequence[str]) -> str | None:
    """The declared label that `label` names: itself, or the family it belongs to (`license-*-usage`)."""
    if label in labels:
        return label
    for known in labels:
        head, star, tail = known.partition("*")
        if star and label.startswith(head) and label.endswith(tail) and len(label) > len(head) + len(tail):
            return known
    return None


def unknown_option(name: str, by_name: dict[str, Option], labels: Sequence[str]) -> str:
    """The line about an unknown option, with the nearest known one. What follows its first word may be a secret."""
    match = re.match("--?[A-Za-z0-9-]*", name)
    word = match[0] if match else ""
    if word in by_name or is_level(word, labels):
        return f"{word} needs a = before its value"
    known = [*by_name, *(f"--{level}-{label}" for level in LEVELS for label in labels)]
    guess = nearest(word, known)
    return f"unknown option {word}" + (f", did you mean {guess}?" if guess else "; see --help")
