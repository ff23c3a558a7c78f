"""Nagios ranges: what they alert on, what perfdata prints of them, how a broken one reads, and what is none."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import nagiosplugin
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from check_videoconf.ranges import Range
from check_videoconf.units import human

UNITS = ["", "%", "s", "ms", "B", "/s", "b/s", "B/s", "rpm"]


@pytest.mark.parametrize(
    ("spec", "broken", "kept"),
    [
        ("10", [-1, 10.1, 11, -0.001], [0, 5, 10]),
        ("10:", [9, 9.99, -5], [10, 10**12]),
        ("~:10", [10.5, 11], [-(10**9), 0, 10]),
        ("10:20", [9, 21], [10, 15, 20]),
        ("@10:20", [10, 15, 20], [9, 21]),
        ("@10", [0, 5, 10], [-1, 11]),
        ("@~:0", [0, -1], [1]),
        (":10", [-1, 11], [0, 10]),
        ("0", [1, -1, 0.0001], [0]),
        ("-10:-5", [-11, -4, 0], [-10, -7, -5]),
        ("~:-5", [-4], [-5, -6]),
        ("5:5", [4, 6], [5]),
        (".5", [0.6], [0.5]),
        ("2.5:", [2.4], [2.5]),
        ("+5", [6], [5]),
        ("~:", [], [-(10**30), 0, 10**30]),
        ("9007199254740993:", [9007199254740992], [9007199254740993]),
        ("9" * 30, [10**30], [10**30 - 1]),
    ],
)
def test_a_range_alerts_outside_its_bounds_and_with_an_at_inside(
    spec: str, broken: list[float], kept: list[float]
) -> None:
    limit = Range(spec)
    assert [value for value in broken + kept if limit.broken_by(value)] == broken
    assert limit.text == spec


@pytest.mark.parametrize(
    ("spec", "unit", "text"),
    [
        ("30d:", "s", "2592000:"),
        ("7d", "s", "604800"),
        ("10m:2h", "s", "600:7200"),
        ("@1w:", "s", "@604800:"),
        ("~:90s", "s", "~:90"),
        ("1.5h", "s", "5400"),
        ("0.1m", "s", "6"),
        ("0.25s", "s", "0.25"),
        ("-1d:", "s", "-86400:"),
        ("2s", "ms", "2000"),
        ("40ms", "ms", "40"),
        ("1m:", "ms", "60000:"),
        ("1k:2M", "B", "1024:2097152"),
        ("1.5G", "B", "1610612736"),
        ("2T", "B", "2199023255552"),
        ("0.1k", "B", "102.4"),
        ("2.2h:", "s", "7920:"),
        ("123456.7891w", "s", "74666666047.68"),
        ("0.00000001h", "s", "0.000036"),
        ("10M", "B/s", "10485760"),
        ("80%", "%", "80"),
        ("@5%:10%", "%", "@5:10"),
        ("12.5%", "%", "12.5"),
        ("0%", "%", "0"),
        ("9007199254740993s", "s", "9007199254740993"),
    ],
)
def test_perfdata_prints_base_units_where_a_unit_was_used(spec: str, unit: str, text: str) -> None:
    assert Range(spec, unit).text == text


@pytest.mark.parametrize("spec", ["10", "10:", "~:10", "10:20", "@10:20", ":5", "5.", ".5", "5.50", "+5", "007"])
def test_perfdata_prints_plain_numbers_as_the_user_gave_them(spec: str) -> None:
    assert Range(spec, "s").text == spec


@pytest.mark.parametrize(
    ("spec", "unit", "words"),
    [
        ("", "", "'' is not a range such as 10, 10:, ~:10, 10:20 or @10:20"),
        ("abc", "", "'abc' is not a range such as"),
        ("@", "", "'@' is not a range such as"),
        (":", "", "':' is not a range such as"),
        ("~", "", "'~' is not a range such as"),
        ("10:~", "", "'10:~' is not a range such as"),
        ("1:2:3", "", "'1:2:3' is not a range such as"),
        ("10@", "", "'10@' is not a range such as"),
        (" 5", "", "' 5' is not a range such as"),
        ("5 ", "", "'5 ' is not a range such as"),
        ("5\n", "", "is not a range such as"),
        ("1_0", "", "'1_0' is not a range such as"),
        ("1e3", "", "'1e3' is not a range such as"),
        ("1,5", "", "'1,5' is not a range such as"),
        ("x:5", "", "'x:5' is not a range such as 10, 10:, ~:10, 10:20 or @10:20: 'x' is not a number"),
        ("5:x", "", "'5:x' is not a range such as 10, 10:, ~:10, 10:20 or @10:20: 'x' is not a number"),
        ("nan", "", "'nan' is not a range such as"),
        ("inf", "", "'inf' is not a range such as"),
        ("-", "", "'-' is not a range such as"),
        ("５", "", "'５' is not a range such as"),
        ("20:10", "", "'20:10' is not a range: its start 20 is greater than its end 10"),
        ("-5", "", "'-5' is not a range: its start 0 is greater than its end -5; did you mean ~:-5?"),
        ("@-5", "", "'@-5' is not a range: its start 0 is greater than its end -5"),
        ("5%", "", "unknown unit '%', it takes plain numbers"),
        ("5x", "s", "unknown unit 'x', it understands s, m, h, d, w"),
        ("5M", "s", "unknown unit 'M', it understands s, m, h, d, w"),
        ("5m", "B", "unknown unit 'm', it understands k, M, G, T"),
        ("9" * 31, "", "has more than 30 digits"),
        ("9" * 5000, "", "has more than 30 digits"),
        ("9" * 308 + "T", "B", "has more than 30 digits"),
        ("0." + "0" * 5000 + "1:", "", "has more than 30 digits"),
    ],
)
def test_what_is_no_range_is_refused_with_words_for_the_user(spec: str, unit: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words) + ("$" if words.endswith("-5") else "")):
        Range(spec, unit)


@pytest.mark.parametrize(
    ("spec", "unit", "value", "words"),
    [
        ("80", "%", 92, "above 80 %"),
        ("80", "%", -1, "below 0 %"),
        ("10:20", "", 25, "above 20"),
        ("10:20", "", 3, "below 10"),
        ("~:99.95", "%", 100.5, "above 99.95 %"),
        ("3.65:", "", 3.2, "below 3.65"),
        ("30d:", "s", 86400 * 12, "below 30 d"),
        ("90", "s", 119, "above 1 min 30 s"),
        ("10G", "B", 12 * 1024**3, "above 10 GiB"),
        ("1500000000", "B", 2 * 1024**3, "above 1500000000 B"),
        ("40", "ms", 55, "above 40 ms"),
        ("1:", "rpm", 0, "below 1 rpm"),
        ("@10:20", "%", 15, "between 10 % and 20 %"),
        ("@1h:2h", "s", 4000, "between 1 h and 2 h"),
        ("@2G", "B", 5, "between 0 B and 2 GiB"),
        ("@10:", "", 15, "not below 10"),
        ("@~:10", "", -15, "not above 10"),
        ("@5:5", "", 5, "exactly 5"),
        ("@3.65:4.25", "", 4, "between 3.65 and 4.25"),
        ("@~:", "", 5, "any value alerts"),
    ],
)
def test_a_broken_range_reads_with_its_limit_and_unit(spec: str, unit: str, value: float, words: str) -> None:
    limit = Range(spec, unit)
    assert limit.broken_by(value)
    assert limit.violation(value) == words


def test_a_range_of_a_counter_without_a_unit_reads_without_one() -> None:
    assert Range("10").violation(11) == "above 10"


@pytest.mark.parametrize(
    ("spec", "unit", "value", "shown", "words"),
    [
        ("80", "%", 80.04, "80 %", "above 80 % by 0.04 %"),
        ("2d", "s", 172800 + 1500, "2 d", "above 2 d by 25 min"),
        ("36.5h", "s", 132000, "1 d 12 h", "above 1 d 12 h 30 min by 10 min"),
        ("7d:", "s", 7 * 86400 - 0.5, "6 d 23 h", "below 7 d"),
        ("1.5G", "B", 1.5 * 1024**3 + 2048, "1.5 GiB", "above 1.5 GiB by 2 KiB"),
        ("10.04:", "", 10.01, "10", "below 10.04 by 0.03"),
    ],
)
def test_a_value_that_reads_like_its_limit_is_told_with_the_difference(
    spec: str, unit: str, value: float, shown: str, words: str
) -> None:
    assert human(value, unit) == shown
    assert Range(spec, unit).violation(value) == words


# -- against nagiosplugin's ranges

NUMBERS = st.from_regex(r"[-+]?[0-9]{0,3}(\.[0-9]{0,3})?", fullmatch=True) | st.from_regex(
    r"[0-9]{15,25}", fullmatch=True
)
LETTERS = st.sampled_from(["", *"smhdwkMGT%"])
BOUNDS = st.tuples(NUMBERS, LETTERS).map("".join)
SPECS = (
    st.text(max_size=12)
    | st.text(alphabet="@~:+-.0123456789smhdwkMGT% e_", max_size=14)
    | st.tuples(st.sampled_from(["", "@"]), st.sampled_from(["", ":", "~:"]), BOUNDS).map("".join)
    | st.tuples(st.sampled_from(["", "@"]), BOUNDS, st.just(":"), st.just("") | BOUNDS).map("".join)
)


@given(SPECS, st.sampled_from(UNITS), st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers()))
@example("0", "", [])
@example("@0:0", "", [])
@example("9007199254740993", "", [9007199254740992.0])
@example("0.00000000000000000001h:", "s", [1e-17])
def test_any_text_is_refused_or_a_range_whose_perfdata_text_decides_the_same(
    spec: str, unit: str, values: list[float]
) -> None:
    try:
        limit = Range(spec, unit)
    except ValueError:
        return
    printed = nagiosplugin.Range(limit.text)
    for bound in (limit.start, limit.end, 0):
        if math.isfinite(bound):
            values += [bound, bound - 1, bound + 1, math.nextafter(bound, math.inf), math.nextafter(bound, -math.inf)]
    for value in values:
        assert limit.broken_by(value) is not printed.match(value)
        if limit.broken_by(value):
            assert limit.violation(value)


@given(st.sampled_from(["10", "10:", "~:10", "10:20", "@10:20", "-3:4.5"]), st.floats(-30, 30))
def test_plain_ranges_decide_as_nagiosplugin_does(spec: str, value: float) -> None:
    assert Range(spec).broken_by(value) is not nagiosplugin.Range(spec).match(value)


@given(st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True), st.sampled_from(["s", "m", "h", "d", "w"]))
def test_a_time_with_a_unit_is_that_many_seconds(number: str, unit: str) -> None:
    seconds = Fraction(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit]
    limit = Range(f"{number}{unit}", "s")
    assert math.isclose(Fraction(limit.text), seconds, rel_tol=1e-15)
    if seconds.denominator == 1:
        assert limit.text == str(seconds.numerator)
