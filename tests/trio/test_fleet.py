"""Many phones, and many checks of one: verdicts, and one request at a time for each phone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from check_videoconf.simulator import Canned, Request, Simulator
from check_videoconf.simulator.trio import Trio
from check_videoconf.simulator.trio_calls import Line

from ..conftest import Run

FINE = "TRIO REGISTRATION OK - 1 of 1 line registered | "
LIMIT = 50  # seconds; a bound, no measure


def arguments(simulator: Simulator, mode: str, *options: str) -> list[str]:
    """The command line of a check of a simulated phone without TLS."""
    trio = simulator.trio
    address = ["-H", trio.host, "-p", str(trio.port), "--proto", "http"]
    return ["trio", mode, *address, "-u", simulator.username, "--password", simulator.password, *options]


def phone_of(number: int) -> Simulator:
    """A phone of a fleet, over plain HTTP: some have old firmware, and some ask for Digest."""
    return Simulator(
        systems=("trio",),
        tls=False,
        seed=number,
        trio_firmware="old" if number % 3 == 0 else "new",
        trio_auth="digest" if number % 3 == 1 else "basic",
    )


@pytest.fixture
def fleet() -> Iterator[Callable[[int], list[Simulator]]]:
    """`fleet(40)` is so many phones."""
    with ExitStack() as stack:
        yield lambda count: [stack.enter_context(phone_of(number)) for number in range(count)]


class Clock:
    """The clock by which checks in this process see their deadline. `ahead`: how far it is, in seconds."""

    def __init__(self) -> None:
        self.ahead = 0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        """A wait in which all the time that a check has passes."""
        self.ahead += LIMIT

    def runs_out_when_asked(self, trio: Trio) -> None:
        """All the time passes as soon as the phone has got a request."""
        serve = trio.serve

        def slowly(request: Request) -> Canned:
            self.ahead += LIMIT
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
            return serve(request)

        trio.serve = slowly  # type: ignore[method-assign]


@pytest.fixture
def clock_of_checks(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("check_videoconf.deadline.time", clock)
    return clock


# -- verdicts


def unregistered(trio: Trio) -> None:
    trio.set_lines(Line(1, "Room 1"), Line(2, "Room 2", state="Registering"))


def switched_off(trio: Trio) -> None:
    trio.data.clear()
    trio.status.clear()


def default_password(trio: Trio) -> None:
    trio.status.update(dict.fromkeys(trio.data, "4010"))


def frozen(trio: Trio) -> None:
    trio.frozen = True


def forbidden(trio: Trio) -> None:
    trio.respond.update(dict.fromkeys(trio.data, Canned(403)))


FAULTS: dict[int, tuple[Callable[[Trio], None], str, int]] = {
    7: (unregistered, "TRIO REGISTRATION CRITICAL - line 2 (Room 2) is Registering | ", 2),
    48: (switched_off, "TRIO REGISTRATION UNKNOWN - 127.0.0.1:{port} has no REST API at /api/v1/mgmt/lineInfo", 3),
    90: (
        default_password,
        "TRIO REGISTRATION UNKNOWN - 127.0.0.1:{port} answered /api/v1/mgmt/lineInfo with status 4010: the default ",
        3,
    ),
    133: (
        frozen,
        f"TRIO REGISTRATION UNKNOWN - no result within {LIMIT} s: the time was over while waiting for the answer",
        3,
    ),
    199: (
        forbidden,
        "TRIO REGISTRATION UNKNOWN - 127.0.0.1:{port} is busy, or account 'monitor' is not permitted to read /api/v1/",
        3,
    ),
}


def test_of_200_phones_the_five_faulty_ones_are_found(
    check: Run, fleet: Callable[[int], list[Simulator]], clock_of_checks: Clock
) -> None:
    phones = fleet(200)
    for number, (fault, _, _) in FAULTS.items():
        fault(phones[number].trio)
    for number, phone in enumerate(phones):
        if phone.trio.frozen:
            clock_of_checks.runs_out_when_asked(phone.trio)
        answer = check(*arguments(phone, "registration", "--timeout", f"{LIMIT}", "--retries", "0"))
        clock_of_checks.ahead = 0
        _, said, code = FAULTS.get(number, (None, FINE, 0))
        assert answer.first_line.startswith(said.format(port=phone.trio.port)), number
        assert (answer.code, answer.stderr) == (code, ""), number
        assert phone.trio.in_flight_max <= 1
        assert phone.trio.connections <= 1


# -- one at a time


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`start(phone, "info")` starts a check in a process of its own; all of them share a state directory."""
    with ExitStack() as stack:

        def begin(phone: Simulator, mode: str, *options: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "check_videoconf", *arguments(phone, mode, "--timeout", f"{LIMIT}", *options)],
                env={"PATH": os.environ["PATH"], "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state")},
                cwd=tmp_path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin


