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
        ("$name == 5", 0, "'$' means nothing here"),
        ("%{count} > 5x", 12, "unknown unit 'x'"),
        ("%{count} > 5 and", 16, "a value must stand here"),
        ("1 == 1 == 1", 7, "one comparison cannot follow another"),
        ("1 == 1 eq 1", 7, "one comparison cannot follow another"),
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


def test_an_expression_without_end_is_refused() -> None:
    assert "characters" in str(mistake("1 or " * 20_000 + "1"))


@pytest.mark.parametrize("depth", [51, 5000])
@pytest.mark.parametrize("opening", ["(", "not (", "1 + (", "%{count} in (1, (", "1 and (-("])
def test_parentheses_nested_beyond_reason_are_refused(opening: str, depth: int) -> None:
    error = mistake((opening * depth)[:30_000])
    assert "more than 50 parentheses" in str(error)


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
