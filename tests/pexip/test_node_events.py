"""pexip node-events."""

from __future__ import annotations

from typing import Any

import pytest

from .past import EVENTS, Past, text
from .rows import NOW, Row


def event(number: int, changed_at: float, **changed: Any) -> Row:
    """A node in Oslo that went into maintenance."""
    return {
        "context": "",
        "details": "",
        "event_type": "maintenance_mode",
        "id": number,
        "resource_uri": f"/api/admin/history/v1/workervm_status_event/{number}/",
        "state": "maintenance",
        "time_changed": text(changed_at),
        "workervm_address": "10.44.8.102",
        "workervm_configuration_id": 3,
        "workervm_configuration_location_name": "Oslo",
        "workervm_configuration_name": "osl-conf-01",
        **changed,
    }


def test_no_event_is_ok(past: Past) -> None:
    answer = past.check("node-events")
    assert answer.first_line == "PEXIP NODE-EVENTS OK - 0 events in the last 5 min | 'events.total.count'=0;;;0;"
    assert (answer.long_output, answer.code) == ([], 0)


def test_events_are_counted_by_node_and_type_once(past: Past) -> None:
    past.appear(EVENTS, event(1, NOW - 60))
    past.appear(EVENTS, event(2, NOW - 30, state="active"))
    past.appear(EVENTS, event(3, NOW - 20, event_type="reboot", workervm_configuration_name="lon-conf-01"))
    assert past.check("node-events").first_line == (
        "PEXIP NODE-EVENTS OK - 3 events in the last 5 min | 'events.total.count'=3;;;0; "
        "'lon-conf-01~reboot#node.events.count'=1;;;0; 'osl-conf-01~maintenance_mode#node.events.count'=2;;;0;"
    )
    past.clock += 60
    past.appear(EVENTS, event(4, NOW + 50))
    assert past.check("node-events").first_line == (
        "PEXIP NODE-EVENTS OK - 1 event since the previous run | 'events.total.count'=1;;;0; "
        "'osl-conf-01~maintenance_mode#node.events.count'=1;;;0;"
    )


def test_an_event_that_a_status_judges_is_named_with_node_location_state_and_age(past: Past) -> None:
    past.appear(EVENTS, event(1, NOW - 125, details="planned", context="admin"))
    answer = past.check("node-events", "--critical-event-status", "%{state} eq 'maintenance' and %{age} < 200")
    assert answer.summary == "osl-conf-01 in Oslo: maintenance_mode maintenance, 2 min 5 s ago: admin, planned"
    assert answer.code == 2


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{node} eq 'osl-conf-01'", 1),
        ("%{location} ne 'Oslo'", 0),
        ("%{event_type} =~ /^maint/", 1),
        ("%{context} ne ''", 0),
        ("%{details} eq 'x'", 0),
        ("%{age} >= 60", 1),
        ("%{age} > 60", 0),
    ],
)
def test_each_macro_can_be_judged(past: Past, expression: str, code: int) -> None:
    past.appear(EVENTS, event(1, NOW - 60))
    assert past.check("node-events", "--warning-event-status", expression).code == code


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-events-total=1", 1),
        ("--warning-events-total=2", 0),
        ("--critical-events=1", 2),
        ("--critical-events=2", 0),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(past: Past, option: str, code: int) -> None:
    past.appear(EVENTS, event(1, NOW - 60))
    past.appear(EVENTS, event(2, NOW - 50))
    assert past.check("node-events", option).code == code


def test_a_node_that_is_no_longer_configured_is_named_by_its_address(past: Past) -> None:
    gone = dict.fromkeys(("state", "context", "details", "workervm_configuration_id"))
    nowhere = dict.fromkeys(("workervm_configuration_name", "workervm_configuration_location_name"))
    past.appear(EVENTS, event(1, NOW - 60, **gone, **nowhere))
    past.appear(EVENTS, event(2, NOW - 60, **nowhere, workervm_address=None, event_type=None))
    answer = past.check("node-events", "--warning-event-status", "%{location} eq ''")
    assert answer.summary == "10.44.8.102: maintenance_mode, 1 min ago / unknown node: no type maintenance, 1 min ago"
    assert list(answer.perfdata) == [
        "events.total.count",
        "10.44.8.102~maintenance_mode#node.events.count",
        "unknown node~none#node.events.count",
    ]


def test_filters_leave_out_events(past: Past) -> None:
    past.appear(EVENTS, event(1, NOW - 60))
    past.appear(EVENTS, event(2, NOW - 60, event_type="reboot", workervm_configuration_name="lon-conf-01"))
    for filters in (["--filter-node", "osl"], ["--exclude-type", "reboot"]):
        assert past.check("node-events", *filters).summary == "1 event in the last 5 min"
    answer = past.check("node-events", "--filter-location", "Rome")
    assert (answer.summary, answer.code) == ("no event matches the filters (2 seen)", 0)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"time_changed": None}, "time_changed of an event is null or empty"),
        ({"time_changed": "now"}, "time_changed of an event is unreadable (text)"),
        ({"id": None}, "id of an event is null or empty"),
        ({"event_type": {}}, "event_type of an event is unreadable (an object)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(past: Past, changed: Row, line: str) -> None:
    past.ignores_filters = True
    past.appear(EVENTS, {**event(1, NOW - 60), **changed})
    answer = past.check("node-events")
    assert (answer.summary, answer.code) == (line, 3)
    assert "events.total.count" in answer.perfdata


def test_a_version_without_the_resource_is_unknown(past: Past) -> None:
    del past.tables[EVENTS]
    answer = past.check("node-events")
    assert answer.summary.endswith("is not supported by this version of Pexip Infinity (HTTP 404)")
    assert answer.code == 3
