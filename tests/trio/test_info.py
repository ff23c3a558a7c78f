"""trio info."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import INFO, INFO_V1, Phone


def test_new_firmware_is_asked_once_and_says_whether_it_is_ready(new_phone: Phone) -> None:
    answer = new_phone.check("info", "-v")
    figures = "'device.uptime.seconds'=86400s;600:;;0;"
    assert answer.first_line == f"TRIO INFO OK - Trio 8800, firmware 5.9.2.11461, up 1 d | {figures}"
    assert answer.long_output == [
        "OK: uptime 1 d",
        "OK: ready, AppStateMenu (Trio 8800, firmware 5.9.2.11461)",
    ]
    assert (answer.code, new_phone.requests) == (0, ["GET v2/mgmt/device/info"])


def test_old_firmware_is_asked_for_version_1_then(old_phone: Phone) -> None:
    answer = old_phone.check("info")
    figures = "'device.uptime.seconds'=86400s;600:;;0;"
    assert answer.first_line == f"TRIO INFO OK - RealPresence Trio 8800, firmware 5.7.1.4095, up 1 d | {figures}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert old_phone.requests == ["GET v2/mgmt/device/info", "GET v1/mgmt/device/info"]


def test_a_phone_that_does_not_support_version_2_is_asked_for_version_1(new_phone: Phone) -> None:
    new_phone.trio.status[INFO] = "4004"
    assert new_phone.check("info").first_line.startswith("TRIO INFO OK - Trio 8800, firmware 5.9.2.11461, up 1 d")


def test_version_1_may_have_the_layout_of_version_2(old_phone: Phone) -> None:
    parts = {"Days": "2", "Hours": "0", "Minutes": "0", "Seconds": "5"}
    old_phone.data[INFO_V1] = {
        "ModelNumber": "Trio 8800",
        "Firmware": {"Application": "5.7.2.100"},
        "UpTime": parts,
        "ReadyToUse": "False",
    }
    answer = old_phone.check("info")
    assert answer.summary == "not ready to use, no state (Trio 8800, firmware 5.7.2.100)"
    assert answer.perfdata == {"device.uptime.seconds": "172805s;600:;;0;"}


def test_keys_may_carry_blanks(old_phone: Phone) -> None:
    info = old_phone.data[INFO_V1]
    info["ModelNumber "] = info.pop("ModelNumber")
    assert old_phone.check("info").summary == "RealPresence Trio 8800, firmware 5.7.1.4095, up 1 d"


@pytest.mark.parametrize(
    ("seconds", "options", "state"),
    [
        (600, (), "OK"),
        (599, (), "WARNING"),
        (599, ("--warning-uptime", "5m:"), "OK"),
        (300, ("--critical-uptime", "5m:"), "WARNING"),
        (299, ("--critical-uptime", "5m:"), "CRITICAL"),
        (86_400, ("--warning-uptime", "10m:1d"), "OK"),
        (86_401, ("--warning-uptime", "10m:1d"), "WARNING"),
        (0, ("--warning-uptime", "~:"), "OK"),
    ],
)
def test_the_uptime_is_judged(new_phone: Phone, seconds: int, options: tuple[str, ...], state: str) -> None:
    new_phone.up(seconds)
    assert new_phone.check("info", *options).first_line.startswith(f"TRIO INFO {state} - ")


def test_a_phone_that_has_just_restarted_warns(any_phone: Phone) -> None:
    any_phone.up(540)
    answer = any_phone.check("info")
    said = "uptime 9 min, below 10 min"
    assert answer.first_line == f"TRIO INFO WARNING - {said} | 'device.uptime.seconds'=540s;600:;;0;"
    assert (answer.long_output, answer.code) == ([f"WARNING: {said}"], 1)


# -- ready


def test_a_phone_that_is_not_ready_warns(new_phone: Phone) -> None:
    new_phone.data[INFO].update(ReadyToUse="False", AppState="AppStateStartup")
    answer = new_phone.check("info")
    said = "not ready to use, AppStateStartup (Trio 8800, firmware 5.9.2.11461)"
    assert answer.first_line == f"TRIO INFO WARNING - {said} | 'device.uptime.seconds'=86400s;600:;;0;"
    assert (answer.long_output, answer.code) == ([f"WARNING: {said}"], 1)


@pytest.mark.parametrize(("written", "code"), [("True", 0), (True, 0), ("", 0), (None, 0), (False, 1), ("false", 1)])
def test_ready_is_read_however_it_is_written(new_phone: Phone, written: Any, code: int) -> None:
    new_phone.data[INFO]["ReadyToUse"] = written
    assert new_phone.check("info").code == code


def test_the_macros_of_ready(new_phone: Phone) -> None:
    expression = (
        "%{ready} eq 'True' and %{app_state} eq 'AppStateMenu' and %{model} =~ /8800/ and %{firmware} =~ /^5\\.9/"
    )
    assert new_phone.check("info", "--critical-ready", expression).code == 2
    assert new_phone.check("info", "--warning-ready", "").code == 0


def test_what_cannot_be_read_of_ready_is_said_and_costs_nothing(new_phone: Phone) -> None:
    new_phone.data[INFO]["ReadyToUse"] = "perhaps"
    answer = new_phone.check("info")
    assert (answer.long_output, answer.code) == (["ReadyToUse of a device info is unreadable (text)"], 0)


# -- expectations


def test_the_firmware_and_the_model_are_as_expected(any_phone: Phone) -> None:
    answer = any_phone.check("info", "--expect-firmware", r"^5\.[79]\.", "--expect-model", "8800$")
    assert answer.code == 0


def test_another_firmware_than_expected_is_critical(new_phone: Phone) -> None:
    answer = new_phone.check("info", "--expect-firmware", r"^7\.")
    said = "--expect-firmware: expected ^7\\., found 5.9.2.11461"
    assert answer.first_line == f"TRIO INFO CRITICAL - {said} | 'device.uptime.seconds'=86400s;600:;;0;"
    assert (answer.long_output, answer.code) == ([f"CRITICAL: {said}"], 2)


def test_another_model_than_expected_is_critical(new_phone: Phone) -> None:
    answer = new_phone.check("info", "--expect-model", "8500")
    assert (answer.summary, answer.code) == ("--expect-model: expected 8500, found Trio 8800", 2)


def test_an_expectation_that_is_no_regular_expression_is_an_option_error(new_phone: Phone) -> None:
    answer = new_phone.check("info", "--expect-firmware", "5.9(")
    assert answer.first_line.startswith("UNKNOWN: --expect-firmware: '5.9(' is not a regular expression")
    assert (answer.code, new_phone.requests) == (3, [])


# -- what cannot be read


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ModelNumber", None, "ModelNumber of a device info is null or empty"),
        ("ModelNumber", "", "ModelNumber of a device info is null or empty"),
        ("ModelNumber", " ", "ModelNumber of a device info is null or empty"),
        ("ModelNumber", ..., "ModelNumber of a device info is missing"),
        ("ModelNumber", {}, "ModelNumber of a device info is unreadable (an object)"),
        ("Firmware", ..., "firmware of a device info is missing"),
        ("Firmware", "5.9.2", "firmware of a device info is missing"),
        ("Firmware", {"Application": ""}, "firmware of a device info is null or empty"),
        ("Firmware", {"Application": " "}, "firmware of a device info is null or empty"),
        ("UpTime", ..., "uptime of a device info is missing"),
        ("UpTime", "soon", "uptime of a device info is unreadable (text)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_printed(
    new_phone: Phone, field: str, value: Any, said: str
) -> None:
    if value is ...:
        del new_phone.data[INFO][field]
    else:
        new_phone.data[INFO][field] = value
    answer = new_phone.check("info", "--expect-model", "8800", "--expect-firmware", "5")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata == ({} if field == "UpTime" else {"device.uptime.seconds": "86400s;600:;;0;"})


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_data_of_another_shape_is_unknown(new_phone: Phone, data: Any) -> None:
    new_phone.data[INFO] = data
    answer = new_phone.check("info")
    assert answer.summary == (
        "the answer of phone.test:443 to mgmt/device/info has another shape than expected: data is not an object"
    )
    assert answer.code == 3


def test_an_expectation_is_judged_whatever_counters_are_chosen(new_phone: Phone) -> None:
    answer = new_phone.check("info", "--filter-counters", "^uptime$", "--expect-firmware", r"^7\.")
    assert answer.code == 2


@pytest.mark.parametrize(
    ("field", "options", "code"),
    [
        ("ModelNumber", ("--filter-counters", "uptime"), 0),
        ("Firmware", ("--filter-counters", "uptime"), 0),
        ("UpTime", ("--filter-counters", "uptime"), 3),
        ("UpTime", ("--filter-counters", "ready"), 0),
        ("ModelNumber", ("--filter-counters", "ready"), 3),
        ("ModelNumber", ("--filter-counters", "uptime", "--expect-model", "8800"), 3),
        ("Firmware", ("--filter-counters", "uptime", "--expect-firmware", "5"), 3),
    ],
)
def test_a_field_matters_where_something_is_chosen_that_needs_it(
    new_phone: Phone, field: str, options: tuple[str, ...], code: int
) -> None:
    new_phone.data[INFO][field] = None
    answer = new_phone.check("info", *options)
    said = {
        "ModelNumber": "unknown, firmware 5.9.2.11461, up 1 d",
        "Firmware": "Trio 8800, firmware unknown, up 1 d",
        "UpTime": "Trio 8800, firmware 5.9.2.11461",
    }
    assert code or answer.summary == said[field]
    assert answer.code == code
