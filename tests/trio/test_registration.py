"""trio registration."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Line

from .simulated import LINES_V1, SIP_STATUS, Phone

REGISTERED = Line(1, "Room 1")
UNREGISTERED = Line(2, "Room 2", state="Unregistered")


def figures(total: int, registered: int, unregistered: int) -> str:
    return (
        f"'lines.total.count'={total};;;0; 'lines.registered.count'={registered};;;0;{total} "
        f"'lines.unregistered.count'={unregistered};;;0;{total}"
    )


def events(*states: str, kind: str = "Register") -> list[dict[str, str]]:
    return [{"Type": kind, "RegistrationState": state, "CallID": "", "Expires": "6"} for state in states]


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


# -- which of the two resources says what


def test_what_sip_status_says_of_a_line_counts_more_than_line_info(new_phone: Phone) -> None:
    new_phone.data[SIP_STATUS]["User"][0]["Events"] = events("Registering")
    assert new_phone.data[LINES_V1][0]["RegistrationStatus"] == "registered"
    assert new_phone.check("registration").summary == "line 1 (Room 1) is Registering"


def test_a_line_that_sip_status_does_not_know_has_the_state_of_line_info(new_phone: Phone) -> None:
    new_phone.trio.set_lines(REGISTERED, UNREGISTERED)
    del new_phone.data[SIP_STATUS]["User"][1]
    assert new_phone.check("registration").summary == "line 2 (Room 2) is unregistered"


@pytest.mark.parametrize("users", [[], None, ...])
def test_a_sip_status_without_users_leaves_it_to_line_info(new_phone: Phone, users: Any) -> None:
    new_phone.data[SIP_STATUS] = {"TotalUser": "0"} if users is ... else {"TotalUser": "0", "User": users}
    answer = new_phone.check("registration")
    assert answer.first_line == f"TRIO REGISTRATION OK - 1 of 1 line registered | {figures(1, 1, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(
    "user",
    [
        {},
        "text",
        None,
        {"LineNumber": "1"},
        {"LineNumber": "1", "Events": None},
        {"LineNumber": "1", "Events": [None, "text", {}]},
        {"LineNumber": "1", "Events": events("Unregistered", kind="Presence")},
        {"LineNumber": None, "Events": events("Unregistered")},
        {"LineNumber": [], "Events": events("Unregistered")},
        {"LineNumber": "1", "Events": [{"Type": "Register", "RegistrationState": 7}]},
        {"LineNumber": "1", "Events": [{"Type": "Register", "RegistrationState": ""}]},
    ],
)
def test_a_user_without_a_registration_leaves_it_to_line_info(new_phone: Phone, user: Any) -> None:
    new_phone.data[SIP_STATUS]["User"] = [user]
    answer = new_phone.check("registration", "-v")
    assert answer.long_output[0] == "OK: line 1 (Room 1) is registered"


def test_users_of_another_type_are_said(new_phone: Phone) -> None:
    new_phone.data[SIP_STATUS]["User"] = {"Name": "room1"}
    answer = new_phone.check("registration")
    assert (answer.long_output, answer.code) == (["User of a SIP status is unreadable (an object)"], 0)


def test_of_several_registrations_of_a_line_the_failing_one_counts(new_phone: Phone) -> None:
    user = new_phone.data[SIP_STATUS]["User"][0]
    user["Events"] = events("Registered", "Unregistered", "Registered")
    assert new_phone.check("registration").summary == "line 1 (Room 1) is Unregistered"
    user["Events"] = events("Registered", "Registered")
    assert new_phone.check("registration").code == 0
    new_phone.data[SIP_STATUS]["User"] = [
        {"LineNumber": "1", "Events": events("Unregistered")},
        {"LineNumber": 1, "Events": events("Registered")},
    ]
    assert new_phone.check("registration").code == 2


def test_a_line_of_sip_status_alone_is_no_line(new_phone: Phone) -> None:
    new_phone.data[SIP_STATUS]["User"].append({"LineNumber": "9", "Events": events("Unregistered")})
    assert new_phone.check("registration").perfdata["lines.total.count"] == "1;;;0;"


@pytest.mark.parametrize("status", ["4003", "4004", "5000"])
def test_a_phone_without_sip_status_is_judged_by_line_info_alone(new_phone: Phone, status: str) -> None:
    new_phone.trio.status[SIP_STATUS] = status
    answer = new_phone.check("registration")
    assert answer.first_line == f"TRIO REGISTRATION OK - 1 of 1 line registered | {figures(1, 1, 0)}"
    (remark,) = answer.long_output
    assert remark.startswith("judged by lineInfo alone: ")
    assert f"status {status}" in remark


def test_firmware_without_the_resource_is_judged_by_line_info_alone(new_phone: Phone) -> None:
    del new_phone.data[SIP_STATUS]
    answer = new_phone.check("registration")
    assert (answer.summary, answer.code) == ("1 of 1 line registered", 0)
    assert "(HTTP 404)" in answer.long_output[0]


def test_a_phone_whose_rest_api_is_off_is_unknown(new_phone: Phone) -> None:
    new_phone.data.clear()
    new_phone.trio.status.clear()
    answer = new_phone.check("registration")
    assert answer.summary == (
        "phone.test:443 has no REST API at /api/v1/mgmt/lineInfo (HTTP 404): it is switched off, or the firmware "
        "lacks it"
    )
    assert answer.code == 3


@pytest.mark.parametrize("path", [SIP_STATUS, LINES_V1])
def test_a_phone_that_says_that_the_line_is_not_registered_is_critical(new_phone: Phone, path: str) -> None:
    new_phone.trio.status[path] = "4002"
    answer = new_phone.check("registration")
    assert answer.summary == f"phone.test:443 answered /api/v1/{path} with status 4002: line not registered"
    assert answer.code == 2


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


def test_an_unknown_state_for_no_lines_is_an_option_error(new_phone: Phone) -> None:
    answer = new_phone.check("registration", "--no-lines", "fine")
    assert answer.first_line.startswith("UNKNOWN: --no-lines: 'fine' is none of ok, warning, critical, unknown")
    assert (answer.code, new_phone.requests) == (3, [])


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
    assert answer.first_line.endswith(f" | {figures(3, 1, 1)}")
    assert answer.long_output[1].startswith("UNKNOWN: state of a line is ")


def test_a_state_that_line_info_lacks_does_not_matter_where_sip_status_has_it(new_phone: Phone) -> None:
    del new_phone.data[LINES_V1][0]["RegistrationStatus"]
    assert new_phone.check("registration").code == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "LineNumber of a line is null or empty"),
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
