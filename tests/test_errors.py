"""Every error that is declared can happen, and then says what it is declared to say."""

from __future__ import annotations

import errno
import inspect
import os
import re
import signal
import socket
from collections.abc import Callable
from string import Formatter
from typing import Any

import pytest

from check_videoconf import errors, lock
from check_videoconf.deadline import Deadline
from check_videoconf.pexip import guard, test_call
from check_videoconf.simulator import Canned, Simulator
from check_videoconf.simulator.pexip_commands import DIAL, DISCONNECT
from check_videoconf.state import directory, file_name

from .agents import OBJECTS, SYS_NAME, Datagrams, Reply, agent, reporting
from .conftest import Answer, Run
from .servers import HOST, free_port

MODES = {"pexip": "alarms", "conductor": "health", "trio": "device"}

#: Errors of which a fault of the simulator is an example: the fault and the product that shows it.
BY_FAULT: dict[str, tuple[str, str]] = {
    "ConnectionBroken": ("reset", "pexip"),
    "CertificateExpired": ("certificate-expired", "pexip"),
    "CertificateNotTrusted": ("certificate-unknown-issuer", "conductor"),
    "CertificateWrongName": ("certificate-wrong-name", "trio"),
    "TlsTooOld": ("tls-1.0-only", "trio"),
    "TlsFailed": ("tls-garbage", "pexip"),
    "AuthenticationFailed": ("http-401", "conductor"),
    "NotPermitted": ("http-403", "pexip"),
    "BusyOrNotPermitted": ("http-403", "trio"),
    "NotSupported": ("http-404", "pexip"),
    "RestDisabled": ("http-404", "trio"),
    "Redirected": ("redirect-elsewhere", "trio"),
    "TooManyRequests": ("http-429", "pexip"),
    "ServerError": ("http-500", "conductor"),
    "EmptyBody": ("empty-body", "trio"),
    "NotJson": ("not-json", "pexip"),
    "NotXml": ("xml-dtd", "conductor"),
    "WrongShape": ("wrong-shape", "trio"),
    "BodyTooLarge": ("gzip-bomb", "pexip"),
    "BadAnswer": ("many-headers", "trio"),
    "PagingFailed": ("pages-repeat", "pexip"),
    "DeadlineReached": ("no-answer", "pexip"),
}
#: Errors made below.
MADE = (
    "OptionError", "NameNotResolved", "ConnectionRefused", "NoRoute", "ProxyRefused", "RequestRefused", "DeviceError",
    "Busy", "Terminated", "CallLeft", "CallNotGuarded", "CallRefused",
    "SnmpNoAnswer", "SnmpUserRefused", "SnmpBadAnswer", "SnmpObjectMissing",
)  # fmt: skip
#: Those that only others are derived from.
BASES = ("VideoconfError", "Unreachable")


def declared() -> dict[str, Any]:
    return {
        name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
    }


def test_no_error_is_left_out_here() -> None:
    assert {*BY_FAULT, *MADE, *BASES} == set(declared())


def test_every_error_declares_when_it_happens_and_what_to_do() -> None:
    for name, kind in declared().items():
        if name not in BASES:
            assert kind.__dict__.get("when"), name
            assert kind.__dict__.get("advice"), name
            assert kind.__dict__.get("line"), name


def says(name: str, answer: Answer) -> bool:
    """Whether the first line is what the error declares."""
    kind = declared()[name]
    parts = [
        re.escape(text) + ("(?s:.*)" if field is not None else "") for text, field, *_ in Formatter().parse(kind.line)
    ]
    line = answer.first_line.partition(" - ")[2] or answer.first_line.partition("UNKNOWN: ")[2]
    return re.fullmatch("".join(parts), line) is not None and f"what to do: {kind.advice}" in answer.long_output


def ask(check: Run, port: int, *argv: str, host: str = HOST, system: str = "pexip") -> Answer:
    return check(system, MODES[system], "-H", host, "-p", str(port), "-u", "monitor", "--password", "simulated",
                 "--retries", "0", *argv)  # fmt: skip


@pytest.mark.parametrize("name", BY_FAULT)
def test_a_device_that_fails_makes_the_error(check: Run, name: str) -> None:
    fault, system = BY_FAULT[name]
    with Simulator(systems=(system,), fault=fault) as devices:
        argv = ["--cacert", devices.ca_file, "--cache", "0", "--max-bytes", "1M"]
        timeout = ["-t", "0.5"] if fault == "no-answer" else []
        answer = ask(check, devices.systems[system].port, *argv, *timeout, system=system)
        assert says(name, answer), answer.stdout
        assert answer.code == 3
        critical = ask(
            check, devices.systems[system].port, *argv, *timeout, "--unreachable-state", "critical", system=system
        )
        unreachable = name == "DeadlineReached" or getattr(declared()[name], "unreachable", False)
        assert critical.code == (2 if unreachable else 3)


def test_an_option_error_has_a_form_of_its_own(check: Run) -> None:
    answer = check("pexip", "alarms", "-H", HOST, "--retries", "many")
    assert answer.first_line == "UNKNOWN: --retries: 'many' is not a whole number from 0 to 20"
    assert answer.code == 3


