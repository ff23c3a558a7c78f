"""conductor capacity."""

from __future__ import annotations

from typing import Any

import pytest

from .box import Box, Struct

PATH = "/api/4.0/servicecost/"
ALICE, BOB = "meet.alice@example.net", "meet.bob@example.net"


def resources(**values: object) -> list[Struct]:
    return [{"dimension": dimension, "value": value} for dimension, value in values.items()]


MCU: Struct = {
    "alias": ALICE,
    "bridge_type": "mcu",
    "pool_capacity": resources(ports=80),
    "conference_cost": resources(ports=2),
    "participant_cost": [{"num_screens": 1, "resources": resources(ports=1)}],
}
SERVER: Struct = {
    "alias": BOB,
    "bridge_type": "tsmcu",
    "pool_capacity": resources(signalling=200, media=30_720, licenses=30_720),
    "conference_cost": resources(signalling=0, media=0, licenses=0),
    "participant_cost": [
        {"num_screens": 2, "resources": resources(signalling=1, media=4_992, licenses=5_040)},
        {"num_screens": 1, "resources": resources(signalling=1, media=3_072, licenses=3_840)},
    ],
}


def test_capacity_by_dimension_and_participants_by_the_scarcest(box: Box) -> None:
    box.documents = {f"{PATH}{ALICE}": MCU, f"{PATH}{BOB}": SERVER}
    answer = box.check("capacity", "--alias", ALICE, "--alias", BOB)
    assert answer.first_line == (
        f"CONDUCTOR CAPACITY OK - {ALICE}: 78 participants possible, {BOB}: 8 participants possible | "
        f"'{ALICE}~ports#pool.capacity.count'=80;;;0; '{ALICE}#pool.participants.count'=78;;;0; "
        f"'{BOB}~signalling#pool.capacity.count'=200;;;0; '{BOB}~media#pool.capacity.count'=30720;;;0; "
        f"'{BOB}~licences#pool.capacity.count'=30720;;;0; '{BOB}#pool.participants.count'=8;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert box.asked == [f"{PATH}{ALICE}", f"{PATH}{BOB}"]


@pytest.mark.parametrize("word", ["licences", "licenses"])
def test_both_spellings_of_licences_are_one_dimension(box: Box, word: str) -> None:
    box.documents[f"{PATH}{BOB}"] = {
        "pool_capacity": resources(**{word: 100}),
        "conference_cost": resources(licences=10),
        "participant_cost": [{"num_screens": 1, "resources": resources(licenses=9)}],
    }
    answer = box.check("capacity", "--alias", BOB)
    assert answer.perfdata == {
        f"{BOB}~licences#pool.capacity.count": "100;;;0;",
        f"{BOB}#pool.participants.count": "10;;;0;",
    }


@pytest.mark.parametrize(("ports", "limit", "code"), [(80, "78:", 0), (79, "78:", 1), (0, "1:", 1)])
def test_thresholds(box: Box, ports: int, limit: str, code: int) -> None:
    box.documents[f"{PATH}{ALICE}"] = {**MCU, "pool_capacity": resources(ports=ports)}
    assert box.check("capacity", "--alias", ALICE, "--warning-participants-possible", limit).code == code


@pytest.mark.parametrize(("limit", "code"), [("80:", 0), ("81:", 2)])
def test_capacity_has_thresholds(box: Box, limit: str, code: int) -> None:
    box.documents[f"{PATH}{ALICE}"] = MCU
    answer = box.check("capacity", "--alias", ALICE, "--critical-capacity", limit)
    assert answer.code == code
    if code:
        assert answer.summary == f"capacity of {ALICE}~ports 80, below 81"


def test_it_needs_an_alias(box: Box) -> None:
    answer = box.check("capacity")
    assert answer.first_line == "UNKNOWN: capacity needs --alias ALIAS, a conference alias as it is dialled"
    assert (answer.code, box.asked) == (3, [])


@pytest.mark.parametrize("alias", ["a/b?c#d %", "../../status", "öl@example.net"])
def test_any_alias_is_one_piece_of_the_path(box: Box, alias: str) -> None:
    box.documents[f"{PATH}{alias}"] = MCU
    assert box.check("capacity", "--alias", alias).code == 0


def test_an_alias_nobody_knows_is_unknown_and_the_others_are_measured(box: Box) -> None:
    words = {
        "details": {},
        "error_code": "10",
        "message": "An object specified in the request cannot be found by the API.",
    }
    box.documents = {f"{PATH}{ALICE}": (404, words), f"{PATH}{BOB}": SERVER}
    answer = box.check("capacity", "--alias", ALICE, "--alias", BOB, "--unreachable-state", "critical")
    assert answer.summary == (
        f"conductor.test:443 answered {PATH}{ALICE} with error 10: An object specified in the request "
        "cannot be found by the API."
    )
    assert answer.perfdata[f"{BOB}#pool.participants.count"] == "8;;;0;"
    assert answer.code == 3


@pytest.mark.parametrize(
    ("member", "value", "line"),
    [
        ("pool_capacity", None, "{} is null or empty"),
        ("pool_capacity", [], "{} is unreadable (a list)"),
        ("pool_capacity", [{"dimension": "ports"}], "{} is unreadable (a list)"),
        ("pool_capacity", [{"value": 5}], "{} is unreadable (a list)"),
        ("pool_capacity", resources(ports=-1), "{} is unreadable (a list)"),
        ("pool_capacity", resources(media=1), f"pool_capacity of {ALICE} lacks ports, which a participant costs"),
        ("conference_cost", {"ports": 1}, "{} is unreadable (an object)"),
        ("participant_cost", [], "{} is unreadable (a list)"),
        ("participant_cost", [{"num_screens": 2, "resources": resources(ports=1)}], "{} is unreadable (a list)"),
    ],
)
def test_what_is_missing_or_unreadable_is_unknown(box: Box, member: str, value: Any, line: str) -> None:
    box.documents[f"{PATH}{ALICE}"] = {**MCU, member: value}
    answer = box.check("capacity", "--alias", ALICE)
    assert answer.summary == line.format(f"{member} of a service cost of {ALICE}")
    assert answer.code == 3
    assert f"{ALICE}#pool.participants.count" not in answer.perfdata


def test_an_empty_object_is_unknown(box: Box) -> None:
    box.documents[f"{PATH}{ALICE}"] = {}
    assert box.check("capacity", "--alias", ALICE).code == 3
    box.documents[f"{PATH}{ALICE}"] = []
    answer = box.check("capacity", "--alias", ALICE)
    assert answer.summary.endswith("another shape than expected: not an object")


def test_participants_who_cost_nothing_are_not_counted(box: Box) -> None:
    box.documents[f"{PATH}{ALICE}"] = {
        **MCU,
        "participant_cost": [{"num_screens": "1", "resources": resources(ports=0)}],
    }
    answer = box.check("capacity", "--alias", ALICE)
    assert (answer.summary, answer.code) == (f"{ALICE}: no cost a participant", 0)
    assert answer.long_output == [f"participants-possible of {ALICE}: not reported"]
    assert box.check("capacity", "--alias", ALICE, "--warning-participants-possible", "5:").code == 3


@pytest.mark.parametrize(
    ("signalling", "participant", "possible", "code"),
    [(0, {"media": 100}, 0, 2), (1, {"media": 100}, 10, 0), (0, {"media": 0}, 0, 2)],
)
def test_a_conference_that_does_not_fit_takes_no_participants(
    box: Box, signalling: int, participant: dict[str, int], possible: int, code: int
) -> None:
    box.documents[f"{PATH}{ALICE}"] = {
        "pool_capacity": resources(signalling=signalling, media=1000),
        "conference_cost": resources(signalling=1, media=0),
        "participant_cost": [{"num_screens": 1, "resources": resources(**participant)}],
    }
    answer = box.check("capacity", "--alias", ALICE, "--critical-participants-possible", "1:")
    assert answer.perfdata[f"{ALICE}#pool.participants.count"] == f"{possible};;1:;0;"
    assert answer.code == code


@pytest.mark.parametrize(("cost", "code"), [(1, 3), (0, 0)])
def test_a_cost_of_the_conference_that_the_pools_do_not_tell_is_unknown(box: Box, cost: int, code: int) -> None:
    box.documents[f"{PATH}{ALICE}"] = {**MCU, "conference_cost": resources(ports=2, signalling=cost)}
    answer = box.check("capacity", "--alias", ALICE)
    assert answer.code == code
    if code:
        assert answer.summary == f"pool_capacity of {ALICE} lacks signalling, which the conference costs"


def test_a_version_without_the_api_is_not_supported(box: Box) -> None:
    answer = box.check("capacity", "--alias", ALICE)
    assert answer.summary == (
        f"{PATH}{ALICE} is not supported by this version of Cisco TelePresence Conductor (HTTP 404)"
    )
    assert answer.code == 3
