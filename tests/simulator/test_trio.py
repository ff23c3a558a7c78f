"""The simulated Trio: endpoints, both kinds of authentication, one request at a time."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.simulator import Simulator

from .client import Client, basic

STATS = "/api/v1/mgmt/device/stats"
INFO = "/api/v1/mgmt/device/info"


def only_trio(**options: Any) -> Simulator:
    return Simulator(systems=("trio",), tls=False, **options)


@pytest.fixture
def phone() -> Iterator[Simulator]:
    with only_trio() as simulator:
        yield simulator


@pytest.fixture
def client(phone: Simulator) -> Iterator[Client]:
    with Client(phone, phone.trio) as client:
        yield client


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return [value]


def test_all_values_are_text(client: Client) -> None:
    reply = client.get(STATS).json
    assert reply["Status"] == "2000"
    assert {type(value) for value in leaves(reply["data"])} == {str}
    memory = reply["data"]["Memory"]
    assert int(memory["Used"]) + int(memory["Free"]) == int(memory["Total"])


@pytest.mark.parametrize(
    ("firmware", "release", "uptime", "reclaim"),
    [
        ("new", "5.9.2.11461", r"20 Days \d+:\d\d:\d\d", True),
        ("old", "5.7.1.4095", r"20\.\d+:\d\d:\d\d", False),
    ],
)
def test_old_and_new_firmware_differ_as_devices_did(firmware: str, release: str, uptime: str, reclaim: bool) -> None:
    with only_trio(trio_firmware=firmware) as simulator, Client(simulator, simulator.trio) as client:
        info = client.get(INFO).json["data"]
        assert info["FirmwareRelease"] == release
        assert re.fullmatch(uptime, info["UpTimeSinceLastReboot"])
        assert ("SReclaim" in client.get(STATS).json["data"]["Memory"]) is reclaim


def test_version_2_of_device_info_has_the_uptime_in_parts(client: Client) -> None:
    info = client.get("/api/v2/mgmt/device/info").json["data"]
    assert (info["ReadyToUse"], info["UpTime"]["Days"]) == ("True", "20")


def test_the_phone_is_idle(client: Client) -> None:
    assert client.get("/api/v1/mgmt/pollForStatus").json["data"]["State"] == "Idle"


def test_an_unknown_endpoint_is_404_in_html(client: Client) -> None:
    reply = client.get("/api/v1/mgmt/teleporter")
    assert (reply.status, reply.headers["Content-Type"]) == (404, "text/html")


def test_a_test_can_edit_the_data_and_set_a_status(phone: Simulator, client: Client) -> None:
    phone.trio.data["mgmt/device/stats"]["CPU"]["Average"] = "99.5"
    assert client.get(STATS).json["data"]["CPU"]["Average"] == "99.5"
    phone.trio.status["mgmt/device/stats"] = "4007"
    assert client.get(STATS).json == {"Status": "4007"}
    phone.trio.data["v2/webCallControl/callStatus"] = []
    assert client.get("/api/v2/webCallControl/callStatus").json == {"data": [], "Status": "2000"}


def test_basic_is_asked_for_as_the_phone_does(client: Client) -> None:
    reply = client.ask("GET", STATS, headers={})
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, 'Basic realm="API Authentication"')
    assert client.ask("GET", STATS, headers=basic(password="wrong")).status == 401


def _open(simulator: Simulator, password: str) -> int:
    """The status that urllib gets, which answers a Digest challenge by itself."""
    accounts = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    accounts.add_password(None, simulator.trio.url, "monitor", password)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPDigestAuthHandler(accounts)
    )
    try:
        with opener.open(simulator.trio.url + STATS, timeout=10) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:  # Of urllib itself, when the challenge comes again and again.
        return error.code


def test_digest_lets_the_right_password_in_and_no_other() -> None:
    with only_trio(trio_auth="digest") as simulator, Client(simulator, simulator.trio) as client:
        assert _open(simulator, "simulated") == 200
        assert _open(simulator, "wrong") == 401
        refused = client.ask("GET", STATS, headers=basic())
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith('Digest realm="phone", nonce="')


def test_digest_refuses_the_same_answer_twice_and_an_unknown_nonce() -> None:
    with only_trio(trio_auth="digest") as simulator, Client(simulator, simulator.trio) as client:
        _open(simulator, "simulated")
        used = simulator.trio.requests[-1].headers["Authorization"]
        assert client.ask("GET", STATS, headers={"Authorization": used}).status == 401
        nonce = re.sub('nonce="[^"]*"', 'nonce="0123"', used)
        assert client.ask("GET", STATS, headers={"Authorization": nonce}).status == 401


def test_a_second_request_in_parallel_is_403() -> None:
    with only_trio(latency=30) as simulator:
        phone = simulator.trio

        def ask_slowly() -> None:
            with Client(simulator, phone) as first, pytest.raises(ConnectionError):
                first.get(STATS)

        thread = threading.Thread(target=ask_slowly)
        thread.start()
        with Client(simulator, phone) as second:
            while not phone.requests:
                thread.join(0.01)
            assert second.get(STATS).status == 403
    thread.join(10)
    assert phone.in_flight_max == 2


def test_requests_one_after_the_other_are_never_refused(client: Client, phone: Simulator) -> None:
    assert {client.get(STATS).status for _ in range(50)} == {200}
    with Client(phone, phone.trio) as another:
        assert another.get(STATS).status == 200
    assert phone.trio.in_flight_max == 1
