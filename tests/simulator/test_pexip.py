"""The simulated Management Node: pages, filters, order, versions and sizes as the documents have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.pexip_deployment import utc_now

from .client import Client, Reply, basic

ALARM = "status/v1/alarm/"
CONFERENCE = "status/v1/conference/"
PARTICIPANT = "status/v1/participant/"
NODE = "status/v1/worker_vm/"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?")


def only_pexip(**options: Any) -> Simulator:
    return Simulator(systems=("pexip",), tls=False, **options)


@pytest.fixture(scope="module")
def deployment() -> Iterator[Simulator]:
    """45 participants; no test changes it."""
    with only_pexip(participants=45) as simulator:
        yield simulator


@pytest.fixture
def client(deployment: Simulator) -> Iterator[Client]:
    with Client(deployment, deployment.pexip) as client:
        yield client


def walk(client: Client, path: str, **query: str | int) -> list[Reply]:
    """Every page, by the `next` of each."""
    pages = [client.get(path, **query)]
    while pages[-1].json["meta"]["next"]:
        pages.append(client.ask("GET", pages[-1].json["meta"]["next"]))
    return pages


def test_a_page_has_20_rows_unless_another_limit_is_asked_for(client: Client) -> None:
    page = client.get(PARTICIPANT)
    assert len(page.objects) == 20
    assert page.headers["Content-Type"] == "application/json"
    assert page.json["meta"] == {
        "limit": 20,
        "next": "/api/admin/status/v1/participant/?limit=20&offset=20",
        "offset": 0,
        "previous": None,
        "total_count": 45,
    }


def test_following_next_gives_every_row_once_and_keeps_the_filter(client: Client) -> None:
    pages = walk(client, PARTICIPANT, limit=7, has_media="True")
    ids = [row["id"] for page in pages for row in page.objects]
    assert len(ids) == len(set(ids)) == pages[0].json["meta"]["total_count"]
    assert pages[1].json["meta"]["previous"].endswith("?limit=7&has_media=True&offset=0")


def test_limit_0_is_all_and_names_no_neighbours(client: Client) -> None:
    page = client.get(PARTICIPANT, limit=0)
    assert page.json["meta"] == {"limit": 0, "offset": 0, "total_count": 45}
    assert len(page.objects) == 45


@pytest.mark.parametrize("limit", [0, 1000])
def test_the_server_can_cap_the_page(limit: int) -> None:
    with only_pexip(page_limit=5) as simulator, Client(simulator, simulator.pexip) as client:
        page = client.get(PARTICIPANT, limit=limit)
        assert (page.json["meta"]["limit"], len(page.objects)) == (5, 5)
        assert sum(len(one.objects) for one in walk(client, PARTICIPANT, limit=limit)) == 12


def test_an_offset_past_the_end_is_an_empty_page(client: Client) -> None:
    page = client.get(PARTICIPANT, offset=1000)
    assert (page.status, page.objects, page.json["meta"]["next"]) == (200, [], None)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"limit": "x"}, "Invalid limit 'x' provided. Please provide a positive integer."),
        ({"limit": "-1"}, "Invalid limit '-1' provided. Please provide a positive integer >= 0."),
        ({"offset": "x"}, "Invalid offset 'x' provided. Please provide an integer."),
        ({"foo": "1"}, "The 'foo' field does not allow filtering."),
        ({"name__sounds_like": "1"}, "The 'name' field does not allow filtering."),
        ({"name__regex": "("}, "Invalid resource lookup data provided (name__regex)."),
        ({"order_by": "foo"}, "No matching 'foo' field for ordering on."),
    ],
)
def test_a_parameter_that_makes_no_sense_is_400_with_the_reason(
    client: Client, query: dict[str, str], error: str
) -> None:
    reply = client.get(ALARM, **query)
    assert (reply.status, reply.json) == (400, {"error": error})


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"name": "Town Hall"}, ["Town Hall"]),
        ({"name__exact": "town hall"}, []),
        ({"name__iexact": "town hall"}, ["Town Hall"]),
        ({"name__contains": "ee"}, ["Board Meeting"]),
        ({"name__icontains": "TEAMS"}, ["Teams rule:8c1d0f4e-2"]),
        ({"name__startswith": "Rec"}, ["Reception"]),
        ({"name__endswith": "Hall"}, ["Town Hall"]),
        ({"name__regex": "^[TR]"}, ["Town Hall", "Teams rule:8c1d0f4e-2", "Reception"]),
        ({"service_type__in": "lecture,gateway"}, ["Town Hall", "Teams rule:8c1d0f4e-2"]),
        ({"is_locked": "True"}, ["Town Hall"]),
        ({"is_started": "False"}, ["Reception"]),
        ({"is_locked": "True", "name": "Reception"}, []),
        ({"start_time__lt": "2000-01-01T00:00:00"}, []),
        ({"start_time__gte": "2000-01-01T00:00:00", "tag": "comms"}, ["Town Hall"]),
    ],
)
def test_filters_are_those_of_django(client: Client, query: dict[str, str], names: list[str]) -> None:
    assert [row["name"] for row in client.get(CONFERENCE, **query).objects] == names


@pytest.mark.parametrize(("operator", "ids"), [("gt", [3, 4, 5]), ("gte", [2, 3, 4, 5]), ("lt", [1]), ("lte", [1, 2])])
def test_numbers_are_compared_as_numbers(client: Client, operator: str, ids: list[int]) -> None:
    assert [row["id"] for row in client.get(NODE, **{f"id__{operator}": 2}).objects] == ids


def test_order_by_sorts_up_and_down(client: Client) -> None:
    up = [row["name"] for row in client.get(NODE, order_by="name").objects]
    down = [row["name"] for row in client.get(NODE, order_by="-name").objects]
    assert up == sorted(up)
    assert down == up[::-1]


def test_an_id_gives_the_bare_object_and_an_unknown_one_404_without_body(client: Client) -> None:
    (first, *_) = client.get(CONFERENCE).objects
    assert client.get(f"{CONFERENCE}{first['id']}/").json == first
    missing = client.get(f"{CONFERENCE}no-such-id/")
    assert (missing.status, missing.body) == (404, b"")


def test_an_unknown_resource_is_404_in_html(client: Client) -> None:
    reply = client.get("status/v1/teleporter/")
    assert (reply.status, reply.headers["Content-Type"]) == (404, "text/html")
    assert b"<html>" in reply.body


def test_a_path_without_the_last_slash_is_redirected_to_the_one_with(client: Client) -> None:
    reply = client.get("status/v1/alarm", limit=1)
    assert (reply.status, reply.headers["Location"]) == (301, "/api/admin/status/v1/alarm/?limit=1")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_than_get_are_405(client: Client, method: str) -> None:
    assert client.ask(method, f"/api/admin/{ALARM}").status == 405


@pytest.mark.parametrize("headers", [{}, basic(password="wrong"), basic(username="else"), {"Authorization": "Basic !"}])
def test_wrong_or_no_credentials_are_401_without_body(client: Client, headers: dict[str, str]) -> None:
    reply = client.ask("GET", f"/api/admin/{ALARM}", headers=headers)
    assert (reply.status, reply.body) == (401, b"")
    assert reply.headers["WWW-Authenticate"] == 'Basic Realm="django-tastypie"'


def test_the_streams_of_a_participant_are_a_list_and_the_load_of_a_node_an_object(client: Client) -> None:
    (speaker, *_) = client.get(PARTICIPANT, license_type="port", has_media="True").objects
    streams = client.get(f"{PARTICIPANT}{speaker['id']}/media_stream/").objects
    assert {stream["type"] for stream in streams} >= {"audio", "video"}
    assert {stream["node"] for stream in streams} == {speaker["media_node"]}
    assert client.get(f"{NODE}3/statistics/").json == {"media_load": 100.0}
    assert client.get(f"{NODE}99/statistics/").status == 404
    assert client.get(f"{PARTICIPANT}gone/media_stream/").status == 404


def test_a_participant_without_media_has_no_streams(client: Client) -> None:
    (listener, *_) = client.get(PARTICIPANT, protocol="API").objects
    assert (listener["has_media"], listener["license_count"]) == (False, 0)
    assert client.get(f"{PARTICIPANT}{listener['id']}/media_stream/").objects == []


@pytest.mark.parametrize(
    ("path", "missing", "there"),
    [
        (ALARM, {"acknowledged"}, set()),
        (CONFERENCE, {"direct_media_available"}, set()),
        (PARTICIPANT, {"id", "call_tag", "is_recording"}, {"bucketed_call_quality"}),
        (NODE, {"media_load", "max_hd_calls", "media_tokens_used", "sync_status"}, {"last_reported"}),
        ("status/v1/system_location/", {"media_load", "max_hd_calls"}, set()),
        ("status/v1/licensing/", {"teams_count", "customlayouts_active"}, {"port_total"}),
    ],
)
def test_version_16_has_the_fields_of_its_guide(path: str, missing: set[str], there: set[str]) -> None:
    with only_pexip(pexip_version=16) as old, Client(old, old.pexip) as client:
        fields = set(client.get(path).objects[0])
        assert not fields & missing
        assert fields >= there
    with only_pexip() as new, Client(new, new.pexip) as client:
        fields = set(client.get(path).objects[0])
        assert fields >= missing
        assert not fields & there - {"port_total"}


@pytest.mark.parametrize(
    ("version", "quality", "buckets"),
    [(16, r"good|ok|bad|terrible|unknown", str), (24, r"\d_\w+", list), (36, r"\d_\w+", type(None))],
)
def test_call_quality_is_written_as_in_that_version(version: int, quality: str, buckets: type) -> None:
    with only_pexip(pexip_version=version) as simulator, Client(simulator, simulator.pexip) as client:
        rows = client.get(PARTICIPANT).objects
    assert all(re.fullmatch(quality, row["call_quality"]) for row in rows)
    assert {type(row.get("bucketed_call_quality")) for row in rows} == {buckets}
    assert {type(row.get("historic_call_quality")) for row in rows} == {buckets}


def test_the_buckets_count_the_history_whose_end_is_the_call_quality() -> None:
    with only_pexip(pexip_version=24, participants=48) as simulator:
        for row in simulator.pexip.tables[PARTICIPANT]:
            history = row["historic_call_quality"]
            assert row["bucketed_call_quality"] == [history.count(quality) for quality in range(5)]
            assert {f"{quality}_" for quality in history[-3:]} <= {row["call_quality"][:2]}


def test_a_participant_of_version_16_is_found_by_the_id_in_its_resource_uri() -> None:
    with only_pexip(pexip_version=16) as simulator, Client(simulator, simulator.pexip) as client:
        uri = client.get(PARTICIPANT).objects[0]["resource_uri"]
        assert client.get(uri).json["resource_uri"] == uri
        assert client.get(f"{uri}media_stream/").status == 200


@pytest.mark.parametrize("version", [16, 24, 36])
def test_of_whom_a_command_to_hang_up_names_nobody_is_hung_up(version: int) -> None:
    with only_pexip(pexip_version=version) as simulator, Client(simulator, simulator.pexip) as client:
        there = [row["resource_uri"] for row in simulator.pexip.tables[PARTICIPANT]]
        for body in ("{}", '{"participant_id": ""}', '{"participant_id": "nobody"}'):
            headers = {**basic(), "Content-Type": "application/json"}
            reply = client.ask("POST", "/api/admin/command/v1/participant/disconnect/", body, headers)
            assert (reply.status, reply.json) == (
                400, {"disconnect": {"participant_id": ["Failed to find the participant."]}},
            )  # fmt: skip
        assert [row["resource_uri"] for row in simulator.pexip.tables[PARTICIPANT]] == there


def test_times_are_naive_and_some_have_no_microseconds(client: Client) -> None:
    times = [row["connect_time"] for row in client.get(PARTICIPANT, limit=0).objects]
    assert all(TIME.fullmatch(time) for time in times)
    assert {"." in time for time in times} == {True, False}


def test_the_demo_has_something_wrong_of_each_kind(client: Client) -> None:
    alarms = client.get(ALARM).objects
    assert [(alarm["level"], alarm["acknowledged"]) for alarm in alarms] == [
        ("error", False),
        ("warning", True),
    ]
    nodes = client.get(NODE).objects
    assert {node["system_location"] for node in nodes} == {"London", "Oslo", "DMZ"}
    assert [node["media_load"] for node in nodes if node["maintenance_mode"]] == [100]
    assert [node["media_load"] for node in nodes if node["node_type"] == "PROXYING"] == [0]
    addresses = {row["address"]: row["name"] for row in client.get("configuration/v1/worker_vm/").objects}
    assert alarms[0]["node"] in addresses
    participants = client.get(PARTICIPANT, limit=0).objects
    assert len({row["protocol"] for row in participants}) == 8
    assert {row["call_quality"][0] for row in participants} == set("01234")


def _without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if not name.endswith("_time")} for row in rows]


def test_the_same_seed_gives_the_same_rows_but_for_the_times() -> None:
    paths = (CONFERENCE, PARTICIPANT, "configuration/v1/worker_vm/", "status/v1/system_location/")
    first, again, other = (
        {path: _without_times(simulator.pexip.tables[path]) for path in paths}
        for simulator in (only_pexip(seed=7), only_pexip(seed=7), only_pexip(seed=8))
    )
    assert first == again
    assert first[PARTICIPANT] != other[PARTICIPANT]


def test_more_participants_change_no_other_table() -> None:
    few, many = only_pexip(participants=3), only_pexip(participants=300)
    assert _without_times(few.pexip.tables[CONFERENCE]) == _without_times(many.pexip.tables[CONFERENCE])


def test_a_test_can_edit_replace_and_remove_tables_while_it_runs() -> None:
    with only_pexip() as simulator, Client(simulator, simulator.pexip) as client:
        simulator.pexip.tables[ALARM][0]["level"] = "critical"
        assert client.get(f"{ALARM}41/").json["level"] == "critical"
        simulator.pexip.tables[ALARM] = []
        assert client.get(ALARM, level="critical").objects == []
        simulator.pexip.tables["status/v1/teleporter/"] = [{"id": 1, "range": 5}]
        assert client.get("status/v1/teleporter/", range__gt=4).objects == [{"id": 1, "range": 5}]
        del simulator.pexip.tables[CONFERENCE]
        assert client.get(CONFERENCE).status == 404
        load = simulator.pexip.tables[f"{NODE}1/statistics/"]
        load[0]["media_load"] = 12.5
        assert client.get(f"{NODE}1/statistics/").json == {"media_load": 12.5}


def test_a_deployment_can_be_empty() -> None:
    with only_pexip(nodes=0, conferences=0) as simulator, Client(simulator, simulator.pexip) as client:
        for path in (NODE, CONFERENCE, PARTICIPANT, "status/v1/system_location/"):
            assert client.get(path).objects == []
        assert client.get(PARTICIPANT, call_quality="3_bad").status == 200


def test_20000_participants_on_300_nodes_are_served_in_pages_of_1000() -> None:
    with only_pexip(nodes=300, conferences=1500, participants=20_000) as simulator:
        with Client(simulator, simulator.pexip) as client:
            pages = walk(client, PARTICIPANT, limit=1000)
            assert [len(page.objects) for page in pages] == [1000] * 20
            assert len({row["id"] for page in pages for row in page.objects}) == 20_000
            assert len({row["name"] for row in client.get(NODE, limit=1000).objects}) == 300
        assert simulator.pexip.connections == 1


def test_nodes_go_on_reporting_while_the_simulator_runs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def times(name: str) -> list[datetime]:
        return [datetime.fromisoformat(row[name]) for row in client.get("status/v1/teamsnode/").objects]

    reported, started = times("heartbeat_time"), times("start_time")
    later = utc_now() + timedelta(minutes=30)
    monkeypatch.setattr("check_videoconf.simulator.pexip.utc_now", lambda: later)
    for before, after in zip(reported, times("heartbeat_time")):
        assert timedelta(minutes=29) <= after - before <= timedelta(minutes=31)
    assert times("start_time") == started
