"""trio calls."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Call

from .simulated import CALLS, CALLS_V1, Phone

PERSON: dict[str, Any] = {"party": "Zaphod Beeblebrox", "number": "zaphod@example.net", "address": "198.51.100.42"}
RINGING = Call("0xb5000001", "Offering", "Incoming", 0)


def figures(active: int, muted: int | None, held: int, ringing: int, longest: int | None, warning: int = 43_200) -> str:
    shown = {
        "calls.active.count": f"{active};;;0;",
        "calls.muted.count": None if muted is None else f"{muted};;;0;{active}",
        "calls.held.count": f"{held};;;0;{active}",
        "calls.ringing.count": f"{ringing};;;0;{active}",
        "calls.duration.max.seconds": None if longest is None else f"{longest}s;{warning};;0;",
    }
    return " ".join(f"'{label}'={value}" for label, value in shown.items() if value)


def test_an_idle_phone_is_ok(any_phone: Phone) -> None:
    answer = any_phone.check("calls")
    assert answer.first_line == f"TRIO CALLS OK - no call | {figures(0, 0, 0, 0, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_old_firmware_is_asked_for_version_1_then(old_phone: Phone) -> None:
    old_phone.check("calls")
    assert old_phone.requests == ["GET v2/webCallControl/callStatus", "GET v1/webCallControl/callStatus"]


@pytest.mark.parametrize("idle", ["4007", 4007])
def test_new_firmware_may_say_that_it_is_idle_as_the_old_does(new_phone: Phone, idle: Any) -> None:
    new_phone.trio.status[CALLS] = idle
    assert new_phone.check("calls").summary == "no call"
    assert new_phone.requests == ["GET v2/webCallControl/callStatus"]


@pytest.mark.parametrize("data", [[], [{}]])
def test_an_empty_list_and_an_empty_object_in_it_are_no_call(new_phone: Phone, data: Any) -> None:
    new_phone.data[CALLS] = data
    answer = new_phone.check("calls")
    assert answer.first_line == f"TRIO CALLS OK - no call | {figures(0, 0, 0, 0, 0)}"


def test_a_call_in_progress_is_ok(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call(seconds=780, muted=True, **PERSON))
    answer = new_phone.check("calls", "-v")
    assert answer.first_line == f"TRIO CALLS OK - 1 call for 13 min | {figures(1, 1, 0, 0, 780)}"
    assert "OK: outgoing call on line 1, Connected, 13 min, muted" in answer.long_output


def test_old_firmware_knows_one_call_and_nothing_of_mute(old_phone: Phone) -> None:
    old_phone.trio.set_calls(Call(seconds=780, muted=True, **PERSON))
    answer = old_phone.check("calls")
    assert answer.first_line == f"TRIO CALLS OK - 1 call for 13 min | {figures(1, None, 0, 0, 780)}"
    assert (answer.long_output, answer.code) == (["muted: not supported by this version"], 0)
    answer = old_phone.check("calls", "--warning-muted", "0")
    assert (answer.summary, answer.code) == ("muted: not supported by this version", 3)


@pytest.mark.parametrize("field", ["DurationInSeconds", "DurationSeconds"])
def test_version_1_calls_the_duration_by_two_names(old_phone: Phone, field: str) -> None:
    old_phone.trio.set_calls(Call())
    old_phone.data[CALLS_V1].pop("DurationSeconds")
    old_phone.data[CALLS_V1][field] = "300"
    assert old_phone.check("calls").summary == "1 call for 5 min"


def test_all_calls_count_and_the_longest_is_said(new_phone: Phone) -> None:
    held = Call("0xb5000002", "CallHeld", seconds=7_200, muted=True, **PERSON)
    new_phone.trio.set_calls(Call(seconds=60), held, RINGING)
    answer = new_phone.check("calls")
    summary = "3 calls, the longest for 2 h"
    assert answer.first_line == f"TRIO CALLS OK - {summary} | {figures(3, 1, 1, 1, 7_200)}"


@pytest.mark.parametrize("state", ["Hold", "CallHold", "CallHeld", "OnHold", "RemoteHold", "held"])
def test_every_word_for_hold_is_held(new_phone: Phone, state: str) -> None:
    new_phone.trio.set_calls(Call(state=state))
    assert new_phone.check("calls").perfdata["calls.held.count"] == "1;;;0;1"


@pytest.mark.parametrize(("state", "ringing"), [("Offering", 1), ("RingBack", 1), ("Ringing", 1), ("Connected", 0)])
def test_a_ringing_call_is_known_by_its_state(any_phone: Phone, state: str, ringing: int) -> None:
    any_phone.trio.set_calls(Call(state=state))
    if CALLS in any_phone.data:
        del any_phone.data[CALLS][0]["Ringing"]
    assert any_phone.check("calls").perfdata["calls.ringing.count"] == f"{ringing};;;0;1"


@pytest.mark.parametrize("flag", ["1", 1, "True", True])
def test_a_ringing_call_is_known_by_its_flag(new_phone: Phone, flag: Any) -> None:
    new_phone.trio.set_calls(Call())
    new_phone.data[CALLS][0]["Ringing"] = flag
    assert new_phone.check("calls").perfdata["calls.ringing.count"] == "1;;;0;1"


# -- judging


@pytest.mark.parametrize(
    ("seconds", "options", "state"),
    [
        (43_200, (), "OK"),
        (43_201, (), "WARNING"),
        (43_201, ("--warning-call-duration-max", "1d"), "OK"),
        (14_400, ("--critical-call-duration-max", "4h"), "OK"),
        (14_401, ("--critical-call-duration-max", "4h"), "CRITICAL"),
    ],
)
def test_a_stuck_call_is_judged(any_phone: Phone, seconds: int, options: tuple[str, ...], state: str) -> None:
    any_phone.trio.set_calls(Call(seconds=seconds))
    assert any_phone.check("calls", *options).first_line.startswith(f"TRIO CALLS {state} - ")


def test_a_stuck_call_is_said_to_be_long(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call(seconds=46_800, **PERSON))
    answer = new_phone.check("calls")
    said = "the longest call has lasted 13 h, above 12 h"
    assert answer.first_line == f"TRIO CALLS WARNING - {said} | {figures(1, 0, 0, 0, 46_800)}"
    assert (answer.long_output, answer.code) == ([f"WARNING: {said}"], 1)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-calls-active=2", 0),
        ("--warning-calls-active=1", 1),
        ("--critical-muted=0", 2),
        ("--critical-held=0", 0),
        ("--warning-ringing=1", 0),
        ("--warning-ringing=0", 1),
    ],
)
def test_the_counters_are_judged(new_phone: Phone, option: str, code: int) -> None:
    new_phone.trio.set_calls(Call(muted=True), RINGING)
    assert new_phone.check("calls", option).code == code


def test_what_breaks_a_range_is_named(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call(muted=True), Call("0xb5000002", "CallHold"), RINGING)
    answer = new_phone.check("calls", "-w", "muted=0", "-w", "held=0", "-w", "ringing=0", "-w", "calls-active=0")
    assert answer.summary == (
        "calls active 3, above 0 / calls muted 1, above 0 / calls on hold 1, above 0 / calls ringing 1, above 0"
    )


# -- people


def test_nobody_is_named_at_any_verbosity_below_bodies(any_phone: Phone) -> None:
    any_phone.trio.set_calls(Call(**PERSON), Call("0xb5000002", **PERSON))
    for verbosity in ("-v", "-vv"):
        answer = any_phone.check("calls", verbosity)
        for secret in PERSON.values():
            assert secret not in answer.stdout


def test_callers_are_named_where_the_user_wants_it(any_phone: Phone) -> None:
    any_phone.trio.set_calls(Call(seconds=780, **PERSON))
    answer = any_phone.ask("calls", "-v", "--show-names")
    assert "Zaphod Beeblebrox" not in answer.first_line
    (line,) = (line for line in answer.long_output if "call on line 1" in line)
    assert line.startswith("OK: outgoing call on line 1 with Zaphod Beeblebrox (")
    assert line.endswith("zaphod@example.net), Connected, 13 min" + (", not muted" if CALLS in any_phone.data else ""))


# -- what cannot be read


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("CallState", None, "CallState of a call is null or empty"),
        ("CallState", "", "CallState of a call is null or empty"),
        ("CallState", ..., "CallState of a call is missing"),
        ("CallState", [], "CallState of a call is unreadable (a list)"),
        ("DurationSeconds", None, "call-duration-max: a call without its duration"),
        ("DurationSeconds", ..., "call-duration-max: a call without its duration"),
        ("DurationSeconds", "long", "call-duration-max: a call without its duration"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_printed(
    new_phone: Phone, field: str, value: Any, said: str
) -> None:
    new_phone.trio.set_calls(Call(seconds=60), Call("0xb5000002", seconds=120))
    row = new_phone.data[CALLS][1]
    if value is ...:
        del row[field]
    else:
        row[field] = value
    answer = new_phone.check("calls", "-v")
    assert (answer.summary, answer.code) == (said, 3)
    longest = 60 if field == "DurationSeconds" else 120
    assert answer.first_line.partition(" | ")[2] == figures(2, 0, 0, 0, longest)
    assert "None" not in answer.stdout


def test_of_calls_whose_duration_is_neither_known_nor_wanted_the_rest_is_said(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call())
    new_phone.data[CALLS][0]["DurationSeconds"] = "long"
    answer = new_phone.check("calls", "--filter-counters", "active")
    assert answer.first_line == "TRIO CALLS OK - 1 call | 'calls.active.count'=1;;;0;"


def test_of_calls_without_any_duration_there_is_none(new_phone: Phone) -> None:
    new_phone.trio.set_calls(Call())
    new_phone.data[CALLS][0]["DurationSeconds"] = None
    assert new_phone.check("calls").first_line.partition(" | ")[2] == figures(1, 0, 0, 0, None)


@pytest.mark.parametrize("value", [None, ..., "perhaps"])
def test_mute_that_is_not_told_is_left_out(new_phone: Phone, value: Any) -> None:
    new_phone.trio.set_calls(Call(seconds=780))
    if value is ...:
        del new_phone.data[CALLS][0]["Muted"]
    else:
        new_phone.data[CALLS][0]["Muted"] = value
    answer = new_phone.check("calls")
    assert answer.first_line == f"TRIO CALLS OK - 1 call for 13 min | {figures(1, None, 0, 0, 780)}"
    assert answer.long_output[0] == "muted: not reported"
    assert new_phone.check("calls", "--warning-muted", "1").code == 3


@pytest.mark.parametrize("data", [None, {}, "text", [7], [None]])
def test_calls_of_another_shape_are_unknown(new_phone: Phone, data: Any) -> None:
    new_phone.data[CALLS] = data
    answer = new_phone.check("calls")
    assert answer.summary == (
        "the answer of phone.test:443 to webCallControl/callStatus has another shape than expected: "
        "not a list of objects"
    )
    assert answer.code == 3


@pytest.mark.parametrize("data", [None, [], "text"])
def test_a_call_of_another_shape_is_unknown_on_old_firmware_too(old_phone: Phone, data: Any) -> None:
    old_phone.trio.set_calls(Call())
    old_phone.data[CALLS_V1] = data
    assert old_phone.check("calls").code == (0 if data == [] else 3)
