"""pexip bursting."""

from __future__ import annotations

from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from .manager import Manager
from .rows import Row, ago, without

NODE = "status/v1/cloud_node/"
MONITORED = "status/v1/cloud_monitored_location/"
OVERFLOW = "status/v1/cloud_overflow_location/"


def node(number: int, state: object, **changed: Any) -> Row:
    instance = {
        "id": f"i-{number}",
        "ip": "172.30.3.6",
        "launch_time": ago(5 * 3600),
        "name": f"instance{number}",
        "state": state,
    }
    return {
        **{f"{prefix}_instance_{word}": value for prefix in ("aws", "cloud") for word, value in instance.items()},
        "max_hd_calls": 31,
        "media_load": 100 if state == "stopped" else 22,
        "resource_uri": f"/api/admin/{NODE}i-{number}/",
        "workervm_configuration_id": number,
        "workervm_configuration_location_name": "AWS",
        "workervm_configuration_name": f"aws-burst-{number:02}",
        **changed,
    }


def location(name: object, free: object, most: object, load: object) -> Row:
    return {
        "free_hd_calls": free,
        "id": 1,
        "max_hd_calls": most,
        "media_load": load,
        "name": name,
        "resource_uri": f"/api/admin/status/v1/any/{name}/",
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """One cloud node runs and one is stopped; of the locations one is full."""
    manager.tables = {
        NODE: [node(1, "running"), node(2, "stopped")],
        MONITORED: [location("London", 31, 33, 5), {**location("Oslo", 0, 42, 100), "id": 2}],
        OVERFLOW: [location("AWS", 31, 33, 5.0)],
    }
    return manager


NODES = "'cloud.nodes.running.count'=1;;;0;2 'cloud.nodes.stopped.count'=1;;;0;2 'cloud.nodes.other.count'=0;;;0;2"


def figures(name: str, free: int, most: int, load: int) -> str:
    return (
        f"'{name}#bursting.hdcalls.free.count'={free};;;0;{most} "
        f"'{name}#bursting.media.load.percentage'={load}%;;;0;100"
    )


def test_locations_and_cloud_nodes_are_measured(manager: Manager) -> None:
    answer = manager.check("bursting")
    assert answer.first_line == (
        "PEXIP BURSTING OK - 57.4 % of the HD calls free, 1 of 2 cloud nodes running | "
        f"{NODES} 'bursting.free.percentage'=57.41%;20:;5:;0;100 "
        f"{figures('London', 31, 33, 5)} {figures('Oslo', 0, 42, 100)} {figures('AWS', 31, 33, 5)}"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{path}?limit=1000&offset=0" for path in (NODE, MONITORED, OVERFLOW)]


@pytest.mark.parametrize(
    ("free", "code", "said"),
    [
        (20, 0, "20 % of the HD calls free, 1 of 2 cloud nodes running"),
        (19, 1, "free HD calls 19 %, below 20 %"),
        (5, 1, "free HD calls 5 %, below 20 %"),
        (4, 2, "free HD calls 4 %, below 5 %"),
        (0, 2, "free HD calls 0 %, below 5 %"),
    ],
)
def test_the_free_share_of_all_locations_is_judged(manager: Manager, free: int, code: int, said: str) -> None:
    manager.tables[MONITORED] = [location("London", 0, 40, 100)]
    manager.tables[OVERFLOW] = [location("AWS", free, 60, 50)]
    answer = manager.check("bursting")
    assert (answer.summary, answer.code) == (said, code)


def test_a_location_whose_nodes_are_stopped_is_not_judged(manager: Manager) -> None:
    manager.tables[OVERFLOW] = [location("AWS", 0, 0, 100)]
    answer = manager.check("bursting", "--critical-hdcalls-free", "0:", "--critical-media-load", "100")
    assert answer.long_output == ["AWS is not judged: none of its nodes takes calls now"]
    assert answer.perfdata["bursting.free.percentage"] == "41.33%;20:;5:;0;100"
    assert not any(label.startswith("AWS#") for label in answer.perfdata)
    assert answer.code == 0


def test_a_deployment_without_bursting_is_ok(manager: Manager) -> None:
    manager.tables = {NODE: [], MONITORED: [], OVERFLOW: []}
    answer = manager.check("bursting")
    assert answer.first_line == (
        "PEXIP BURSTING OK - bursting is not configured | 'cloud.nodes.running.count'=0;;;0;0 "
        "'cloud.nodes.stopped.count'=0;;;0;0 'cloud.nodes.other.count'=0;;;0;0"
    )
    assert answer.code == 0


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        (("running", "stopped", "pending"), ["1", "1", "1"]),
        (("RUNNING", " Stopped ", "TERMINATED"), ["1", "1", "1"]),
        (("stopped", "stopped", "stopped"), ["0", "3", "0"]),
    ],
)
def test_cloud_nodes_are_counted_by_their_state(manager: Manager, states: tuple[str, ...], counts: list[str]) -> None:
    manager.tables[NODE] = [node(number, state) for number, state in enumerate(states)]
    answer = manager.check("bursting")
    assert [text.partition(";")[0] for text in list(answer.perfdata.values())[:3]] == counts
    assert answer.code == 0


