"""The simulated Conductor: XML-RPC and REST as the guide has them."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from check_videoconf.simulator import Fault, Simulator

from .client import Client, basic

ALARMS = "/api/external/status/alarm"


@pytest.fixture
def conductor() -> Iterator[Simulator]:
    with Simulator(systems=("conductor",), tls=False) as simulator:
        yield simulator


@pytest.fixture
def client(conductor: Simulator) -> Iterator[Client]:
    with Client(conductor, conductor.conductor) as client:
        yield client


def test_a_virtual_machine_has_no_fans(client: Client) -> None:
    health = client.call("factory.health.query")
    assert [health[f"fan_{number}"] for number in (1, 2, 3)] == ["N/A"] * 3
    assert re.fullmatch(r"\d+ kB", health["committed_as"])
    assert {type(health[f"cpu_load_{minutes}"]) for minutes in (1, 5, 15)} == {int}


def test_the_fans_of_an_appliance_turn() -> None:
    appliance = Simulator(systems=("conductor",), tls=False, conductor="appliance")
    with appliance, Client(appliance, appliance.conductor) as client:
        health = client.call("factory.health.query")
    assert all(int(health[f"fan_{number}"]) > 1_000 for number in (1, 2, 3))


def test_device_query_tells_the_version_and_the_time_without_zone(client: Client) -> None:
    device = client.call("device.query")
    assert (device["softwareVersion"], device["apiVersion"]) == ("XC4.3.1", "2.9")
    assert re.fullmatch(r"\d{8}T\d\d:\d\d:\d\d", str(device["currentTime"]))


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        ({"authenticationPassword": "wrong"}, 14, "authorization failed"),
        ({"authenticationUser": "else"}, 14, "authorization failed"),
        ({}, 1, "method not supported"),
    ],
)
def test_a_fault_comes_with_its_code_and_status_200(
    client: Client, members: dict[str, str], code: int, text: str
) -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        client.call("factory.no.such", **members)
    assert (caught.value.faultCode, caught.value.faultString) == (code, text)


def test_a_test_can_edit_the_structs_and_put_a_fault_in_their_place(conductor: Simulator, client: Client) -> None:
    conductor.conductor.structs["factory.health.query"] = {}
    assert client.call("factory.health.query") == {}
    conductor.conductor.structs["factory.health.query"] = Fault(15, "insufficient privileges")
    with pytest.raises(xmlrpc.client.Fault, match="insufficient privileges"):
        client.call("factory.health.query")


def test_participants_can_be_asked_for_by_conference() -> None:
    busy = Simulator(systems=("conductor",), tls=False, conductor_participants=20)
    with busy, Client(busy, busy.conductor) as client:
        conferences = client.call("conference.enumerate")["conferences"]
        wanted = [conferences[-1]["factoryConferenceId"]]
        everybody = client.call("participant.enumerate")["participants"]
        some = client.call("participant.enumerate", factoryConferenceIds=wanted)["participants"]
    assert (len(conferences), len(everybody), len(some)) == (3, 20, 4)


def test_the_alarms_are_a_list_of_peers_with_their_records(client: Client) -> None:
    (peer,) = client.get(ALARMS).json
    assert peer["num_recs"] == len(peer["records"]) == 3
    assert [record["status"] for record in peer["records"]] == ["lowered", "raised", "acknowledged"]


def test_rest_tables_are_cut_and_sorted_as_asked_while_num_recs_counts_all(client: Client) -> None:
    (peer,) = client.get(ALARMS, limit=1, offset=1, sortBy="id", sortdirection="descending").json
    assert (peer["num_recs"], [record["id"] for record in peer["records"]]) == (3, ["55001"])


def test_rest_takes_basic_and_xml_rpc_does_not_need_it(client: Client) -> None:
    assert client.ask("GET", ALARMS, headers={}).status == 401
    assert client.ask("GET", ALARMS, headers=basic(password="wrong")).status == 401
    assert client.call("device.query")["model"] == "Cisco TelePresence Conductor"


def test_status_and_systemunit_need_no_account(client: Client) -> None:
    assert client.ask("GET", "/status", headers={}).json == {"version": "XC4.3.1", "status": "active"}
    unit = ElementTree.fromstring(client.ask("GET", "/systemunit.xml", headers={}).body)  # noqa: S314
    assert unit.findtext("Software/Version") == "XC4.3.1"


def test_an_unknown_table_is_404_in_the_words_of_the_product(client: Client) -> None:
    reply = client.get("/api/external/status/teleporter")
    assert (reply.status, reply.json["error_code"]) == (404, "100:404")


def test_what_is_not_a_call_is_400(client: Client) -> None:
    assert client.ask("POST", "/RPC2", "<methodCall><methodName>", {"Content-Type": "text/xml"}).status == 400
    assert client.get("/RPC2").status == 405


def test_the_same_seed_gives_the_same_health() -> None:
    first, again, other = (
        Simulator(systems=("conductor",), seed=seed).conductor.structs["factory.health.query"] for seed in (3, 3, 4)
    )
    assert first == again != other


def test_enumerate_calls_come_in_pages_when_asked_to(conductor: Simulator, client: Client) -> None:
    conductor.conductor.page_limit = 5
    first = client.call("participant.enumerate")
    second = client.call("participant.enumerate", enumerateID=first["enumerateID"])
    assert ([len(page["participants"]) for page in (first, second)], "enumerateID" in second) == ([5, 3], False)
    for wrong in ("9", "next"):
        with pytest.raises(xmlrpc.client.Fault, match="invalid enumerateID value"):
            client.call("participant.enumerate", enumerateID=wrong)


def test_each_kind_of_bridge_tells_of_its_participants_in_its_own_way() -> None:
    busy = Simulator(systems=("conductor",), tls=False, conductor_participants=24)
    with busy, Client(busy, busy.conductor) as client:
        flat, server, nested = client.call("participant.enumerate")["participants"][::8]
    assert (flat["factoryBridgeType"], "videoRxLost" in flat, "currentState" in flat) == ("mcu", True, False)
    assert server["factoryBridgeType"] == "tsmcu"
    assert not any(name.endswith(("Lost", "Received", "Sent")) for name in server)
    assert "videoRxLost" in nested["currentState"]
    assert "videoRxLost" not in nested


def test_conferences_hold_their_pins_in_clear_as_the_device_does() -> None:
    busy = Simulator(systems=("conductor",), tls=False, conductor_participants=16)
    with busy, Client(busy, busy.conductor) as client:
        pins = [one["pin"] for one in client.call("conference.enumerate")["conferences"]]
    assert pins == ["", "246810"]


def test_a_cluster_has_its_tables_from_each_peer_and_none_from_a_lost_one() -> None:
    cluster = Simulator(systems=("conductor",), tls=False, conductor_peers=3, conductor_peer_lost=True)
    with cluster, Client(cluster, cluster.conductor) as client:
        peers = client.get("/api/external/status/clusterpeer").json
        (local,) = client.get("/api/external/status/networkinterface", peer="local").json
        (other,) = client.get("/api/external/status/networkinterface", peer="192.0.2.51").json
    assert [(peer["peer"], peer["num_recs"]) for peer in peers] == [
        ("192.0.2.50", 3),
        ("192.0.2.51", 3),
        ("192.0.2.52", -1),
    ]
    assert [record["state"] for record in peers[0]["records"]] == ["Active", "Active", "Failed"]
    assert [peer["records"][0]["ipv4_address"] for peer in (local, other)] == ["192.0.2.50", "192.0.2.51"]


@pytest.mark.parametrize("how", [{"headers": {**basic(), "Accept": "application/xml"}}, {"query": "?format=xml"}])
def test_tables_come_in_xml_when_asked_for(client: Client, how: dict[str, Any]) -> None:
    reply = client.ask("GET", ALARMS + how.get("query", ""), headers=how.get("headers"))
    root = ElementTree.fromstring(reply.body)  # noqa: S314
    (peer,) = root
    assert (peer.findtext("peer"), peer.findtext("num_recs")) == ("192.0.2.50", "3")
    records = peer.findall("records/record")
    assert [record.findtext("total_count") for record in records] == ["0", "1", "2"]
    assert records[0].findtext("first_raised") == ""


def test_the_documents_of_the_other_rest_apis(client: Client) -> None:
    assert client.get("/api/4.0/sipdomain").json == {"SIPDomain": "example.net"}
    assert len(client.get("/api/4.0/confbundles/").json) == 12
    service = client.get("/api/4.0/servicecost/meet.bob@example.net").json
    assert {part["dimension"] for part in service["pool_capacity"]} == {"signalling", "media", "licenses"}
    unknown = client.get("/api/4.0/servicecost/nobody@example.net")
    assert (unknown.status, unknown.json["error_code"]) == (404, "10")
    assert client.ask("GET", "/api/4.0/sipdomain", headers={}).status == 401


def test_feedback_receivers(client: Client) -> None:
    receivers = client.call("feedbackReceiver.extended.query")["receivers"]
    assert [receiver["index"] for receiver in receivers] == [1, 2]
