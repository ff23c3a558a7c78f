"""trio communication."""

from __future__ import annotations

from typing import Any

import pytest

from .simulated import COMMUNICATION, Phone


def test_mute_and_the_ways_of_communication_are_said(any_phone: Phone) -> None:
    answer = any_phone.check("communication")
    said = "not muted, communication RxTx,RxTx,RxTx"
    assert (answer.stdout, answer.code) == (f"TRIO COMMUNICATION OK - {said}\n", 0)
    assert any_phone.requests == ["GET v1/mgmt/media/communicationInfo"]


@pytest.mark.parametrize(("written", "code"), [("True", 1), (True, 1), ("1", 1), ("False", 0), (False, 0)])
def test_mute_is_judged_by_the_users_expression(any_phone: Phone, written: Any, code: int) -> None:
    any_phone.data[COMMUNICATION]["PhoneMuteState"] = written
    answer = any_phone.check("communication", "--warning-communication", "%{muted} == 1")
    words = "muted" if code else "not muted"
    assert (answer.summary, answer.code) == (f"{words}, communication RxTx,RxTx,RxTx", code)


@pytest.mark.parametrize(
    ("types", "expression", "words"),
    [
        (["Rx", "Tx"], "%{types} eq 'Rx,Tx'", "Rx,Tx"),
        ([], "%{types} eq ''", "none"),
        (None, "%{types} eq ''", "none"),
    ],
)
def test_the_ways_are_joined_by_commas(any_phone: Phone, types: Any, expression: str, words: str) -> None:
    any_phone.data[COMMUNICATION]["CommunicationType"] = types
    answer = any_phone.check("communication", "--critical-communication", expression)
    assert (answer.summary, answer.code) == (f"not muted, communication {words}", 2)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("PhoneMuteState", None, "PhoneMuteState of an answer is null or empty"),
        ("PhoneMuteState", "", "PhoneMuteState of an answer is null or empty"),
        ("PhoneMuteState", ..., "PhoneMuteState of an answer is missing"),
        ("PhoneMuteState", "perhaps", "PhoneMuteState of an answer is unreadable (text)"),
        ("CommunicationType", ..., "CommunicationType of an answer is missing"),
        ("CommunicationType", "RxTx", "CommunicationType of an answer is unreadable (text)"),
        ("CommunicationType", {}, "CommunicationType of an answer is unreadable (an object)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_judged(
    new_phone: Phone, field: str, value: Any, said: str
) -> None:
    new_phone.data[COMMUNICATION][field] = value
    if value is ...:
        del new_phone.data[COMMUNICATION][field]
    answer = new_phone.check("communication")
    assert (answer.first_line, answer.code) == (f"TRIO COMMUNICATION UNKNOWN - {said}", 3)
    rest = "%{types} =~ /RxTx/" if field == "PhoneMuteState" else "%{muted} == 0"
    assert new_phone.check("communication", "--critical-communication", rest).code == 2


@pytest.mark.parametrize("data", [None, [], "text"])
def test_data_of_another_shape_is_unknown(new_phone: Phone, data: Any) -> None:
    new_phone.data[COMMUNICATION] = data
    answer = new_phone.check("communication")
    assert answer.summary.endswith("has another shape than expected: data is not an object")