def test_old_names_of_the_fields_are_understood(manager: Manager) -> None:
    cloud = [f"cloud_instance_{word}" for word in ("id", "ip", "launch_time", "name", "state")]
    manager.tables[NODE] = [without(row, *cloud) for row in manager.tables[NODE]]
    answer = manager.check("bursting", "--warning-cloud-node-status", "%{state} eq 'running' and %{launch_age} == 5h")
    assert NODES in answer.first_line
    assert answer.summary == "cloud node aws-burst-01 (AWS): running, launched 5 h ago"


def test_new_names_win_over_old_ones(manager: Manager) -> None:
    manager.tables[NODE][0].update(aws_instance_state="stopped", aws_instance_launch_time=ago(99))
    assert NODES in manager.check("bursting").first_line


@pytest.mark.parametrize("state", [None, ["running"]])
def test_a_node_without_a_state_is_unknown_and_the_rest_is_measured(manager: Manager, state: object) -> None:
    manager.tables[NODE][0].update(cloud_instance_state=state, aws_instance_state=state)
    answer = manager.check("bursting")
    assert (answer.summary, answer.code) == ("cloud_instance_state of a cloud node is null or empty", 3)
    assert figures("London", 31, 33, 5) in answer.first_line


@pytest.mark.parametrize(
    "expression",
    [
        "%{name} eq 'aws-burst-02' and %{state} eq 'stopped' and %{location} eq 'AWS'",
        "%{launch_age} == 5h and %{media_load} == 100",
    ],
)
@AT_EACH_STATE
def test_each_cloud_node_can_be_judged(manager: Manager, expression: str, level: str, code: int) -> None:
    answer = manager.check("bursting", f"--{level}-cloud-node-status", expression)
    assert (answer.summary, answer.code) == ("cloud node aws-burst-02 (AWS): stopped, launched 5 h ago", code)


def test_a_node_that_is_no_conferencing_node_yet_is_called_by_its_instance(manager: Manager) -> None:
    null = dict.fromkeys(("workervm_configuration_name", "workervm_configuration_location_name"))
    manager.tables[NODE] = [node(3, "pending", cloud_instance_launch_time=None, aws_instance_launch_time=None, **null)]
    answer = manager.check("bursting", "--warning-cloud-node-status", "%{state} ne 'running'")
    assert answer.summary == "cloud node instance3 (no location): pending"


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("hdcalls-free", "0:", "31:", "free HD calls of Oslo 0, below 31"),
        ("media-load", "100", "99", "media load of Oslo 100 %, above 99 %"),
        ("free-prct", "57:", "58:", "free HD calls 57.4 %, below 58 %"),
        ("cloud-nodes-running", "1", "0", "cloud nodes running 1, above 0"),
        ("cloud-nodes-stopped", "1", "0", "cloud nodes stopped 1, above 0"),
        ("cloud-nodes-other", "0", "1:", "cloud nodes other 0, below 1"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("bursting", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


def test_a_filter_takes_some_locations_by_name(manager: Manager) -> None:
    answer = manager.check("bursting", "--filter-name", "London|AWS")
    assert answer.perfdata["bursting.free.percentage"] == "93.94%;20:;5:;0;100"
    answer = manager.check("bursting", "--filter-name", "Mars")
    assert answer.summary == "no location matches the filters (3 seen)"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("free_hd_calls", None, "free_hd_calls of a monitored location is null or empty"),
        ("max_hd_calls", "many", "max_hd_calls of a monitored location is unreadable (text)"),
        ("name", None, "name of a monitored location is null or empty"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[MONITORED][0][name] = value
    answer = manager.check("bursting")
    assert (answer.summary, answer.code) == (said, 3)
    assert figures("AWS", 31, 33, 5) in answer.first_line


@pytest.mark.parametrize("name", ["free_hd_calls", "max_hd_calls", "media_load", "name"])
def test_a_field_that_is_missing_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[OVERFLOW] = [without(manager.tables[OVERFLOW][0], name)]
    answer = manager.check("bursting")
    assert (answer.summary, answer.code) == (f"{name} of an overflow location is missing", 3)


@pytest.mark.parametrize("path", [NODE, MONITORED, OVERFLOW])
def test_a_version_without_the_resource_is_said_to_be_one(manager: Manager, path: str) -> None:
    del manager.tables[path]
    answer = manager.check("bursting")
    assert f"/api/admin/{path} is not supported by this version of Pexip Infinity" in answer.summary
    assert answer.code == 3


def test_a_load_that_is_null_is_said_and_with_a_threshold_unknown(manager: Manager) -> None:
    manager.tables[MONITORED][0]["media_load"] = None
    answer = manager.check("bursting")
    assert (answer.long_output, answer.code) == (["media-load of London: not reported"], 0)
    answer = manager.check("bursting", "--critical-media-load", "100")
    assert (answer.summary, answer.code) == ("media-load of London: not reported", 3)


STOPPED = location("London", 0, 0, 100)


@pytest.mark.parametrize(
    ("monitored", "argv"), [([STOPPED], []), ([], []), ([location("London", 9, 33, 5)], ["--filter-name", "Mars"])]
)
def test_a_threshold_on_the_free_share_is_unknown_where_there_is_no_capacity(
    manager: Manager, monitored: list[Row], argv: list[str]
) -> None:
    manager.tables = {NODE: [], MONITORED: monitored, OVERFLOW: []}
    assert manager.check("bursting", *argv).code == 0
    answer = manager.check("bursting", "--critical-free-prct", "10:", *argv)
    assert answer.summary.startswith("free-prct: nothing to judge")
    assert answer.code == 3
