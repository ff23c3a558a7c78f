"""The phone's envelope and its Status, as seen through `trio device`."""

from __future__ import annotations

import json

import pytest

from .phone import IDLE, POLL, STATS, Phone, answered, memory, stats

UNKNOWN = "TRIO DEVICE UNKNOWN - "


@pytest.mark.parametrize("status", ["2000", 2000, " 2000 "])
def test_a_status_may_be_text_or_number(phone: Phone, status: object) -> None:
    phone.set(STATS, stats(), status)
    assert phone.check("device").code == 0


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("4000", "invalid input parameters"),
        ("4003", "operation not allowed"),
        ("4004", "operation not supported"),
        ("4009", "input size limit exceeded"),
        ("4010", "the default password must be changed before the REST API answers"),
        (5000, "failed to process the request"),
        ("4999", "unknown status"),
        ("<b>|", "unknown status"),
    ],
)
def test_a_status_is_told_with_its_meaning(phone: Phone, status: object, meaning: str) -> None:
    phone.set(STATS, None, status)
    answer = phone.check("device", "--unreachable-state", "critical")
    shown = f"{status}".replace("|", "/")
    assert answer.first_line == f"{UNKNOWN}trio.test:443 answered {STATS} with status {shown}: {meaning}"
    assert answer.code == 3


def test_keys_with_blanks_round_them_are_read(phone: Phone) -> None:
    blanks = {" CPU": {"Current ": "18.5", " Average": "21.9"}, "Memory ": {f"{k} ": v for k, v in memory().items()}}
    phone.answers[STATS] = (200, json.dumps({" Status ": "2000", "data ": blanks}))
    assert phone.check("device").summary == "Idle, CPU 21.9 % on average, memory 58 %"


# -- busy


def test_a_busy_phone_is_asked_again(phone: Phone) -> None:
    phone.answers[STATS] = [(403, ""), (200, answered(None, "4001")), (200, answered(stats()))]
    assert phone.check("device", retries=2).code == 0
    assert phone.requests == [STATS, STATS, STATS, POLL]


def test_a_phone_that_answers_403_to_every_try_is_busy_or_the_account_is_not_permitted(phone: Phone) -> None:
    phone.answers[STATS] = (403, "")
    answer = phone.check("device", "--unreachable-state", "warning", retries=2)
    assert answer.first_line == (
        f"TRIO DEVICE WARNING - trio.test:443 is busy, or account 'Polycom' is not permitted to read {STATS} (HTTP 403)"
    )
    assert (answer.code, len(phone.requests)) == (1, 3)


def test_a_phone_that_says_4001_to_every_try_is_unknown_whatever_the_unreachable_state(phone: Phone) -> None:
    phone.set(STATS, None, "4001")
    answer = phone.check("device", "--unreachable-state", "critical", retries=1)
    assert answer.first_line == f"{UNKNOWN}trio.test:443 answered {STATS} with status 4001: device busy"
    assert (answer.code, len(phone.requests)) == (3, 2)


def test_no_try_is_made_that_would_pass_the_deadline(phone: Phone) -> None:
    phone.answers[STATS] = (403, "")
    assert phone.check("device", "--timeout", "0.2", retries=5).code == 3
    assert len(phone.requests) < 6


# -- switched off, and other things that are no phone


def test_rest_switched_off_is_said(phone: Phone) -> None:
    phone.answers = {}
    answer = phone.check("device", "--unreachable-state", "critical")
    assert answer.first_line == (
        f"{UNKNOWN}trio.test:443 has no REST API at {STATS} (HTTP 404): it is switched off, or the firmware lacks it"
    )
    assert answer.long_output[0] == "what to do: set apps.restapi.enabled to 1 on the phone"
    assert answer.code == 3


def test_wrong_credentials_are_said_with_the_account(phone: Phone) -> None:
    phone.answers[STATS] = (401, "")
    assert phone.check("device").summary == "authentication failed for account 'Polycom' at trio.test:443: HTTP 401"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{}", "no Status, this is not the REST API of a phone"),
        ("[]", "no Status, this is not the REST API of a phone"),
        ('"2000"', "no Status, this is not the REST API of a phone"),
        ('{"Status": null}', "no Status, this is not the REST API of a phone"),
        ('{"Status": ["2000"]}', "no Status, this is not the REST API of a phone"),
        ('{"Status": "2000"}', "data is not an object"),
        ('{"Status": "2000", "data": null}', "data is not an object"),
        ('{"Status": "2000", "data": []}', "data is not an object"),
        ('{"Status": "2000", "data": "fine"}', "data is not an object"),
    ],
)
def test_json_of_another_shape_is_unknown(phone: Phone, body: str, reason: str) -> None:
    phone.answers[STATS] = (200, body)
    answer = phone.check("device")
    assert answer.first_line == (
        f"{UNKNOWN}the answer of trio.test:443 to {STATS} has another shape than expected: {reason}"
    )
    assert answer.code == 3


@pytest.mark.parametrize("depth", [900, 3000, 8000])
def test_deep_nesting_is_no_internal_error(phone: Phone, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    phone.answers[STATS] = (200, f'{{"Status": "2000", "data": {nested}}}')
    answer = phone.check("device")
    assert answer.first_line.startswith(UNKNOWN)
    assert answer.code == 3


def test_two_requests_one_after_the_other_and_none_from_a_cache(phone: Phone) -> None:
    assert phone.check("device").code == 0
    assert phone.check("device").code == 0
    assert phone.requests == [STATS, POLL] * 2


def test_a_cache_can_be_asked_for(phone: Phone) -> None:
    phone.check("device", "--cache", "60")
    phone.set(POLL, {**IDLE, "State": "Error"})
    assert phone.check("device", "--cache", "60").code == 0
    assert len(phone.requests) == 2
