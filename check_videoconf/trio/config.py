"""trio config."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding, Status
from ..errors import OptionError
from ..fields import Unreadable, text
from ..mode import Mode, Record
from ..options import Option
from ..redact import HIDDEN, is_secret, without_account
from ..text import plural

_BATCH = 20
_UNKNOWN = "is unknown to the phone"
# Names of keys, besides what is a secret anywhere: device.wifi.psk.key, device.sec.TLS.customDeviceKey.
_KEY = re.compile(r"key\d*$|\.psk\b|\.wep\b", re.IGNORECASE)


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
        expected = {name: without_account(value) for name, value in self.given.expect}
        names = list(dict.fromkeys([*expected, *self.given.parameter]))
        if not names:
            raise OptionError("which parameters? --expect NAME=VALUE or --parameter NAME")
        self.total = len(names)
        different = 0
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            values = self._values(batch)
            for name in batch:
                parameter = _parameter(name, values.get(name), expected.get(name))
                if parameter is None:
                    self.problems.append(f"parameter {name} {'is unreadable' if name in values else _UNKNOWN}")
                    continue
                self._hide(parameter)
                yield self.judge("parameter", parameter, _describe)
                if name in expected:
                    met = parameter["value"] == expected[name]
                    different += not met
                    shown = [_shown(name, value) for value in (expected[name], parameter["value"])]
                    yield from self.expect(f"parameter {name}", *shown, met=met)
        yield from self.measure("parameters-different", different, high=len(expected))

    def headline(self) -> str:
        expected = len(dict(self.given.expect))
        return f"{plural(expected, 'parameter')} as expected" if expected else f"{plural(self.total, 'parameter')} read"

    def _values(self, names: list[str]) -> Mapping[str, Any]:
        """What the phone knows of these parameters, by name; it leaves out those it does not know."""
        found = self.client.post("mgmt/config/get", {"data": names}).get("data")
        return {} if found is None else self.client.object("mgmt/config/get", found)

    def _hide(self, parameter: Record) -> None:
        """Has a secret taken out of bodies, too, whose redactor does not know all names that are secret here."""
        if _is_secret(parameter["name"]) and len(parameter["value"]) > 2:
            self.client.session.redactor.add(parameter["value"])


def _parameter(name: str, found: Any, expected: str | None) -> dict[str, Any] | None:
    """name, value, source, expected; None where there is no value. Its keys are in capitals on phones only."""
    members = {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
    try:
        value = text(members.get("value"))
    except Unreadable:
        return None
    if value is None:
        return None
    return {"name": name, "value": value, "source": members.get("source"), "expected": expected or ""}


def _is_secret(name: str) -> bool:
    return is_secret(name) or _KEY.search(name) is not None


def _shown(name: str, value: str) -> str:
    return HIDDEN if _is_secret(name) else value


def _describe(parameter: Record) -> str:
    value = _shown(parameter["name"], parameter["value"])
    return f"{parameter['name']} is '{value}' (from {parameter['source'] or 'an unknown source'})"
