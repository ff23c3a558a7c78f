"""Logging in: Basic, Digest when the device asks for it, and never twice with a wrong password."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from check_videoconf.auth import digest_challenge
from check_videoconf.simulator import Simulator

from .conftest import Answer, Run
from .servers import EMPTY_LIST, HOST, Reply, Request, Web

USERNAME, PASSWORD = "jürgen", "pässwörd"
HASHES: dict[str, Callable[..., Any]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Device:
    """Asks for Digest and counts; RFC 7616 written out once more.

    uses: how often a nonce is good; after that the answer says stale=true, or with `silent` nothing.
    """

    def __init__(self, algorithm: str = "MD5", *, uses: int = 1000, silent: bool = False, qop: str = "auth") -> None:
        self._hash = HASHES[algorithm.replace("-sess", "")]
        self._algorithm = algorithm
        self._uses, self._silent, self._qop = uses, silent, qop
        self._nonces: list[list[int]] = []
        self.schemes: list[str] = []

    def __call__(self, request: Request) -> Reply:
        given = request.headers.get("Authorization", "none")
        self.schemes.append(given.partition(" ")[0])
        if given.startswith("Digest "):
            fields = {name: value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|[^ ,]+)', given)}
            counts = self._nonces[int(fields["nonce"][5:])]
            count = int(fields["nc"], 16)
            if fields["response"] == self._response(request, fields) and count not in counts:
                counts.append(count)
                if len(counts) <= self._uses:
                    return 200, {}, EMPTY_LIST
                return self._challenge(stale=not self._silent)
        return self._challenge(stale=False)

    def _challenge(self, *, stale: bool) -> Reply:
        self._nonces.append([])
        parts = ['realm="a, b=\\"c"'.replace('\\"', ""), f'nonce="nonce{len(self._nonces) - 1}"', f'qop="{self._qop}"',
                 f"algorithm={self._algorithm}", 'opaque="o"', *(["stale=TRUE"] if stale else [])]  # fmt: skip
        return 401, {"WWW-Authenticate": f"Digest {', '.join(parts)}"}, b""

    def _response(self, request: Request, fields: dict[str, str]) -> str:
        def digest(text: str) -> str:
            return str(self._hash(text.encode()).hexdigest())

        assert fields["uri"] == request.target
        assert fields["username"].encode("latin-1").decode() == USERNAME
        account = digest(f"{USERNAME}:a, b=c:{PASSWORD}")
        if self._algorithm.endswith("-sess"):
            account = digest(f"{account}:{fields['nonce']}:{fields['cnonce']}")
        middle = ":".join(fields[name] for name in ("nonce", "nc", "cnonce", "qop"))
        return digest(f"{account}:{middle}:{digest(f'{request.method}:{request.target}')}")


def ask(check: Run, device: Callable[[Request], Reply], mode: str = "alarms", *argv: str) -> tuple[Answer, int]:
    """The plugin's answer, and how many requests it needed."""
    with Web(device) as web:
        answer = check("pexip", mode, "-H", HOST, "-p", str(web.port), "--proto", "http", "-u", USERNAME,
                       "--password", PASSWORD, *argv)  # fmt: skip
        return answer, len(web.requests)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess"])
@pytest.mark.parametrize(("auth", "first"), [("auto", "Basic"), ("digest", "none")])
def test_digest_follows_a_challenge(check: Run, algorithm: str, auth: str, first: str) -> None:
    device = Device(algorithm)
    answer, requests = ask(check, device, "conferences", "--auth", auth)
    assert answer.code == 0
    assert device.schemes == [first, "Digest", "Digest"]  # the second page goes with the same nonce
    assert requests == 3


@pytest.mark.parametrize("silent", [False, True])
def test_a_nonce_that_has_grown_old_is_replaced(check: Run, silent: bool) -> None:
    device = Device(uses=1, silent=silent)
    answer, requests = ask(check, device, "conferences", "--auth", "digest")
    assert (answer.code, requests) == (0, 4)


