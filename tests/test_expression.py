"""Status expressions: the grammar, what compares how, what a macro without a value does, and where a mistake is."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.expression import Expression, ExpressionError

# What Python's re warns of in a pattern made at random is not the matter here.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

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


def mistake(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        Expression(source, MACROS)
    return caught.value


def table(*rows: tuple[str, bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("source", "expected"), rows, ids=[source for source, _ in rows])


# -- macros


@table(("%{count} == 5", True), ("%(count) == 5", True), ("%\\{count\\} == 5", True))
def test_a_macro_is_written_in_three_ways(source: str, expected: bool) -> None:
    assert holds(source) is expected


def test_an_unknown_macro_is_a_mistake_that_names_the_nearest() -> None:
    error = mistake("%{count} > 1 and %{nmae} == 'x'")
    assert str(error) == "unknown macro %{nmae}, did you mean %{name}?"
    assert error.position == 17


def test_an_unknown_macro_with_nothing_near_lists_those_there_are() -> None:
    with pytest.raises(ExpressionError, match=re.escape("unknown macro %{xyzzy}, there are a, b")):
        Expression("%{xyzzy}", ("a", "b"))


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


# -- mistakes


@pytest.mark.parametrize(
    ("source", "position", "words"),
    [
        ("", 0, "a value must stand here"),
        ("   ", 3, "a value must stand here"),
        ("%{count} =", 9, "no operator"),
        ("%{count} = 5", 9, "no operator"),
        ("%{count} == ", 12, "a value must stand here"),
        ("%{count} == == 5", 12, "a value must stand here"),
        ("%{count} 5", 9, "unexpected '5'"),
        ("%{count} == 5)", 13, "unexpected ')'"),
        ("(%{count} == 5", 0, "never closed"),
        ("(%{count} == 5 6)", 15, "')' or an operator must follow"),
        ("%{count} == 5 &", 14, "no operator"),
        ("%{count} == 5 | 1", 14, "no operator"),
        ("%{name} == London", 11, "text stands in quotes"),
        ("%{name} == 'London", 11, "never closed"),
        ('%{name} == "London', 11, "never closed"),
        ("%{name == 5", 0, "a macro is written %{name}"),
        ("%count == 5", 0, "a macro is written %{name}"),
        ("$name == 5", 0, "means nothing here"),
        ("%{count} > 5x", 12, "unknown unit 'x'"),
        ("%{count} > 5 and", 16, "a value must stand here"),
        ("1 == 1 == 1", 7, "one comparison cannot follow another"),
        ("1 =~ /1/ =~ /1/", 9, "one comparison cannot follow another"),
        ("(1 == 1) == 1", 9, "compares values"),
        ("(1 or 0) == 1", 9, "compares values"),
        ("(1 and 0) =~ /1/", 10, "compares values"),
        ("(not 1) in (0)", 8, "compares values"),
        ("1 == (1 == 1)", 5, "a value must stand here, not a comparison"),
        ("(1 == 1) + 1", 9, "takes values"),
        ("1 + (1 == 1)", 4, "a value must stand here, not a comparison"),
        ("-(1 == 1)", 0, "a comparison has no sign"),
        ("%{name} =~ 'x'", 11, "a regular expression /…/ must follow"),
        ("%{name} =~ /x", 11, "this regular expression is never closed"),
        ("%{name} =~ /x\\/", 11, "this regular expression is never closed"),
        ("%{name} =~ /x/q", 14, "unknown flag 'q'"),
        ("%{name} =~ /x/iand 1", 15, "unknown flag 'a'"),
        ("%{name} =~ /a(b/", 13, "cannot be compiled"),
        ("%{name} =~ /a\\/\\/(b/", 17, "cannot be compiled"),
        ("%{name} =~ /*/", 12, "cannot be compiled"),
        ("%{name} in 5", 11, "a list ( … ) must follow 'in'"),
        ("%{name} in ()", 12, "a value must stand here"),
        ("%{name} in (1, )", 15, "a value must stand here"),
        ("%{name} in (1 2)", 14, "',' or ')' must follow"),
        ("%{name} in (1", 13, "',' or ')' must follow"),
        ("9" * 400, 0, "too large"),
        ("1 + " + "9" * 300 + "T", 4, "too large"),
        ("1 + " + "9" * 299 + ".5T", 4, "too large"),
        ("__import__('os')", 0, "text stands in quotes"),
        ("%{count}.real == 5", 8, "means nothing here"),
        ("and", 0, "a value must stand here"),
    ],
)
def test_a_mistake_has_its_place_and_says_what_is_wrong(source: str, position: int, words: str) -> None:
    error = mistake(source)
    assert words in str(error)
    assert (error.position, error.source) == (position, source)


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


def test_an_expression_without_end_is_refused() -> None:
    assert "characters" in str(mistake("1 or " * 20_000 + "1"))


@pytest.mark.parametrize("depth", [51, 5000])
@pytest.mark.parametrize("opening", ["(", "not (", "1 + (", "%{count} in (1, (", "1 and (-("])
def test_parentheses_nested_beyond_reason_are_refused(opening: str, depth: int) -> None:
    error = mistake((opening * depth)[:30_000])
    assert "more than 50 parentheses" in str(error)


def test_fifty_parentheses_are_not_too_many() -> None:
    assert holds("(" * 50 + "1" + ")" * 50)
    assert holds("(1 and " * 50 + "1" + ")" * 50)


# -- any text, any record


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, 2**64, 0.0, -0.0, 1e300, 1e-300])
    | st.builds(lambda: -(10**5000))
    | st.floats()
    | st.text()
    | st.text(alphabet="\ud800\udfff 05.-+e", max_size=5)
    | st.from_regex(r"[-+]?[0-9]{0,20}\.?[0-9]{0,3}", fullmatch=True),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
PIECES = st.sampled_from(
    [
        *("%{a}", "%{b}", "%(a)", "%\\{b\\}", "%{c}", "5", "-1", "0", ".5", "3.25", "5m", "2G", "7%", "9x", "9" * 20),
        *("'x'", "'5'", "''", '"y"', "'", '"', "(", ")", ",", "in", "+", "-", "*", "/", "%", "{", "}", "é", "foo"),
        *("==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "=~", "!~", "=", "&", "|"),
        *("and", "or", "not", "!", "&&", "||"),
        *("/x/", "/^a$/i", "/(/", "/[[a]/", "/(?L)x/", "/x(?i)/", "/a{99999999999}/"),
    ]
)
SOURCES = (
    st.text(max_size=60)
    | st.text(alphabet="%{}()ab'\"/\\=!<>~&|+-*,.0123456789 smkT\ud800\u2028\u00a0", max_size=40)
    | st.lists(PIECES, max_size=14).map(" ".join)
    | st.lists(PIECES, max_size=14).map("".join)
)


@given(SOURCES, st.fixed_dictionaries({}, optional={"a": ANYTHING, "b": ANYTHING}))
def test_any_text_is_an_expression_or_a_mistake_with_a_place_and_any_record_is_judged(
    source: str, record: dict[str, object]
) -> None:
    try:
        expression = Expression(source, ("a", "b"))
    except ExpressionError as caught:
        error = caught
    else:
        assert type(expression(record)) is bool
        return
    assert 0 <= error.position <= len(source)
    assert str(error)


@given(
    st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "+", "-", "*", "/"]),
    ANYTHING,
    ANYTHING,
)
def test_no_two_values_are_too_odd_to_compare_or_to_calculate_with(sign: str, left: object, right: object) -> None:
    record = {"a": left, "b": right}
    for source in (f"%{{a}} {sign} %{{b}}", f"-%{{a}} {sign} %{{b}}", "%{a} in (%{b})", "%{a} =~ /x/", "%{a}"):
        assert type(Expression(source, ("a", "b"))(record)) is bool


@given(st.text(max_size=30).filter(lambda text: "'" not in text), st.text(max_size=30))
def test_any_quoted_text_is_itself(text: str, other: str) -> None:
    assert Expression(f"%{{a}} eq '{text}'", ("a",))({"a": text})
    assert Expression(f"%{{a}} ne '{text}'", ("a",))({"a": other}) is (other != text)


# -- against an evaluation of the generated tree, written after the contract


@dataclass(frozen=True)
class Macro:
    name: str


@dataclass(frozen=True)
class Literal:
    source: str
    value: int | float | str


@dataclass(frozen=True)
class Sum:
    """Two values and a sign between them."""

    sign: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Minus:
    inner: Value


Value = Union[Macro, Literal, Sum, Minus]


@dataclass(frozen=True)
class Compared:
    sign: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Matched:
    sign: str
    left: Value
    pattern: str
    flags: str


@dataclass(frozen=True)
class Among:
    left: Value
    choices: tuple[Value, ...]


@dataclass(frozen=True)
class Alone:
    value: Value


@dataclass(frozen=True)
class Not:
    word: str
    inner: Test


@dataclass(frozen=True)
class Joined:
    """Two or three tests and the word between them."""

    word: str
    parts: tuple[Test, ...]


Test = Union[Compared, Matched, Among, Alone, Not, Joined]

VOID = object()  # the outcome of arithmetic that has none
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
IN_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def as_number(value: Any) -> Any:
    """The number a value is or reads as, else None."""
    if not isinstance(value, str):
        return value
    text = value.strip(" \t\n\r\f\v")
    digits = text[1:] if text[:1] in ("+", "-") else text
    before, _, after = digits.partition(".")
    if not (before + after) or any(character not in "0123456789" for character in before + after):
        return None
    return float(text) if "." in text else int(text)


def as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value == math.floor(value) else str(value)


def worth(value: Value, record: Mapping[str, Any]) -> Any:
    """The value's worth: text, a number, or VOID."""
    if isinstance(value, Macro):
        found = record.get(value.name)
        return "" if found is None else int(found) if isinstance(found, bool) else found
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, Minus):
        return worth(Sum("-", Literal("0", 0), value.inner), record)
    left, right = worth(value.left, record), worth(value.right, record)
    if left is VOID or right is VOID:
        return VOID
    x, y = as_number(left), as_number(right)
    if x is None or y is None or (value.sign == "/" and y == 0):
        return VOID
    return ARITHMETIC[value.sign](x, y)


