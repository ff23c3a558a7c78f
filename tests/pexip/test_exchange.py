"""pexip exchange."""

from __future__ import annotations

from typing import Any

import pytest

from .manager import Manager
from .rows import Row, ago, without

SCHEDULERS = "status/v1/exchange_scheduler/"


def scheduler(number: int = 1, age: float = 300, **changed: Any) -> Row:
    """One that processed an item a while ago."""
    return {
        "exchange_connector_id": number,
        "id": 10 + number,
        "last_modified_time": ago(age),
        "resource_uri": f"/api/admin/status/v1/exchange_scheduler/{10 + number}/",
        **changed,
    }


def test_schedulers_that_work_are_ok(manager: Manager) -> None:
    manager.tables[SCHEDULERS] = [scheduler(), scheduler(2, 900.5)]
    answer = manager.check("exchange")
    assert answer.first_line == (
        "PEXIP EXCHANGE OK - 2 schedulers, the last item processed 5 min ago | 'schedulers.total.count'=2;;;0; "
        "'1#exchange.lastprocessed.seconds'=300s;7200;86400;0; '2#exchange.lastprocessed.seconds'=900.5s;7200;86400;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)


def test_no_scheduler_is_ok_unless_a_threshold_asks_for_one(manager: Manager) -> None:
    manager.tables[SCHEDULERS] = []
    answer = manager.check("exchange")
    assert answer.first_line == "PEXIP EXCHANGE OK - 0 schedulers | 'schedulers.total.count'=0;;;0;"
    assert manager.check("exchange", "--critical-schedulers-total", "1:").code == 2


@pytest.mark.parametrize(("seconds", "code"), [(7200, 0), (7201, 1), (86400, 1), (86401, 2)])
def test_one_that_has_not_worked_for_long_is_judged(manager: Manager, seconds: float, code: int) -> None:
    manager.tables[SCHEDULERS] = [scheduler(), scheduler(2, seconds)]
    answer = manager.check("exchange")
    assert answer.code == code
    if code:
        assert answer.summary.startswith("exchange age of connector 2: ")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([scheduler(last_modified_time=None)], "last_modified_time of a scheduler is null or empty"),
        ([scheduler(last_modified_time="")], "last_modified_time of a scheduler is null or empty"),
        ([scheduler(last_modified_time=1772441849)], "last_modified_time of a scheduler is unreadable (a number)"),
        ([without(scheduler(), "last_modified_time")], "last_modified_time of a scheduler is missing"),
        ([scheduler(exchange_connector_id=None)], "exchange_connector_id of a scheduler is null or empty"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(manager: Manager, rows: list[Row], line: str) -> None:
    manager.tables[SCHEDULERS] = rows
    answer = manager.check("exchange")
    assert (answer.summary, answer.code) == (line, 3)
    assert answer.perfdata["schedulers.total.count"] == "1;;;0;"


def test_one_that_never_worked_hides_no_other_that_is_critical(manager: Manager) -> None:
    manager.tables[SCHEDULERS] = [scheduler(last_modified_time=None), scheduler(2, 90_000)]
    answer = manager.check("exchange")
    assert answer.summary == (
        "exchange age of connector 2: 1 d 1 h, above 1 d / last_modified_time of a scheduler is null or empty"
    )
    assert answer.code == 2


def test_filters_choose_connectors(manager: Manager) -> None:
    manager.tables[SCHEDULERS] = [scheduler(), scheduler(2, 90_000)]
    assert manager.check("exchange", "--filter-connector", "^1$").code == 0
    answer = manager.check("exchange", "--filter-connector", "^9$")
    assert (answer.summary, answer.code) == ("no scheduler matches the filters (2 seen)", 0)


def test_a_version_without_the_resource_is_unknown(manager: Manager) -> None:
    answer = manager.check("exchange")
    assert answer.summary.endswith("exchange_scheduler/ is not supported by this version of Pexip Infinity (HTTP 404)")
    assert answer.code == 3
