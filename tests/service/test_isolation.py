"""What one check does to itself it does to itself alone: hanging, crashing, leaking, lasting too long."""

from __future__ import annotations

import os
import signal
import socket
import textwrap
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from check_videoconf.service.target import target_of
from tests.servers import EMPTY_LIST, HOST, Reply, Request, Web, listening

from .serving import ROOT, Asked, Service, request, serving, wait_for

PASSWORD = {"CHECK_VIDEOCONF_PASSWORD": "correct horse battery"}
OK = "PEXIP ALARMS OK"

# A mode that does what its filter says, in the place of a real one.
_MISBEHAVIOUR = """
import os, sys
def files():
    for name in os.listdir("/proc/self/fd"):
        try:
            what = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if not what.startswith(("socket:", "/proc/")):
            yield what
def misbehave():
    from check_videoconf.pexip.alarms import Alarms
    original = Alarms.probe
    def probe(self):
        what = self.given.filter_name.pattern if self.given.filter_name else ""
        if what == "exit":
            os._exit(7)
        elif what == "crash":
            import signal; os.kill(os.getpid(), signal.SIGSEGV)
        elif what == "memory":
            self.held = [bytearray(1 << 24) for _ in range(1 << 8)]
        elif what == "leak":
            sys.leaked = [bytearray(b"x" * (1 << 20)) for _ in range(100)]
        elif what == "mess":
            import decimal, gc, locale, signal, socket, tempfile, threading, time, warnings
            os.environ["MESS"] = "1"; os.chdir("/"); os.umask(0o777); decimal.getcontext().prec = 3
            tempfile.tempdir = "/nowhere"; socket.setdefaulttimeout(1); sys.setrecursionlimit(500)
            signal.signal(signal.SIGUSR1, signal.SIG_IGN); warnings.simplefilter("error")
            sys.left = os.open("/dev/null", os.O_RDONLY)
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        elif what == "ask":
            import decimal, socket, tempfile, threading, warnings
            mask = os.umask(0o22); os.umask(mask)
            found = [os.environ.get("MESS"), os.getcwd(), oct(mask), decimal.getcontext().prec, tempfile.tempdir,
                     socket.getdefaulttimeout(), sys.getrecursionlimit(), threading.active_count(),
                     len(warnings.filters), sorted(files())]
            self.remarks.append("state: " + repr(found))
        yield from original(self)
    Alarms.probe = probe
if "serve" in sys.argv:
    misbehave()
"""


def alarms(port: int, *argv: str) -> list[str]:
    return ["pexip", "alarms", "-H", HOST, "-p", str(port), "--proto", "http", *argv]


class Holding:
    """A device that takes every request and answers none, until it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        self.release = threading.Event()
        self.connections = 0

    def play(self, connection: socket.socket) -> None:
        self.connections += 1
        connection.recv(65536)
        self.asked.release()
        connection.settimeout(0.05)
        while not self.release.is_set():
            try:
                if not connection.recv(1):
                    self.left.release()
                    return
            except socket.timeout:
                continue
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(EMPTY_LIST)}\r\nConnection: close\r\n\r\n"
        connection.settimeout(10)
        connection.sendall(head.encode() + EMPTY_LIST)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service in which a check may misbehave."""
    directory = tmp_path_factory.mktemp("odd")
    (directory / "sitecustomize.py").write_text(textwrap.dedent(_MISBEHAVIOUR))
    path = {"PYTHONPATH": f"{directory}:{ROOT}"}
    with serving(directory, **path) as started:
        started.env.update(path)
        yield started


def test_devices_that_hang_delay_no_other(service: Service, device: Web) -> None:
    holding = [Holding() for _ in range(3)]
    with ExitStack() as stack:
        hanging = []
        for held in holding:
            port = stack.enter_context(listening(held.play))
            hanging += [stack.enter_context(service.asked(*alarms(port), **PASSWORD)) for _ in range(2)]
        for held in holding:
            assert held.asked.acquire(timeout=20)
        for _ in range(5):
            assert service.ask(*alarms(device.port), **PASSWORD).stdout.startswith(OK)
        for held in holding:
            held.release.set()
        for asked in hanging:
            assert asked.answer().stdout.startswith(OK)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("exit", "UNKNOWN: the check ended without an answer: exit code 7"),
        ("crash", "UNKNOWN: the check ended without an answer: ended by SIGSEGV"),
        ("memory", "UNKNOWN: internal error, please report it: MemoryError: "),
    ],
)
def test_a_check_that_breaks_ends_alone(odd: Service, device: Web, what: str, line: str) -> None:
    held = Holding()
    with listening(held.play) as port, odd.asked(*alarms(port), **PASSWORD) as other:
        assert held.asked.acquire(timeout=20)
        answer = odd.ask(*alarms(device.port, "--filter-name", what), **PASSWORD)
        assert (answer.stdout, answer.code) == (f"{line}\n", 3)
        held.release.set()
        assert other.answer().stdout.startswith(OK)
    assert odd.ask(*alarms(device.port), **PASSWORD).stdout.startswith(OK)


