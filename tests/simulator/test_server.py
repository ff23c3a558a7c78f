"""What the simulated devices share: addresses, TLS, the record of requests, prepared answers, a quick end."""

from __future__ import annotations

import builtins
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from check_videoconf.simulator import Canned, Simulator, SimulatorError

from .client import API, Client, rest_of

ALARM = "status/v1/alarm/"


@pytest.fixture
def devices() -> Iterator[Simulator]:
    with Simulator(tls=False) as simulator:
        yield simulator


def test_all_devices_answer_over_https_with_a_certificate_of_the_ca_file() -> None:
    with Simulator() as simulator:
        assert simulator.pexip.url == f"https://127.0.0.1:{simulator.pexip.port}"
        with Client(simulator, simulator.pexip) as client:
            assert client.get(ALARM).status == 200
        with Client(simulator, simulator.conductor) as client:
            assert client.call("device.query")["softwareVersion"] == "XC4.3.1"
        with Client(simulator, simulator.trio) as client:
            assert client.get("/api/v1/mgmt/device/info").status == 200


def test_the_certificate_of_a_trio_is_for_its_mac_address_and_those_of_loopback() -> None:
    with Simulator(systems=("trio",)) as simulator:
        context = ssl.create_default_context(cafile=simulator.ca_file)
        plain = socket.create_connection(("127.0.0.1", simulator.trio.port), timeout=10)
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            certificate: Any = secured.getpeercert()
    assert certificate["subject"] == ((("commonName", "0004f2aabbcc"),),)
    assert ("IP Address", "127.0.0.1") in certificate["subjectAltName"]


