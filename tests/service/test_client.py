"""check_videoconf_client: the service's answer, or else the check itself, and nothing but the time tells which."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from array import array
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from check_videoconf.pexip.test_call import RESERVE
from check_videoconf.service.crew import END_SECONDS
from tests.conftest import Answer, Run
from tests.servers import HOST, Web, listening

from .serving import ROOT, Service, serving, wait_for
from .test_isolation import Holding, alarms

SECRET = "Zx9-geheim"
PASSWORD = {"CHECK_VIDEOCONF_PASSWORD": SECRET}
CLIENT = ROOT / "bin" / "check_videoconf_client"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The client with the plugin and a Python beside it, as they are installed."""
    directory = tmp_path / "bin"
    directory.mkdir()
    (directory / CLIENT.name).symlink_to(CLIENT)
    (directory / "python3").symlink_to(sys.executable)
    plugin = directory / "check_videoconf"
    plugin.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m check_videoconf "$@"\n')
    plugin.chmod(0o755)
    return directory / CLIENT.name


def started(installed: Path, socket_path: Path | str, *argv: str, **env: str) -> subprocess.Popen[str]:
    state = str(installed.parent / "state")
    return subprocess.Popen(
        [str(installed), *argv],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": state,
            "CHECK_VIDEOCONF_SOCKET": str(socket_path), **env,
        },
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def ran(installed: Path, socket_path: Path | str, *argv: str, **env: str) -> Answer:
    with started(installed, socket_path, *argv, **env) as process:
        stdout, stderr = process.communicate(timeout=45)
    return Answer(stdout, stderr, process.returncode)


@contextmanager
def playing(path: Path, play: Callable[[socket.socket], None]) -> Iterator[None]:
    """A service that does what the test wants with each connection, one after the other."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        play(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)


def notes(answer: Answer) -> list[str]:
    return [line for line in answer.long_output if "service" in line]


@pytest.mark.parametrize(
    "extra", [[], ["-v"], ["--output", "json", "--perfdata", "none"], ["--change-state", "ok=warning"]]
)
def test_the_answer_is_that_of_the_plugin(
    installed: Path, service: Service, device: Web, run: Run, extra: list[str]
) -> None:
    argv = alarms(device.port, *extra)
    served, alone = ran(installed, service.path, *argv, **PASSWORD), run(*argv, **PASSWORD)
    cut = served.stdout.partition('"duration_ms"')[0], alone.stdout.partition('"duration_ms"')[0]
    assert cut[0] == cut[1]
    assert (served.code, served.stderr) == (alone.code, "")
    assert notes(served) == []


def test_umlauts_quotes_and_empty_arguments_arrive(installed: Path, service: Service, run: Run) -> None:
    for argv in (
        ["pexip", "alärms"],
        ["pexip", "alarms", "--critical-status", "%{name} eq 'ü|\n' and ("],
        ["", " "],
        [],
    ):
        served, alone = ran(installed, service.path, *argv), run(*argv)
        assert (served.stdout, served.code) == (alone.stdout, alone.code)


def test_the_socket_may_be_named_by_the_first_argument(installed: Path, service: Service) -> None:
    for argv in (["--socket", str(service.path)], [f"--socket={service.path}"]):
        assert ran(installed, "/nowhere", *argv, "--version").stdout.startswith("check_videoconf ")


def says(data: bytes) -> Callable[[socket.socket], None]:
    """Takes a request, answers these bytes, closes."""

    def play(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        connection.sendall(data)

    return play


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (lambda connection: None, ""),
        (says(b""), "the service ended without an answer"),
        (says(b"- all workers are busy\n"), "all workers are busy"),
        (says(b"+ 60\n"), "the service ended without an answer"),
        (says(b"+ 60\n0 50\nPEX"), "the service ended in the middle of its answer"),
        (says(b"what?\n"), ""),
    ],
)
def test_without_an_answer_it_runs_the_check_itself_and_says_so_with_v(
    installed: Path, device: Web, tmp_path: Path, play: Callable[[socket.socket], None], reason: str
) -> None:
    with playing(tmp_path / "socket", play):
        quiet = ran(installed, tmp_path / "socket", *alarms(device.port), **PASSWORD)
        verbose = ran(installed, tmp_path / "socket", *alarms(device.port, "-v"), **PASSWORD)
    assert quiet.first_line.startswith("PEXIP ALARMS OK")
    assert (quiet.code, quiet.stderr, notes(quiet)) == (0, "", [])
    (note,) = notes(verbose)
    assert note.startswith("without the service: ")
    assert reason in note


def test_a_service_that_does_nothing_is_not_waited_for(installed: Path, device: Web, tmp_path: Path) -> None:
    over = threading.Event()

    def play(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        over.wait(30)

    with playing(tmp_path / "socket", play):
        answer = ran(installed, tmp_path / "socket", *alarms(device.port, "-v"), **PASSWORD)
        over.set()
    assert notes(answer) == ["without the service: the service does nothing within 3 s"]


def test_no_socket_no_service(installed: Path, device: Web, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, reason in (
        ("none", "No such file or directory"),
        ("file", "Connection refused"),
        ("x" * 200, "too long"),
    ):
        answer = ran(installed, tmp_path / path, *alarms(device.port, "-v"), **PASSWORD)
        assert answer.code == 0
        assert reason in notes(answer)[0]


def test_what_the_service_took_is_taken_off_the_checks_time(run: Run) -> None:
    held = Holding()
    with listening(held.play) as port:
        before = {"CHECK_VIDEOCONF_WITHOUT_SERVICE": f"{time.monotonic() - 59.5!r} the service ended"}
        answer = run(*alarms(port, "-t", "60", "-v"), **PASSWORD, **before)
    assert answer.summary.startswith("no result within 60 s")
    assert "without the service: the service ended" in answer.long_output


@pytest.mark.parametrize("odd", ["x", "nan x", "1e999 x", "-1e9 x", "x y"])
def test_an_odd_note_about_the_service_costs_nothing(run: Run, device: Web, odd: str) -> None:
    assert run(*alarms(device.port), **PASSWORD, CHECK_VIDEOCONF_WITHOUT_SERVICE=odd).code == 0


def test_the_client_of_a_service_that_dies_runs_the_check_itself(installed: Path, tmp_path: Path) -> None:
    held = Holding()
    with ExitStack() as stack:
        service = stack.enter_context(serving(tmp_path))
        port = stack.enter_context(listening(held.play))
        process = stack.enter_context(started(installed, service.path, *alarms(port, "-v"), **PASSWORD))
        assert held.asked.acquire(timeout=20)
        for pid in service.fronts():
            os.kill(pid, signal.SIGKILL)
        service.process.wait(20)
        held.release.set()
        stdout, _ = process.communicate(timeout=45)
    assert stdout.startswith("PEXIP ALARMS OK")
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_client_and_check_with_the_line_of_the_check(
    installed: Path, service: Service, number: signal.Signals
) -> None:
    held = Holding()
    with listening(held.play) as port, started(installed, service.path, *alarms(port), **PASSWORD) as process:
        assert held.asked.acquire(timeout=20)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=45)
    assert stdout.startswith(f"PEXIP ALARMS UNKNOWN - ended by {number.name} while waiting for the answer of {HOST}:")
    assert (process.returncode, stderr) == (3, "")


def is_read(connection: socket.socket) -> bool:
    """Whether the other end has taken all that was sent."""
    left = array("i", [0])
    fcntl.ioctl(connection, termios.TIOCOUTQ, left)
    return left[0] == 0


def test_a_signal_in_the_middle_of_the_answer_loses_nothing_of_it(installed: Path, tmp_path: Path) -> None:
    half, signalled = threading.Event(), []

    def play(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        for part in (b"+ 60\n", b"2 10\n", b"FIRST"):
            connection.sendall(part)
            wait_for(lambda: is_read(connection))
        half.set()
        signalled.append(connection.recv(1))
        connection.sendall(b" REST")

    with playing(tmp_path / "socket", play), started(installed, tmp_path / "socket", "--version") as process:
        assert half.wait(20)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=45)
    assert (stdout, stderr, process.returncode) == ("FIRST REST", "", 2)
    assert signalled == [bytes([signal.SIGTERM])]


# Runs the client with a thread beside it, which gets SIGTERM in its stead as soon as a file is there.
_WITH_THREAD = """#!{python} -IS
import os, signal, sys, threading, time