@contextmanager
def held(phone: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it lasts the phone has been asked and does not answer; the event says that it has been asked."""
    asked, release = threading.Event(), threading.Event()
    compute = phone.trio.compute

    def slowly(request: Request) -> Canned:
        asked.set()
        release.wait(LIMIT)
        return compute(request)

    monkeypatch.setattr(phone.trio, "compute", slowly)
    try:
        yield asked
    finally:
        release.set()


def finished(process: subprocess.Popen[str]) -> tuple[str, int]:
    """First line and exit code, once there is one."""
    output, _ = process.communicate(timeout=LIMIT)
    return output.partition("\n")[0], process.returncode


@pytest.fixture
def held_up(
    start: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Simulator, str], AbstractContextManager[subprocess.Popen[str]]]:
    """`with held_up(phone, "info") as check:` a check of it waits for its answer until the end of the block."""

    @contextmanager
    def waiting(phone: Simulator, mode: str) -> Iterator[subprocess.Popen[str]]:
        with held(phone, monkeypatch) as asked:
            process = start(phone, mode)
            assert asked.wait(LIMIT)
            yield process
            assert process.poll() is None
        assert finished(process)[1] == 0

    return waiting


Waiting = Callable[[Simulator, str], AbstractContextManager[subprocess.Popen[str]]]


def test_a_slow_phone_holds_up_no_other(
    fleet: Callable[[int], list[Simulator]], start: Callable[..., subprocess.Popen[str]], held_up: Waiting
) -> None:
    slow, *others = fleet(40)
    with held_up(slow, "registration"):
        for first, code in [finished(process) for process in [start(phone, "registration") for phone in others]]:
            assert (first.startswith(FINE), code) == (True, 0)


def test_two_requests_at_a_time_never_reach_a_phone(start: Callable[..., subprocess.Popen[str]]) -> None:
    modes = ("info", "network", "registration", "calls", "call-logs", "paired")
    with Simulator(systems=("trio",), tls=False, latency=0.1) as phone:
        processes = [start(phone, mode, "--retries", "0") for mode in modes]
        assert [finished(process)[1] for process in processes] == [0] * len(modes)
        assert (phone.trio.in_flight_max, phone.trio.connections) == (1, len(modes))


def test_the_wait_for_another_check_counts_against_the_deadline(
    check: Run, held_up: Waiting, clock_of_checks: Clock
) -> None:
    with phone_of(0) as phone, held_up(phone, "info"):
        answer = check(*arguments(phone, "info", "--timeout", f"{LIMIT}"))
        assert answer.first_line == f"TRIO INFO UNKNOWN - another check of 127.0.0.1 did not finish in {LIMIT} s"
        assert answer.code == 3
        clock_of_checks.ahead = 0
        critical = check(*arguments(phone, "info", "--timeout", f"{LIMIT}", "--unreachable-state", "critical"))
        assert critical.code == 3
        assert len(phone.trio.requests) == 1


def test_a_check_that_does_not_wait_finds_the_phone_busy(check: Run, held_up: Waiting) -> None:
    with phone_of(1) as phone, held_up(phone, "info"):
        answer = check(*arguments(phone, "info", "--no-lock", "--retries", "0"))
        assert answer.summary == (
            f"127.0.0.1:{phone.trio.port} is busy, or account 'monitor' is not permitted to read "
            "/api/v2/mgmt/device/info (HTTP 403)"
        )
        assert answer.code == 3
