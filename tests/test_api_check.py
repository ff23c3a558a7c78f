"""The mode `api` of every system: response time, the end of the certificate, with and without credentials."""

from __future__ import annotations

import itertools
import re
import ssl
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from check_videoconf.simulator import Simulator

from .conftest import Answer, Run
from .pki import Authority
from .promises import PASSWORD, kept
from .servers import Reply, Request, Web

# So that a slow machine changes no state.
PATIENT = ("--warning-response-time", "60", "--critical-response-time", "60")
EMPTY = b'{"meta": {"limit": 1, "offset": 0, "total_count": 0, "next": null}, "objects": []}'


class Node:
    """A Management Node with a certificate that lasts so long; `reply` is what it answers."""

    def __init__(self, check: Run, directory: Path, lasts: timedelta) -> None:
        self._check = check
        self.reply: Reply = 200, {"Content-Type": "application/json"}, EMPTY
        self.authority = Authority(directory)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority.issue("manager", end=lasts, start=-timedelta(days=100)))
        self.web = Web(self._answer, context)

    def _answer(self, _: Request) -> Reply:
        return self.reply

    def check(self, *argv: str, password: bool = True, insecure: bool = False) -> Answer:
        trust = ["--insecure"] if insecure else ["--cacert", str(self.authority.path)]
        account = {"CHECK_VIDEOCONF_PASSWORD": PASSWORD} if password else {}
        place = ["-H", "127.0.0.1", "-p", str(self.web.port), "--retries", "0"]
        return kept(self._check("pexip", "api", *place, *trust, *PATIENT, *argv, **account))


@pytest.fixture
def node(check: Run, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Node]:
    node = Node(check, tmp_path, getattr(request, "param", timedelta(days=90)))
    with node.web:
        yield node


def expiry(answer: Answer) -> float:
    return float(answer.perfdata["api.certificate.expiry.seconds"].partition("s;")[0])


# -- OK


def test_an_api_that_answers_is_ok(node: Node) -> None:
    answer = node.check()
    assert re.fullmatch(r"Management API answers in [0-9.]+ s, certificate ends in 89 d 23 h", answer.summary)
    assert list(answer.perfdata) == ["api.response.time.seconds", "api.certificate.expiry.seconds"]
    assert answer.perfdata["api.response.time.seconds"].endswith("s;60;60;0;")
    assert answer.perfdata["api.certificate.expiry.seconds"].endswith("s;2592000:;604800:;;")
    assert 0 <= 90 * 86400 - expiry(answer) < 60
    assert (answer.long_output, answer.code) == ([], 0)


def test_it_asks_once_and_for_one_row(node: Node) -> None:
    node.check()
    assert [request.target for request in node.web.requests] == ["/api/admin/status/v1/alarm/?limit=1"]
    assert "Authorization" in node.web.requests[0].headers


def test_the_certificate_is_read_without_verification_too(node: Node) -> None:
    assert expiry(node.check(insecure=True)) == pytest.approx(90 * 86400, abs=60)


def test_the_cache_is_never_used(node: Node) -> None:
    for _ in range(2):
        node.check("--cache", "1h")
    assert len(node.web.requests) == 2


# -- without credentials


def test_without_a_password_a_401_says_that_the_api_is_there(node: Node) -> None:
    node.reply = 401, {"WWW-Authenticate": 'Basic Realm="django-tastypie"'}, b""
    answer = node.check(password=False)
    assert answer.summary.startswith("Management API asks for credentials in ")
    assert answer.code == 0
    assert [("Authorization" in request.headers) for request in node.web.requests] == [False]


def test_with_a_password_a_401_is_a_failed_login_and_the_certificate_is_still_judged(node: Node) -> None:
    node.reply = 401, {"WWW-Authenticate": 'Basic Realm="django-tastypie"'}, b""
    answer = node.check()
    assert answer.summary == f"authentication failed for account 'admin' at 127.0.0.1:{node.web.port}: HTTP 401"
    assert list(answer.perfdata) == ["api.certificate.expiry.seconds"]
    assert answer.code == 3


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((302, {"Location": "/accounts/login/"}, b""), "redirected to a login page"),
        ((200, {}, b"<html><body><form>Password</form></body></html>"), "a login page came instead of data"),
        ((403, {}, b""), "is not permitted to read"),
        ((404, {}, b""), "is not supported by this version"),
        ((200, {}, b"[]"), "no list of objects with its meta"),
        ((503, {}, b""), "HTTP 503"),
    ],
)
@pytest.mark.parametrize("password", [True, False])
def test_whatever_else_comes_is_an_error(node: Node, reply: Reply, words: str, *, password: bool) -> None:
    """A login page is no proof of the API: any web server has one."""
    node.reply = reply
    answer = node.check(password=password)
    assert words in answer.summary
    assert answer.code == 3


