"""pexip alarm-history."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ..conftest import Answer
from .past import ALARMS, Past, text
from .rows import NOW, Row, without
from .rows import alarm as live_alarm


def alarm(number: int, raised: float | None, lowered: float | None = None, **changed: Any) -> Row:
    """An alarm that was raised, and perhaps lowered."""
    return {
        **without(live_alarm(number), "acknowledged"),
        "resource_uri": f"/api/admin/history/v1/alarm/{number}/",
        "time_lowered": None if lowered is None else text(lowered),
        "time_raised": None if raised is None else text(raised),
        **changed,
    }


def counts(answer: Answer) -> tuple[int, int]:
    """Alarms raised and lowered."""
    raised, lowered = (answer.perfdata[f"alarms.{word}.count"] for word in ("raised", "lowered"))
    return int(raised.partition(";")[0]), int(lowered.partition(";")[0])


def test_no_alarm_is_ok(past: Past) -> None:
    answer = past.check("alarm-history")
    assert answer.first_line == (
        "PEXIP ALARM-HISTORY OK - 0 alarms raised and 0 lowered in the last 5 min | 'alarms.raised.count'=0;;;0; "
        "'alarms.lowered.count'=0;;;0; 'alarms.flapping.count'=0;0;;0; 'alarms.open.max.seconds'=0s;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)


def test_raising_and_lowering_of_one_alarm_are_each_counted_once(past: Past) -> None:
    past.appear(ALARMS, alarm(1, NOW - 60))
    assert past.check("alarm-history").first_line == (
        "PEXIP ALARM-HISTORY OK - 1 alarm raised and 0 lowered in the last 5 min | 'alarms.raised.count'=1;;;0; "
        "'alarms.lowered.count'=0;;;0; 'alarms.flapping.count'=0;0;;0; 'alarms.open.max.seconds'=60s;;;0;"
    )
    past.clock += 600
    past.tables[ALARMS][0]["time_lowered"] = text(past.clock - 10)
    assert past.check("alarm-history").first_line == (
        "PEXIP ALARM-HISTORY OK - 0 alarms raised and 1 lowered since the previous run | 'alarms.raised.count'=0;;;0; "
        "'alarms.lowered.count'=1;;;0; 'alarms.flapping.count'=0;0;;0; 'alarms.open.max.seconds'=650s;;;0;"
    )
    past.clock += 60
    assert counts(past.check("alarm-history")) == (0, 0)


def test_an_alarm_that_the_history_shows_only_once_it_is_lowered_was_raised_too(past: Past) -> None:
    past.check("alarm-history")
    past.appear(ALARMS, alarm(1, NOW + 10, NOW + 3000), at=NOW + 3000)
    past.appear(ALARMS, alarm(2, NOW + 2000, NOW + 2010), at=NOW + 2010)
    past.clock = NOW + 2600
    assert counts(past.check("alarm-history")) == (1, 1)
    past.clock = NOW + 3600
    assert counts(past.check("alarm-history")) == (1, 1)
    assert counts(past.check("alarm-history")) == (0, 0)


def test_the_raising_of_an_alarm_from_before_the_first_window_is_never_counted(past: Past) -> None:
    past.check("alarm-history")
    past.appear(ALARMS, alarm(1, NOW - 5000, NOW + 10), at=NOW + 10)
    past.clock += 20
    assert counts(past.check("alarm-history")) == (0, 1)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shows_open", [True, False], ids=["shows open ones", "shows lowered ones"])
def test_over_many_runs_each_edge_is_counted_once_and_none_is_lost(past: Past, seed: int, *, shows_open: bool) -> None:
    """Alarms are raised and lowered between runs and while pages are read; runs fail. No document says whether the
    history holds alarms that are open."""
    random = Random(f"{seed} {shows_open}")  # noqa: S311 -- a test that can be repeated
    rows: list[Row] = []
    open_rows: list[Row] = []
    lowered = 0

    def something_happens() -> None:
        nonlocal lowered
        past.clock += random.random()
        if open_rows and random.random() < 0.5:
            row = open_rows.pop(random.randrange(len(open_rows)))
            row["time_lowered"] = text(past.clock)
            lowered += 1
            if not shows_open:
                past.appear(ALARMS, row)
        else:
            row = alarm(len(rows), past.clock, name=f"alarm {len(rows)}")
            rows.append(row)
            open_rows.append(row)
            if shows_open:
                past.appear(ALARMS, row)

    past.page_limit = 5
    total = counts(past.check("alarm-history"))
    past.on_request = lambda: something_happens() if random.random() < 0.3 else None
    for _ in range(50):
        for _ in range(random.randrange(6)):
            past.clock += random.choice([0.0, 1.0, 100.0])
            something_happens()
        past.working = random.choice([0, 1, 2]) if random.random() < 0.3 else 1_000_000
        answer = past.check("alarm-history")
        if answer.code == 0:
            total = tuple(map(sum, zip(total, counts(answer))))  # type: ignore[assignment]
    past.on_request = lambda: None
    past.working = 1_000_000
    while open_rows:
        row = open_rows.pop()
        past.clock += 1
        row["time_lowered"] = text(past.clock)
        lowered += 1
        if not shows_open:
            past.appear(ALARMS, row)
    past.clock += 130
    assert tuple(map(sum, zip(total, counts(past.check("alarm-history"))))) == (len(rows), lowered)


# -- flapping


def flap(past: Past, *ages: float, **changed: Any) -> None:
    for age in ages:
        past.appear(ALARMS, alarm(1000 + int(age), NOW - age, NOW - age + 1, **changed))


def test_an_alarm_raised_three_times_in_an_hour_flaps_and_is_named(past: Past) -> None:
    flap(past, 10, 1800, 3600)
    answer = past.check("alarm-history")
    assert answer.first_line == (
        "PEXIP ALARM-HISTORY WARNING - alarms flapping (connectivity_lost on 10.44.7.101 raised 3 times) 1, above 0 | "
        "'alarms.raised.count'=1;;;0; 'alarms.lowered.count'=1;;;0; 'alarms.flapping.count'=1;0;;0; "
        "'alarms.open.max.seconds'=1s;;;0;"
    )
    assert answer.code == 1
    assert past.check("alarm-history").code == 1


@pytest.mark.parametrize(
    ("ages", "options", "code"),
    [
        ((10, 1800, 3601), [], 0),
        ((10, 1800), [], 0),
        ((10, 1800), ["--flap", "2"], 1),
        ((10, 20, 30, 40), ["--flap", "5"], 0),
        ((10, 1800, 3601), ["--flap-window", "2h"], 1),
        ((10, 20, 61), ["--flap-window", "1m"], 0),
        ((10, 20, 30), ["--warning-alarms-flapping", "1"], 0),
        ((10, 20, 30), ["--critical-alarms-flapping", "0"], 2),
    ],
)
def test_flap_and_flap_window_say_what_flapping_is(
    past: Past, ages: tuple[float, ...], options: list[str], code: int
) -> None:
    flap(past, *ages)
    assert past.check("alarm-history", *options).code == code


def test_alarms_of_other_names_and_of_other_nodes_do_not_flap_together(past: Past) -> None:
    flap(past, 10, 20)
    flap(past, 30, node="10.44.7.102")
    flap(past, 40, name="other")
    assert past.check("alarm-history").code == 0


def test_an_alarm_without_name_and_node_flaps_too(past: Past) -> None:
    flap(past, 10, 20, 30, name=None, node=None)
    assert past.check("alarm-history").summary == (
        "alarms flapping (an alarm without a name on no node raised 3 times) 1, above 0"
    )


# -- filters, thresholds, fields


def test_filters_hold_for_every_figure(past: Past) -> None:
    flap(past, 10, 20, 30, level="warning")
    past.appear(ALARMS, alarm(1, NOW - 100, name="other"))
    for filters in (["--filter-name", "other"], ["--exclude-level", "warning"], ["--exclude-name", "connect"]):
        answer = past.check("alarm-history", *filters)
        assert answer.summary == "1 alarm raised and 0 lowered in the last 5 min"
        assert answer.perfdata["alarms.flapping.count"] == "0;0;;0;"
    answer = past.check("alarm-history", "--filter-node", "nowhere")
    assert (answer.summary, answer.code) == ("no alarm matches the filters (4 seen)", 0)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-alarms-raised=1", 1),
        ("--warning-alarms-raised=2", 0),
        ("--critical-alarms-lowered=0", 2),
        ("--critical-alarms-lowered=1", 0),
        ("--warning-alarms-open-max=59", 1),
        ("--warning-alarms-open-max=1m", 0),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(past: Past, option: str, code: int) -> None:
    past.appear(ALARMS, alarm(1, NOW - 60))
    past.appear(ALARMS, alarm(2, NOW - 50, NOW - 20))
    assert past.check("alarm-history", option).code == code


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"time_raised": None}, "time_raised of an alarm is null or empty"),
        ({"time_raised": "then"}, "time_raised of an alarm is unreadable (text)"),
        ({"time_lowered": []}, "time_lowered of an alarm is unreadable (a list)"),
        ({"id": None}, "id of an alarm is null or empty"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(past: Past, changed: Row, line: str) -> None:
    past.ignores_filters = True
    past.appear(ALARMS, {**alarm(1, NOW - 60, NOW - 30), **changed})
    answer = past.check("alarm-history", "--since", "1h")
    assert (answer.summary.replace("2 alarms", "an alarm"), answer.code) == (line, 3)


def test_since_looks_back_and_remembers_nothing(past: Past) -> None:
    past.appear(ALARMS, alarm(1, NOW - 7000, NOW - 6000))
    for _ in range(2):
        answer = past.check("alarm-history", "--since", "2h")
        assert answer.summary == "1 alarm raised and 1 lowered in the last 2 h"


def test_the_requests_are_two_and_on_the_first_run_one_more_for_the_clock(past: Past) -> None:
    past.check("alarm-history")
    assert len(past.requests) == 3
    past.check("alarm-history")
    assert len(past.requests) == 5


def test_an_alarm_that_appears_two_minutes_late_to_the_microsecond_is_counted(past: Past) -> None:
    newest = NOW - 1 + 0.556929
    past.appear(ALARMS, alarm(1, newest))
    past.check("alarm-history")
    past.appear(ALARMS, alarm(2, newest - 120), at=NOW + 1)
    past.clock += 1
    assert counts(past.check("alarm-history")) == (1, 0)
    assert counts(past.check("alarm-history")) == (0, 0)


# -- the state between runs


@pytest.mark.parametrize(
    "damage",
    [
        {"open": [[]]},
        {"open": [None, "1"]},
        {"open": {"1": 1}},
        {"open": 1},
        {"time_raised": {"floor": 1, "cursor": 10**400, "seen": {}}},
        {"time_lowered": {"floor": 1, "cursor": 2, "seen": {"1": 10**400}}},
        {"time_raised": 5, "time_lowered": None, "open": [1]},
    ],
)
def test_a_damaged_state_costs_one_line_and_never_the_check(past: Past, tmp_path: Path, damage: Row) -> None:
    past.appear(ALARMS, alarm(1, NOW - 60))
    past.check("alarm-history")
    (path,) = (path for path in (tmp_path / "state").glob("run-*") if path.suffix != ".lock")
    content = json.loads(path.read_text())
    content["state"].update(damage)
    path.write_text(json.dumps(content))
    answer = past.check("alarm-history")
    assert (answer.long_output, answer.code) == (["state of the previous run not readable, starting anew"], 0)
    assert past.check("alarm-history").long_output == []


def test_that_the_clock_was_set_back_is_said_in_one_line(past: Past) -> None:
    past.appear(ALARMS, alarm(1, NOW - 60, NOW - 30))
    past.check("alarm-history")
    past.clock -= 3600
    answer = past.check("alarm-history")
    assert answer.long_output == ["the device's clock was set back: the next run looks back --window"]
