"""`snmp-load` against net-snmp's agent, with every protocol of version 3 that both sides know."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Answer, Run
from tests.engines.checks import environment, program
from tests.engines.daemons import running

pytestmark = pytest.mark.engines

COMMUNITY, LIMITED = "s3cret-community", "limited-community"
AUTH_PASSWORD, PRIV_PASSWORD = "auth-geheim-1", "priv-geheim-2"
SECRETS = (COMMUNITY, LIMITED, AUTH_PASSWORD, PRIV_PASSWORD)
MISSING_LIBRARY = "raise ImportError('none here')\n"

#: The protocols by the names of the plugin and by those of the agent.
AUTH = {"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIV = {"des": "DES", "aes": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C",
        "aes256c": "AES-256-C"}  # fmt: skip
PAIRS = [*((auth, "aes") for auth in AUTH), *(("sha256", priv) for priv in PRIV if priv != "aes"), ("md5", "des")]

CONFIGURATION = f"""\
agentaddress udp:127.0.0.1:{{port}},udp6:[::1]:{{port}}
sysName lon-conf-01
rocommunity {COMMUNITY} 127.0.0.1
rocommunity6 {COMMUNITY} ::1
view system included .1.3.6.1.2.1.1
rocommunity {LIMITED} 127.0.0.1 -V system
createUser nobodys-secret
rouser nobodys-secret noauth
createUser authentic SHA {AUTH_PASSWORD}
rouser authentic auth
"""

USER_LINES = f"createUser {{0}} {{1}} {AUTH_PASSWORD} {{2}} {PRIV_PASSWORD}\nrouser {{0}} priv\n"

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """An agent in the foreground with a scratch configuration; it reads and writes nothing elsewhere."""
    snmpd, scratch = program("snmpd"), tmp_path_factory.mktemp("snmpd")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as chosen:
        chosen.bind(("::", 0))
        number = int(chosen.getsockname()[1])
    users = (USER_LINES.format(f"{auth}-{priv}", AUTH[auth], PRIV[priv]) for auth, priv in PAIRS)
    (scratch / "snmpd.conf").write_text(CONFIGURATION.format(port=number) + "".join(users), encoding="utf-8")
    command = [snmpd, "-f", "-Lo", "-C", "-c", scratch / "snmpd.conf", "-p", scratch / "pid"]
    places = {**environment(scratch), "SNMP_PERSISTENT_DIR": str(scratch / "kept"), "MIBS": ""}
    log = scratch / "log"
    with running(command, places, log) as daemon:
        daemon.wait_for("it says its version, as it does once it listens", lambda: b"NET-SNMP" in log.read_bytes())
        yield number


@pytest.fixture
def ask(check: Run, port: int) -> Ask:
    def ask_agent(*argv: str, system: str = "pexip", host: str = "127.0.0.1") -> Answer:
        answer = check(system, "snmp-load", "-H", host, "--snmp-port", str(port), "--snmp-timeout", "20", *argv)
        assert answer.stderr == ""
        assert not [secret for secret in SECRETS if secret in answer.stdout]
        return answer

    return ask_agent


def assert_loads(answer: Answer) -> None:
    assert re.fullmatch(r"load [0-9.]+, [0-9.]+, [0-9.]+, lon-conf-01, agent up [0-9].*", answer.summary), answer.stdout
    assert list(answer.perfdata) == [f"cpu.load.{minutes}m.count" for minutes in (1, 5, 15)]
    assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)?;;;0;", value) for value in answer.perfdata.values())
    assert answer.code == 0


@pytest.mark.parametrize("system", ["pexip", "conductor"])
def test_by_version_2c(ask: Ask, system: str) -> None:
    assert_loads(ask("--community", COMMUNITY, "-vvv", "--perfdata", "all", system=system))


def test_by_ipv6(ask: Ask) -> None:
    assert_loads(ask("--community", COMMUNITY, host="::1"))


@pytest.mark.parametrize(("auth", "priv"), PAIRS)
def test_by_version_3_with_authentication_and_encryption(ask: Ask, auth: str, priv: str) -> None:
    protocols = ("--auth-protocol", auth, "--priv-protocol", PRIV[priv])
    passwords = ("--auth-password", AUTH_PASSWORD, "--priv-password", PRIV_PASSWORD)
    assert_loads(ask("--snmp-user", f"{auth}-{priv}", *protocols, *passwords, "-vvv"))


def test_by_version_3_without_encryption(ask: Ask) -> None:
    assert_loads(ask("--snmp-user", "authentic", "--auth-password", AUTH_PASSWORD))


def test_by_version_3_without_anything(ask: Ask) -> None:
    assert_loads(ask("--snmp-user", "nobodys-secret"))


USER = ("--snmp-user", "sha-aes", "--auth-password", AUTH_PASSWORD, "--priv-password", PRIV_PASSWORD)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--snmp-user", "somebody"), "does not take user 'somebody': it knows no such user"),
        (("--auth-password", "not-this-one"), "'sha-aes': --auth-password or --auth-protocol is wrong"),
        (("--auth-protocol", "sha256"), "'sha-aes': --auth-password or --auth-protocol is wrong"),
        (("--snmp-user", "authentic"), "'authentic': it is not to be asked by authPriv"),
    ],
)
def test_a_user_it_does_not_take(ask: Ask, port: int, argv: tuple[str, ...], words: str) -> None:
    answer = ask(*USER, *argv)
    assert answer.summary.startswith(f"the SNMP agent of 127.0.0.1:{port} does not take user ")
    assert answer.summary.endswith(words)
    assert answer.code == 3


def test_a_level_below_the_users_is_refused_in_its_own_words(ask: Ask, port: int) -> None:
    answer = ask("--snmp-user", "sha-aes", "--auth-password", AUTH_PASSWORD)
    assert answer.summary == f"127.0.0.1:{port} answered the SNMP request with authorizationError"
    assert answer.code == 3


@pytest.mark.parametrize(
    "argv",
    [("--community", "wrong"), (*USER, "--priv-password", "not-this-one"), (*USER, "--priv-protocol", "des")],
)
def test_what_it_is_silent_about(ask: Ask, port: int, argv: tuple[str, ...]) -> None:
    answer = ask(*argv, "--retries", "0", "--snmp-timeout", "1")
    assert answer.code == 3
    if "des" not in argv:  # which of the two it is depends on how the bytes happen to decrypt
        assert answer.summary == f"no SNMP answer of 127.0.0.1:{port}: none within 1 s, 1 try"


def test_a_view_without_load_averages(ask: Ask, port: int) -> None:
    answer = ask("--community", LIMITED, "--unreachable-state", "critical")
    assert answer.summary.startswith(f"the SNMP agent of 127.0.0.1:{port} has no laLoad: not there (noSuch")
    assert answer.code == 3


def test_encryption_without_its_library_is_told(run: Run, port: int, tmp_path: Path) -> None:
    (tmp_path / "cryptography.py").write_text(MISSING_LIBRARY, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    argv = ("-H", "127.0.0.1", "--snmp-port", str(port), "--snmp-timeout", "20", *USER)
    answer = run("pexip", "snmp-load", *argv, PYTHONPATH=f"{tmp_path}:{root}")
    assert answer.first_line.startswith("UNKNOWN: SNMP cannot ask so: ")
    assert answer.first_line.endswith("; it needs the library cryptography")
    assert answer.code == 3
