"""TLS is verified unless the user says otherwise, and what is wrong with it is told apart."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from check_videoconf import tls
from check_videoconf.simulator import Simulator

from .conftest import Answer, Run
from .pki import DAY, Authority
from .servers import EMPTY_LIST, HOST, Web, hangs, listening

PASSWORD = "correct horse battery"
OK = "no alarm"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def serving(context: ssl.SSLContext) -> Web:
    return Web(lambda _: (200, {}, EMPTY_LIST), context)


def ask(check: Run, port: int, *argv: str, **env: str) -> Answer:
    return check("pexip", "alarms", "-H", HOST, "-p", str(port), *argv, CHECK_VIDEOCONF_PASSWORD=PASSWORD, **env)


def hashed(directory: Path, certificate: Path) -> Path:
    """A directory as `openssl rehash` leaves it, with one certificate."""
    directory.mkdir()
    (directory / certificate.name).write_bytes(certificate.read_bytes())
    subprocess.run(["openssl", "rehash", str(directory)], check=True, timeout=20, capture_output=True)  # noqa: S607
    return directory


# -- trust


def test_a_certificate_of_an_unknown_authority_is_refused_and_nothing_is_sent(check: Run, authority: Authority) -> None:
    with serving(authority.server()) as web:
        answer = ask(check, web.port)
    assert answer.first_line == (
        f"PEXIP ALARMS UNKNOWN - the certificate of {HOST}:{web.port} is not trusted: "
        "unable to get local issuer certificate"
    )
    assert "--cacert FILE" in answer.long_output[0]
    assert (answer.code, web.requests) == (3, [])


def test_the_authority_may_be_given_as_a_file_and_as_a_hashed_directory(
    check: Run, authority: Authority, tmp_path: Path
) -> None:
    directory = hashed(tmp_path / "trusted", authority.path)
    with serving(authority.server()) as web:
        assert ask(check, web.port, "--cacert", str(authority.path)).code == 0
        assert ask(check, web.port, "--cacert", str(directory)).code == 0
        other = Authority(tmp_path, "Other authority")
        assert "is not trusted" in ask(check, web.port, "--cacert", str(other.path)).summary


def test_insecure_takes_any_certificate(check: Run, authority: Authority) -> None:
    with serving(authority.server(names=("elsewhere.example.com",), end=-DAY / 2)) as web:
        for option in ("--insecure", "-k"):
            assert ask(check, web.port, option).summary == OK


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("missing.pem", "cannot be loaded: No such file or directory"),
        ("empty.pem", "cannot be loaded: no certificate or crl found"),
        ("unhashed", "holds no certificates by their hashes; make them with: openssl rehash {}"),
    ],
)
def test_an_authority_that_cannot_be_used_is_an_option_error(
    check: Run, tmp_path: Path, authority: Authority, argument: str, reason: str
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "unhashed").mkdir()
    path = tmp_path / argument
    with serving(authority.server()) as web:
        answer = ask(check, web.port, "--cacert", str(path))
    assert answer.first_line == f"UNKNOWN: --cacert {path}: {reason.format(path)}"
    assert (answer.code, web.requests) == (3, [])


def test_ssl_cert_file_and_ssl_cert_dir_are_honoured(run: Run, authority: Authority, tmp_path: Path) -> None:
    directory = hashed(tmp_path / "trusted", authority.path)
    with serving(authority.server()) as web:
        assert ask(run, web.port, SSL_CERT_FILE=str(authority.path)).summary == OK
        assert ask(run, web.port, SSL_CERT_DIR=str(directory)).summary == OK
        assert "is not trusted" in ask(run, web.port, SSL_CERT_FILE="/no/such/file").summary


class Loaded:
    """Records what certificates a context was made of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **paths: str) -> None:
        self.calls: list[dict[str, Any]] = []
        original = ssl.SSLContext.load_verify_locations

        def load(context: ssl.SSLContext, **arguments: Any) -> None:
            self.calls.append(arguments)
            original(context, **arguments)

        defaults: dict[str, Any] = {
            "cafile": None, "capath": None, "openssl_cafile_env": "SSL_CERT_FILE", "openssl_cafile": "/no/such/file",
            "openssl_capath_env": "SSL_CERT_DIR", "openssl_capath": "/no/such/directory",
        }  # fmt: skip
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: ssl.DefaultVerifyPaths(**{**defaults, **paths}))
        monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
        monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda _: self.calls.append({"default": True}))