def test_every_other_mode_needs_a_password(node: Node, check: Run) -> None:
    answer = check("pexip", "alarms", "-H", "127.0.0.1", "-p", str(node.web.port))
    assert answer.first_line.startswith("UNKNOWN: a password is required")


# -- judged


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (timedelta(days=30, hours=1), 0),
        (timedelta(days=29), 1),
        (timedelta(days=7, hours=1), 1),
        (timedelta(days=6), 2),
        (timedelta(hours=-5), 2),
    ],
    indirect=["node"],
)
def test_a_certificate_that_ends_soon_is_judged(node: Node, code: int) -> None:
    assert node.check(insecure=True).code == code


@pytest.mark.parametrize("node", [timedelta(hours=-5)], indirect=True)
def test_a_certificate_that_has_expired_is_an_error_where_it_is_verified(node: Node) -> None:
    answer = node.check()
    assert answer.summary == f"the certificate of 127.0.0.1:{node.web.port} has expired"
    assert answer.code == 3
    assert node.check(insecure=True).summary.startswith("certificate expiry -5 h")


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-response-time=0", 1),
        ("--critical-response-time=0", 2),
        ("--critical-response-time=29", 0),
        ("--warning-certificate-expiry=89d:", 0),
        ("--warning-certificate-expiry=91d:", 1),
    ],
)
def test_thresholds_can_be_given(node: Node, option: str, code: int) -> None:
    assert node.check(option).code == code


def test_the_response_time_is_that_of_the_requests_and_not_of_waits(
    check: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that ticks only where a request begins or ends, so that the pause before the second is not on it."""
    ticks = itertools.count(step=0.75)
    clock = SimpleNamespace(monotonic=lambda: next(ticks), time=time.time)
    monkeypatch.setattr("check_videoconf.connection.time", clock)
    replies: list[Reply] = [(503, {"Retry-After": "0"}, b""), (200, {}, EMPTY)]
    with Web(lambda _: replies.pop(0)) as web:
        answer = check("pexip", "api", "-H", "127.0.0.1", "-p", str(web.port), "--proto", "http")
    assert answer.first_line == (
        "PEXIP API OK - Management API answers in 1.5 s | 'api.response.time.seconds'=1.5s;2;5;0;"
    )


def test_without_tls_there_is_no_certificate_to_judge(check: Run) -> None:
    with Web(lambda _: (200, {}, EMPTY)) as web:
        place = ["-H", "127.0.0.1", "-p", str(web.port), "--proto", "http"]
        answer = check("pexip", "api", *place, *PATIENT)
        judged = check("pexip", "api", *place, *PATIENT, "--critical-certificate-expiry", "7d:")
    assert answer.long_output == ["certificate-expiry: the connection is not encrypted"]
    assert (list(answer.perfdata), answer.code) == (["api.response.time.seconds"], 0)
    assert (judged.summary, judged.code) == ("certificate-expiry: the connection is not encrypted", 3)


# -- every system


@pytest.mark.parametrize("system", ["pexip", "conductor", "trio"])
@pytest.mark.parametrize("password", [True, False])
def test_it_is_there_for_every_system(simulator: Simulator, check: Run, system: str, *, password: bool) -> None:
    device = simulator.systems[system]
    account = {"CHECK_VIDEOCONF_PASSWORD": simulator.password} if password else {}
    place = ["-H", device.host, "-p", str(device.port), "--cacert", simulator.ca_file, "-u", simulator.username]
    name = ["--tls-cn", device.common_name]
    answer = check(system, "api", *place, *name, *PATIENT, **account)
    assert answer.first_line.startswith(f"{system.upper()} API OK - ")
    assert list(answer.perfdata) == ["api.response.time.seconds", "api.certificate.expiry.seconds"]
