"""Status expressions: `%{level} =~ /error/i and %{opened} > 1h` to a function of a record.

The grammar is the one in the README ("Expressions"). Parsing is recursive descent over a list of tokens; the outcome
is a tree of closures, so that judging a record costs a few calls and nothing is ever evaluated as Python.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Callable, NamedTuple

from .operands import (
    LARGEST,
    NOTHING,
    SYMBOLS,
    WORDS,
    Evaluate,
    Record,
    Test,
    Value,
    as_text,
    calculate,
    compare,
    plain,
)
from .text import nearest
from .units import SIZES, TIMES


class _Node(NamedTuple):
    """A piece of an expression: a test answers true or false, any other is a value."""

    evaluate: Evaluate
    is_test: bool = False


_UNITS: dict[str, int] = {**TIMES, **SIZES, "%": 1}
# Parsing and judging go down the stack with each parenthesis, and with nothing else.
_DEEPEST = 50
_LONGEST = 32_768

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<macro>%(?:\\?\{[^{}\\\s]*\\?\}|\([^()\s]*\)))
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[A-Za-z]+|%(?![({\\]))?)
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>\|\||&&|==|!=|=~|!~|<=|>=|[<>!()+\-*/,])
    )""",
    re.VERBOSE,
)
_REGEX = re.compile(r"\s*/(?P<pattern>(?:\\.|[^/\\])*)/(?P<flags>[A-Za-z]*)", re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}

_RESERVED = ("and", "or", "not", "in", *WORDS)


class ExpressionError(ValueError):
    """A mistake in an expression. `position` is the 0-based place of it in `source`."""

    def __init__(self, message: str, source: str, position: int) -> None:
        super().__init__(message)
        self.source = source
        self.position = position


class Expression:
    """A parsed expression. Call it with a record (macro to value) to get true or false; it never raises for data."""

    __slots__ = ("_test", "source")

    def __init__(self, source: str, macros: Sequence[str]) -> None:
        """`macros` are the names a macro may have. Raises ExpressionError."""
        self.source = source
        self._test = _Parser(source, macros).parse()

    def __call__(self, record: Record) -> bool:
        return self._test(record)


