"""trio registration."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Line

from ..centreon.devices import TRIO, Poller
from ..conftest import Run
from .simulated import HOST, LINES_V1, SIP_STATUS, Phone

REGISTERED = Line(1, "Room 1")
UNREGISTERED = Line(2, "Room 2", state="Unregistered")


def figures(total: int, registered: int, unregistered: int) -> str:
    return (
        f"'lines.total.count'={total};;;0; 'lines.registered.count'={registered};;;0;{total} "
        f"'lines.unregistered.count'={unregistered};;;0;{total}"
    )


def test_registered_lines_are_ok(any_phone: Phone) -> None:
    any_phone.trio.set_lines(REGISTERED, Line(2, "Room 2"))
    answer = any_phone.check("registration", "-v")
    assert answer.first_line == f"TRIO REGISTRATION OK - 2 of 2 lines registered | {figures(2, 2, 0)}"
    assert answer.long_output[:2] == ["OK: line 1 (Room 1) is Registered", "OK: line 2 (Room 2) is Registered"]
    assert (answer.code, any_phone.requests) == (0, ["GET v1/webCallControl/sipStatus", "GET v1/mgmt/lineInfo"])


def test_an_unregistered_line_is_critical(any_phone: Phone) -> None:
    any_phone.trio.set_lines(REGISTERED, UNREGISTERED)
    answer = any_phone.check("registration")
    said = "line 2 (Room 2) is Unregistered"
    assert answer.first_line == f"TRIO REGISTRATION CRITICAL - {said} | {figures(2, 1, 1)}"
    assert (answer.long_output, answer.code) == ([f"CRITICAL: {said}"], 2)


@pytest.mark.parametrize("label", ["Room:1@h", "im:Registered@h"])
def test_a_label_that_looks_like_an_account_is_said_and_hides_nothing(any_phone: Phone, label: str) -> None:
    any_phone.trio.set_lines(Line(1, label))
    assert any_phone.check("registration", "-v").long_output[0] == f"OK: line 1 ({label}) is Registered"


@pytest.mark.parametrize("state", ["Unregistered", "unregistered", "Registering", "Registered?", "NotRegistered", "x"])
def test_only_registered_is_registered(any_phone: Phone, state: str) -> None:
    any_phone.trio.set_lines(Line(1, "Room 1", state=state))
    answer = any_phone.check("registration")
    assert answer.first_line == f"TRIO REGISTRATION CRITICAL - line 1 (Room 1) is {state} | {figures(1, 0, 1)}"


@pytest.mark.parametrize("state", ["Registered", "registered", "REGISTERED", " Registered "])
def test_registered_is_registered_in_any_case(any_phone: Phone, state: str) -> None:
    any_phone.data[SIP_STATUS]["User"][0]["Events"][0]["RegistrationState"] = state
    answer = any_phone.check("registration")
    assert answer.first_line == f"TRIO REGISTRATION OK - 1 of 1 line registered | {figures(1, 1, 0)}"


# -- judging


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{line} == 2", 2),
        ("%{label} eq 'Room 2'", 2),
        ("%{state} =~ /^un/i", 2),
        ("%{expires} == 2710", 2),
        ("%{expires} < 60 and %{state} !~ /^registered$/i", 2),
        ("%{protocol} eq 'SIP'", 2),
        ("%{line} == 3", 0),
        ("", 0),
    ],
)
def test_the_macros_of_a_line(new_phone: Phone, expression: str, code: int) -> None:
    new_phone.trio.set_lines(REGISTERED, UNREGISTERED)
    assert new_phone.check("registration", "--critical-registration", expression).code == code


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-lines-unregistered=0", 1),
        ("--warning-lines-unregistered=1", 0),
        ("--critical-lines-registered=1:", 0),
        ("--critical-lines-registered=2:", 2),
        ("--warning-lines-total=2:2", 0),
        ("--warning-lines-total=1", 1),
    ],
)
def test_the_numbers_of_lines_are_judged(new_phone: Phone, option: str, code: int) -> None:
    new_phone.trio.set_lines(REGISTERED, UNREGISTERED)
    assert new_phone.check("registration", "--critical-registration", "", option).code == code


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("warning", 1), ("critical", 2), ("unknown", 3), (None, 3)])
def test_the_state_of_a_phone_without_lines_is_the_users(any_phone: Phone, state: str | None, code: int) -> None:
    any_phone.trio.set_lines()
    answer = any_phone.check("registration", *(["--no-lines", state] if state else []))
    word = ("OK", "WARNING", "CRITICAL", "UNKNOWN")[code]
    assert answer.first_line == f"TRIO REGISTRATION {word} - the phone has no line | {figures(0, 0, 0)}"
    assert answer.code == code


@pytest.mark.parametrize(("options", "code"), [(("--no-lines", "critical"), 2), ((), 3), (("--no-lines", "ok"), 0)])
def test_no_lines_is_judged_whatever_counters_are_chosen(new_phone: Phone, options: tuple[str, ...], code: int) -> None:
    new_phone.trio.set_lines()
    answer = new_phone.check("registration", "--filter-counters", "^lines-total$", *options)
    assert (answer.summary, answer.code) == ("the phone has no line", code)


def test_an_unknown_state_for_no_lines_is_an_option_error(new_phone: Phone) -> None:
    answer = new_phone.check("registration", "--no-lines", "fine")
    assert answer.first_line.startswith("UNKNOWN: --no-lines: 'fine' is none of ok, warning, critical, unknown")
    assert (answer.code, new_phone.requests) == (3, [])


# -- a phone that says of itself that it is not registered

UNREGISTERED_PHONE = "phone.test:443 answered /api/v1/{} with status 4002: line not registered"


def test_a_phone_that_says_so_to_both_requests_is_critical_once(new_phone: Phone) -> None:
    new_phone.trio.status.update({SIP_STATUS: "4002", LINES_V1: "4002"})
    answer = new_phone.check("registration")
    said = UNREGISTERED_PHONE.format(SIP_STATUS)
    assert answer.first_line == f"TRIO REGISTRATION CRITICAL - {said}"
    assert (answer.long_output, answer.code) == ([f"CRITICAL: {said}"], 2)


@pytest.mark.parametrize("options", [("--critical-registration", ""), ("--filter-counters", "lines")])
def test_such_a_phone_is_unknown_where_that_is_not_judged(new_phone: Phone, options: tuple[str, ...]) -> None:
    new_phone.trio.status.update({SIP_STATUS: "4002", LINES_V1: "4002"})
    answer = new_phone.check("registration", *options)
    said = UNREGISTERED_PHONE.format(LINES_V1)
    assert (answer.first_line, answer.code) == (f"TRIO REGISTRATION UNKNOWN - {said}", 3)


@pytest.mark.parametrize(("options", "code"), [((), 2), (("--critical-status=",), 3)])
def test_such_a_phone_is_judged_so_in_the_drop_in_too(
    check: Run, new_phone: Phone, options: tuple[str, ...], code: int
) -> None:
    new_phone.trio.status.update({SIP_STATUS: "4002", LINES_V1: "4002"})
    answer = Poller(check, TRIO, HOST).ask("registration", *options)
    assert answer.summary == UNREGISTERED_PHONE.format(LINES_V1 if options else SIP_STATUS)
    assert answer.code == code


@pytest.mark.parametrize("options", [("--critical-registration", ""), ("--filter-counters", "lines")])
def test_lines_are_counted_where_what_sip_status_says_is_not_judged(new_phone: Phone, options: tuple[str, ...]) -> None:
    new_phone.trio.set_lines(REGISTERED, UNREGISTERED)
    new_phone.trio.status[SIP_STATUS] = "4002"
    answer = new_phone.check("registration", *options)
    assert answer.first_line == f"TRIO REGISTRATION OK - 1 of 2 lines registered | {figures(2, 1, 1)}"
    assert answer.long_output == [f"judged by lineInfo alone: {UNREGISTERED_PHONE.format(SIP_STATUS)}"]


# -- what cannot be read


@pytest.mark.parametrize("value", [None, "", [], ...])
def test_a_line_without_any_state_is_unknown_and_the_others_are_judged(new_phone: Phone, value: Any) -> None:
    new_phone.trio.set_lines(REGISTERED, UNREGISTERED, Line(3, "Room 3"))
    new_phone.data[SIP_STATUS]["User"].pop()
    row = new_phone.data[LINES_V1][2]
    if value is ...:
        del row["RegistrationStatus"]
    else:
        row["RegistrationStatus"] = value
    answer = new_phone.check("registration")
    assert answer.first_line.startswith(
        "TRIO REGISTRATION CRITICAL - line 2 (Room 2) is Unregistered / state of a line "
    )
    assert answer.perfdata == {"lines.total.count": "3;;;0;"}
    assert answer.long_output[1].startswith("UNKNOWN: state of a line is ")


def test_lines_without_a_state_are_not_counted_as_unregistered_nor_as_lacking(new_phone: Phone) -> None:
    new_phone.data[SIP_STATUS]["User"].clear()
    new_phone.data[LINES_V1][0]["RegistrationStatus"] = None
    options = ("--critical-lines-registered", "1:", "--critical-lines-unregistered", "1:")
    answer = new_phone.check("registration", *options)
    said = "state of a line is null or empty"
    assert answer.first_line == f"TRIO REGISTRATION UNKNOWN - {said} | 'lines.total.count'=1;;;0;"


@pytest.mark.parametrize("label", [None, "", "  "])
def test_a_label_that_says_nothing_is_not_said(new_phone: Phone, label: str | None) -> None:
    new_phone.data[LINES_V1][0]["Label"] = label
    assert "OK: line 1 is Registered" in new_phone.check("registration", "-v").long_output


def test_a_state_that_line_info_lacks_does_not_matter_where_sip_status_has_it(new_phone: Phone) -> None:
    del new_phone.data[LINES_V1][0]["RegistrationStatus"]
    assert new_phone.check("registration").code == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "LineNumber of a line is null or empty"),
        (" ", "LineNumber of a line is null or empty"),
        (..., "LineNumber of a line is missing"),
        ({}, "LineNumber of a line is unreadable (an object)"),
    ],
)
def test_a_line_without_number_is_unknown_and_judged_by_line_info(new_phone: Phone, value: Any, said: str) -> None:
    row = new_phone.data[LINES_V1][0]
    if value is ...:
        del row["LineNumber"]
    else:
        row["LineNumber"] = value
    answer = new_phone.check("registration", "-v")
    assert answer.first_line == f"TRIO REGISTRATION UNKNOWN - {said} | {figures(1, 1, 0)}"
    assert "OK: line without number (Room 1) is registered" in answer.long_output


@pytest.mark.parametrize("data", [None, {}, "text", [1], [[]]])
def test_lines_of_another_shape_are_unknown(new_phone: Phone, data: Any) -> None:
    new_phone.data[LINES_V1] = data
    answer = new_phone.check("registration")
    assert answer.summary == (
        "the answer of phone.test:443 to /api/v1/mgmt/lineInfo has another shape than expected: not a list of objects"
    )
    assert answer.code == 3
