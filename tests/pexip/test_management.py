"""pexip management."""

from __future__ import annotations

from typing import Any

import pytest

from .manager import Manager
from .rows import NODE, Row, ago, node, without

MANAGEMENT = "status/v1/management_vm/"


def manager_row(**changed: Any) -> Row:
    """The Management Node, in sync."""
    return {
        "configuration_id": 1,
        "id": 1,
        "last_attempted_contact": None,
        "last_updated": ago(20),
        "name": "pexmgr",
        "primary": True,
        "resource_uri": "/api/admin/status/v1/management_vm/1/",
        "sync_status": "SYNCED",
        "upgrade_status": "IDLE",
        "version": "39 (84112.0.0)",
        **changed,
    }


@pytest.fixture
def manager(manager: Manager) -> Manager:
    manager.tables[MANAGEMENT] = [manager_row()]
    manager.tables[NODE] = [node(1), node(2)]
    return manager


def test_a_node_in_sync_is_ok(manager: Manager) -> None:
    answer = manager.check("management")
    assert answer.first_line == (
        "PEXIP MANAGEMENT OK - 1 Management Node, version 39 (84112.0.0) | 'management.nodes.total.count'=1;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert len(manager.requests) == 1


@pytest.mark.parametrize(
    ("status", "code"), [("SYNCED", 0), ("", 0), (None, 0), ("SYNCING", 1), ("synced", 1), ("NOT_SYNCED", 1)]
)
def test_anything_but_synced_is_a_warning(manager: Manager, status: object, code: int) -> None:
    manager.tables[MANAGEMENT] = [manager_row(sync_status=status)]
    answer = manager.check("management")
    assert answer.code == code
    if code:
        assert answer.summary == f"pexmgr: {status}, version 39 (84112.0.0), upgrade IDLE, updated 20 s ago"


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{name} eq 'pexmgr'", 2),
        ("%{primary} == 1", 2),
        ("%{version} =~ /^40/", 0),
        ("%{upgrade_status} ne 'IDLE'", 0),
        ("%{last_contact} > 19", 2),
        ("%{last_contact} > 20", 0),
    ],
)
def test_each_macro_can_be_judged(manager: Manager, expression: str, code: int) -> None:
    assert manager.check("management", "--critical-management-status", expression).code == code


def test_a_contact_that_was_attempted_is_no_contact(manager: Manager) -> None:
    manager.tables[MANAGEMENT] = [manager_row(last_updated=None, last_attempted_contact=ago(5))]
    answer = manager.check("management", "--warning-management-status", "%{last_contact} eq ''")
    assert answer.summary == "pexmgr: SYNCED, version 39 (84112.0.0), upgrade IDLE, never updated"


def test_one_version_on_all_nodes_is_ok(manager: Manager) -> None:
    answer = manager.check("management", "--with-nodes")
    assert answer.first_line == (
        "PEXIP MANAGEMENT OK - 1 Management Node, version 39 (84112.0.0) | "
        "'management.nodes.total.count'=1;;;0; 'versions.count'=1;1;;0;"
    )
    assert len(manager.requests) == 2


def test_more_than_one_version_is_a_warning_and_each_is_named(manager: Manager) -> None:
    manager.tables[NODE].append(node(3, version="38 (80000.0.0)"))
    answer = manager.check("management", "--with-nodes")
    assert answer.summary == "software versions (38 (80000.0.0), 39 (84112.0.0)) 2, above 1"
    assert answer.code == 1
    answer = manager.check("management", "--with-nodes", "--warning-versions", "2")
    assert (answer.summary, answer.code) == ("1 Management Node, 2 versions", 0)


def test_versions_are_counted_only_with_the_nodes(manager: Manager) -> None:
    answer = manager.check("management", "--warning-versions", "1")
    assert (answer.summary, answer.code) == ("versions: counted only with --with-nodes", 3)


def test_no_node_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[MANAGEMENT] = []
    answer = manager.check("management")
    assert (answer.summary, answer.code) == ("the device reports no Management Node at all", 3)


def test_a_version_before_the_resource_is_not_supported(manager: Manager) -> None:
    del manager.tables[MANAGEMENT]
    answer = manager.check("management")
    assert answer.first_line == (
        "PEXIP MANAGEMENT UNKNOWN - /api/admin/status/v1/management_vm/ "
        "is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.code == 3


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (manager_row(name=None), "name of a Management Node is null or empty"),
        (without(manager_row(), "version"), "version of a Management Node is missing"),
        (manager_row(last_updated="x"), "last_updated of a Management Node is unreadable (text)"),
        (manager_row(version={}), "version of a Management Node is unreadable (an object)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(manager: Manager, row: Row, line: str) -> None:
    manager.tables[MANAGEMENT] = [row]
    answer = manager.check("management")
    assert (answer.summary, answer.code) == (line, 3)


def test_without_the_fields_of_later_versions_it_is_ok(manager: Manager) -> None:
    manager.tables[MANAGEMENT] = [without(manager_row(), "sync_status", "upgrade_status", "primary")]
    assert manager.check("management").code == 0


def test_a_node_without_a_name_is_called_so(manager: Manager) -> None:
    manager.tables[MANAGEMENT] = [manager_row(name=None, sync_status="FAILED")]
    assert "unnamed: FAILED, " in manager.check("management").summary


def test_how_many_versions_there_are_is_not_known_where_no_node_says(manager: Manager) -> None:
    manager.tables = {MANAGEMENT: [manager_row(version=None)], NODE: [node(1, version=None)]}
    answer = manager.check("management", "--with-nodes")
    assert "versions.count" not in answer.perfdata
    assert (answer.long_output, answer.code) == (["versions: not reported"], 0)
    answer = manager.check("management", "--with-nodes", "--critical-versions", "1")
    assert (answer.summary, answer.code) == ("versions: not reported", 3)
