"""The worker speaks Nagios Core's protocol byte for byte, and joins it again whenever it comes back."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.service.commands import Plugin
from check_videoconf.service.nagios_worker import (
    MOST_BYTES,
    MOST_OUTPUT,
    Decoder,
    Link,
    Links,
    Pairs,
    answer,
    log_line,
    parse,
    registration,
    timed_out,
)
from check_videoconf.service.pool import Answer
from tests.conftest import Run
from tests.service.playing import HeldPool, turn

END = b"\1\0\0\0"
COMMAND = b"/opt/plugins/check_videoconf pexip alarms -H 'a b'"


def job(number: int, command: bytes = COMMAND, timeout: int = 60, env: bytes = b"") -> bytes:
    """As Nagios writes it."""
    added = b"env=%s\0" % env if env else b""
    return b"job_id=%d\0type=0\0command=%s\0timeout=%d\0%s" % (number, command, timeout, added) + END


def decoded(*chunks: bytes) -> list[Pairs]:
    decoder = Decoder()
    return [pairs for chunk in chunks for pairs in decoder.feed(chunk)]


def pairs_of(message: bytes) -> list[tuple[bytes, bytes]]:
    """A whole answer, with its times as x."""
    assert message.endswith(b"\0" + END)
    found = [part.partition(b"=") for part in message[: -len(END) - 1].split(b"\0")]
    return [(key, b"x" if key in (b"start", b"stop", b"runtime") else value) for key, _, value in found]


# -- the bytes


def test_what_nagios_sends_is_understood() -> None:
    env = b"NAGIOS_HOSTNAME=a\nNAGIOS_EMPTY=\nno pair\nNAGIOS_TWO=b=c\n"
    (pairs,) = decoded(job(7, b"check_videoconf --critical-status='%{a} == 1'", 30, env))
    request = parse(pairs)
    assert request is not None
    assert request.command == b"check_videoconf --critical-status='%{a} == 1'"
    assert request.seconds == 30
    assert request.environment == {"NAGIOS_HOSTNAME": "a", "NAGIOS_EMPTY": "", "NAGIOS_TWO": "b=c"}


def test_what_nagios_gets_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    request = parse([(b"type", b"0"), (b"env", b"A=b"), (b"job_id", b"7"), (b"command", b"c -x=y"), (b"timeout", b"9")])
    assert request is not None
    monkeypatch.setattr(time, "time", lambda: 1700000001.5)
    head = b"job_id=7\0type=0\0command=c -x=y\0timeout=9\0"
    times = b"start=1700000000.250000\0stop=1700000001.500000\0runtime=1.250000\0"
    assert answer(request, 1700000000.25, 2, b"BAD | 'a'=1\nmore\n") == (
        head + b"wait_status=512\0" + times + b"exited_ok=1\0outerr=\0outstd=BAD | 'a'=1\nmore\n\0\1\0\0\0"
    )
    assert timed_out(request, 1700000000.25) == (
        head + b"wait_status=0\0" + times + b"exited_ok=0\0error_code=62\0outerr=\0outstd=\0\1\0\0\0"
    )
    assert registration("check_videoconf") == (
        b"@wproc register name=check_videoconf;max_jobs=1024;pid=0;plugin=check_videoconf\0"
    )
    assert log_line("hello") == b"log=hello\0\1\0\0\0"


@pytest.mark.parametrize("timeout", [b"", b"0", b"never"])
def test_a_job_without_a_time_limit_has_that_of_nagios_own_workers(timeout: bytes) -> None:
    request = parse([(b"job_id", b"1"), (b"type", b"0"), (b"command", b"c"), (b"timeout", timeout)])
    assert request is not None
    assert request.seconds == 60


@pytest.mark.parametrize("pairs", [[], [(b"job_id", b"1")], [(b"type", b"0")], [(b"job_id", b"x"), (b"type", b"0")]])
def test_what_is_no_job_is_none(pairs: Pairs) -> None:
    assert parse(pairs) is None


def test_an_output_that_nagios_cannot_read_is_cut_between_characters() -> None:
    request = parse([(b"job_id", b"1"), (b"type", b"0")])
    assert request is not None
    output = dict(pairs_of(answer(request, 0, 0, b"x" + "é".encode() * MOST_OUTPUT)))[b"outstd"]
    assert len(output) == MOST_OUTPUT - 1
    assert output.decode().endswith("é")


@given(st.binary(max_size=64), st.binary(max_size=32).map(lambda data: data.replace(b"\0", b"")))
def test_nagios_finds_the_end_of_any_answer(output: bytes, command: bytes) -> None:
    (pairs,) = decoded(job(1, command))
    request = parse(pairs)
    assert request is not None
    message = answer(request, 0, 1, output)
    assert message.find(END) == len(message) - len(END)
    assert dict(pairs_of(message))[b"outstd"] == output.replace(b"\0", b" ")
    assert dict(pairs_of(message))[b"command"] == command


STREAMS = st.lists(
    st.one_of(
        st.builds(
            job, st.integers(0, 2**31 - 1), st.just(COMMAND), st.integers(0, 99), st.sampled_from([b"", b"A=b\n"])
        ),
        st.binary(max_size=12),
        st.sampled_from([END, b"\1", b"\0", b"=", b"\0\1\0\0"]),
    ),
    max_size=8,
).map(b"".join)


@given(STREAMS, st.lists(st.integers(0, 300), max_size=12))
def test_any_bytes_in_any_pieces_mean_the_same(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[begin:end] for begin, end in zip(places, places[1:])]
    assert decoded(*pieces) == decoded(stream)


@pytest.mark.parametrize("step", [1 << 16, 1 << 30])
def test_a_job_that_is_too_large_costs_itself_alone(step: int) -> None:
    stream = job(1) + b"x" * (MOST_BYTES + 1) + END + job(2)
    numbers = [
        dict(pairs).get(b"job_id") for pairs in decoded(*(stream[i : i + step] for i in range(0, len(stream), step)))
    ]
    assert numbers == [b"1", None, b"2"]


# -- the connection, with a pool whose answers the test gives


class Nagios:
    """Nagios' end of the query socket, and the worker's side of the loop."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self.path = path
        self.pool = HeldPool()
        self.selector = selectors.DefaultSelector()
        plugin = Plugin(["/opt/plugins/check_videoconf"])
        self.links = Links([Link(self.selector, self.pool, str(path), name, plugin) for name in names])
        self.listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(5)
        self.listener.settimeout(20)

    def close(self) -> None:
        if self.listener is not None:
            self.listener.close()

    def accept(self) -> socket.socket:
        """The next connection, once the worker has made one."""
        assert self.listener is not None
        self.turn()
        time.sleep(self.links.next_event() or 0)
        self.turn()
        connection, _ = self.listener.accept()
        connection.settimeout(20)
        return connection

    def turn(self) -> None:
        self.links.tick()
        turn(self.selector, self.links)


