"""The way to the device: names, addresses, proxies; and what is told of it when it does not work."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.deadline import Deadline
from check_videoconf.errors import ConnectionRefused, DeadlineReached, NoRoute
from check_videoconf.simulator import Simulator
from check_videoconf.transport import connect

from .conftest import Answer, Run
from .pki import Authority
from .servers import EMPTY_LIST, HOST, Proxy, Web, black_hole, free_port, hangs, listening, says

SECRET = "Zx9-proxy-geheim"
ARGV = ["-u", "monitor", "--password", "simulated"]


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(lambda _: (200, {}, EMPTY_LIST)) as running:
        yield running


def plain(check: Run, port: int, *argv: str, host: str = HOST, **env: str) -> Answer:
    return check("pexip", "alarms", "-H", host, "-p", str(port), "--proto", "http", *ARGV, *argv, **env)


def secure(check: Run, devices: Simulator, *argv: str, **env: str) -> Answer:
    argv = ("-p", str(devices.pexip.port), "--cacert", devices.ca_file, *ARGV, *argv)
    return check("pexip", "conferences", "-H", HOST, *argv, **env)


# -- names and addresses


@pytest.mark.parametrize("name", ["does-not-exist.invalid", "a..b", "x" * 64, "1:2"])
def test_a_name_without_an_address_is_said_to_have_none(check: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_address(*_: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    answer = plain(check, 80, host=name)
    assert answer.first_line.startswith(f"PEXIP ALARMS UNKNOWN - cannot resolve {name}: ")
    assert answer.long_output == ["what to do: check --hostname and the poller's DNS"]
    assert answer.code == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * 64, "not a valid name"),
        ("a..b", "not a valid name"),
        ("ä" * 70, "not a valid name or address"),
        ("%zz", "not a valid name or address"),
    ],
)
def test_what_cannot_be_a_name_is_not_looked_up(check: Run, name: str, reason: str) -> None:
    answer = plain(check, 80, host=name)
    assert answer.first_line == f"PEXIP ALARMS UNKNOWN - cannot resolve {name}: {reason}"
    assert answer.code == 3


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ECONNREFUSED, "connection refused by 127.0.0.1:80"),
        (errno.ENETUNREACH, "cannot reach 127.0.0.1:80: network is unreachable"),
        (errno.ENOBUFS, "the connection to 127.0.0.1:80 broke while connecting: No buffer space available"),
    ],
)
def test_why_a_connection_cannot_be_made_is_said(
    check: Run, monkeypatch: pytest.MonkeyPatch, number: int, line: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "connect", fail)
    assert plain(check, 80).summary == line


def test_a_name_beyond_ascii_is_resolved_as_browsers_do(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def no_address(host: str, *_: object) -> list[object]:
        asked.append(host)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    assert plain(check, 80, host="bücher.example.com").code == 3
    assert asked == ["xn--bcher-kva.example.com"]


def test_nobody_listening_is_a_refused_connection(check: Run) -> None:
    with free_port() as port:
        answer = plain(check, port, "--unreachable-state", "warning")
    assert answer.first_line == f"PEXIP ALARMS WARNING - connection refused by {HOST}:{port}"
    assert answer.code == 1


def test_a_network_without_a_route_is_said_to_be_that(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert plain(check, 80).summary == f"cannot reach {HOST}:80: network is unreachable"


def test_a_poller_that_may_not_connect_is_told_where_to_look(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    assert plain(check, 80).summary == (
        f"cannot reach {HOST}:80: permission denied (SELinux, or a firewall on the poller)"
    )


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_is_understood_with_and_without_brackets(check: Run, host: str) -> None:
    answer = plain(check, 9, host=host)
    assert answer.summary.startswith(("connection refused by [::1]:9", "cannot reach [::1]:9: "))


def addresses(*found: tuple[str, int]) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in found]


def test_the_second_address_is_tried_when_the_first_does_not_answer(
    check: Run, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    with free_port() as closed:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses((HOST, closed), (HOST, web.port)))
        assert plain(check, web.port, host="manager.example.com").code == 0


def test_a_silent_first_address_leaves_time_for_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    with black_hole() as silent, listening(hangs) as port:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses((HOST, silent), (HOST, port)))
        connect("manager.example.com", 443, Deadline(2)).close()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses((HOST, silent)))
        with pytest.raises(DeadlineReached):
            connect("manager.example.com", 443, Deadline(0.2))


def test_of_several_failures_the_one_that_tells_most_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    no_ipv6 = (99, socket.SOCK_STREAM, 6, "", ("::1", 1, 0, 0))  # a family that the system does not have
    with free_port() as closed:
        for order in ([no_ipv6, *addresses((HOST, closed))], [*addresses((HOST, closed)), no_ipv6]):
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, order=order: order)
            with pytest.raises(ConnectionRefused):
                connect("manager.example.com", 443, Deadline(2))
    with black_hole() as silent:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses((HOST, silent), (HOST, silent)))
        with pytest.raises(NoRoute, match="no answer"):
            connect("manager.example.com", 443, Deadline(0.3))


# -- what is not HTTP


EARLY = "the connection to {} broke while reading the answer of {} to {}: it ended early"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "the connection to {} broke while waiting for the answer of {} to {}: it ended without an answer"),
        (b"220 smtp.example.com ESMTP\r\n", "{} does not speak proper HTTP: the answer begins with '220 smtp."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", EARLY),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", EARLY),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", EARLY),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", EARLY),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}", EARLY),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}", EARLY),
        (b"HTTP/2 200 OK\r\n\r\n", "{} does not speak proper HTTP: "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n{}", "{} does not speak proper HTTP: "),
        (b"HTTP/1.1 abc OK\r\n\r\n", "{} does not speak proper HTTP: the answer begins with 'HTTP/1.1 abc OK'"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
         "{} does not speak proper HTTP: its compressed body cannot be read"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\n{}",
         "{} does not speak proper HTTP: a body compressed as gzip, gzip"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
         "{} does not speak proper HTTP: a body compressed as br"),
    ],
)  # fmt: skip
def test_what_breaks_the_rules_is_told_in_words(run: Run, data: bytes, line: str) -> None:
    with listening(says(data)) as port:
        answer = plain(run, port, "--retries", "0")
    address = f"{HOST}:{port}"
    assert answer.summary.startswith(line.format(address, address, "/api/admin/status/v1/alarm/"))
    assert answer.code == 3


def test_a_hundred_digits_are_no_length(run: Run) -> None:
    body = EMPTY_LIST
    with listening(
        says(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + b"9" * 100 + b"\r\n\r\n" + body)
    ) as port:
        answer = plain(run, port)
    assert answer.code == 3
    assert "internal error" not in answer.stdout


# -- the environment and the proxy


def test_the_environment_and_netrc_change_nothing(run: Run, web: Web, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login thief password stolen\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:1")
    answer = plain(run, web.port, HOME=str(tmp_path), NETRC=str(tmp_path / ".netrc"), **nowhere)
    assert (answer.code, answer.stderr) == (0, "")
    assert web.requests[0].headers["Authorization"] == "Basic bW9uaXRvcjpzaW11bGF0ZWQ="


def test_https_goes_through_a_tunnel_of_the_proxy(check: Run, simulator: Simulator) -> None:
    with Proxy() as proxy:
        before = simulator.pexip.connections
        answer = secure(check, simulator, "--proxy", f"http://{HOST}:{proxy.port}")
        assert answer.code == 0
        assert proxy.asked == [f"CONNECT {HOST}:{simulator.pexip.port} HTTP/1.1"] or proxy.asked == [
            f"CONNECT {HOST}:{simulator.pexip.port} HTTP/1.0"
        ]
        assert simulator.pexip.connections == before + 1
        assert secure(check, simulator, "--proxyurl", f"{HOST}:{proxy.port}").code == 0
        assert len(proxy.asked) == 2


def test_http_is_asked_of_the_proxy_in_absolute_form(check: Run, web: Web) -> None:
    with Proxy() as proxy:
        assert plain(check, web.port, "--proxy", f"http://{HOST}:{proxy.port}").code == 0
    (line,) = proxy.asked
    assert line.startswith(f"GET http://{HOST}:{web.port}/api/admin/status/v1/alarm/?")
    assert len(web.requests) == 1


def test_env_means_the_proxy_of_the_environment(check: Run, simulator: Simulator, web: Web) -> None:
    with Proxy() as proxy:
        url = f"http://{HOST}:{proxy.port}"
        assert secure(check, simulator, "--proxy", "env", https_proxy=url).code == 0
        assert len(proxy.asked) == 1
        assert plain(check, web.port, "--proxy", "env", http_proxy=url).code == 0
        assert len(proxy.asked) == 2
        assert plain(check, web.port, "--proxy", "env", http_proxy=url, no_proxy=HOST).code == 0
        assert plain(check, web.port, "--proxy", "env", https_proxy=url).code == 0
        assert plain(check, web.port, "--proxy", "env").code == 0
    assert len(proxy.asked) == 2
    assert len(web.requests) == 4


@pytest.mark.parametrize("password", [SECRET, "p%40ss%2Fw%C3%B6rd%3A", "Zx9-ü"])
def test_the_proxys_account_goes_to_the_proxy_alone(run: Run, web: Web, simulator: Simulator, password: str) -> None:
    plain_password = {"p%40ss%2Fw%C3%B6rd%3A": "p@ss/wörd:"}.get(password, password)
    with Proxy(account=f"me:{plain_password}") as proxy:
        url = f"http://me:{password}@{HOST}:{proxy.port}"
        answers = [plain(run, web.port, "--proxy", url, "-vvv"), secure(run, simulator, "--proxy", url, "-vvv")]
    for answer in answers:
        assert answer.code == 0
        assert plain_password not in answer.stdout
        assert password not in answer.stdout
    assert proxy.accounts == [f"me:{plain_password}"] * 2
    assert all("proxy-authorization" not in name.lower() for name in web.requests[0].headers)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, "Tunnel connection failed: 403 Forbidden"), (502, "Tunnel connection failed: 502 Bad Gateway")],
)
def test_a_proxy_that_refuses_is_named_without_its_account(
    run: Run, simulator: Simulator, status: int, reason: str
) -> None:
    with Proxy(status=status) as proxy:
        answer = secure(run, simulator, "--proxy", f"http://me:{SECRET}@{HOST}:{proxy.port}", "-vvv",
                        "--unreachable-state", "critical")  # fmt: skip
    assert answer.first_line == (
        f"PEXIP CONFERENCES CRITICAL - the proxy {HOST}:{proxy.port} does not let the request through: {reason}"
    )
    assert SECRET not in answer.stdout


def test_a_proxy_that_wants_an_account_says_so_on_both_ways(run: Run, simulator: Simulator, web: Web) -> None:
    with Proxy(account="me:secret") as proxy:
        wrong = ["--proxy", f"http://me:{SECRET}@{HOST}:{proxy.port}"]
        tunnelled = secure(run, simulator, *wrong)
        forwarded = plain(run, web.port, *wrong)
    head = f"the proxy {HOST}:{proxy.port} does not let the request through: "
    assert tunnelled.summary == f"{head}Tunnel connection failed: 407 Proxy Authentication Required"
    assert forwarded.summary == f"{head}HTTP 407, it wants an account"
    assert SECRET not in tunnelled.stdout + forwarded.stdout
    assert web.requests == []


def test_a_proxy_that_is_down_is_named(check: Run, simulator: Simulator) -> None:
    with free_port() as port:
        for url in (f"http://me:{SECRET}@{HOST}:{port}", f"http://{HOST}:{port}/"):
            answer = secure(check, simulator, "--proxy", url)
            assert answer.summary == (
                f"the proxy {HOST}:{port} does not let the request through: connection refused by {HOST}:{port}"
            )
            assert SECRET not in answer.stdout


def test_a_proxy_that_hangs_up_is_named(run: Run, simulator: Simulator) -> None:
    with listening(says(b"")) as port:
        answer = secure(run, simulator, "--proxy", f"http://{HOST}:{port}")
    assert answer.summary.startswith(f"the proxy {HOST}:{port} does not let the request through: ")


def test_a_proxy_may_speak_tls_and_is_verified(check: Run, simulator: Simulator, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(authority.path.read_bytes() + Path(simulator.ca_file).read_bytes())
    with Proxy(tls=authority.server()) as proxy:
        url = f"https://{HOST}:{proxy.port}"
        assert secure(check, simulator, "--proxy", url, "--cacert", str(both)).code == 0
        assert len(proxy.asked) == 1
        assert secure(check, simulator, "--proxy", url).code == 3
        assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "socks5://me:secret@proxy.example.com",
        "ftp://x",
        "http://",
        "http://me:secret@",
        "http://x:99999",
        "http://[::1",
    ],
)
def test_what_is_no_http_proxy_is_an_option_error(check: Run, url: str) -> None:
    answer = plain(check, 80, "--proxy", url)
    assert answer.first_line.startswith("UNKNOWN: --proxy: ")
    assert answer.first_line.endswith(" is not http://HOST:PORT")
    assert answer.code == 3
    assert "secret" not in answer.stdout


# -- keep-alive


@pytest.mark.parametrize(("system", "mode"), [("pexip", "conferences"), ("trio", "device"), ("conductor", "health")])
def test_one_connection_serves_a_whole_check(check: Run, system: str, mode: str) -> None:
    with Simulator(systems=(system,)) as devices:
        device = devices.systems[system]
        answer = check(
            system, mode, "-H", HOST, "-p", str(device.port), "--cacert", devices.ca_file, *ARGV, "--cache", "0"
        )
        assert answer.code in (0, 1, 2)
        assert device.connections == 1
        assert len(device.requests) == {"pexip": 2, "trio": 2, "conductor": 1}[system]


def test_a_device_that_drops_the_kept_connection_is_asked_again(check: Run) -> None:
    with Simulator(systems=("pexip",), fault="keepalive-drop", participants=2500, page_limit=1000) as devices:
        answer = secure(check, devices)
        assert answer.perfdata["participants.total.count"] == "2500;;;0;"
        assert devices.pexip.connections == len(devices.pexip.requests) == 4
