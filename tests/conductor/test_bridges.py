"""conductor bridges."""

from __future__ import annotations

from typing import Any

import pytest

from .box import TABLES, Box, Struct, lost, peer

STATUS = "status/conferencefactory/mcustatus"
SIGNALLING = "status/conferencefactory/mcucallsignallingloadstatus"
LICENCE = "status/conferencefactory/mculicenceloadstatus"
CONFIGURATION = "configuration/conferencefactory/mcuinfo"
MCU, SERVER, BROKEN = (f"00000000-0000-4000-8000-0000000000{number}" for number in ("1e", "1f", "20"))


def status(bridge: str, name: str, kind: str, state: object = "active") -> Struct:
    return {"uuid": f"status-{name}", "mcu_uuid": bridge, "name": name, "type": kind, "status": state}


def load(bridge: str, used: object, total: object) -> Struct:
    return {"uuid": f"load-{bridge}", "mcu_uuid": bridge, "used": used, "total": total}


def configured(bridge: str, address: str, pool: str) -> Struct:
    return {"uuid": bridge, "address": address, "pool": pool}


@pytest.fixture
def box(box: Box) -> Box:
    """Two bridges that can be used."""
    box.tables[STATUS] = [peer(status(MCU, "mcu1", "mcu"), status(SERVER, "ts1", "tsmcu"))]
    box.tables[SIGNALLING] = [peer(load(MCU, 40, 80), load(SERVER, 150, 200))]
    box.tables[LICENCE] = [peer(load(MCU, 0, 0), load(SERVER, 15_360, 30_720))]
    box.tables[CONFIGURATION] = [
        peer(configured(MCU, "192.0.2.60", "pool-sd"), configured(SERVER, "192.0.2.61", "pool-hd"))
    ]
    return box


def add_broken(box: Box) -> None:
    box.tables[STATUS] = [peer(*box.tables[STATUS][0]["records"], status(BROKEN, "ts2", "tsmcu", "Unusable"))]


FIGURES = (
    "'bridges.total.count'=2;;;0;30 'bridges.usable.count'=2;;;0;2 "
    "'mcu1#bridge.signalling.load.percentage'=50%;80;95;0;100 "
    "'ts1#bridge.signalling.load.percentage'=75%;80;95;0;100 "
    "'ts1#bridge.licence.load.percentage'=50%;80;95;0;100"
)


def test_bridges_with_their_load_joined_by_uuid(box: Box) -> None:
    answer = box.check("bridges")
    assert answer.first_line == f"CONDUCTOR BRIDGES OK - 2 of 2 bridges usable | {FIGURES}"
    assert (answer.long_output, answer.code) == (["licence-load of mcu1: not applicable (total 0)"], 0)
    assert sorted(box.asked) == sorted(
        f"{TABLES}{path}?limit=1000&offset=0" for path in (STATUS, SIGNALLING, LICENCE, CONFIGURATION)
    )


def test_an_unusable_bridge_is_critical_and_needs_no_load(box: Box) -> None:
    add_broken(box)
    answer = box.check("bridges")
    assert answer.summary == "bridge ts2 (tsmcu): Unusable"
    assert answer.perfdata["bridges.usable.count"] == "2;;;0;3"
    assert "signalling-load of ts2: not reported" in answer.long_output
    assert answer.code == 2


@pytest.mark.parametrize(("used", "code"), [(64, 0), (65, 1), (76, 1), (77, 2), ("77", 2)])
@pytest.mark.parametrize("table", [SIGNALLING, LICENCE])
def test_load_is_judged_by_default(box: Box, table: str, used: object, code: int) -> None:
    box.tables[table] = [peer(load(MCU, used, 80), load(SERVER, 1, 80))]
    assert box.check("bridges").code == code


@pytest.mark.parametrize(("limit", "code"), [("2:", 0), ("3:", 2)])
@pytest.mark.parametrize("label", ["bridges-total", "bridges-usable"])
def test_the_numbers_of_bridges_have_thresholds(box: Box, label: str, limit: str, code: int) -> None:
    assert box.check("bridges", f"--critical-{label}", limit).code == code


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("%{pool} eq 'pool-hd' and %{address} eq '192.0.2.61'", "bridge ts1 (tsmcu, 192.0.2.61, pool-hd): active"),
        ("%{type} eq 'mcu' and %{name} eq 'mcu1'", "bridge mcu1 (mcu, 192.0.2.60, pool-sd): active"),
    ],
)
def test_a_bridge_can_be_judged_by_every_macro(box: Box, expression: str, said: str) -> None:
    answer = box.check("bridges", "--warning-bridge-status", expression)
    assert (answer.summary, answer.code) == (said, 1)