def compared(sign: str, left: Any, right: Any) -> bool:
    if left is VOID or right is VOID:
        return False
    if sign in IN_WORDS:
        return ORDER[IN_WORDS[sign]](as_text(left), as_text(right))
    if sign not in ("==", "!=") and "" in (left, right):
        return False
    x, y = as_number(left), as_number(right)
    if x is not None and y is not None:
        return ORDER[sign](x, y)
    return ORDER[sign](as_text(left), as_text(right))


def truth(test: Test, record: Mapping[str, Any]) -> bool:
    if isinstance(test, Compared):
        return compared(test.sign, worth(test.left, record), worth(test.right, record))
    if isinstance(test, Matched):
        value = worth(test.left, record)
        flags = sum(getattr(re, letter.upper()) for letter in set(test.flags))
        return value is not VOID and bool(re.search(test.pattern, as_text(value), flags)) is (test.sign == "=~")
    if isinstance(test, Among):
        value = worth(test.left, record)
        return any(compared("==", value, worth(choice, record)) for choice in test.choices)
    if isinstance(test, Alone):
        value = worth(test.value, record)
        return value is not VOID and value != "" and value != 0
    if isinstance(test, Not):
        return not truth(test.inner, record)
    outcomes = [truth(part, record) for part in test.parts]
    return all(outcomes) if test.word in ("and", "&&") else any(outcomes)


