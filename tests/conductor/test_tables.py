"""--field, --peer and the cache of REST tables, as seen through `conductor network` and `conductor alarms`."""

from __future__ import annotations

import json

import pytest

from ..conftest import Run
from .box import INTERFACES, Box, peer

TOTAL = "interfaces.total.count"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("state", "UNKNOWN: --field: 'state' is not NAME=KEY"),
        ("state=", "UNKNOWN: --field: 'state=' is not NAME=KEY"),
        ("colour=x", "UNKNOWN: --field: there is no field 'colour', but address, name, speed, state"),
    ],
)
def test_a_field_that_there_is_not_is_an_option_error(box: Box, given: str, line: str) -> None:
    answer = box.check("network", "--field", given)
    assert (answer.first_line, answer.code, box.asked) == (line, 3, [])


def test_the_same_field_can_be_named_twice(box: Box) -> None:
    box.tables[INTERFACES] = [peer({"name": "LAN1", "a": "up"}, {"name": "LAN2", "b": "up"})]
    assert box.check("network", "--field", "state=a", "--field", "state=b").code == 0
    answer = box.check("network", "--field", "state=a")
    assert answer.summary.startswith("state of a network interface is missing: looked for a in ")


def test_keys_with_braces_and_bars_are_only_text(box: Box) -> None:
    box.tables[INTERFACES] = [peer({"name": "LAN1", "{0} | {x!r}": 1})]
    answer = box.check("network")
    assert "keys seen: name, {0} / {x!r}; name it" in answer.summary


def test_the_help_tells_the_known_keys(check: Run) -> None:
    answer = check("conductor", "network", "--help")
    assert " ".join(answer.stdout.split()).count("state: state status link") == 1


def test_a_cached_table_keeps_addresses_and_asks_nothing(box: Box) -> None:
    box.tables[INTERFACES] = [peer({"name": "LAN1", "state": "up", "address": "192.0.2.50", "password": "hunter22"})]
    expression = ("--warning-interface-status", "%{address} eq '192.0.2.50'", "--cache", "60")
    assert [box.check("network", *expression).code for _ in range(2)] == [1, 1]
    assert len(box.asked) == 1
    box.check("network", *expression, "--field", "address=ip")
    assert len(box.asked) == 2


def test_a_record_may_hold_anything(box: Box) -> None:
    odd = {"name": ["a"], "state": {"b": 1}, "speed": True, "address": 7}
    box.tables[INTERFACES] = [peer(odd, json.loads('{"name": "x | y", "state": "up", "speed": null}'))]
    answer = box.check("network")
    assert answer.code == 3
    assert "name of a network interface is unreadable (a list)" in answer.summary
