"""The command lines that monitoring engines hand over: split without a shell, and only those of this plugin."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence

from ..text import clean, shorten

NAME = "check_videoconf"
PLUGIN_HELP = "what the commands call the plugin where that is not the path of this file; may be given again"
_MOST_SHOWN = 120

# Centreon Engine starts no shell, it splits by itself (process_args.cc): outside quotes and in both kinds of them a
# backslash takes the next character, which with a few letters is a control character.
_CENTREON = re.compile(
    rb"""(?P<blank>\s+) | (?P<plain>[^\s\\'"]+) | \\(?P<escaped>.) | (?P<nothing>\\\Z)
    | '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<wrong>.)""",
    re.VERBOSE | re.DOTALL,
)
_CENTREON_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"v": b"\v", b"f": b"\f"}

# Nagios Core splits by itself what means nothing special to a shell, by the shell's rules, and gives the rest to
# /bin/sh. Here the rest is refused, but for what the shell would take literally: a $ before anything but a name.
_NAGIOS = re.compile(
    rb"""(?P<blank>[ \t\r\n]+) | (?P<plain>[^ \t\r\n\\'"`$|<>&;()*?]+) | \\(?P<escaped>.) | (?P<nothing>\\\Z)
    | '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<dollar>\$(?![\w@*#?$!({'"-])) | (?P<wrong>.)""",
    re.VERBOSE | re.DOTALL,
)
_NAGIOS_ESCAPE = re.compile(rb'\\([\\"$`])')
_EXPANSION = re.compile(rb"(?:[^\\`$]|\\.|\$(?![\w@*#?$!({-]))*([`$])", re.DOTALL)
_MISTAKES = {
    **dict.fromkeys(b"'\"", "a quote that is not closed"),
    **dict.fromkeys(b"<>", "a redirection, which needs a shell"),
    **dict.fromkeys(b"&;", "a second command, which needs a shell"),
    **dict.fromkeys(b"()", "a parenthesis outside quotes"),
    **dict.fromkeys(b"*?", "a wildcard outside quotes"),
    ord("|"): "a pipe, which needs a shell",
    ord("`"): "a command substitution, which needs a shell",
    ord("$"): "a $ that a shell would expand; put it in single quotes",
}

_Meanings = Mapping[str, Callable[[bytes], bytes]]


class CommandError(Exception):
    """A command line that is not run. Its text is one line, without the command's arguments: they may be secret."""


def split_for_centreon(line: bytes) -> list[str]:
    """The words that Centreon Engine would pass to a process for a command line. Raises CommandError."""
    return _split(line, _CENTREON, _CENTREON_MEANINGS)


def split_for_nagios(line: bytes) -> list[str]:
    """The words that Nagios Core, or the shell it starts, would pass for a command line. Raises CommandError."""
    return _split(line, _NAGIOS, _NAGIOS_MEANINGS)


def _split(line: bytes, grammar: re.Pattern[bytes], meanings: _Meanings) -> list[str]:
    words: list[str] = []
    parts: list[bytes] = []
    for found in grammar.finditer(line):
        kind = str(found.lastgroup)
        text = found[kind]
        if kind == "blank":
            if parts:
                words.append(_decoded(parts))
                parts = []
        elif kind == "wrong":
            raise CommandError(_mistake(text))
        elif kind != "nothing":
            parts.append(meanings[kind](text) if kind in meanings else text)
    if parts:
        words.append(_decoded(parts))
    return words


def _decoded(parts: list[bytes]) -> str:
    return b"".join(parts).decode("utf-8", "surrogateescape")


def _mistake(character: bytes) -> str:
    return f"the command line has {_MISTAKES[character[0]]}"


def _unescape_for_centreon(text: bytes) -> bytes:
    return _CENTREON_ESCAPE.sub(lambda found: _CONTROL.get(found[1], found[1]), text)


def _unescape_for_nagios(text: bytes) -> bytes:
    expansion = _EXPANSION.match(text)
    if expansion:
        raise CommandError(_mistake(expansion[1]))
    return _NAGIOS_ESCAPE.sub(rb"\1", text)


_CENTREON_MEANINGS: _Meanings = {
    "escaped": lambda text: _CONTROL.get(text, text),
    "single": _unescape_for_centreon,
    "double": _unescape_for_centreon,
}
_NAGIOS_MEANINGS: _Meanings = {"double": _unescape_for_nagios}


class Plugin:
    """Which first words of a command line mean this plugin.

    names: those given by --plugin. Beside them, its bare name and any path of the file that runs here.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        started = os.path.realpath(sys.argv[0])
        installed = os.path.realpath(os.path.join(os.path.dirname(sys.executable), NAME))
        self.file = installed if os.path.basename(started) == "__main__.py" else started
        self._files = {started, installed}
        self._names = {NAME, *names}

    def takes(self, word: str) -> bool:
        """Whether a word is this plugin."""
        if word in self._names:
            return True
        if "/" not in word or os.path.realpath(word) not in self._files:
            return False
        self._names.add(word)  # a link is not followed for every check
        return True

    def refusal(self, word: str) -> CommandError:
        """What is said about a command that is another program."""
        shown = shorten(clean(word), _MOST_SHOWN)
        return CommandError(f"{shown} is not this plugin, which is {self.file}; --plugin gives it one more name")