class _Parser:
    def __init__(self, source: str, macros: Sequence[str]) -> None:
        self.source = source
        self.macros = macros
        self.position = 0  # where the next token is looked for
        self.depth = 0
        self.kind = self.token = ""
        self.start = 0  # where the current token begins

    def parse(self) -> Test:
        if len(self.source) > _LONGEST:
            raise self.error(f"an expression of more than {_LONGEST} characters", 0)
        self.advance()
        test = self.whole()
        if self.kind:
            raise self.error(f"unexpected {self.found()}")
        return test

    # -- tokens

    def advance(self) -> None:
        match = _TOKEN.match(self.source, self.position)
        if match:
            self.kind = match.lastgroup or ""
            self.token, self.start, self.position = match[self.kind], match.start(self.kind), match.end()
            return
        rest = self.source[self.position :]
        self.start = self.position + len(rest) - len(rest.lstrip())
        if rest.strip():
            raise self.error(_unreadable(rest.lstrip()))
        self.kind = self.token = ""

    def accept(self, *tokens: str) -> str:
        """The current token if it is one of these signs or words, which is then consumed; else `''`."""
        if self.kind in ("sign", "word") and self.token in tokens:
            token = self.token
            self.advance()
            return token
        return ""

    def found(self) -> str:
        if self.kind == "text":
            return self.token  # which has quotes of its own
        return f"'{self.token}'" if self.kind else "end of the expression"

    def error(self, message: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.source, self.start if position is None else position)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"more than {_DEEPEST} parentheses inside each other")

    # -- or, and, not

    def whole(self) -> Test:
        return _truth(self.disjunction())

    def disjunction(self) -> _Node:
        first = self.conjunction()
        tests = [first]
        while self.accept("or", "||"):
            tests.append(self.conjunction())
        if len(tests) == 1:
            return first
        either = [_truth(test) for test in tests]
        return _Node(lambda record: any(test(record) for test in either), True)

    def conjunction(self) -> _Node:
        first = self.negation()
        tests = [first]
        while self.accept("and", "&&"):
            tests.append(self.negation())
        if len(tests) == 1:
            return first
        both = [_truth(test) for test in tests]
        return _Node(lambda record: all(test(record) for test in both), True)

    def negation(self) -> _Node:
        times = 0
        while self.accept("not", "!"):
            times += 1
        inner = self.comparison()
        if not times:
            return inner
        test, wanted = _truth(inner), times % 2 == 0
        return _Node(lambda record: test(record) is wanted, True)

    # -- comparisons

    def comparison(self) -> _Node:
        left = self.sum()
        if self.kind not in ("sign", "word") or self.token not in (*SYMBOLS, *WORDS, "=~", "!~", "in"):
            return left
        if left.is_test:
            raise self.error(f"{self.found()} compares values, and what stands left of it is a comparison")
        if self.token in ("=~", "!~"):
            compared = self.match(left.evaluate)
        else:
            operator = self.token
            self.advance()
            if operator == "in":
                compared = self.membership(left.evaluate)
            else:
                compared = compare(operator, left.evaluate, self.operand())
        if (self.kind == "sign" and self.token in (*SYMBOLS, "=~", "!~")) or (
            self.kind == "word" and self.token in WORDS
        ):
            raise self.error("one comparison cannot follow another: join them with 'and'")
        return _Node(compared, True)

    def match(self, left: Evaluate) -> Test:
        wanted = self.token == "=~"
        literal = _REGEX.match(self.source, self.position)
        if not literal:
            self.advance()
            if self.token == "/":
                raise self.error("this regular expression is never closed")
            raise self.error(f"a regular expression /…/ must follow, not {self.found()}")
        for index, letter in enumerate(literal["flags"]):
            if letter not in _FLAGS:
                raise self.error(
                    f"unknown flag '{letter}', the flags are i, m, s and x", literal.start("flags") + index
                )
        search = self.compiled(literal).search
        self.position = literal.end()
        self.advance()

        def matches(record: Record) -> bool:
            value = left(record)
            return value is not NOTHING and (search(as_text(value)) is not None) is wanted

        return matches

    def compiled(self, literal: re.Match[str]) -> re.Pattern[str]:
        flags = re.RegexFlag(0)
        for letter in literal["flags"]:
            flags |= _FLAGS[letter]
        try:
            return re.compile(literal["pattern"], flags)
        except re.error as error:
            place = literal.start("pattern") + (error.pos or 0)
            raise self.error(f"this regular expression cannot be compiled: {error.msg}", place) from None
        except (OverflowError, RecursionError, ValueError) as error:
            raise self.error(f"this regular expression cannot be compiled: {error}", literal.start("pattern")) from None

    def membership(self, left: Evaluate) -> Test:
        if not self.accept("("):
            raise self.error(f"a list ( … ) must follow 'in', not {self.found()}")
        tests = [compare("==", left, self.operand())]
        while self.accept(","):
            tests.append(compare("==", left, self.operand()))
        if not self.accept(")"):
            raise self.error(f"',' or ')' must follow in the list, not {self.found()}")
        return lambda record: any(test(record) for test in tests)

    # -- values

    def operand(self, inner: Callable[[], _Node] | None = None) -> Evaluate:
        start = self.start
        value = (inner or self.sum)()
        if value.is_test:
            raise self.error("a value must stand here, not a comparison", start)
        return value.evaluate

    def sum(self) -> _Node:
        return self.chain(("+", "-"), self.product)

    def product(self) -> _Node:
        return self.chain(("*", "/"), self.signed)

    def chain(self, signs: tuple[str, str], inner: Callable[[], _Node]) -> _Node:
        first = inner()
        rest: list[tuple[str, Evaluate]] = []
        while self.kind == "sign" and self.token in signs:
            if first.is_test:
                raise self.error(f"{self.found()} takes values, and what stands left of it is a comparison")
            sign = self.accept(*signs)
            rest.append((sign, self.operand(inner)))
        return _Node(calculate(first.evaluate, rest)) if rest else first

    def signed(self) -> _Node:
        minuses = 0
        start = self.start
        while self.accept("-"):
            minuses += 1
        value = self.primary()
        if not minuses:
            return value
        if value.is_test:
            raise self.error("a comparison has no sign", start)
        return _Node(calculate(lambda record: 0, [("-" if minuses % 2 else "+", value.evaluate)]))

    def primary(self) -> _Node:
        kind, token, start = self.kind, self.token, self.start
        if kind == "sign" and token == "(":
            return self.parenthesis()
        if kind not in ("macro", "number", "text"):
            raise self.error(self.no_value(kind, token))
        self.advance()
        if kind == "macro":
            return self.macro(token, start)
        constant: Value = token[1:-1] if kind == "text" else self.number(token, start)
        return _Node(lambda record: constant)

    def parenthesis(self) -> _Node:
        self.deeper()
        opened = self.start
        self.advance()
        inner = self.disjunction()
        if not self.accept(")"):
            if self.kind:
                raise self.error(f"')' or an operator must follow, not {self.found()}")
            raise self.error("this parenthesis is never closed", opened)
        self.depth -= 1
        return inner

    def no_value(self, kind: str, token: str) -> str:
        if kind == "word" and token not in _RESERVED:
            return f"text stands in quotes, a macro in %{{…}}: '{token}' is neither"
        return f"a value must stand here, not {self.found()}"

    def macro(self, token: str, start: int) -> _Node:
        name = token.strip("%\\{}()")
        if name not in self.macros:
            guess = nearest(name, list(self.macros))
            hint = f"did you mean %{{{guess}}}?" if guess else "there are " + ", ".join(self.macros)
            raise self.error(f"unknown macro %{{{name}}}, {hint}", start)
        return _Node(lambda record: plain(record.get(name)))

    def number(self, token: str, start: int) -> int | float:
        digits = token.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%")
        unit = token[len(digits) :]
        if unit and unit not in _UNITS:
            raise self.error(f"unknown unit '{unit}', the units are {', '.join(_UNITS)}", start + len(digits))
        number: int | float = float(digits) if "." in digits or len(digits) > 300 else int(digits)
        number *= _UNITS.get(unit, 1)
        if number > LARGEST:
            raise self.error("this number is too large", start)
        return number


def _unreadable(rest: str) -> str:
    if rest[0] in "'\"":
        return "this text is never closed"
    if rest[0] == "%":
        return "a macro is written %{name}"
    if rest[0] in "=~&|":
        return f"'{rest[0]}' is no operator: there are ==, =~, and, or"
    return f"'{rest[0]}' means nothing here"


def _truth(node: _Node) -> Test:
    """A lone value as a test: false when it is null, `''` or the number 0."""
    evaluate = node.evaluate
    if node.is_test:
        return lambda record: bool(evaluate(record))
    return lambda record: evaluate(record) not in (NOTHING, "", 0)
