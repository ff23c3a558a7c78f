"""conductor alarms."""

from __future__ import annotations

from typing import Any

import pytest

from .box import NOW, TABLES, Box, Struct, lost, peer

PATH = "status/alarm"


def alarm(number: int = 2, **changed: Any) -> Struct:
    """An alarm of severity error, raised 42 minutes ago."""
    return {
        "uuid": f"00000000-0000-4000-8000-{number:012}",
        "total_count": 1,
        "first_raised": int(NOW) - 7200,
        "last_raised": f"{int(NOW) - 42 * 60 - 1}.75",
        "status": "raised",
        "severity": "error",
        "id": "55104",
        "title": "Conference bridge unreachable",
        "description": "The TelePresence Conductor cannot contact conference bridge mcu1.",
        **changed,
    }


LOWERED = alarm(1, total_count=0, first_raised=None, last_raised=None, status="lowered", id="55001", title="Alarm 1")
ACKNOWLEDGED = alarm(3, status="acknowledged", severity="warning", id="15013", title="Security alert")
SAID = "Conference bridge unreachable (55104) [error] for 42 min"


def figures(alerts: int, raised: int, acknowledged: int) -> str:
    return (
        f" | 'alerts.problems.current.count'={alerts};;;0; 'alarms.raised.count'={raised};;;0; "
        f"'alarms.acknowledged.count'={acknowledged};;;0;{raised}"
    )


def test_no_alarm_is_ok_although_the_table_holds_lowered_ones(box: Box) -> None:
    box.tables[PATH] = [peer(LOWERED)]
    answer = box.check("alarms")
    assert answer.first_line == f"CONDUCTOR ALARMS OK - no alarm{figures(0, 0, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert box.asked == [f"{TABLES}{PATH}?limit=1000&offset=0"]


def test_an_empty_table_is_no_alarm(box: Box) -> None:
    box.tables[PATH] = [peer()]
    assert box.check("alarms").first_line == f"CONDUCTOR ALARMS OK - no alarm{figures(0, 0, 0)}"


def test_a_raised_alarm_warns_and_is_told(box: Box) -> None:
    box.tables[PATH] = [peer(LOWERED, alarm(), ACKNOWLEDGED)]
    answer = box.check("alarms")
    assert answer.first_line == f"CONDUCTOR ALARMS WARNING - {SAID}{figures(1, 2, 1)}"
    assert (answer.long_output, answer.code) == ([f"WARNING: {SAID}"], 1)


def test_acknowledged_ones_are_nothing_to_worry_about(box: Box) -> None:
    box.tables[PATH] = [peer(ACKNOWLEDGED)]
    answer = box.check("alarms", "-v")
    assert answer.first_line == f"CONDUCTOR ALARMS OK - 1 alarm raised, none to worry about{figures(0, 1, 1)}"
    assert answer.long_output == [
        "OK: Security alert (15013) [warning] for 42 min, acknowledged",
        "OK: alerts 0",
        "OK: raised 1",
        "OK: acknowledged 1",
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"severity": "critical"}, 2),
        ({"severity": "Emergency"}, 2),
        ({"severity": "warning"}, 1),
        ({"severity": None}, 1),
        ({"severity": "critical", "status": "acknowledged"}, 0),
        ({"severity": "critical", "status": "lowered"}, 0),
        ({"severity": "critical", "status": "Lowered"}, 0),
        ({"severity": "critical", "status": "Acknowledged"}, 0),
        ({"severity": "critical", "total_count": -1}, 2),
        ({"severity": "critical", "total_count": 0}, 0),
        ({"severity": "critical", "total_count": "0"}, 0),
        ({"severity": "critical", "total_count": "3"}, 2),
        ({"status": "unheard of"}, 1),
        ({"status": None}, 1),
        ({"total_count": 0, "status": None}, 0),
    ],
)
def test_raised_is_a_count_that_is_not_0_and_a_status_that_is_not_lowered(
    box: Box, changed: dict[str, Any], code: int
) -> None:
    box.tables[PATH] = [peer(alarm(**changed))]
    assert box.check("alarms").code == code


