"""A test call is hung up, whatever happens to the check, its requests and the processes round it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Thread
from typing import Callable

import pytest

from check_videoconf.pexip import guard
from check_videoconf.simulator import Canned, Simulator
from check_videoconf.simulator.pexip_commands import DIAL, DISCONNECT, Calls

from ...servers import HOST
from .placing import SECONDS, Place, Process, all_hung_up, commands, searched

# -- what is lost


def test_a_call_whose_answer_is_lost_is_found_and_hung_up(place: Place, calls: Calls, node: Simulator) -> None:
    calls.lost.add("dialled")
    answer = place()
    assert answer.summary.startswith(f"the connection to {HOST}:{node.pexip.port} broke while waiting for the answer")
    assert answer.code == 3
    assert (len(calls.dials), commands(node, DIAL)) == (1, 1)
    assert all_hung_up(calls)


def test_a_node_that_cannot_look_for_names_is_asked_for_all(place: Place, calls: Calls, node: Simulator) -> None:
    calls.lost.add("dialled")
    refused = Canned(400, {}, b'{"error": "The \'display_name\' field does not allow filtering."}')
    place_of = "status/v1/participant/"
    real = node.pexip.compute
    node.pexip.compute = lambda request: (  # type: ignore[method-assign]
        refused if request.path.endswith(place_of) and "display_name" in request.query else real(request)
    )
    assert place().code == 3
    assert all_hung_up(calls)


@pytest.mark.parametrize("phase", ["disconnect", "disconnected"])
def test_hanging_up_is_tried_again(place: Place, calls: Calls, node: Simulator, phase: str) -> None:
    calls.lost.add(phase)
    assert place().code == 0
    assert all_hung_up(calls)
    assert commands(node, DISCONNECT) == 2


def test_hanging_up_is_tried_again_after_errors(place: Place, calls: Calls, node: Simulator) -> None:
    node.pexip.respond[DISCONNECT] = [Canned(500), Canned(400), Canned(200, {}, b'{"status": "error"}')]
    assert place("--retries", "0").code == 0
    assert all_hung_up(calls)


@pytest.mark.parametrize("lost", ["dial", "503"])
def test_a_dial_that_may_have_been_lost_is_never_sent_again(
    place: Place,
    calls: Calls,
    node: Simulator,
    hasty: list[str],
    lost: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.1)  # nobody is there to be asked for longer
    if lost == "503":
        node.pexip.respond[DIAL] = Canned(503)
    calls.lost.add(lost)
    answer = place("--retries", "5", *hasty)
    assert answer.summary.startswith(f"a test call may be left at {HOST}:{node.pexip.port}: ")
    assert answer.code == 3
    assert commands(node, DIAL) == 1


# -- what strikes


@pytest.mark.parametrize("phase", ["dial", "dialled", "connected"])
def test_a_deadline_ends_the_call(place: Place, calls: Calls, node: Simulator, phase: str) -> None:
    gate = calls.gate(phase)

    def let_go() -> None:
        gate.wait(SECONDS)
        if phase == "dial":
            searched(node)
            gate.open()

    other = Thread(target=let_go)
    other.start()
    answer = place("--call-timeout", "1", "--timeout", "6.3")
    gate.open()
    other.join()
    assert "no result within 6.3 s: the time was over while waiting for the answer of " in answer.summary
    assert answer.code == 3
    assert all_hung_up(calls)


def test_a_deadline_that_strikes_while_it_hangs_up_leaves_that_to_the_guard(
    place: Place, calls: Calls, node: Simulator, hasty: list[str]
) -> None:
    gate = calls.gate("disconnect")
    answer = place(*hasty)
    assert answer.summary.startswith(f"a test call may be left at {HOST}:{node.pexip.port}: no result within 2.5 s")
    assert answer.code == 3
    gate.open()
    assert all_hung_up(calls)


PHASES = ("listed", "dial", "dialled", "ringing", "connected", "disconnect", "disconnected")


@pytest.mark.parametrize(
    ("phase", "number"),
    [
        *((phase, number) for phase in PHASES for number in (signal.SIGTERM, signal.SIGKILL)),
        ("dialled", signal.SIGINT),
        ("ringing", signal.SIGHUP),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_signal_at_any_moment_leaves_no_call(
    node: Simulator, calls: Calls, start: Callable[..., Process], phase: str, number: signal.Signals
) -> None:
    if phase == "ringing":
        calls.outcome = "no-answer"
    gate = calls.gate(phase)
    process = start("--hold", "0")
    assert gate.wait(SECONDS)
    process.send(number)
    if phase == "dial":
        assert searched(node)
    gate.open()
    answer = process.answer()
    assert answer.stderr == ""
    if number == signal.SIGKILL:
        assert (answer.stdout, answer.code) == ("", -signal.SIGKILL)
    elif phase.startswith("disconnect"):
        assert answer.code == 0
    else:
        assert answer.code == 3
        assert f"ended by {number.name} while " in answer.first_line
    assert all_hung_up(calls, 0 if phase == "listed" else 1)


def test_a_signal_while_the_call_is_held_leaves_no_call(
    node: Simulator, calls: Calls, start: Callable[..., Process]
) -> None:
    process = start("--hold", "60", "--timeout", "90")
    assert calls.wait_for(lambda: any("media_stream" in one.target for one in node.pexip.requests), SECONDS)
    process.send(signal.SIGTERM)
    assert process.answer().code == 3
    assert not calls.live
    assert len(calls.disconnects) == 1


def test_checks_side_by_side_hang_up_only_their_own(
    node: Simulator, calls: Calls, start: Callable[..., Process]
) -> None:
    gate = calls.gate("connected")
    first = start("--hold", "0")
    assert calls.wait_for(lambda: len(calls.dials) == 1, SECONDS)
    second = start("--hold", "0")
    assert calls.wait_for(lambda: len(calls.dials) == 2, SECONDS)
    ended, other = (one["participant_id"] for one in calls.dials)
    first.send(signal.SIGKILL)
    assert calls.wait_for(lambda: ended not in calls.live, SECONDS)
    assert list(calls.live) == [other]
    gate.open()
    assert second.answer().code == 0
    assert calls.disconnects == [ended, other]


def test_a_call_whose_guard_was_killed_as_well_is_hung_up_by_the_next_run(
    node: Simulator, calls: Calls, start: Callable[..., Process], place: Place, tmp_path: Path
) -> None:
    calls.outcome = "no-answer"
    gate = calls.gate("ringing")
    process = start("--hold", "0")
    assert gate.wait(SECONDS)
    (watching,) = process.guards()
    os.kill(watching, signal.SIGKILL)
    process.send(signal.SIGKILL)
    process.answer()
    gate.open()
    (left,) = calls.live
    calls.outcome = "answered"
    answer = place()
    assert answer.code == 0
    assert "a call that an earlier run had left was hung up" in answer.long_output
    assert calls.disconnects[0] == left
    assert all_hung_up(calls, 2)
    assert not list((tmp_path / "state").glob("call-*"))


def test_a_check_that_was_stopped_does_not_keep_its_call(
    place: Place, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_OVERDUE", -29.9)
    calls.outcome = "no-answer"
    gate = calls.gate("ringing")

    def let_go() -> None:
        all_hung_up(calls)
        gate.open()

    other = Thread(target=let_go)
    other.start()
    answer = place()
    other.join()
    assert answer.summary == "the call failed: Disconnected by an administrator"
    assert len(calls.disconnects) == 1


def test_without_a_process_to_watch_over_it_no_call_is_placed(
    place: Place, node: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fail)
    answer = place()
    assert answer.summary == ("no test call was placed: no process to watch over it: Resource temporarily unavailable")
    assert answer.code == 3
    assert commands(node, DIAL) == 0


def test_without_a_state_directory_it_says_that_the_next_run_will_not_know(place: Place, calls: Calls) -> None:
    answer = place("--state-dir", "/dev/null/none")
    assert answer.code == 0
    assert any(line.startswith("no lock, no cache and no state between runs: ") for line in answer.long_output)
    assert all_hung_up(calls)
