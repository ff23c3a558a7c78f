"""trio config."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import CONFIG, Phone

RATE = ("--expect", "video.callRate=2048")


def figures(different: int, expected: int) -> str:
    return f"'config.different.count'={different};;0;0;{expected}"


def test_parameters_as_expected_are_ok(any_phone: Phone) -> None:
    answer = any_phone.check("config", *RATE, "--expect", "reg.1.address=room1", "-v")
    assert answer.first_line == f"TRIO CONFIG OK - 2 parameters as expected | {figures(0, 2)}"
    assert answer.long_output[:2] == [
        "OK: video.callRate is '2048' (from default)",
        "OK: reg.1.address is 'room1' (from web)",
    ]
    assert (answer.code, any_phone.requests) == (0, ["POST v1/mgmt/config/get"])


def test_another_value_than_expected_is_critical_and_says_both(any_phone: Phone) -> None:
    any_phone.configure("video.callRate", "512")
    answer = any_phone.check("config", *RATE, "--expect", "reg.1.address=room1")
    said = "parameter video.callRate: expected 2048, found 512 / parameters different 1, above 0"
    assert answer.first_line == f"TRIO CONFIG CRITICAL - {said} | {figures(1, 2)}"
    assert answer.code == 2


@pytest.mark.parametrize(
    ("value", "expected", "code"),
    [
        ("2048", "2048", 0),
        (2048, "2048", 0),
        ("a=b", "a=b", 0),
        ("", "", 0),
        ("Room 1", "Room 1", 0),
        ("room", "Room", 2),
        ("2048 ", "2048", 2),
        ("", "x", 2),
        ("x", "", 2),
    ],
)
def test_values_are_compared_as_text(new_phone: Phone, value: Any, expected: str, code: int) -> None:
    new_phone.configure("some.name", value)
    assert new_phone.check("config", "--expect", f"some.name={expected}").code == code


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("video.callRate", ("1", "2048"), "'1' and '2048'"),
        ("video.callRate", ("2048", "1"), "'2048' and '1'"),
        ("video.callRate", ("2048", ""), "'2048' and ''"),
        ("reg.1.auth.password", ("one-secret", "another"), "'***' and '***'"),
        ("prov.server", ("https://me:geheim@a", "you:geheim@b"), "'https://***@a' and '***@b'"),
    ],
)
def test_two_expectations_of_a_parameter_are_an_option_error(
    new_phone: Phone, name: str, values: tuple[str, str], said: str
) -> None:
    answer = new_phone.check("config", *(f"--expect={name}={value}" for value in values))
    assert answer.stdout == f"UNKNOWN: --expect: {name} cannot be both {said}\n"
    assert (answer.code, new_phone.requests) == (3, [])


def test_an_expectation_may_be_given_twice(new_phone: Phone) -> None:
    answer = new_phone.check("config", *RATE, *RATE)
    assert answer.first_line == f"TRIO CONFIG OK - 1 parameter as expected | {figures(0, 1)}"


@pytest.mark.parametrize(
    "address", ["provuser:s3cr3tpw@prov.example.net/poly", "https://provuser:s3cr3tpw@prov.example.net"]
)
def test_credentials_in_an_address_are_in_no_output(new_phone: Phone, address: str) -> None:
    new_phone.configure("device.prov.serverName", address)
    shown = address.replace("provuser:s3cr3tpw@", "***@")
    for expected, code in ((address, 0), (shown, 0), ("provuser:s3cr3tpw@other", 2)):
        answer = new_phone.check("config", "--expect", f"device.prov.serverName={expected}", "-vvv")
        assert f"device.prov.serverName is '{shown}'" in answer.stdout
        assert "s3cr3tpw" not in answer.stdout
        assert answer.code == code
    assert answer.summary.startswith(f"parameter device.prov.serverName: expected ***@other, found {shown}")


@pytest.mark.parametrize("number", ["sip:room1@example.net", "SIPS:room1@example.net", "tel:12@example.net"])
def test_a_number_is_no_address_with_an_account(new_phone: Phone, number: str) -> None:
    new_phone.configure("reg.1.address", number)
    answer = new_phone.check("config", "--expect", f"reg.1.address={number}", "-v")
    assert answer.long_output[0] == f"OK: reg.1.address is '{number}' (from config)"
    assert new_phone.check("config", "--expect", "reg.1.address=sip:other@example.net").code == 2


@pytest.mark.parametrize(("name", "expected"), [("digitmap", "R9:5060@x"), ("reg.1.address", "xmpp:other@x")])
def test_what_is_no_servers_address_is_compared_as_a_whole(new_phone: Phone, name: str, expected: str) -> None:
    new_phone.configure(name, "im:bob@x")
    answer = new_phone.check("config", "--expect", f"{name}={expected}")
    said = f"parameter {name}: expected {expected}, found im:bob@x / parameters different 1, above 0"
    assert answer.first_line == f"TRIO CONFIG CRITICAL - {said} | {figures(1, 1)}"
    assert new_phone.check("config", "--expect", f"{name}=im:bob@x").code == 0


def test_the_account_of_a_server_is_not_compared_however_the_keys_are_written(new_phone: Phone) -> None:
    for value in ("Value", "value", " value "):
        new_phone.data[CONFIG]["device.prov.serverName"] = {value: "me:s3cr3tpw@prov.example.net", "source": "web"}
        answer = new_phone.check("config", "--expect", "device.prov.serverName=you:other@prov.example.net", "-vvv")
        assert answer.code == 0
        assert "s3cr3tpw" not in answer.stdout


def test_a_parameter_may_be_read_without_an_expectation(new_phone: Phone) -> None:
    answer = new_phone.check("config", "--parameter", "video.callRate", "-v")
    assert answer.first_line == f"TRIO CONFIG OK - 1 parameter read | {figures(0, 0)}"
    assert answer.long_output[0] == "OK: video.callRate is '2048' (from default)"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{name} eq 'video.callRate' and %{value} > 1024", 2),
        ("%{source} eq 'default'", 2),
        ("%{expected} eq '2048'", 2),
        ("%{value} ne %{expected}", 0),
    ],
)
def test_the_macros_of_a_parameter(new_phone: Phone, expression: str, code: int) -> None:
    assert new_phone.check("config", *RATE, "--critical-parameter", expression).code == code


def test_a_judged_parameter_is_said_with_its_source(new_phone: Phone) -> None:
    answer = new_phone.check("config", "--parameter", "reg.1.address", "--warning-parameter", "%{source} eq 'web'")
    assert answer.first_line == f"TRIO CONFIG WARNING - reg.1.address is 'room1' (from web) | {figures(0, 0)}"


def test_the_threshold_on_the_number_is_the_users(new_phone: Phone) -> None:
    new_phone.configure("video.callRate", "512")
    answer = new_phone.check("config", *RATE, "--critical-parameters-different", "~:")
    assert answer.summary == "parameter video.callRate: expected 2048, found 512"
    assert answer.code == 2


@pytest.mark.parametrize("options", [(), ("--expect", ""), ("--parameter", "")])
def test_without_any_parameter_it_is_an_option_error(new_phone: Phone, options: tuple[str, ...]) -> None:
    answer = new_phone.check("config", *options)
    assert answer.stdout == "UNKNOWN: which parameters? --expect NAME=VALUE or --parameter NAME\n"
    assert (answer.code, new_phone.requests) == (3, [])


@pytest.mark.parametrize("text", ["video.callRate", "=2048"])
def test_an_expectation_without_a_name_or_a_value_is_an_option_error(new_phone: Phone, text: str) -> None:
    answer = new_phone.check("config", "--expect", text)
    assert answer.first_line == f"UNKNOWN: --expect: '{text}' is not NAME=VALUE"
    assert (answer.code, new_phone.requests) == (3, [])
