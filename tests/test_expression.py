"""Status expressions: the grammar, what compares how, and what a macro without a value does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.expression import Expression

RECORD = {
    "name": "London 1",
    "level": "Error",
    "count": 5,
    "load": 92.5,
    "text5": "5",
    "zero": 0,
    "text0": "0",
    "nothing": None,
    "empty": "",
    "yes": True,
    "no": False,
    "age": 7200,
    "path": "a/b",
    "lines": "one\ntwo",
}
MACROS = (*RECORD, "missing")


def holds(source: str, record: Mapping[str, Any] = RECORD) -> bool:
    return Expression(source, MACROS)(record)


def table(*rows: tuple[str, bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("source", "expected"), rows, ids=[source for source, _ in rows])


# -- macros


@table(("%{count} == 5", True), ("%(count) == 5", True), ("%\\{count\\} == 5", True))
def test_a_macro_is_written_in_three_ways(source: str, expected: bool) -> None:
    assert holds(source) is expected


# -- comparisons


@table(
    ("%{count} == 5", True),
    ("%{count} == 5.0", True),
    ("%{text5} == 5", True),
    ("5 == ' 5.00 '", True),
    ("'10' > '9'", True),
    ("%{count} != 5", False),
    ("%{count} < 5", False),
    ("%{count} <= 5", True),
    ("%{count} > 4.9", True),
    ("%{count} >= 5", True),
    ("%{count} >= 5.1", False),
    ("-5 < 0", True),
    ("'-5' == -5", True),
    ("'+5' == 5", True),
    ("'.5' == 0.5", True),
)
def test_symbols_compare_as_numbers_when_both_sides_read_as_numbers(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("symbol", "word", "less", "equal", "greater"),
    [
        ("==", "eq", False, True, False),
        ("!=", "ne", True, False, True),
        ("<", "lt", True, False, False),
        ("<=", "le", True, True, False),
        (">", "gt", False, False, True),
        (">=", "ge", False, True, True),
    ],
)
def test_each_comparison_holds_where_it_says(symbol: str, word: str, less: bool, equal: bool, greater: bool) -> None:
    assert [holds(f"%{{count}} {symbol} {other}") for other in (6, 5, 4)] == [less, equal, greater]
    assert [holds(f"%{{count}} {word} {other}") for other in (6, 5, 4)] == [less, equal, greater]
    assert [holds(f"'b' {symbol} '{other}'") for other in "cba"] == [less, equal, greater]


@table(
    ("%{level} == 'Error'", True),
    ("%{level} == 'error'", False),
    ("%{level} != 'Warning'", True),
    ("'v36' > 'v35'", True),
    ("'abc' < 5", False),
    ("'5x' == 5", False),
    ("'1e3' == 1000", False),
    ("'0x10' == 16", False),
    ("'５' == 5", False),
)
def test_symbols_compare_as_text_when_a_side_is_no_number(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(
    ("%{count} eq 5", True),
    ("%{count} eq '5.0'", False),
    ("5.0 eq '5'", True),
    ("2.50 eq '2.5'", True),
    ("'10' gt '9'", False),
    ("'10' lt '9'", True),
    ("'a' ne 'b'", True),
    ("'a' le 'a'", True),
    ("'b' ge 'a'", True),
    ("%{yes} eq '1'", True),
)
def test_words_always_compare_as_text(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("left", "right"),
    [(9007199254740993, "9007199254740992"), ("90071992547409930000", "90071992547409930001")],
)
def test_long_numbers_are_not_rounded_before_they_are_compared(left: object, right: object) -> None:
    assert Expression("%{a} != %{b}", ("a", "b"))({"a": left, "b": right})


@table(("%{yes} == 1", True), ("%{no} == 0", True), ("%{yes} > %{no}", True), ("%{yes} == 'true'", False))
def test_true_and_false_are_1_and_0(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(
    ("%{level} =~ /err/i", True),
    ("%{level} =~ /err/", False),
    ("%{level} !~ /err/", True),
    ("%{level} !~ /^error$/i", False),
    ("%{level}=~/E r r/x", True),
    ("%{lines} =~ /^two$/m", True),
    ("%{lines} =~ /^two$/", False),
    ("%{lines} =~ /one.two/s", True),
    ("%{lines} =~ /one.two/", False),
    ("%{lines} =~ /ONE.^TWO/ism", True),
    ("%{path} =~ /^a\\/b$/", True),
    ("%{path} =~ /[\\/]/", True),
    ("%{count} =~ /^5$/", True),
    ("5.0 =~ /^5$/", True),
    ("%{level} =~ //", True),
    ("%{name} =~ /on 1/ and %{count} == 5", True),
    ("%{count} + 1 =~ /^6$/", True),
)
def test_a_regular_expression_is_searched_for(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(
    ("%{count} in (1, 5)", True),
    ("%{count} in ('5.0')", True),
    ("%{level} in ('Error','Fatal')", True),
    ("%{level} in ('error')", False),
    ("%{count} in (2 + 3)", True),
    ("%{count} in (%{zero}, %{text5})", True),
    ("%{nothing} in ('', 1)", True),
    ("%{nothing} in (0)", False),
    ("not %{count} in (1, 2)", True),
)
def test_in_is_equality_with_one_of_a_list(source: str, expected: bool) -> None:
    assert holds(source) is expected


# -- what has no value


@pytest.mark.parametrize("macro", ["nothing", "missing", "empty"])
@table(
    ("%{X} =~ /^$/", True),
    ("%{X} !~ /x/", True),
    ("%{X} =~ /x/", False),
    ("%{X} != 5", True),
    ("%{X} == 5", False),
    ("%{X} == ''", True),
    ("%{X} eq ''", True),
    ("%{X} ne 'a'", True),
    ("%{X} == 0", False),
    ("%{X} < 5", False),
    ("%{X} <= 5", False),
    ("%{X} > 5", False),
    ("%{X} >= 5", False),
    ("5 > %{X}", False),
    ("%{X} + 1 > 0", False),
    ("%{X} + 1 != 7", False),
    ("-%{X} <= 0", False),
    ("%{X} * 0 == 0", False),
    ("%{X} + 1 =~ /./", False),
    ("%{X} + 1 !~ /x/", False),
    ("%{X} + 1 eq ''", False),
    ("%{X} + 1 in ('')", False),
    ("not %{X} < 5", True),
    ("%{X}", False),
)
def test_a_macro_without_a_value_is_the_empty_text_and_neither_more_nor_less_than_anything(
    source: str, expected: bool, macro: str
) -> None:
    assert holds(source.replace("X", macro)) is expected


# -- a value alone


@table(
    ("%{nothing}", False),
    ("%{missing}", False),
    ("%{empty}", False),
    ("''", False),
    ("0", False),
    ("0.0", False),
    ("-0", False),
    ("%{zero}", False),
    ("%{no}", False),
    ("1 - 1", False),
    ("%{yes}", True),
    ("%{count}", True),
    ("-1", True),
    ("'false'", True),
    ("%{name} and %{count}", True),
    ("not %{zero}", True),
)
def test_a_value_alone_is_false_when_it_is_null_or_empty_or_the_number_0(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(("'0'", True), ("%{text0}", True), ("%{text0} != 0", False), ("' '", True))
def test_text_alone_is_true_also_when_it_reads_as_0(source: str, expected: bool) -> None:
    assert holds(source) is expected


# -- arithmetic and units


@table(
    ("2 + 3 * 4 == 14", True),
    ("(2 + 3) * 4 == 20", True),
    ("10 - 3 - 2 == 5", True),
    ("24 / 4 / 2 == 3", True),
    ("-2 + 3 == 1", True),
    ("--2 == 2", True),
    ("2 - -3 == 5", True),
    ("5-3 == 2", True),
    ("'2' + '3' == 5", True),
    ("1 / 4 == 0.25", True),
    ("6 / 3 eq '2'", True),
    ("%{load} / 2 > 46", True),
    ("'a' + 1 == 1", False),
    ("'a' + 1 != 1", False),
)
def test_arithmetic_is_the_usual(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(
    ("1 / 0 == 1", False),
    ("1 / 0 != 1", False),
    ("1 / %{zero} < 1", False),
    ("not 1 / 0 == 1", True),
    ("1 / 0 == 1 or 1 == 1", True),
    ("1 / 0", False),
    ("1 / 0 !~ /x/", False),
)
def test_a_division_by_zero_makes_the_comparison_false(source: str, expected: bool) -> None:
    assert holds(source) is expected


@table(
    ("%{age} == 2h", True),
    ("1s == 1", True),
    ("1m == 60", True),
    ("1d == 86400", True),
    ("1w == 604800", True),
    ("1k == 1024", True),
    ("1M == 1024k", True),
    ("1G == 1024M", True),
    ("1T == 1024G", True),
    ("1.5h == 90m", True),
    ("%{load}>90%", True),
    ("5%==5", True),
    ("100-5%>%{load}", True),
)
def test_numbers_may_carry_a_unit(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize(("value", "expected"), [(1e300, True), (-1e300, True), (1.1e300, False), (10**301, False)])
def test_arithmetic_beyond_1e300_makes_the_comparison_false(value: float, expected: bool) -> None:
    assert holds("%{count} * 1 == %{count}", {"count": value}) is expected


# -- and, or, not


@table(
    ("1 or 1 and 0", True),
    ("(1 or 1) and 0", False),
    ("1 || 0 && 0", True),
    ("not 0 and 0", False),
    ("not (0 and 0)", True),
    ("not %{count} == 4", True),
    ("!%{count} == 4", True),
    ("! %{count} + 1 == 5", True),
    ("not not %{count}", True),
    ("!!%{zero}", False),
    ("! ! ! 0", True),
    ("not 0 == 1", True),
    ("not (1) == 2", True),
    ("1 and not 0 or 0", True),
    ("0 or 0 or 3", True),
    ("1 and 2 and 0", False),
    ("(((%{count})) == ((5)))", True),
    ("(%{count} == 5)", True),
)
def test_not_binds_looser_than_a_comparison_and_tighter_than_and_and_that_tighter_than_or(
    source: str, expected: bool
) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize("source", ["0 and %{a}", "1 or %{a}", "%{b} == 1 && %{a}", "%{b} == 0 || %{a}"])
def test_and_and_or_stop_as_soon_as_the_outcome_is_known(source: str) -> None:
    class Watched(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            assert name != "a"
            return super().get(name, default)

    Expression(source, ("a", "b"))(Watched(a=1, b=0))


# -- text


@table(
    ("'%{name}' eq %{name}", False),
    ("'%{level}' =~ /^%\\{level\\}$/", True),
    ("'a\\' eq 'a\\'", True),
    ("\"it's\" =~ /'/", True),
    ('\'say "x"\' =~ /"/', True),
    ("'and or not' == 'and or not'", True),
)
def test_quoted_text_is_taken_as_it_stands(source: str, expected: bool) -> None:
    assert holds(source) is expected


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r\n", "\u00a0", "\u3000"])
def test_any_blank_separates(blank: str) -> None:
    source = " %{count} == 5 and not %{no} or %{name} in ( 'x' , 1 ) and %{level} =~ /x/i ".replace(" ", blank)
    assert holds(source) is True


@given(st.text(max_size=30).filter(lambda text: "'" not in text), st.text(max_size=30))
def test_any_quoted_text_is_itself(text: str, other: str) -> None:
    assert Expression(f"%{{a}} eq '{text}'", ("a",))({"a": text})
    assert Expression(f"%{{a}} ne '{text}'", ("a",))({"a": other}) is (other != text)


# -- size


def test_a_long_expression_is_no_trouble() -> None:
    source = " or ".join(f"%{{name}} eq 'Room {number}'" for number in range(1000))
    assert not holds(source)
    assert holds(f"{source} or 1")
    assert holds("%{count} in (" + ", ".join(str(number) for number in range(3000, -1, -1)) + ")")
    assert holds("1" + " + 1" * 5000 + " == 5001")
    assert holds("not " * 5000 + "1")
    assert holds("-" * 5000 + "1 == 1")
    assert holds(" and ".join(["1"] * 5000))


def test_fifty_parentheses_are_not_too_many() -> None:
    assert holds("(" * 50 + "1" + ")" * 50)
    assert holds("(1 and " * 50 + "1" + ")" * 50)
    assert holds("(0) or " * 100 + "(" * 50 + "1" + ")" * 50)