@pytest.mark.parametrize("count", ["many", None, [], {}])
def test_a_count_that_cannot_be_read_is_unknown_and_the_alarm_counts_as_raised(box: Box, count: Any) -> None:
    box.tables[PATH] = [peer(LOWERED, alarm(total_count=count))]
    answer = box.check("alarms")
    assert answer.summary.startswith("count of an alarm is ")
    assert answer.summary.endswith(SAID)
    assert answer.perfdata["alarms.raised.count"] == "1;;;0;"
    assert answer.code == 3


@pytest.mark.parametrize(
    ("times", "age"),
    [
        ({"last_raised": None}, "for 2 h"),
        ({"last_raised": int(NOW) - 120}, "for 2 min"),
        ({"last_raised": None, "first_raised": None}, "age unknown"),
        ({"last_raised": "yesterday"}, "for 2 h"),
        ({"last_raised": NOW + 60}, "for 0 s"),
    ],
)
def test_the_age_is_since_it_was_last_raised(box: Box, times: dict[str, Any], age: str) -> None:
    box.tables[PATH] = [peer(alarm(**times))]
    answer = box.check("alarms")
    separator = ", " if age == "age unknown" else " "
    assert answer.summary == f"Conference bridge unreachable (55104) [error]{separator}{age}"
    assert answer.code == 1


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{opened} > 1h", 0),
        ("%{opened} > 41m and %{count} == 1 and %{title} =~ /bridge/", 1),
        ("%{description} =~ /mcu1/ and %{id} == 55104 and %{peer} eq '192.0.2.50'", 1),
        ("", 0),
    ],
)
def test_the_status_can_be_judged_by_every_macro(box: Box, expression: str, code: int) -> None:
    box.tables[PATH] = [peer(alarm())]
    assert box.check("alarms", "--warning-status", expression).code == code


@pytest.mark.parametrize(("limit", "code"), [("2", 0), ("1", 2)])
@pytest.mark.parametrize("label", ["alerts", "raised", "acknowledged"])
def test_the_counters_have_thresholds(box: Box, label: str, limit: str, code: int) -> None:
    box.tables[PATH] = [peer(*(alarm(n) for n in (1, 2)), *(alarm(n, status="acknowledged") for n in (3, 4)))]
    limit = str(int(limit) + 2) if label == "raised" else limit
    assert box.check("alarms", "--warning-status", "0", f"--critical-{label}", limit).code == (
        0 if label == "alerts" else code
    )


def test_filters_leave_out_and_say_when_nothing_is_left(box: Box) -> None:
    box.tables[PATH] = [peer(alarm(), alarm(4, id="20003", severity="critical", title="Invalid cluster"))]
    assert box.check("alarms", "--exclude-id", "^20003$").summary == SAID
    assert box.check("alarms", "--filter-severity", "crit").code == 2
    assert box.check("alarms", "--filter-title", "fan").summary == "no alarm matches the filters (2 seen)"


# -- the cluster


def test_a_peer_that_could_not_be_computed_is_unknown_and_the_others_are_judged(box: Box) -> None:
    box.tables[PATH] = [peer(alarm()), peer(LOWERED, address="192.0.2.51"), lost("192.0.2.52")]
    answer = box.check("alarms")
    assert answer.first_line == (
        "CONDUCTOR ALARMS UNKNOWN - status/alarm of peer 192.0.2.52: its records could not be computed (num_recs -1) / "
        f"Conference bridge unreachable (55104) on 192.0.2.50 [error] for 42 min{figures(1, 1, 0)}"
    )
    assert answer.code == 3


