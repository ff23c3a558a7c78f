"""Which of its two resources `trio registration` believes in what."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Line

from .simulated import LINES_V1, SIP_STATUS, Phone

FINE = (
    "TRIO REGISTRATION OK - 1 of 1 line registered | "
    "'lines.total.count'=1;;;0; 'lines.registered.count'=1;;;0;1 'lines.unregistered.count'=0;;;0;1"
)
REGISTERED = Line(1, "Room 1")
UNREGISTERED = Line(2, "Room 2", state="Unregistered")


def events(*states: str | None, kind: str = "Register") -> list[dict[str, str | None]]:
    return [{"Type": kind, "RegistrationState": state, "CallID": "", "Expires": "6"} for state in states]


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
    assert answer.first_line == FINE
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


@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_registration_that_says_nothing_hides_no_failing_one(new_phone: Phone, blank: Any) -> None:
    user = new_phone.data[SIP_STATUS]["User"][0]
    for states in ((blank, "Unregistered"), ("Unregistered", blank), ("Registered", blank, "Unregistered")):
        user["Events"] = events(*states)
        answer = new_phone.check("registration")
        assert (answer.summary, answer.code) == ("line 1 (Room 1) is Unregistered", 2)


def test_a_line_of_sip_status_alone_is_no_line(new_phone: Phone) -> None:
    new_phone.data[SIP_STATUS]["User"].append({"LineNumber": "9", "Events": events("Unregistered")})
    assert new_phone.check("registration").perfdata["lines.total.count"] == "1;;;0;"


@pytest.mark.parametrize("status", ["4003", "4004", "5000"])
def test_a_phone_without_sip_status_is_judged_by_line_info_alone(new_phone: Phone, status: str) -> None:
    new_phone.trio.status[SIP_STATUS] = status
    answer = new_phone.check("registration")
    assert answer.first_line == FINE
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
