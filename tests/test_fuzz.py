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
import time
import xmlrpc.client
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote
from xml.parsers.expat import ExpatError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check_videoconf.answers import Answer
from check_videoconf.catalog import SYSTEMS
from check_videoconf.catalog import mode as catalog_mode
from check_videoconf.cli import main
from check_videoconf.connection import Connection
from check_videoconf.fields import Fields
from check_videoconf.simulator import Headers, Request, Simulator

PASSWORD = "Zx9-geheim"
AUTHORIZATION = {"Authorization": "Basic bW9uaXRvcjpaeDktZ2VoZWlt"}
#: What a mode needs besides the common options.
NEEDED = {
    ("conductor", "capacity"): ["--alias", "meet.alice@example.com"],
    ("trio", "config"): ["--parameter", "reg.1.address"],
}
# No document says what a Conductor answers there.
ANYTHING_WILL_DO = [("conductor", "api"), ("conductor", "licenses")]
#: Fields that only an option asks for.
ASKED_FOR = {("pexip", "registrations"): "alias", ("pexip", "list-registrations"): "alias"}
# One acts on the device and waits for what comes of that; the answers of the others, which do not ask by HTTP, are
# disturbed in test_snmp_load.py.
LEFT_OUT = [("pexip", "test-call"), ("pexip", "snmp-load"), ("conductor", "snmp-load")]
MODES = [(system, mode) for system, known in SYSTEMS.items() for mode in known.modes if (system, mode) not in LEFT_OUT]
# Some for each mode, so that all together are thousands.
EXAMPLES = 30 if settings.default is None or settings.default.max_examples < 1000 else 1000
# Controls, halves of characters, and what breaks or turns a line.
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# Made once, and asked always at the moment it was made for.
_DEVICES = Simulator(password=PASSWORD, tls=False)
NOW = time.time()

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["", " ", "0", "-1", "1e999", "NaN", "N/A", "|", "a|b\n'c'=d::e", "\x1b[31m", "\ud800", "x" * 5000,
         "2026-13-45", "9999-12-31T23:59:59", "0001-01-01T00:00:00+23:59", "/api/admin/", 2**63, -0.0, 1e308,
         5e-324, [], {}]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
Change = Callable[[bytes, str], bytes]


def run(system: str, mode: str, change: Change) -> tuple[str, int]:
    """What the plugin prints, and its exit code, when each answer of the device is changed."""

    def exchange(
        connection: Connection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        connection.requests += 1
        connection.clock = NOW
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
    with ExitStack() as patches:
        patches.enter_context(patch.object(Connection, "exchange", exchange))
        patches.enter_context(patch.object(os, "environ", environment))
        patches.enter_context(patch.object(sys, "stdout", stdout))
        patches.enter_context(patch("check_videoconf.mode.time", SimpleNamespace(time=lambda: NOW)))
        code = main(argv)
    stdout.seek(0)
    return stdout.read(), code


def check_form(system: str, mode: str, output: str, code: int) -> None:
    assert code in range(4)
    assert output.count("|") <= 1
    assert "Traceback" not in output
    assert "internal error" not in output
    assert PASSWORD not in output
    assert not UNFIT.search(output)
    if mode.startswith("list-") and code == 0:
        return  # a table, not a line
    match = re.match(rf"{system.upper()} {mode.upper()} (\w+) - \S.*\n", output)
    assert match, output[:300]
    assert STATES[code] == match[1]


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
    """The value as the device would write it; some rubbish where it cannot."""
    if like.lstrip().startswith((b"{", b"[")):
        return json.dumps(value).encode("utf-8", "surrogatepass")
    try:
        text = xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)
    except (TypeError, OverflowError):
        return b"<rubbish/>"
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
        kind = self._draw(
            st.sampled_from(["member", "member", "members", "cut", "bytes", "junk", "nested"]), label="kind"
        )
        if kind == "cut":
            return content[: self._draw(st.integers(0, max(0, len(content) - 1)), label="place")]
        if kind == "bytes":
            place = self._draw(st.integers(0, len(content)), label="place")
            extra: bytes = self._draw(st.binary(max_size=6), label="bytes")
            return content[:place] + extra + content[place:]
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
    if (system, mode) not in ANYTHING_WILL_DO and not (system == "conductor" and junk == []):  # its word for nothing
        assert code != 0


def required(system: str, mode: str) -> list[str]:
    """The fields that a mode declares it cannot do without."""
    chosen = catalog_mode(system, mode)
    declared = [value for kind in chosen.__mro__ for value in vars(kind).values() if isinstance(value, Fields)]
    names = {key for fields in declared for _, key, _, leave in fields.readers if not leave}
    return sorted(names - {ASKED_FOR.get((system, mode))})


def replaced(value: Any, name: str, *, by_null: bool) -> Any:
    """A document in which every member of that name is null, or not there."""
    if isinstance(value, dict):
        return {
            key: None if key.strip() == name else replaced(inner, name, by_null=by_null)
            for key, inner in value.items()
            if by_null or key.strip() != name
        }
    return [replaced(inner, name, by_null=by_null) for inner in value] if isinstance(value, list) else value


class Without:
    """Takes a member out of every answer, or makes it null. `touched` says whether there was one."""

    def __init__(self, name: str, *, by_null: bool) -> None:
        self._name, self._by_null = name, by_null
        self.touched = False

    def __call__(self, content: bytes, _: str) -> bytes:
        value = parsed(content)
        other = replaced(value, self._name, by_null=self._by_null)
        self.touched = self.touched or other != value
        return encoded(other, content) if other != value else content


@pytest.mark.parametrize(("system", "mode"), MODES)
def test_without_a_required_field_nothing_is_ok(system: str, mode: str) -> None:
    for name in required(system, mode):
        for by_null in (True, False):
            without = Without(name, by_null=by_null)
            output, code = run(system, mode, without)
            check_form(system, mode, output, code)
            if without.touched:
                assert code != 0, f"{name} {'null' if by_null else 'missing'}: {output[:200]}"