def test_the_certificates_go_into_the_directory_asked_for_and_stay(tmp_path: Path) -> None:
    with Simulator(systems=("trio",), directory=tmp_path / "new") as simulator:
        assert simulator.ca_file == str(tmp_path / "new" / "ca.pem")
    assert (tmp_path / "new" / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_a_directory_of_its_own_is_removed_at_the_end() -> None:
    with Simulator(systems=("trio",)) as simulator:
        directory = Path(simulator.ca_file).parent
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not directory.exists()


def test_every_request_is_recorded_as_it_was(devices: Simulator) -> None:
    with Client(devices, devices.pexip) as client:
        client.get(ALARM, limit=5, name__contains="a b")
        client.ask("POST", "/api/admin/command/v1/caf%C3%A9/", "{}")
    first, second = devices.pexip.requests
    assert (first.method, first.path) == ("GET", f"/api/admin/{ALARM}")
    assert first.query == {"limit": "5", "name__contains": "a b"}
    assert first.headers["AUTHORIZATION"].startswith("Basic ")
    assert first.headers.get("accept-encoding") == "identity"
    assert (second.method, second.path, second.body) == ("POST", "/api/admin/command/v1/café/", b"{}")


def test_connections_are_counted_and_kept_alive(devices: Simulator) -> None:
    for _ in range(2):
        with Client(devices, devices.pexip) as client:
            assert [client.get(ALARM).status for _ in range(3)] == [200] * 3
    assert (devices.pexip.connections, len(devices.pexip.requests)) == (2, 6)
    assert devices.pexip.in_flight_max == 1


def test_requests_in_flight_are_counted() -> None:
    with Simulator(systems=("pexip",), tls=False, latency=1) as simulator:

        def ask() -> None:
            with Client(simulator, simulator.pexip) as client:
                client.get(ALARM)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert simulator.pexip.in_flight_max > 1


def test_a_prepared_answer_goes_before_everything(devices: Simulator) -> None:
    devices.pexip.respond[ALARM] = Canned(418, {"X-Pot": "tea"}, b"short and stout")
    with Client(devices, devices.pexip) as client:
        reply = client.ask("GET", API + ALARM, headers={})
        assert (reply.status, reply.headers["X-Pot"], reply.body) == (418, "tea", b"short and stout")
        assert client.get("status/v1/conference/").status == 200


def test_prepared_answers_in_a_list_are_used_up(devices: Simulator) -> None:
    devices.trio.respond["mgmt/device/stats"] = [Canned(403), Canned(body=b'{"Status": "4001"}')]
    with Client(devices, devices.trio) as client:
        replies = [client.get("/api/v1/mgmt/device/stats") for _ in range(3)]
    assert [reply.status for reply in replies] == [403, 200, 200]
    assert [reply.json["Status"] for reply in replies[1:]] == ["4001", "2000"]


@pytest.mark.parametrize("key", ["factory.health.query", "RPC2", "/RPC2"])
def test_an_xml_rpc_answer_can_be_prepared_by_method_or_path(devices: Simulator, key: str) -> None:
    devices.conductor.respond[key] = Canned(507)
    with Client(devices, devices.conductor) as client, pytest.raises(AssertionError):
        client.call("factory.health.query")


def test_a_length_announced_by_a_prepared_answer_stays_as_it_is(devices: Simulator) -> None:
    devices.pexip.respond[ALARM] = Canned(headers={"content-length": "3"}, body=b"abc")
    with Client(devices, devices.pexip) as client:
        assert client.get(ALARM).headers.get_all("Content-Length") == ["3"]


def test_http_1_0_and_connection_close_end_the_connection(devices: Simulator) -> None:
    for request in (b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", devices.pexip.port), timeout=10) as connection:
            connection.sendall(request)
            answer = rest_of(connection)
        assert b"\r\nConnection: close\r\n" in answer


def test_head_gets_no_body(devices: Simulator) -> None:
    with Client(devices, devices.trio) as client:
        reply = client.ask("HEAD", "/nowhere")
    assert (reply.status, reply.body) == (404, b"")
    assert int(reply.headers["Content-Length"]) > 0


def test_clients_that_leave_or_talk_nonsense_are_met_with_silence(capfd: pytest.CaptureFixture[str]) -> None:
    with Simulator(participants=500) as simulator:
        for system in simulator.systems.values():
            for words in (b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
                with socket.create_connection(("127.0.0.1", system.port), timeout=10) as connection:
                    connection.sendall(words)
        with Client(simulator, simulator.pexip) as client:
            assert client.get("status/v1/participant/", limit=0).status == 200
    assert capfd.readouterr() == ("", "")


def test_the_end_waits_for_no_client() -> None:
    before = set(threading.enumerate())
    with Simulator(latency=30) as simulator:
        clients = [Client(simulator, system) for system in simulator.systems.values()]
        threads = [threading.Thread(target=_ask_in_vain, args=(client,), daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        for system in simulator.systems.values():
            while not system.requests:
                threads[0].join(0.01)
    for thread in threads:
        thread.join(10)
    assert set(threading.enumerate()) <= before


def _ask_in_vain(client: Client) -> None:
    with client, pytest.raises(OSError, match=r"."):
        client.get("/")


def test_the_port_can_be_chosen_and_is_free_again_afterwards() -> None:
    with Simulator(systems=("trio",), tls=False) as simulator:
        port = simulator.trio.port
    for _ in range(2):
        with Simulator(systems=("trio",), tls=False, ports={"trio": port}) as simulator:
            assert simulator.trio.port == port


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"systems": ("pexip", "fax")}, "no such system: fax; there is pexip, conductor, trio"),
        ({"pexip_version": 17}, "no such Pexip version: 17; there is 16, 24, 36"),
        ({"conductor": "toaster"}, "no such Conductor: toaster; there is vm, appliance"),
        ({"trio_firmware": "6"}, "no such Trio firmware: 6; there is old, new"),
        ({"trio_auth": "oauth2"}, "no such Trio authentication: oauth2; there is basic, digest"),
        ({"fault": "gremlins"}, "no such fault: gremlins; --list-faults names them all"),
        ({"fault": "tls-hang", "tls": False}, "the fault tls-hang needs TLS"),
        ({"fault": "xml-dtd", "systems": ("trio",)}, "the fault xml-dtd is one of conductor, not simulated here"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_the_reason(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SimulatorError) as caught:
        Simulator(**options)
    assert str(caught.value) == words


def test_a_device_that_is_not_simulated_cannot_be_asked_for() -> None:
    with pytest.raises(SimulatorError, match="trio is not simulated here"):
        _ = Simulator(systems=("pexip",)).trio
    with pytest.raises(SimulatorError, match="there is no CA file"):
        _ = Simulator(tls=False).ca_file


def test_without_cryptography_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_cryptography(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "cryptography":
            raise ModuleNotFoundError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_cryptography)
    monkeypatch.delitem(sys.modules, "check_videoconf.simulator.certificates", raising=False)
    with pytest.raises(SimulatorError, match=r"pip install cryptography$"), Simulator():
        pass
    with Simulator(tls=False) as simulator, Client(simulator, simulator.pexip) as client:
        assert client.get(ALARM).status == 200


def test_importing_it_imports_neither_the_plugin_nor_its_libraries() -> None:
    code = (
        "import sys, check_videoconf.simulator; "
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ('requests', 'nagiosplugin', 'cryptography') "
        "or n.startswith('check_videoconf.') and not n.startswith('check_videoconf.simulator')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