def test_an_idle_worker_holds_no_directory_of_a_caller(service: Service, device: Web) -> None:
    service.ask(*alarms(device.port), **PASSWORD)
    wait_for(lambda: {os.readlink(f"/proc/{worker}/cwd") for worker in service.workers()} == {"/"})


def test_devices_that_hang_leave_workers_to_the_others_however_many_checks_they_have(
    tmp_path: Path, device: Web
) -> None:
    holding = [Holding() for _ in range(2)]
    with ExitStack() as stack:
        service = stack.enter_context(serving(tmp_path, "--workers", "8"))
        for held in holding:
            port = stack.enter_context(listening(held.play))
            for asked in [stack.enter_context(service.asked(*alarms(port), **PASSWORD)) for _ in range(8)]:
                asked.taken()
            assert held.asked.acquire(timeout=20)
        assert service.ask(*alarms(device.port), **PASSWORD).stdout.startswith(OK)


_PATIENT = """
import sys
if "serve" in sys.argv:
    from check_videoconf.service import callers
    callers._FOR_A_WORKER = 60
"""


def test_a_check_waits_a_little_for_a_worker(tmp_path: Path, device: Web) -> None:
    (tmp_path / "sitecustomize.py").write_text(_PATIENT)
    path = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    held = Holding()
    with ExitStack() as stack:
        service = stack.enter_context(serving(tmp_path, "--workers", "1", **path))
        service.env.update(path)
        port = stack.enter_context(listening(held.play))
        first = stack.enter_context(service.asked(*alarms(port), **PASSWORD))
        assert held.asked.acquire(timeout=20)
        second = stack.enter_context(service.asked(*alarms(device.port, "-t", "3600"), **PASSWORD))
        second.taken()
        held.release.set()
        assert first.answer().stdout.startswith(OK)
        assert second.result().stdout.startswith(OK)


@pytest.mark.parametrize("text", ["nan", "inf", "-nan", "x", ""])
def test_a_time_that_is_none_is_the_usual_one_until_the_check_says_so(text: str) -> None:
    assert target_of(["pexip", "alarms", f"--timeout={text}"]).seconds == 30


def test_a_worker_that_is_killed_costs_its_check_only(service: Service, device: Web) -> None:
    held = Holding()
    before = set(service.workers())
    with listening(held.play) as port, service.asked(*alarms(port), **PASSWORD) as asked:
        assert held.asked.acquire(timeout=20)
        for worker in {*service.workers()} - before or before:
            os.kill(worker, signal.SIGKILL)
        answer = asked.answer()
    assert (answer.stdout, answer.code) == ("UNKNOWN: the check ended without an answer: ended by SIGKILL\n", 3)
    assert service.ask(*alarms(device.port), **PASSWORD).stdout.startswith(OK)


def test_nothing_a_check_does_to_its_process_is_there_for_the_next(odd: Service, device: Web) -> None:
    def state() -> str:
        answer = odd.ask(*alarms(device.port, "--filter-name", "ask"), **PASSWORD)
        return next(line for line in answer.long_output if line.startswith("state: "))

    state()
    before = state()
    odd.ask(*alarms(device.port, "--filter-name", "mess"), **PASSWORD)
    assert state() == state() == before


def test_a_check_that_keeps_memory_takes_its_worker_with_it(odd: Service, device: Web) -> None:
    odd.ask(*alarms(device.port), **PASSWORD)
    before = set(odd.workers())
    odd.ask(*alarms(device.port, "--filter-name", "leak"), **PASSWORD)
    wait_for(lambda: len(before - set(odd.workers())) == 1)


def test_a_runaway_expression_ends_at_its_deadline_alone(service: Service, device: Web) -> None:
    rows = (
        b'{"meta": {"total_count": 1, "next": null}, "objects": [{"identifier": 1, "instance": "%s", "level": "info",'
    )
    rows += b' "name": "x", "node": "n", "details": "", "time_raised": "2026-01-01T00:00:00"}]}'
    with Web(lambda _: (200, {}, rows % (b"a" * 40 + b"!"))) as web:
        expression = "%{instance} =~ /^(a+)+$/"
        slow = alarms(web.port, "-t", "2", "--critical-status", expression)
        with service.asked(*slow, **PASSWORD) as asked:
            asked.taken()
            assert service.ask(*alarms(device.port), **PASSWORD).stdout.startswith(OK)
            answer = asked.result()
    assert answer.first_line.startswith("PEXIP ALARMS UNKNOWN - no result within 2 s: the time was over while judging")


