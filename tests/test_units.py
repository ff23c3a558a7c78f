"""Numbers as pollers and as people read them, and durations as people type them."""

from __future__ import annotations

import re
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.units import decimal, duration, human, lasting, parse_duration

FINITE = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-2, 2)


# -- numbers for pollers


@pytest.mark.parametrize(
    ("value", "precision", "expected"),
    [
        (5, 2, "5"),
        (5.0, 2, "5"),
        (True, 2, "1"),
        (0, 2, "0"),
        (0.0, 2, "0"),
        (-0.0, 2, "0"),
        (92.456, 2, "92.46"),
        (92.5, 2, "92.5"),
        (92.004, 2, "92"),
        (1.0034, 2, "1"),
        (-92.456, 2, "-92.46"),
        (92.456, 0, "92"),
        (92.456, 3, "92.456"),
        (9.046, 2, "9.05"),
        (1e15 + 0.5, 2, "1000000000000000.5"),
        (1e22, 2, "10000000000000000000000"),
        (-1e22, 2, "-10000000000000000000000"),
        (1.5e-5, 2, "0.000015"),
        (123456789012345678901234567890, 2, "123456789012345678901234567890"),
    ],
)
def test_perfdata_numbers_have_the_decimals_asked_for_and_no_exponent(
    value: float, precision: int, expected: str
) -> None:
    assert decimal(value, precision) == expected


@pytest.mark.parametrize(
    ("value", "precision", "expected"),
    [
        (0.5, 2, "0.5"),
        (0.123456, 2, "0.12"),
        (0.0123456, 2, "0.012"),
        (-0.00123456, 2, "-0.0012"),
        (0.000123456, 4, "0.0001235"),
        (0.0996, 2, "0.1"),
        (0.999, 2, "1"),
        (-0.999, 2, "-1"),
        (0.4, 0, "0"),
        (-0.4, 0, "0"),
        (1e-300, 2, "0"),
        (-1e-300, 2, "0"),
    ],
)
def test_below_1_the_precision_is_that_many_significant_digits(value: float, precision: int, expected: str) -> None:
    assert decimal(value, precision) == expected


@given(FINITE, st.integers(0, 12))
def test_any_finite_number_is_printed_plainly_and_as_near_as_the_precision_promises(
    value: float, precision: int
) -> None:
    text = decimal(value, precision)
    assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text)
    assert text != "-0"
    printed, exact = Decimal(text), Decimal(value)
    if value == int(value):
        assert printed == exact
    else:
        first_digit = exact.adjusted() + 1 if abs(value) < 1 and precision else 0
        step = max(Decimal(1).scaleb(first_digit - precision), Decimal("1e-15"))
        assert abs(printed - exact) <= step / 2
        assert printed == printed.quantize(step, context=Context(prec=400))


# -- for people


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (0.0042, "0.0042 s"),
        (2.345, "2.35 s"),
        (45, "45 s"),
        (-1e-20, "0 s"),
        (60, "1 min"),
        (119, "1 min 59 s"),
        (119.7, "1 min 59 s"),
        (1260, "21 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (7559, "2 h 5 min"),
        (86400, "1 d"),
        (273600, "3 d 4 h"),
        (259259, "3 d"),
        (864000, "10 d"),
        (-90000, "-1 d 1 h"),
        (-5, "-5 s"),
    ],
)
def test_a_time_is_told_in_its_two_largest_parts(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (512, "512 B"),
        (1536, "1.5 KiB"),
        (1024**2, "1 MiB"),
        (260779000, "248.7 MiB"),
        (3 * 1024**3, "3 GiB"),
        (5000 * 1024**4, "5000 TiB"),
        (-2048, "-2 KiB"),
    ],
)
def test_bytes_are_told_in_the_unit_that_fits(count: float, expected: str) -> None:
    assert human(count, "B") == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (92.46, "%", "92.5 %"),
        (5, "", "5"),
        (0.04, "", "0.04"),
        (90061, "s", "1 d 1 h"),
        (40.25, "ms", "40.2 ms"),
        (1536, "B", "1.5 KiB"),
        (1536, "B/s", "1.5 KiB/s"),
        (2_400_000, "b/s", "2.4 Mb/s"),
        (800, "b/s", "800 b/s"),
        (12.5, "/s", "12.5 /s"),
        (8035, "rpm", "8035 rpm"),
    ],
)
def test_a_value_is_told_with_its_unit(value: float, unit: str, expected: str) -> None:
    assert human(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (99.95, "%", "99.95 %"),
        (3.65, "", "3.65"),
        (90, "s", "1 min 30 s"),
        (131400, "s", "1 d 12 h 30 min"),
        (2592000, "s", "30 d"),
        (90061.5, "s", "1 d 1 h 1 min 1.5 s"),
        (0.25, "s", "0.25 s"),
        (12.3456, "s", "12.3456 s"),
        (10 * 1024**3, "B", "10 GiB"),
        (1.5 * 1024**2, "B", "1.5 MiB"),
        (1500000000, "B", "1500000000 B"),
        (1000 * 1024, "B/s", "1000 KiB/s"),
        (1500 * 1024, "B", "1500 KiB"),
        (9007199254740993, "", "9007199254740993"),
        (2_000_000, "b/s", "2 Mb/s"),
        (2_345_678, "b/s", "2345678 b/s"),
    ],
)
def test_a_limit_is_told_without_rounding(value: float, unit: str, expected: str) -> None:
    assert human(value, unit, exact=True) == expected


@given(FINITE, st.sampled_from(["", "%", "s", "ms", "B", "/s", "b/s", "B/s", "rpm"]), st.booleans())
def test_any_value_can_be_told(value: float, unit: str, exact: bool) -> None:
    text = human(value, unit, exact=exact)
    assert text
    assert "e" not in text
    assert text.isprintable()


def test_an_age_is_told_also_where_it_is_not_known() -> None:
    assert [lasting(age) for age in (7500, 0, None)] == ["for 2 h 5 min", "for 0 s", "age unknown"]


# -- typed by people


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("0", 0), ("45s", 45), ("5m", 300), ("2h", 7200), ("7d", 604800), ("2w", 1209600)],
)
def test_a_duration_is_a_number_with_a_unit(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "5x", "m", "-5", "1.5h", "5 m", "5m ", "５", "1h30m", "9" * 13])
def test_what_is_no_duration_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"'{text}' is not a duration such as 90, 5m, 2h or 7d")):
        parse_duration(text)