def join(nagios: Nagios, more: bytes = b"") -> socket.socket:
    """The connection of a worker that has registered."""
    connection = nagios.accept()
    assert connection.recv(4096) == registration("check_videoconf")
    connection.sendall(b"OK\0" + more)
    nagios.turn()
    return connection


@pytest.fixture
def nagios(tmp_path: Path) -> Iterator[Nagios]:
    played = Nagios(tmp_path / "nagios.qh", ["check_videoconf"])
    yield played
    played.links.leave()
    played.selector.close()
    played.close()


def test_jobs_are_answered_in_the_order_in_which_they_end(nagios: Nagios, capsys: pytest.CaptureFixture[str]) -> None:
    with join(nagios, job(1)) as connection:  # the first may come with the answer to the registration
        connection.sendall(job(2, b"/opt/plugins/check_videoconf trio device", env=b"NAGIOS_HOSTNAME=b\n"))
        nagios.turn()
        assert nagios.pool.arguments == [["pexip", "alarms", "-H", "a b"], ["trio", "device"]]
        environment = nagios.pool.tickets[1].job.environment
        assert (environment["NAGIOS_HOSTNAME"], environment["PATH"]) == ("b", os.environ["PATH"])
        assert "NAGIOS_HOSTNAME" not in nagios.pool.tickets[0].job.environment
        nagios.pool.tickets[1].done(Answer(b"second\n", 1))
        nagios.pool.tickets[0].done(Answer(b"first\n", 0))
        second, first, _ = connection.recv(1 << 16).split(END)
    result = [(b"start", b"x"), (b"stop", b"x"), (b"runtime", b"x"), (b"exited_ok", b"1"), (b"outerr", b"")]
    assert pairs_of(second + END) == [
        *((b"job_id", b"2"), (b"type", b"0"), (b"command", b"/opt/plugins/check_videoconf trio device")),
        *((b"timeout", b"60"), (b"wait_status", b"256"), *result, (b"outstd", b"second\n")),
    ]
    assert pairs_of(first + END) == [
        *((b"job_id", b"1"), (b"type", b"0"), (b"command", COMMAND)),
        *((b"timeout", b"60"), (b"wait_status", b"0"), *result, (b"outstd", b"first\n")),
    ]
    assert capsys.readouterr().out == f"registered with {nagios.path} for check_videoconf\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (b"/usr/bin/id", b"UNKNOWN: /usr/bin/id is not this plugin, which is "),
        (
            b"/elsewhere/check_videoconf pexip alarms",
            b"UNKNOWN: /elsewhere/check_videoconf is not this plugin, which is ",
        ),
        (b"check_videoconf pexip alarms; id", b"UNKNOWN: the command line has a second command, which needs a shell\n"),
        (b"check_videoconf pexip alarms -H $HOST", b"UNKNOWN: the command line has a $ that a shell would expand"),
        (b"", b"UNKNOWN: an empty command is not this plugin"),
    ],
)
def test_a_command_that_is_not_the_plugins_is_answered_with_its_mistake(
    command: bytes, reason: bytes, nagios: Nagios
) -> None:
    with join(nagios, job(1, command)) as connection:
        answered = dict(pairs_of(connection.recv(1 << 16)))
    assert (answered[b"wait_status"], answered[b"exited_ok"]) == (b"768", b"1")
    assert answered[b"outstd"].startswith(reason)
    assert nagios.pool.tickets == []