def test_a_name_without_an_address(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert says("NameNotResolved", ask(check, 443, host="manager.example.com"))


def test_a_port_where_nobody_listens(check: Run) -> None:
    with free_port() as port:
        assert says("ConnectionRefused", ask(check, port))


def test_a_network_that_cannot_be_reached(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))

    monkeypatch.setattr(socket.socket, "connect", fail)
    assert says("NoRoute", ask(check, 443))


def test_a_proxy_that_is_not_there(check: Run) -> None:
    with free_port() as port:
        assert says("ProxyRefused", ask(check, 443, "--proxy", f"http://{HOST}:{port}"))


def canned(check: Run, system: str, answer: Callable[[Simulator], None], *argv: str) -> Answer:
    with Simulator(systems=(system,)) as devices:
        answer(devices)
        argv = ("--cacert", devices.ca_file, "--unreachable-state", "critical", *argv)
        return ask(check, devices.systems[system].port, *argv, system=system)


def test_a_request_that_the_device_refuses(check: Run) -> None:
    def refuse(devices: Simulator) -> None:
        devices.pexip.respond["status/v1/alarm/"] = Canned(400, {}, b'{"error": "Invalid limit"}')

    answer = canned(check, "pexip", refuse)
    assert says("RequestRefused", answer)
    assert answer.code == 2


def test_an_error_in_the_devices_own_words_is_unknown(check: Run) -> None:
    def fail(devices: Simulator) -> None:
        devices.trio.status["mgmt/device/stats"] = "4010"

    answer = canned(check, "trio", fail)
    assert says("DeviceError", answer)
    assert answer.code == 3


def test_a_device_that_another_check_is_asking(check: Run, tmp_path: object) -> None:
    state, _ = directory(f"{tmp_path}/state")
    held = lock.acquire(os.path.join(state, file_name("lock", HOST, 9)), HOST, Deadline(5))
    try:
        assert says("Busy", ask(check, 9, "-t", "2", "--cache", "0", system="trio"))
    finally:
        os.close(held)


def test_a_signal_of_the_poller(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert says("Terminated", ask(check, 443))


def place_call(check: Run, answer: Callable[[Simulator], None], *argv: str) -> Answer:
    with Simulator(systems=("pexip",), tls=False) as devices:
        answer(devices)
        return check("pexip", "test-call", "-H", HOST, "-p", str(devices.pexip.port), "--proto", "http",
                     "-u", "monitor", "--password", "simulated", "--i-understand-this-places-a-call", "--hold", "0",
                     "--destination", "test@example.com", "--conference-alias", "meet@example.com",
                     "--system-location", "London", "--unreachable-state", "critical", *argv)  # fmt: skip


def test_a_test_call_that_is_refused_or_not_hung_up_or_not_guarded(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(devices: Simulator) -> None:
        devices.pexip.respond[DIAL] = Canned(400, {}, b'{"dial": {"destination": ["No such alias."]}}')

    def stay(devices: Simulator) -> None:
        devices.pexip.respond[DISCONNECT] = Canned(500)

    monkeypatch.setattr(test_call, "RESERVE", 0.5)
    monkeypatch.setattr(guard, "PATIENCE", 0.1)
    answers = {
        "CallRefused": place_call(check, refuse),
        "CallLeft": place_call(check, stay, "--call-timeout", "2", "--timeout", "2.5", "--retries", "0"),
    }
    monkeypatch.setattr(os, "fork", lambda: os.close(-1))
    answers["CallNotGuarded"] = place_call(check, lambda _: None)
    for name, answer in answers.items():
        assert says(name, answer), answer.stdout
        assert answer.code == 3


def ask_agent(check: Run, port: int, *argv: str) -> Answer:
    return check("pexip", "snmp-load", "-H", HOST, "--snmp-port", str(port), "--retries", "0", *argv,
                 "--unreachable-state", "critical")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reply", "argv"),
    [
        ("SnmpNoAnswer", lambda _: [], ("--snmp-timeout", "0.1")),
        ("SnmpBadAnswer", lambda _: [b"220 ready"], ("--snmp-timeout", "2")),
        ("SnmpUserRefused", reporting("user"), ("--snmp-timeout", "20", "--snmp-user", "monitor")),
    ],
)
def test_an_snmp_agent_that_does_not_answer_as_it_should(
    check: Run, name: str, reply: Reply, argv: tuple[str, ...]
) -> None:
    with Datagrams(reply) as running:
        answer = ask_agent(check, running.port, *argv)
    assert says(name, answer), answer.stdout
    assert answer.code == 2


def test_an_snmp_agent_without_load_averages(check: Run) -> None:
    with agent({SYS_NAME: OBJECTS[SYS_NAME]}, "public") as running:
        answer = ask_agent(check, running.port, "--snmp-timeout", "20")
    assert says("SnmpObjectMissing", answer), answer.stdout
    assert answer.code == 3
