"""pexip otj."""

from __future__ import annotations

from typing import Any

import pytest

from .past import Past
from .rows import NOW, Row, ago, without

ENDPOINTS = "status/v1/mjx_endpoint/"
MEETINGS = "status/v1/mjx_meeting/"


def endpoint(number: int = 1, **changed: Any) -> Row:
    """An endpoint that was contacted 40 seconds ago."""
    return {
        "endpoint_address": "10.20.0.11",
        "endpoint_name": f"Room {number}",
        "endpoint_type": "CISCO",
        "id": number,
        "last_contact_time": ago(40),
        "last_worker": "lon-conf-01",
        "mjx_integration_name": "HQ",
        "number_of_meetings": 4,
        "resource_uri": f"/api/admin/status/v1/mjx_endpoint/{number}/",
        "room_email": "zaphod@example.com",
        **changed,
    }


@pytest.fixture
def past(past: Past, monkeypatch: pytest.MonkeyPatch) -> Past:
    """With two endpoints and 30 meetings."""
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW)
    past.tables[ENDPOINTS] = [endpoint(), endpoint(2, endpoint_type="POLY")]
    past.tables[MEETINGS] = [{"id": number, "subject": "Zaphod's secret"} for number in range(30)]
    return past


def test_endpoints_and_meetings_are_counted(past: Past) -> None:
    answer = past.check("otj")
    assert answer.first_line == (
        "PEXIP OTJ OK - 2 endpoints, 30 meetings | 'endpoints.total.count'=2;;;0; 'meetings.total.count'=30;;;0; "
        "'Room 1#endpoint.lastcontact.seconds'=40s;;;0; 'Room 2#endpoint.lastcontact.seconds'=40s;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert past.requests[-1] == f"{MEETINGS}?limit=1"


def test_no_endpoint_is_ok(past: Past) -> None:
    past.tables[ENDPOINTS] = past.tables[MEETINGS] = []
    assert past.check("otj").summary == "0 endpoints, 0 meetings"


@pytest.mark.parametrize("moment", [None, ""])
def test_an_endpoint_that_was_never_contacted_is_named(past: Past, moment: object) -> None:
    past.tables[ENDPOINTS][1]["last_contact_time"] = moment
    answer = past.check("otj")
    assert answer.long_output == ["last-contact of Room 2: never contacted"]
    assert (list(answer.perfdata)[2:], answer.code) == (["Room 1#endpoint.lastcontact.seconds"], 0)
    judged = past.check("otj", "--warning-last-contact", "1h")
    assert (judged.summary, judged.code) == ("last-contact of Room 2: never contacted", 3)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-last-contact=40", 0),
        ("--warning-last-contact=39", 1),
        ("--critical-endpoints-total=3:", 2),
        ("--critical-endpoints-total=2:", 0),
        ("--warning-meetings-total=29", 1),
        ("--warning-meetings-total=30", 0),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(past: Past, option: str, code: int) -> None:
    assert past.check("otj", option).code == code


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{name} eq 'Room 2'", 1),
        ("%{type} eq 'POLY'", 1),
        ("%{integration} ne 'HQ'", 0),
        ("%{worker} =~ /^lon/", 1),
        ("%{meetings} == 0", 0),
        ("%{last_contact} > 39", 1),
        ("%{last_contact} eq ''", 0),
    ],
)
def test_each_macro_can_be_judged(past: Past, expression: str, code: int) -> None:
    assert past.check("otj", "--warning-endpoint-status", expression).code == code


def test_a_judged_endpoint_is_described_without_address_and_mail(past: Past) -> None:
    answer = past.check("otj", "--warning-endpoint-status", "%{type} eq 'POLY'")
    assert answer.summary == "Room 2 (POLY), integration HQ, 4 meetings, contacted 40 s ago"


def test_filters_choose_endpoints(past: Past) -> None:
    for filters in (["--filter-name", "1$"], ["--exclude-type", "POLY"]):
        assert past.check("otj", *filters).summary == "1 endpoint, 30 meetings"
    answer = past.check("otj", "--filter-integration", "Branch")
    assert (answer.summary, answer.code) == ("no endpoint matches the filters (2 seen)", 0)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (endpoint(endpoint_name=None), "endpoint_name of an endpoint is null or empty"),
        (without(endpoint(), "last_contact_time"), "last_contact_time of an endpoint is missing"),
        (endpoint(last_contact_time="x"), "last_contact_time of an endpoint is unreadable (text)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(past: Past, row: Row, line: str) -> None:
    past.tables[ENDPOINTS] = [row]
    answer = past.check("otj")
    assert (answer.summary, answer.code) == (line, 3)


@pytest.mark.parametrize("table", [ENDPOINTS, MEETINGS])
def test_a_version_without_the_resource_is_unknown(past: Past, table: str) -> None:
    del past.tables[table]
    answer = past.check("otj")
    assert f"/api/admin/{table} is not supported by this version of Pexip Infinity (HTTP 404)" in answer.summary
    assert answer.code == 3


@pytest.mark.parametrize("moment", ["2026-11-22 25:00", 0, False, [], {}])
def test_a_contact_that_cannot_be_read_is_not_taken_for_none(past: Past, moment: object) -> None:
    past.tables[ENDPOINTS] = [endpoint(last_contact_time=moment)]
    answer = past.check("otj", "-v")
    assert answer.summary.startswith("last_contact_time of an endpoint is unreadable (")
    assert "OK: Room 1 (CISCO), integration HQ, 4 meetings, last contact unknown" in answer.long_output
    assert "never contacted" not in answer.stdout
    assert answer.code == 3


def test_a_contact_that_is_missing_is_not_taken_for_none(past: Past) -> None:
    past.tables[ENDPOINTS] = [without(endpoint(), "last_contact_time")]
    answer = past.check("otj", "-v", "--warning-last-contact", "1h")
    assert (answer.summary, answer.code) == ("last_contact_time of an endpoint is missing", 3)
    assert "OK: Room 1 (CISCO), integration HQ, 4 meetings, last contact unknown" in answer.long_output


@pytest.mark.parametrize("moment", [None, "", "  "])
def test_an_endpoint_that_was_never_contacted_is_described_so(past: Past, moment: object) -> None:
    past.tables[ENDPOINTS] = [endpoint(last_contact_time=moment)]
    answer = past.check("otj", "--warning-endpoint-status", "%{last_contact} eq ''")
    assert answer.summary == "Room 1 (CISCO), integration HQ, 4 meetings, never contacted"
