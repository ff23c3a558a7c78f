"""The doctor, for people: each step from the name to the clock, what is wrong with it and what to do."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from check_videoconf import doctor
from check_videoconf.errors import CertificateNotTrusted
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.simulation import PASSWORD, USERNAME

from .servers import EMPTY_LIST, HOST, Reply, Request, Web

Examine = Callable[..., tuple[list[str], int]]


@pytest.fixture
def examine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Examine:
    """`examine("pexip", "-H", …)`: the lines of the doctor, and his exit code."""
    monkeypatch.setenv("CHECK_VIDEOCONF_STATE_DIR", str(tmp_path_factory.mktemp("state")))
    monkeypatch.delenv("CHECK_VIDEOCONF_USERNAME", raising=False)
    monkeypatch.setenv("CHECK_VIDEOCONF_PASSWORD", PASSWORD)

    def run(*arguments: str) -> tuple[list[str], int]:
        out = io.StringIO()
        code = doctor.main(arguments, out)
        assert PASSWORD not in out.getvalue()
        return out.getvalue().splitlines(), code

    return run


@pytest.fixture(scope="module")
def devices() -> Iterator[Simulator]:
    with Simulator(seed=1) as running:
        yield running


def at(devices: Simulator, system: str) -> list[str]:
    return ["-H", HOST, "-p", str(getattr(devices, system).port), "-u", USERNAME]


def shown(lines: list[str]) -> list[str]:
    """The lines without what differs from run to run."""
    return [re.sub(r"[0-9.]+ (?:s|ms)|89 d 23 h|90 d|:[0-9]{2,5}\b", "…", line) for line in lines]


ABOUT = {
    "pexip": ("Pexip Infinity", "manager.example.com", "1 Management Node, version 36 (79230.0.0)"),
    "conductor": (
        "Cisco TelePresence Conductor",
        "conductor.example.com",
        "Cisco TelePresence Conductor XC4.3.1 (Test_Build), API 2.9, clock … off",
    ),
    "trio": ("Poly Trio", "0004f2aabbcc", "Trio 8800, firmware 5.9.2.11461, up 20 d 16 h"),
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("system", ABOUT)
def test_a_device_that_is_well_passes_every_step(
    examine: Examine, devices: Simulator, system: str, *, named: bool
) -> None:
    title, certificate, version = ABOUT[system]
    words = [system] if named else []
    lines, code = examine(*words, *at(devices, system), "--cacert", devices.ca_file)
    rights = lines.pop(-2)
    assert shown(lines) == [
        f"ok    name         {HOST} is an address",
        f"ok    connection   {HOST}… answers in …",
        "ok    TLS          TLSv1.3, the certificate is verified",
        f"ok    certificate  for '{certificate}', issued by 'Simulated devices', ends in …",
        f"ok    product      {title}, {'as you say' if named else 'by its answers'}",
        f"ok    account      the device lets account '{USERNAME}' in (password from CHECK_VIDEOCONF_PASSWORD)",
        f"ok    version      {version}",
        "ok    clock        the device is … behind this machine, which is fine",
    ]
    assert re.fullmatch(r"ok    rights       (\d+) of \1 resources can be read", rights)
    assert code == 0


def test_credentials_never_go_to_a_device_that_is_not_trusted(examine: Examine) -> None:
    with Simulator(systems=("trio",), seed=1) as devices:
        lines, code = examine("trio", *at(devices, "trio"))
        assert devices.trio.requests == []
    assert shown(lines)[2:] == [
        f"FAIL  TLS          the certificate of {HOST}… is not trusted: unable to get local issuer certificate",
        f"                   what to do: {CertificateNotTrusted.advice}",
        "ok    certificate  for '0004f2aabbcc', issued by 'Simulated devices', ends in …",
    ]
    assert code == 2


def test_a_certificate_that_has_ended_is_said_to_have(examine: Examine) -> None:
    with Simulator(systems=("pexip",), seed=1, fault="certificate-expired") as devices:
        lines, code = examine("pexip", *at(devices, "pexip"), "--cacert", devices.ca_file)
    assert shown(lines)[2] == f"FAIL  TLS          the certificate of {HOST}… has expired"
    assert re.match(r"FAIL  certificate  for 'manager.example.com', issued by '.*', ended .* ago$", lines[4])
    assert code == 2


def test_a_name_without_an_address_ends_the_walk(examine: Examine) -> None:
    lines, code = examine("pexip", "-H", "no-such-host.invalid")
    assert lines[0].startswith("FAIL  name         cannot resolve no-such-host.invalid: ")
    assert lines[1:] == ["                   what to do: check --hostname and the poller's DNS"]
    assert code == 2


def test_a_port_where_nothing_listens_ends_the_walk(examine: Examine) -> None:
    lines, code = examine("pexip", "-H", HOST, "-p", "1")
    assert lines[1] == f"FAIL  connection   connection refused by {HOST}:1"
    assert (len(lines), code) == (3, 2)


def test_a_wrong_password_is_the_account_s_fault(
    examine: Examine, devices: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECK_VIDEOCONF_PASSWORD", "wrong")
    lines, code = examine("pexip", *at(devices, "pexip"), "--cacert", devices.ca_file)
    assert shown(lines)[5:] == [
        f"FAIL  account      authentication failed for account '{USERNAME}' at {HOST}…: HTTP 401",
        "                   what to do: check the account and its password; an LDAP account may be locked",
    ]
    assert code == 2


def test_without_a_password_there_is_nothing_to_log_in_with(
    examine: Examine, devices: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHECK_VIDEOCONF_PASSWORD")
    lines, code = examine("pexip", *at(devices, "pexip"), "--cacert", devices.ca_file)
    assert lines[5] == "FAIL  account      no password is given"
    assert code == 2


def node(answers: dict[str, Reply]) -> Callable[[Request], Reply]:
    """A Management Node of empty lists, but for some paths."""
    manager = {"name": "m", "version": "36", "last_updated": None}
    one = json.dumps({"meta": {"limit": 1, "offset": 0, "total_count": 1, "next": None}, "objects": [manager]}).encode()
    answers = {"management_vm": (200, {}, one), **answers}
    return lambda request: next(
        (reply for part, reply in answers.items() if part in request.target), (200, {}, EMPTY_LIST)
    )


def test_what_the_account_may_not_read_is_named_with_the_modes_that_need_it(examine: Examine) -> None:
    with Web(
        node({"tls_certificate": (403, {}, b""), "mjx_endpoint": (404, {}, b""), "backplane": (500, {}, b"")})
    ) as web:
        lines, code = examine("pexip", "-H", HOST, "-p", str(web.port), "--proto", "http", "--retries", "0")
    assert "look  TLS          plain HTTP: the password can be read on its way" in lines
    rights = [line for line in lines if " rights " in line]
    (refusal,) = (line for line in rights if line.startswith("FAIL"))
    assert refusal == (
        "FAIL  rights       /api/admin/configuration/v1/tls_certificate/ may not be read, needed by certificates, "
        "list-certificates"
    )
    assert "ok    rights       /api/admin/status/v1/mjx_endpoint/ is not there in this version, needed by otj" in rights
    assert any(line.startswith(f"look  rights       {HOST}:{web.port} failed to answer") for line in rights)
    assert re.fullmatch(r"ok    rights       \d+ of \d+ resources can be read", rights[-1])
    assert code == 2


def test_a_clock_that_is_off_is_worth_a_look(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    late = formatdate(time.time() - 605, usegmt=True)
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: late)
    with Web(node({})) as web:
        lines, code = examine("pexip", "-H", HOST, "-p", str(web.port), "--proto", "http")
    assert re.fullmatch(r"look  clock        the device is 10 min \d+ s behind this machine", lines[-2])
    assert lines[-1].endswith("what to do: let both follow NTP: ages and expiries are told by these clocks")
    assert code == 1


def test_the_answer_of_something_else_is_no_product(examine: Examine) -> None:
    with Web(lambda _: (404, {}, b"nothing here")) as web:
        lines, code = examine("-H", HOST, "-p", str(web.port), "--proto", "http")
    assert lines[-2:] == [
        "FAIL  product      it cannot be told by its answers",
        "                   what to do: name it, as in: check_videoconf doctor pexip -H HOST",
    ]
    assert code == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("colour", "mark"), [("", "\x1b[32mok   \x1b[0m"), ("1", "ok   ")])
def test_on_a_terminal_there_is_progress_and_colour_unless_no_color_is_set(
    devices: Simulator, monkeypatch: pytest.MonkeyPatch, colour: str, mark: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", colour)
    monkeypatch.setenv("CHECK_VIDEOCONF_PASSWORD", PASSWORD)
    out = Terminal()
    assert doctor.main(["pexip", *at(devices, "pexip"), "--cacert", devices.ca_file], out) == 0
    assert "… rights /api/admin/status/v1/alarm/?limit=1" in out.getvalue()
    assert f"\r\x1b[K{mark} clock " in out.getvalue()


@pytest.mark.parametrize("arguments", [[], ["pexip"], ["-H", HOST, "pexip", "trio"]])
def test_without_a_host_it_says_how_it_is_called(examine: Examine, arguments: list[str]) -> None:
    lines, code = examine(*arguments)
    assert lines == ["doctor: usage: check_videoconf doctor [SYSTEM] -H HOST [options of every mode]"]
    assert code == 3


@pytest.mark.parametrize("argument", ["--password hunter2", "--password: hun=ter2"])
def test_what_was_meant_as_a_password_is_not_echoed(examine: Examine, argument: str) -> None:
    lines, code = examine("pexip", "-H", HOST, argument)
    assert lines == ["doctor: --password needs a = before its value"]
    assert code == 3


@pytest.mark.parametrize("closed", [">/dev/full", ">&-"])
@pytest.mark.parametrize(("arguments", "code"), [("--help", 3), ("", 3), ("trio -H 127.0.0.1 -p 1 --password x", 2)])
def test_an_answer_that_nobody_takes_ends_quietly(arguments: str, code: int, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m check_videoconf doctor {arguments} {closed}', sys.executable],  # noqa: S607
        cwd=Path(__file__).resolve().parent.parent, stderr=subprocess.PIPE, timeout=30, check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == (b"", code)


def test_help_is_help(examine: Examine) -> None:
    lines, code = examine("--help")
    assert lines[0].startswith("usage: check_videoconf doctor ")
    assert code == 3


def test_a_password_on_the_command_line_leaves_the_process_title(tmp_path: Path) -> None:
    titles: list[bytes] = []

    def answer(_: Request) -> Reply:
        titles.append(Path(f"/proc/{process.pid}/cmdline").read_bytes())
        return 401, {}, b""

    with Web(answer) as web:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "check_videoconf", "doctor", "pexip", "-H", HOST, "-p", str(web.port)),
                *("--proto", "http", "--password", "correct horse"),
            ],
            env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path)},
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.PIPE,
        )
        output, _ = process.communicate(timeout=50)
    assert (process.returncode, b"FAIL  account" in output, b"correct horse" in output) == (2, True, False)
    assert titles
    assert all(b"--password" in title and b"correct horse" not in title for title in titles)
