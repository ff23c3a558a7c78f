"""The verbs a mode's probe is written with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.common_options import COMMON
from check_videoconf.counters import CRITICAL, OK, UNKNOWN, WARNING, Counter, Finding, Measurement, Status, Verdict
from check_videoconf.errors import ConnectionRefused, DeviceError, NotSupported, RestDisabled, VideoconfError
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
        Counter("kind-*-share", "rooms.kind.*.percentage", unit="%"),
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


def test_a_value_whose_field_is_told_to_be_missing_is_not_told_again() -> None:
    mode = rooms()
    assert list(mode.measure("size", None, "Oslo", told=True)) == []
    assert (mode.problems, mode.remarks) == ([], [])


def test_what_was_counted_follows_the_counter_s_name_in_sentences() -> None:
    mode = rooms()
    (named,) = mode.measure("rooms-total", 2, which="Oslo, Lima")
    (plain,) = mode.measure("rooms-total", 2)
    (missing,) = mode.missing("rooms-total", ["Oslo", "x" * 300])
    assert (named.counter.title, plain.counter.title) == ("rooms total (Oslo, Lima)", "rooms total")
    assert missing.counter.title == f"rooms total (Oslo, {'x' * 193}…)"


def test_a_member_of_a_family_is_measured_by_its_own_label() -> None:
    mode = rooms()
    (small,) = mode.measure("kind-small-share", 5)
    assert (small.counter.label, small.counter.named("rooms")) == ("kind-small-share", "rooms.kind.small.percentage")
    assert (small.counter.title, small.counter.high) == ("kind small share", 100)
    assert mode.values == {"kind-small-share": 5}


def test_a_total_is_told_with_its_unit_and_one_that_was_not_measured_is_not() -> None:
    mode = rooms()
    assert list(mode.measure("kind-small-share", 12.5))
    assert (mode.figure("kind-small-share"), mode.figure("rooms-total")) == ("12.5 %", "")


def test_what_a_version_lacks_is_said_of_the_counter_made_of_it() -> None:
    mode = rooms()
    list(map(mode.fields.reader(mode.record, mode.gaps), ROWS))
    assert mode.supports("extra", "tag")
    mode.fields.reader(mode.record, mode.gaps)({"name": "Rome", "size": 1})
    assert not mode.supports("extra", "tag")
    assert mode.remarks == ["extra: not supported by this version"]


def test_why_counters_are_not_measured_is_said_where_the_user_has_a_threshold_on_them() -> None:
    mode = rooms("--warning-extra", "5")
    mode.lacking(["rooms-total", "extra"], "measured only with --own")
    assert (mode.problems, mode.remarks) == (["extra: measured only with --own"], [])


@pytest.mark.parametrize(
    ("previous", "seen"), [(None, []), ({}, []), ({"seen": {"a": 1}}, []), ({"seen": ["a"]}, ["a"])]
)
def test_what_the_previous_run_remembered_is_of_its_kind_or_empty(previous: Any, seen: list[str]) -> None:
    assert rooms(previous=previous).recall("seen", list) == seen


def test_the_client_is_asked_for_the_mode_s_own_fields_unless_others_are_named() -> None:
    asked = []

    class Client:
        def records(self, *arguments: Any, **query: Any) -> Iterator[dict[str, Any]]:
            asked.append((arguments, query))
            return iter(ROWS)

    mode, other = rooms(), Fields(texts="tag")
    mode.client = Client()
    assert list(mode.fetch("rooms/", fresh=True)) == ROWS
    list(mode.fetch("tags/", other, "tag"))
    assert asked == [
        (("rooms/", Rooms.fields, "room", mode.gaps), {"fresh": True}),
        (("tags/", other, "tag", mode.gaps), {}),
    ]


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


def test_a_member_of_which_no_counter_is_made_is_missed_whatever_is_wanted() -> None:
    mode = rooms("--filter-counters", "rooms-total")
    assert mode.read_member({}, "missing", number) is None
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


# -- what is as it should be, how many are so, and what is asked each on its own


@pytest.mark.parametrize(("argv", "text"), [([], ""), (["-v"], "as it should be")])
def test_what_is_as_it_should_be_is_mentioned_with_v(argv: list[str], text: str) -> None:
    (verdict,) = rooms(*argv).mention("as it should be")
    assert (verdict.state, verdict.text) == (OK, text)


@pytest.mark.parametrize(
    ("told", "total", "measured"), [([True, False, True], 4, [2]), ([False], 1, [0]), ([], 0, [0]), ([], 4, [])]
)
def test_how_many_are_so_is_not_known_where_none_of_them_tells(
    told: list[bool], total: int, measured: list[int]
) -> None:
    mode = rooms()
    found = list(mode.flagged("extra", told, total))
    assert [(one.value, one.high) for one in found] == [(value, total) for value in measured]
    assert mode.remarks == ([] if measured else ["extra: not reported"])


def ask(error: VideoconfError) -> None:
    """A request that fails."""
    raise error


@pytest.mark.parametrize(
    "error",
    [
        NotSupported(path="/rooms", product="Rooms"),
        RestDisabled(address="rooms:443", path="/rooms"),
        DeviceError(address="rooms:443", path="/rooms", reason="error 1"),
    ],
)
def test_what_a_device_does_not_have_or_refuses_is_a_problem_or_where_it_is_not_needed_a_remark(
    error: VideoconfError,
) -> None:
    mode = rooms()
    with mode.each_on_its_own():
        ask(error)
    assert (mode.problems, mode.remarks) == ([str(error)], [])
    with mode.each_on_its_own("judged without rooms"):
        ask(error)
    assert (mode.problems, mode.remarks) == ([str(error)], [f"judged without rooms: {error}"])


def test_a_device_that_cannot_be_asked_ends_the_check_all_the_same() -> None:
    mode = rooms()
    with pytest.raises(ConnectionRefused), mode.each_on_its_own():
        ask(ConnectionRefused(address="rooms:443"))
