"""conductor pools."""

from __future__ import annotations

from typing import Any

import pytest

from .box import TABLES, Box, Struct, peer

POOLS = "configuration/conferencefactory/pools"
PREFERENCES = "configuration/conferencefactory/servicepreferences"
HINT = (
    f"looked for bridges or mcus or conference_bridges in {POOLS}, keys seen: name, type, uuid; "
    "name it with --field bridges=KEY"
)


def pool(name: object, **changed: Any) -> Struct:
    return {"uuid": f"uuid-{name}", "name": name, "type": "mcu", **changed}


@pytest.fixture
def box(box: Box) -> Box:
    box.tables[POOLS] = [peer(pool("pool-hd"), pool("pool-sd"))]
    box.tables[PREFERENCES] = [peer({"uuid": "p1", "anything": 1})]
    return box


def test_pools_and_preferences_are_counted(box: Box) -> None:
    answer = box.check("pools")
    assert answer.first_line == (
        "CONDUCTOR POOLS OK - 2 pools, 1 Service Preference | "
        "'pools.total.count'=2;;;0; 'preferences.total.count'=1;;;0;"
    )
    assert (answer.long_output, answer.code) == ([f"pools-bridges: not reported, {HINT}"], 0)
    assert box.asked == [f"{TABLES}{path}?limit=1000&offset=0" for path in (POOLS, PREFERENCES)]


@pytest.mark.parametrize(
    ("bridges", "shown", "code"), [([], "0", 1), (["a"], "1", 0), (["a", "b"], "2", 0), (0, "0", 1), ("3", "3", 0)]
)
def test_a_pool_without_a_bridge_warns_where_that_is_known(box: Box, bridges: Any, shown: str, code: int) -> None:
    box.tables[POOLS] = [peer(pool("pool-hd", members=bridges), pool("pool-sd", members=[1]))]
    answer = box.check("pools", "--field", "bridges=members")
    assert answer.perfdata["pool-hd#pool.bridges.count"] == f"{shown};1:;;0;"
    assert answer.code == code
    if code:
        assert answer.summary == "bridges of pool-hd 0, below 1"


def test_bridges_are_found_under_a_known_key(box: Box) -> None:
    box.tables[POOLS] = [peer(pool("pool-hd", mcus=["a"]), pool("pool-sd", mcus=None))]
    answer = box.check("pools")
    assert answer.perfdata["pool-hd#pool.bridges.count"] == "1;1:;;0;"
    assert (answer.summary, answer.code) == ("bridges of a pool is null or empty", 3)


def test_a_threshold_on_what_is_not_reported_is_unknown(box: Box) -> None:
    answer = box.check("pools", "--critical-pools-bridges", "2:")
    assert (answer.summary, answer.code) == (f"pools-bridges: not reported, {HINT}", 3)


def test_a_filter_does_not_hide_that_a_pool_does_not_say_its_bridges(box: Box) -> None:
    box.tables[POOLS] = [peer(pool("pool-hd", bridges=[1]), pool("pool-sd", bridges=None))]
    answer = box.check("pools", "--filter-name", "sd")
    assert (answer.summary, answer.code) == ("bridges of a pool is null or empty", 3)
    box.tables[POOLS] = [peer(pool("pool-sd", bridges=None))]
    assert box.check("pools").code == 3


def test_a_key_for_the_bridges_that_is_named_must_be_there(box: Box) -> None:
    answer = box.check("pools", "--field", "bridges=members")
    assert answer.summary == f"pool, bridges: not reported, {HINT}".replace(
        "bridges or mcus or conference_bridges in", "members in"
    )
    assert answer.code == 3


def test_without_preferences_the_pools_are_judged(box: Box) -> None:
    del box.tables[PREFERENCES]
    box.tables[POOLS] = [peer(pool("pool-hd", bridges=[]))]
    answer = box.check("pools")
    assert answer.summary.startswith(f"{TABLES}{PREFERENCES} is not supported by this version of ")
    assert answer.summary.endswith(" / bridges of pool-hd 0, below 1")
    assert answer.code == 3


def test_bridges_that_cannot_be_counted_are_unknown(box: Box) -> None:
    box.tables[POOLS] = [peer(pool("pool-hd", bridges="mcu1,mcu2"))]
    answer = box.check("pools")
    assert (answer.summary, answer.code) == ("bridges of a pool is unreadable (text)", 3)


@pytest.mark.parametrize(("limit", "code"), [("2:", 0), ("3:", 1)])
def test_the_number_of_pools_has_thresholds(box: Box, limit: str, code: int) -> None:
    assert box.check("pools", "--warning-pools-total", limit).code == code
    assert box.check("pools", "--warning-preferences-total", str(int(limit[0]) - 1) + ":").code == code


def test_a_name_under_another_key_is_unknown_until_it_is_named(box: Box) -> None:
    box.tables[POOLS] = [peer({"uuid": "u", "label": "pool-hd", "bridges": 1})]
    answer = box.check("pools")
    assert answer.summary.startswith("name of a pool is missing: looked for name or pool_name or display_name in ")
    assert answer.code == 3
    assert list(box.check("pools", "--field", "name=label").perfdata)[2] == "pool-hd#pool.bridges.count"


def test_no_pool_at_all_is_unknown_and_a_filter_says_so(box: Box) -> None:
    assert box.check("pools", "--filter-name", "4k").summary == "no pool matches the filters (2 seen)"
    box.tables[POOLS] = [peer()]
    assert (box.check("pools").summary, box.check("pools").code) == ("the device reports no pool at all", 3)
