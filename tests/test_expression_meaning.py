"""Status expressions against an evaluation of the tree they were written from, made after the documented rules."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.expression import Expression


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
