"""trio presence."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import PRESENCE, Phone


def test_the_presence_is_said(any_phone: Phone) -> None:
    answer = any_phone.check("presence")
    assert (answer.stdout, answer.code) == ("TRIO PRESENCE OK - presence Available\n", 0)
    assert any_phone.requests == ["GET v1/mgmt/getPresence"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--warning-presence", "%{presence} =~ /offline/i"), 1),
        (("--critical-presence", "%{presence} ne 'Available'"), 2),
        (("--unknown-presence", "%{presence} eq 'Offline'"), 3),
        (("--warning-presence", "%{presence} eq 'Busy'"), 0),
    ],
)
def test_the_presence_is_judged_by_the_users_expression(any_phone: Phone, options: tuple[str, ...], code: int) -> None:
    any_phone.data[PRESENCE] = "Offline"
    answer = any_phone.check("presence", *options)
    assert (answer.summary, answer.code) == ("presence Offline", code)


def test_another_base_profile_is_unknown(new_phone: Phone) -> None:
    new_phone.trio.status[PRESENCE] = "4004"
    answer = new_phone.check("presence")
    said = "phone.test:443 answered /api/v1/mgmt/getPresence with status 4004: operation not supported"
    assert (answer.first_line, answer.code) == (f"TRIO PRESENCE UNKNOWN - {said}", 3)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Presence of an answer is null or empty"),
        ("", "Presence of an answer is null or empty"),
        ("  ", "Presence of an answer is null or empty"),
        ({}, "Presence of an answer is unreadable (an object)"),
    ],
)
def test_a_presence_that_cannot_be_had_is_unknown(new_phone: Phone, value: Any, said: str) -> None:
    new_phone.data[PRESENCE] = value
    answer = new_phone.check("presence")
    assert (answer.first_line, answer.code) == (f"TRIO PRESENCE UNKNOWN - {said}", 3)
