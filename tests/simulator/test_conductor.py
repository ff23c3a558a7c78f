"""The simulated Conductor: XML-RPC and REST as the guide has them."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Iterator
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
