"""pexip alarms."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Run
from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import ALARM, ago, alarm, license_alarm, without

ERROR = (
    "connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 42 min: "
    "Connectivity lost between nodes 10.44.7.101 and 10.44.8.102"
)
WARNING = (
    "licenses_exhausted (port) on 10.44.7.0 [warning] for 12 d, acknowledged: "
    "Call licenses nearly exhausted: 243 of 250 port licenses in use"
)


def figures(alerts: int, total: int, unacknowledged: int | None) -> str:
    shown = f"'alerts.problems.current.count'={alerts};;;0; 'alarms.total.count'={total};;;0;"
    return shown if unacknowledged is None else f"{shown} 'alarms.unacknowledged.count'={unacknowledged};;;0;"


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """With an error and an acknowledged warning."""
    manager.tables[ALARM] = [license_alarm(), alarm()]
    return manager


# -- states


def test_no_alarm_is_ok(manager: Manager) -> None:
    manager.tables[ALARM] = []
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS OK - no alarm | {figures(0, 0, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_alarms_are_named_worst_first_with_node_and_age(manager: Manager) -> None:
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} / {WARNING} | {figures(2, 2, 1)}"
    assert answer.long_output == [f"CRITICAL: {ERROR}", f"WARNING: {WARNING}"]
    assert answer.code == 2
    assert manager.requests == ["status/v1/alarm/?limit=1000&offset=0"]


def test_an_alarm_of_level_warning_is_a_warning(manager: Manager) -> None:
    manager.tables[ALARM] = [license_alarm()]
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS WARNING - {WARNING} | {figures(1, 1, 0)}"
    assert answer.code == 1


def test_an_alarm_of_level_info_is_ok_and_counted(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(level="Info")]
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS OK - 1 alarm, judged as no problem | {figures(0, 1, 1)}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_minor_warns_and_a_level_in_other_case_counts_the_same(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(level="Minor")]
    assert manager.check("alarms").code == 1
    manager.tables[ALARM] = [alarm(level="MAJOR")]
    assert manager.check("alarms").code == 2


@pytest.mark.parametrize(
    ("level", "shown"), [(None, "no level"), ("", "no level"), ("catastrophe", "catastrophe"), (7, "7")]
)
def test_a_level_that_is_missing_or_unheard_of_still_warns(manager: Manager, level: object, shown: str) -> None:
    manager.tables[ALARM] = [alarm(level=level)]
    answer = manager.check("alarms")
    assert answer.summary.startswith(f"connectivity_lost (10.44.8.102) on 10.44.7.101 [{shown}] for 42 min")
    assert answer.code == 1


def test_a_level_that_is_not_text_still_warns_and_is_named(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(level=["error"])]
    answer = manager.check("alarms")
    assert answer.long_output[-1] == "level of an alarm is unreadable (a list)"
    assert answer.code == 1


def test_an_alarm_of_which_every_field_is_null_is_kept(manager: Manager) -> None:
    manager.tables[ALARM] = [dict.fromkeys(alarm(), None)]
    answer = manager.check("alarms")
    assert answer.first_line == (
        f"PEXIP ALARMS WARNING - alarm without a name [no level], age unknown | {figures(1, 1, 1)}"
    )


def test_an_alarm_without_a_name_is_called_by_its_number(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(name=None, identifier=7, instance="", node="", details="")]
    assert manager.check("alarms").summary == "alarm 7 [error] for 42 min"


def test_an_alarm_whose_details_are_null_is_not_dropped(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(details=None)]
    answer = manager.check("alarms")
    assert answer.first_line == (
        "PEXIP ALARMS CRITICAL - connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 42 min"
        f" | {figures(1, 1, 1)}"
    )


def test_eight_kilobytes_of_details_are_shortened(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(details="x" * 8096)]
    summary = manager.check("alarms").summary
    assert summary.endswith("xxx…")
    assert len(summary) < 250


def test_text_of_the_device_breaks_neither_the_line_nor_the_perfdata(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(name="a|b\nc\x1b[31m", details="'x'=1;2 | 3", node="n\t\u202e")]
    answer = manager.check("alarms")
    assert answer.summary == "a/b c (10.44.8.102) on n [error] for 42 min: 'x'=1;2 / 3"
    assert answer.perfdata.keys() == {
        "alerts.problems.current.count",
        "alarms.total.count",
        "alarms.unacknowledged.count",
    }


# -- ages


@pytest.mark.parametrize("moment", [None, "", "yesterday", "2026-13-45T99:99:99", 1772439312, ["2026"]])
def test_an_alarm_with_an_unreadable_time_is_kept_and_its_age_unknown(manager: Manager, moment: object) -> None:
    manager.tables[ALARM] = [alarm(time_raised=moment, details="")]
    answer = manager.check("alarms", "--critical-status", "%{opened} >= 0")
    assert answer.summary == "connectivity_lost (10.44.8.102) on 10.44.7.101 [error], age unknown"
    assert answer.code == 1


def test_an_age_is_never_negative(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(time_raised=ago(-90), details="")]
    answer = manager.check("alarms", "--critical-status", "%{opened} == 0")
    assert answer.summary == "connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 0 s"
    assert answer.code == 2


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("precision", ["seconds", "microseconds"])
def test_times_are_utc_whatever_the_poller_s_time_zone(run: Run, zone: str, precision: str) -> None:
    raised = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=2, hours=1, minutes=30)
    with Simulator(systems=("pexip",), tls=False, participants=0) as devices:
        row = alarm(details="", time_raised=raised.isoformat(timespec=precision))
        devices.pexip.tables[ALARM] = [row]
        connection = ["-H", "127.0.0.1", "-p", f"{devices.pexip.port}", "--proto", "http", "-u", devices.username]
        answer = run("pexip", "alarms", *connection, TZ=zone, CHECK_VIDEOCONF_PASSWORD=devices.password)
    assert answer.summary == "connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 2 d 1 h"


# -- thresholds and expressions


@pytest.mark.parametrize(
    ("label", "inside", "outside"),
    [("alerts", "2", "1"), ("alarms-total", "2", "@2"), ("alarms-unacknowledged", "1:", "2:")],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, level: str, code: int
) -> None:
    quiet = ["--warning-status", "%{level} eq 'warning' or %{level} eq 'error'", "--critical-status", ""]
    loud = [*quiet, "--filter-counters", "^(?!status)"]
    assert manager.limited("alarms", f"--{level}-{label}", inside, outside, *loud).code == code


def test_a_broken_threshold_is_named_with_value_and_limit(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(level="info")]
    answer = manager.check("alarms", "--warning-alarms-total", "0")
    assert answer.first_line == (
        "PEXIP ALARMS WARNING - alarms 1, above 0"
        " | 'alerts.problems.current.count'=0;;;0; 'alarms.total.count'=1;0;;0; 'alarms.unacknowledged.count'=1;;;0;"
    )


@pytest.mark.parametrize(
    ("expressions", "code"),
    [
        (["--warning-status", ""], 2),
        (["--critical-status", ""], 1),
        (["--warning-status", "", "--critical-status", ""], 0),
        (["--unknown-status", "%{name} =~ /licen/", "--critical-status", ""], 3),
        (["--unknown-status", "%{name} =~ /licen/"], 2),
        (["--warning-status", "%(opened) > 30d", "--critical-status", "%{opened} > 13d"], 0),
        (["--critical-status", "%{opened} > 11d and %{acknowledged} == 1"], 2),
        (["--critical-status", "%{details} =~ /243 of 250/ and %{identifier} == 2"], 2),
        (["--warning-status=%\\{level\\} =~ /warning|minor/i", "--critical-status=%\\{node\\} eq 'nowhere'"], 1),
    ],
)
def test_expressions_replace_the_defaults(manager: Manager, expressions: list[str], code: int) -> None:
    assert manager.check("alarms", *expressions).code == code


def test_all_expressions_switched_off_say_so_honestly(manager: Manager) -> None:
    answer = manager.check("alarms", "--warning-status", "", "--critical-status", "")
    assert answer.first_line == f"PEXIP ALARMS OK - 2 alarms, judged as no problem | {figures(0, 2, 1)}"


# -- filters


@pytest.mark.parametrize(
    "chosen",
    [
        ["--filter-name", "^connect"],
        ["--filter-node", "101$"],
        ["--filter-level", "error"],
        ["--exclude-name", "licen"],
        ["--exclude-node", r"\.0$"],
        ["--exclude-level", "warning"],
        ["--filter-name", "lost|exhausted", "--exclude-level", "^warning$"],
    ],
)
def test_filters_choose_alarms(manager: Manager, chosen: list[str]) -> None:
    answer = manager.check("alarms", *chosen)
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} | {figures(1, 1, 1)}"


def test_a_filter_that_leaves_nothing_is_said(manager: Manager) -> None:
    answer = manager.check("alarms", "--filter-name", "nonesuch")
    assert answer.first_line == f"PEXIP ALARMS OK - no alarm matches the filters (2 seen) | {figures(0, 0, 0)}"


def test_a_filter_that_leaves_nothing_is_said_also_when_that_breaks_a_threshold(manager: Manager) -> None:
    answer = manager.check("alarms", "--filter-name", "nonesuch", "--warning-alarms-total", "1:")
    assert answer.summary == "alarms 0, below 1 / no alarm matches the filters (2 seen)"
    assert answer.code == 1


def test_a_filter_tolerates_null(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(name=None, details="")]
    assert manager.check("alarms", "--exclude-name", "licen").code == 2
    assert manager.check("alarms", "--filter-name", "licen").code == 0


# -- acknowledged


def test_acknowledged_alarms_can_be_left_out(manager: Manager) -> None:
    answer = manager.check("alarms", "--ignore-acknowledged")
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} | {figures(1, 1, 1)}"


def test_with_acknowledged_alarms_left_out_the_rest_is_said_to_be_acknowledged(manager: Manager) -> None:
    manager.tables[ALARM] = [license_alarm()]
    answer = manager.check("alarms", "--ignore-acknowledged")
    assert answer.first_line == f"PEXIP ALARMS OK - no alarm but 1 acknowledged | {figures(0, 0, 0)}"


def test_a_version_that_does_not_know_acknowledging_says_so(manager: Manager) -> None:
    manager.tables[ALARM] = [without(alarm(), "acknowledged")]
    answer = manager.check("alarms")
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} | {figures(1, 1, None)}"
    assert answer.long_output[1:] == ["alarms-unacknowledged: not supported by this version"]


def test_a_threshold_on_what_the_version_does_not_know_is_unknown(manager: Manager) -> None:
    manager.tables[ALARM] = [without(alarm(level="info"), "acknowledged")]
    answer = manager.check("alarms", "--warning-alarms-unacknowledged", "5")
    assert answer.first_line == (
        f"PEXIP ALARMS UNKNOWN - alarms-unacknowledged: not supported by this version | {figures(0, 1, None)}"
    )
    assert answer.code == 3


def test_ignoring_what_the_version_does_not_know_ignores_nothing(manager: Manager) -> None:
    manager.tables[ALARM] = [without(alarm(), "acknowledged")]
    answer = manager.check("alarms", "--ignore-acknowledged")
    assert answer.code == 2
    assert "--ignore-acknowledged: acknowledging is not supported by this version" in answer.long_output


# -- output


def test_verbose_shows_every_alarm_and_counter(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(level="info", details="")]
    assert manager.check("alarms", "-v").long_output == [
        "OK: connectivity_lost (10.44.8.102) on 10.44.7.101 [info] for 42 min",
        "OK: alarms that are problems 0",
        "OK: alarms 1",
        "OK: unacknowledged alarms 1",
    ]


def test_more_verbose_shows_the_request(manager: Manager) -> None:
    manager.tables[ALARM] = []
    line = manager.check("alarms", "-vv").long_output[-1]
    assert line.startswith("GET /api/admin/status/v1/alarm/?limit=1000&offset=0: HTTP 200, ")


def test_most_verbose_shows_headers_without_the_password(manager: Manager) -> None:
    manager.tables[ALARM] = []
    lines = manager.check("alarms", "-vvv").long_output
    assert "> Authorization: ***" in lines


def test_json_tells_the_same(manager: Manager) -> None:
    found = json.loads(manager.check("alarms", "--output", "json").stdout)
    assert (found["state"], found["exit_code"], found["requests"]) == ("CRITICAL", 2, 1)
    assert found["summary"] == f"{ERROR} / {WARNING}"
    assert [(counter["label"], counter["value"]) for counter in found["counters"]] == [
        ("alerts", 2),
        ("alarms-total", 2),
        ("alarms-unacknowledged", 1),
    ]
    assert [item["text"] for item in found["items"] if item["state"] != "OK"] == [ERROR, WARNING]


def test_openmetrics_tells_the_figures(manager: Manager) -> None:
    lines = manager.check("alarms", "--output-openmetrics").stdout.splitlines()
    assert 'videoconf_alarms_total_count{system="pexip",mode="alarms",host="manager.test"} 2' in lines
    assert 'videoconf_check_state{system="pexip",mode="alarms",host="manager.test"} 2' in lines
    assert lines[-1] == "# EOF"


def test_only_the_chosen_counters_are_judged_and_printed(manager: Manager) -> None:
    answer = manager.check("alarms", "--filter-counters", "total", "--critical-alerts", "0")
    assert answer.first_line == "PEXIP ALARMS OK - 2 alarms, 2 of them problems | 'alarms.total.count'=2;;;0;"
    assert answer.long_output == []


def test_a_status_is_chosen_like_a_counter(manager: Manager) -> None:
    answer = manager.check("alarms", "--filter-counters", "^status$")
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} / {WARNING}"
    manager.tables[ALARM] = []
    answer = manager.check("alarms", "--filter-counters", "^status$")
    assert (answer.first_line, answer.code) == ("PEXIP ALARMS OK - no alarm", 0)


# -- when it cannot be asked


@pytest.mark.parametrize(
    ("option", "state", "code"),
    [([], "UNKNOWN", 3), (["critical"], "CRITICAL", 2), (["warning"], "WARNING", 1), (["unknown"], "UNKNOWN", 3)],
)
def test_the_state_of_an_unreachable_node_can_be_chosen(
    manager: Manager, option: list[str], state: str, code: int
) -> None:
    manager.answers[ALARM] = 500
    answer = manager.check("alarms", *(["--unreachable-state", *option] if option else []))
    assert answer.first_line == (
        f"PEXIP ALARMS {state} - manager.test:443 failed to answer /api/admin/status/v1/alarm/:"
        " HTTP 500 Internal Server Error"
    )
    assert answer.code == code


def test_a_version_without_alarms_is_unknown_whatever_the_unreachable_state(manager: Manager) -> None:
    del manager.tables[ALARM]
    answer = manager.check("alarms", "--unreachable-state", "critical")
    assert answer.summary == (
        "/api/admin/status/v1/alarm/ is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.code == 3


def test_a_state_can_be_changed_in_text_and_code(manager: Manager) -> None:
    answer = manager.check("alarms", "--change-state", "critical=warning", "--change-exit", "warning=ok")
    assert answer.first_line.startswith(f"PEXIP ALARMS WARNING - {ERROR}")
    assert answer.code == 1


def test_a_thousand_alarms_fit_into_the_output(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(number) for number in range(1000)]
    answer = manager.check("alarms")
    assert len(answer.stdout.encode()) <= 8192
    assert answer.summary.endswith(" / and 996 more")
    assert answer.perfdata["alarms.total.count"] == "1000;;;0;"
    assert answer.long_output[-1].startswith("left out to fit --max-output: ")


def test_an_alarm_without_an_id_cannot_be_known_and_is_always_new(manager: Manager) -> None:
    manager.tables[ALARM] = [without(alarm(), "id", "resource_uri", "time_raised")]
    for _ in range(2):
        answer = manager.check("alarms", "--memory")
        assert (answer.code, answer.perfdata["alarms.total.count"]) == (2, "1;;;0;")


def test_alarms_that_only_the_unknown_status_matches_are_no_alerts(manager: Manager) -> None:
    manager.tables[ALARM] = [alarm(1), alarm(2, level="info")]
    answer = manager.check(
        "alarms", "--critical-status", "", "--warning-status", "", "--unknown-status", "%{level} ne 'info'",
        "--critical-alerts", "0",
    )  # fmt: skip
    assert answer.perfdata["alerts.problems.current.count"] == "0;;0;0;"
    assert answer.code == 3
