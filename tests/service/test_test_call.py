"""A test call through the service is hung up as well, however its check ends there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator

from ..guards import wait_for_guards
from .serving import PATIENCE, Asked, Service, serving


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(systems=("pexip",), tls=False) as devices:
        devices.pexip.calls.outcome = "no-answer"
        yield devices
        wait_for_guards(tmp_path / "state")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path) as started:
        yield started


def place(service: Service, node: Simulator) -> Asked:
    return service.asked(
        "pexip", "test-call", "-H", "127.0.0.1", "-p", str(node.pexip.port), "--proto", "http", "-u", node.username,
        "--i-understand-this-places-a-call", "--destination", "test@example.com",
        "--conference-alias", "meet@example.com", "--system-location", "London",
        CHECK_VIDEOCONF_PASSWORD=node.password,
    )  # fmt: skip


@pytest.mark.parametrize("end", ["the client leaves", "the worker is killed", "the service is killed"])
def test_a_call_is_hung_up_when(service: Service, node: Simulator, end: str) -> None:
    gate = node.pexip.calls.gate("ringing")
    with place(service, node) as asked:
        asked.taken()
        assert gate.wait(PATIENCE)
        processes = {
            "the client leaves": [],
            "the worker is killed": service.workers(),
            "the service is killed": [*service.fronts(), *service.workers()],
        }
        for process in processes[end]:
            os.kill(process, signal.SIGKILL)
    gate.open()
    assert node.pexip.calls.wait_for(lambda: not node.pexip.calls.live, PATIENCE)
    assert [one["participant_id"] for one in node.pexip.calls.dials] == node.pexip.calls.disconnects


def test_a_call_ends_as_ever_and_its_worker_goes_on(service: Service, node: Simulator) -> None:
    node.pexip.calls.outcome = "busy"
    with place(service, node) as asked:
        answer = asked.answer()
        workers = service.workers()
    assert answer.first_line == "PEXIP TEST-CALL CRITICAL - the call failed: Call rejected: busy"
    with place(service, node) as asked:
        assert asked.answer().first_line == answer.first_line
    assert service.workers() == workers
