"""pexip nodes."""

from __future__ import annotations

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from . import rows
from .manager import Manager
from .rows import NODE, NODE_CONFIGURATION, Row, ago, without

DAY = 86400
VERSION = "39 (84112.0.0)"


def node(number: int, **changed: object) -> Row:
    return rows.node(number, **{"upgrade_status": "IDLE", **changed})


def node_24(number: int, **changed: object) -> Row:
    """The same of version 24: no sync_status, and another time of contact."""
    row = {**node(number), "last_reported": ago(30), **changed}
    return without(row, "sync_status", "maintenance_mode_reason", "last_attempted_contact")


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Two nodes in order."""
    manager.tables[NODE] = [node(1), node(2, system_location="Oslo", name="osl-conf-01")]
    return manager


TOTALS = (
    "'nodes.total.count'=2;;;0; 'nodes.maintenance.count'=0;;;0;2 'nodes.notsynced.count'=0;;;0;2 "
    "'nodes.stale.count'=0;;;0;2 'nodes.versions.count'=1;1;;0;"
)


def test_nodes_in_order_are_ok(manager: Manager) -> None:
    answer = manager.check("nodes")
    assert answer.first_line == (
        "PEXIP NODES OK - 2 nodes, none in maintenance, none not synchronised, none stale | "
        f"{TOTALS} "
        "'lon-conf-01#node.uptime.seconds'=4320000s;;;0; 'lon-conf-01#node.lastupdate.seconds'=20.25s;;;0; "
        "'osl-conf-01#node.uptime.seconds'=4320000s;;;0; 'osl-conf-01#node.lastupdate.seconds'=20.25s;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{NODE}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"maintenance_mode": True}, 1, "in maintenance, version 39 (84112.0.0)"),
        ({"maintenance_mode": True, "maintenance_mode_reason": "Host patching"}, 1, "in maintenance (Host patching),"),
        ({"sync_status": "SYNCING"}, 1, "sync status SYNCING, "),
        ({"sync_status": "synced"}, 1, "sync status synced, "),
        ({"sync_status": "OUT_OF_SYNC_SYNCED"}, 1, "sync status OUT_OF_SYNC_SYNCED, "),
        ({"deploy_status": "deploy_failed"}, 2, "deploy status deploy_failed, "),
        ({"deploy_status": "FAILURE", "maintenance_mode": True}, 2, "in maintenance, deploy status FAILURE, "),
    ],
)
def test_a_node_that_is_not_in_order_is_named_with_what_it_has(
    manager: Manager, changed: Row, code: int, said: str
) -> None:
    manager.tables[NODE][1].update(changed)
    answer = manager.check("nodes")
    assert answer.summary.startswith(f"osl-conf-01 (Oslo), {said}")
    assert answer.summary.endswith(", last contact 20 s ago, up for 50 d")
    assert answer.code == code


@pytest.mark.parametrize(
    "changed",
    [
        {"sync_status": ""},
        {"sync_status": None},
        {"deploy_status": "deploying"},
        {"upgrade_status": "UPGRADING"},
        {"deploy_status": None, "upgrade_status": None, "system_location": None, "node_type": None},
    ],
)
def test_what_is_not_wrong_by_itself_is_ok(manager: Manager, changed: Row) -> None:
    manager.tables[NODE][1].update(changed)
    answer = manager.check("nodes")
    assert answer.first_line.startswith("PEXIP NODES OK - 2 nodes, none")
    assert TOTALS in answer.first_line


def test_a_node_in_maintenance_and_one_not_synced_are_counted(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, maintenance_mode=True), node(2, sync_status="NOT_SYNCED"), node(3)]
    answer = manager.check("nodes", "--warning-node-status", "")
    assert answer.summary == "3 nodes, 1 in maintenance, 1 not synchronised, none stale"
    assert answer.perfdata["nodes.maintenance.count"] == "1;;;0;3"
    assert answer.perfdata["nodes.notsynced.count"] == "1;;;0;3"


def test_more_than_one_software_version_warns_and_says_which(manager: Manager) -> None:
    manager.tables[NODE] = [node(1), node(2), node(3, version="38 (81020.0.0)")]
    answer = manager.check("nodes")
    said = "software versions (39 (84112.0.0) on 2 nodes, 38 (81020.0.0) on 1 node) 2, above 1"
    assert (answer.summary, answer.code) == (said, 1)


def test_a_node_without_a_version_is_no_other_version(manager: Manager) -> None:
    manager.tables[NODE][1]["version"] = None
    assert manager.check("nodes").code == 0


@pytest.mark.parametrize(
    ("argv", "age", "stale"),
    [
        ([], 2 * DAY, 0),
        ([], 2 * DAY + 1, 1),
        (["--stale-after", "10m"], 600, 0),
        (["--stale-after", "10m"], 601, 1),
        (["--stale-after", "0"], 0, 0),
        ([], -3600, 0),
    ],
)
def test_a_node_not_heard_of_for_so_long_is_stale(manager: Manager, argv: list[str], age: float, stale: int) -> None:
    for row in manager.tables[NODE]:
        row["last_updated"] = ago(0)
    manager.tables[NODE][1]["last_updated"] = ago(age)
    answer = manager.check("nodes", "--critical-nodes-stale", "0", *argv)
    assert answer.perfdata["nodes.stale.count"] == f"{stale};;0;0;2"
    assert answer.perfdata["osl-conf-01#node.lastupdate.seconds"] == f"{max(0, age)}s;;;0;"
    assert answer.code == 2 * stale
    assert answer.summary == ("stale nodes 1, above 0" if stale else answer.summary)


@pytest.mark.parametrize(
    "row", [node(2, last_updated=None), node(2, last_updated=""), without(node(2), "last_updated", "last_reported")]
)
def test_a_node_never_contacted_is_stale_and_said_to_be_that(manager: Manager, row: Row) -> None:
    manager.tables[NODE][1] = {**row, "boot_time": None}
    answer = manager.check("nodes")
    assert answer.perfdata["nodes.stale.count"] == "1;;;0;2"
    assert answer.long_output == ["uptime of lon-conf-02: not reported", "last-update of lon-conf-02: never contacted"]
    assert answer.code == 0
    answer = manager.check("nodes", "--critical-last-update", "1h")
    assert (answer.summary, answer.code) == ("last-update of lon-conf-02: never contacted", 3)


def test_an_attempt_is_no_contact(manager: Manager) -> None:
    manager.tables[NODE][1].update(last_updated=ago(3 * DAY), last_attempted_contact=ago(1))
    assert manager.check("nodes").perfdata["nodes.stale.count"] == "1;;;0;2"


def test_a_null_boot_time_is_said_and_with_a_threshold_unknown(manager: Manager) -> None:
    manager.tables[NODE][1]["boot_time"] = None
    answer = manager.check("nodes")
    assert (answer.long_output, answer.code) == (["uptime of osl-conf-01: not reported"], 0)
    answer = manager.check("nodes", "--warning-uptime", "1d:")
    assert (answer.summary, answer.code) == ("uptime of osl-conf-01: not reported", 3)


def test_a_version_without_sync_status_is_judged_by_the_rest(manager: Manager) -> None:
    manager.tables[NODE] = [node_24(1), node_24(2, last_updated=ago(30 * DAY))]
    answer = manager.check("nodes")
    assert answer.summary == "2 nodes, none in maintenance, 1 stale"
    assert answer.long_output == ["nodes-not-synced: not supported by this version"]
    assert "nodes.notsynced.count" not in answer.perfdata
    answer = manager.check("nodes", "--warning-nodes-not-synced", "0")
    assert (answer.summary, answer.code) == ("nodes-not-synced: not supported by this version", 3)


def test_without_an_update_the_last_report_counts(manager: Manager) -> None:
    manager.tables[NODE] = [node_24(1, last_updated=None)]
    assert manager.check("nodes").perfdata["lon-conf-01#node.lastupdate.seconds"] == "30s;;;0;"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", None, "name of a node is null or empty"),
        ("maintenance_mode", None, "maintenance_mode of a node is null or empty"),
        ("maintenance_mode", "perhaps", "maintenance_mode of a node is unreadable (text)"),
        ("boot_time", "yesterday", "boot_time of a node is unreadable (text)"),
        ("deploy_status", [], "deploy_status of a node is unreadable (a list)"),
        ("last_updated", "yesterday", "last_updated of a node is unreadable (text)"),
        ("last_updated", 1772441849, "last_updated of a node is unreadable (a number)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[NODE][1][name] = value
    answer = manager.check("nodes")
    assert (answer.summary, answer.code) == (said, 3)
    assert TOTALS in answer.first_line
    assert "lon-conf-01#node.uptime.seconds" in answer.perfdata


@pytest.mark.parametrize("name", ["name", "maintenance_mode", "boot_time", "deploy_status", "version"])
def test_a_field_that_is_missing_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[NODE][1] = without(manager.tables[NODE][1], name)
    answer = manager.check("nodes")
    assert (answer.summary, answer.code) == (f"{name} of a node is missing", 3)


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("nodes-total", "2", "1", "nodes 2, above 1"),
        ("nodes-in-maintenance", "0", "1:", "nodes in maintenance 0, below 1"),
        ("nodes-not-synced", "0", "1:", "nodes not synced 0, below 1"),
        ("nodes-stale", "0", "1:", "stale nodes 0, below 1"),
        ("uptime", "50d", "49d", "uptime of lon-conf-01 50 d, above 49 d / uptime of osl-conf-01 50 d, above 49 d"),
        ("last-update", "1m", "20", "age of the last update of lon-conf-01 20.25 s, above 20 s"),
        ("versions", "1", "0", "software versions 1, above 0"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("nodes", f"--{level}-{label}", inside, outside)
    assert answer.summary.startswith(said)
    assert answer.code == code


@pytest.mark.parametrize(
    "expression",
    [
        "%{name} eq 'osl-conf-01' and %{location} eq 'Oslo' and %{type} eq 'CONFERENCING'",
        "%{version} =~ /^39/ and %{upgrade_status} eq 'IDLE' and %{location} ne 'London'",
        "%{uptime} > 49d and %{last_contact} < 1m and %{name} =~ /osl/",
        "%{maintenance_mode_reason} ne ''",
    ],
)
@AT_EACH_STATE
def test_each_node_can_be_judged(manager: Manager, expression: str, level: str, code: int) -> None:
    manager.tables[NODE][1]["maintenance_mode_reason"] = "CPU"
    answer = manager.check("nodes", f"--{level}-node-status", expression)
    said = f"osl-conf-01 (Oslo), version {VERSION}, last contact 20 s ago, up for 50 d"
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize(("expected", "code"), [("2", 0), ("1", 2), ("3", 2)])
def test_so_many_nodes_can_be_expected(manager: Manager, expected: str, code: int) -> None:
    answer = manager.check("nodes", "--expect-nodes", expected)
    assert answer.code == code
    assert not code or answer.summary == f"--expect-nodes: expected {expected}, found 2"


def test_of_those_that_the_filters_leave(manager: Manager) -> None:
    assert manager.check("nodes", "--expect-nodes", "1", "--filter-location", "^Oslo$").code == 0
    assert manager.check("nodes", "--expect-nodes", "1", "--exclude-name", "lon-").code == 0


def test_no_node_at_all_and_a_filter_that_leaves_none_are_unknown(manager: Manager) -> None:
    answer = manager.check("nodes", "--filter-name", "nobody")
    assert (answer.summary, answer.code) == ("no node matches the filters (2 seen)", 3)
    manager.tables[NODE] = []
    answer = manager.check("nodes")
    assert (answer.summary, answer.code) == ("the device reports no node at all", 3)


def test_the_address_of_a_node_is_one_request_more(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [{"name": "osl-conf-01", "address": "10.44.8.101", "id": 2}]
    manager.tables[NODE][1]["maintenance_mode"] = True
    answer = manager.check("nodes", "--with-address", "-v")
    assert answer.summary.startswith("osl-conf-01 (Oslo, 10.44.8.101), in maintenance")
    assert any(line.startswith("OK: lon-conf-01 (London), version") for line in answer.long_output)
    assert len(manager.requests) == 2


def test_addresses_that_may_not_be_read_are_unknown_and_the_nodes_are_measured(manager: Manager) -> None:
    manager.answers[NODE_CONFIGURATION] = 403
    answer = manager.check("nodes", "--with-address")
    assert answer.summary.startswith("addresses of the nodes: account 'admin' is not permitted to read")
    assert TOTALS in answer.first_line
    assert answer.code == 3


@pytest.mark.parametrize(
    ("value", "kind"), [([], "a list"), ({}, "an object"), (0, "a number"), (False, "true or false"), ("Never", "text")]
)
def test_a_contact_of_another_type_is_unknown_and_not_taken_for_none(
    manager: Manager, value: object, kind: str
) -> None:
    manager.tables[NODE][1]["last_updated"] = value
    answer = manager.check("nodes")
    assert (answer.summary, answer.code) == (f"last_updated of a node is unreadable ({kind})", 3)
    assert answer.perfdata["nodes.stale.count"] == "0;;;0;2"


def test_a_contact_of_blanks_is_none(manager: Manager) -> None:
    manager.tables[NODE][1]["last_updated"] = "  "
    answer = manager.check("nodes")
    assert answer.perfdata["nodes.stale.count"] == "1;;;0;2"
    assert answer.long_output == ["last-update of osl-conf-01: never contacted"]


def test_a_last_report_that_cannot_be_read_is_named(manager: Manager) -> None:
    manager.tables[NODE][1].update(last_updated=None, last_reported="yesterday")
    answer = manager.check("nodes")
    assert (answer.summary, answer.code) == ("last_reported of a node is unreadable (text)", 3)


def test_a_node_that_lacks_its_sync_status_hides_no_other_that_is_not_synced(manager: Manager) -> None:
    manager.tables[NODE] = [without(node(1), "sync_status"), node(2, sync_status="LOST")]
    answer = manager.check("nodes", "--critical-nodes-not-synced", "0")
    assert answer.perfdata["nodes.notsynced.count"] == "1;;0;0;2"
    assert answer.code == 2


def test_how_many_are_not_synchronised_is_not_known_where_no_node_says(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, sync_status=None), node(2, sync_status=None)]
    answer = manager.check("nodes")
    assert answer.summary == "2 nodes, none in maintenance, none stale"
    assert "nodes.notsynced.count" not in answer.perfdata
    assert "nodes-not-synced: not reported" in answer.long_output
    answer = manager.check("nodes", "--critical-nodes-not-synced", "0")
    assert (answer.summary, answer.code) == ("nodes-not-synced: not reported", 3)


def test_how_many_versions_there_are_is_not_known_where_no_node_says(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, version=None), node(2, version="")]
    answer = manager.check("nodes")
    assert "nodes.versions.count" not in answer.perfdata
    assert (answer.long_output, answer.code) == (["versions: not reported"], 0)
    answer = manager.check("nodes", "--critical-versions", "1")
    assert (answer.summary, answer.code) == ("versions: not reported", 3)
