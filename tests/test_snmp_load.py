"""`snmp-load` against agents that behave: what it says, its options, where its secrets come from, its library."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator, snmp

from .agents import COMMUNITY, LA_LOAD, OBJECTS, SYS_NAME, SYS_UP_TIME, Datagrams, agent, ask, patient, well_behaved
from .conftest import Run
from .promises import kept
from .servers import HOST

LOAD_1 = (*LA_LOAD, 1)


# -- what it says


@pytest.mark.parametrize("system", ["pexip", "conductor"])
def test_the_load_averages_are_told_with_the_agents_name_and_age(check: Run, system: str) -> None:
    with agent() as running:
        answer = ask(check, running.port, "--snmp-timeout", "20", system=system)
    assert answer.first_line == (
        f"{system.upper()} SNMP-LOAD OK - load 0.42, 1.5, 2, lon-conf-01, agent up 1 d 1 h | "
        "'cpu.load.1m.count'=0.42;;;0; 'cpu.load.5m.count'=1.5;;;0; 'cpu.load.15m.count'=2;;;0;"
    )
    assert (answer.code, running.requests) == (0, 1)


def test_thresholds_are_judged(check: Run) -> None:
    with agent() as running:
        answer = patient(check, running.port, "--warning-load-5", "1", "--critical-load-15", "1.9")
    assert answer.summary.startswith("mean load of the last 15 minutes 2, ")
    assert "mean load of the last 5 minutes 1.5, " in answer.summary
    assert answer.perfdata["cpu.load.5m.count"] == "1.5;1;;0;"
    assert answer.code == 2


def test_the_load_can_be_divided_by_the_number_of_cores(check: Run) -> None:
    with agent() as running:
        answer = patient(check, running.port, "--per-core", "2", "--warning-load-15", "0.9")
    assert answer.perfdata == {
        "cpu.load.1m.count": "0.21;;;0;",
        "cpu.load.5m.count": "0.75;;;0;",
        "cpu.load.15m.count": "1;0.9;;0;",
    }
    assert answer.code == 1


def test_requests_are_counted_and_told_without_the_secret(check: Run) -> None:
    with agent() as running:
        answer = patient(check, running.port, "-vvv")
        told = json.loads(patient(check, running.port, "--output", "json").stdout)
    assert "< 1.3.6.1.4.1.2021.10.1.3.1: OctetString 0.42" in answer.long_output
    assert "< 1.3.6.1.2.1.1.3.0: TimeTicks 9000000" in answer.long_output
    assert any(line.startswith("SNMP GET of 5 objects: answered after ") for line in answer.long_output)
    assert (told["requests"], told["state"]) == (1, "OK")


def test_a_name_and_an_age_are_told_only_where_there_are_any(check: Run) -> None:
    loads = {name: value for name, value in OBJECTS.items() if name[:-1] == LA_LOAD}
    with agent(loads) as running:
        answer = patient(check, running.port)
    assert (answer.summary, answer.code) == ("load 0.42, 1.5, 2", 0)


def test_a_name_of_the_agent_is_data(check: Run) -> None:
    with agent({**OBJECTS, SYS_NAME: snmp.octets("a|b\x1b[31m\n" + "x" * 5000)}) as running:
        answer = patient(check, running.port, "-vvv")
    assert answer.summary.startswith("load 0.42, 1.5, 2, a/b xxx")
    assert answer.summary.endswith("x…, agent up 1 d 1 h")
    assert answer.code == 0


def test_ipv6(check: Run) -> None:
    answer_of = well_behaved()
    with Datagrams(lambda request: [answer_of(request)], host="::1") as running:
        assert ask(check, running.port, "--snmp-timeout", "20", host="::1").code == 0
    failed = ask(check, running.port, host="::1")
    assert failed.summary.startswith(f"no SNMP answer of [::1]:{running.port}: ")


def test_a_name_with_several_addresses_is_asked_at_each(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with agent() as running:
        silent = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", running.port, 0, 0))
        there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (HOST, running.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [silent, there])
        assert ask(check, running.port, "--snmp-timeout", "20", host="node.example.com").code == 0


# -- what is not there, or is not what it should be


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"\x80\x00", "not there (noSuchObject)"),
        (b"\x81\x00", "not there (noSuchInstance)"),
        (b"\x82\x00", "not there (endOfMibView)"),
        (snmp.integer(42), "unreadable (Integer)"),
        (snmp.octets("high"), "unreadable (OctetString)"),
        (snmp.octets(""), "unreadable (OctetString)"),
        (snmp.octets("-1"), "unreadable (OctetString)"),
        (snmp.octets("nan"), "unreadable (OctetString)"),
        (snmp.octets("1e999"), "unreadable (OctetString)"),
        (snmp.octets("٣"), "unreadable (OctetString)"),
        (snmp.oid((1, 3, 6)), "unreadable (ObjectIdentifier)"),
        (snmp.encoded(0x40, b"\x7f\x00\x00\x01"), "unreadable (IpAddress)"),
        (snmp.encoded(0x44, bytes.fromhex("9f78043fd70a3d")), "unreadable (Opaque)"),
        (b"\x05\x00", "unreadable (Null)"),
    ],
)
def test_a_load_that_cannot_be_had_is_unknown_and_the_others_are_told(check: Run, value: bytes, words: str) -> None:
    with agent({**OBJECTS, LOAD_1: value}) as running:
        answer = patient(check, running.port)
    assert (answer.summary, answer.code) == (f"load-1: laLoad.1 of the agent is {words}", 3)
    assert list(answer.perfdata) == ["cpu.load.5m.count", "cpu.load.15m.count"]


def test_a_load_that_nobody_asks_for_may_be_missing(check: Run) -> None:
    with agent({**OBJECTS, LOAD_1: b"\x81\x00"}) as running:
        answer = patient(check, running.port, "--filter-counters", "load-(5|15)")
    assert (answer.summary, answer.code) == ("load 1.5, 2, lon-conf-01, agent up 1 d 1 h", 0)


def test_odd_values_of_what_is_only_told_are_left_out(check: Run) -> None:
    odd = {SYS_NAME: snmp.integer(1), SYS_UP_TIME: snmp.octets("yesterday")}
    with agent({**OBJECTS, **odd}) as running:
        answer = patient(check, running.port)
    assert (answer.summary, answer.code) == ("load 0.42, 1.5, 2", 0)


# -- options


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--snmp-version", "1"), "--snmp-version: '1' is none of 2c, 3"),
        (("--snmp-version", "3"), "--snmp-version 3 needs --snmp-user"),
        (("--auth-password", "x" * 8), "--auth-password is of SNMP version 3 and needs --snmp-user"),
        (("--snmp-user", "u", "--auth-password", "geheim"),
         "--auth-password: SNMP version 3 wants at least 8 characters"),
        (("--snmp-user", "u", "--priv-password", "x" * 8),
         "--priv-password needs --auth-password: SNMP does not encrypt without authentication"),
        (("--snmp-user", "u" * 33), "--snmp-user: SNMP knows no names of more than 32 bytes"),
        (("--auth-protocol", "crc"), "--auth-protocol: 'crc' is none of md5, sha, sha224, sha256, sha384, sha512"),
        (("--snmp-port", "0"), "--snmp-port: '0' is not a whole number from 1 to 65535"),
        (("--community-file", "/nowhere/c"), "--community-file /nowhere/c: No such file or directory"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_before_anything_is_sent(check: Run, argv: tuple[str, ...], words: str) -> None:
    with agent() as running:
        answer = kept(check("pexip", "snmp-load", "-H", HOST, "--snmp-port", str(running.port), *argv))
    assert (answer.first_line, answer.code, running.requests) == (f"UNKNOWN: {words}", 3, 0)
    assert "geheim" not in answer.stdout


def test_the_community_comes_the_ways_a_password_comes(check: Run, tmp_path: Path) -> None:
    (tmp_path / "community").write_text(f"{COMMUNITY}\n", encoding="utf-8")
    (tmp_path / "wrong.ini").write_text("[check_videoconf]\ncommunity=wrong-one\n", encoding="utf-8")
    with agent() as running:
        base = ("pexip", "snmp-load", "-H", HOST, "--snmp-port", str(running.port), "--snmp-timeout", "20")
        file = ("--community-file", str(tmp_path / "community"))
        for argv in (file, ("--community-command", f"cat {tmp_path}/community"), ("--snmp-community", COMMUNITY)):
            assert check(*base, *argv).code == 0
        assert check(*base, CHECK_VIDEOCONF_SNMP_COMMUNITY=COMMUNITY).code == 0
        assert check(*base, f"--extra-opts=@{tmp_path}/wrong.ini", *file).code == 0


def test_without_a_community_it_is_the_usual_one(check: Run) -> None:
    with agent(community="public") as running:
        argv = ("--snmp-port", str(running.port), "--snmp-timeout", "20")
        assert check("pexip", "snmp-load", "-H", HOST, *argv).code == 0


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc to read the arguments from")
def test_secrets_leave_the_argument_list(run: Run, tmp_path: Path) -> None:
    seen: list[str] = []
    answer_of = well_behaved()

    def reply(request: bytes) -> Iterable[bytes]:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                arguments = path.read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if f"\0{running.port}\0" in arguments:
                seen.append(arguments)
        return [answer_of(request)]

    with Datagrams(reply) as running:
        argv = ("-H", HOST, "--snmp-port", str(running.port), "--snmp-timeout", "20", "--community", COMMUNITY)
        assert run("pexip", "snmp-load", *argv).code == 0
    assert seen
    assert not [arguments for arguments in seen if COMMUNITY in arguments]


# -- the library


def test_without_the_library_the_line_says_how_to_get_it(run: Run, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    for code in ("raise ImportError('no pysnmp')", "entity = None"):
        (tmp_path / "pysnmp.py").write_text(f"{code}\n", encoding="utf-8")
        answer = run("pexip", "snmp-load", "-H", HOST, PYTHONPATH=f"{tmp_path}:{root}")
        said = "UNKNOWN: SNMP needs pysnmp 7.1: pip install cryptography 'pysnmp>=7.1.8,<7.2' ("
        assert answer.first_line.startswith(said)
        assert (answer.code, answer.stderr) == (3, "")


def test_only_this_mode_loads_the_library_and_only_to_ask() -> None:
    code = """
        import sys
        from check_videoconf.cli import main
        for argv in (["pexip", "alarms", "-H", "127.0.0.1", "-p", "1", "--password", "x", "--retries", "0"],
                     ["pexip", "snmp-load", "--help"], ["conductor", "snmp-load", "--list-counters"]):
            main(argv)
        print(sorted({name.partition(".")[0] for name in sys.modules} & {"pysnmp", "pyasn1", "asyncio"}))
    """
    assert printed(code).splitlines()[-1] == "[]"


def test_no_mib_of_anybody_is_read_and_nothing_is_written(check: Run, run: Run, tmp_path: Path) -> None:
    for place in ("mibs", "tmp", "home"):
        (tmp_path / place).mkdir()
    for module in ("SNMPv2-MIB", "SNMPv2-SMI", "UCD-SNMP-MIB"):
        (tmp_path / "mibs" / f"{module}.py").write_text("raise SystemExit('a foreign MIB')\n", encoding="utf-8")
    places = {
        "PYSNMP_MIB_DIRS": str(tmp_path / "mibs"),
        "PYSNMP_MIB_PKGS": str(tmp_path / "mibs"),
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": str(tmp_path / "home"),
    }
    with agent() as running:
        argv = ("-H", HOST, "--snmp-port", str(running.port), "--snmp-timeout", "20", "--community", COMMUNITY)
        answer = run("pexip", "snmp-load", *argv, **places)
    assert (answer.code, answer.stderr) == (0, "")
    assert [*(tmp_path / "tmp").iterdir(), *(tmp_path / "home").iterdir()] == []


def printed(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=45,
        check=True,
    )
    return done.stdout


# -- the simulated devices


@pytest.mark.parametrize("system", ["pexip", "conductor"])
def test_a_simulated_device_has_an_agent_too(check: Run, simulator: Simulator, system: str) -> None:
    found = simulator.systems[system].snmp
    assert found is not None
    answer = patient(check, found.port, "--community", simulator.community)
    assert answer.code == 0
    assert answer.summary.startswith("load ")
