"""Packet loss of participants, as seen through `conductor participants`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xmlrpc.client import DateTime

import pytest

from ..promises import PERSON
from .box import NOW, Box, Struct
from .structs import losing, nested, on_server, participant

METHOD = "participant.enumerate"
LOSSY = "participants.lossy.percentage"


@pytest.mark.parametrize(("lossy", "of", "code"), [(1, 10, 0), (2, 19, 1), (1, 4, 1), (2, 7, 2)])
def test_the_share_of_lossy_ones_is_judged_by_default(box: Box, lossy: int, of: int, code: int) -> None:
    box.has("participants", *(losing(number, 30 if number < lossy else 29) for number in range(of)))
    assert box.check("participants").code == code


@pytest.mark.parametrize(
    ("stream", "label"),
    [
        ({"audioRxLost": 30, "audioRxReceived": 970}, "audio-rx"),
        ({"audioTxReportedLost": 30, "audioTxSent": 1000}, "audio-tx"),
        ({"videoRxLost": 30, "videoRxReceived": 970}, "video-rx"),
        ({"videoTxReportedLost": "30", "videoTxSent": "1000"}, "video-tx"),
    ],
)
@pytest.mark.parametrize("shape", [dict, nested])
def test_the_worst_stream_decides_and_each_is_measured_apart(box: Box, stream: Struct, label: str, shape: Any) -> None:
    box.has("participants", shape(participant(1, **stream)), participant(2))
    answer = box.check(
        "participants", "--warning-participants-lossy-prct", "", f"--critical-{label}-packetloss-max", "3"
    )
    name = f"participants.{label.replace('-', '.')}.packetloss.max.percentage"
    assert answer.perfdata[name] == "3%;;3;0;100"
    assert answer.perfdata[LOSSY] == "50%;10;25;0;100"
    answer = box.check("participants", f"--critical-{label}-packetloss-max", "2.9", "--state-dir", "/nowhere/at/all")
    assert f"max {label.replace('-', ' ')} packet loss 3 %, above 2.9 %" in answer.summary


@pytest.mark.parametrize(("threshold", "share"), [("2", "100%"), ("2.01", "0%"), ("0", "100%")])
def test_the_loss_threshold_is_an_option(box: Box, threshold: str, share: str) -> None:
    box.has("participants", losing(1, 20))
    assert box.check("participants", "--loss-threshold", threshold).perfdata[LOSSY].startswith(f"{share};")


def test_who_is_not_connected_is_counted_but_not_measured(box: Box) -> None:
    box.has(
        "participants", losing(1, 500, callState="disconnected"), losing(2, 500, callState="alerting"), participant(3)
    )
    answer = box.check("participants")
    assert answer.summary == "3 participants, 0 % of 1 lossy"


def test_a_call_whose_state_is_not_told_is_one_in_progress(box: Box) -> None:
    row = losing(1, 500)
    del row["callState"]
    box.has("participants", row)
    assert box.check("participants").perfdata[LOSSY].startswith("100%;")


def test_the_critical_flag_makes_lossy_whatever_the_counters_say(box: Box) -> None:
    box.has("participants", participant(1, packetLossCritical=True), participant(2))
    answer = box.check("participants")
    assert answer.perfdata[LOSSY].startswith("50%;")
    assert answer.long_output[-1].startswith("lossy: 0.04 % of video tx, conference")


def test_only_the_worst_are_named(box: Box) -> None:
    box.has("participants", *(losing(number, 100 + number) for number in range(9)))
    lines = [line for line in box.check("participants").long_output if line.startswith("lossy: ")]
    assert [line.split()[1] for line in lines] == ["10.8", "10.7", "10.6", "10.5", "10.4"]


def test_servers_alone_have_no_loss_and_say_so(box: Box) -> None:
    box.has("participants", on_server(1), on_server(2))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("2 participants", 0)
    assert answer.long_output == [
        "participants-loss-warning: not reported",
        "participants-loss-critical: not reported",
        "packet loss: not reported for 2 of 2 connected participants",
    ]
    assert answer.perfdata["participants.without.counters.count"] == "2;;;0;2"
    answer = box.check(
        "participants", "--warning-participants-lossy-prct", "5", "--critical-video-rx-packetloss-max", "9"
    )
    assert answer.summary == "participants-lossy-prct: not reported / video-rx-packetloss-max: not reported"
    assert answer.code == 3


@pytest.mark.parametrize(("lost", "received", "share"), [(0, 0, None), (5, 0, "100%"), (-5, 10, "0%")])
def test_odd_counters_give_no_odd_shares(box: Box, lost: int, received: int, share: str | None) -> None:
    box.has("participants", participant(1, videoRxLost=lost, videoRxReceived=received))
    found = box.check("participants").perfdata.get("participants.video.rx.packetloss.max.percentage")
    assert (found and found.partition(";")[0]) == share


# -- since the previous run


def test_loss_is_that_since_the_previous_run(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.has("participants", losing(1, 100), participant(2))
    assert box.check("participants").perfdata[LOSSY].startswith("50%;")
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has(
        "participants",
        participant(1, videoRxLost=100, videoRxReceived=1900),
        participant(2, audioTxSent=10_100, audioTxReportedLost=12),
    )
    answer = box.check("participants")
    assert answer.perfdata[LOSSY].startswith("50%;")
    assert answer.perfdata["participants.video.rx.packetloss.max.percentage"].startswith("0%;")
    assert answer.perfdata["participants.audio.tx.packetloss.max.percentage"].startswith("10%;")
    assert "packet loss: first run, over the whole of each call" not in answer.long_output


@pytest.mark.parametrize("shape", [dict, nested])
def test_loss_of_those_without_a_name_is_that_since_the_previous_run(
    box: Box, monkeypatch: pytest.MonkeyPatch, shape: Any
) -> None:
    nameless: Struct = {"participantName": "", "connectionUniqueId": ""}
    box.has("participants", shape(losing(1, 500, **nameless)))
    assert box.check("participants").code == 2
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has("participants", shape(losing(1, 500, of=10_000, audioRxMuted=True, **nameless)))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("1 participant, 0 % of 1 lossy", 0)


def test_those_who_cannot_be_told_apart_do_not_take_the_losses_of_each_other(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike: Struct = {"participantName": "", "connectionUniqueId": "", "address": ""}
    box.has("participants", losing(1, 500, of=1_000, **alike), losing(2, 0, of=5_000, **alike))
    box.check("participants")
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has("participants", losing(1, 500, of=8_000, **alike), losing(2, 0, of=6_000, **alike))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("2 participants, 0 % of 2 lossy", 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"connectionUniqueId": 9999},
        {"connectTime": DateTime("20260302T11:59:00")},
        {"videoRxReceived": 900, "videoRxLost": 100},
        {"factoryConferenceId": "another"},
    ],
)
def test_a_new_call_is_measured_as_a_whole(box: Box, monkeypatch: pytest.MonkeyPatch, changed: Struct) -> None:
    box.has("participants", participant(1, videoRxLost=200, videoRxReceived=10_000))
    box.check("participants")
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has("participants", participant(1, **{"videoRxLost": 200, "videoRxReceived": 1800, **changed}))
    found = box.check("participants").perfdata["participants.video.rx.packetloss.max.percentage"]
    assert found.partition(";")[0] == "10%"


def test_late_packets_do_not_make_a_call_in_progress_a_new_one(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.has("participants", participant(1, videoRxLost=500, videoRxReceived=1_000))
    assert box.check("participants").code == 2
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has("participants", participant(1, videoRxLost=498, videoRxReceived=2_000))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("1 participant, 0 % of 1 lossy", 0)
    assert answer.perfdata["participants.video.rx.packetloss.max.percentage"].startswith("0%;")


def test_the_state_between_runs_holds_no_name(box: Box, tmp_path: Path) -> None:
    box.has("participants", participant(1), on_server(2))
    box.check("participants", "--cache", "60")
    files = [file.read_text() for file in (tmp_path / "state").iterdir()]
    assert len([text for text in files if "counters" in text]) == 1
    assert not any(PERSON.lower() in text.lower() for text in files)


def test_the_same_answer_again_does_not_make_a_lossy_call_a_good_one(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.has("participants", losing(1, 500), participant(2))
    first = box.check("participants", "--cache", "300")
    assert first.code == 2
    for minutes in (1, 2):
        monkeypatch.setattr("check_videoconf.mode.time.time", lambda minutes=minutes: NOW + 60 * minutes)
        answer = box.check("participants", "--cache", "300")
        assert answer.first_line == first.first_line
        assert answer.long_output[-1] == first.long_output[-1]
    assert len(box.asked) == 1


def test_a_stream_that_stands_still_is_left_out_while_others_go_on(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.has("participants", losing(1, 500))
    assert box.check("participants").code == 2
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    box.has("participants", losing(1, 500, audioRxReceived=19_999))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("1 participant, 0 % of 1 lossy", 0)
    assert "participants.video.rx.packetloss.max.percentage" not in answer.perfdata