def test_a_hashed_system_store_is_not_parsed_as_a_whole(
    check: Run, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = hashed(tmp_path / "certs", authority.path)
    loaded = Loaded(monkeypatch, cafile=str(authority.path), capath=str(directory))
    with serving(authority.server()) as web:
        assert ask(check, web.port).summary == OK
    assert loaded.calls == [{"capath": str(directory)}]


def test_what_the_hashed_store_lacks_is_looked_for_in_the_bundle(
    check: Run, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = hashed(tmp_path / "certs", Authority(tmp_path, "Other authority").path)
    loaded = Loaded(monkeypatch, cafile=str(authority.path), capath=str(directory))
    with serving(authority.server()) as web:
        assert ask(check, web.port).summary == OK
        assert len(web.requests) == 1
    assert loaded.calls == [{"capath": str(directory)}, {"cafile": str(authority.path)}]


@pytest.mark.parametrize("paths", [{"cafile": "/bundle.pem"}, {"capath": "/etc"}])
def test_a_system_store_that_is_not_hashed_is_loaded_as_openssl_does(
    monkeypatch: pytest.MonkeyPatch, paths: dict[str, str]
) -> None:
    loaded = Loaded(monkeypatch, **paths)
    tls.trust_system(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert loaded.calls == [{"default": True}]


def test_where_the_system_has_no_store_that_of_requests_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Loaded(monkeypatch)
    tls.trust_system(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert [list(call) for call in loaded.calls] == [["cafile"]]


# -- names and times


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"end": -DAY / 2}, "the certificate of {} has expired"),
        ({"start": DAY / 2}, "the certificate of {} is not valid yet"),
        (
            {"names": ("elsewhere.example.com",)},
            "the certificate of {} is for another name: IP address mismatch, certificate is not valid for '127.0.0.1'.",
        ),
    ],
)
def test_expired_not_yet_valid_and_wrong_name_are_told_apart(
    check: Run, authority: Authority, options: dict[str, Any], reason: str
) -> None:
    with serving(authority.server(**options)) as web:
        answer = ask(check, web.port, "--cacert", str(authority.path), "--unreachable-state", "critical")
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {reason.format(f'{HOST}:{web.port}')}"
    assert (answer.code, web.requests) == (2, [])


def test_a_wrong_host_name_is_named(check: Run, authority: Authority) -> None:
    with serving(authority.server(names=("elsewhere.example.com",))) as web:
        answer = check("pexip", "alarms", "-H", "localhost", "-p", str(web.port), "--cacert", str(authority.path),
                       CHECK_VIDEOCONF_PASSWORD=PASSWORD)  # fmt: skip
    assert answer.summary == (
        f"the certificate of localhost:{web.port} is for another name: Hostname mismatch, certificate is not valid for "
        "'localhost'."
    )


MAC = "0004f2aabbcc"


@pytest.mark.parametrize("name", [MAC, MAC.upper(), "00:04:f2:aa:bb:cc"])
def test_tls_cn_accepts_the_name_a_phone_has_in_its_certificate(check: Run, authority: Authority, name: str) -> None:
    with serving(authority.server(MAC, names=())) as web:
        assert "is for another name" in ask(check, web.port, "--cacert", str(authority.path)).summary
        assert ask(check, web.port, "--cacert", str(authority.path), "--tls-cn", name).summary == OK


def test_tls_cn_accepts_no_other_name_and_no_other_authority(check: Run, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "Other authority")
    with serving(authority.server(MAC)) as web:
        answer = ask(check, web.port, "--cacert", str(authority.path), "--tls-cn", "0004f2000000")
        assert answer.summary == (
            f"the certificate of {HOST}:{web.port} is for another name: its common name is '{MAC}'"
        )
        assert "is not trusted" in ask(check, web.port, "--cacert", str(other.path), "--tls-cn", MAC).summary
        assert web.requests == []
    with serving(authority.server(MAC, end=-DAY / 2)) as web:
        assert "has expired" in ask(check, web.port, "--cacert", str(authority.path), "--tls-cn", MAC).summary


# -- client certificates


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_certificate_is_shown_to_a_server_that_wants_one(
    check: Run, authority: Authority, tmp_path: Path, newest: ssl.TLSVersion
) -> None:
    context = authority.server()
    context.maximum_version = newest
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.path)
    both = authority.issue("poller.example.com")
    key, _, certificate = both.read_text(encoding="ascii").partition("-----BEGIN CERTIFICATE-----")
    (tmp_path / "key.pem").write_text(key, encoding="ascii")
    (tmp_path / "cert.pem").write_text(f"-----BEGIN CERTIFICATE-----{certificate}", encoding="ascii")
    trusting = ["--cacert", str(authority.path)]
    with serving(context) as web:
        assert ask(check, web.port, *trusting, "--cert", str(both)).summary == OK
        separate = ["--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")]
        assert ask(check, web.port, *trusting, *separate).summary == OK
        answer = ask(check, web.port, *trusting)
    failed = f"the TLS handshake with {HOST}:{web.port} failed: "
    # TLS 1.3 says so after the handshake, and may have hung up by then.
    broke = f"the connection to {HOST}:{web.port} broke while waiting for the answer of {HOST}:{web.port} to "
    assert answer.summary.startswith(failed if newest == ssl.TLSVersion.TLSv1_2 else (failed, broke))
    assert answer.code == 3


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--cert", "{}/missing.pem"], "--cert {}/missing.pem: cannot be loaded: No such file or directory"),
        (["--cert", "{}/encrypted.pem"], "--cert {}/encrypted.pem: cannot be loaded: "),
        (["--cert", "{}/test-authority.pem"], "--cert {}/test-authority.pem: cannot be loaded: "),
        (["--key", "{}/encrypted.pem"], "--key needs --cert"),
    ],
)
def test_a_client_certificate_that_cannot_be_used_is_an_option_error(
    check: Run, tmp_path: Path, authority: Authority, argv: list[str], reason: str
) -> None:
    authority.issue("encrypted", password=b"secret")
    answer = ask(check, 9, *(word.format(tmp_path) for word in argv))
    assert answer.first_line.startswith(f"UNKNOWN: {reason.format(tmp_path)}")
    assert answer.code == 3


