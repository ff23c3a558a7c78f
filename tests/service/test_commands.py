"""Command lines are split as the engine that sent them would, nothing is left to a shell, and others' are refused."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from check_videoconf.service.commands import CommandError, Plugin, split_for_centreon, split_for_nagios

BYTES = st.binary(max_size=40).map(lambda data: data.replace(b"\0", b""))
WORDS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), max_size=6)
# What has a meaning to one of the splitters, with a little text between.
LINES = st.text(" 'ab\\\"$`|&;()<>*?{-1/\t", max_size=24)
PIECES = st.sampled_from(
    [
        *(" ", "\t", "a", "/", "$/", "$", "\\$", "\\a", "\\ ", "\\`", '\\"', "\\'", "'$b|;'", "'\\'", "''", '""'),
        *('"x  y"', '"$/ $"', '"\\$b\\`\\\\"', '"\\a\\ \'|;&*"', "$b", '"$b"', "'", '"', "*", "|"),
    ]
)


def centreon_quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def shell_quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def as_centreon_engine_does(line: str) -> list[str] | None:
    """What process_args.cc makes of a line; None where it throws."""
    control = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "v": "\v", "f": "\f"}
    words: list[str] = []
    current, quote, escaped, inside = "", "", False, False
    for character in line:
        if escaped:
            current, escaped, inside = current + control.get(character, character), False, True
        elif character == "\\":
            escaped = True
        elif quote:
            if character == quote:
                quote = ""
            else:
                current += character
        elif character in "'\"":
            quote, inside = character, True
        elif character in " \t\n\v\f\r":
            if inside:
                words.append(current)
            current, inside = "", False
        else:
            current, inside = current + character, True
    if quote:
        return None
    return [*words, current] if inside else words


@given(WORDS)
def test_quoted_words_come_back_as_they_were(words: list[str]) -> None:
    assert split_for_centreon(" ".join(map(centreon_quoted, words)).encode()) == words
    assert split_for_nagios(" ".join(map(shell_quoted, words)).encode()) == words


@given(LINES)
@example("\\")
@example("a \\")
@example("'a\\'b'")
def test_a_line_is_split_as_centreon_engine_splits_it(line: str) -> None:
    try:
        found: list[str] | None = split_for_centreon(line.encode())
    except CommandError:
        found = None
    assert found == as_centreon_engine_does(line)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=8).map("".join))
@example('"a$" "$/" $/ "\\$b" \\$b')
@example("'$b `c` |' \"a|b;c&d(e)*?<>\"")
def test_what_is_split_for_nagios_is_what_a_shell_would_pass(line: str) -> None:
    try:
        words = split_for_nagios(line.encode())
    except CommandError:
        return
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\0' . {line}"],
        env={},
        cwd="/proc/self/fd",
        capture_output=True,
        timeout=20,
        check=True,
    )
    assert done.stdout.decode().split("\0")[1:-1] == words


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("check_videoconf pexip alarms | tee x", "a pipe"),
        ("check_videoconf pexip alarms > x", "a redirection"),
        ("check_videoconf pexip alarms < x", "a redirection"),
        ("check_videoconf pexip alarms; reboot", "a second command"),
        ("check_videoconf pexip alarms && reboot", "a second command"),
        ("check_videoconf pexip alarms `id`", "a command substitution"),
        ('check_videoconf pexip alarms "`id`"', "a command substitution"),
        ("check_videoconf pexip alarms $(id)", "a $ that a shell would expand"),
        ('check_videoconf pexip alarms "x${HOME}"', "a $ that a shell would expand"),
        ("check_videoconf pexip alarms $HOME", "a $ that a shell would expand"),
        ("check_videoconf pexip alarms *", "a wildcard outside quotes"),
        ("(check_videoconf pexip alarms)", "a parenthesis outside quotes"),
        ("check_videoconf pexip 'alarms", "a quote that is not closed"),
        ('check_videoconf pexip "alarms', "a quote that is not closed"),
    ],
)
def test_what_needs_a_shell_is_refused_by_its_name(line: str, mistake: str) -> None:
    with pytest.raises(CommandError, match="the command line has ") as raised:
        split_for_nagios(line.encode())
    assert mistake in str(raised.value)
    assert "|" not in str(raised.value)


@given(BYTES)
def test_any_bytes_are_split_or_refused(line: bytes) -> None:
    for split in (split_for_centreon, split_for_nagios):
        with contextlib.suppress(CommandError):
            assert sum(len(os.fsencode(word)) for word in split(line)) <= len(line)


def test_the_plugin_is_its_name_its_file_and_any_link_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, link, other = (tmp_path / name for name in ("check_videoconf", "link", "other"))
    file.touch()
    other.touch()
    link.symlink_to(file)
    monkeypatch.setattr(sys, "argv", [str(file)])
    plugin = Plugin(["/elsewhere/check_videoconf"])
    assert [plugin.takes(str(path)) for path in (file, link, link)] == [True, True, True]
    assert plugin.takes("check_videoconf")
    assert plugin.takes("/elsewhere/check_videoconf")
    assert not plugin.takes(str(other))
    assert not plugin.takes("other")
    assert str(plugin.refusal(str(other))) == (
        f"{other} is not this plugin, which is {file}; --plugin gives it one more name"
    )
