"""pexip services."""

from __future__ import annotations

import pytest

from .past import Past
from .rows import Row

BASE = "configuration/v1/"
TYPES = ("conference", "lecture", "two_stage_dialing", "test_call")


def service(number: int, service_type: str = "conference", **changed: object) -> Row:
    return {"id": number, "name": f"Room {number}", "pin": "4711", "service_type": service_type, **changed}


@pytest.fixture
def past(past: Past) -> Past:
    """With 30 rooms, one service of each other type, an alias each, and two rules of which one is off."""
    services = [*(service(number) for number in range(30)), *map(service, range(100, 103), TYPES[1:])]
    past.tables |= {
        f"{BASE}conference/": services,
        f"{BASE}conference_alias/": [{"id": row["id"], "alias": f"r{row['id']}@example.com"} for row in services],
        f"{BASE}device/": [{"id": 1}, {"id": 2}],
        f"{BASE}gateway_routing_rule/": [{"id": 1, "enable": True}, {"id": 2, "enable": False}],
        f"{BASE}automatic_participant/": [{"id": 1}],
    }
    return past


def test_services_are_counted_without_being_fetched(past: Past) -> None:
    answer = past.check("services")
    assert answer.first_line == (
        "PEXIP SERVICES OK - 33 services, 33 aliases | 'services.total.count'=33;;;0; 'aliases.total.count'=33;;;0; "
        "'devices.total.count'=2;;;0; 'services.automatic.participants.total.count'=1;;;0; "
        "'rules.enabled.count'=1;;;0; 'conference#services.count'=30;;;0; 'lecture#services.count'=1;;;0; "
        "'two_stage_dialing#services.count'=1;;;0; 'test_call#services.count'=1;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert len(past.requests) == 9
    assert all(request.endswith("limit=1") for request in past.requests)


def test_a_second_check_within_cache_seconds_asks_nothing(past: Past) -> None:
    first = past.check("services", "--cache", "60")
    assert past.check("services", "--cache", "60").first_line == first.first_line
    assert len(past.requests) == 9


def test_service_types_can_be_chosen(past: Past) -> None:
    answer = past.check("services", "--service-type", "lecture", "--service-type", "media_playback")
    assert answer.perfdata["lecture#services.count"] == "1;;;0;"
    assert answer.perfdata["media_playback#services.count"] == "0;;;0;"
    assert "conference#services.count" not in answer.perfdata
    assert len(past.requests) == 7


def test_all_that_is_expected_is_there(past: Past) -> None:
    answer = past.check("services", "--expect-alias", "r7@example.com", "--expect-name", "Room 101")
    assert answer.summary == "33 services, 33 aliases, all 2 expected found"
    assert answer.perfdata["services.missing.count"] == "0;;0;0;"
    assert past.requests[-2:] == [
        f"{BASE}conference_alias/?alias__exact=r7%40example.com&limit=1000&offset=0",
        f"{BASE}conference/?name__exact=Room+101&limit=1000&offset=0",
    ]


def test_what_is_expected_and_missing_is_critical_and_named(past: Past) -> None:
    answer = past.check(
        "services",
        "--expect-alias",
        "r7@example.com",
        "--expect-alias",
        "nobody@example.com",
        "--expect-name",
        "room 1",
    )
    assert answer.summary == "not found (alias nobody@example.com, name room 1) 2, above 0"
    assert answer.perfdata["services.missing.count"] == "2;;0;0;"
    assert answer.code == 2


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-services-total=33", 0),
        ("--warning-services-total=32", 1),
        ("--critical-services=2:", 2),
        ("--critical-services=1:", 0),
        ("--warning-aliases-total=34:", 1),
        ("--warning-devices-total=2:", 0),
        ("--warning-devices-total=3:", 1),
        ("--critical-rules-enabled=2:", 2),
        ("--critical-rules-enabled=1:", 0),
        ("--warning-automatic-participants-total=0", 1),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(past: Past, option: str, code: int) -> None:
    assert past.check("services", option).code == code


def test_a_version_that_cannot_filter_rules_does_not_count_them(past: Past) -> None:
    past.refused = (f"{BASE}gateway_routing_rule/",)
    answer = past.check("services")
    assert answer.long_output == ["rules-enabled: not supported by this version"]
    assert ("rules.enabled.count" in answer.perfdata, answer.code) == (False, 0)
    judged = past.check("services", "--warning-rules-enabled", "1:")
    assert (judged.summary, judged.code) == ("rules-enabled: not supported by this version", 3)


def test_a_version_without_a_resource_is_unknown_and_what_was_counted_stays(past: Past) -> None:
    del past.tables[f"{BASE}automatic_participant/"]
    answer = past.check("services")
    assert answer.summary == (
        "/api/admin/configuration/v1/automatic_participant/ "
        "is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.perfdata["services.total.count"] == "33;;;0;"
    assert answer.code == 3


@pytest.mark.parametrize("total", ["33", 33.0])
def test_a_total_may_be_written_in_any_way(past: Past, total: object) -> None:
    past.answers[f"{BASE}device/"] = f'{{"meta": {{"total_count": "{total}", "next": null}}, "objects": []}}'
    assert past.check("services").perfdata["devices.total.count"] == "33;;;0;"


def test_a_total_that_is_missing_is_unknown(past: Past) -> None:
    past.answers[f"{BASE}device/"] = '{"meta": {"next": "/more/"}, "objects": [{}]}'
    answer = past.check("services")
    assert answer.summary.endswith("has another shape than expected: meta.total_count is not a number")
    assert answer.code == 3


def test_no_pin_is_in_any_output(past: Past) -> None:
    assert "4711" not in past.check("services", "-vvv").stdout


def test_a_version_that_ignores_the_filter_does_not_make_anything_found(past: Past) -> None:
    past.ignores_filters = True
    answer = past.check("services", "--expect-alias", "nobody@example.com", "--expect-alias", "r7@example.com")
    assert (answer.summary, answer.code) == ("not found (alias nobody@example.com) 1, above 0", 2)


def test_what_is_expected_is_asked_for_and_not_taken_from_the_cache(past: Past) -> None:
    arguments = ("services", "--cache", "1h", "--expect-alias", "r7@example.com")
    assert past.check(*arguments).code == 0
    assert past.check(*arguments).code == 0
    past.tables[f"{BASE}conference_alias/"] = []
    assert past.check(*arguments).code == 2


def test_what_is_missing_within_a_threshold_is_not_said_to_be_found(past: Past) -> None:
    answer = past.check("services", "--expect-alias", "nobody", "--expect-name", "Room 101", "--critical-missing", "5")
    assert (answer.summary, answer.code) == ("33 services, 33 aliases, 1 of 2 expected found", 0)
    assert answer.perfdata["services.missing.count"] == "1;;5;0;"


def test_an_alias_or_name_that_is_a_number_is_found_as_text(past: Past) -> None:
    past.ignores_filters = True
    past.tables[f"{BASE}conference_alias/"] = [{"id": 1, "alias": None}, {"id": 2, "alias": 1234}]
    past.tables[f"{BASE}conference/"] = [service(1, name=2001)]
    answer = past.check("services", "--expect-alias", "1234", "--expect-name", "2001")
    assert (answer.summary, answer.code) == ("1 service, 2 aliases, all 2 expected found", 0)
    assert answer.long_output == []


def test_an_alias_that_cannot_be_read_is_not_found_and_said(past: Past) -> None:
    past.ignores_filters = True
    past.tables[f"{BASE}conference_alias/"] = [{"id": 1, "alias": ["1234"]}]
    answer = past.check("services", "--expect-alias", "1234")
    assert (answer.summary, answer.code) == ("not found (alias 1234) 1, above 0", 2)
    assert "alias of a conference alias is unreadable (a list)" in answer.long_output
