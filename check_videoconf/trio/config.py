"""trio config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding, Status
from ..mode import Mode, Record
from ..options import Option
from ..redact import HIDDEN, is_secret
from ..text import plural

_BATCH = 20


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ValueError(f"'{text}' is not NAME=VALUE")
    return name, value


class Config(Mode):
    """Whether parameters of the phone's configuration have the values they should have."""

    endpoints = ("POST /api/v1/mgmt/config/get",)
    requests = "1 for each 20 parameters"
    notes = (
        "It reads only: the phone wants a POST for that.",
        "Values of parameters whose name says that they are secret are compared, and never printed.",
    )
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
        expected: dict[str, str] = dict(self.given.expect)
        names = list(dict.fromkeys([*expected, *self.given.parameter]))
        if not names:
            self.problems.append("nothing to read: name parameters with --expect NAME=VALUE or --parameter NAME")
            return
        different = 0
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            found = self.client.post("mgmt/config/get", {"data": batch})
            values = self.client.object("mgmt/config/get", found.get("data"))
            for name in batch:
                parameter = _parameter(name, values.get(name), expected.get(name))
                if parameter is None:
                    self.problems.append(f"parameter {name} is unknown to the phone")
                    continue
                yield self.judge("parameter", parameter, _describe)
                if name in expected:
                    met = parameter["value"] == expected[name]
                    different += not met
                    shown = [HIDDEN if is_secret(name) else text for text in (expected[name], parameter["value"])]
                    yield from self.expect(f"parameter {name}", *shown, met=met)
        yield from self.measure("parameters-different", different, high=len(expected))
        self.total = len(names)

    def headline(self) -> str:
        expected = plural(len(dict(self.given.expect)), "parameter")
        return f"{expected} as expected" if self.given.expect else f"{plural(self.total, 'parameter')} read"


def _parameter(name: str, found: Any, expected: str | None) -> dict[str, Any] | None:
    """name, value, source, expected; None for one the phone does not know. Keys are in capitals on phones only."""
    if not isinstance(found, dict):
        return None
    members: Mapping[str, Any] = {str(key).lower(): value for key, value in found.items()}
    if not isinstance(members.get("value"), (str, int, float)):
        return None
    return {"name": name, "value": str(members["value"]), "source": members.get("source"), "expected": expected or ""}


def _describe(parameter: Record) -> str:
    value = HIDDEN if is_secret(parameter["name"]) else parameter["value"]
    return f"{parameter['name']} is '{value}' (from {parameter['source'] or 'an unknown source'})"
