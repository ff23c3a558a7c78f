"""The verbs a mode's probe is written with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.common_options import COMMON
from check_videoconf.counters import CRITICAL, OK, UNKNOWN, WARNING, Counter, Finding, Measurement, Status, Verdict
from check_videoconf.fields import Fields, Unreadable, number
from check_videoconf.mode import Mode
from check_videoconf.options import Option, parse
from check_videoconf.thresholds import Thresholds


class Rooms(Mode):
    """Rooms."""

    system = "pexip"
    name = "rooms"
    record = "room"
    fields = Fields(texts="name tag?", numbers="size!")
    filters = ("name", "the-tag=tag")
    options = (Option("--own", "TEXT", "an option of its own"),)
    counters = (
        Counter("rooms-total", help="rooms"),
        Counter("size", unit="%", instance="room", title="fullness"),
        Counter("extra", optional=True),
    )
    statuses = (Status("room-status", "name size", warning="%{size} > 5", critical="%{size} > 9"),)

    def probe(self) -> Iterator[Finding]:
        yield from ()

    def headline(self) -> str:
        return "fine"


class Inventory(Rooms):
    """Rooms there must be."""

    inventory = True


def rooms(*argv: str, kind: type[Mode] = Rooms, previous: Any = None) -> Mode:
    options, _ = parse(argv, (*kind.declared_options(), *COMMON), kind.labels(), ["room-status"])
    return kind(None, options, Thresholds(kind, options), previous)


ROWS: list[dict[str, Any]] = [
    {"name": "Oslo", "tag": "north", "size": 3},
    {"name": "Lima", "tag": None, "size": 7},
    {"name": None, "tag": "south", "size": 10},
]


def test_filters_are_options_of_the_mode_before_its_own() -> None:
    names = [option.names[0] for option in Rooms.declared_options()]
    assert names == ["--filter-name", "--exclude-name", "--filter-the-tag", "--exclude-the-tag", "--own"]
    assert Rooms.filter_fields() == [("name", "name"), ("the-tag", "tag")]


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        ([], ["Oslo", "Lima", None]),
        (["--filter-name", "o"], ["Oslo"]),
        (["--filter-name", "(?i)o|a"], ["Oslo", "Lima"]),
        (["--filter-name", "^$"], [None]),
        (["--exclude-name", "Lima"], ["Oslo", None]),
        (["--filter-the-tag", "th"], ["Oslo", None]),
        (["--filter-the-tag", "th", "--exclude-the-tag", "so"], ["Oslo"]),
        (["--filter-name", "x"], []),
    ],
)
def test_filters_search_and_null_is_empty_text(argv: list[str], names: list[str | None]) -> None:
    mode = rooms(*argv)
    assert [row["name"] for row in mode.select(ROWS)] == names
    assert (mode.seen, mode.selected) == (3, len(names))
    assert mode.filtered is bool(argv)


def test_nothing_to_judge_is_said_where_it_matters() -> None:
    for kind, rows, said in [
        (Rooms, [], ""),
        (Rooms, ROWS, "no room matches the filters (3 seen)"),
        (Inventory, [], "the device reports no room at all"),
        (Inventory, ROWS, "no room matches the filters (3 seen)"),
    ]:
        mode = rooms("--filter-name", "nonesuch", kind=kind)
        list(mode.select(rows))
        assert mode.unmatched() == said
        problems = [finding.text for finding in mode.finish() if isinstance(finding, Verdict)]
        assert problems == ([said] if kind is Inventory else [])


@pytest.mark.parametrize(("size", "state"), [(5, OK), (6, WARNING), (10, CRITICAL), (None, OK)])
def test_a_record_is_judged_by_the_worst_expression_that_holds(size: object, state: int) -> None:
    verdict = rooms().judge("room-status", {"name": "Oslo", "size": size}, lambda room: f"room {room['name']}")
    assert (verdict.state, verdict.text) == (state, "room Oslo" if state else "")
    assert verdict.problem is bool(state)


def test_a_record_that_is_ok_is_described_only_when_verbose() -> None:
    def describe(room: Any) -> str:
        return f"room {room['name']}"

    assert rooms("-v").judge("room-status", {"name": "Oslo", "size": 1}, describe).text == "room Oslo"


def test_a_total_is_remembered_for_the_headline_and_an_instance_is_not() -> None:
    mode = rooms()
    (total,) = mode.measure("rooms-total", 3, high=10)
    (size,) = mode.measure("size", 50, "Oslo", judged=False)
    assert (total.value, total.low, total.high, total.judged) == (3, 0, 10, True)
    assert (size.instance, size.high, size.judged) == ("Oslo", 100, False)
    assert mode.values == {"rooms-total": 3}


def test_a_value_that_is_missing_is_a_problem_unless_its_counter_is_optional() -> None:
    mode = rooms()
    assert list(mode.measure("rooms-total", None)) == []
    assert list(mode.measure("size", None, "Oslo")) == []
    assert list(mode.measure("extra", None)) == []
    assert mode.problems == ["rooms-total: not reported", "size of Oslo: not reported"]
    assert mode.remarks == ["extra: not reported"]


@pytest.mark.parametrize("argv", [["--warning-extra", "5"], ["-c", "extra=5"]])
def test_an_optional_value_with_a_threshold_of_the_user_must_be_there(argv: list[str]) -> None:
    mode = rooms(*argv)
    assert list(mode.measure("extra", None)) == []
    assert (mode.problems, mode.remarks) == (["extra: not reported"], [])


def test_what_is_filtered_out_is_neither_measured_nor_missed() -> None:
    mode = rooms("--filter-counters", "^size$")
    assert list(mode.measure("rooms-total", 3)) == []
    assert list(mode.measure("rooms-total", None)) == []
    assert len(list(mode.measure("size", 3, "Oslo"))) == 1
    assert (mode.problems, mode.values) == ([], {"rooms-total": 3})
    assert not mode.wanted("room-status")


def test_an_age_is_not_negative_and_unknown_stays_unknown() -> None:
    mode = rooms()
    assert mode.age(mode.now - 90) == 90
    assert mode.age(mode.now + 90) == 0
    assert mode.age(None) is None


def test_a_member_of_a_report_is_read_or_told() -> None:
    mode = rooms()
    report = {"good": "5", "null": None, "bad": "x"}
    assert mode.read_member(report, "good", number, "size") == 5
    assert mode.read_member(report, "null", number, "size") is None
    assert mode.read_member(report, "missing", number, "size", what="fullness report") is None
    assert mode.read_member(report, "bad", number, "size") is None
    assert mode.shortcomings() == [
        "null of a room is null or empty",
        "missing of a fullness report is missing",
        "bad of a room is unreadable (text)",
    ]


def test_a_member_nobody_wants_is_not_missed() -> None:
    mode = rooms("--filter-counters", "rooms-total")
    assert mode.read_member({}, "missing", number, "size") is None
    assert mode.read_member({"bad": "x"}, "bad", number, "size") is None
    assert mode.shortcomings() == []
    assert mode.read_member({}, "missing", number, "size", "rooms-total") is None
    assert mode.shortcomings() == ["missing of a room is missing"]


def test_what_must_be_there_and_is_not_is_told_at_the_end_as_unknown() -> None:
    mode = rooms()
    read = mode.fields.reader(mode.record, mode.gaps)
    for row in ({"size": 1}, {"name": "Oslo", "size": "x"}, {"name": "Lima", "size": None, "tag": ["x"]}):
        read(row)
    mode.problems.append("one thing more")
    found = list(mode.finish())
    assert [(finding.state, finding.text) for finding in found if isinstance(finding, Verdict)] == [
        (UNKNOWN, "name of a room is missing"),
        (UNKNOWN, "size of a room is unreadable (text)"),
        (UNKNOWN, "one thing more"),
    ]
    assert mode.remarks == ["tag of a room is unreadable (a list)"]


def test_records_are_counted_in_words() -> None:
    assert [rooms().count_of(count) for count in (0, 1, 2)] == ["0 rooms", "1 room", "2 rooms"]


def test_a_reader_of_ones_own_is_read_like_the_others() -> None:
    def only_even(value: Any) -> int | None:
        if value % 2:
            raise Unreadable
        return int(value)

    mode = rooms()
    assert mode.read_member({"n": 4}, "n", only_even, "size") == 4
    assert mode.read_member({"n": 3}, "n", only_even, "size") is None
    assert mode.shortcomings() == ["n of a room is unreadable (a number)"]


def test_findings_are_measurements_and_verdicts() -> None:
    mode = rooms()
    assert isinstance(next(mode.measure("rooms-total", 1)), Measurement)
