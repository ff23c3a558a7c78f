"""Every fault on demand does what its name says, on every device that it concerns, and ends with the simulator."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
import warnings
from typing import Any

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.failure import ALL
from check_videoconf.simulator.faults import FAULTS

from .client import Client, rest_of
from .playing import NEEDS_TLS, QUESTIONS, ask, playing, replies, rows, send_question


def _seen(name: str, **options: Any) -> list[object]:
    """What a client sees that asks a device for two pages on one connection; without digits, so without times."""
    method, path, body = QUESTIONS[name]
    timeout = 0.3 if options else 10
    device = Simulator(systems=(name,), **options)
    seen: list[object] = []
    with device as simulator, Client(simulator, simulator.systems[name], timeout) as client:
        for target in (path, f"{path}&offset=5" if name == "pexip" else path):
            try:
                reply = client.ask(method, target, body)
            except (OSError, http.client.HTTPException) as error:
                seen.append(type(error))
            else:
                seen += [reply.status, re.sub(rb"\d", b"", reply.body)]
    return seen


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_shows(fault: str) -> None:
    name = FAULTS[fault].systems[0]
    assert _seen(name, fault=fault) != _seen(name)


def test_without_a_fault_nothing_shows() -> None:
    for name in ALL:
        assert _seen(name) == _seen(name)


STATUSES = {
    "http-401": 401,
    "http-403": 403,
    "http-404": 404,
    "http-429": 429,
    "http-429-once": 429,
    "http-500": 500,
    "http-502": 502,
    "http-503": 503,
    "http-503-once": 503,
    "http-507-json": 507,
    "redirect-login": 302,
    "redirect-elsewhere": 301,
}


@pytest.mark.parametrize(("fault", "status"), STATUSES.items())
def test_the_status_is_that_of_the_name(fault: str, status: int) -> None:
    assert {reply.status for reply in replies(fault)} == {status}


@pytest.mark.parametrize("fault", ["http-429-once", "http-503-once"])
def test_once_is_once(fault: str) -> None:
    with playing(fault, systems=("trio",)) as simulator, Client(simulator, simulator.trio) as client:
        first, second = (ask(client, simulator.trio) for _ in range(2))
    assert (first.headers["Retry-After"], second.status) == ("0", 200)


def test_too_many_requests_tell_when_to_come_back() -> None:
    assert {reply.headers["Retry-After"] for reply in replies("http-429")} == {"42"}


def test_an_internal_error_is_in_the_words_of_the_product() -> None:
    pexip, conductor, trio = replies("http-500")
    assert pexip.json["error_message"].startswith("Sorry, this request could not be processed.")
    assert conductor.json["error_code"] == "60"
    assert trio.json == {"Status": "5000"}
    (limit,) = replies("http-507-json")
    assert limit.json["error_code"] == "40"


def test_a_trio_whose_rest_api_is_off_answers_404_in_html() -> None:
    reply = replies("http-404")[ALL.index("trio")]
    assert b"<html>" in reply.body


def test_the_redirect_leads_to_the_login_page() -> None:
    pexip, *_ = replies("redirect-login")
    assert pexip.headers["Location"] == "/accounts/login/?next=/api/admin/status/v1/participant/"


def test_the_redirect_leads_to_a_trap_that_records_who_brings_credentials() -> None:
    with playing("redirect-elsewhere", systems=("pexip",)) as simulator:
        with Client(simulator, simulator.pexip) as client:
            location = ask(client, simulator.pexip).headers["Location"]
        assert location == f"{simulator.trap.url}/elsewhere/api/admin/status/v1/participant/"
        assert simulator.trap.port != simulator.pexip.port
        with Client(simulator, simulator.trap) as client:
            assert client.get("/elsewhere/").status == 200
        assert simulator.trap.requests[0].headers["Authorization"].startswith("Basic ")


DROPPED: dict[str, type[Exception]] = {
    "close-before-answer": http.client.RemoteDisconnected,
    "reset": ConnectionResetError,
    "truncated": http.client.IncompleteRead,
    "huge-header": http.client.LineTooLong,
    "many-headers": http.client.HTTPException,
}


@pytest.mark.parametrize(("fault", "error"), DROPPED.items())
def test_no_answer_can_be_read(fault: str, error: type[Exception]) -> None:
    with playing(fault) as simulator:
        for system in simulator.systems.values():
            with Client(simulator, system) as client, pytest.raises(error):
                ask(client, system)


SILENT = ("no-answer", "tls-hang", "slow-drip", "slow-headers")


@pytest.mark.parametrize("fault", SILENT)
def test_the_answer_does_not_come_in_time(fault: str) -> None:
    with playing(fault) as simulator:
        for system in simulator.systems.values():
            with pytest.raises(socket.timeout), Client(simulator, system, timeout=0.2) as client:
                ask(client, system)


@pytest.mark.parametrize("fault", SILENT)
def test_the_simulator_ends_while_the_client_still_waits(fault: str) -> None:
    with playing(fault) as simulator:
        connections = [send_question(system) for system in simulator.systems.values()]
        for system in simulator.systems.values():
            while not (system.connections if fault in NEEDS_TLS else system.requests):
                time.sleep(0.001)
    for connection in connections:
        with connection:
            assert len(rest_of(connection).partition(b"\r\n\r\n")[2]) < 10


@pytest.mark.parametrize(("fault", "start"), [("slow-drip", b"\r\n\r\n{"), ("slow-headers", b"H")])
def test_what_drips_is_the_body_or_the_header(fault: str, start: bytes) -> None:
    with playing(fault, systems=("trio",)) as simulator, send_question(simulator.trio) as connection:
        received = b""
        while start not in received:
            received += connection.recv(4096)
    assert received.endswith(start)


UNTRUSTED = {
    "certificate-expired": "certificate has expired",
    "certificate-wrong-name": "certificate is not valid for '127.0.0.1'",
    "certificate-unknown-issuer": "unable to get local issuer certificate",
    "tls-garbage": r"(?i)wrong.version.number|record",
    "tls-1.0-only": r"(?i)protocol.version|unsupported.protocol|legacy.sigalg",
}


@pytest.mark.parametrize(("fault", "words"), UNTRUSTED.items())
def test_the_handshake_fails_for_that_reason(fault: str, words: str) -> None:
    with playing(fault) as simulator:
        for system in simulator.systems.values():
            with Client(simulator, system) as client, pytest.raises(ssl.SSLError, match=words):
                ask(client, system)
            assert system.requests == []


def test_a_client_that_accepts_tls_1_0_gets_through() -> None:
    with playing("tls-1.0-only", systems=("trio",)) as simulator:
        context = ssl.create_default_context(cafile=simulator.ca_file)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        plain = socket.create_connection((simulator.trio.host, simulator.trio.port), timeout=10)
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            assert connection.version() == "TLSv1"


def test_the_wrong_name_of_a_trio_is_its_mac_address() -> None:
    with playing("certificate-wrong-name", systems=("trio",)) as simulator:
        context = ssl.create_default_context(cafile=simulator.ca_file)
        context.check_hostname = False
        plain = socket.create_connection((simulator.trio.host, simulator.trio.port), timeout=10)
        with context.wrap_socket(plain) as connection:
            certificate: Any = connection.getpeercert()
    assert certificate["subject"] == ((("commonName", "0004f2aabbcc"),),)


def test_a_dropped_keep_alive_is_not_announced() -> None:
    dropping = playing("keepalive-drop", systems=("pexip",))
    with dropping as simulator, Client(simulator, simulator.pexip) as client:
        reply = ask(client, simulator.pexip)
        with pytest.raises((ConnectionError, http.client.BadStatusLine)):
            ask(client, simulator.pexip)
    assert (reply.status, reply.headers["Connection"]) == (200, None)
    assert len(simulator.pexip.requests) == 1


@pytest.mark.parametrize("fault", [name for name, failure in FAULTS.items() if failure.systems != ALL])
def test_a_fault_leaves_the_devices_alone_that_it_does_not_concern(fault: str) -> None:
    spared = set(ALL) - set(FAULTS[fault].systems)
    with playing(fault) as simulator:
        for name in spared:
            with Client(simulator, simulator.systems[name]) as client:
                reply = ask(client, simulator.systems[name])
                assert reply.status == 200
                assert rows(reply)
