"""`check_videoconf simulate`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import shlex
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator, main
from check_videoconf.simulator.faults import FAULTS

PROGRAM = "import sys; from check_videoconf.simulator import Simulator, main; sys.exit(main(sys.argv[1:]))"


def read_variables(path: Path) -> dict[str, str]:
    lines = (shlex.split(line)[0] for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("on_the_path", [True, False])
def test_it_prints_addresses_and_commands_to_paste(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, on_the_path: bool
) -> None:
    plugin = tmp_path / "check_videoconf"
    plugin.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(plugin), "simulate"])
    monkeypatch.setenv("PATH", str(tmp_path) if on_the_path else "/nonexistent")
    assert main(["--for", "0"]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    commands = [shlex.split(line) for line in output.splitlines() if "CHECK_VIDEOCONF_PASSWORD=" in line]
    assert [command[2:4] for command in commands] == [
        ["pexip", "alarms"],
        ["pexip", "conferences"],
        ["pexip", "call-quality"],
        ["pexip", "node-load"],
        ["conductor", "health"],
        ["trio", "device"],
    ]
    for command in commands:
        assert command[:2] == ["CHECK_VIDEOCONF_PASSWORD=simulated", plugin.name if on_the_path else str(plugin)]
        assert command[4:6] == ["-H", "127.0.0.1"]
        assert command[8] == "--cacert"
        assert command[10:] == ["-u", "monitor"]
        assert f"https://127.0.0.1:{command[7]}" in output


def test_without_tls_the_commands_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-tls", "--systems", "trio", "--password", "two words", "--for", "0"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "CHECK_VIDEOCONF_PASSWORD=" in line]
    assert shlex.split(line)[0] == "CHECK_VIDEOCONF_PASSWORD=two words"
    assert shlex.split(line)[-4:] == ["--proto", "http", "-u", "monitor"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_with_its_variables_in_a_file(tmp_path: Path, number: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "--env-file", str(tmp_path / "env"), "--fault", "no-answer"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            while not (tmp_path / "env").exists():
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.02)
            variables = read_variables(tmp_path / "env")
            port = int(variables["VC_PEXIP_PORT"])
            context = ssl.create_default_context(cafile=variables["VC_CACERT"])
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                context.wrap_socket(connection, server_hostname="localhost").close()
        finally:
            process.send_signal(number)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, b"")
    assert output.startswith(b"Simulated devices, until Ctrl-C:\n")
    assert sorted(variables) == [
        "VC_CACERT",
        "VC_CONDUCTOR_PORT",
        "VC_CONDUCTOR_SNMP_PORT",
        "VC_PASSWORD",
        "VC_PEXIP_PORT",
        "VC_PEXIP_SNMP_PORT",
        "VC_TRIO_PORT",
        "VC_USERNAME",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["env"]


def test_a_signal_that_interrupts_no_system_call_stops_it() -> None:
    """It may come right before the call; here another thread gets it."""

    def strike() -> None:
        time.sleep(0.5)  # until it waits, most probably
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    thread = threading.Thread(target=strike)
    thread.start()
    assert main(["--no-tls", "--systems", "trio", "--for", "3600"]) == 0
    thread.join()


def test_list_faults_tells_each_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-faults"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1)[0] for line in lines] == list(FAULTS)
    assert all(len(line.split(maxsplit=1)[1]) > 10 for line in lines)


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 3
    output, errors = capsys.readouterr()
    assert errors == ""
    for option in ("--systems", "--seed", "--pexip-version", "--fault", "--no-tls", "--env-file", "--for"):
        assert option in output


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--fault", "gremlins"], "no such fault: gremlins; --list-faults names them all"),
        (["--systems", "pexip,fax"], "no such system: fax; there is pexip, conductor, trio"),
        (["--nodes", "-1"], "argument --nodes: it cannot be negative; --help names the options"),
        (["--pexip-port", "99999"], "argument --pexip-port: it is not from 0 to 65535; --help names the options"),
        (["--trio-port", "65536"], "argument --trio-port: it is not from 0 to 65535; --help names the options"),
        (["--pexip-port", "-1"], "argument --pexip-port: it is not from 0 to 65535; --help names the options"),
        (["--gremlins"], "unrecognized arguments: --gremlins; --help names the options"),
        (["--tls-port", "1"], "unrecognized arguments: --tls-port 1; --help names the options"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_3(
    capsys: pytest.CaptureFixture[str], argv: list[str], words: str
) -> None:
    assert main(argv) == 3
    assert capsys.readouterr() == (f"UNKNOWN: {words}\n", "")


def test_a_port_in_use_is_one_line_and_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    with Simulator(systems=("trio",), tls=False) as simulator:
        assert main(["--no-tls", "--trio-port", str(simulator.trio.port), "--for", "0"]) == 3
    assert "Address already in use" in capsys.readouterr().out


@pytest.mark.parametrize("closed", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("--list-faults", 0), ("--help", 3), ("--nodes -1", 3), ("--no-tls --systems trio --for 0", 0)],
)
def test_an_answer_that_nobody_takes_ends_quietly(arguments: str, code: int, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m check_videoconf simulate {arguments} {closed}', sys.executable],  # noqa: S607
        cwd=Path(__file__).resolve().parents[2], stderr=subprocess.PIPE, timeout=30, check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == (b"", code)
