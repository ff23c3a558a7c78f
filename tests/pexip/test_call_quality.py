"""pexip call-quality."""

from __future__ import annotations

import json

import pytest

from .manager import Manager
from .rows import CONFERENCE, PARTICIPANT, Row, api_connection, conference, participant, participants, without

WITHOUT_WINDOWS = [
    "windows-…: not supported by this version, judged by call_quality alone",
    "recent-…: not supported by this version, judged by call_quality alone",
]


def figures(*counts: int, poor: str = "", instance: str = "") -> str:
    words = ("good", "ok", "bad", "terrible", "unknown")
    items = [
        f"'{instance}participants.callquality.{word}.count'={count};;;0;{sum(counts)}"
        for word, count in zip(words, counts)
    ]
    return " ".join([*items, *([f"'{instance}callquality.poor.percentage'={poor}%;10;25;0;100"] if poor else [])])


def ten(poor: int, **changed: object) -> list[Row]:
    """Ten calls, some of them bad."""
    return participants(*["3_bad"] * poor, *["1_good"] * (10 - poor), **changed)


# -- the last minute


@pytest.mark.parametrize(
    ("poor", "state", "code"), [(0, "OK", 0), (1, "OK", 0), (2, "WARNING", 1), (3, "CRITICAL", 2), (10, "CRITICAL", 2)]
)
def test_the_share_of_poor_calls_is_judged(manager: Manager, poor: int, state: str, code: int) -> None:
    manager.tables[PARTICIPANT] = ten(poor)
    answer = manager.check("call-quality")
    said = {
        "OK": f"10 calls, {poor} poor ({poor * 10} % of the 10 known)",
        "WARNING": "poor calls 20 %, above 10 %",
        "CRITICAL": f"poor calls {poor * 10} %, above 25 %",
    }[state]
    shown = figures(10 - poor, 0, poor, 0, 0, poor=f"{poor * 10}")
    assert answer.first_line == f"PEXIP CALL-QUALITY {state} - {said} | {shown}"
    assert answer.code == code
    assert manager.requests == ["status/v1/participant/?limit=1000&offset=0"]


def test_a_share_just_on_a_limit_is_inside_and_just_beyond_it_outside(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(*["bad"] * 5, *["good"] * 15)
    assert manager.check("call-quality").code == 1
    manager.tables[PARTICIPANT] = participants(*["bad"] * 6, *["good"] * 17)
    assert manager.check("call-quality").code == 2


def test_terrible_calls_are_poor_and_unknown_ones_are_not_in_the_share(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(*["1_good"] * 18, "4_terrible", "2_ok", "0_unknown", None, "0_unknown")
    answer = manager.check("call-quality")
    assert answer.first_line == (
        f"PEXIP CALL-QUALITY OK - 23 calls, 1 poor (5 % of the 20 known) | {figures(18, 1, 0, 1, 3, poor='5')}"
    )
    assert answer.long_output == WITHOUT_WINDOWS


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("participants-good", "4:", "5:", "calls of good quality 4, below 5"),
        ("participants-ok", "1", "0", "calls of ok quality 1, above 0"),
        ("participants-bad", "1", "0", "calls of bad quality 1, above 0"),
        ("participants-terrible", "1", "0", "calls of terrible quality 1, above 0"),
        ("participants-unknown", "1", "0", "calls of unknown quality 1, above 0"),
        ("poor-prct", "29%", "28%", "poor calls 28.6 %, above 28 %"),
    ],
)
@pytest.mark.parametrize(("level", "other", "code"), [("warning", "critical", 1), ("critical", "warning", 2)])
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, other: str, code: int
) -> None:
    manager.tables[PARTICIPANT] = participants(*["1_good"] * 4, "2_ok", "3_bad", "4_terrible", "0_unknown")
    off = ["-w", "poor-prct=~:", "-c", "poor-prct=~:"]
    answer = manager.limited("call-quality", f"--{level}-{label}", inside, outside, *off)
    assert (answer.summary, answer.code) == (said, code)