def test_a_critical_alarm_is_not_hidden_by_a_lost_peer(box: Box) -> None:
    box.tables[PATH] = [peer(alarm(severity="critical")), lost("192.0.2.52")]
    assert box.check("alarms").code == 2


def test_the_same_record_of_several_peers_is_one_alarm_of_both(box: Box) -> None:
    box.tables[PATH] = [peer(alarm()), peer(alarm(), address="192.0.2.51")]
    answer = box.check("alarms")
    assert answer.summary == "Conference bridge unreachable (55104) on 192.0.2.50, 192.0.2.51 [error] for 42 min"
    assert answer.perfdata["alarms.raised.count"] == "1;;;0;"


@pytest.mark.parametrize(
    ("argv", "addresses"),
    [
        (("--filter-peer", r"^192\.0\.2\.51$"), "192.0.2.51"),
        (("--exclude-peer", r"^192\.0\.2\.50$"), "192.0.2.51, 192.0.2.52"),
        (("--filter-peer", r"^192\.0\.2\.5[02]$"), "192.0.2.50, 192.0.2.52"),
        (("--warning-status", '%{peer} eq "192.0.2.51"'), "192.0.2.50, 192.0.2.51, 192.0.2.52"),
    ],
)
def test_the_peers_of_an_alarm_are_asked_for_one_by_one(box: Box, argv: tuple[str, str], addresses: str) -> None:
    box.tables[PATH] = [peer(alarm(), address=f"192.0.2.{n}") for n in (50, 51, 52)]
    answer = box.check("alarms", *argv)
    assert answer.summary == f"Conference bridge unreachable (55104) on {addresses} [error] for 42 min"
    assert (answer.perfdata["alarms.raised.count"], answer.code) == ("1;;;0;", 1)


def test_an_alarm_of_no_peer_that_is_asked_for_is_left_out(box: Box) -> None:
    box.tables[PATH] = [peer(alarm(), address=f"192.0.2.{n}") for n in (50, 51)]
    for argv in (("--exclude-peer", r"^192\.0\.2\.5[01]$"), ("--filter-peer", "0, 1"), ("--filter-peer", "^10")):
        answer = box.check("alarms", *argv)
        assert answer.summary == "no alarm matches the filters (1 seen)"
        assert (answer.perfdata["alarms.raised.count"], answer.code) == ("0;;;0;", 0)
    assert box.check("alarms", "--critical-status", '%{peer} eq "192.0.2.52"', "--warning-status", "").code == 0


def test_the_same_alarm_raised_by_several_peers_at_their_own_times_is_several(box: Box) -> None:
    later = alarm(last_raised=int(NOW) - 60)
    box.tables[PATH] = [peer(alarm()), peer(later, address="192.0.2.51")]
    answer = box.check("alarms")
    assert answer.summary == (
        "Conference bridge unreachable (55104) on 192.0.2.50 [error] for 42 min / "
        "Conference bridge unreachable (55104) on 192.0.2.51 [error] for 1 min"
    )
    assert answer.perfdata["alarms.raised.count"] == "2;;;0;"
    assert box.check("alarms", "--filter-peer", "51$").perfdata["alarms.raised.count"] == "1;;;0;"


# -- keys


def without(row: Struct, name: str) -> Struct:
    return {key: value for key, value in row.items() if key != name}


def test_a_required_key_that_is_missing_is_unknown_with_the_keys_seen(box: Box) -> None:
    box.tables[PATH] = [peer(without(LOWERED, "total_count"))]
    answer = box.check("alarms")
    assert answer.summary == (
        "count of an alarm is missing: looked for total_count in status/alarm, keys seen: description, first_raised, "
        "id, last_raised, severity, status, title, uuid; name it with --field count=KEY"
    )
    assert answer.code == 3


