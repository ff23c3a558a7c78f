"""trio provisioning."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import NETWORK_INFO, RUNNING, Phone

FOUND = "provisioned by https://prov.example.net (HTTPS), time from 192.0.2.123, DNS 192.0.2.53, VLAN none"
# Of each setting: section and key of runningConfig, key of network/info.
PLACES = {
    "server": ("Provisioning", "Server", "ProvServerAddress"),
    "type": ("Provisioning", "ServerType", "ProvServerType"),
    "sntp": ("SNTP", "Server", "SNTPAddress"),
    "dns": ("DNS", "PrimaryServer", "DNSServer"),
    "vlan": ("Network", "VLAN", "VLANID"),
}


def test_the_settings_are_said(any_phone: Phone) -> None:
    answer = any_phone.check("provisioning")
    assert (answer.stdout, answer.code) == (f"TRIO PROVISIONING OK - {FOUND}\n", 0)
    assert any_phone.requests == ["GET v1/mgmt/device/runningConfig", "GET v1/mgmt/network/info"]


def test_settings_that_are_empty_are_said_to_be_none(new_phone: Phone) -> None:
    for section, key, other in PLACES.values():
        new_phone.data[RUNNING][section][key] = new_phone.data[NETWORK_INFO][other] = ""
    answer = new_phone.check("provisioning")
    assert answer.summary == "no provisioning server, no time server, DNS none, VLAN none"
    assert answer.code == 0


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_setting_that_is_empty_and_that_network_info_does_not_know_is_none(new_phone: Phone, value: Any) -> None:
    new_phone.data[RUNNING]["DNS"]["PrimaryServer"] = ""
    new_phone.data[NETWORK_INFO]["DNSServer"] = value
    answer = new_phone.check("provisioning", "--expect-dns", "192.0.2.53")
    assert (answer.summary, answer.code) == ("--expect-dns: expected 192.0.2.53, found nothing", 2)


@pytest.mark.parametrize("name", list(PLACES))
@pytest.mark.parametrize("value", [..., None, "", " "])
def test_what_running_config_does_not_say_is_taken_from_network_info(new_phone: Phone, name: str, value: Any) -> None:
    section, key, other = PLACES[name]
    new_phone.data[RUNNING][section][key] = value
    if value is ...:
        del new_phone.data[RUNNING][section][key]
    new_phone.data[NETWORK_INFO][other] = "from-info"
    assert new_phone.check("provisioning", f"--expect-{name}", "FROM-INFO").code == 0


@pytest.mark.parametrize("section", ["Provisioning", "SNTP", "DNS", "Network"])
@pytest.mark.parametrize("value", [None, [], ...])
def test_a_section_that_is_not_there_is_taken_from_network_info(new_phone: Phone, section: str, value: Any) -> None:
    new_phone.data[RUNNING][section] = value
    if value is ...:
        del new_phone.data[RUNNING][section]
    assert new_phone.check("provisioning").summary == FOUND


@pytest.mark.parametrize("status", ["4003", "4004"])
def test_a_phone_without_running_config_is_judged_by_network_info_alone(new_phone: Phone, status: str) -> None:
    new_phone.trio.status[RUNNING] = status
    answer = new_phone.check("provisioning")
    assert (answer.summary, answer.code) == (FOUND, 0)
    assert f"status {status}" in answer.long_output[0]
    del new_phone.data[RUNNING]
    del new_phone.trio.status[RUNNING]
    assert new_phone.check("provisioning").summary == FOUND


@pytest.mark.parametrize("name", list(PLACES))
def test_another_setting_than_expected_is_critical(any_phone: Phone, name: str) -> None:
    section, key, _ = PLACES[name]
    any_phone.data[RUNNING][section][key] = "Other"
    assert any_phone.check("provisioning", f"--expect-{name}", "other").code == 0
    answer = any_phone.check("provisioning", f"--expect-{name}", "wanted")
    assert answer.first_line == f"TRIO PROVISIONING CRITICAL - --expect-{name}: expected wanted, found Other"
    assert answer.code == 2


def test_a_setting_that_is_empty_and_expected_is_critical(new_phone: Phone) -> None:
    answer = new_phone.check("provisioning", "--expect-vlan", "12")
    assert answer.summary == "--expect-vlan: expected 12, found nothing"


@pytest.mark.parametrize(
    "expression",
    [
        "%{server} =~ /prov/",
        "%{type} eq 'HTTPS'",
        "%{sntp} eq '192.0.2.123'",
        "%{dns} eq '192.0.2.53'",
        "%{vlan} eq ''",
    ],
)
def test_the_macros_of_the_settings(new_phone: Phone, expression: str) -> None:
    answer = new_phone.check("provisioning", "--warning-provisioning", expression)
    assert (answer.first_line, answer.code) == (f"TRIO PROVISIONING WARNING - {FOUND}", 1)


@pytest.mark.parametrize("name", list(PLACES))
@pytest.mark.parametrize("value", [None, {}, ...])
def test_a_setting_that_cannot_be_had_is_unknown_and_the_rest_is_judged(
    new_phone: Phone, name: str, value: Any
) -> None:
    section, key, other = PLACES[name]
    for holder, member in ((new_phone.data[RUNNING][section], key), (new_phone.data[NETWORK_INFO], other)):
        holder[member] = value
        if value is ...:
            del holder[member]
    answer = new_phone.check("provisioning", f"--expect-{name}", "x", "--warning-provisioning", "%{vlan} ne 'x'")
    assert answer.summary.startswith(f"{name} of a setting is missing / ")
    assert answer.code == 3


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://phones:hunter22@prov.example.net/cfg", "https://***@prov.example.net/cfg"),
        ("ftp://phones:hunter22/@prov.example.net", "ftp://***@prov.example.net"),
        ("phones:hunter22@prov.example.net/poly", "***@prov.example.net/poly"),
        (" phones:hunter22@prov.example.net/poly", "***@prov.example.net/poly"),
        ("me@example.net:hunter22@prov.example.net", "***@prov.example.net"),
        ("phones:12@hunter22/@prov.example.net", "***@prov.example.net"),
    ],
)
def test_credentials_in_the_servers_address_are_in_no_output(new_phone: Phone, url: str, shown: str) -> None:
    new_phone.data[RUNNING]["Provisioning"]["Server"] = url
    new_phone.data[NETWORK_INFO]["ProvServerAddress"] = url
    for options in ((), ("-vvv",), ("--output", "json"), ("--expect-server", "other"), ("--cache", "60")):
        answer = new_phone.check("provisioning", *options)
        assert "hunter22" not in answer.stdout
        assert "--expect-server" in options or shown in answer.stdout
    answer = new_phone.check("provisioning", "--expect-server", url.replace(".net", ".org"))
    assert "hunter22" not in answer.stdout
    assert answer.summary.startswith(f"--expect-server: expected {shown.replace('.net', '.org')}, found ")
    assert all("hunter22" not in file.read_text() for file in new_phone.state_directory.iterdir())
    assert new_phone.check("provisioning", "--expect-server", url).code == 0
    assert new_phone.check("provisioning", "--expect-server", shown).code == 0
    assert new_phone.check("provisioning", "--expect-server", shown.replace("***@", "")).code == 0
    assert new_phone.check("provisioning", "--expect-server", shown.replace("***", "you:other")).code == 0


def test_an_account_that_is_expected_and_not_set_is_not_compared(new_phone: Phone) -> None:
    for expected in ("https://me:hunter22@prov.example.net", "https://prov.example.net"):
        assert new_phone.check("provisioning", "--expect-server", expected).code == 0
    assert new_phone.check("provisioning", "--expect-server", "https://me:hunter22@prov.example.org").code == 2


def test_the_password_of_an_address_is_not_in_a_body_either(new_phone: Phone) -> None:
    new_phone.data[NETWORK_INFO]["ProvServerAddress"] = "phones:hunter22@prov.example.net"
    new_phone.data[NETWORK_INFO]["ProvServerNote"] = "hunter22"
    answer = new_phone.check("provisioning", "-vvv", "--max-output", "0")
    assert "***@prov.example.net" in answer.stdout
    assert "hunter22" not in answer.stdout


@pytest.mark.parametrize("name", list(PLACES))
def test_a_setting_that_looks_like_an_account_is_as_expected_wherever_it_stands(new_phone: Phone, name: str) -> None:
    section, key, other = PLACES[name]
    new_phone.data[RUNNING][section][key] = new_phone.data[NETWORK_INFO][other] = "im:bob@x"
    assert new_phone.check("provisioning", f"--expect-{name}", "im:bob@x").code == 0
    new_phone.data[RUNNING][section][key] = ""
    assert new_phone.check("provisioning", f"--expect-{name}", "im:bob@x").code == 0


@pytest.mark.parametrize("path", [RUNNING, NETWORK_INFO])
@pytest.mark.parametrize("data", [None, [], "text"])
def test_data_of_another_shape_is_unknown(new_phone: Phone, path: str, data: Any) -> None:
    new_phone.data[path] = data
    answer = new_phone.check("provisioning")
    assert answer.summary.endswith("has another shape than expected: data is not an object")
    assert answer.code == 3