def test_a_default_is_switched_off_by_a_range_without_ends_and_kept_by_an_empty_one(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = ten(2)
    assert manager.check("call-quality", "--warning-poor-prct", "~:").code == 0
    assert manager.check("call-quality", "--warning-poor-prct", "", "--critical-poor-prct=").code == 1


@pytest.mark.parametrize(("known", "code"), [(4, 0), (5, 2)])
def test_fewer_known_calls_than_min_participants_are_not_judged(manager: Manager, known: int, code: int) -> None:
    manager.tables[PARTICIPANT] = participants(*["4_terrible"] * known, *["0_unknown"] * 9)
    answer = manager.check("call-quality")
    assert answer.code == code
    assert answer.perfdata["callquality.poor.percentage"] == "100%;10;25;0;100"
    if not code:
        assert answer.summary == "13 calls, 4 poor (100 % of the 4 known)"
        assert answer.long_output[0] == "poor-prct is not judged: calls of known quality are 4, --min-participants is 5"


@pytest.mark.parametrize(("least", "code"), [("1", 2), ("2", 2), ("3", 0), ("0", 2), ("", 0)])
def test_min_participants_can_be_chosen(manager: Manager, least: str, code: int) -> None:
    manager.tables[PARTICIPANT] = participants("4_terrible", "4_terrible")
    assert manager.check("call-quality", "--min-participants", least).code == code


def test_nobody_in_a_call_is_ok(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = []
    answer = manager.check("call-quality", "--warning-windows-poor-prct", "5")
    assert answer.first_line == f"PEXIP CALL-QUALITY OK - no call with media | {figures(0, 0, 0, 0, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_rows_without_media_are_no_calls(manager: Manager) -> None:
    poor = participant(3, "4_terrible", has_media=False)
    manager.tables[PARTICIPANT] = [api_connection(1), api_connection(2, has_media=True), poor]
    answer = manager.check("call-quality")
    assert answer.first_line == f"PEXIP CALL-QUALITY OK - no call with media | {figures(0, 0, 0, 0, 0)}"


def test_calls_that_have_just_begun_are_not_known_yet(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants("0_unknown", "unknown", "", None)
    answer = manager.check("call-quality")
    assert answer.first_line == (f"PEXIP CALL-QUALITY OK - 4 calls, quality not known yet | {figures(0, 0, 0, 0, 4)}")


@pytest.mark.parametrize("spelling", ["bad", "3_bad", "BAD", "3_Bad", 3, "3", 3.0])
def test_every_spelling_of_a_quality_is_understood(manager: Manager, spelling: object) -> None:
    manager.tables[PARTICIPANT] = participants(*[spelling] * 5)
    answer = manager.check("call-quality")
    assert answer.perfdata["participants.callquality.bad.count"] == "5;;;0;5"
    assert answer.code == 2


@pytest.mark.parametrize("strange", ["5_excellent", "superb", 5, -1, 1.5])
def test_a_word_nobody_has_heard_of_is_unknown_and_named(manager: Manager, strange: object) -> None:
    manager.tables[PARTICIPANT] = participants(*["1_good"] * 5, strange, strange)
    answer = manager.check("call-quality")
    assert answer.perfdata["participants.callquality.unknown.count"] == "2;;;0;7"
    assert f"call_quality of 2 participants not known here, taken for unknown: '{strange}'" in answer.long_output
    assert answer.code == 0


@pytest.mark.parametrize(("value", "kind"), [(["good"], "a list"), ({"a": 1}, "an object"), (True, "true or false")])
def test_a_quality_of_another_type_is_unknown(manager: Manager, value: object, kind: str) -> None:
    manager.tables[PARTICIPANT] = participants(*["3_bad"] * 5, value)
    answer = manager.check("call-quality")
    assert answer.summary == f"poor calls 100 %, above 25 % / call_quality of a participant is unreadable ({kind})"
    assert answer.code == 2


@pytest.mark.parametrize("field", ["conference", "protocol", "has_media", "call_quality"])
def test_a_missing_field_is_unknown_and_the_rest_is_judged(manager: Manager, field: str) -> None:
    manager.tables[PARTICIPANT] = [*ten(0), without(participant(11), field)]
    answer = manager.check("call-quality")
    assert (answer.summary, answer.code) == (f"{field} of a participant is missing", 3)
    assert answer.perfdata["participants.callquality.good.count"].startswith("1")


# -- groups and filters


GROUPED = [
    *participants(*["1_good"] * 6, conference="A", system_location="London", media_node="10.0.0.1", protocol="SIP"),
    *[
        {**row, "id": f"second {row['id']}"}
        for row in participants(
            *["3_bad"] * 5, conference="B", system_location="Oslo", media_node="10.0.0.2", protocol="H323"
        )
    ],
]


@pytest.mark.parametrize(
    ("what", "first", "second"),
    [
        ("conference", "A", "B"),
        ("location", "London", "Oslo"),
        ("node", "10.0.0.1", "10.0.0.2"),
        ("protocol", "SIP", "H323"),
    ],
)
def test_calls_are_judged_by_group_too(manager: Manager, what: str, first: str, second: str) -> None:
    manager.tables[PARTICIPANT] = GROUPED
    answer = manager.check("call-quality", "--by", what, "--critical-poor-prct", "50")
    groups = sorted([(first, (6, 0, 0, 0, 0), "0"), (second, (0, 0, 5, 0, 0), "100")])
    by_group = " ".join(
        figures(*counts, poor=poor, instance=f"{name}#").replace(";10;25;", ";10;50;") for name, counts, poor in groups
    )
    total = figures(6, 0, 5, 0, 0, poor="45.45").replace(";10;25;", ";10;50;")
    assert answer.first_line == (
        f"PEXIP CALL-QUALITY CRITICAL - poor calls of {second} 100 %, above 50 % / poor calls 45.5 %, above 10 %"
        f" | {total} {by_group}"
    )


def test_a_group_with_too_few_known_calls_is_not_judged(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [
        *participants(*["1_good"] * 40),
        *[participant(number, "4_terrible", system_location="Oslo") for number in range(50, 54)],
    ]
    answer = manager.check("call-quality", "--by", "location")
    assert answer.perfdata["Oslo#callquality.poor.percentage"] == "100%;10;25;0;100"
    assert answer.code == 0


def test_rows_without_the_grouping_field_are_a_group(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [*ten(0, system_location=None), without(participant(11), "system_location")]
    answer = manager.check("call-quality", "--by", "location")
    assert answer.perfdata["none#participants.callquality.good.count"] == "11;;;0;11"
    assert answer.code == 0


def test_summary_perfdata_has_no_groups(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = GROUPED
    answer = manager.check("call-quality", "--by", "conference", "--perfdata", "summary")
    assert not [label for label in answer.perfdata if "#" in label]
    assert answer.summary.startswith("poor calls 45.5 %, above 25 % / poor calls of B 100 %")


@pytest.mark.parametrize(
    "chosen",
    [
        ["--filter-conference", "^B$"],
        ["--filter-location", "Os"],
        ["--filter-protocol", "(?i)h323"],
        ["--exclude-conference", "A"],
        ["--exclude-location", "London"],
        ["--exclude-protocol", "SIP"],
    ],
)
def test_filters_choose_calls(manager: Manager, chosen: list[str]) -> None:
    manager.tables[PARTICIPANT] = GROUPED
    answer = manager.check("call-quality", *chosen)
    assert answer.first_line == (
        f"PEXIP CALL-QUALITY CRITICAL - poor calls 100 %, above 25 % | {figures(0, 0, 5, 0, 0, poor='100')}"
    )


def test_a_filter_that_leaves_nothing_is_said(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = GROUPED
    answer = manager.check("call-quality", "--filter-location", "Lima")
    assert answer.first_line == (
        f"PEXIP CALL-QUALITY OK - no participant matches the filters (11 seen) | {figures(0, 0, 0, 0, 0)}"
    )


def test_an_unknown_grouping_is_refused_without_a_request(manager: Manager) -> None:
    answer = manager.check("call-quality", "--by", "colour")
    assert answer.first_line == "UNKNOWN: --by: 'colour' is none of conference, location, node, protocol"
    assert (answer.code, manager.requests) == (3, [])


# -- output


def test_verbose_shows_every_counter_and_no_participant(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = ten(1)
    assert manager.check("call-quality", "-v").long_output == [
        "OK: calls of good quality 9",
        "OK: calls of ok quality 0",
        "OK: calls of bad quality 1",
        "OK: calls of terrible quality 0",
        "OK: calls of unknown quality 0",
        "OK: poor calls 10 %",
        *WITHOUT_WINDOWS,
    ]


def test_json_has_the_groups_as_instances(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = GROUPED
    found = json.loads(manager.check("call-quality", "--by", "location", "--output", "json").stdout)
    judged = {counter["instance"]: counter["state"] for counter in found["counters"] if counter["label"] == "poor-prct"}
    assert judged == {"": "CRITICAL", "London": "OK", "Oslo": "CRITICAL"}


def test_the_chosen_counters_alone_are_judged(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = ten(10)
    answer = manager.check("call-quality", "--filter-counters", "participants-(bad|ok)")
    assert answer.first_line == (
        "PEXIP CALL-QUALITY OK - 10 calls, 10 poor (100 % of the 10 known)"
        " | 'participants.callquality.ok.count'=0;;;0;10 'participants.callquality.bad.count'=10;;;0;10"
    )


@pytest.mark.parametrize("verbosity", ["-v", "-vv"])
def test_no_participant_is_named_at_any_verbosity_but_the_last(manager: Manager, verbosity: str) -> None:
    manager.tables.update({PARTICIPANT: ten(10), CONFERENCE: [conference()]})
    for mode in ("call-quality", "conferences"):
        assert manager.check(mode, verbosity, "--max-output", "0").code in (0, 2)


def test_a_conference_called_by_a_number_is_told_from_its_value(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(*["4_terrible"] * 5, conference="4711")
    answer = manager.check("call-quality", "--by", "conference")
    assert "CRITICAL: poor calls of 4711: 100 %, above 25 %" in answer.long_output