def written_value(value: Value, binding: int = 0) -> str:
    """The value's source, in parentheses where it binds looser than `binding`."""
    if isinstance(value, Macro):
        return f"%{{{value.name}}}"
    if isinstance(value, Literal):
        return value.source
    if isinstance(value, Minus):
        return f"-{written_value(value.inner, 3)}"
    mine = 1 if value.sign in "+-" else 2
    source = f"{written_value(value.left, mine)} {value.sign} {written_value(value.right, mine + 1)}"
    return f"({source})" if mine < binding else source


def written(test: Test, binding: int = 0) -> str:
    if isinstance(test, Compared):
        return f"{written_value(test.left)} {test.sign} {written_value(test.right)}"
    if isinstance(test, Matched):
        return f"{written_value(test.left)}{test.sign}/{test.pattern}/{test.flags}"
    if isinstance(test, Among):
        return f"{written_value(test.left)} in ({','.join(map(written_value, test.choices))})"
    if isinstance(test, Alone):
        return written_value(test.value)
    if isinstance(test, Not):
        source, mine = f"{test.word} {written(test.inner, 3)}", 3
    else:
        mine = 2 if test.word in ("and", "&&") else 1
        source = f" {test.word} ".join(written(part, mine + 1) for part in test.parts)
    return f"({source})" if mine < binding else source


TEXTS = ["", "x", "Error", "5", " 5 ", "-2.5", "0", "10", "a/b", "é", "1e3", "."]
NUMBERS = [0, 1, 5, -2, 10, 2.5, -2.5, 0.1, 1e-7, 4.0, 123456789012345678901]
MACRO_VALUES = st.none() | st.booleans() | st.sampled_from(TEXTS) | st.sampled_from(NUMBERS)
LITERALS = st.sampled_from(
    [
        *(Literal(f"'{text}'", text) for text in TEXTS),
        *(Literal(source, value) for source, value in (("0", 0), ("5", 5), (".5", 0.5), ("2.50", 2.5), ("10.", 10.0))),
        *(Literal(source, value) for source, value in (("2m", 120), ("1.5k", 1536.0), ("5%", 5))),
    ]
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.sampled_from([Macro("a"), Macro("b"), Macro("c")]) | LITERALS,
    lambda inner: st.builds(Sum, st.sampled_from("+-*/"), inner, inner) | st.builds(Minus, inner),
    max_leaves=4,
)
TESTS: st.SearchStrategy[Test] = st.recursive(
    st.builds(Compared, st.sampled_from([*ORDER, *IN_WORDS]), VALUES, VALUES)
    | st.builds(
        Matched,
        st.sampled_from(["=~", "!~"]),
        VALUES,
        st.sampled_from(["^$", "x", "^5$", "err", "E r", ".", "^a\\/b$", "[0-9]"]),
        st.sampled_from(["", "i", "x", "imsx"]),
    )
    | st.builds(Among, VALUES, st.lists(VALUES, min_size=1, max_size=3).map(tuple))
    | st.builds(Alone, VALUES),
    lambda inner: (
        st.builds(Not, st.sampled_from(["not", "!"]), inner)
        | st.builds(
            Joined, st.sampled_from(["and", "&&", "or", "||"]), st.lists(inner, min_size=2, max_size=3).map(tuple)
        )
    ),
    max_leaves=6,
)


@given(TESTS, st.fixed_dictionaries({"a": MACRO_VALUES}, optional={"b": MACRO_VALUES}))
def test_an_expression_means_what_the_tree_it_was_written_from_means(test: Test, record: dict[str, object]) -> None:
    source = written(test)
    assert Expression(source, ("a", "b", "c"))(record) is truth(test, record), source
