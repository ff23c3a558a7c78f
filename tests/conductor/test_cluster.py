"""conductor cluster and network."""

from __future__ import annotations

import pytest

from .box import TABLES, Box, Struct, lost, peer

CLUSTER, PEERS, INTERFACES = "status/cluster", "status/clusterpeer", "status/networkinterface"


def seen(*states: object) -> list[Struct]:
    """Peers .50, .51, … in these states."""
    return [{"uuid": f"u{n}", "address": f"192.0.2.{50 + n}", "state": state} for n, state in enumerate(states)]


@pytest.fixture
def box(box: Box) -> Box:
    """Three peers who agree that all is well, and a network interface."""
    rows = seen("Active", "Active", "Active")
    box.tables[CLUSTER] = [peer({"uuid": "c", "state": "Active", "master": "192.0.2.50", "enabled": True})]
    box.tables[PEERS] = [peer(*rows), peer(*rows, address="192.0.2.51"), peer(*rows, address="192.0.2.52")]
    box.tables[INTERFACES] = [peer(interface())]
    return box


def interface(name: object = "LAN1", state: object = "up", speed: object = "1000full") -> Struct:
    return {"uuid": f"{name}", "name": name, "ipv4_address": "192.0.2.50", "speed": speed, "state": state}


def test_a_cluster_in_good_health(box: Box) -> None:
    answer = box.check("cluster", "--expect-peers", "3")
    assert answer.first_line == (
        "CONDUCTOR CLUSTER OK - 3 of 3 peers up | 'peers.total.count'=3;;;0; 'peers.up.count'=3;;;0;3"
    )
    assert answer.long_output == ["cluster: Active, primary 192.0.2.50"]
    assert (answer.code, box.asked) == (0, [f"{TABLES}{path}?limit=1000&offset=0" for path in (CLUSTER, PEERS)])


@pytest.mark.parametrize("state", ["Active", "UP", "ok"])
def test_what_is_up(box: Box, state: str) -> None:
    box.tables[PEERS] = [peer(*seen(state))]
    assert (box.check("cluster").summary, box.check("cluster").code) == ("1 of 1 peer up", 0)


@pytest.mark.parametrize("state", ["Failed", "inactive", "not ok", "Activex"])
def test_any_other_state_warns(box: Box, state: str) -> None:
    box.tables[PEERS] = [peer(*seen("Active", state))]
    answer = box.check("cluster")
    assert answer.summary.startswith(f"peer 192.0.2.51: {state}")
    assert (answer.perfdata["peers.up.count"], answer.code) == ("1;;;0;2", 1)


def test_a_peer_is_up_only_if_all_say_so(box: Box) -> None:
    box.tables[PEERS] = [peer(*seen("Active", "Active")), peer(*seen("Failed", "Active"), address="192.0.2.51")]
    answer = box.check("cluster", "--critical-peer-status", "%{state} eq 'Failed' and %{address} eq '192.0.2.50'")
    assert answer.summary == "peer 192.0.2.50: Failed, seen from 192.0.2.51"
    assert answer.perfdata["peers.total.count"] == "2;;;0;"
    assert answer.code == 2


def test_a_peer_that_could_not_be_computed_is_unknown(box: Box) -> None:
    box.tables[PEERS] = [peer(*seen("Active", "Failed")), lost("192.0.2.51")]
    answer = box.check("cluster")
    assert answer.summary == (
        "status/clusterpeer of peer 192.0.2.51: its records could not be computed (num_recs -1) / "
        "peer 192.0.2.51: Failed, seen from 192.0.2.50"
    )
    assert answer.code == 3


@pytest.mark.parametrize("wanted", ["2", "4", "0"])
def test_another_number_of_peers_than_expected_is_critical(box: Box, wanted: str) -> None:
    answer = box.check("cluster", "--expect-peers", wanted)
    assert answer.summary == f"--expect-peers: expected {wanted}, found 3 (192.0.2.50, 192.0.2.51, 192.0.2.52)"
    assert answer.code == 2


def test_no_peer_is_unknown_unless_none_is_expected(box: Box) -> None:
    box.tables[CLUSTER] = box.tables[PEERS] = [peer()]
    answer = box.check("cluster")
    assert (answer.summary, answer.code) == ("the device reports no peer at all", 3)
    answer = box.check("cluster", "--expect-peers", "0")
    assert (answer.summary, answer.code) == ("no cluster peer", 0)
    answer = box.check("cluster", "--expect-peers", "2")
    assert (answer.summary, answer.code) == ("--expect-peers: expected 2, found 0 (none)", 2)


def test_a_filter_that_leaves_no_peer_is_unknown(box: Box) -> None:
    answer = box.check("cluster", "--filter-address", "198.51.100")
    assert (answer.summary, answer.code) == ("no peer matches the filters (3 seen)", 3)


def test_without_the_table_of_the_cluster_its_peers_are_judged(box: Box) -> None:
    del box.tables[CLUSTER]
    box.tables[PEERS] = [peer(*seen("Active", "Failed"))]
    answer = box.check("cluster")
    assert answer.summary.startswith(f"{TABLES}{CLUSTER} is not supported by this version of ")
    assert answer.summary.endswith(" / peer 192.0.2.51: Failed")
    assert (answer.perfdata["peers.up.count"], answer.code) == ("1;;;0;2", 3)


