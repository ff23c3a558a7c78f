"""Every fault on demand does what its name says, on every device that it concerns, and ends with the simulator."""

from __future__ import annotations

import gzip
import http.client
import json
import math
import socket
import ssl
import threading
import warnings
import xmlrpc.client
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.failure import ALL
from check_videoconf.simulator.faults import FAULTS
from check_videoconf.simulator.server import System

from .client import Client, Reply, basic

_MIB = 1024 * 1024
PARTICIPANT = "status/v1/participant/"
CALL = xmlrpc.client.dumps(
    ({"authenticationUser": "monitor", "authenticationPassword": "simulated"},), "participant.enumerate"
)
QUESTIONS: dict[str, tuple[str, str, str | None]] = {
    "pexip": ("GET", "/api/admin/status/v1/participant/?limit=5", None),
    "conductor": ("POST", "/RPC2", CALL),
    "trio": ("GET", "/api/v1/mgmt/device/stats", None),
}
NEEDS_TLS = [name for name, failure in FAULTS.items() if failure.needs_tls]


def ask(client: Client, system: System) -> Reply:
    return client.ask(*QUESTIONS[system.name], headers=basic())


@contextmanager
def playing(fault: str, **options: Any) -> Iterator[Simulator]:
    """A simulator with the fault, whose end may not take longer than a second."""
    simulator = Simulator(fault=fault, tls=fault in NEEDS_TLS, **options)
    simulator.__enter__()
    try:
        yield simulator
    finally:
        end = threading.Thread(target=simulator.__exit__, args=(None, None, None))
        end.start()
        end.join(1)
        assert not end.is_alive()


def replies(fault: str, **options: Any) -> list[Reply]:
    """What each device that the fault concerns answers."""
    with playing(fault, **options) as simulator:
        found = []
        for name in FAULTS[fault].systems:
            system = simulator.systems[name]
            with Client(simulator, system) as client:
                found.append(ask(client, system))
        return found


def rows(reply: Reply) -> list[Any]:
    """The rows of any answer, an object without rows being one."""
    if "xml" in reply.headers["Content-Type"]:
        (value,), _ = xmlrpc.client.loads(reply.body)
        found: list[Any] = value["participants"]
        return found
    document = reply.json
    return document["objects"] if "objects" in document else [document["data"]]


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def test_every_fault_has_a_test_below() -> None:
    tested = {*STATUSES, *DROPPED, *SILENT, *UNTRUSTED, *BODIES, *ELSEWHERE_TESTED}
    assert tested == set(FAULTS)


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
            with pytest.raises(TimeoutError), Client(simulator, system, timeout=0.2) as client:
                ask(client, system)


def _asked(system: System) -> socket.socket:
    """A plain connection on which the question has been sent."""
    method, path, body = QUESTIONS[system.name]
    body = body or ""
    lines = [f"{method} {path} HTTP/1.1", f"Authorization: {basic()['Authorization']}"]
    lines += [f"Content-Length: {len(body)}", "", body]
    connection = socket.create_connection((system.host, system.port), timeout=10)
    connection.sendall("\r\n".join(lines).encode())
    return connection


@pytest.mark.parametrize("fault", SILENT)
def test_the_simulator_ends_while_the_client_still_waits(fault: str) -> None:
    with playing(fault) as simulator:
        connections = [_asked(system) for system in simulator.systems.values()]
    for connection in connections:
        with connection:
            received = b"".join(iter(lambda connection=connection: connection.recv(4096), b""))
        assert len(received.partition(b"\r\n\r\n")[2]) < 10


@pytest.mark.parametrize(("fault", "start"), [("slow-drip", b"\r\n\r\n{"), ("slow-headers", b"H")])
def test_what_drips_is_the_body_or_the_header(fault: str, start: bytes) -> None:
    with playing(fault, systems=("trio",)) as simulator, _asked(simulator.trio) as connection:
        received = b""
        while start not in received:
            received += connection.recv(4096)
    assert received.endswith(start)


