"""What a check asks a device, how often, how much of the answer it takes, and what it tells of that."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from check_videoconf.simulator import Canned, Simulator
from tests.peak import run_with_peak

from .conftest import Answer, Run
from .servers import EMPTY_LIST, HOST, Reply, Request, Web, listening, says

ACCOUNT = ["-u", "monitor", "--password", "simulated"]
ALARM = "/api/admin/status/v1/alarm/"


def alarms(check: Run, web: Web, *argv: str) -> Answer:
    return check("pexip", "alarms", "-H", HOST, "-p", str(web.port), "--proto", "http", *ACCOUNT, *argv)


def ask(check: Run, devices: Simulator, system: str, mode: str, *argv: str) -> Answer:
    port = str(devices.systems[system].port)
    return check(system, mode, "-H", HOST, "-p", port, "--proto", "http", *ACCOUNT, "--cache", "0", *argv)


MODES = {"pexip": "alarms", "conductor": "health", "trio": "device"}


# -- retries


@pytest.mark.parametrize("system", MODES)
@pytest.mark.parametrize("fault", ["http-503-once", "http-429-once"])
def test_a_device_that_is_busy_once_is_asked_again(check: Run, system: str, fault: str) -> None:
    with Simulator(systems=(system,), fault=fault, tls=False) as devices:
        answer = ask(check, devices, system, MODES[system])
        assert answer.code == (2 if system == "pexip" else 0)
        assert len(devices.systems[system].requests) == (3 if system == "trio" else 2)
        assert ask(check, devices, system, MODES[system], "--retries", "0").code == answer.code  # it was only once


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("retries", [0, 1, 3])
def test_there_is_one_request_more_than_retries(check: Run, status: int, retries: int) -> None:
    with Web(lambda _: (status, {"Retry-After": "0"}, b"")) as web:
        answer = alarms(check, web, "--retries", str(retries))
        assert len(web.requests) == retries + 1
    assert f"HTTP {status}" in answer.summary
    assert answer.code == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501, 507])
def test_what_will_not_change_is_not_asked_again(check: Run, status: int) -> None:
    with Web(lambda _: (status, {"Retry-After": "0"}, b"")) as web:
        alarms(check, web)
        assert len(web.requests) == 1


def test_two_retries_are_the_default(check: Run) -> None:
    with Web(lambda _: (503, {"Retry-After": "0"}, b"")) as web:
        alarms(check, web)
        assert len(web.requests) == 3


@pytest.mark.parametrize("wait", ["42", formatdate(4102444800, usegmt=True)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_beyond_the_deadline_is_not_waited_for_and_told(check: Run, status: int, wait: str) -> None:
    with Web(lambda _: (status, {"Retry-After": wait}, b"")) as web:
        answer = alarms(check, web, "--timeout", "20")
        assert len(web.requests) == 1
    assert re.search(r", retry after [0-9]+ s", answer.summary)
    if wait == "42":
        assert "retry after 42 s" in answer.summary


@pytest.mark.parametrize("wait", ["", "soon", "-1", "1e9", "9" * 30, "Wed, 99 Foo 2026 99:99:99 GMT"])
def test_a_wait_that_cannot_be_read_is_none(check: Run, wait: str) -> None:
    answers = iter([(503, {"Retry-After": wait}, b""), (200, {}, EMPTY_LIST)])
    with Web(lambda _: next(answers)) as web:
        assert alarms(check, web).code == 0


def test_a_date_that_has_passed_means_at_once(check: Run) -> None:
    answers = iter([(429, {"Retry-After": formatdate(0, usegmt=True)}, b""), (200, {}, EMPTY_LIST)])
    with Web(lambda _: next(answers)) as web:
        assert alarms(check, web).code == 0


@pytest.mark.parametrize(
    ("busy", "line"),
    [
        (
            Canned(403),
            "CRITICAL - {} is busy, or account 'monitor' is not permitted to read /api/v1/mgmt/device/stats (HTTP 403)",
        ),
        # In the phone's own words: not for --unreachable-state.
        (
            Canned(200, {}, b'{"Status": "4001"}'),
            "UNKNOWN - {} answered /api/v1/mgmt/device/stats with status 4001: device busy",
        ),
    ],
)
def test_a_busy_phone_is_asked_again_and_then_said_to_be_busy(check: Run, busy: Canned, line: str) -> None:
    with Simulator(systems=("trio",), tls=False) as devices:
        devices.trio.respond["mgmt/device/stats"] = [busy]
        assert ask(check, devices, "trio", "device", "--retries", "1").code == 0
        devices.trio.respond["mgmt/device/stats"] = busy
        before = len(devices.trio.requests)
        answer = ask(check, devices, "trio", "device", "--retries", "1", "--unreachable-state", "critical")
        assert len(devices.trio.requests) == before + 2
    assert answer.first_line == "TRIO DEVICE " + line.format(f"{HOST}:{devices.trio.port}")


def test_a_403_of_another_product_is_final(check: Run) -> None:
    with Web(lambda _: (403, {}, b"")) as web:
        answer = alarms(check, web)
        assert len(web.requests) == 1
    assert answer.summary == f"account 'monitor' is not permitted to read {ALARM} at {HOST}:{web.port} (HTTP 403)"


# -- what is no answer


def test_an_error_says_what_the_device_says(check: Run) -> None:
    bodies = {
        b'{"error_message": "Sorry | wait"}': "HTTP 500: Sorry / wait",
        b'{"error": "no"}': "HTTP 500: no",
        b'{"message": "busy", "details": {}}': "HTTP 500: busy",
        b"<html>": "HTTP 500 Internal Server Error",
        b"": "HTTP 500 Internal Server Error",
        b"[" * 100_000: "HTTP 500 Internal Server Error",
        b"\xff\xfe": "HTTP 500 Internal Server Error",
    }
    for body, message in bodies.items():
        with Web(lambda _, body=body: (500, {}, body)) as web:  # type: ignore[misc]
            assert alarms(check, web).summary.endswith(message)


def test_the_reason_of_a_refusal_is_told_without_secrets(check: Run) -> None:
    body = b'{"limit": ["must be positive"], "password": "geheim"}'
    with Web(lambda _: (400, {}, body)) as web:
        answer = alarms(check, web)
    assert answer.summary == f'{HOST}:{web.port} refused {ALARM}: HTTP 400: {{"limit": ["must be positive"]}}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b'{"participant": {"display_name": "Alice Smith", "remote_alias": "alice@x", "errors": ["gone"]}}',
            ': {"participant": {"errors": ["gone"]}}',
        ),
        (b'{"error": "no such field"}', ": no such field"),
        (b'{"conference": {"name": ["must be unique"]}}', ': {"conference": {"name": ["must be unique"]}}'),
        (b'{"remote_alias": "alice@x"}', " Bad Request"),
    ],
)
def test_the_reason_of_a_refusal_is_told_without_people(check: Run, body: bytes, said: str) -> None:
    with Web(lambda _: (400, {}, body)) as web:
        answer = alarms(check, web)
    assert answer.summary == f"{HOST}:{web.port} refused {ALARM}: HTTP 400{said}"


@pytest.mark.parametrize(
    "page",
    [
        b"<html><form>Login</form></html>",
        b"\n\n<!DOCTYPE html>\n<html><input type=password></html>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html>Sign in</html>',
        b"\xef\xbb\xbf<HTML><title>LOGIN</title></HTML>",
    ],
)
@pytest.mark.parametrize(("system", "mode"), MODES.items())
def test_a_login_page_instead_of_data_is_a_failed_login(check: Run, system: str, mode: str, page: bytes) -> None:
    with Web(lambda _: (200, {}, page)) as web:
        answer = check(system, mode, "-H", HOST, "-p", str(web.port), "--proto", "http", *ACCOUNT)
    assert answer.summary == (
        f"authentication failed for account 'monitor' at {HOST}:{web.port}: a login page came instead of data"
    )


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/login?next=/x", "authentication failed for account 'monitor' at {}: redirected to a login page"),
        ("/accounts/login/", "authentication failed for account 'monitor' at {}: redirected to a login page"),
        ("https://x.example.com/a?token=b", "{} redirects {} to https://x.example.com/a, which is not followed"),
        ("https://me:geheim@x.example.com/", "{} redirects {} to https://***@x.example.com/, which is not followed"),
        ("https://[bad", "{} redirects {} to https://[bad, which is not followed"),
        ("", "{} redirects {} to nowhere, which is not followed"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html><body>The document has moved.</body></html>"])
def test_a_redirect_is_not_followed(check: Run, target: str, line: str, body: bytes) -> None:
    with Web(lambda _: (302, {"Location": target}, body)) as web:
        answer = alarms(check, web)
        assert len(web.requests) == 1
    assert answer.summary == line.format(f"{HOST}:{web.port}", ALARM)


def test_the_body_of_a_redirect_is_not_read_beyond_the_limit(check: Run) -> None:
    headers = {"Location": "/elsewhere", "Content-Encoding": "gzip"}
    with Web(lambda _: (302, headers, gzip.compress(bytes(10_000_000)))) as web:
        answer = alarms(check, web, "--max-bytes", "1000000")
    assert answer.summary == f"the answer of {HOST}:{web.port} to {ALARM} is larger than --max-bytes 1000000"


def test_an_account_in_a_url_of_the_devices_words_is_hidden(check: Run) -> None:
    with Web(lambda _: (500, {}, b'{"error": "postgres://me:geheim@db/ failed"}')) as web:
        answer = alarms(check, web, "--retries", "0")
    assert answer.summary == (f"{HOST}:{web.port} failed to answer {ALARM}: HTTP 500: postgres://***@db/ failed")


def test_a_secret_in_the_query_of_a_url_of_the_devices_words_is_hidden(check: Run) -> None:
    with Web(lambda _: (500, {}, b'{"error": "https://db/?token=Zx9-geheim&page=2 failed"}')) as web:
        answer = alarms(check, web, "--retries", "0")
    said = "https://db/?token=***&page=2 failed"
    assert answer.summary == f"{HOST}:{web.port} failed to answer {ALARM}: HTTP 500: {said}"


def test_what_a_redirect_brings_along_is_hidden_at_vvv(check: Run) -> None:
    target = "https://me:geheim@x.example.com/?token=Zx9-geheim&page=2"
    with Web(lambda _: (302, {"Location": target}, b"")) as web:
        answer = alarms(check, web, "-vvv")
    assert "< Location: https://***@x.example.com/?token=***&page=2" in answer.long_output
    assert "geheim" not in answer.stdout


@pytest.mark.parametrize("depth", [101, 900, 5000, 100_000])
def test_json_nested_deeper_than_any_answer_is_refused(check: Run, depth: int) -> None:
    nested = b'{"meta": {"total_count": 0}, "objects": [' + b"[" * depth + b"]" * depth + b"]}"
    with Web(lambda _: (200, {}, nested)) as web:
        answer = alarms(check, web, "--cache", "60")
    assert answer.summary == f"the answer of {HOST}:{web.port} to {ALARM} is not JSON: nested too deep"


def test_brackets_in_a_text_are_no_nesting(check: Run) -> None:
    row = b'{"id": 1, "name": "' + b'[{\\"' * 500 + b'", "level": "info"}'
    body = b'{"meta": {"total_count": 1}, "objects": [' + row + b"]}"
    with Web(lambda _: (200, {}, body)) as web:
        assert alarms(check, web).code == 0


@pytest.mark.parametrize(("coding", "told"), [("br", "br"), ("GZIP, br", "gzip, br"), ("x" * 80, "x" * 39 + "…")])
def test_a_body_compressed_in_a_way_that_was_not_asked_for_is_refused(check: Run, coding: str, told: str) -> None:
    with Web(lambda _: (200, {"Content-Encoding": coding}, EMPTY_LIST)) as web:
        answer = alarms(check, web)
    assert answer.summary == f"{HOST}:{web.port} does not speak proper HTTP: a body compressed as {told}"
    assert answer.code == 3


@pytest.mark.parametrize("date", ["soon", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Foo 0000 0:0:0"])
def test_a_date_that_cannot_be_read_is_none(check: Run, date: str) -> None:
    reply = b"HTTP/1.1 200 OK\r\nDate: %b\r\nContent-Length: %d\r\n\r\n%b"
    with listening(says(reply % (date.encode(), len(EMPTY_LIST), EMPTY_LIST))) as port:
        argv = ("-H", HOST, "-p", str(port), "--proto", "http", *ACCOUNT)
        assert check("pexip", "alarms", *argv).code == 0


# -- size


def body_of(size: int) -> bytes:
    return EMPTY_LIST.ljust(size)


@pytest.mark.parametrize("compress", [False, True])
def test_a_body_may_be_as_large_as_max_bytes_and_no_larger(check: Run, compress: bool) -> None:
    def answer(_: Request) -> Reply:
        body = body_of(2048)
        return (200, {"Content-Encoding": "gzip"}, gzip.compress(body)) if compress else (200, {}, body)

    with Web(answer) as web:
        assert alarms(check, web, "--max-bytes", "2k").code == 0
        refused = alarms(check, web, "--max-bytes", "2047", "--unreachable-state", "critical")
    assert refused.first_line == (
        f"PEXIP ALARMS CRITICAL - the answer of {HOST}:{web.port} to {ALARM} is larger than --max-bytes 2047"
    )


def test_a_body_that_says_it_is_too_large_is_not_waited_for(check: Run) -> None:
    with Web(lambda _: (200, {"Content-Length": "99999999999"}, b"{")) as web:
        answer = alarms(check, web, "--timeout", "20")
    assert "is larger than --max-bytes 67108864" in answer.summary


@pytest.mark.parametrize("fault", ["huge-body", "gzip-bomb"])
def test_memory_stays_bounded(fault: str, tmp_path: Path) -> None:
    with Simulator(systems=("pexip",), fault=fault, tls=False) as devices:
        argv = ["pexip", "alarms", "-H", HOST, "-p", str(devices.pexip.port), "--proto", "http", *ACCOUNT]
        for limit, most in (("64M", 300), ("1M", 100)):
            answer, peak = run_with_peak(tmp_path, *argv, "--max-bytes", limit)
            assert "is larger than --max-bytes" in answer.summary
            assert answer.code == 3
            assert peak < most


# -- -vv and -vvv


@pytest.fixture
def devices() -> Iterator[Simulator]:
    with Simulator(tls=False) as running:
        yield running


def test_vv_tells_of_each_request(check: Run, devices: Simulator) -> None:
    answer = ask(check, devices, "pexip", "conferences", "-vv")
    told = [line for line in answer.long_output if line.startswith("GET ")]
    assert len(told) == len(devices.pexip.requests) == 2
    path = re.escape("/api/admin/status/v1/conference/?")
    assert re.fullmatch(rf"GET {path}\S+: HTTP 200, [0-9]+ bytes, [0-9]+ ms", told[0])
    assert not [line for line in answer.long_output if line.startswith((">", "<"))]
    assert not [line for line in ask(check, devices, "pexip", "conferences", "-v").long_output if "HTTP" in line]


def test_vv_tells_of_a_request_without_an_answer(check: Run) -> None:
    with Simulator(systems=("pexip",), fault="no-answer", tls=False) as silent:
        answer = ask(check, silent, "pexip", "alarms", "-vv", "--timeout", "2")
    (line,) = [line for line in answer.long_output if line.startswith("GET ")]
    assert re.search(r": no answer after [0-9]+ ms: no result within 2 s", line)


def test_vvv_shows_headers_and_bodies(check: Run, devices: Simulator) -> None:
    answer = ask(check, devices, "trio", "device", "-vvv")
    assert "> GET /api/v1/mgmt/device/stats" in answer.long_output
    assert "> Authorization: ***" in answer.long_output
    assert "> User-Agent: check_videoconf" in answer.long_output
    assert "< Server: Polycom SoundPoint IP Telephone HTTPd" in answer.long_output
    assert any(line.startswith('< {"data": {') for line in answer.long_output)
    assert answer.stdout.count("|") == 1


def test_a_device_cannot_put_anything_into_a_header_that_breaks_the_output(check: Run) -> None:
    headers = {"X-Evil": "a | b \x1b[31m", "X-Session-Token": "geheim", "Set-Cookie": "session=geheim"}
    with Web(lambda _: (200, headers, EMPTY_LIST)) as web:
        answer = alarms(check, web, "-vvv")
    assert "< X-Evil: a / b" in answer.long_output
    assert "geheim" not in answer.stdout
    assert answer.stdout.count("|") == 1