@pytest.mark.parametrize(("limit", "code"), [("3:", 0), ("4:", 2)])
@pytest.mark.parametrize("label", ["peers-total", "peers-up"])
def test_the_numbers_of_peers_have_thresholds(box: Box, label: str, limit: str, code: int) -> None:
    assert box.check("cluster", f"--critical-{label}", limit).code == code


@pytest.mark.parametrize("key", ["address", "state"])
def test_a_key_that_is_missing_is_unknown_until_it_is_named(box: Box, key: str) -> None:
    rows = [{"odd" if name == key else name: value for name, value in row.items()} for row in seen("Active")]
    box.tables[PEERS] = [peer(*rows)]
    answer = box.check("cluster")
    assert answer.summary.startswith(f"{key} of a peer is missing: looked for {key} or ")
    assert answer.code == 3
    assert box.check("cluster", "--field", f"{key}=odd").code == 0


def test_one_peer_can_be_asked_for(box: Box) -> None:
    box.check("cluster", "--peer", "local")
    assert box.asked[1] == f"{TABLES}{PEERS}?peer=local&limit=1000&offset=0"


# -- network


def test_network_interfaces(box: Box) -> None:
    answer = box.check("network")
    assert answer.first_line == (
        "CONDUCTOR NETWORK OK - 1 interface, none to worry about | 'interfaces.total.count'=1;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize("state", ["down", "Failed", "unplugged"])
def test_an_interface_that_is_not_up_warns(box: Box, state: str) -> None:
    box.tables[INTERFACES] = [peer(interface(), interface("LAN2", state, None))]
    answer = box.check("network")
    assert (answer.summary, answer.code) == (f"LAN2: {state}", 1)
    assert box.check("network", "--exclude-name", "LAN2").code == 0


def test_an_interface_can_be_judged_by_every_macro(box: Box) -> None:
    box.tables[INTERFACES] = [peer(interface()), peer(interface(speed="100half"), address="192.0.2.51")]
    expression = "%{speed} =~ /half/ and %{name} eq 'LAN1' and %{address} =~ /^192/ and %{state} eq 'up'"
    answer = box.check("network", "--critical-interface-status", expression)
    assert (answer.summary, answer.code) == ("LAN1 on 192.0.2.51: up, 100half", 2)
    assert answer.perfdata == {"interfaces.total.count": "2;;;0;"}


def test_interfaces_of_different_peers_are_different_ones(box: Box) -> None:
    row = {"name": "LAN1", "state": "down"}
    box.tables[INTERFACES] = [peer(row, address=f"192.0.2.{n}") for n in (50, 51, 52)]
    answer = box.check("network")
    assert answer.summary == " / ".join(f"LAN1 on 192.0.2.{n}: down" for n in (50, 51, 52))
    assert answer.perfdata == {"interfaces.total.count": "3;;;0;"}
    assert box.check("network", "--filter-peer", "51$").perfdata == {"interfaces.total.count": "1;;;0;"}


def test_an_interface_with_a_uuid_that_several_peers_have_is_one(box: Box) -> None:
    rows = [interface(state="down"), {"name": "LAN2", "state": "up"}, {"uuid": "", "name": "LAN3", "state": "up"}]
    box.tables[INTERFACES] = [peer(*rows, address=f"192.0.2.{n}") for n in (50, 51)]
    answer = box.check("network")
    assert answer.summary == "LAN1 on 192.0.2.50, 192.0.2.51: down, 1000full"
    assert answer.perfdata == {"interfaces.total.count": "5;;;0;"}
    assert box.check("network", "--filter-peer", "51$").perfdata == {"interfaces.total.count": "3;;;0;"}


def test_an_expression_on_what_no_key_holds_is_unknown(box: Box) -> None:
    box.tables[INTERFACES] = [peer({"uuid": "u", "name": "LAN1", "state": "up", "rate": "1000full"})]
    assert box.check("network").code == 0
    answer = box.check("network", "--warning-interface-status", "%{speed} =~ /half/")
    assert answer.summary == (
        "network interface, speed: not reported, looked for speed or link_speed in status/networkinterface, "
        "keys seen: name, rate, state, uuid; name it with --field speed=KEY"
    )
    assert answer.code == 3
    assert box.check("network", "--warning-interface-status", "%{speed} =~ /half/", "--field", "speed=rate").code == 0


def test_an_expression_on_what_cannot_be_read_of_any_is_unknown(box: Box) -> None:
    box.tables[INTERFACES] = [peer(interface(speed=[1000]))]
    answer = box.check("network", "--warning-interface-status", "%{speed} =~ /half/")
    assert answer.summary.startswith("network interface, speed: unreadable, looked for speed or link_speed in ")
    assert answer.code == 3


@pytest.mark.parametrize(("limit", "code"), [("1", 0), ("2:", 2)])
def test_the_number_of_interfaces_has_thresholds(box: Box, limit: str, code: int) -> None:
    assert box.check("network", "--critical-interfaces-total", limit).code == code


def test_no_interface_at_all_is_unknown(box: Box) -> None:
    box.tables[INTERFACES] = [peer()]
    answer = box.check("network")
    assert (answer.summary, answer.code) == ("the device reports no interface at all", 3)


@pytest.mark.parametrize("state", [None, ""])
def test_an_interface_without_a_state_is_unknown(box: Box, state: object) -> None:
    box.tables[INTERFACES] = [peer(interface(state=state))]
    answer = box.check("network")
    assert answer.summary == "state of a network interface is null or empty / LAN1: no state, 1000full"
    assert answer.code == 3
