"""pexip list-…: what each lists. The forms of a list are in test_discovery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .manager import Manager
from .rows import CONFERENCE, Row, ago, conference, without

LOCATIONS = "status/v1/system_location/"
LICENSES = "status/v1/licensing/"
REGISTRATIONS = "status/v1/registration_alias/"
TLS = "configuration/v1/tls_certificate/"
CA = "configuration/v1/ca_certificate/"


def listed(manager: Manager, mode: str, *argv: str) -> list[dict[str, Any]]:
    answer = manager.check(mode, "--output", "json", *argv)
    assert answer.code == 0, answer.stdout
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


def certificate(name: str, **changed: Any) -> Row:
    return {
        "end_date": ago(-86400),
        "id": 1,
        "issuer_name": "Example CA",
        "nodes": ["a.example.com", "b.example.com"],
        "private_key": "-----BEGIN PRIVATE KEY-----",
        "start_date": ago(86400),
        "subject_name": name,
        **changed,
    }


def test_locations(manager: Manager) -> None:
    manager.tables[LOCATIONS] = [{"id": 1, "name": "Oslo"}, {"id": 2, "name": "London", "media_load": 3}]
    assert listed(manager, "list-locations") == [{"name": "London", "id": 2}, {"name": "Oslo", "id": 1}]
    assert listed(manager, "list-locations", "--filter-name", "^O") == [{"name": "Oslo", "id": 1}]


def test_conferences(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference(tag="x"), without(conference("Lecture", is_locked=True), "tag")]
    assert listed(manager, "list-conferences") == [
        {
            "name": "Board Meeting",
            "service_type": "conference",
            "tag": "x",
            "start_time": ago(3600.25),
            "locked": False,
        },
        {"name": "Lecture", "service_type": "conference", "tag": None, "start_time": ago(3600.25), "locked": True},
    ]
    assert len(listed(manager, "list-conferences", "--exclude-tag", "x")) == 1


def test_licenses_that_are_bought_or_in_use(manager: Manager) -> None:
    report = {
        **dict.fromkeys(("audio_count", "audio_total", "system_count", "system_total", "vmr_count", "vmr_total"), 0),
        "port_count": 3,
        "port_total": "250",
        "new_kind_count": 1,
        "new_kind_total": 0,
        "customlayouts_active": True,
    }
    manager.tables[LICENSES] = [report]
    assert listed(manager, "list-licenses") == [
        {"name": "new_kind", "total": 0, "usage": 1},
        {"name": "port", "total": 250, "usage": 3},
    ]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"port_count": None}, "port_count of a license report is null or empty"),
        ({"port_total": {}}, "port_total of a license report is unreadable (an object)"),
    ],
)
def test_licenses_that_cannot_be_read_are_no_list(manager: Manager, changed: Row, line: str) -> None:
    report = {f"{kind}_{word}": 5 for kind in ("port", "audio", "system", "vmr") for word in ("count", "total")}
    manager.tables[LICENSES] = [{**report, **changed}]
    answer = manager.check("list-licenses")
    assert (answer.summary, answer.code) == (line, 3)


def test_certificates_of_both_kinds_without_their_keys(manager: Manager) -> None:
    manager.tables[TLS] = [certificate("meet.example.com")]
    manager.tables[CA] = [without(certificate("Example CA"), "nodes", "private_key")]
    assert listed(manager, "list-certificates") == [
        {
            "name": "Example CA",
            "kind": "ca",
            "issuer": "Example CA",
            "start": ago(86400),
            "end": ago(-86400),
            "nodes": None,
        },
        {
            "name": "meet.example.com",
            "kind": "tls",
            "issuer": "Example CA",
            "start": ago(86400),
            "end": ago(-86400),
            "nodes": "a.example.com, b.example.com",
        },
    ]
    assert [row["kind"] for row in listed(manager, "list-certificates", "--filter-kind", "tls")] == ["tls"]
    assert "PRIVATE" not in manager.check("list-certificates", "-vvv").stdout


def test_registrations_without_vendor(manager: Manager) -> None:
    row = {"alias": "zaphod", "id": 1, "node": "10.44.7.101", "protocol": "SIP", "start_time": ago(5)}
    manager.tables[REGISTRATIONS] = [row]
    assert listed(manager, "list-registrations") == [
        {"protocol": "SIP", "node": "10.44.7.101", "vendor": None, "start_time": ago(5)}
    ]


def test_registrations_come_from_the_cache_without_their_aliases(manager: Manager) -> None:
    row = {"alias": "zaphod", "id": 1, "node": "10.44.7.101", "protocol": "SIP", "start_time": ago(5)}
    manager.tables[REGISTRATIONS] = [row]
    first, second = (listed(manager, "list-registrations", "--cache", "1h") for _ in range(2))
    assert first == second
    assert len(manager.requests) == 1


@pytest.mark.parametrize(
    ("mode", "table"),
    [
        ("list-nodes", "status/v1/worker_vm/"),
        ("list-locations", LOCATIONS),
        ("list-conferences", CONFERENCE),
        ("list-registrations", REGISTRATIONS),
        ("list-licenses", LICENSES),
        ("list-certificates", TLS),
    ],
)
def test_a_resource_that_is_not_there_is_no_list(manager: Manager, mode: str, table: str) -> None:
    answer = manager.check(mode)
    assert answer.first_line == (
        f"PEXIP {mode.upper()} UNKNOWN - /api/admin/{table} "
        "is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.code == 3


def test_no_report_of_licenses_is_no_list(manager: Manager) -> None:
    manager.tables[LICENSES] = []
    answer = manager.check("list-licenses", "--disco-show")
    assert (answer.summary, answer.code) == ("the device reports no license at all", 3)


def test_licenses_of_every_version_must_be_reported(manager: Manager) -> None:
    report = {f"{kind}_{word}": 5 for kind in ("port", "audio", "system") for word in ("count", "total")}
    manager.tables[LICENSES] = [report]
    answer = manager.check("list-licenses", "--disco-show")
    assert "vmr_total of a license report is missing" in answer.summary
    assert answer.code == 3


def test_certificates_whose_nodes_cannot_be_read_are_no_list(manager: Manager) -> None:
    manager.tables[TLS], manager.tables[CA] = [certificate("meet.example.com", nodes="node 1")], []
    answer = manager.check("list-certificates", "--disco-show")
    assert (answer.summary, answer.code) == ("nodes of a TLS certificate is unreadable (text)", 3)
