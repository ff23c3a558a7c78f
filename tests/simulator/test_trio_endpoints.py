"""What the simulated Trio tells: every resource a check may read, in the layouts of its firmware."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.trio_calls import Call, Line, audio, no_video, video

from .client import Client, Reply, basic

V1 = (
    "mgmt/device/info",
    "mgmt/device/stats",
    "mgmt/device/runningConfig",
    "mgmt/network/info",
    "mgmt/network/stats",
    "mgmt/lineInfo",
    "mgmt/pollForStatus",
    "mgmt/media/communicationInfo",
    "mgmt/callLogs",
    "mgmt/callLogs/missed",
    "mgmt/callLogs/received",
    "mgmt/callLogs/placed",
    "mgmt/transferType/get",
    "mgmt/location/info",
    "mgmt/mrpair/info",
    "webCallControl/sipStatus",
)
V2 = ("mgmt/device/info", "mgmt/lineInfo", "webCallControl/callStatus")
CALL = "webCallControl/callStatus"
SESSIONS = "mgmt/media/sessionStats"
JSON = {"Content-Type": "application/json", **basic()}


@pytest.fixture(params=["old", "new"])
def phone(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with Simulator(systems=("trio",), tls=False, trio_firmware=request.param) as phone:
        yield phone


@pytest.fixture
def client(phone: Simulator) -> Iterator[Client]:
    with Client(phone, phone.trio) as client:
        yield client


@pytest.fixture
def new() -> Iterator[Simulator]:
    with Simulator(systems=("trio",), tls=False) as phone:
        yield phone


def get(client: Client, path: str, version: int = 1) -> Any:
    return client.get(f"/api/v{version}/{path}").json


def config(client: Client, body: object, headers: dict[str, str] | None = None) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.ask("POST", "/api/v1/mgmt/config/get", text, JSON if headers is None else headers)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, (dict, list)):
        return [leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in leaves(inner)]
    return [value]


def is_new(phone: Simulator) -> bool:
    return f"v2/{CALL}" in phone.trio.data


@pytest.mark.parametrize("path", V1)
def test_every_resource_answers_in_text(client: Client, path: str) -> None:
    answer = get(client, path)
    assert answer["Status"] == "2000"
    assert {type(leaf) for leaf in leaves(answer["data"])} <= {str}


@pytest.mark.parametrize("path", V2)
def test_version_2_is_there_with_new_firmware_alone(phone: Simulator, client: Client, path: str) -> None:
    reply = client.get(f"/api/v2/{path}")
    assert reply.status == (200 if is_new(phone) else 404)
    if is_new(phone):
        assert {type(leaf) for leaf in leaves(reply.json["data"])} <= {str}


def test_presence_stands_outside_of_data(client: Client) -> None:
    assert get(client, "mgmt/getPresence") == {"Presence": "Available", "Status": "2000"}


def test_what_is_posted_is_not_got_and_the_other_way_round(client: Client) -> None:
    assert client.get("/api/v1/mgmt/config/get").status == 405
    assert client.ask("POST", "/api/v1/mgmt/device/info", "{}", JSON).status == 405


# -- calls


def test_an_idle_phone_says_so_everywhere(phone: Simulator, client: Client) -> None:
    assert get(client, CALL) == {"Status": "4007"}
    assert get(client, "mgmt/pollForStatus")["data"]["State"] == "Idle"
    if is_new(phone):
        assert get(client, CALL, 2) == {"data": [], "Status": "2000"}
        assert get(client, SESSIONS) == {"data": [{}], "Status": "2000"}


def test_a_call_is_told_of_everywhere(phone: Simulator, client: Client) -> None:
    phone.trio.set_calls(Call(seconds=325, muted=True), Call("0xb5000002", "Offering", "Incoming", 0, streams=()))
    first = get(client, CALL)["data"]
    assert (first["CallState"], first["RemotePartyNumber"]) == ("Connected", "sip:room-b@example.net")
    assert first["DurationInSeconds" if is_new(phone) else "DurationSeconds"] == "325"
    state = get(client, "mgmt/pollForStatus")["data"]
    assert state == {"State": "Active", "StateData": "Active call duration 5 mins 25 secs"}
    if is_new(phone):
        rows = get(client, CALL, 2)["data"]
        assert [(row["CallState"], row["Muted"], row["Ringing"]) for row in rows] == [
            ("Connected", "1", "0"),
            ("Offering", "0", "1"),
        ]
        assert [len(call["Streams"]) for call in get(client, SESSIONS)["data"]] == [2, 0]
    phone.trio.set_calls()
    assert get(client, CALL) == {"Status": "4007"}


def test_streams_are_text_and_a_test_may_change_any_field(new: Simulator) -> None:
    streams = (audio("0xa1", PacketsLost=7, MaxJitter=None), video(VideoRxFramerate=15), no_video())
    new.trio.set_calls(Call(streams=streams))
    with Client(new, new.trio) as client:
        told = get(client, SESSIONS)["data"][0]["Streams"]
    assert [stream["Category"] for stream in told] == ["0:Voice", "1:Video", "1:Video"]
    assert (told[0]["Ref"], told[0]["PacketsLost"], told[0]["MaxJitter"]) == ("0xa1", "7", None)
    assert (told[1]["VideoRxFramerate"], told[1]["VideoRxFrameWidth"]) == ("15", "1280")
    assert {told[2][name] for name in ("PacketsSent", "PacketsReceived", "PacketsLost", "OctetsReceived")} == {"0"}


def has_frozen(phone: Simulator) -> bool:
    return phone.trio.frozen


def test_session_stats_freeze_old_firmware(phone: Simulator) -> None:
    with Client(phone, phone.trio) as client:
        if is_new(phone):
            assert get(client, SESSIONS)["Status"] == "2000"
            assert not has_frozen(phone)
            return
        assert client.ask("GET", f"/api/v1/{SESSIONS}", headers={}).status == 401
        assert not has_frozen(phone)
    with Client(phone, phone.trio, timeout=1) as client, pytest.raises(OSError, match="timed out"):
        client.get(f"/api/v1/{SESSIONS}")
    assert has_frozen(phone)
    with Client(phone, phone.trio, timeout=1) as client, pytest.raises(OSError, match="timed out"):
        client.get("/api/v1/mgmt/device/info")


# -- lines, logs, counters


def test_lines_are_told_of_everywhere(phone: Simulator, client: Client) -> None:
    phone.trio.set_lines(Line(1, "Room 1", active=True), Line(2, "Room 2", state="Registering", servers=(False, True)))
    rows = get(client, "mgmt/lineInfo")["data"]
    assert [(row["LineNumber"], row["RegistrationStatus"]) for row in rows] == [
        ("1", "registered"),
        ("2", "unregistered"),
    ]
    assert ("SIPAddress" in rows[0], "Username" in rows[0]) == (is_new(phone), not is_new(phone))
    users = get(client, "webCallControl/sipStatus")["data"]["User"]
    assert [user["Events"][0]["RegistrationState"] for user in users] == ["Registered", "Registering"]
    if is_new(phone):
        rows = get(client, "mgmt/lineInfo", 2)["data"]
        assert [(row["Active"], row["DoNotDisturb"]) for row in rows] == [("True", "False"), ("False", "False")]
        assert [server["Working"] for server in rows[1]["CallServers"]] == ["False", "True"]


def test_a_logged_call_is_in_both_forms_of_the_log(phone: Simulator, client: Client) -> None:
    phone.trio.log_call("Missed", "2026-10-11T11:10:00", party="room-z")
    for entries in (get(client, "mgmt/callLogs")["data"]["Missed"], get(client, "mgmt/callLogs/missed")["data"]):
        assert entries[-1] == {
            "LineNumber": "1",
            "StartTime": "2026-10-11T11:10:00",
            "Duration": "",
            "RemotePartyName": "room-z",
            "RemotePartyNumber": "room-z@example.net",
        }


def test_packets_and_the_uptime_grow_together(phone: Simulator, client: Client) -> None:
    stats = get(client, "mgmt/network/stats")["data"]
    assert re.fullmatch(r"20(\.| Days )\d+:\d\d:\d\d", stats["UpTime"])
    seconds = int(stats["RxPackets"]) / 12.5
    assert 20 * 86_400 < seconds < 22 * 86_400
    assert int(stats["TxPackets"]) == pytest.approx(seconds * 9, abs=9)


# -- config/get


def test_parameters_are_told_with_their_source(client: Client) -> None:
    reply = config(client, {"data": ["video.callRate", "reg.1.address"]})
    assert reply.json == {
        "data": {
            "video.callRate": {"Value": "2048", "Source": "default"},
            "reg.1.address": {"Value": "room1", "Source": "web"},
        },
        "Status": "2000",
    }


def test_unknown_parameters_are_listed(client: Client) -> None:
    answer = config(client, {"data": ["no.such", "video.callRate"]}).json
    assert (answer["InvalidParams"], list(answer["data"])) == (["no.such"], ["video.callRate"])


@pytest.mark.parametrize("headers", [basic(), {**basic(), "Content-Type": "text/plain"}])
def test_a_body_that_is_not_said_to_be_json_is_400(client: Client, headers: dict[str, str]) -> None:
    assert config(client, {"data": ["video.callRate"]}, headers).status == 400


def test_a_charset_behind_the_content_type_does_no_harm(client: Client) -> None:
    headers = {**basic(), "Content-Type": "application/json; charset=utf-8"}
    assert config(client, {"data": ["video.callRate"]}, headers).json["Status"] == "2000"


@pytest.mark.parametrize(("count", "status"), [(20, "2000"), (21, "4009")])
def test_more_than_20_names_are_too_many(client: Client, count: int, status: str) -> None:
    assert config(client, {"data": [f"some.{number}" for number in range(count)]}).json["Status"] == status


@pytest.mark.parametrize("body", ["", "{", "[]", "7", '{"names": []}', {"data": "video.callRate"}, {"data": [7]}])
def test_a_body_of_another_shape_is_4000(client: Client, body: object) -> None:
    assert config(client, body).json == {"Status": "4000"}


def test_a_body_over_20_kilobytes_is_413(client: Client) -> None:
    assert config(client, {"data": ["x" * 20_480]}).status == 413


def test_a_status_may_be_set_for_a_post_too(phone: Simulator, client: Client) -> None:
    phone.trio.status["mgmt/config/get"] = "4003"
    assert config(client, {"data": ["video.callRate"]}).json == {"Status": "4003"}