def test_what_is_no_job_is_told_in_nagios_log(nagios: Nagios) -> None:
    with join(nagios, b"garbage" + END + job(1)) as connection:
        assert connection.recv(1 << 16) == log_line("ignored what is no job, or one that is too large")
    assert len(nagios.pool.tickets) == 1


def test_a_job_that_nagios_gives_up_is_ended_and_answered_as_timed_out(nagios: Nagios) -> None:
    with join(nagios, job(1, timeout=1)) as connection:
        while not nagios.pool.tickets[0].cancelled:
            time.sleep(nagios.links.next_event() or 0)
            nagios.links.tick()
        answered = dict(pairs_of(connection.recv(1 << 16)))
    assert (answered[b"error_code"], answered[b"exited_ok"]) == (b"62", b"0")


def test_a_connection_that_is_lost_ends_its_checks_and_is_made_again(
    nagios: Nagios, capsys: pytest.CaptureFixture[str]
) -> None:
    with join(nagios, job(1)):
        pass
    nagios.turn()
    assert nagios.pool.tickets[0].cancelled
    with join(nagios, job(2)):
        assert len(nagios.pool.tickets) == 2
    joined = f"registered with {nagios.path} for check_videoconf"
    lost = f"not registered with {nagios.path}: Nagios has closed the connection; trying again until it works"
    assert capsys.readouterr().out.splitlines() == [joined, lost, joined]


def test_it_waits_longer_and_longer_for_nagios_and_says_so_once(
    nagios: Nagios, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nagios.close()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    waits = []
    for _ in range(10):
        nagios.links.tick()
        waits.append(round(nagios.links.next_event() or 0, 3))
        now += waits[-1]
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10]
    line = f"not registered with {nagios.path}: Connection refused; trying again until it works\n"
    assert capsys.readouterr().out == line
    nagios.open()
    with join(nagios):
        pass
    nagios.turn()
    assert nagios.links.next_event() == pytest.approx(0.1)


