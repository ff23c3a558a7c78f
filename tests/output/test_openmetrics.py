"""--output openmetrics: what the reference parser reads of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from check_videoconf.counters import CRITICAL, UNKNOWN
from check_videoconf.output.openmetrics import render
from check_videoconf.report import Report

from .reports import figure, report, reports

PARSE: Any = text_string_to_metric_families  # without type hints
COMMON = {"system": "pexip", "mode": "conferences", "host": "pexip.example.com"}


def samples(made: Report) -> list[tuple[str, dict[str, str], float]]:
    """Name, labels and value of each sample, as the reference parser of OpenMetrics reads them."""
    output = render(made)
    output.encode()
    families = list(PARSE(output))
    assert {family.type for family in families} == {"gauge"}
    return [(sample.name, sample.labels, sample.value) for family in families for sample in family.samples]


def test_the_whole_output() -> None:
    made = report([figure("nodes.total.count", 2), figure("node.load.percentage", 92.456, "lon-1", unit="%")])
    assert render(made) == (
        "# TYPE videoconf_nodes_total_count gauge\n"
        'videoconf_nodes_total_count{system="pexip",mode="conferences",host="pexip.example.com"} 2\n'
        "# TYPE videoconf_node_load_percentage gauge\n"
        'videoconf_node_load_percentage{system="pexip",mode="conferences",host="pexip.example.com",instance="lon-1"}'
        " 92.456\n"
        "# TYPE videoconf_check_state gauge\n"
        'videoconf_check_state{system="pexip",mode="conferences",host="pexip.example.com"} 0\n'
        "# TYPE videoconf_check_duration_seconds gauge\n"
        'videoconf_check_duration_seconds{system="pexip",mode="conferences",host="pexip.example.com"} 0.25\n'
        "# EOF\n"
    )


@pytest.mark.parametrize("state", [CRITICAL, UNKNOWN])
def test_the_state_of_the_check_is_its_exit_code(state: int) -> None:
    assert ("videoconf_check_state", COMMON, state) in samples(report(state=state))


@pytest.mark.parametrize("instance", ['Room "1"', "back\\slash", '\\"', "Zürich 會議室 😀", "a\\n"])
def test_an_instance_keeps_quotes_backslashes_and_letters_of_any_script(instance: str) -> None:
    found = samples(report([figure("room.count", 1, instance)]))
    assert found[0] == ("videoconf_room_count", {**COMMON, "instance": instance}, 1)


def test_two_nlabels_that_become_one_name_stay_two() -> None:
    made = report([figure("display_ui.count", 1), figure("display.ui.count", 2), figure("display-ui.count", 3, "x")])
    assert [(name, value) for name, _, value in samples(made)[:3]] == [
        ("videoconf_display_ui_count", 1),
        ("videoconf_display_ui_count_", 2),
        ("videoconf_display_ui_count__", 3),
    ]


def test_a_counter_is_never_taken_for_the_checks_own_metrics() -> None:
    names = [name for name, _, _ in samples(report([figure("check.state", 7)]))]
    assert names == ["videoconf_check_state_", "videoconf_check_state", "videoconf_check_duration_seconds"]


def test_a_counter_of_several_instances_is_one_family_wherever_they_stand() -> None:
    made = report([figure(f"room.{word}.count", 1, name) for name in "ab" for word in ("x", "y")])
    assert [(name, labels["instance"]) for name, labels, _ in samples(made)[:4]] == [
        ("videoconf_room_x_count", "a"),
        ("videoconf_room_x_count", "b"),
        ("videoconf_room_y_count", "a"),
        ("videoconf_room_y_count", "b"),
    ]


@given(reports())
@example(
    report([figure("a.count", 1), figure("a.count", 2), figure("a.count", 3, "same"), figure("a.count", 4, "same")])
)
def test_any_report_is_read_by_the_reference_parser_without_loss(made: Report) -> None:
    found = samples(made)
    keys = [(name, tuple(sorted(labels.items()))) for name, labels, _ in found]
    assert len(set(keys)) == len(keys) == len(made.figures) + 2
    values = {
        (name.removeprefix("videoconf_"), labels.get("instance", "")): value for name, labels, value in found[:-2]
    }
    for each in made.figures:
        assert values[each.nlabel.replace(".", "_"), each.shown] == pytest.approx(each.value, rel=1e-11, abs=1e-12)