UNTRUSTED = {
    "certificate-expired": "certificate has expired",
    "certificate-wrong-name": "certificate is not valid for '127.0.0.1'",
    "certificate-unknown-issuer": "unable to get local issuer certificate",
    "tls-garbage": r"(?i)wrong.version.number|record",
    "tls-1.0-only": r"(?i)protocol.version|unsupported.protocol",
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


def _is_broken_json_or_xml(reply: Reply) -> bool:
    try:
        xmlrpc.client.loads(reply.body) if "xml" in reply.headers["Content-Type"] else reply.json
    except (ValueError, expat.ExpatError, xmlrpc.client.ResponseError):
        return True
    return False


def _has_null_rows(reply: Reply) -> bool:
    return all(row and set(row.values()) == {None} for row in rows(reply))


def _has_hostile_names(reply: Reply) -> bool:
    names = [leaf for leaf in leaves(rows(reply)) if isinstance(leaf, str) and " | '1'=" in leaf]
    if "conductor" not in reply.headers["Content-Type"] and "xml" in reply.headers["Content-Type"]:
        return all("\n" in name and "\u202e" in name and "::" in name for name in names) and bool(names)
    return all("\x1b[31m" in name and "\r\n" in name for name in names)


def _has_text_numbers(reply: Reply) -> bool:
    values = leaves(rows(reply))
    if "xml" in reply.headers["Content-Type"] or "objects" in reply.json:
        return not any(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return all(isinstance(value, (int, float)) for value in values)


def _is_cut(reply: Reply) -> bool:
    return int(reply.headers["Content-Length"]) == len(reply.body) and _is_broken_json_or_xml(reply)


def _is_not_finite(reply: Reply) -> bool:
    texts = {"NaN", "Infinity", "-Infinity", "1e999"}
    return any(
        leaf in texts if isinstance(leaf, str) else isinstance(leaf, float) and not math.isfinite(leaf)
        for leaf in leaves(rows(reply))
    )


def _is_deep(reply: Reply) -> bool:
    return reply.body.count(b"[") == 100_000 or reply.body.count(b"<array>") == 100_000


def _is_damaged_gzip(reply: Reply) -> bool:
    try:
        gzip.decompress(reply.body)
    except (zlib.error, OSError, EOFError):
        return reply.headers["Content-Encoding"] == "gzip"
    return False


def _holds_wrong_types(reply: Reply) -> bool:
    row = rows(reply)[0]
    return all(isinstance(value, (list, dict)) or value in ("many", None) for value in row.values())


def _is_of_other_shape(reply: Reply) -> bool:
    if "xml" in reply.headers["Content-Type"]:
        return isinstance(xmlrpc.client.loads(reply.body)[0][0], list)
    return isinstance(reply.json, list)


BODIES: dict[str, Callable[[Reply], bool]] = {
    "login-page-200": lambda reply: b"<title>Login</title>" in reply.body,
    "empty-body": lambda reply: reply.body == b"" and reply.headers["Content-Length"] == "0",
    "not-json": _is_broken_json_or_xml,
    "truncated-body": _is_cut,
    "wrong-shape": _is_of_other_shape,
    "rows-not-objects": lambda reply: not any(isinstance(row, dict) for row in rows(reply)),
    "null-fields": _has_null_rows,
    "missing-fields": lambda reply: {len(row) for row in rows(reply)} == {0},
    "text-numbers": _has_text_numbers,
    "wrong-types": _holds_wrong_types,
    "nan-json": _is_not_finite,
    "hostile-text": _has_hostile_names,
    "invalid-utf8": lambda reply: b"\xff\xfe" in reply.body and _is_broken_json_or_xml(reply),
    "deep-json": _is_deep,
    "huge-body": lambda reply: len(reply.body) > 64 * _MIB,
    "bad-gzip": _is_damaged_gzip,
    "xml-dtd": lambda reply: b"<!DOCTYPE methodResponse SYSTEM" in reply.body,
    "xml-entities": lambda reply: b'<!ENTITY a9 "&a8;' in reply.body and b">&a9;<" in reply.body,
    "xml-capitalised-tags": lambda reply: b"<String>" in reply.body and b"<string>" not in reply.body,
}


@pytest.mark.parametrize(("fault", "shows"), BODIES.items())
def test_the_body_shows_the_fault_with_status_200(fault: str, shows: Callable[[Reply], bool]) -> None:
    for reply in replies(fault):
        assert reply.status == 200
        assert shows(reply)


def test_hostile_names_are_long_too_and_stay_the_same_wherever_they_stand() -> None:
    with playing("hostile-text", participants=30, systems=("pexip",)) as simulator:
        with Client(simulator, simulator.pexip) as client:
            conferences = {row["name"] for row in client.get("status/v1/conference/").objects}
            participants = client.get(PARTICIPANT, limit=0).objects
    assert {row["conference"] for row in participants} <= conferences
    assert max(len(row["display_name"].encode()) for row in participants) > 8_000
    assert min(len(row["display_name"]) for row in participants) < 200


def test_json_that_is_not_finite_holds_the_literals() -> None:
    pexip, *_ = replies("nan-json")
    assert b": 1e999" in pexip.body
    assert b": NaN" in pexip.body


def test_the_bomb_inflates_to_a_gibibyte() -> None:
    with playing("gzip-bomb", systems=("trio",)) as simulator, Client(simulator, simulator.trio) as client:
        reply = ask(client, simulator.trio)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert len(inflate.decompress(reply.body, 65 * _MIB)) == 65 * _MIB
    assert int.from_bytes(reply.body[-4:], "little") == 1024 * _MIB
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.body) < 2 * _MIB


def test_a_dropped_keep_alive_is_not_announced() -> None:
    with playing("keepalive-drop", systems=("pexip",)) as simulator:  # noqa: SIM117
        with Client(simulator, simulator.pexip) as client:
            reply = ask(client, simulator.pexip)
            with pytest.raises((ConnectionError, http.client.BadStatusLine)):
                ask(client, simulator.pexip)
    assert (reply.status, reply.headers["Connection"]) == (200, None)
    assert len(simulator.pexip.requests) == 1


def _pages(fault: str, count: int) -> list[Any]:
    """So many pages of 20 of 45 participants, by `next`."""
    with playing(fault, systems=("pexip",), participants=45) as simulator:
        with Client(simulator, simulator.pexip) as client:
            pages = [client.get(PARTICIPANT).json]
            while len(pages) < count and pages[-1]["meta"]["next"]:
                pages.append(client.ask("GET", pages[-1]["meta"]["next"]).json)
    return pages


def _ids(page: Any) -> list[str]:
    return [row["id"] for row in page["objects"]]


def test_overlapping_pages_repeat_ten_rows_and_lose_none() -> None:
    first, second, third = _pages("pages-overlap", 4)
    assert _ids(second)[:10] == _ids(first)[-10:]
    assert _ids(third)[:10] == _ids(second)[-10:]
    assert len({*_ids(first), *_ids(second), *_ids(third)}) == 45


def test_the_same_page_is_repeated_for_ever() -> None:
    pages = _pages("pages-repeat", 5)
    assert len(pages) == 5
    assert {tuple(_ids(page)) for page in pages} == {tuple(_ids(pages[0]))}


def test_pages_never_end_and_each_has_new_rows() -> None:
    pages = _pages("pages-never-end", 8)
    ids = [one for page in pages for one in _ids(page)]
    assert len(ids) == len(set(ids)) == 160
    assert all(page["meta"]["total_count"] > page["meta"]["offset"] + 20 for page in pages)


def test_pages_after_the_first_are_empty_though_more_are_promised() -> None:
    pages = _pages("page-empty", 3)
    assert [len(page["objects"]) for page in pages] == [20, 0, 0]
    assert all(page["meta"]["next"] and page["meta"]["total_count"] > 60 for page in pages)


ELSEWHERE_TESTED = (
    "gzip-bomb",
    "keepalive-drop",
    "pages-overlap",
    "pages-repeat",
    "pages-never-end",
    "page-empty",
)


@pytest.mark.parametrize("fault", [name for name, failure in FAULTS.items() if failure.systems != ALL])
def test_a_fault_leaves_the_devices_alone_that_it_does_not_concern(fault: str) -> None:
    spared = set(ALL) - set(FAULTS[fault].systems)
    with playing(fault) as simulator:
        for name in spared:
            with Client(simulator, simulator.systems[name]) as client:
                reply = ask(client, simulator.systems[name])
                assert reply.status == 200
                assert rows(reply)


def test_wrong_credentials_stay_401_and_prepared_answers_untouched_by_a_broken_body() -> None:
    with playing("empty-body", systems=("pexip",)) as simulator, Client(simulator, simulator.pexip) as client:
        assert client.ask("GET", f"/api/admin/{PARTICIPANT}", headers={}).status == 401
        assert json.loads(client.get("status/v1/alarm/?limit=x").body)["error"]
