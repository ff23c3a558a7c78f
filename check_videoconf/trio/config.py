"""trio config."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..errors import OptionError
from ..mode import Mode, Record
from ..options import Option
from ..redact import address_without_account
from ..text import plural
from . import parameters


def _assignment(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name:
        raise ValueError(f"'{given}' is not NAME=VALUE")
    return name, value


class Config(Mode):
    """Whether parameters of the phone's configuration have the values they should have."""

    endpoints = ("POST /api/v1/mgmt/config/get",)
    requests = "1 for each 20 parameters"
    notes = (
        "It reads only: the phone wants a POST for that.",
        "Values of parameters whose name says that they are secret are compared, and never printed.",
    )
    needs = "--expect video.callRate=2048"
    example = "--expect video.callRate=2048 --expect reg.1.address=room1"

    record = "parameter"
    options = (
        Option("--expect", "NAME=VALUE", "critical unless the parameter has this value", kind=_assignment, repeat=True),
        Option("--parameter", "NAME", "a parameter to read without expecting a value", repeat=True),
    )
    counters = (
        Counter(
            "parameters-different", "config.different.count", "parameters whose value is another than expected",
            critical="0",
        ),
    )  # fmt: skip
    statuses = (
        Status("parameter", "name value source expected", "each parameter; expected is empty without --expect"),
    )

    def probe(self) -> Iterator[Finding]:
        expected = _expected(self.given.expect)
        names = list(dict.fromkeys([*expected, *self.given.parameter]))
        if not names:
            raise OptionError("which parameters? --expect NAME=VALUE or --parameter NAME")
        self.total = len(names)
        different = 0
        for name, found in parameters.read(self.client, names):
            if isinstance(found, str):
                self.problems.append(f"parameter {name} {found}")
                continue
            yield self.judge("parameter", {**found, "expected": expected.get(name, "")}, _describe)
            if name in expected:
                met = found["value"] == expected[name]
                different += not met
                shown = [parameters.shown(name, value) for value in (expected[name], found["value"])]
                yield from self.expect(f"parameter {name}", *shown, met=met)
        yield from self.measure("parameters-different", different, high=len(expected))

    def headline(self) -> str:
        expected = len(dict(self.given.expect))
        return f"{plural(expected, 'parameter')} as expected" if expected else f"{plural(self.total, 'parameter')} read"


def _expected(given: list[tuple[str, str]]) -> dict[str, str]:
    """The value that each parameter should have, without the account in an address. Raises OptionError."""
    expected: dict[str, str] = {}
    for name, value in given:
        wanted = address_without_account(name, value)
        if expected.setdefault(name, wanted) != wanted:
            one, other = (parameters.shown(name, value) for value in (expected[name], wanted))
            raise OptionError(f"--expect: {name} cannot be both '{one}' and '{other}'")
    return expected


def _describe(parameter: Record) -> str:
    value = parameters.shown(parameter["name"], parameter["value"])
    return f"{parameter['name']} is '{value}' (from {parameter['source'] or 'an unknown source'})"