# -- versions


def test_a_device_that_speaks_only_tls_1_0_is_refused_with_the_option_that_helps(check: Run) -> None:
    with Simulator(systems=("trio",), fault="tls-1.0-only") as devices:
        argv = ["trio", "device", "-H", HOST, "-p", str(devices.trio.port), "-u", "monitor", "--password", "simulated",
                "--cacert", devices.ca_file]  # fmt: skip
        answer = check(*argv)
        assert answer.first_line.startswith(
            f"TRIO DEVICE UNKNOWN - no common TLS version or cipher with {HOST}:{devices.trio.port}: "
        )
        assert answer.long_output[0] == "what to do: --tls-min 1.0 accepts what old devices speak"
        assert check(*argv, "--tls-min", "1.1").code == 3
        assert check(*argv, "--tls-min", "1.0").code == 0


@pytest.mark.parametrize(("version", "accepted"), [("1.2", True), ("1.3", False)])
def test_tls_min_is_the_oldest_version_accepted(check: Run, authority: Authority, version: str, accepted: bool) -> None:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with serving(context) as web:
        answer = ask(check, web.port, "--cacert", str(authority.path), "--tls-min", version)
    assert (answer.code == 0) is accepted
    if not accepted:
        assert answer.summary.startswith("no common TLS version or cipher with")
        assert "--tls-min" in answer.long_output[0]


def test_old_ciphers_come_with_old_versions(check: Run, authority: Authority) -> None:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    cipher = "ECDHE-ECDSA-AES128-SHA"  # which Python refuses from 3.10 on
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    with serving(context) as web:
        answer = ask(check, web.port, "--cacert", str(authority.path))
        if not any(known["name"] == cipher for known in ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).get_ciphers()):
            assert answer.summary.startswith(f"the TLS handshake with {HOST}:{web.port} failed: ")
            assert "--tls-min 1.0" in answer.long_output[0]
        assert ask(check, web.port, "--cacert", str(authority.path), "--tls-min", "1.0").summary == OK


def alert(description: int) -> Callable[[socket.socket], None]:
    """A server that answers every handshake with a fatal alert of TLS."""

    def play(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(bytes([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, description]))
        hangs(connection)

    return play


HANDSHAKE_FAILURE, PROTOCOL_VERSION, INTERNAL_ERROR = 40, 70, 80


@pytest.mark.parametrize(
    ("description", "line"),
    [
        (HANDSHAKE_FAILURE, "the TLS handshake with {} failed: "),
        (PROTOCOL_VERSION, "no common TLS version or cipher with {}: "),
        (INTERNAL_ERROR, "the TLS handshake with {} failed: "),
    ],
)
def test_a_version_refused_is_told_apart_from_any_other_failure(check: Run, description: int, line: str) -> None:
    with listening(alert(description)) as port:
        answer = ask(check, port)
    assert answer.summary.startswith(line.format(f"{HOST}:{port}"))


def test_a_port_that_does_not_speak_tls_is_said_to(check: Run) -> None:
    with serving_plain() as web:
        answer = ask(check, web.port)
    assert answer.summary == f"the TLS handshake with {HOST}:{web.port} failed: it does not speak TLS"
    assert "--proto" in answer.long_output[0]


def serving_plain() -> Web:
    return Web(lambda _: (200, {}, EMPTY_LIST))


def test_a_server_that_hangs_up_in_the_handshake_is_said_to(check: Run) -> None:
    with listening(lambda connection: connection.close()) as port:
        answer = ask(check, port)
    assert answer.code == 3
    assert answer.summary.startswith(
        (
            f"the TLS handshake with {HOST}:{port} failed: ",
            f"the connection to {HOST}:{port} broke while in the TLS handshake with {HOST}:{port}: ",
        )
    )