def test_a_registration_that_nagios_refuses_is_tried_again(nagios: Nagios, capsys: pytest.CaptureFixture[str]) -> None:
    with nagios.accept() as connection:
        connection.recv(4096)
        connection.sendall(b"404: Not found\0")
        nagios.turn()
    assert capsys.readouterr().out.startswith(f"not registered with {nagios.path}: it says 404: Not found;")
    with join(nagios):
        pass


def test_each_name_has_a_connection_of_its_own(tmp_path: Path) -> None:
    played = Nagios(tmp_path / "nagios.qh", ["/opt/plugins/check_videoconf", "check_videoconf"])
    with played.accept() as one, played.accept() as other:
        assert {one.recv(4096), other.recv(4096)} == {
            registration("/opt/plugins/check_videoconf"),
            registration("check_videoconf"),
        }
    played.links.leave()
    played.selector.close()
    played.close()


def test_told_to_end_it_stays_until_all_is_answered(nagios: Nagios) -> None:
    with join(nagios, job(1)) as connection:
        nagios.links.stop()
        connection.sendall(job(2))  # Nagios does not know, and would lose it
        nagios.turn()
        over = [nagios.links.over]
        for ticket in nagios.pool.tickets:
            ticket.done(Answer(b"fine\n", 0))
            over.append(nagios.links.over)
        assert over == [False, False, True]
        assert connection.recv(1 << 16).count(b"outstd=fine\n") == 2


def test_what_does_not_end_in_time_is_answered_before_it_leaves(nagios: Nagios) -> None:
    with join(nagios, job(1)) as connection:
        nagios.links.leave()
        answered = dict(pairs_of(connection.recv(1 << 16)))
        assert (answered[b"wait_status"], answered[b"exited_ok"]) == (b"768", b"1")
        assert answered[b"outstd"] == b"UNKNOWN: the worker of Nagios was told to end\n"
        assert connection.recv(1) == b""
    assert nagios.pool.tickets[0].cancelled


def test_an_answer_waits_until_nagios_reads(nagios: Nagios) -> None:
    with join(nagios, b"".join(map(job, range(20)))) as connection:
        for ticket in nagios.pool.tickets:
            ticket.done(Answer(b"x" * MOST_OUTPUT, 0))
        nagios.links.stop()
        got = bytearray()
        while not nagios.links.over:
            got += connection.recv(1 << 20)
            nagios.turn()
        while got.count(END) < 20:
            got += connection.recv(1 << 20)
    assert got.count(b"x" * MOST_OUTPUT) == 20


# -- the process


def test_the_process_registers_checks_and_ends_on_sigterm(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "nagios.qh"))
        listener.listen(1)
        listener.settimeout(30)
        process = subprocess.Popen(
            [sys.executable, "-m", "check_videoconf", "nagios-worker", "--query-socket", "nagios.qh"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(30)
                assert connection.recv(4096) == registration("check_videoconf")
                connection.sendall(b"OK\0" + job(5, b"check_videoconf pexip --list-modes"))
                answered = dict(pairs_of(connection.recv(1 << 16)))
                assert (answered[b"job_id"], answered[b"wait_status"]) == (b"5", b"0")
                assert answered[b"outstd"].startswith(b"pexip: Pexip Infinity\n")
                process.terminate()
                assert connection.recv(4096) == b""
            output, _ = process.communicate(timeout=30)
    assert (output, process.returncode) == ("registered with nagios.qh for check_videoconf\n", 0)


@pytest.mark.parametrize("arguments", [[], ["--query-socket"], ["--query-socket", "x", "pexip"]])
def test_a_mistake_on_its_command_line_is_one_line(arguments: list[str], run: Run) -> None:
    done = run("nagios-worker", *arguments)
    assert done.stdout.startswith("UNKNOWN: ")
    assert (done.stdout.count("\n"), done.stderr, done.code) == (1, "", 3)
