"""Mistakes in status expressions are found, and have a place; no text and no record brings anything else about."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.expression import Expression, ExpressionError

# What Python's re warns of in a pattern made at random is not the matter here.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

MACROS = ("name", "level", "count")


def mistake(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        Expression(source, MACROS)
    return caught.value


def test_an_unknown_macro_is_a_mistake_that_names_the_nearest() -> None:
    error = mistake("%{count} > 1 and %{nmae} == 'x'")
    assert str(error) == "unknown macro %{nmae}, did you mean %{name}?"
    assert error.position == 17


def test_an_unknown_macro_with_nothing_near_lists_those_there_are() -> None:
    with pytest.raises(ExpressionError, match=re.escape("unknown macro %{xyzzy}, there are a, b")):
        Expression("%{xyzzy}", ("a", "b"))


@pytest.mark.parametrize(
    ("source", "position", "message"),
    [
        ("", 0, "a value must stand here, not end of the expression"),
        ("   ", 3, "a value must stand here, not end of the expression"),
        ("%{count} =", 9, "'=' is no operator: there are ==, =~, and, or"),
        ("%{count} = 5", 9, "'=' is no operator: there are ==, =~, and, or"),
        ("%{count} == ", 12, "a value must stand here, not end of the expression"),
        ("%{count} == == 5", 12, "a value must stand here, not '=='"),
        ("%{count} 5", 9, "unexpected '5'"),
        ("%{count} == 5)", 13, "unexpected ')'"),
        ("(%{count} == 5", 0, "this parenthesis is never closed"),
        ("(%{count} == 5 6)", 15, "')' or an operator must follow, not '6'"),
        ("%{count} == 5 &", 14, "'&' is no operator: there are ==, =~, and, or"),
        ("%{count} == 5 | 1", 14, "'|' is no operator: there are ==, =~, and, or"),
        ("%{name} == London", 11, "text stands in quotes, a macro in %{…}: 'London' is neither"),
        ("%{name} == 'London", 11, "this text is never closed"),
        ('%{name} == "London', 11, "this text is never closed"),
        ("%{name == 5", 0, "a macro is written %{name}"),
        ("%count == 5", 0, "a macro is written %{name}"),
        ("$name == 5", 0, "'$' means nothing here"),
        ("%{count} > 5x", 12, "unknown unit 'x', the units are s, m, h, d, w, k, M, G, T, %"),
        ("%{count} > 5 and", 16, "a value must stand here, not end of the expression"),
        ("1 == 1 == 1", 7, "one comparison cannot follow another: join them with 'and'"),
        ("1 == 1 eq 1", 7, "one comparison cannot follow another: join them with 'and'"),
        ("1 =~ /1/ =~ /1/", 9, "one comparison cannot follow another: join them with 'and'"),
        ("(1 == 1) == 1", 9, "'==' compares values, and what stands left of it is a comparison"),
        ("(1 or 0) == 1", 9, "'==' compares values, and what stands left of it is a comparison"),
        ("(1 and 0) =~ /1/", 10, "'=~' compares values, and what stands left of it is a comparison"),
        ("(not 1) in (0)", 8, "'in' compares values, and what stands left of it is a comparison"),
        ("1 == (1 == 1)", 5, "a value must stand here, not a comparison"),
        ("(1 == 1) + 1", 9, "'+' takes values, and what stands left of it is a comparison"),
        ("1 + (1 == 1)", 4, "a value must stand here, not a comparison"),
        ("-(1 == 1)", 0, "a comparison has no sign"),
        ("%{name} =~ 'x'", 11, "a regular expression /…/ must follow, not 'x'"),
        ("%{name} =~ /x", 11, "this regular expression is never closed"),
        ("%{name} =~ /x\\/", 11, "this regular expression is never closed"),
        ("%{name} =~ /x/q", 14, "unknown flag 'q', the flags are i, m, s and x"),
        ("%{name} =~ /x/iand 1", 15, "unknown flag 'a', the flags are i, m, s and x"),
        ("%{name} =~ /a(b/", 13, "this regular expression cannot be compiled: missing ), unterminated subpattern"),
        ("%{name} =~ /a\\/(b/", 15, "this regular expression cannot be compiled: missing ), unterminated subpattern"),
        ("%{name} =~ /*/", 12, "this regular expression cannot be compiled: nothing to repeat"),
        ("1 =~ /a{99999999999}/", 6, "this regular expression cannot be compiled: the repetition number is too large"),
        ("%{name} in 5", 11, "a list ( … ) must follow 'in', not '5'"),
        ("%{name} in ()", 12, "a value must stand here, not ')'"),
        ("%{name} in (1, )", 15, "a value must stand here, not ')'"),
        ("%{name} in (1 2)", 14, "',' or ')' must follow in the list, not '2'"),
        ("%{name} in (1", 13, "',' or ')' must follow in the list, not end of the expression"),
        ("9" * 400, 0, "this number is too large"),
        ("1 + " + "9" * 300 + "T", 4, "this number is too large"),
        ("1 + " + "9" * 299 + ".5T", 4, "this number is too large"),
        ("__import__('os')", 0, "text stands in quotes, a macro in %{…}: '__import__' is neither"),
        ("%{count}.real == 5", 8, "'.' means nothing here"),
        ("and", 0, "a value must stand here, not 'and'"),
    ],
)
def test_a_mistake_has_its_place_and_says_what_is_wrong(source: str, position: int, message: str) -> None:
    error = mistake(source)
    assert (str(error), error.position, error.source) == (message, position, source)


def test_an_expression_without_end_is_refused() -> None:
    error = mistake("1 or " * 20_000 + "1")
    assert (str(error), error.position) == ("an expression of more than 32768 characters", 0)


@pytest.mark.parametrize("depth", [51, 5000])
@pytest.mark.parametrize("opening", ["(", "not (", "1 + (", "%{count} in (1, (", "1 and (-("])
def test_parentheses_nested_beyond_reason_are_refused(opening: str, depth: int) -> None:
    error = mistake((opening * depth)[:30_000])
    assert str(error) == "more than 50 parentheses inside each other"


def test_parentheses_beside_each_other_allow_none_to_be_deeper() -> None:
    error = mistake("(0) or " * 100 + "(" * 51 + "1" + ")" * 51)
    assert (str(error), error.position) == ("more than 50 parentheses inside each other", 750)


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
