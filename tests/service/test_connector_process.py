"""The connector as Centreon Engine starts it: a process with pipes, many checks at a time, and all ways to end."""

from __future__ import annotations

import os
import select
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import check_videoconf
from check_videoconf.service.connector import quit_reply, result, version_reply, warning
from check_videoconf.simulator import Simulator
from tests.conftest import Run
from tests.service.playing import QUIT, VERSION_QUERY, execution


class Engine:
    """Centreon Engine's part: it starts the connector, sends messages, and sorts what comes back."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "check_videoconf", "connector"],
            cwd=directory,
            env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(directory / "state")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin
        assert self.process.stdout
        self._to, self._back = self.process.stdin, self.process.stdout
        self._received = bytearray()

    def send(self, *messages: bytes) -> None:
        self._to.write(b"".join(messages))
        self._to.flush()

    def message(self) -> bytes:
        """The next one, whole."""
        while (end := self._received.find(b"\0\0\0\0")) < 0:
            ready, _, _ = select.select([self._back], [], [], 30)
            data = os.read(self._back.fileno(), 1 << 16) if ready else b""
            assert data, f"no message: {bytes(self._received)!r}"
            self._received += data
        message = bytes(self._received[: end + 4])
        del self._received[: end + 4]
        return message

    def end(self) -> tuple[bytes, bytes, int]:
        """What else comes on stdout, on stderr, and the exit code, once stdin is closed."""
        rest, errors = self.process.communicate(timeout=30)
        return bytes(self._received) + rest, errors, self.process.returncode


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    played = Engine(tmp_path)
    with played.process:
        yield played
        played.process.kill()


def checks_of(simulator: Simulator, mode: str) -> list[str]:
    return [
        *("pexip", mode, "-H", "127.0.0.1", "-p", str(simulator.pexip.port), "-u", simulator.username),
        *("--password", simulator.password, "--cacert", simulator.ca_file),
    ]


def test_a_whole_conversation_is_exact_to_the_byte(engine: Engine, run: Run, simulator: Simulator) -> None:
    arguments = checks_of(simulator, "locations")
    cold, unknown = run(*arguments), run("pexip", "locatoins")
    assert (cold.code, unknown.code) == (1, 3)
    engine.send(VERSION_QUERY)
    assert engine.message() == b"1\x001\x000\0\0\0\0"
    engine.send(execution(4711, shlex.join(["check_videoconf", *arguments]).encode()))
    assert engine.message() == b"3\x004711\x001\x001\0 \0" + cold.stdout.encode() + b"\0\0\0\0"
    engine.send(execution(4712, b"pexip locatoins"))
    assert engine.message() == b"3\x004712\x001\x003\0 \0" + unknown.stdout.encode() + b"\0\0\0\0"
    engine.send(QUIT)
    assert engine.message() == b"5\0\0\0\0"
    assert engine.end() == (b"", b"", 0)


def test_a_hundred_checks_at_once_with_one_that_hangs_and_garbage_between(
    engine: Engine, run: Run, simulator: Simulator
) -> None:
    modes = ("locations", "participants")
    cold = [run(*checks_of(simulator, mode)) for mode in modes]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = ["pexip", "alarms", "-H", "127.0.0.1", "-p", str(silent.getsockname()[1]), "-t", "59"]
        engine.send(VERSION_QUERY, execution(1, shlex.join([*hanging, "--password", "x"]).encode()))
        for number in range(100):
            line = shlex.join(checks_of(simulator, modes[number % 2])).encode()
            engine.send(execution(1000 + number, line), b"\xff" * number + b"?\0\0\0\0")
        messages = sorted(engine.message() for _ in range(201))
        engine.send(QUIT)
        assert engine.end() == (quit_reply(), b"", 0)
    assert messages[0] == version_reply()
    answers = [
        result(1000 + number, True, cold[number % 2].code, b"", cold[number % 2].stdout.encode())
        for number in range(100)
    ]
    assert messages[1:101] == answers
    assert messages[101:] == [warning("ignored: a message of an unknown kind")] * 100


def test_on_sigterm_the_checks_on_the_way_are_answered(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as device:
        port = device.getsockname()[1]
        engine.send(execution(1, f"pexip alarms -H 127.0.0.1 -p {port} --proto http --password x".encode()))
        device.settimeout(20)
        connection, _ = device.accept()
        with connection:
            connection.settimeout(20)
            assert connection.recv(1 << 16).startswith(b"GET ")
            engine.process.terminate()
            body = b'{"meta": {"total_count": 0, "next": null}, "objects": []}'
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            assert engine.message().startswith(b"3\x001\x001\x000\0 \0PEXIP ALARMS OK - ")
    assert engine.end() == (b"", b"", 0)


def test_when_it_is_killed_the_engine_sees_that_at_once_although_a_check_hangs(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as device:
        engine.send(execution(1, b"pexip alarms -H 127.0.0.1 -p %d --password x -t 59" % device.getsockname()[1]))
        device.settimeout(20)
        connection, _ = device.accept()
        with connection:
            engine.process.kill()
            assert engine.end() == (b"", b"", -signal.SIGKILL)


def test_words_that_are_not_utf_8_reach_the_check(engine: Engine) -> None:
    engine.send(execution(1, b"pexip 'al\xff\xe9rms'"))
    assert engine.message().startswith(b"3\x001\x001\x003\0 \0UNKNOWN: ")


@pytest.mark.parametrize("closed", [0, 1])
def test_a_connector_without_stdin_or_stdout_ends(closed: int, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m check_videoconf connector {closed}<&-', sys.executable],
        input=VERSION_QUERY if closed else None,
        cwd=tmp_path,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_a_connector_whose_directory_is_gone_runs_checks(tmp_path: Path) -> None:
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" -m check_videoconf connector'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable],
        input=execution(1, b"pexip --list-modes"),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(check_videoconf.__file__).parents[1])},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.startswith(b"3\x001\x001\x000\0 \0pexip: Pexip Infinity\n")
    assert (done.stderr, done.returncode) == (b"", 0)


def test_a_connector_reads_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "messages").write_bytes(VERSION_QUERY + execution(1, b"pexip --list-modes") + b"2\x009")
    with (tmp_path / "messages").open("rb") as messages:
        done = subprocess.run(
            [sys.executable, "-m", "check_videoconf", "connector"],
            stdin=messages,
            capture_output=True,
            timeout=30,
            check=False,
        )
    assert done.stdout.startswith(version_reply() + b"3\x001\x001\x000\0 \0pexip: Pexip Infinity\n")
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.parametrize("arguments", [["--frobnicate"], ["pexip", "alarms"], ["--plugin"]])
def test_a_mistake_in_connector_line_is_one_line(arguments: list[str], run: Run) -> None:
    answer = run("connector", *arguments)
    assert answer.stdout.startswith("UNKNOWN: ")
    assert (answer.stdout.count("\n"), answer.stderr, answer.code) == (1, "", 3)
