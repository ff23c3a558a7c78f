"""The parameters that `trio config` reads: the phone's limits, and secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_videoconf.simulator import Canned

from .simulated import CONFIG, Phone

RATE = ("--expect", "video.callRate=2048")
SECRET = "registrar-secret"


def figures(different: int, expected: int) -> str:
    return f"'config.different.count'={different};;0;0;{expected}"


# -- the phone's limits


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (20, 1), (21, 2), (45, 3)])
def test_20_parameters_go_into_a_request(new_phone: Phone, count: int, requests: int) -> None:
    options = []
    for number in range(count):
        new_phone.configure(f"some.{number}", f"{number}")
        options += ["--expect", f"some.{number}={number}"]
    answer = new_phone.check("config", *options)
    words = "parameter" if count == 1 else "parameters"
    assert answer.first_line == f"TRIO CONFIG OK - {count} {words} as expected | {figures(0, count)}"
    assert new_phone.requests == ["POST v1/mgmt/config/get"] * requests


def test_a_parameter_that_the_phone_does_not_know_is_unknown(new_phone: Phone) -> None:
    answer = new_phone.check("config", *RATE, "--expect", "no.such=1", "--parameter", "nor.this")
    said = "parameter no.such is unknown to the phone / parameter nor.this is unknown to the phone"
    assert answer.first_line == f"TRIO CONFIG UNKNOWN - {said} | {figures(0, 2)}"
    assert answer.code == 3


@pytest.mark.parametrize("data", [{"InvalidParams": ["no.such"], "Status": "2000"}, {"data": None, "Status": "2000"}])
def test_an_answer_without_any_data_knows_no_parameter(new_phone: Phone, data: Any) -> None:
    new_phone.trio.respond[CONFIG] = Canned(200, {"Content-Type": "application/json"}, json.dumps(data).encode())
    assert new_phone.check("config", "--parameter", "no.such").summary == "parameter no.such is unknown to the phone"


def test_keys_may_be_lower_case_as_the_manual_prints_them(new_phone: Phone) -> None:
    new_phone.data[CONFIG]["video.callRate"] = {"value": "2048", "source": "DEFAULT"}
    answer = new_phone.check("config", *RATE, "-v")
    assert answer.long_output[0] == "OK: video.callRate is '2048' (from DEFAULT)"


@pytest.mark.parametrize("status", ["4000", "4009"])
def test_a_status_of_the_phone_is_said(new_phone: Phone, status: str) -> None:
    new_phone.trio.status[CONFIG] = status
    answer = new_phone.check("config", *RATE)
    assert f" with status {status}: " in answer.summary
    assert answer.code == 3


@pytest.mark.parametrize(
    "found",
    [None, [], "2048", {}, {"Source": "web"}, {"Value": None}, {"Value": []}, {"Value": {"Value": "2048"}}],
)
def test_a_value_that_cannot_be_read_is_unknown_and_the_others_are_judged(new_phone: Phone, found: Any) -> None:
    new_phone.data[CONFIG]["video.callRate"] = found
    answer = new_phone.check("config", *RATE, "--expect", "reg.1.address=room2")
    assert answer.summary.startswith("parameter reg.1.address: expected room2, found room1 / ")
    assert "parameter video.callRate " in answer.summary
    assert answer.first_line.endswith(f" | {figures(1, 2)}")
    assert answer.code == 2


@pytest.mark.parametrize("data", [[], "text", 7])
def test_data_of_another_shape_is_unknown(new_phone: Phone, data: Any) -> None:
    body = json.dumps({"data": data, "Status": "2000"}).encode()
    new_phone.trio.respond[CONFIG] = Canned(200, {"Content-Type": "application/json"}, body)
    answer = new_phone.check("config", *RATE)
    assert answer.summary.endswith("mgmt/config/get has another shape than expected: data is not an object")
    assert answer.code == 3


# -- secrets


@pytest.mark.parametrize(
    "name",
    [
        "reg.1.auth.password",
        "device.auth.localAdminPassword",
        "device.net.dot1x.password",
        "device.wifi.psk.key",
        "device.wifi.wep.key1",
        "device.sec.TLS.customDeviceKey",
        "sec.encryption.key",
        "device.snmp.community",
        "some.loginPin",
        "some.apiToken",
        "some.sharedSecret",
    ],
)
@pytest.mark.parametrize("value", [SECRET, 'with "quotes" \\ and ü', "9=81"])
def test_a_secret_is_compared_and_in_no_output(new_phone: Phone, name: str, value: str) -> None:
    new_phone.configure(name, value)
    for expected, code in ((value, 0), ("guess-work", 2)):
        for options in (("-v",), ("-vvv",), ("--output", "json"), ("--critical-parameter", "%{value} =~ /./")):
            answer = new_phone.check("config", "--expect", f"{name}={expected}", *options)
            assert answer.code == (2 if "--critical-parameter" in options else code)
            assert value not in answer.stdout
            assert json.dumps(value)[1:-1] not in answer.stdout
            assert "guess-work" not in answer.stdout
            assert "***" in answer.stdout or options == ("--output", "json")


def test_a_secret_that_differs_is_said_to_differ(new_phone: Phone) -> None:
    answer = new_phone.check("config", "--expect", "reg.1.auth.password=guess-work")
    said = "parameter reg.1.auth.password: expected ***, found *** / parameters different 1, above 0"
    assert answer.summary == said


def test_a_secret_is_in_no_output_when_the_answer_is_cut_off(new_phone: Phone) -> None:
    body = f'{{"data": {{"reg.1.auth.password": {{"Value": "{SECRET}", "Sour'.encode()
    new_phone.trio.respond[CONFIG] = Canned(200, {"Content-Type": "application/json"}, body)
    answer = new_phone.check("config", "--parameter", "reg.1.auth.password", "-vvv")
    assert answer.code == 3
    assert SECRET not in answer.stdout


def test_an_account_in_an_address_is_in_no_output(new_phone: Phone) -> None:
    url = "https://phones:hunter22@prov.example.net"
    new_phone.configure("device.prov.serverName", url)
    for expected in (url, "https://other:hunter33@prov.example.com"):
        for options in (("-v",), ("-vvv",)):
            answer = new_phone.check("config", "--expect", f"device.prov.serverName={expected}", *options)
            assert answer.code == (0 if expected == url else 2)
            assert "hunter" not in answer.stdout
            assert "https://***@prov.example.net" in answer.stdout


def test_nothing_of_a_configuration_is_stored(new_phone: Phone) -> None:
    new_phone.check("config", "--expect", f"reg.1.auth.password={SECRET}", "--cache", "60")
    for file in new_phone.state_directory.iterdir():
        assert SECRET not in file.read_text()
