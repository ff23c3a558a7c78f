"""A test call: what is judged, what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Thread

import pytest

from check_videoconf.simulator import Canned, Request, Simulator
from check_videoconf.simulator.pexip_commands import DIAL, DISCONNECT, Calls

from ...conftest import Run
from ...guards import wait_for_guards
from ...promises import kept
from ...servers import HOST
from .placing import CALL, LEAVE, SECONDS, WHOM, Place, all_hung_up, arguments, commands

# -- what is judged


def test_a_good_call_is_measured_and_hung_up(place: Place, calls: Calls) -> None:
    answer = place("-v")
    assert re.fullmatch(
        r"PEXIP TEST-CALL OK - media flowed after [0-9.]+ s, held 0 s, worst loss 0\.6 % and jitter 7\.6 ms \| "
        r"'testcall\.setup\.seconds'=[0-9.]+s;;;0; 'audio#testcall\.rx\.packetloss\.percentage'=0%;;;0;100 .*",
        answer.first_line,
    )
    assert answer.code == 0
    assert list(answer.perfdata) == ["testcall.setup.seconds"] + [
        f"{kind}#testcall.{way}.{what}"
        for kind in ("audio", "video")
        for way in ("rx", "tx")
        for what in ("packetloss.percentage", "jitter.milliseconds", "bitrate.bitspersecond")
    ]
    assert answer.perfdata["video#testcall.rx.bitrate.bitspersecond"] == "1153000;;;0;"
    (placed,) = calls.dials
    assert {name: value for name, value in placed.items() if name not in ("remote_display_name", "participant_id")} == {
        "conference_alias": "meet@example.com", "destination": WHOM, "role": "guest", "system_location": "London",
    }  # fmt: skip
    assert re.fullmatch("check_videoconf [0-9a-f]{16}", placed["remote_display_name"])
    assert calls.disconnects == [placed["participant_id"]]
    assert not calls.live


@pytest.mark.parametrize("version", [16, 24, 36])
def test_a_call_is_ok_and_hung_up_whatever_the_version(check: Run, tmp_path: Path, version: int) -> None:
    """In version 16 participants have their id in resource_uri only."""
    with Simulator(systems=("pexip",), tls=False, pexip_version=version) as node:
        answer = kept(check(*arguments(node, *CALL, "--hold", "0")))
        assert answer.summary.startswith("media flowed after ")
        assert answer.code == 0
        assert all_hung_up(node.pexip.calls)
        assert commands(node, DISCONNECT) == 1
        wait_for_guards(tmp_path / "state")


def test_thresholds_apply_to_each_stream(place: Place) -> None:
    answer = place("--critical-rx-packetloss", "0.5", "--call-protocol", "h323")
    assert answer.summary == "rx packet loss of video 0.6 %, above 0.5 %"
    assert answer.code == 2


@pytest.mark.parametrize(
    ("outcome", "summary"),
    [("busy", "the call failed: Call rejected: busy"), ("no-answer", "no media within 1 s")],
)
def test_a_call_that_does_not_come_about_is_critical(
    place: Place, calls: Calls, node: Simulator, outcome: str, summary: str
) -> None:
    calls.outcome = outcome
    answer = place("--call-timeout", "1")
    assert answer.first_line == f"PEXIP TEST-CALL CRITICAL - {summary}"
    assert answer.code == 2
    assert not calls.live
    assert commands(node, DISCONNECT) == 1


def test_a_threshold_on_what_could_not_be_measured_is_unknown_where_the_call_is_not_judged(
    place: Place, calls: Calls
) -> None:
    calls.outcome = "busy"
    assert place("--critical-testcall", "").summary == "the call failed: Call rejected: busy"
    answer = place("--critical-testcall", "", "--warning-setup-time", "5")
    assert answer.first_line == "PEXIP TEST-CALL UNKNOWN - setup-time: no media flowed"


def test_a_call_that_ends_while_it_is_held_is_critical(place: Place, calls: Calls, node: Simulator) -> None:
    def hang_up() -> None:
        calls.wait_for(lambda: any("media_stream" in one.target for one in node.pexip.requests), SECONDS)
        calls.end(next(iter(calls.live)), f"Remote disconnect by {WHOM}")

    other = Thread(target=hang_up)
    other.start()
    answer = place(hold="1")
    other.join()
    assert answer.summary == ("the call ended by itself while it was held: Remote disconnect by (the destination)")
    assert (answer.code, list(answer.perfdata)) == (2, ["testcall.setup.seconds"])


def test_whom_it_calls_is_in_no_output_but_in_bodies(place: Place, node: Simulator) -> None:
    node.pexip.respond[DIAL] = Canned(400, {}, f'{{"dial": {{"destination": ["Cannot call {WHOM}."]}}}}'.encode())
    answer = place("-vv")
    assert answer.summary.endswith("placed no test call: destination: Cannot call (the destination).")


# -- what is refused


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (CALL[1:], f"test-call places a real call: it wants {LEAVE}; see --help for what it does"),
        ((*CALL[:1], *CALL[3:]), "test-call needs --destination"),
        ((*CALL[:3], *CALL[5:]), "test-call needs --conference-alias"),
        (CALL[:5], "test-call needs --system-location"),
        (
            (*CALL, "--timeout", "20"),
            "--timeout 20 is too short: --call-timeout 15, --hold 5 and 5 s to hang up are 25 s",
        ),
    ],
)
def test_without_what_it_needs_nothing_is_asked(node: Simulator, check: Run, argv: tuple[str, ...], line: str) -> None:
    answer = kept(check(*arguments(node, *argv)))
    assert answer.first_line == f"UNKNOWN: {line}"
    assert answer.code == 3
    assert not node.pexip.requests


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_a_command_that_is_not_carried_out_leaves_nothing_to_hang_up(
    place: Place, node: Simulator, status: int
) -> None:
    node.pexip.respond[DIAL] = Canned(status)
    answer = place("--retries", "2")
    assert answer.code == 3
    assert (commands(node, DIAL), commands(node, DISCONNECT)) == (1, 0)


def test_an_account_that_may_not_see_participants_places_no_call(place: Place, node: Simulator) -> None:
    node.pexip.respond["status/v1/participant/"] = Canned(403)
    assert place().code == 3
    assert commands(node, DIAL) == 0


def test_a_refusal_is_told_in_the_node_s_words(place: Place, node: Simulator) -> None:
    answer = place("--system-location", "Nowhere")
    assert answer.summary == (
        f"{HOST}:{node.pexip.port} placed no test call: system_location: Failed to find the system location."
    )
    node.pexip.respond[DIAL] = Canned(200, {}, b'{"status": "error", "message": "no such alias"}')
    assert place().summary.endswith(" placed no test call: no such alias")
    assert commands(node, DISCONNECT) == 0


def test_a_command_with_a_member_that_there_is_not_is_refused(node: Simulator) -> None:
    import requests

    url = f"{node.pexip.url}/api/admin/{DIAL}"
    answer = requests.post(url, json={"destinatoin": "x"}, auth=("monitor", "simulated"), timeout=SECONDS)
    assert (answer.status_code, answer.json()) == (400, {"dial": {"destinatoin": ["Unknown field."]}})
    answer = requests.post(url, data={"destination": "x"}, auth=("monitor", "simulated"), timeout=SECONDS)
    assert sorted(answer.json()["dial"]) == ["conference_alias", "system_location"]


@pytest.mark.parametrize(
    ("path", "body", "line"),
    [
        ("participant/{}/", '{"has_media": null}', "has_media of a participant is null or empty"),
        ("participant/{}/", '{"has_media": {}}', "has_media of a participant is unreadable (an object)"),
        ("participant/{}/", "[]", "has another shape than expected: not an object"),
        ("participant/{}/", "", "empty answer of "),
        ("participant/{}/media_stream/", '{"objects": [null], "meta": {}}', "a row is not an object"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_the_call_is_hung_up(
    place: Place, calls: Calls, node: Simulator, path: str, body: str, line: str
) -> None:
    real = node.pexip.compute

    def compute(request: Request) -> Canned:
        placed = calls.dials[0]["participant_id"] if calls.dials else "none"
        is_it = request.path == f"/api/admin/status/v1/{path.format(placed)}"
        return Canned(200, {}, body.encode()) if is_it else real(request)

    node.pexip.compute = compute  # type: ignore[method-assign]
    answer = place()
    assert line in answer.summary
    assert answer.code == 3
    assert all_hung_up(calls)