@pytest.mark.parametrize("argv", [("--filter-name", "ts"), ("--filter-type", "tsmcu"), ("--exclude-pool", "sd")])
def test_filters_take_the_load_along(box: Box, argv: tuple[str, str]) -> None:
    answer = box.check("bridges", *argv)
    assert list(answer.perfdata) == [
        "bridges.total.count",
        "bridges.usable.count",
        "ts1#bridge.signalling.load.percentage",
        "ts1#bridge.licence.load.percentage",
    ]
    assert answer.code == 0


def test_no_bridge_at_all_is_unknown(box: Box) -> None:
    for path in (STATUS, SIGNALLING, LICENCE, CONFIGURATION):
        box.tables[path] = [peer()]
    answer = box.check("bridges")
    assert (answer.summary, answer.code) == ("the device reports no bridge at all", 3)


# -- keys


def renamed(rows: list[Struct], old: str, new: str) -> list[Struct]:
    return [{new if key == old else key: value for key, value in row.items()} for row in rows]


def rename(box: Box, table: str, old: str, new: str) -> None:
    box.tables[table] = [peer(*renamed(box.tables[table][0]["records"], old, new))]


def test_a_status_under_another_key_is_unknown_until_it_is_named(box: Box) -> None:
    rename(box, STATUS, "status", "condition")
    answer = box.check("bridges")
    assert answer.summary == (
        f"status of 2 bridges is missing: looked for status or state in {STATUS}, keys seen: condition, mcu_uuid, "
        "name, type, uuid; name it with --field status=KEY"
    )
    assert (answer.perfdata["bridges.usable.count"], answer.code) == ("0;;;0;2", 3)
    assert box.check("bridges", "--field", "status=condition").first_line.endswith(FIGURES)


def test_a_null_status_is_unknown(box: Box) -> None:
    box.tables[STATUS] = [peer(status(MCU, "mcu1", "mcu", None), status(SERVER, "ts1", "tsmcu", ""))]
    answer = box.check("bridges")
    assert (answer.summary, answer.code) == ("status of 2 bridges is null or empty", 3)


@pytest.mark.parametrize("missing", ["used", "total"])
def test_load_under_another_key_is_unknown_until_it_is_named(box: Box, missing: str) -> None:
    rename(box, SIGNALLING, missing, "sessions")
    answer = box.check("bridges")
    assert answer.summary.startswith("2 signalling loads without used and total / ")
    assert f"signalling load, {missing}: not reported, looked for {missing} or " in answer.summary
    assert answer.code == 3
    argv = ("--field", f"{missing}=sessions", "--field", f"{missing}={missing}")
    assert box.check("bridges", *argv).first_line.endswith(FIGURES)


def test_a_percentage_can_be_named_in_place_of_used_and_total(box: Box) -> None:
    box.tables[SIGNALLING] = [peer({"mcu_uuid": MCU, "pct": 50.0}, {"mcu_uuid": SERVER, "pct": "75"})]
    box.tables[LICENCE] = [peer({"mcu_uuid": SERVER, "pct": 50})]
    answer = box.check("bridges", "--field", "load=pct")
    assert answer.first_line.endswith(FIGURES)
    assert "licence-load of mcu1: not reported" in answer.long_output


def test_load_of_a_bridge_that_nobody_knows_is_unknown(box: Box) -> None:
    box.tables[SIGNALLING] = [peer({"uuid": "x", "bridge_id": MCU, "used": 1, "total": 2})]
    answer = box.check("bridges", "--filter-name", "mcu1")
    assert answer.summary == (
        "1 signalling load of no bridge in mcustatus: looked for mcu_uuid or bridge_uuid or mcu or bridge or uuid in "
        f"{SIGNALLING}, keys seen: bridge_id, total, used, uuid; name it with --field bridge=KEY / "
        "signalling-load of mcu1: not reported"
    )
    assert answer.code == 3


@pytest.mark.parametrize(
    ("used", "total"), [(None, 80), (40, None), ("much", 80), (40, []), (-1, 80), (40, -1), (-1, -1), (-1, None)]
)
def test_load_that_cannot_be_read_is_unknown(box: Box, used: Any, total: Any) -> None:
    box.tables[SIGNALLING] = [peer(load(MCU, used, total), load(SERVER, 150, 200))]
    answer = box.check("bridges")
    assert "1 signalling load without used and total" in answer.summary
    assert "ts1#bridge.signalling.load.percentage" in answer.perfdata
    assert answer.code == 3


