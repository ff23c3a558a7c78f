"""Every fault a device can show, on each product: one clear line, the right state, nothing else, in time."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.faults import FAULTS

from .conftest import Answer, Run
from .servers import HOST

MODES = {"pexip": "alarms", "conductor": "health", "trio": "device"}
USERNAME = "monitor"
PASSWORD = 'Zx9-geheim & <ö> "1"'
SECRETS = (
    PASSWORD, escape(PASSWORD), quote(PASSWORD), PASSWORD.replace('"', '\\"'), "Zx9",
    b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode(),
)  # fmt: skip
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


class Expected(NamedTuple):
    """The summary's pattern, `{}` standing for the address and PATH for what was asked; the state with
    --unreachable-state critical, None for whatever the data deserve."""

    pattern: str
    state: str | None = "CRITICAL"


def _deadline(phase: str) -> Expected:
    return Expected(rf"no result within 3 s: the time was over while {phase}")


BROKEN = Expected("the connection to {} broke while waiting for the answer of {} to PATH: .+")
NOT_HTTP = "{} does not speak proper HTTP: "
NOT_DATA = "the answer of {} to PATH (is not JSON|is not acceptable XML|has another shape than expected): "
FINE = Expected(".+", None)
UNREADABLE = Expected(".+ is unreadable .+|.+ is missing.*|.+ is null or empty.*", "UNKNOWN")

EXPECTED: dict[str, Expected | dict[str, Expected]] = {
    "close-before-answer": BROKEN,
    "reset": BROKEN,
    "no-answer": _deadline("waiting for the answer of {} to PATH"),
    "tls-garbage": Expected("the TLS handshake with {} failed: it does not speak TLS"),
    "tls-hang": _deadline("in the TLS handshake with {}"),
    "certificate-expired": Expected("the certificate of {} has expired"),
    "certificate-wrong-name": Expected("the certificate of {} is for another name: IP address mismatch, .+"),
    "certificate-unknown-issuer": Expected("the certificate of {} is not trusted: .+"),
    "tls-1.0-only": Expected("no common TLS version or cipher with {}: .+"),
    "slow-drip": _deadline("reading the answer of {} to PATH"),
    "slow-headers": _deadline("waiting for the answer of {} to PATH"),
    "keepalive-drop": FINE,
    "http-401": Expected(f"authentication failed for account '{USERNAME}' at {{}}: HTTP 401"),
    "http-403": {
        **dict.fromkeys(
            ("pexip", "conductor"), Expected(f"account '{USERNAME}' is not permitted to read PATH at {{}} .HTTP 403.")
        ),
        "trio": Expected(f"{{}} is busy, or account '{USERNAME}' is not permitted to read PATH .HTTP 403."),
    },
    "http-404": {
        "pexip": Expected("PATH is not supported by this version of Pexip Infinity .HTTP 404.", "UNKNOWN"),
        "conductor": Expected(".+not supported by this version.+|.+HTTP 404.+", "UNKNOWN"),
        "trio": Expected("{} has no REST API at PATH .HTTP 404.: .+", "UNKNOWN"),
    },
    "http-429": Expected("{} asks for fewer requests .HTTP 429, retry after 42 s."),
    "http-429-once": FINE,
    "http-500": {
        "pexip": Expected("{} failed to answer PATH: HTTP 500: Sorry, this request could not be processed.+"),
        "conductor": Expected("{} failed to answer PATH: HTTP 500: An internal error prevented further processing."),
        "trio": Expected("{} failed to answer PATH: HTTP 500.+"),
    },
    "http-502": Expected("{} failed to answer PATH: HTTP 502.*"),
    "http-503": Expected("{} failed to answer PATH: HTTP 503.*"),
    "http-503-once": FINE,
    "http-507-json": Expected("{} failed to answer PATH: HTTP 507: The system has reached a limit.+"),
    "redirect-login": Expected(f"authentication failed for account '{USERNAME}' at {{}}: redirected to a login page"),
    "redirect-elsewhere": Expected(r"{} redirects PATH to http\S+/elsewherePATH, which is not followed"),
    "login-page-200": Expected(
        f"authentication failed for account '{USERNAME}' at {{}}: a login page came instead of data"
    ),
    "empty-body": Expected("empty answer of {} to PATH"),
    "not-json": Expected(NOT_DATA + ".+"),
    "truncated": Expected("the connection to {} broke while reading the answer of {} to PATH: it ended early"),
    "truncated-body": Expected(NOT_DATA + ".+"),
    "wrong-shape": Expected(NOT_DATA + ".+"),
    "rows-not-objects": Expected(NOT_DATA + ".+"),
    "null-fields": {"pexip": FINE, "conductor": UNREADABLE, "trio": UNREADABLE},
    "missing-fields": {"pexip": FINE, "conductor": UNREADABLE, "trio": UNREADABLE},
    "text-numbers": FINE,
    "wrong-types": {"pexip": Expected(".+", None), "conductor": UNREADABLE, "trio": UNREADABLE},
    "nan-json": {"pexip": Expected(NOT_DATA + ".+"), "conductor": UNREADABLE, "trio": UNREADABLE},
    "hostile-text": FINE,
    "invalid-utf8": {"pexip": FINE, "conductor": Expected(".+", None), "trio": Expected(".+", None)},
    "deep-json": Expected(NOT_DATA + "nested too deep"),
    "huge-body": Expected("the answer of {} to PATH is larger than --max-bytes 8388608"),
    "gzip-bomb": Expected("the answer of {} to PATH is larger than --max-bytes 8388608"),
    "bad-gzip": Expected(NOT_HTTP + "its compressed body cannot be read"),
    "huge-header": Expected(NOT_HTTP + "got more than 65536 bytes when reading header line"),
    "many-headers": Expected(NOT_HTTP + "got more than 100 headers"),
    "xml-dtd": Expected(NOT_DATA + "it holds a DTD or entities"),
    "xml-entities": Expected(NOT_DATA + "it holds a DTD or entities"),
    "xml-capitalised-tags": FINE,
    "pages-overlap": FINE,
    "pages-repeat": Expected("the pages of PATH at {} do not end as they should: .+ adds nothing"),
    "pages-never-end": Expected("the pages of PATH at {} do not end as they should: .+ rows came .+"),
    "page-empty": Expected("the pages of PATH at {} do not end as they should: .+ adds nothing"),
}
HANGING = ("no-answer", "tls-hang", "slow-drip", "slow-headers")
PATHS = {"pexip": "/api/admin/status/v1/alarm/", "conductor": "/RPC2", "trio": "/api/v1/mgmt/device/stats"}
# The time it takes until the process has started and has ended, on a machine that does other things, too.
SLACK = 20


def test_every_fault_is_expected() -> None:
    assert set(EXPECTED) == set(FAULTS)


def ask(run: Run, devices: Simulator, system: str, *argv: str) -> Answer:
    trusted = ["--cacert", devices.ca_file] if devices.tls else ["--proto", "http"]
    port = str(devices.systems[system].port)
    return run(system, MODES[system], "-H", HOST, "-p", port, *trusted, "-u", USERNAME, "--password", PASSWORD,
               "--cache", "0", "--max-bytes", "8M", *argv)  # fmt: skip


def check_form(answer: Answer, system: str) -> str:
    """The state, once the answer has the form of every answer."""
    match = re.match(rf"{system.upper()} {MODES[system].upper()} (\w+) - \S", answer.first_line)
    assert match, answer.stdout[:500]
    assert STATES.index(match[1]) == answer.code
    assert answer.stderr == ""
    assert answer.stdout.count("|") <= 1
    assert "Traceback" not in answer.stdout
    assert all(line.isprintable() for line in answer.stdout.splitlines())
    assert not [secret for secret in SECRETS if secret in answer.stdout]
    assert len(answer.summary) < 1500
    return match[1]


def answers(run: Run, check: Run, devices: Simulator, fault: str, *argv: str) -> dict[str, Answer]:
    """What each product's check says; in processes of their own, at the same time, where that makes a difference."""
    systems = FAULTS[fault].systems
    # One product in turn is a real process; with faults that take their time all are, side by side.
    processes = systems if fault in HANGING else systems[list(FAULTS).index(fault) % len(systems) :][:1]
    with ThreadPoolExecutor(len(processes)) as pool:
        found = dict(zip(processes, pool.map(lambda system: ask(run, devices, system, *argv), processes)))
    return {system: found.get(system) or ask(check, devices, system, *argv) for system in systems}


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_gives_one_clear_line(run: Run, check: Run, fault: str) -> None:
    # Encrypted, so that what the simulator does on the wire is what a device would do.
    with Simulator(systems=FAULTS[fault].systems, password=PASSWORD, fault=fault) as devices:
        timeout = "3" if fault in HANGING else "30"
        started = time.monotonic()
        retries = "1" if fault.endswith("-once") else "0"
        argv = ("-t", timeout, "--retries", retries, "-vvv")
        found = answers(run, check, devices, fault, *argv, "--unreachable-state", "critical")
        assert time.monotonic() - started < float(timeout) + SLACK
        for system, answer in found.items():
            wanted = EXPECTED[fault]
            expected = wanted[system] if isinstance(wanted, dict) else wanted
            state = check_form(answer, system)
            address = re.escape(f"{HOST}:{devices.systems[system].port}")
            pattern = expected.pattern.replace("{}", address).replace("PATH", PATHS[system])
            assert re.match(pattern, answer.summary), answer.summary
            assert expected.state in (None, state)
            if expected.state == "CRITICAL" and fault not in HANGING:
                # Who does not ask for it gets UNKNOWN.
                quiet = ask(check, devices, system, "--retries", "0")
                assert check_form(quiet, system) == "UNKNOWN"
                assert re.match(pattern, quiet.summary)
                assert quiet.long_output[0].startswith("what to do: ")


