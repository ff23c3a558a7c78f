"""OAuth2 for Pexip: a signed assertion for a token, which is kept for the next check."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from check_videoconf.oauth2 import PATH
from check_videoconf.simulator import Canned, Simulator
from check_videoconf.simulator.oauth2 import OAuth2

from .conftest import Answer, Run
from .servers import HOST

CLIENT = "0a1b2c3d-client"


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, passphrase: bytes = b"") -> str:
    encryption = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def key_file(tmp_path: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    path = tmp_path / "key.pem"
    path.write_text(pem(key), encoding="ascii")
    return path


@pytest.fixture
def devices(key: ec.EllipticCurvePrivateKey) -> Iterator[Simulator]:
    with Simulator(systems=("pexip",)) as running:
        running.pexip.oauth2 = OAuth2(CLIENT, key.public_key(), running.pexip.url + PATH)
        yield running


def server(devices: Simulator) -> OAuth2:
    assert devices.pexip.oauth2
    return devices.pexip.oauth2


def ask(run: Run, devices: Simulator, key_file: Path, *argv: str, **env: str) -> Answer:
    return run("pexip", "conferences", "-H", HOST, "-p", str(devices.pexip.port), "--cacert", devices.ca_file,
               "--auth", "oauth2", "--oauth2-client-id", CLIENT, "--oauth2-key", str(key_file),
               *argv, **env)  # fmt: skip


def asked(devices: Simulator) -> int:
    """How often the token endpoint was asked."""
    return sum(request.path == PATH for request in devices.pexip.requests)


def test_the_assertion_is_signed_and_says_what_is_asked_for(check: Run, devices: Simulator, key_file: Path) -> None:
    before = int(time.time())
    assert ask(check, devices, key_file).code == 0
    (claims,) = server(devices).claims
    assert claims["iss"] == claims["sub"] == CLIENT
    assert claims["aud"] == devices.pexip.url + PATH
    assert before <= claims["iat"] <= time.time()
    assert claims["exp"] == claims["iat"] + 3600
    assert re.fullmatch("[0-9a-f]{36}", claims["jti"])
    first, *others = devices.pexip.requests
    assert (first.method, first.path) == ("POST", PATH)
    assert "Authorization" not in first.headers
    assert all(request.headers["Authorization"].startswith("Bearer ") for request in others)
    assert devices.pexip.connections == 1


@pytest.mark.parametrize(
    ("port", "proto", "audience"),
    [("443", "https", "https://m.example.com"), ("80", "http", "http://m.example.com"),
     ("8443", "https", "https://m.example.com:8443"), ("443", "http", "http://m.example.com:443")],
)  # fmt: skip
def test_the_audience_has_no_port_that_goes_without_saying(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, port: str, proto: str, audience: str
) -> None:
    from check_videoconf import oauth2

    claims: list[dict[str, object]] = []

    def signed(made: dict[str, object], _: str) -> str:
        claims.append(made)
        return "signed"

    monkeypatch.setattr(oauth2, "_signed", signed)
    session = SimpleNamespace(
        base=f"{proto}://m.example.com:{port}", redactor=SimpleNamespace(add=lambda *_: None),
        request=lambda *_, **__: SimpleNamespace(json=lambda: {"access_token": "t"}),
    )  # fmt: skip
    login = oauth2.Bearer(CLIENT, str(key_file))
    login.attach(session, "")  # type: ignore[arg-type]
    assert login.header("GET", "") == "Bearer t"
    assert claims[0]["aud"] == audience + PATH


def test_the_token_is_kept_for_the_next_process_and_for_nobody_else(
    run: Run, devices: Simulator, key_file: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert ask(run, devices, key_file).code == 0
    assert asked(devices) == 1
    (file,) = (tmp_path / "state").glob("token-*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_bytes())
    assert 3500 < kept["until"] - time.time() < 3600
    # Another key is another client.
    other = tmp_path / "other.pem"
    other.write_text(pem(ec.generate_private_key(ec.SECP256R1())), encoding="ascii")
    answer = ask(run, devices, other)
    assert answer.summary.startswith(f"authentication failed for account '{CLIENT}' at {HOST}:{devices.pexip.port}: ")
    assert answer.code == 3


def test_a_token_that_ends_soon_is_not_kept(check: Run, devices: Simulator, key_file: Path, tmp_path: Path) -> None:
    server(devices).seconds = 59
    for _ in range(2):
        assert ask(check, devices, key_file).code == 0
    assert asked(devices) == 2
    assert not list((tmp_path / "state").glob("token-*"))


def test_a_token_that_has_ended_is_renewed(check: Run, devices: Simulator, key_file: Path, tmp_path: Path) -> None:
    ask(check, devices, key_file)
    (file,) = (tmp_path / "state").glob("token-*")
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "until": time.time() - 1}), encoding="ascii")
    assert ask(check, devices, key_file).code == 0
    assert asked(devices) == 2


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"token": 5, "until": 9e99}', b'{"token": "a\\r\\nb", "until": 9e99}']
)
def test_a_damaged_token_is_renewed(
    check: Run, devices: Simulator, key_file: Path, tmp_path: Path, content: bytes
) -> None:
    ask(check, devices, key_file)
    (file,) = (tmp_path / "state").glob("token-*")
    file.write_bytes(content)
    assert ask(check, devices, key_file).code == 0
    assert asked(devices) == 2


def test_a_token_that_was_withdrawn_is_renewed_once(check: Run, devices: Simulator, key_file: Path) -> None:
    ask(check, devices, key_file)
    server(devices).withdraw()
    assert ask(check, devices, key_file).code == 0
    assert asked(devices) == 2
    devices.pexip.respond["status/v1/conference/"] = Canned(401)
    before = len(devices.pexip.requests)
    answer = ask(check, devices, key_file, "--unreachable-state", "critical")
    assert answer.first_line == (
        f"PEXIP CONFERENCES CRITICAL - authentication failed for account '{CLIENT}' at {HOST}:{devices.pexip.port}: "
        "HTTP 401"
    )
    assert asked(devices) == 3
    assert len(devices.pexip.requests) == before + 3  # with the kept token, for a new one, with the new one
    before = len(devices.pexip.requests)
    assert ask(check, devices, key_file, "--state-dir", "/dev/null").code == 3
    assert len(devices.pexip.requests) == before + 2  # a new token refused is not renewed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Canned(401, {}, b'{"error": "invalid_client"}'), "HTTP 401"),
        (Canned(200, {}, b"{}"), "no access token in the answer"),
        (Canned(200, {}, b"[]"), "no access token in the answer"),
        (Canned(200, {}, b'{"access_token": 5}'), "no access token in the answer"),
        (Canned(200, {}, b'{"access_token": "a\\r\\nX: b"}'), "no access token in the answer"),
        (Canned(200, {}, b"<html>login</html>"), "a login page came instead of data"),
    ],
)
def test_a_client_that_gets_no_token_is_told_why(
    check: Run, devices: Simulator, key_file: Path, answer: Canned, reason: str
) -> None:
    devices.pexip.respond[PATH] = answer
    told = ask(check, devices, key_file)
    assert told.summary == f"authentication failed for account '{CLIENT}' at {HOST}:{devices.pexip.port}: {reason}"
    assert told.code == 3


def test_a_missing_expiry_is_a_short_one(check: Run, devices: Simulator, key_file: Path, tmp_path: Path) -> None:
    devices.pexip.respond[PATH] = Canned(200, {}, b'{"access_token": "abc"}')
    ask(check, devices, key_file)
    (file,) = (tmp_path / "state").glob("token-*")
    assert 0 < json.loads(file.read_bytes())["until"] - time.time() < 300


def test_nothing_secret_is_shown(run: Run, devices: Simulator, key_file: Path, tmp_path: Path) -> None:
    devices.pexip.respond["status/v1/conference/"] = Canned(500, {}, b'{"error": "echo"}')
    first = ask(run, devices, key_file, "-vvv", "--retries", "0")
    (file,) = (tmp_path / "state").glob("token-*")
    token = json.loads(file.read_bytes())["token"]
    devices.pexip.respond["status/v1/conference/"] = Canned(500, {}, json.dumps({"error": f"echo {token}"}).encode())
    second = ask(run, devices, key_file, "-vvv", "--retries", "0")
    assert "echo ***" in second.summary
    for answer in (first, second):
        assert token not in answer.stdout
        assert "client_assertion=***" in answer.stdout or answer is second
        assert "BEGIN" not in answer.stdout
        assert "eyJ" not in answer.stdout


# -- options


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "--oauth2-key {}: No such file or directory"),
        ("geheim", "--oauth2-key: not an EC private key (P-256) in PEM, without a passphrase"),
        ("ü", "--oauth2-key {}: not PEM"),
        ("encrypted", "--oauth2-key: not an EC private key (P-256) in PEM, without a passphrase"),
        ("P-384", "--oauth2-key: not an EC private key (P-256) in PEM, without a passphrase"),
        ("RSA", "--oauth2-key: not an EC private key (P-256) in PEM, without a passphrase"),
    ],
)
def test_a_key_that_cannot_be_used_is_an_option_error_and_not_shown(
    check: Run, devices: Simulator, key: ec.EllipticCurvePrivateKey, tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "bad.pem"
    if content:
        made = {
            "encrypted": lambda: pem(key, b"passphrase"),
            "P-384": lambda: pem(ec.generate_private_key(ec.SECP384R1())),
            "RSA": lambda: pem(rsa.generate_private_key(65537, 2048)),
        }
        path.write_text(made[content]() if content in made else content, encoding="utf-8")
    answer = ask(check, devices, path, "-vvv")
    assert answer.stdout == f"UNKNOWN: {reason.format(path)}\n"
    assert (answer.code, devices.pexip.requests) == (3, [])


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_what_is_not_installed_is_said_with_how_to_install_it(
    run: Run, devices: Simulator, key_file: Path, tmp_path: Path, missing: str
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / f"{missing}.py").write_text("raise ImportError\n", encoding="utf-8")
    root = Path(__file__).resolve().parent.parent
    answer = ask(run, devices, key_file, PYTHONPATH=f"{tmp_path}/broken{os.pathsep}{root}")
    assert answer.first_line == (
        "UNKNOWN: --auth oauth2 needs PyJWT and cryptography: pip install cryptography 'PyJWT>=2', or the packages "
        "python3-jwt and python3-cryptography"
    )
    assert (answer.code, devices.pexip.requests) == (3, [])


def test_oauth2_is_of_pexip_and_needs_its_options(check: Run) -> None:
    assert check("trio", "device", "-H", HOST, "--auth", "oauth2").first_line == (
        "UNKNOWN: --auth oauth2: only Pexip Infinity knows it"
    )
    assert check("pexip", "alarms", "-H", HOST, "--auth", "oauth2").first_line == (
        "UNKNOWN: --auth oauth2 needs --oauth2-client-id and --oauth2-key"
    )
