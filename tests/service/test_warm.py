"""What a worker keeps from check to check: connections and TLS sessions, and nothing that could change an answer."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from tests.pki import Authority
from tests.servers import EMPTY_LIST, HOST, Web, listening

from .serving import ROOT, Service
from .test_same_output import options

PASSWORD = {"CHECK_VIDEOCONF_PASSWORD": "simulated"}


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(directory=tmp_path / "simulator") as simulated:
        yield simulated


def requests_of(service: Service, *argv: str) -> int:
    return int(json.loads(service.ask(*argv, "--output", "json", **PASSWORD).stdout)["requests"])


def test_a_pexip_is_asked_over_one_connection_by_many_checks(service: Service, devices: Simulator) -> None:
    for mode in ("alarms", "node-load", "alarms", "conferences"):
        assert service.ask("pexip", mode, *options(devices, "pexip"), **PASSWORD).code in (0, 1, 2)
    assert devices.pexip.connections == 1


def test_what_is_asked_one_at_a_time_keeps_no_connection(service: Service, devices: Simulator) -> None:
    for count in (1, 2, 3):
        assert service.ask("trio", "device", *options(devices, "trio"), **PASSWORD).code in (0, 1)
        assert devices.trio.connections == count


def test_the_api_mode_measures_a_connection_of_its_own(service: Service, devices: Simulator) -> None:
    for count in (1, 2):
        answer = service.ask("pexip", "api", *options(devices, "pexip"), **PASSWORD)
        assert "api.certificate.expiry.seconds" in answer.perfdata
        assert devices.pexip.connections == count


def test_other_trust_is_another_connection(service: Service, devices: Simulator, tmp_path: Path) -> None:
    trusting = options(devices, "pexip")
    other = tmp_path / "other.pem"
    other.write_bytes(Path(devices.ca_file).read_bytes())
    service.ask("pexip", "alarms", *trusting, **PASSWORD)
    for more in (["--insecure"], ["--cacert", str(other)], ["--tls-min", "1.3"]):
        service.ask("pexip", "alarms", *trusting, *more, **PASSWORD)
    assert devices.pexip.connections == 4
    answer = service.ask("pexip", "alarms", "-H", HOST, "-p", str(devices.pexip.port), **PASSWORD)
    assert "is not trusted" in answer.first_line


def test_an_authority_that_is_taken_away_is_trusted_no_more(
    service: Service, devices: Simulator, tmp_path: Path
) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_bytes(Path(devices.ca_file).read_bytes())
    argv = ["pexip", "alarms", *options(devices, "pexip"), "--cacert", str(authority)]
    assert service.ask(*argv, **PASSWORD).code == 2
    authority.unlink()
    assert service.ask(*argv, **PASSWORD).first_line.startswith(f"UNKNOWN: --cacert {authority}: cannot be loaded")


def test_the_authority_may_come_from_the_callers_environment(service: Service, devices: Simulator) -> None:
    argv = ["pexip", "alarms", "-H", HOST, "-p", str(devices.pexip.port), "-u", "monitor"]
    assert service.ask(*argv, **PASSWORD, SSL_CERT_FILE=devices.ca_file).code == 2
    assert "is not trusted" in service.ask(*argv, **PASSWORD).first_line


def test_a_device_that_is_gone_is_gone_for_a_kept_connection_too(service: Service, tmp_path: Path) -> None:
    with Simulator(systems=("pexip",), directory=tmp_path) as first:
        argv = ["pexip", "alarms", *options(first, "pexip")]
        port = first.pexip.port
        assert requests_of(service, *argv) == 1
    refused = service.ask(*argv, **PASSWORD)
    assert refused.first_line == f"PEXIP ALARMS UNKNOWN - connection refused by {HOST}:{port}"


def answers_once(connection: socket.socket) -> None:
    """Answers a request with an empty list, and takes the next one."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(EMPTY_LIST)}\r\n\r\n"
    connection.recv(65536)
    connection.sendall(head.encode() + EMPTY_LIST)
    connection.recv(65536)


def test_a_kept_connection_that_breaks_costs_nothing_that_is_seen(service: Service) -> None:
    connections = []

    def play(connection: socket.socket) -> None:
        connections.append(connection)
        answers_once(connection)  # then comes the next request, and the end

    with listening(play) as port:
        argv = ["pexip", "alarms", "-H", HOST, "-p", str(port), "--proto", "http", "-vv"]
        texts = [service.ask(*argv, "--perfdata", "none", **PASSWORD).stdout for _ in range(3)]
    assert [text.count("GET ") for text in texts] == [1, 1, 1]
    assert len(connections) == 3


def test_a_kept_connection_that_says_something_odd_costs_nothing_that_is_seen(service: Service) -> None:
    connections = []

    def play(connection: socket.socket) -> None:
        connections.append(connection)
        answers_once(connection)
        connection.sendall(b"what was that?\r\n\r\n")

    with listening(play) as port:
        argv = ["pexip", "alarms", "-H", HOST, "-p", str(port), "--proto", "http", "-vv"]
        texts = [service.ask(*argv, "--perfdata", "none", **PASSWORD).stdout for _ in range(2)]
    assert [text.count("HTTP 200") for text in texts] == [1, 1]
    assert len(connections) == 2


def test_a_device_that_does_not_take_up_a_tls_session_is_asked_without(service: Service, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    tls = authority.server()
    hellos = []

    def refuse_every_second(*hello: object) -> int | None:
        hellos.append(hello)
        return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR if len(hellos) % 2 == 0 else None

    tls.sni_callback = refuse_every_second
    with Web(lambda _: (200, {"Connection": "close"}, EMPTY_LIST), tls) as web:
        argv = ["pexip", "alarms", "-H", HOST, "-p", str(web.port), "--cacert", str(authority.path)]
        answers = [service.ask(*argv, **PASSWORD) for _ in range(2)]
    assert [answer.summary for answer in answers] == ["no alarm"] * 2
    assert len(hellos) == 3


_LATE = """
import os, sys, time
from check_videoconf import catalog
from check_videoconf.cli import Start, guarded
from check_videoconf.service import serve, worker
from check_videoconf.service.host import Host
from check_videoconf.service.target import preload
preload()
before = set(sys.modules)
host = Host(lambda deadline: None)
refused = ["-H", "127.0.0.1", "-p", "1"]
for system, entry in catalog.SYSTEMS.items():
    for mode in entry.modes:
        if "snmp" in mode:
            continue  # its libraries are an extra, and large
        for rest in (
            refused, ["-H", "nowhere.invalid", "-t", "5"], ["--help"], ["--list-counters"], ["--wrong"],
            [*refused, "--output", "json", "--password-file", sys.argv[1]],
            [*refused, "--output", "openmetrics", "--password-command", "cat " + sys.argv[1]],
        ):
            guarded([system, mode, *rest], Start(time.monotonic(), host=host))
print(*sorted(set(sys.modules) - before))
"""


def test_a_worker_is_born_with_all_that_checks_import(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x\n")
    done = subprocess.run(
        [sys.executable, "-c", _LATE, str(tmp_path / "secret")],
        cwd=ROOT,
        env={"CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin", **PASSWORD},
        capture_output=True, encoding="utf-8", timeout=55, check=False,
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("", "")
