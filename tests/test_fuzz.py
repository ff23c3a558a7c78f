"""Whatever a device answers, the plugin says one clear line, and says OK only of what was really there.

Each mode asks a simulated device in memory, whose answers are changed on their way: a member is taken out or becomes
something else, the text is cut or gets bytes it should not have, or there is something else altogether.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import sys
import xmlrpc.client
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check_videoconf.answers import Answer
from check_videoconf.catalog import SYSTEMS
from check_videoconf.cli import main
from check_videoconf.connection import Connection
from check_videoconf.simulator import Headers, Request, Simulator

PASSWORD = "Zx9-geheim"
AUTHORIZATION = {"Authorization": "Basic bW9uaXRvcjpaeDktZ2VoZWlt"}
#: What a mode needs besides the common options.
NEEDED = {
    ("conductor", "capacity"): ["--alias", "meet.alice@example.com"],
}
# It acts on the device and waits for what comes of that.
LEFT_OUT = [("pexip", "test-call")]
MODES = [(system, mode) for system, known in SYSTEMS.items() for mode in known.modes if (system, mode) not in LEFT_OUT]
# Some for each mode, so that all together are thousands.
EXAMPLES = 40 if settings.default is None or settings.default.max_examples < 1000 else 2000
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# A second answer to a question that is new each time would come from a device of its own: tables stay as they are.
_DEVICES = Simulator(password=PASSWORD, tls=False)

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", " ", "0", "-1", "1e999", "NaN", "N/A", "|", "a|b\n'c'=d::e", "\x1b[31m", "\ud800", "x" * 5000, "2026-13-45",
         "9999-12-31T23:59:59", "0001-01-01T00:00:00+23:59", "/api/admin/", 2**63, -0.0, 1e308, 5e-324, [], {}]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
Change = Callable[[bytes, str], bytes]


def run(system: str, mode: str, change: Change) -> tuple[str, int]:
    """What the plugin prints, and its exit code, when each answer of the device is changed."""

    def exchange(connection: Connection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection.requests += 1
        target, _, query = path.partition("?")
        request = Request(method, unquote(target), dict(parse_qsl(query, keep_blank_values=True)),
                          Headers({**headers, **AUTHORIZATION}), body or b"", path)  # fmt: skip
        answer = _DEVICES.systems[system].answer(request)
        content = change(answer.payload, path) if answer.status == 200 else answer.payload
        return Answer(connection.device, answer.status, "", dict(answer.headers), content, path)

    argv = [system, mode, "-H", "device.example.com", "-u", "monitor", "--no-lock", "--cache", "0", "--retries", "0",
            "--timeout", "20", "--state-dir", "/dev/null/none", *NEEDED.get((system, mode), [])]  # fmt: skip
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    environment = {"CHECK_VIDEOCONF_PASSWORD": PASSWORD}
    with patch.object(Connection, "exchange", exchange), patch.object(os, "environ", environment):
        with patch.object(sys, "stdout", stdout):
            code = main(argv)
    stdout.seek(0)
    return stdout.read(), code


def check_form(system: str, mode: str, output: str, code: int) -> None:
    assert code in range(4)
    assert output.count("|") <= 1
    assert "Traceback" not in output
    assert "internal error" not in output
    assert PASSWORD not in output
    assert all(line.isprintable() for line in output.splitlines())
    if mode.startswith("list-") and code == 0:
        return  # a table, not a line
    match = re.match(rf"{system.upper()} {mode.upper()} (\w+) - \S.*\n", output)
    assert match, output[:300]
    assert STATES[code] == match[1]


@lru_cache(maxsize=None)
def undisturbed(system: str, mode: str) -> tuple[str, int]:
    return run(system, mode, lambda content, _: content)


# -- changes


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container and key inside a document."""
    found: list[tuple[Any, Any]] = []
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        found += places(value[key])
    return found


def parsed(content: bytes) -> Any:
    """A JSON document, or the value of an XML-RPC answer; None for anything else."""
    try:
        return json.loads(content)
    except ValueError:
        pass
    try:
        (value,), _ = xmlrpc.client.loads(content)
    except (xmlrpc.client.Error, ExpatError, ValueError, TypeError):
        return None
    return value


def encoded(value: Any, like: bytes) -> bytes:
    if like.lstrip().startswith((b"{", b"[")):
        return json.dumps(value).encode("utf-8", "surrogatepass")
    try:
        text = xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)
    except (TypeError, OverflowError):
        return like
    return text.encode("utf-8", "surrogatepass")


class Disturbance:
    """Changes one answer of a check, by what hypothesis draws; the others stay. `touched` says whether it did."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self._draw = draw
        self._left = draw(st.integers(0, 3), label="answers that stay before it")
        self.touched = False

    def __call__(self, content: bytes, _: str) -> bytes:
        self._left -= 1
        if self._left >= 0 or self.touched:
            return content
        changed = self._changed(content)
        self.touched = changed != content
        return changed

    def _changed(self, content: bytes) -> bytes:
        kind = self._draw(st.sampled_from(["member", "member", "members", "cut", "bytes", "junk", "nested"]), label="kind")
        if kind == "cut":
            return content[: self._draw(st.integers(0, max(0, len(content) - 1)), label="place")]
        if kind == "bytes":
            place = self._draw(st.integers(0, len(content)), label="place")
            return content[:place] + self._draw(st.binary(max_size=6), label="bytes") + content[place:]
        if kind == "junk":
            return encoded(self._draw(JUNK, label="junk"), content)
        value = copy.deepcopy(parsed(content))
        if value is None:
            return content[1:]
        if kind == "nested":
            return encoded([value] if self._draw(st.booleans(), label="in a list") else {"data": value}, content)
        for _ in range(1 if kind == "member" else 4):
            self._change_member(value)
        return encoded(value, content)

    def _change_member(self, value: Any) -> None:
        there = places(value)
        if not there:
            return
        container, key = there[self._draw(st.integers(0, len(there) - 1), label="member")]
        if self._draw(st.booleans(), label="take it out"):
            del container[key]
        else:
            container[key] = self._draw(JUNK, label="instead of it")


# -- what is held


@pytest.mark.parametrize(("system", "mode"), MODES)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_disturbed_answer_gives_one_clear_line(system: str, mode: str, data: st.DataObject) -> None:
    disturbance = Disturbance(data.draw)
    output, code = run(system, mode, disturbance)
    check_form(system, mode, output, code)


@pytest.mark.parametrize(("system", "mode"), MODES)
@settings(max_examples=EXAMPLES // 2)
@given(junk=JUNK | st.binary(max_size=40))
def test_junk_is_never_ok(system: str, mode: str, junk: Any) -> None:
    content = junk if isinstance(junk, bytes) else None
    output, code = run(system, mode, lambda like, _: encoded(junk, like) if content is None else content)
    check_form(system, mode, output, code)
    assert code != 0 or undisturbed(system, mode)[0].startswith("UNKNOWN: ")
