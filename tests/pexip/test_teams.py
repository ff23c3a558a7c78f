"""pexip teams."""

from __future__ import annotations

from typing import Any

import pytest

from .manager import Manager
from .past import Past, text
from .rows import Row, ago, without

TEAMS = "status/v1/teamsnode/"


def teams_node(number: int = 0, **changed: Any) -> Row:
    """A node that works."""
    return {
        "call_count": 11,
        "eventhub_id": "eh-1",
        "heartbeat_time": ago(15),
        "id": f"tn-{number}",
        "instance_status": "Active",
        "ip_address": "20.50.1.2",
        "max_calls": 40,
        "media_load": 28,
        "name": f"teams_{number}",
        "private_ip_address": "10.9.0.4",
        "resource_uri": f"/api/admin/status/v1/teamsnode/tn-{number}/",
        "scaleset_id": "pexTeamsVmss",
        "start_time": ago(10 * 86400),
        "state": "ACTIVE",
        **changed,
    }


def test_nodes_that_work_are_ok(manager: Manager) -> None:
    manager.tables[TEAMS] = [teams_node(), teams_node(1, max_calls=None, call_count=1, media_load=2.5)]
    answer = manager.check("teams")
    assert answer.first_line == (
        "PEXIP TEAMS OK - 2 Teams Connector nodes, 12 calls | "
        "'teams_0#teams.calls.current.count'=11;;;0;40 'teams_0#teams.media.load.percentage'=28%;;;0;100 "
        "'teams_0#teams.heartbeat.age.seconds'=15s;120;600;0; 'teams_1#teams.calls.current.count'=1;;;0; "
        "'teams_1#teams.media.load.percentage'=2.5%;;;0;100 'teams_1#teams.heartbeat.age.seconds'=15s;120;600;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(("seconds", "code"), [(120, 0), (120.5, 1), (600, 1), (601, 2)])
def test_a_heartbeat_that_stopped_is_judged(manager: Manager, seconds: float, code: int) -> None:
    manager.tables[TEAMS] = [teams_node(), teams_node(1, heartbeat_time=ago(seconds))]
    answer = manager.check("teams")
    assert answer.code == code
    if code:
        assert answer.summary.startswith("heartbeat age of teams_1 ")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"instance_status": "Failure"}, 2),
        ({"state": "FAILED"}, 2),
        ({"state": None, "instance_status": None}, 0),
        ({"instance_status": "Maintenance"}, 0),
    ],
)
def test_a_failure_is_critical(manager: Manager, changed: Row, code: int) -> None:
    manager.tables[TEAMS] = [teams_node(**changed)]
    answer = manager.check("teams")
    assert answer.code == code
    if code:
        words = {"instance_status": "Active", "state": "ACTIVE", **changed}
        assert answer.summary == f"teams_0: {words['instance_status']}, {words['state']}"


def test_a_load_of_100_without_calls_is_no_overload(manager: Manager) -> None:
    """A node that has stopped reports it; the heartbeat tells that."""
    manager.tables[TEAMS] = [teams_node(call_count=0, media_load=100)]
    assert manager.check("teams").code == 0
    assert manager.check("teams", "--warning-media-load", "99").code == 1
    assert manager.check("teams", "--warning-calls-current", "1:").code == 1


def test_no_node_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[TEAMS] = []
    answer = manager.check("teams")
    assert (answer.summary, answer.code) == ("the device reports no Teams Connector node at all", 3)


def test_filters_choose_nodes(manager: Manager) -> None:
    manager.tables[TEAMS] = [teams_node(), teams_node(1, state="FAILED")]
    assert manager.check("teams", "--exclude-name", "_1$").summary == "1 Teams Connector node, 11 calls"
    answer = manager.check("teams", "--filter-name", "_9$")
    assert (answer.summary, answer.code) == ("no Teams Connector node matches the filters (2 seen)", 3)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (teams_node(heartbeat_time=None), "heartbeat_time of a Teams Connector node is null or empty"),
        (without(teams_node(), "heartbeat_time"), "heartbeat_time of a Teams Connector node is missing"),
        (teams_node(call_count="many"), "call_count of a Teams Connector node is unreadable (text)"),
        (teams_node(media_load=None), "media_load of a Teams Connector node is null or empty"),
        (teams_node(name=None), "name of a Teams Connector node is null or empty"),
        (without(teams_node(), "state"), "state of a Teams Connector node is missing"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(manager: Manager, row: Row, line: str) -> None:
    manager.tables[TEAMS] = [row]
    answer = manager.check("teams")
    assert (answer.summary, answer.code) == (line, 3)


def test_a_version_without_the_resource_is_unknown(manager: Manager) -> None:
    answer = manager.check("teams")
    assert answer.summary.endswith("teamsnode/ is not supported by this version of Pexip Infinity (HTTP 404)")
    assert answer.code == 3


def test_the_heartbeat_is_as_old_as_the_clock_of_the_device_says(past: Past) -> None:
    past.tables[TEAMS] = [teams_node(heartbeat_time=ago(601))]  # the poller's clock is an hour behind
    answer = past.check("teams")
    assert (answer.summary, answer.code) == ("heartbeat age of teams_0 10 min 1 s, above 10 min", 2)
    past.date = False
    assert past.check("teams").perfdata["teams_0#teams.heartbeat.age.seconds"].startswith("0s;")


def test_a_node_without_a_name_is_called_so(manager: Manager) -> None:
    manager.tables[TEAMS] = [teams_node(name=None, instance_status="x", state="failed")]
    assert manager.check("teams").summary.startswith("unnamed: x, failed / ")


def test_the_heartbeat_is_asked_for_and_not_taken_from_the_cache(past: Past) -> None:
    """In an old answer it would be older than it is, and the clock of the device is in its answers alone."""
    for _ in range(2):
        past.tables[TEAMS] = [teams_node(heartbeat_time=text(past.clock - 15))]
        answer = past.check("teams", "--cache", "1h")
        assert answer.perfdata["teams_0#teams.heartbeat.age.seconds"] == "15s;120;600;0;"
        past.clock += 300
    assert len(past.requests) == 2
