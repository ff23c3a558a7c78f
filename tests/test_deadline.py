"""One deadline for the whole check, and one line at its end, whatever the check is doing then."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from check_videoconf import lock
from check_videoconf.deadline import Deadline
from check_videoconf.errors import DeadlineReached, Terminated
from check_videoconf.simulator import Simulator
from check_videoconf.state import directory, file_name

from .conftest import Run
from .servers import EMPTY_LIST, HOST, Web, black_hole, hangs, listening

PASSWORD = {"CHECK_VIDEOCONF_PASSWORD": "correct horse battery"}


def plain(port: int, *argv: str) -> list[str]:
    """`pexip alarms` over plain HTTP at a port of loopback."""
    return ["pexip", "alarms", "-H", HOST, "-p", str(port), "--proto", "http", *argv]


class Clock:
    """The plugin's clock in this process, which a test turns past the deadline at a moment of its choice."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last = ""
        self.phase = ""

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def run_out(self) -> None:
        """The time is over, and the alarm rings, as it does by itself at the deadline."""
        self._ahead = 3600
        self.ring()

    def ring(self) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def run_out_when(self, happened: Callable[[], bool]) -> None:
        """The same as soon as something has happened."""
        self.when(happened, self.run_out)

    def when(self, happened: Callable[[], bool], then: Callable[[], None]) -> None:
        """Does something as soon as something else has happened."""

        def wait() -> None:
            _wait_until(happened)
            then()

        threading.Thread(target=wait, daemon=True).start()

    def run_out_in(self, phase: str) -> None:
        """The same in a phase in which no other thread gets to run."""
        self._last = phase

    def begin(self, phase: str) -> None:
        """Takes note of what the check does now."""
        self.phase = phase
        if self._last and phase.startswith(self._last):
            self._ahead = 3600
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.1)

    def run_out_after_a_request(self, connection: socket.socket) -> None:
        """Plays a device that the time runs out on: for `listening`."""
        connection.recv(65536)
        self.run_out()
        hangs(connection)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    enter = Deadline.enter

    def followed(self: Deadline, phase: str, *, network: bool = True) -> None:
        enter(self, phase, network=network)
        clock.begin(phase)

    monkeypatch.setattr("check_videoconf.deadline.time", clock)
    monkeypatch.setattr(Deadline, "enter", followed)
    return clock


# -- phases


def test_a_resolver_that_hangs_ends_at_the_deadline(check: Run, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_: object) -> list[object]:
        clock.run_out()
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    answer = check("pexip", "alarms", "-H", "manager.example.com", **PASSWORD)
    over.set()
    assert answer.first_line == (
        "PEXIP ALARMS UNKNOWN - no result within 30 s: the time was over while resolving manager.example.com"
    )
    assert answer.code == 3


