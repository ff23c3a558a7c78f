"""pexip registrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import NODE_CONFIGURATION, Row, without

REGISTRATION = "status/v1/registration_alias/"


def registration(number: int, alias: object = None, **changed: Any) -> Row:
    return {
        "alias": alias or f"zaphod{number}@example.com",
        "id": number,
        "is_natted": False,
        "node": "10.44.7.101",
        "protocol": "SIP",
        "push_token": "",
        "registration_id": f"1f4c{number}",
        "remote_address": "10.20.0.11",
        "resource_uri": f"/api/admin/{REGISTRATION}{number}/",
        "start_time": "2026-02-27T05:00:01.000000",
        "username": f"zaphod{number}",
        **changed,
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Four registrations by two protocols at two nodes."""
    manager.tables[REGISTRATION] = [
        registration(1),
        registration(2, "Room1@example.com", node="10.44.8.101"),
        registration(3, "room2@example.com", protocol="WebRTC"),
        registration(4, protocol="sip"),
    ]
    return manager


FIGURES = (
    "'sip#registrations.protocol.count'=3;;;0; 'webrtc#registrations.protocol.count'=1;;;0; "
    "'10.44.7.101#registrations.node.count'=3;;;0; '10.44.8.101#registrations.node.count'=1;;;0;"
)


def test_registrations_are_counted(manager: Manager) -> None:
    answer = manager.check("registrations", "-v")
    assert (
        answer.first_line == f"PEXIP REGISTRATIONS OK - 4 registrations | 'registrations.total.count'=4;;;0; {FIGURES}"
    )
    assert answer.code == 0
    assert manager.requests == [f"{REGISTRATION}?limit=1000&offset=0"]


def test_nothing_registered_is_ok(manager: Manager) -> None:
    manager.tables[REGISTRATION] = []
    answer = manager.check("registrations")
    assert answer.first_line == "PEXIP REGISTRATIONS OK - 0 registrations | 'registrations.total.count'=0;;;0;"


def test_expected_ones_that_are_there_are_ok(manager: Manager) -> None:
    answer = manager.check("registrations", "--expect", "room1@example.com", "--expect", "ROOM2@EXAMPLE.COM")
    assert answer.first_line == (
        "PEXIP REGISTRATIONS OK - 4 registrations, 2 of 2 expected | "
        f"'registrations.total.count'=4;;;0; 'registrations.missing.count'=0;;0;0; {FIGURES}"
    )
    assert answer.code == 0


def test_one_that_is_missing_is_critical_and_named(manager: Manager) -> None:
    argv = ["--expect", "room1@example.com", "--expect", "room9@example.com", "--expect", "room8@example.com"]
    answer = manager.check("registrations", *argv)
    said = "registrations missing (room9@example.com, room8@example.com) 2, above 0"
    assert (answer.summary, answer.code) == (said, 2)
    assert answer.perfdata["registrations.missing.count"] == "2;;0;0;"


def test_some_may_be_missing_if_the_user_says_so(manager: Manager) -> None:
    argv = ["--critical-registrations-missing", "1", "--expect", "room9@example.com", "--expect", "room1@example.com"]
    answer = manager.check("registrations", *argv)
    assert (answer.summary, answer.code) == ("4 registrations, 1 of 2 expected", 0)


def test_an_alias_is_compared_as_a_whole(manager: Manager) -> None:
    assert manager.check("registrations", "--expect", "room1").code == 2


def test_a_file_of_expected_ones_may_have_comments(manager: Manager, tmp_path: Path) -> None:
    file = tmp_path / "rooms"
    file.write_text("# ours\n\nroom1@example.com  # first floor\r\n  room9@example.com\nroom#7@example.com\n")
    answer = manager.check("registrations", "--expect-file", str(file), "--expect", "room2@example.com")
    said = "registrations missing (room9@example.com, room#7@example.com) 2, above 0"
    assert (answer.summary, answer.code) == (said, 2)


def test_a_file_that_cannot_be_used_is_an_option_error(manager: Manager, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("# nobody\n")
    for name, reason in (("none", "no such file"), ("", "not a file"), ("empty", "it has no line")):
        answer = manager.check("registrations", "--expect-file", f"{tmp_path / name}")
        assert answer.first_line.startswith("UNKNOWN: --expect-file: ")
        assert answer.first_line.endswith(reason)
        assert answer.code == 3
    assert manager.requests == []


def test_an_alias_that_cannot_be_read_may_be_the_one_that_is_missed(manager: Manager) -> None:
    manager.tables[REGISTRATION][3]["alias"] = None
    answer = manager.check("registrations", "--expect", "room9@example.com")
    assert (answer.summary, answer.code) == ("alias of a registration is null or empty", 3)
    assert FIGURES in answer.first_line
    answer = manager.check("registrations", "--expect", "room1@example.com")
    assert answer.perfdata["registrations.missing.count"] == "0;;0;0;"


def test_without_expectations_no_alias_is_needed(manager: Manager) -> None:
    manager.tables[REGISTRATION] = [without(row, "alias") for row in manager.tables[REGISTRATION]]
    assert manager.check("registrations").code == 0


def test_aliases_are_not_kept_in_the_cache_and_the_check_does_without(manager: Manager, tmp_path: Path) -> None:
    for _ in range(2):
        assert manager.check("registrations", "--cache", "300", "--expect", "room1@example.com").code == 0
        assert manager.check("registrations", "--cache", "300").code == 0
    assert len(manager.requests) == 3
    kept = "".join(path.read_text() for path in (tmp_path / "state").glob("cache-*"))
    assert "registration_alias" in kept
    assert "room1" not in kept.lower()


def test_nodes_can_be_named(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [{"id": 1, "name": "lon-conf-01", "address": "10.44.7.101"}]
    perfdata = manager.check("registrations", "--resolve-nodes").perfdata
    assert perfdata["lon-conf-01#registrations.node.count"] == "3;;;0;"
    assert perfdata["10.44.8.101#registrations.node.count"] == "1;;;0;"


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("registrations-total", "4:", "5:", "registrations 4, below 5"),
        ("registrations-protocol", "3", "2", "registrations of sip 3, above 2"),
        ("registrations-node", "3", "2", "registrations of 10.44.7.101 3, above 2"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("registrations", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("protocol", ["SIP"], "unreadable (a list)"),
        ("protocol", None, "null or empty"),
        ("node", {}, "unreadable (an object)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[REGISTRATION][0][name] = value
    answer = manager.check("registrations")
    assert (answer.summary, answer.code) == (f"{name} of a registration is {said}", 3)
    assert answer.perfdata["registrations.total.count"] == "4;;;0;"


@pytest.mark.parametrize("name", ["protocol", "node"])
def test_a_field_that_is_missing_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[REGISTRATION][0] = without(manager.tables[REGISTRATION][0], name)
    answer = manager.check("registrations")
    assert (answer.summary, answer.code) == (f"{name} of a registration is missing", 3)