def strike():
    while not os.path.exists({moment!r}):
        time.sleep(0.01)
    time.sleep(0.2)  # until the client waits, most probably
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

sys.argv = sys.argv[2:]
with open(sys.argv[0]) as client:
    code = compile(client.read(), "client", "exec")
threading.Thread(target=strike, daemon=True).start()
exec(code)
"""


def test_a_signal_that_interrupts_no_system_call_ends_the_wait(installed: Path, tmp_path: Path) -> None:
    moment, signalled = tmp_path / "moment", []
    python = installed.parent / "python3"
    python.unlink()
    python.write_text(_WITH_THREAD.format(python=sys.executable, moment=str(moment)))
    python.chmod(0o755)

    def play(connection: socket.socket) -> None:
        connection.settimeout(20)
        connection.recv(1 << 20)
        connection.sendall(b"+ 60\n")
        wait_for(lambda: is_read(connection))
        moment.touch()
        signalled.append(connection.recv(1))
        connection.sendall(b"3 4\nLINE")

    with playing(tmp_path / "socket", play):
        answer = ran(installed, tmp_path / "socket", "--version")
    assert (answer.stdout, answer.stderr, answer.code) == ("LINE", "", 3)
    assert signalled == [bytes([signal.SIGTERM])]


def test_after_a_signal_no_check_is_begun_anew(installed: Path, device: Web, tmp_path: Path) -> None:
    taken = threading.Event()

    def play(connection: socket.socket) -> None:
        connection.recv(1 << 20)
        connection.sendall(b"+ 60\n")
        wait_for(lambda: is_read(connection))
        taken.set()
        connection.recv(1)  # and ends without an answer

    path = tmp_path / "socket"
    with playing(path, play), started(installed, path, *alarms(device.port), **PASSWORD) as process:
        assert taken.wait(20)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=45)
    assert (stdout, stderr) == ("UNKNOWN: ended by SIGTERM while waiting for the service\n", "")
    assert process.returncode == 3
    assert device.requests == []


def test_the_client_waits_longer_for_an_end_than_a_check_may_take_for_it() -> None:
    found = re.search(r"^END_PATIENCE = ([\d.]+)$", CLIENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    assert RESERVE < END_SECONDS < float(found[1])


def test_passwords_disappear_from_the_process_list(installed: Path, service: Service) -> None:
    held = Holding()
    argv = alarms(0, "--password", SECRET)
    with listening(held.play) as port:
        argv[5] = str(port)
        with started(installed, service.path, *argv) as process:
            assert held.asked.acquire(timeout=20)
            shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            held.release.set()
            assert process.communicate(timeout=45)[0].startswith("PEXIP ALARMS OK")
    assert SECRET.encode() not in shown
    assert b"xxxxxxxx" in shown


@pytest.mark.parametrize("command", ["doctor", "serve", "connector", "nagios-worker", "simulate"])
def test_what_is_no_check_is_done_by_the_plugin_itself(
    installed: Path, service: Service, run: Run, command: str
) -> None:
    served, alone = ran(installed, service.path, command, "--help"), run(command, "--help")
    assert served == alone
    assert f"check_videoconf {command}" in served.stdout


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_what_only_the_client_has_open_is_read_all_the_same(
    installed: Path, service: Service, device: Web, tmp_path: Path, path: str
) -> None:
    (tmp_path / "secret").write_text("from stdin\n", encoding="ascii")
    with (tmp_path / "secret").open("rb") as secret:
        done = subprocess.run(
            [str(installed), *alarms(device.port, "-u", "someone", "--password-file", path)],
            cwd=ROOT, env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_SOCKET": str(service.path)},
            stdin=secret, capture_output=True, encoding="utf-8", timeout=45, check=False,
        )  # fmt: skip
    assert done.stdout.startswith("PEXIP ALARMS OK")
    assert device.requests[0].headers["Authorization"] == "Basic " + b64encode(b"someone:from stdin").decode()


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "nowhere"])
def test_arguments_that_are_no_text_arrive_whatever_the_locale(
    installed: Path, service: Service, device: Web, tmp_path: Path, locale: str
) -> None:
    (tmp_path / "ümlaut").write_text("x\n", encoding="ascii")
    for argument in (b"\xff\xe9", "ümlaut".encode()):
        argv: list[str | bytes] = [
            *alarms(device.port),
            "--filter-name",
            argument,
            "--password-file",
            os.fsencode(tmp_path) + b"/" + argument,
        ]
        env = {"PATH": os.environ["PATH"], "LC_ALL": locale}
        answers = [
            subprocess.run(
                [str(command), *argv], cwd=ROOT, env={**env, "CHECK_VIDEOCONF_SOCKET": str(service.path)},
                stdin=subprocess.DEVNULL, capture_output=True, timeout=45, check=False,
            )
            for command in (installed, installed.parent / "check_videoconf")
        ]  # fmt: skip
        assert answers[0].stdout == answers[1].stdout
        assert answers[0].returncode == answers[1].returncode


@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"])
def test_whatever_is_closed_the_exit_code_stays(
    installed: Path, service: Service, device: Web, tmp_path: Path, closed: str
) -> None:
    code = tmp_path / "code"
    argv = [str(installed), *alarms(device.port, "--change-state", "ok=warning")]
    subprocess.run(
        ["sh", "-c", f'{{ "$@"; echo $? > {code}; }} {closed}', "sh", *argv],  # noqa: S607
        env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_SOCKET": str(service.path), **PASSWORD},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False,
    )  # fmt: skip
    assert code.read_text(encoding="ascii") == "1\n"


def test_without_the_plugin_beside_it_one_line_says_so(installed: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone" / CLIENT.name
    alone.parent.mkdir()
    alone.write_bytes(CLIENT.read_bytes())
    alone.chmod(0o755)
    (alone.parent / "python3").symlink_to(sys.executable)
    answer = ran(alone, "/nowhere", "--version")
    assert answer.stdout == "UNKNOWN: no service, and no check_videoconf beside check_videoconf_client\n"
    assert (answer.code, answer.stderr) == (3, "")


def test_without_python_one_line_says_so(installed: Path) -> None:
    (installed.parent / "python3").unlink()
    answer = ran(installed, "/nowhere", "--version", PATH="/nowhere")
    assert (answer.stdout, answer.code) == ("UNKNOWN: check_videoconf_client needs python3\n", 3)


def test_the_client_imports_nothing_that_costs(installed: Path, service: Service) -> None:
    argv = [sys.executable, "-X", "importtime", "-IS", str(CLIENT), "--socket", str(service.path), "--version"]
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=30, check=False
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert imported.isdisjoint({"os", "site", "socket", "re", "collections", "signal", "subprocess", "typing"})
