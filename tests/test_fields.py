"""Rows of a device to records: each field of its type, whatever the device sends, and what is told of gaps."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.fields import Fields, Gaps, Unreadable, flag, moment, number, raw, text

# Too long for Python to print, so with a name for pytest.
HUGE = pytest.param(10**5000, id="huge")

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, 2**64])
    | st.builds(lambda: HUGE.values[0])
    | st.floats()
    | st.text()
    | st.from_regex(r"[-+ ]?[0-9]{0,40}\.?[0-9]{0,3}([eE]-?[0-9]{1,4})?", fullmatch=True)
    | st.from_regex(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:?[0-9]{2})?"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def read(fields: Fields, row: dict[str, Any], what: str = "node") -> tuple[dict[str, Any], Gaps]:
    gaps = Gaps()
    return fields.reader(what, gaps)(row), gaps


# -- single values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", ""),
        ("London", "London"),
        (5, "5"),
        (2.5, "2.5"),
        (5.0, "5.0"),
        (True, "True"),
        (False, "False"),
    ],
)
def test_text_is_text_or_a_number_as_text(value: object, expected: str | None) -> None:
    assert text(value) == expected


@pytest.mark.parametrize("value", [[], {}, ["a"], {"a": 1}, HUGE])
def test_text_is_nothing_else(value: object) -> None:
    with pytest.raises(Unreadable):
        text(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        (5, 5),
        (2.5, 2.5),
        (-3, -3),
        ("5", 5),
        (" 5 ", 5),
        ("+5", 5),
        ("-2.5", -2.5),
        ("5.", 5.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        (True, 1),
        (False, 0),
        ("9007199254740993", 9007199254740993),
        (9007199254740993, 9007199254740993),
    ],
)
def test_a_number_is_a_number_also_as_text(value: object, expected: float | None) -> None:
    found = number(value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    "value", ["x", "5%", "5 GB", "1,5", "1_000", "0x10", "nan", "inf", "1e999", "５", "--5", "9" * 400]
)
def test_text_that_reads_otherwise_is_no_number(value: str) -> None:
    with pytest.raises(Unreadable):
        number(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, [], {}, [5]])
def test_neither_are_infinity_and_lists(value: object) -> None:
    with pytest.raises(Unreadable):
        number(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((value, True) for value in (True, 1, 1.0, "true", "True", "TRUE", "1", "yes", "on", "enabled", " true ")),
        *((value, False) for value in (False, 0, 0.0, "false", "False", "0", "no", "off", "Disabled")),
        *((value, None) for value in (None, "", "  ")),
    ],
)
def test_a_flag_is_true_or_false_in_any_spelling(value: object, expected: bool | None) -> None:
    assert flag(value) is expected


@pytest.mark.parametrize("value", [2, -1, 0.5, math.nan, HUGE, "maybe", "2", [], {}])
def test_what_is_neither_true_nor_false_is_no_flag(value: object) -> None:
    with pytest.raises(Unreadable):
        flag(value)


def seconds(*when: int, **zone: int) -> float:
    timezone = datetime.timezone(datetime.timedelta(**zone))
    return datetime.datetime(*when, tzinfo=timezone).timestamp()  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("1970-01-01T00:00:00", 0),
        ("2015-04-02T09:46:11.116767", seconds(2015, 4, 2, 9, 46, 11) + 0.116767),
        ("2015-04-02T09:46:11", seconds(2015, 4, 2, 9, 46, 11)),
        ("2015-04-02 09:46:11", seconds(2015, 4, 2, 9, 46, 11)),
        ("2015-04-02T09:46", seconds(2015, 4, 2, 9, 46)),
        ("2015-04-02T09:46:11Z", seconds(2015, 4, 2, 9, 46, 11)),
        ("2015-04-02T09:46:11,5", seconds(2015, 4, 2, 9, 46, 11) + 0.5),
        ("20150402T09:46:11", seconds(2015, 4, 2, 9, 46, 11)),
        ("2015-04-02T09:46:11+02:00", seconds(2015, 4, 2, 9, 46, 11, hours=2)),
        ("2015-04-02T09:46:11-0530", seconds(2015, 4, 2, 9, 46, 11, hours=-5, minutes=-30)),
        ("2015-04-02T09:46:11+02", seconds(2015, 4, 2, 9, 46, 11, hours=2)),
        (" 2015-04-02T09:46:11.123456789123 ", seconds(2015, 4, 2, 9, 46, 11) + 0.123456789),
        ("0001-01-01T00:00:00", -62135596800),
    ],
)
def test_a_moment_without_a_zone_is_utc(value: object, expected: float | None) -> None:
    found = moment(value)
    assert found == expected if expected is None else found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "value",
    [
        *("2015-13-02T09:46:11", "2015-02-30T09:46:11", "2015-04-02T25:00:00", "0000-01-01T00:00", "2015-04-02"),
        *("yesterday", 1427967971, 0.5, True, [], {}),
    ],
)
def test_what_is_no_moment_is_unreadable(value: object) -> None:
    with pytest.raises(Unreadable):
        moment(value)


def test_a_raw_value_is_left_as_it_came() -> None:
    value = {"a": [1]}
    assert raw(value) is value


@given(ANYTHING)
def test_any_value_is_read_or_unreadable(value: object) -> None:
    readers: list[tuple[Callable[[Any], object], tuple[type, ...]]]
    readers = [(text, (str,)), (number, (int, float)), (flag, (bool,)), (moment, (float,))]
    for reader, kinds in readers:
        try:
            found = reader(value)
        except Unreadable:
            continue
        assert found is None or type(found) in kinds
        if isinstance(found, float):
            assert math.isfinite(found)


# -- rows


FIELDS = Fields(texts="name node! note?", numbers="load", flags="locked?", times="opened!", raws="id?")


def test_a_record_has_the_declared_names_and_no_others() -> None:
    record, gaps = read(
        FIELDS,
        {"name": "a", "node": None, "note": "n", "load": "5", "locked": "no", "opened": "", "id": [1], "secret": "x"},
    )
    assert record == {
        "name": "a",
        "node": None,
        "note": "n",
        "load": 5,
        "locked": False,
        "opened": None,
        "id": [1],
    }
    assert (gaps.problems(), gaps.notes(), gaps.absent) == ([], [], set())


RENAMED = Fields(texts="name=conferenceName", numbers="seconds=DurationSeconds|DurationInSeconds?")


@pytest.mark.parametrize(
    ("row", "seconds"),
    [
        ({"DurationSeconds": "7"}, 7),
        ({"DurationInSeconds": "8"}, 8),
        ({"DurationSeconds": "7", "DurationInSeconds": "8"}, 7),
        ({"DurationSeconds": None, "DurationInSeconds": "8"}, 8),
        ({"DurationSeconds": "long", "DurationInSeconds": "8"}, 8),
        ({"DurationSeconds": 0, "DurationInSeconds": "8"}, 0),
        ({"DurationSeconds": ""}, None),
        ({}, None),
    ],
)
def test_of_several_keys_of_a_field_the_first_that_says_something_counts(
    row: dict[str, object], seconds: object
) -> None:
    record, gaps = read(RENAMED, {"conferenceName": "a", **row})
    assert record == {"name": "a", "seconds": seconds}
    assert gaps.problems() == []


def test_what_is_told_of_a_field_names_its_key() -> None:
    _, gaps = read(RENAMED, {"DurationSeconds": "long"})
    assert gaps.problems() == ["conferenceName of a node is missing"]
    assert gaps.notes() == ["DurationSeconds of a node is unreadable (text)"]
    assert gaps.absent == {"DurationInSeconds"}
    assert RENAMED.keys == {"name": ("conferenceName",), "seconds": ("DurationSeconds", "DurationInSeconds")}


def test_what_is_absent_is_nothing_and_told_where_it_is_required() -> None:
    record, gaps = read(FIELDS, {})
    assert set(record.values()) == {None}
    assert gaps.problems() == [
        "name of a node is missing",
        "node of a node is missing",
        "load of a node is missing",
        "opened of a node is missing",
    ]
    assert gaps.absent == {"note", "locked", "id"}
    assert gaps.notes() == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"load": None}, "load of a node is null or empty"),
        ({"load": ""}, "load of a node is null or empty"),
        ({"load": "high"}, "load of a node is unreadable (text)"),
        ({"load": {}}, "load of a node is unreadable (an object)"),
        ({"load": []}, "load of a node is unreadable (a list)"),
        ({"load": math.nan}, "load of a node is unreadable (no finite number)"),
        ({"load": 10**400}, "load of a node is unreadable (no finite number)"),
    ],
)
def test_a_required_field_that_has_no_value_says_why(row: dict[str, object], problem: str) -> None:
    record, gaps = read(Fields(numbers="load"), row)
    assert record == {"load": None}
    assert gaps.problems() == [problem]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"opened": 5}, "opened of a node is unreadable (a number)"),
        ({"opened": True}, "opened of a node is unreadable (true or false)"),
        ({"opened": "soon"}, "opened of a node is unreadable (text)"),
    ],
)
def test_a_time_that_is_no_time_says_what_it_is(row: dict[str, object], problem: str) -> None:
    assert read(Fields(times="opened"), row)[1].problems() == [problem]


def test_a_nullable_field_may_be_null_but_must_be_there_and_readable() -> None:
    assert read(Fields(numbers="load!"), {"load": None})[1].problems() == []
    assert read(Fields(numbers="load!"), {})[1].problems() == ["load of a node is missing"]
    assert read(Fields(numbers="load!"), {"load": "x"})[1].problems() == ["load of a node is unreadable (text)"]


def test_an_optional_field_that_is_unreadable_is_a_note() -> None:
    record, gaps = read(Fields(numbers="load?"), {"load": "x"})
    assert record == {"load": None}
    assert (gaps.problems(), gaps.notes()) == ([], ["load of a node is unreadable (text)"])


def test_optional_fields_that_are_absent_and_that_are_unreadable_are_noted_by_their_keys() -> None:
    fields = Fields(texts="name=label", numbers="load=cpu? fan!", flags="locked?")
    _, gaps = read(fields, {"label": [], "cpu": "x", "fan": "y"})
    assert (gaps.absent, gaps.unread) == ({"locked"}, {"cpu"})


def test_a_thousand_rows_with_the_same_gap_give_one_line() -> None:
    gaps = Gaps()
    reader = Fields(numbers="load", texts="name").reader("node", gaps)
    for _ in range(1000):
        reader({"name": "a"})
    reader({"name": "b", "load": "x"})
    reader({"load": 5})
    assert gaps.problems() == [
        "load of 1000 nodes is missing",
        "load of a node is unreadable (text)",
        "name of a node is missing",
    ]


@given(st.dictionaries(st.sampled_from(["name", "node", "note", "load", "locked", "opened", "id"]), ANYTHING))
def test_any_row_is_read(row: dict[str, object]) -> None:
    record, gaps = read(FIELDS, row)
    assert set(record) == {"name", "node", "note", "load", "locked", "opened", "id"}
    assert all(line.isprintable() for line in gaps.problems() + gaps.notes())