@pytest.mark.parametrize("fault", ["null-fields", "missing-fields", "wrong-types", "nan-json"])
def test_what_was_not_measured_is_never_ok(check: Run, fault: str) -> None:
    with Simulator(password=PASSWORD, fault=fault, tls=False) as devices:
        for system in ("conductor", "trio"):
            answer = ask(check, devices, system)
            assert (check_form(answer, system), answer.code) == ("UNKNOWN", 3)


@pytest.mark.parametrize("output", ["json", "openmetrics"])
def test_a_fault_is_told_in_every_format(check: Run, output: str) -> None:
    with Simulator(systems=("pexip",), password=PASSWORD, fault="http-401", tls=False) as devices:
        answer = ask(check, devices, "pexip", "--output", output, "-vvv", "--unreachable-state", "warning")
    assert answer.code == 1
    assert not [secret for secret in SECRETS if secret in answer.stdout]
    assert "Traceback" not in answer.stdout


def test_hostile_text_and_long_names_do_not_break_the_output(check: Run) -> None:
    with Simulator(systems=("pexip",), password=PASSWORD, fault="hostile-text", nodes=30, tls=False) as devices:
        port = str(devices.pexip.port)
        for mode in ("alarms", "node-load", "conferences"):
            answer = check("pexip", mode, "-H", HOST, "-p", port, "--proto", "http", "-u", USERNAME, "--password",
                           PASSWORD, "--max-output", "0", "-v")  # fmt: skip
            assert answer.code in (0, 1, 2)
            assert answer.stdout.count("|") == 1
            assert all(line.isprintable() for line in answer.stdout.splitlines())
            items = answer.first_line.partition(" | ")[2]
            assert re.fullmatch(r"('[^'=|]{1,255}'=-?[0-9.]+[%sB]?;[^; ]*;[^; ]*;[^; ]*;[^; ]* ?)*", items)
            assert all(len(label.encode()) <= 255 for label in answer.perfdata)
            assert "::" not in items
