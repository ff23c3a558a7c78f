"""trio api."""

from __future__ import annotations

import re

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Answer, Run
from .simulated import INFO_V1, Phone


def asked(check: Run, simulator: Simulator, *argv: str) -> Answer:
    """The answer about a simulated phone over TLS, whose certificate has its MAC address for a name."""
    trio = simulator.trio
    address = ("-H", trio.host, "-p", str(trio.port), "--cacert", simulator.ca_file, "-u", simulator.username)
    return check("trio", "api", *address, *argv)


def test_an_api_that_answers_is_ok(check: Run, simulator: Simulator) -> None:
    answer = asked(check, simulator, "--password", simulator.password, "--tls-cn", "0004f2aabbcc")
    assert re.match(
        r"TRIO API OK - REST API answers in [\d.]+ s, certificate ends in \d+ d.* \| "
        r"'api\.response\.time\.seconds'=[\d.]+s;2;5;0; "
        r"'api\.certificate\.expiry\.seconds'=[\d.]+s;2592000:;604800:;;$",
        answer.first_line,
    )
    assert answer.code == 0


def test_without_credentials_a_401_says_that_the_api_is_on(check: Run, simulator: Simulator) -> None:
    answer = asked(check, simulator, "--insecure")
    assert answer.summary.startswith("REST API is on and asks for credentials in ")
    assert answer.code == 0


def test_wrong_credentials_are_unknown(check: Run, simulator: Simulator) -> None:
    answer = asked(check, simulator, "--insecure", "--password", "not this one")
    assert answer.summary.startswith("authentication failed for account 'monitor' at 127.0.0.1:")
    assert answer.code == 3


def test_an_api_that_is_off_is_said_to_be_off(any_phone: Phone) -> None:
    del any_phone.data[INFO_V1]
    answer = any_phone.check("api")
    assert answer.summary == (
        "phone.test:443 has no REST API at /api/v1/mgmt/device/info (HTTP 404): it is switched off, or the firmware "
        "lacks it"
    )
    assert answer.long_output[0] == "what to do: set apps.restapi.enabled to 1 on the phone"
    assert answer.code == 3


def test_a_default_password_is_said_to_be_in_the_way(any_phone: Phone) -> None:
    any_phone.trio.status[INFO_V1] = "4010"
    answer = any_phone.check("api")
    assert answer.summary == (
        "phone.test:443 answered /api/v1/mgmt/device/info with status 4010: "
        "the default password must be changed before the REST API answers"
    )
    assert answer.code == 3


@pytest.mark.parametrize("state", ["unknown", "critical", "warning"])
def test_what_the_phone_words_itself_is_unknown_whatever_unreachable_is(any_phone: Phone, state: str) -> None:
    any_phone.trio.status[INFO_V1] = "5000"
    assert any_phone.check("api", "--unreachable-state", state).code == 3
