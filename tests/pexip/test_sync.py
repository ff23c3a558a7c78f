"""pexip sync."""

from __future__ import annotations

from typing import Any

import pytest

from .manager import Manager
from .rows import Row, ago, without

SYNC = "status/v1/conference_sync/"
KINDS = ("vmrs", "devices", "end_users")
VERBS = ("created", "updated", "deleted", "unchanged")
COUNTS = [f"{kind}_{verb}" for kind in KINDS for verb in VERBS]


def template(number: int = 1, **changed: Any) -> Row:
    """A template that was synchronised without errors six hours ago."""
    return {
        **{name: position for position, name in enumerate(COUNTS)},
        "configuration_id": number,
        "id": number,
        "last_updated": ago(6 * 3600),
        "resource_uri": f"/api/admin/status/v1/conference_sync/{number}/",
        "sync_errors": 0,
        "sync_last_error_description": "",
        "sync_progress": 100,
        "sync_status": "sync_succeeded",
        **changed,
    }


def failed(number: int = 2, **changed: Any) -> Row:
    """One that could not reach its directory."""
    return template(
        number,
        **{
            "sync_errors": 1,
            "sync_last_error_description": "Could not bind to LDAP server ldap.example.com",
            "sync_status": "sync_failed",
            **changed,
        },
    )


def test_templates_without_errors_are_ok(manager: Manager) -> None:
    manager.tables[SYNC] = [template()]
    answer = manager.check("sync")
    shown = " ".join(
        f"'1#sync.{kind}.{verb}.count'={4 * place + position};;;0;"
        for place, kind in enumerate(KINDS)
        for position, verb in enumerate(VERBS)
    )
    assert answer.first_line == (
        "PEXIP SYNC OK - 1 sync template without errors, the oldest updated 6 h ago | "
        f"'1#sync.errors.count'=0;;0;0; '1#sync.age.seconds'=21600s;93600;;0; {shown}"
    )
    assert (answer.long_output, answer.code) == ([], 0)


def test_errors_are_critical_and_the_last_one_is_in_the_long_output(manager: Manager) -> None:
    manager.tables[SYNC] = [template(), failed()]
    answer = manager.check("sync")
    assert answer.summary == "sync errors of template 2: 1, above 0"
    assert answer.long_output == [
        "CRITICAL: sync errors of template 2: 1, above 0",
        "template 2, last error: Could not bind to LDAP server ldap.example.com",
    ]
    assert answer.code == 2


@pytest.mark.parametrize(("hours", "code"), [(26, 0), (26.01, 1), (2600, 1)])
def test_an_old_state_is_a_warning(manager: Manager, hours: float, code: int) -> None:
    manager.tables[SYNC] = [template(last_updated=ago(hours * 3600))]
    assert manager.check("sync").code == code


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--critical-sync-age=6h", 0),
        ("--critical-sync-age=5h", 2),
        ("--warning-vmrs-deleted=1", 1),
        ("--warning-vmrs-deleted=2", 0),
        ("--warning-end-users-unchanged=10", 1),
        ("--warning-end-users-unchanged=11", 0),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(manager: Manager, option: str, code: int) -> None:
    manager.tables[SYNC] = [template()]
    assert manager.check("sync", option).code == code


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{status} =~ /fail/", 1),
        ("%{status} =~ /succeeded/", 0),
        ("%{progress} < 100", 0),
        ("%{errors} == 1", 1),
        ("%{last_error} =~ /bind/", 1),
        ("%{age} > 6h", 0),
        ("%{age} >= 6h", 1),
    ],
)
def test_each_macro_can_be_judged(manager: Manager, expression: str, code: int) -> None:
    manager.tables[SYNC] = [failed()]
    answer = manager.check("sync", "--critical-sync-errors", "~:", "--warning-sync-status", expression)
    assert answer.code == code


def test_a_judged_template_is_described(manager: Manager) -> None:
    manager.tables[SYNC] = [failed()]
    answer = manager.check("sync", "--critical-sync-errors", "~:", "--warning-sync-status", "%{status} =~ /fail/")
    assert answer.summary == (
        "template 2: sync_failed, updated 6 h ago, 1 error: Could not bind to LDAP server ldap.example.com"
    )


def test_no_template_is_unknown(manager: Manager) -> None:
    manager.tables[SYNC] = []
    answer = manager.check("sync")
    assert answer.first_line == "PEXIP SYNC UNKNOWN - the device reports no sync template at all"
    assert answer.code == 3


def test_a_filter_chooses_templates(manager: Manager) -> None:
    manager.tables[SYNC] = [template(), failed()]
    assert manager.check("sync", "--exclude-template", "^2$").code == 0
    answer = manager.check("sync", "--filter-template", "9")
    assert (answer.summary, answer.code) == ("no sync template matches the filters (2 seen)", 3)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"last_updated": None}, "last_updated of a sync template is null or empty"),
        ({"last_updated": "Never"}, "last_updated of a sync template is unreadable (text)"),
        ({"sync_errors": None}, "sync_errors of a sync template is null or empty"),
        ({"sync_errors": "many"}, "sync_errors of a sync template is unreadable (text)"),
        ({"configuration_id": None}, "configuration_id of a sync template is null or empty"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(manager: Manager, changed: Row, line: str) -> None:
    manager.tables[SYNC] = [template(**changed)]
    answer = manager.check("sync")
    assert (answer.summary, answer.code) == (line, 3)


def test_a_status_that_is_missing_is_unknown_and_one_that_is_null_is_not(manager: Manager) -> None:
    manager.tables[SYNC] = [without(template(), "sync_status")]
    assert manager.check("sync").summary == "sync_status of a sync template is missing"
    manager.tables[SYNC] = [template(sync_status=None)]
    assert manager.check("sync").code == 0


def test_counts_that_are_missing_are_not_reported(manager: Manager) -> None:
    manager.tables[SYNC] = [without(template(), *COUNTS[1:])]
    answer = manager.check("sync")
    assert list(answer.perfdata) == ["1#sync.errors.count", "1#sync.age.seconds", "1#sync.vmrs.created.count"]
    assert answer.long_output[0] == "vmrs-updated of 1: not reported"
    assert answer.code == 0
    judged = manager.check("sync", "--warning-vmrs-updated", "5")
    assert (judged.summary, judged.code) == ("vmrs-updated of 1: not reported", 3)


def test_a_version_without_the_resource_is_unknown(manager: Manager) -> None:
    answer = manager.check("sync")
    assert answer.first_line == (
        "PEXIP SYNC UNKNOWN - /api/admin/status/v1/conference_sync/ "
        "is not supported by this version of Pexip Infinity (HTTP 404)"
    )


def test_errors_within_a_threshold_are_counted_in_the_line(manager: Manager) -> None:
    manager.tables[SYNC] = [template(sync_errors=5), template(2, sync_errors=1)]
    answer = manager.check("sync", "--critical-sync-errors", "10")
    assert (answer.summary, answer.code) == ("2 sync templates with 6 errors, the oldest updated 6 h ago", 0)