def test_a_device_for_which_every_nonce_is_stale_does_not_get_asked_for_ever(check: Run) -> None:
    device = Device(uses=0)
    answer, requests = ask(check, device, "alarms", "--auth", "digest")
    assert answer.summary.startswith(f"authentication failed for account '{USERNAME}' at {HOST}:")
    assert (answer.code, requests) == (3, 3)


@pytest.mark.parametrize("auth", ["auto", "digest"])
def test_a_wrong_password_is_tried_once(check: Run, auth: str) -> None:
    device = Device()
    with Web(device) as web:
        answer = check("pexip", "alarms", "-H", HOST, "-p", str(web.port), "--proto", "http", "-u", USERNAME,
                       "--password", "wrong", "--auth", auth, "--unreachable-state", "critical")  # fmt: skip
    assert answer.first_line == (
        f"PEXIP ALARMS CRITICAL - authentication failed for account '{USERNAME}' at {HOST}:{web.port}: HTTP 401"
    )
    assert len(device.schemes) == 2


def test_basic_does_not_answer_a_challenge_for_digest(check: Run) -> None:
    device = Device()
    answer, requests = ask(check, device, "alarms", "--auth", "basic")
    assert (answer.code, requests) == (3, 1)


def test_a_challenge_that_cannot_be_met_ends_the_check(check: Run) -> None:
    for device in (Device(qop="auth-int"), lambda _: (401, {"WWW-Authenticate": "Negotiate"}, b"")):
        answer, requests = ask(check, device, "alarms", "--auth", "digest")
        assert answer.code == 3
        assert requests <= 2


def test_basic_is_sent_at_once(check: Run) -> None:
    def device(request: Request) -> Reply:
        expected = "Basic " + b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        return (200, {}, EMPTY_LIST) if request.headers["Authorization"] == expected else (401, {}, b"")

    answer, requests = ask(check, device)
    assert (answer.code, requests) == (0, 1)


def test_the_trio_that_asks_for_digest_is_read(check: Run) -> None:
    with Simulator(systems=("trio",), trio_auth="digest") as devices:
        answer = check("trio", "device", "-H", HOST, "-p", str(devices.trio.port), "-u", "monitor", "--password",
                       "simulated", "--cacert", devices.ca_file)  # fmt: skip
        assert answer.code == 0
        assert devices.trio.connections == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Digest realm="r", nonce="n"', {"realm": "r", "nonce": "n"}),
        ('Basic realm="Digest realm", Digest nonce="n",realm="r"', {"realm": "r", "nonce": "n"}),
        (
            'Digest realm="r",nonce="1",algorithm=SHA-512-256, Digest realm="r", nonce="2", algorithm=MD5, Basic r="b"',
            {"realm": "r", "nonce": "2", "algorithm": "MD5"},
        ),
        ('Basic realm="Digest of news"', {}),
        ("Digest", {}),
        ('Digest realm="r"', {}),
        ("", {}),
    ],
)
def test_the_first_digest_challenge_that_can_be_met_is_found(header: str, expected: dict[str, str]) -> None:
    assert digest_challenge({"WWW-Authenticate": header}) == expected


def test_credentials_do_not_follow_a_redirect(check: Run) -> None:
    for system, mode in (("pexip", "alarms"), ("conductor", "health"), ("trio", "device")):
        with Simulator(systems=(system,), fault="redirect-elsewhere", tls=False) as devices:
            port = devices.systems[system].port
            answer = check(system, mode, "-H", HOST, "-p", str(port), "--proto", "http", "-u", "monitor",
                           "--password", "simulated")  # fmt: skip
            assert f"redirects /{'' if system == 'conductor' else 'api/'}" in answer.summary
            assert f"to {devices.trap.url}/elsewhere/" in answer.summary
            assert devices.trap.requests == []