def test_a_client_that_goes_away_ends_its_check(service: Service) -> None:
    held = Holding()
    with listening(held.play) as port:
        with service.asked(*alarms(port), **PASSWORD) as asked:
            asked.taken()
            assert held.asked.acquire(timeout=20)
        assert held.left.acquire(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_of_the_client_ends_the_check_with_its_line(service: Service, number: signal.Signals) -> None:
    held = Holding()
    with listening(held.play) as port, service.asked(*alarms(port), **PASSWORD) as asked:
        asked.taken()
        assert held.asked.acquire(timeout=20)
        asked.socket.send(bytes([number]))
        answer = asked.result()
    path = "/api/admin/status/v1/alarm/"
    assert answer.summary == f"ended by {number.name} while waiting for the answer of {HOST}:{port} to {path}"
    assert answer.code == 3


def test_a_signal_may_come_with_the_request(service: Service) -> None:
    held = Holding()
    with listening(held.play) as port:
        whole = request(tuple(alarms(port)), {**service.env, **PASSWORD}, "/") + bytes([signal.SIGTERM])
        with Asked(service.path, whole) as asked:
            answer = asked.answer()
    assert "ended" in answer.first_line
    assert "SIGTERM" in answer.first_line
    assert answer.code == 3


# -- one at a time


def health(port: int, *argv: str) -> list[str]:
    return ["conductor", "health", "-H", HOST, "-p", str(port), "--proto", "http", "--cache", "0", *argv]


def test_a_conductor_is_asked_by_one_check_at_a_time_and_the_others_wait_no_longer_than_alone(service: Service) -> None:
    held = Holding()
    with listening(held.play) as port, ExitStack() as stack:
        stack.enter_context(service.asked(*health(port), **PASSWORD))
        assert held.asked.acquire(timeout=20)
        several = [stack.enter_context(service.asked(*health(port, "-t", "2"), **PASSWORD)) for _ in range(3)]
        answers = [asked.answer() for asked in several]
        assert held.connections == 1
    waiting = f"CONDUCTOR HEALTH UNKNOWN - another check of {HOST} did not finish in 2 s"
    assert [(answer.first_line.partition(" | ")[0], answer.code) for answer in answers] == [(waiting, 3)] * 3


def test_checks_that_wait_for_a_device_occupy_no_worker(service: Service) -> None:
    held = Holding()
    with listening(held.play) as port, ExitStack() as stack:
        several = [stack.enter_context(service.asked(*health(port), **PASSWORD)) for _ in range(20)]
        assert held.asked.acquire(timeout=20)
        for asked in several:
            asked.taken()
        assert len(service.workers()) < 10


# -- the end


def test_sigterm_lets_checks_finish_that_run(tmp_path: Path) -> None:
    held = Holding()
    with serving(tmp_path) as service, listening(held.play) as port, service.asked(*alarms(port), **PASSWORD) as asked:
        asked.taken()
        assert held.asked.acquire(timeout=20)
        service.process.send_signal(signal.SIGTERM)
        wait_for(lambda: not service.path.exists())
        held.release.set()
        assert asked.result().stdout.startswith(OK)
        assert service.process.wait(20) == 0
        assert service.log.read_text().endswith("ended\n")


def test_what_does_not_finish_in_time_is_ended_by_sigterm(tmp_path: Path) -> None:
    held = Holding()
    with serving(tmp_path, "--drain", "0") as service, listening(held.play) as port:
        with service.asked(*alarms(port), **PASSWORD) as asked:
            asked.taken()
            assert held.asked.acquire(timeout=20)
            service.process.send_signal(signal.SIGTERM)
            assert asked.result().summary.startswith("ended by SIGTERM while waiting for the answer of ")
        assert service.process.wait(20) == 0


# -- what lasts


def test_a_connection_is_kept_for_the_next_check_and_made_anew_when_the_device_has_closed_it(service: Service) -> None:
    connections = []

    def answer(request: Request) -> Reply:
        connections.append(request)
        close = {"Connection": "close"} if len(connections) == 2 else {}
        return 200, close, EMPTY_LIST

    with Web(answer) as web:
        texts = {service.ask(*alarms(web.port, "--perfdata", "none"), **PASSWORD).stdout for _ in range(4)}
    assert len(texts) == 1
    assert len(connections) == 4


def test_memory_and_descriptors_do_not_grow_with_the_number_of_checks(tmp_path: Path, device: Web) -> None:
    def held(service: Service) -> tuple[int, int]:
        processes = [service.process.pid, *service.workers()]
        memory = sum(_kilobytes(process) for process in processes)
        return memory, sum(len(os.listdir(f"/proc/{process}/fd")) for process in processes)

    with serving(tmp_path) as service:
        for _ in range(100):
            service.ask(*alarms(device.port), **PASSWORD)
        before = held(service)
        for _ in range(200):
            service.ask(*alarms(device.port), **PASSWORD)
        after = held(service)
    assert after[1] <= before[1] + 1
    assert after[0] - before[0] < 200 * 4  # kB; a page a check would be a leak


def _kilobytes(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