def test_another_key_can_be_named(box: Box) -> None:
    row = {**without(alarm(), "total_count"), "occurrences": "2", "importance": "critical", "severity": "error"}
    box.tables[PATH] = [peer(row)]
    answer = box.check("alarms", "--field", "count=occurrences", "--field", "severity=importance")
    assert (answer.summary, answer.code) == ("Conference bridge unreachable (55104) [critical] for 42 min", 2)


def test_a_raised_alarm_without_a_key_for_severity_is_unknown_but_no_alarm_is_ok(box: Box) -> None:
    box.tables[PATH] = [peer(without(alarm(), "severity"), without(LOWERED, "severity"))]
    answer = box.check("alarms")
    assert answer.summary.startswith("alarm, severity: not reported, looked for severity or level in status/alarm")
    assert answer.summary.endswith("/ Conference bridge unreachable (55104) [no severity] for 42 min")
    assert answer.code == 3
    box.tables[PATH] = [peer(without(LOWERED, "severity"))]
    answer = box.check("alarms")
    assert answer.code == 0
    assert answer.long_output[0].startswith("alarm, severity: not reported")
    box.tables[PATH] = [peer(without(alarm(), "severity"))]
    assert box.check("alarms", "--critical-status", "").code == 1
    assert box.check("alarms", "--critical-status", "", "--filter-severity", "critical").code == 3


@pytest.mark.parametrize("times", [{}, {"last_raised": "yesterday"}, {"last_raised": [], "first_raised": {}}])
def test_an_expression_on_an_age_that_cannot_be_told_is_unknown(box: Box, times: Struct) -> None:
    row = without(without(ACKNOWLEDGED, "last_raised"), "first_raised")
    box.tables[PATH] = [peer({**row, **times})]
    assert box.check("alarms").code == 0
    answer = box.check("alarms", "--critical-status", "%{opened} > 1d")
    assert answer.summary.startswith("alarm, last_raised: ")
    assert " / alarm, first_raised: " in answer.summary
    assert answer.code == 3
    box.tables[PATH] = [peer({**row, "first_raised": 1})]
    assert box.check("alarms", "--critical-status", "%{opened} > 1d").code == 2


@pytest.mark.parametrize("time", [None, "", "yesterday", []])
def test_the_age_of_an_alarm_that_is_lowered_does_not_stand_for_one_that_is_raised(box: Box, time: object) -> None:
    raised = alarm(status="acknowledged", last_raised=time, first_raised=time)
    box.tables[PATH] = [peer(raised, alarm(3, status="lowered"))]
    assert box.check("alarms").code == 0
    answer = box.check("alarms", "--critical-status", "%{opened} > 1d")
    assert answer.summary == "opened: not reported, no raised alarm has a readable last_raised or first_raised"
    assert answer.code == 3
    box.tables[PATH] = [peer(raised, alarm(3, status="acknowledged"))]
    assert box.check("alarms", "--critical-status", "%{opened} > 1d").code == 0
    box.tables[PATH] = [peer(alarm(3, status="lowered"))]
    assert box.check("alarms", "--critical-status", "%{opened} > 1d").code == 0


def test_a_filter_on_what_cannot_be_read_of_any_alarm_is_unknown(box: Box) -> None:
    box.tables[PATH] = [peer(alarm(severity=["critical"]))]
    answer = box.check("alarms", "--filter-severity", "critical")
    assert answer.summary.startswith(
        "alarm, severity: unreadable, looked for severity or level in status/alarm, keys seen: description, "
    )
    assert answer.code == 3


def test_title_and_id_are_only_for_the_reader(box: Box) -> None:
    box.tables[PATH] = [peer(without(without(alarm(), "title"), "description"))]
    answer = box.check("alarms")
    assert (answer.summary, answer.code) == ("alarm 55104 [error] for 42 min", 1)
    box.tables[PATH] = [peer(without(alarm(title=None), "id"))]
    assert box.check("alarms").summary == (
        "The TelePresence Conductor cannot contact conference bridge mcu1. [error] for 42 min"
    )