def test_a_usable_bridge_without_its_load_is_unknown(box: Box) -> None:
    box.tables[SIGNALLING] = [peer(load(SERVER, 150, 200))]
    box.tables[LICENCE] = [peer()]
    answer = box.check("bridges")
    assert answer.summary == "signalling-load of mcu1: not reported / licence-load of ts1: not reported"
    assert "licence-load of mcu1: not reported" in answer.long_output
    assert answer.code == 3


def test_without_the_configuration_only_address_and_pool_are_missing(box: Box) -> None:
    del box.tables[CONFIGURATION]
    answer = box.check("bridges")
    assert answer.first_line.endswith(FIGURES)
    assert answer.code == 0
    assert any(line.startswith("pool of the bridges: not reported, ") for line in answer.long_output)
    assert box.check("bridges", "--filter-pool", "pool-hd").code == 3
    assert box.check("bridges", "--warning-bridge-status", "%{address} =~ /^10/").code == 3


def test_names_come_from_the_configuration_where_the_status_has_none(box: Box) -> None:
    rename(box, STATUS, "name", "label")
    box.tables[CONFIGURATION] = [peer({"uuid": MCU, "name": "one"}, {"uuid": SERVER})]
    assert {name.partition("#")[0] for name in list(box.check("bridges").perfdata)[2:]} == {"one", SERVER}


@pytest.mark.parametrize("load", [-1, "-0.5"])
def test_a_percentage_below_0_is_no_measurement(box: Box, load: object) -> None:
    box.tables[SIGNALLING] = [peer({"mcu_uuid": MCU, "pct": load}, {"mcu_uuid": SERVER, "pct": "75"})]
    box.tables[LICENCE] = [peer({"mcu_uuid": SERVER, "pct": 50})]
    answer = box.check("bridges", "--field", "load=pct")
    assert "signalling-load of mcu1: not reported" in answer.summary
    assert "mcu1#bridge.signalling.load.percentage" not in answer.perfdata
    assert answer.code == 3


@pytest.mark.parametrize("missing", [SIGNALLING, LICENCE])
def test_a_load_that_a_version_lacks_is_unknown_and_the_other_is_judged(box: Box, missing: str) -> None:
    del box.tables[missing]
    other = LICENCE if missing == SIGNALLING else SIGNALLING
    box.tables[other] = [peer(load(MCU, 1, 80), load(SERVER, 79, 80))]
    answer = box.check("bridges")
    assert f"{TABLES}{missing} is not supported by this version" in answer.summary
    assert "load of ts1 98.8 %, above 95 %" in answer.summary
    assert answer.code == 2


@pytest.mark.parametrize(("kind", "code"), [("TSMCU", 3), ("MCU", 0)])
def test_only_what_needs_licences_must_have_their_load(box: Box, kind: str, code: int) -> None:
    box.tables[STATUS] = [peer(status(SERVER, "ts1", kind))]
    box.tables[SIGNALLING], box.tables[LICENCE] = [peer(load(SERVER, 150, 200))], [peer()]
    assert box.check("bridges").code == code


# -- the cluster


def test_what_each_peer_says_alike_counts_once(box: Box) -> None:
    for path, peers in box.tables.items():
        box.tables[path] = [*peers, peer(*peers[0]["records"], address="192.0.2.51")]
    assert box.check("bridges").first_line == f"CONDUCTOR BRIDGES OK - 2 of 2 bridges usable | {FIGURES}"


def test_a_bridge_that_one_peer_cannot_use_is_critical_and_not_usable(box: Box) -> None:
    other = peer(status(MCU, "mcu1", "mcu", "Unusable"), status(SERVER, "ts1", "tsmcu"), address="192.0.2.51")
    box.tables[STATUS] = [*box.tables[STATUS], other]
    answer = box.check("bridges")
    assert answer.summary == "bridge mcu1 (mcu, 192.0.2.60, pool-sd): Unusable on 192.0.2.51"
    assert answer.perfdata["bridges.total.count"] == "2;;;0;30"
    assert answer.perfdata["bridges.usable.count"] == "1;;;0;2"
    assert answer.code == 2


def test_a_lost_peer_is_said_while_another_answers_and_unknown_when_none_does(box: Box) -> None:
    for path, peers in box.tables.items():
        box.tables[path] = [*peers, lost("192.0.2.51")]
    answer = box.check("bridges")
    assert f"{STATUS} of peer 192.0.2.51: its records could not be computed (num_recs -1)" in answer.long_output
    assert answer.code == 0
    box.tables[STATUS] = [lost("192.0.2.50"), lost("192.0.2.51")]
    assert box.check("bridges").code == 3
