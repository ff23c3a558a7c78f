"""What every mode of a Trio keeps to."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from check_videoconf import catalog
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.trio_calls import Call, Line

from ..conftest import Answer, Run
from ..examples import examples
from .simulated import CALLS, CONFIG, LINES_V1, PRESENCE, Phone

MODES = list(catalog.SYSTEMS["trio"].modes)
# What a mode needs to be asked at all.
NEEDED = {"config": ("--expect", "video.callRate=2048", "--parameter", "reg.1.auth.password")}
# The resource that a mode cannot do without, on new firmware.
MAIN = {
    "device": "mgmt/device/stats",
    "info": "v2/mgmt/device/info",
    "network": "mgmt/network/stats",
    "registration": "mgmt/lineInfo",
    "lines": "v2/mgmt/lineInfo",
    "calls": "v2/webCallControl/callStatus",
    "media": "mgmt/media/sessionStats",
    "call-logs": "mgmt/callLogs",
    "paired": "mgmt/mrpair/info",
    "config": "mgmt/config/get",
    "provisioning": "mgmt/network/info",
    "presence": "mgmt/getPresence",
    "communication": "mgmt/media/communicationInfo",
    "api": "mgmt/device/info",
    "list-lines": "mgmt/lineInfo",
    "list-paired": "mgmt/mrpair/info",
}


def test_every_mode_has_a_test_here() -> None:
    assert list(MAIN) == MODES


# -- help


@pytest.fixture(scope="module")
def simulated() -> Iterator[Simulator]:
    """A phone of new firmware with a call in progress, over plain HTTP."""
    with Simulator(systems=("trio",), tls=False) as simulator:
        simulator.trio.set_calls(Call())
        yield simulator


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("mode", MODES)
def test_the_examples_of_the_help_work(
    check: Run, simulated: Simulator, tmp_path: Path, mode: str, number: int
) -> None:
    password = tmp_path / "password"
    password.write_text(simulated.password)
    connection = ["-H", simulated.trio.host, "--password-file", str(password), "-p", str(simulated.trio.port)]
    example = examples(check, "trio", mode)[number]
    answer = check("trio", mode, *connection, "--proto", "http", "-u", simulated.username, *example)
    assert answer.code == 0, answer.stdout
    assert not answer.stdout.startswith("UNKNOWN")


@pytest.mark.parametrize("mode", MODES)
def test_the_help_says_what_is_asked(check: Run, mode: str) -> None:
    text = check("trio", mode, "--help").stdout
    path = MAIN[mode]
    version, resource = ("v2", path[3:]) if path.startswith("v2/") else ("v1", path)
    assert f"/api/{version}/{resource}" in text
    assert "Requests " in text


# -- statuses of the phone

STATUSES = {
    "4000": "invalid input parameters",
    "4001": "device busy",
    "4003": "operation not allowed",
    "4004": "operation not supported",
    "4005": "line does not exist",
    "4006": "URLs not configured",
    "4008": "configuration export failed",
    "4009": "input size limit exceeded",
    "4010": "the default password must be changed before the REST API answers",
    "4011": "contact not found",
    "4400": "bad request",
    "4403": "forbidden",
    "5000": "failed to process the request",
    "5500": "internal error",
    "4999": "unknown status",
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("mode", MODES)
def test_a_status_is_unknown_and_said_in_words(new_phone: Phone, mode: str, status: str) -> None:
    for path in {MAIN[mode], MAIN[mode].replace("v2/", "")}:
        new_phone.trio.status[path] = status
    answer = new_phone.check(mode, *NEEDED.get(mode, ()), "--unreachable-state", "critical")
    assert f" with status {status}: {STATUSES[status]}" in answer.first_line
    assert answer.first_line.startswith(f"TRIO {mode.upper()} UNKNOWN - phone.test:443 answered /api/")
    assert answer.code == 3


@pytest.mark.parametrize("mode", MODES)
def test_no_call_and_no_line_are_errors_where_they_mean_nothing(new_phone: Phone, mode: str) -> None:
    expected = {
        "4002": {"registration": 2, "lines": 2},
        "4007": {"calls": 0, "media": 0},
    }
    for status, codes in expected.items():
        new_phone.trio.status[MAIN[mode]] = status
        assert new_phone.check(mode, *NEEDED.get(mode, ())).code == codes.get(mode, 3)


@pytest.mark.parametrize("mode", MODES)
def test_a_status_may_be_a_number(new_phone: Phone, mode: str) -> None:
    new_phone.trio.status[MAIN[mode]] = 5000  # type: ignore[assignment]
    assert " with status 5000: " in new_phone.check(mode, *NEEDED.get(mode, ())).first_line


# -- people


@pytest.mark.parametrize("mode", MODES)
def test_callers_are_in_no_output_and_in_no_file(any_phone: Phone, mode: str) -> None:
    party: dict[str, Any] = {"party": "Zaphod Beeblebrox", "number": "zaphod@example.net", "address": "198.51.100.42"}
    any_phone.trio.set_calls(Call(**party), Call("0xb5000002", "Offering", "Incoming", 0, **party))
    for options in ((), ("-vv",), ("--cache", "60"), ("--output", "json"), ("--output", "openmetrics")):
        for kind in ("Missed", "Received", "Placed"):
            any_phone.trio.log_call(kind, "2026-10-11T11:10:00", "1 min", party="zaphod")
        answer = any_phone.check(mode, *NEEDED.get(mode, ()), *options)
        for telling in ("zaphod", "beeblebrox", "198.51.100.42"):
            assert telling not in answer.stdout.lower()
            assert not [file for file in _files(any_phone) if telling in file.read_text().lower()]


def _files(phone: Phone) -> list[Path]:
    return list(phone.state_directory.iterdir()) if phone.state_directory.exists() else []


# -- whatever the phone answers

ODD: list[Any] = [None, "", "text", "-1", -1, 0, True, 1e300, [], {}, [None], {"a": []}, "9" * 400, "\x1b[31m|\n'=::"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each member of an answer."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


def put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    if value is ...:
        del data[path[-1]]
    else:
        data[path[-1]] = value


def plain(data: Any) -> Any:
    """The data with what its functions return."""
    return json.loads(json.dumps(data, default=lambda value: value()))


RESOURCES = [
    (mode, path)
    for mode, paths in {
        "device": ("mgmt/device/stats", "mgmt/pollForStatus"),
        "info": ("v2/mgmt/device/info",),
        "network": ("mgmt/network/stats", "mgmt/network/info"),
        "registration": ("webCallControl/sipStatus", "mgmt/lineInfo"),
        "lines": ("v2/mgmt/lineInfo",),
        "calls": (CALLS,),
        "media": ("v2/mgmt/device/info", "mgmt/media/sessionStats"),
        "call-logs": ("mgmt/callLogs",),
        "paired": ("mgmt/mrpair/info",),
        "config": (CONFIG,),
        "provisioning": ("mgmt/device/runningConfig", "mgmt/network/info"),
        "communication": ("mgmt/media/communicationInfo",),
        "list-lines": (LINES_V1,),
        "list-paired": ("mgmt/mrpair/info",),
    }.items()
    for path in paths
]


@pytest.mark.parametrize(("mode", "path"), RESOURCES)
def test_no_odd_value_anywhere_breaks_a_check(new_phone: Phone, mode: str, path: str) -> None:
    new_phone.trio.set_calls(Call(), Call("0xb5000002"))
    new_phone.trio.set_lines(Line(1), Line(2, servers=(True, False)))
    whole = plain(new_phone.data[path])
    odd = [..., *ODD]
    for number, place in enumerate(places(whole)):
        if len(place) > 1 and place[0] == 1:
            continue  # the second row is as the first
        for value in odd[number % 5 :: 5]:  # each place gets a fifth of them, its neighbours the others
            changed = copy.deepcopy(whole)
            put(changed, place, value)
            new_phone.data[path] = changed
            answer = new_phone.check(mode, *NEEDED.get(mode, ()), "-v")
            assert_fine(answer, mode, f"{place} = {value!r}")


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "config"])
def test_no_odd_data_breaks_a_check(new_phone: Phone, mode: str, value: Any) -> None:
    new_phone.data[MAIN[mode]] = value
    answer = new_phone.check(mode, "-v")
    assert_fine(answer, mode, repr(value))
    if not isinstance(value, (list, dict)) and MAIN[mode] != PRESENCE:
        assert answer.code == 3


def assert_fine(answer: Answer, mode: str, where: str) -> None:
    assert "internal error" not in answer.stdout, f"{where}: {answer.stdout}"
    assert "\x1b" not in answer.stdout, where
    if not mode.startswith("list-") or answer.code:
        assert answer.first_line.startswith(f"TRIO {mode.upper()} "), f"{where}: {answer.stdout}"