def _being_connected(port: int) -> int:
    """How many connections to a port of loopback are asked for and not yet there, by the kernel's own list."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    return sum(remote == f"0100007F:{port:04X}" and state == "02" for _, _, remote, state, *_ in lines)


def test_an_address_that_swallows_everything_ends_at_the_deadline(check: Run, clock: Clock) -> None:
    with black_hole() as port:
        before = _being_connected(port)
        clock.run_out_when(lambda: _being_connected(port) > before)
        answer = check(*plain(port), **PASSWORD)
    assert answer.summary == f"no result within 30 s: the time was over while connecting to {HOST}:{port}"
    assert (answer.code, answer.stderr) == (3, "")


def test_a_handshake_that_never_ends_ends_at_the_deadline(check: Run, clock: Clock) -> None:
    with listening(clock.run_out_after_a_request) as port:
        answer = check("pexip", "alarms", "-H", HOST, "-p", str(port), **PASSWORD)
    assert answer.summary == f"no result within 30 s: the time was over while in the TLS handshake with {HOST}:{port}"


def test_no_answer_ends_at_the_deadline_and_may_be_critical(check: Run, clock: Clock) -> None:
    with listening(clock.run_out_after_a_request) as port:
        answer = check(*plain(port, "--unreachable-state", "critical"), **PASSWORD)
    assert answer.first_line == (
        f"PEXIP ALARMS CRITICAL - no result within 30 s: the time was over while waiting for the answer of "
        f"{HOST}:{port} to /api/admin/status/v1/alarm/"
    )
    assert answer.code == 2


def test_the_alarm_rings_by_itself_in_a_process_of_its_own(run: Run) -> None:
    with listening(hangs) as port:
        answer = run(*plain(port, "-t", "1"), **PASSWORD)
    assert answer.summary.startswith("no result within 1 s: the time was over while ")
    assert (answer.code, answer.stderr) == (3, "")


@pytest.mark.parametrize(
    ("head", "phase"),
    [
        (b"", "waiting for the answer of"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", "reading the answer of"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n270f\r\n", "reading the answer of"),
    ],
)
def test_a_drip_ends_at_the_deadline(check: Run, clock: Clock, head: bytes, phase: str) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        clock.run_out_when(lambda: clock.phase.startswith(phase))
        for _ in range(1000):
            connection.sendall(b"x")
            time.sleep(0.05)

    with listening(drip) as port:
        answer = check(*plain(port), **PASSWORD)
    assert answer.summary == (
        f"no result within 30 s: the time was over while {phase} {HOST}:{port} to /api/admin/status/v1/alarm/"
    )


def test_a_wait_that_would_end_after_the_deadline_is_not_begun(run: Run) -> None:
    waits = iter(["0", "0", "3600"])
    with Web(lambda _: (503, {"Retry-After": next(waits)}, b"")) as web:
        answer = run(*plain(web.port, "-t", "30", "--retries", "20"), **PASSWORD)
    assert answer.summary == (
        f"{HOST}:{web.port} failed to answer /api/admin/status/v1/alarm/: "
        "HTTP 503 Service Unavailable, retry after 3600 s"
    )
    assert len(web.requests) == 3


def test_a_wait_for_another_check_ends_at_the_deadline(check: Run, clock: Clock, tmp_path: Path) -> None:
    with listening(hangs) as port:
        argv = ["trio", "device", "-H", HOST, "-p", str(port), "--proto", "http"]
        holder = _start(tmp_path, *argv, "-t", "30")
        try:
            _wait_until(lambda: any(_is_locked(file) for file in (tmp_path / "state").glob("lock-*")))
            clock.run_out_when(lambda: clock.phase.startswith("waiting for another check"))
            answer = check(*argv, "--unreachable-state", "critical", **PASSWORD)
        finally:
            holder.kill()
            holder.communicate()
    assert answer.summary == f"another check of {HOST} did not finish in 30 s"
    assert answer.code == 3  # the device is not to blame


ALARM = (
    b'{"meta": {"limit": 1000, "offset": 0, "total_count": 1, "next": null}, "objects": [{"id": 1, "name": "%s", '
    b'"level": "info"}]}'
)


@pytest.mark.parametrize("option", ["--warning-status=%{name} =~ /^(a+)+$/", "--filter-name=^(a+)+$"])
def test_a_runaway_expression_ends_at_the_deadline_and_the_device_is_not_to_blame(
    check: Run, clock: Clock, option: str
) -> None:
    clock.run_out_in("judging")
    with Web(lambda _: (200, {}, ALARM % (b"a" * 60 + b"!"))) as web:
        answer = check(*plain(web.port, "--unreachable-state", "critical", option), **PASSWORD)
    assert answer.summary == (
        f"no result within 30 s: the time was over while judging the answer of {HOST}:{web.port} "
        "to /api/admin/status/v1/alarm/"
    )
    assert (answer.code, answer.stderr) == (3, "")


def test_an_alarm_before_the_deadline_ends_nothing(check: Run, clock: Clock) -> None:
    def ring_and_answer(connection: socket.socket) -> None:
        connection.recv(65536)
        clock.ring()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(EMPTY_LIST), EMPTY_LIST))

    with listening(ring_and_answer) as port:
        assert check(*plain(port), **PASSWORD).code == 0


def test_a_check_in_another_thread_has_its_deadline_without_an_alarm(check: Run) -> None:
    """Signals are for the main thread alone; what is waited for in a socket ends in time all the same."""
    with listening(hangs) as port, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(check, *plain(port, "-t", "0.5"), **PASSWORD).result(timeout=20)
    assert answer.summary.startswith("no result within 0.5 s: the time was over while ")


def test_what_was_measured_before_the_deadline_is_still_reported(check: Run, clock: Clock) -> None:
    def answer_once(connection: socket.socket) -> None:
        connection.recv(65536)
        body = b'{"Status": "2000", "data": {"CPU": {"Current": "9", "Average": "99"}, "Memory": {}}}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        clock.run_out_after_a_request(connection)

    with listening(answer_once) as port:
        answer = check("trio", "device", "-H", HOST, "-p", str(port), "--proto", "http", **PASSWORD)
    assert answer.first_line.startswith("TRIO DEVICE CRITICAL - no result within 30 s: ")
    assert "99 %, above 95 %" in answer.summary
    assert answer.perfdata["device.cpu.utilization.average.percentage"] == "99%;85;95;0;100"


def test_the_alarm_that_ended_a_check_does_not_strike_again_while_it_is_reported() -> None:
    deadline = Deadline(0.05)
    with deadline.enforced():
        with pytest.raises(DeadlineReached):
            time.sleep(5)
        deadline.disarm()
        time.sleep(0.3)  # three more alarms would have come


def _run_out(deadline: Deadline) -> None:
    deadline.started -= 3600
    signal.raise_signal(signal.SIGALRM)


@pytest.mark.parametrize(
    ("strike", "error"),
    [(_run_out, DeadlineReached), (lambda _: signal.raise_signal(signal.SIGTERM), Terminated)],
    ids=["deadline", "signal"],
)
@pytest.mark.parametrize("kept", [0.0, 5.0])
def test_what_is_lost_in_a_destructor_strikes_again(
    monkeypatch: pytest.MonkeyPatch,
    strike: Callable[[Deadline], None],
    error: type[BaseException],
    kept: float,
) -> None:
    lost: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: lost.append(what.exc_type))
    deadline = Deadline(3600)

    class Destroyed:
        def __del__(self) -> None:
            strike(deadline)

    def go_on() -> None:
        Destroyed()
        assert lost == [error]
        with deadline.keeping(kept):
            time.sleep(20)

    with deadline.enforced(), pytest.raises(error):
        go_on()


def test_a_signal_lost_where_time_is_kept_for_what_comes_after_ends_that_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would strike again, but later than that takes."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)

    class Destroyed:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    deadline = Deadline(3600)
    with deadline.enforced(), pytest.raises(Terminated), deadline.keeping(5):
        Destroyed()


def test_the_deadline_is_one_in_every_output(check: Run, clock: Clock) -> None:
    with listening(clock.run_out_after_a_request) as port:
        answer = check(*plain(port, "--output", "json", "--change-state", "unknown=warning"), **PASSWORD)
    assert '"state": "WARNING"' in answer.stdout
    assert "the time was over while waiting" in answer.stdout
    assert answer.code == 1


def test_a_command_for_the_password_that_hangs_is_an_option_error_in_time(check: Run) -> None:
    answer = check(*plain(9, "-t", "1", "--password-command", "sh -c 'sleep 60 & sleep 60'"))
    assert answer.first_line.startswith("UNKNOWN: --password-command: sh gave no answer within 0.")
    assert answer.code == 3


def test_a_file_that_never_ends_is_given_up_in_time(check: Run, clock: Clock, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    clock.run_out_when(lambda: clock.phase == "looking for the password")
    answer = check(*plain(9, "--password-file", str(pipe), "--output", "json"))
    assert '"summary": "no result within 30 s: the time was over while looking for the password"' in answer.stdout


# -- signals


def _start(tmp_path: Path, *argv: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "check_videoconf", *argv],
        cwd=Path(__file__).resolve().parent.parent,
        env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state"), **PASSWORD},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def _is_locked(path: Path) -> bool:
    """Whether a process holds a lock on the file, by the kernel's own list."""
    inode = f":{path.stat().st_ino} "
    return any(inode in line for line in Path("/proc/locks").read_text(encoding="ascii").splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_waiting_check_with_one_line(tmp_path: Path, number: signal.Signals) -> None:
    with Simulator(systems=("pexip",), fault="no-answer", tls=False) as devices:
        process = _start(tmp_path, *plain(devices.pexip.port, "--unreachable-state", "critical"))
        _wait_until(lambda: bool(devices.pexip.requests))
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
    assert stdout == (
        f"PEXIP ALARMS UNKNOWN - ended by {number.name} while waiting for the answer of {HOST}:{devices.pexip.port} "
        "to /api/admin/status/v1/alarm/\nwhat to do: let the plugin's --timeout be shorter than the poller's own\n"
    )
    assert (stderr, process.returncode) == ("", 3)


def test_a_signal_that_interrupts_no_system_call_ends_a_waiting_check(check: Run) -> None:
    """It may come right before the call; here another thread gets it."""

    def strike(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(0.2)  # until the check waits, most probably
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        hangs(connection)

    with listening(strike) as port:
        answer = check(*plain(port, "-t", "3600"), **PASSWORD)
    assert answer.summary == (
        f"ended by SIGTERM while waiting for the answer of {HOST}:{port} to /api/admin/status/v1/alarm/"
    )
    assert (answer.code, answer.stderr) == (3, "")


def test_a_signal_ends_the_wait_for_another_check(check: Run, clock: Clock, tmp_path: Path) -> None:
    state, _ = directory(f"{tmp_path}/state")
    held = lock.acquire(os.path.join(state, file_name("lock", HOST, 9)), HOST, Deadline(20))
    clock.phase = ""  # that was the test's own
    clock.when(
        lambda: clock.phase.startswith("waiting for another check"),
        lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM),
    )
    try:
        answer = check("trio", "device", "-H", HOST, "-p", "9", **PASSWORD)
    finally:
        os.close(held)
    assert answer.summary == f"ended by SIGTERM while waiting for another check of {HOST}"
    assert answer.code == 3


@pytest.mark.parametrize("delay", [0.04, 0.06, 0.09, 0.13, 0.2])
def test_a_signal_at_any_moment_gives_one_line_and_a_known_code(tmp_path: Path, delay: float) -> None:
    with Web(lambda _: (200, {}, EMPTY_LIST)) as web:
        process = _start(tmp_path, *plain(web.port))
        # From the moment the plugin's own code runs: before it there is only the interpreter.
        _wait_until(lambda: process.poll() is not None or _ignores_pipe(process.pid))
        time.sleep(delay - 0.04)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=20)
    assert stdout.count("\n") >= 1
    assert (process.returncode, stdout[:17]) in ((0, "PEXIP ALARMS OK -"), (3, stdout[:17]))
    assert stdout.startswith(("PEXIP ALARMS ", "UNKNOWN: ended by SIGTERM"))
    assert stderr == ""


def _ignores_pipe(pid: int) -> bool:
    """Whether the plugin's own handler for SIGTERM stands."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)
