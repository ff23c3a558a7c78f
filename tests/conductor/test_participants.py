"""conductor participants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xmlrpc.client import DateTime

import pytest

from ..promises import PERSON
from .box import NOW, Box, Struct
from .structs import nested, on_server, participant

METHOD = "participant.enumerate"
LOSSY = "participants.lossy.percentage"


def has(box: Box, *participants: Struct) -> None:
    box.methods[METHOD] = {"participants": list(participants)}


def losing(number: int, lost: int, of: int = 1000, **changed: object) -> Struct:
    """A participant who lost so many of the video packets received."""
    return participant(number, videoRxLost=lost, videoRxReceived=of - lost, **changed)


def test_participants_by_bridge_and_type_and_their_loss(box: Box) -> None:
    has(
        box,
        participant(1, audioRxMuted=True),
        nested(participant(2, mcuIPAddress="192.0.2.62", participantType="by_address")),
        on_server(3),
        losing(4, 100, packetLossWarning=True, packetLossCritical=True),
    )
    answer = box.check("participants")
    assert answer.first_line == (
        "CONDUCTOR PARTICIPANTS CRITICAL - lossy participants 33.3 %, above 25 % | "
        "'participants.total.count'=4;2000;2300;0;2400 'participants.muted.count'=1;;;0;4 "
        "'participants.loss.warning.count'=1;;;0;4 'participants.loss.critical.count'=1;;;0;4 "
        "'participants.without.counters.count'=1;;;0;4 'participants.lossy.percentage'=33.33%;10;25;0;100 "
        "'participants.audio.rx.packetloss.max.percentage'=0.01%;;;0;100 "
        "'participants.audio.rx.packetloss.mean.percentage'=0.01%;;;0;100 "
        "'participants.audio.tx.packetloss.max.percentage'=0.02%;;;0;100 "
        "'participants.audio.tx.packetloss.mean.percentage'=0.02%;;;0;100 "
        "'participants.video.rx.packetloss.max.percentage'=10%;;;0;100 "
        "'participants.video.rx.packetloss.mean.percentage'=3.35%;;;0;100 "
        "'participants.video.tx.packetloss.max.percentage'=0.04%;;;0;100 "
        "'participants.video.tx.packetloss.mean.percentage'=0.04%;;;0;100 "
        "'192.0.2.60#participants.bridge.count'=2;;;0; '192.0.2.61#participants.bridge.count'=1;;;0; "
        "'192.0.2.62#participants.bridge.count'=1;;;0; 'ad_hoc#participants.type.count'=3;;;0; "
        "'by_address#participants.type.count'=1;;;0;"
    )
    assert answer.long_output == [
        "CRITICAL: lossy participants 33.3 %, above 25 %",
        "packet loss: not reported for 1 of 4 connected participants",
        "packet loss: first run, over the whole of each call",
        "lossy: 10 % of video rx, conference meet.room1.100001, bridge 192.0.2.60",
    ]
    assert (answer.code, box.asked, box.structs) == (2, [METHOD], [{}])


def test_nobody_is_ok(box: Box) -> None:
    has(box)
    answer = box.check("participants", "--critical-participants-lossy-prct", "5")
    assert (answer.summary, answer.long_output, answer.code) == ("0 participants", [], 0)
    assert LOSSY not in answer.perfdata


def test_the_ok_state_tells_how_many_and_what_share_is_lossy(box: Box) -> None:
    has(box, *map(participant, range(20)))
    assert box.check("participants").summary == "20 participants, 0 % of 20 lossy"


@pytest.mark.parametrize(("count", "code"), [(2000, 0), (2001, 1), (2300, 1), (2301, 2)])
def test_the_limit_of_the_product_is_what_is_judged_by_default(box: Box, count: int, code: int) -> None:
    has(box, *map(on_server, range(count)))
    answer = box.check("participants")
    assert answer.perfdata["participants.total.count"] == f"{count};2000;2300;0;2400"
    assert answer.code == code


@pytest.mark.parametrize(("lossy", "of", "code"), [(1, 10, 0), (2, 19, 1), (1, 4, 1), (2, 7, 2)])
def test_the_share_of_lossy_ones_is_judged_by_default(box: Box, lossy: int, of: int, code: int) -> None:
    has(box, *(losing(number, 30 if number < lossy else 29) for number in range(of)))
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
    has(box, shape(participant(1, **stream)), participant(2))
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
    has(box, losing(1, 20))
    assert box.check("participants", "--loss-threshold", threshold).perfdata[LOSSY].startswith(f"{share};")


def test_who_is_not_connected_is_counted_but_not_measured(box: Box) -> None:
    has(box, losing(1, 500, callState="disconnected"), losing(2, 500, callState="alerting"), participant(3))
    answer = box.check("participants")
    assert answer.summary == "3 participants, 0 % of 1 lossy"


def test_a_call_whose_state_is_not_told_is_one_in_progress(box: Box) -> None:
    row = losing(1, 500)
    del row["callState"]
    has(box, row)
    assert box.check("participants").perfdata[LOSSY].startswith("100%;")


def test_the_critical_flag_makes_lossy_whatever_the_counters_say(box: Box) -> None:
    has(box, participant(1, packetLossCritical=True), participant(2))
    answer = box.check("participants")
    assert answer.perfdata[LOSSY].startswith("50%;")
    assert answer.long_output[-1].startswith("lossy: 0.04 % of video tx, conference")


def test_only_the_worst_are_named(box: Box) -> None:
    has(box, *(losing(number, 100 + number) for number in range(9)))
    lines = [line for line in box.check("participants").long_output if line.startswith("lossy: ")]
    assert [line.split()[1] for line in lines] == ["10.8", "10.7", "10.6", "10.5", "10.4"]


def test_servers_alone_have_no_loss_and_say_so(box: Box) -> None:
    has(box, on_server(1), on_server(2))
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
    has(box, participant(1, videoRxLost=lost, videoRxReceived=received))
    found = box.check("participants").perfdata.get("participants.video.rx.packetloss.max.percentage")
    assert (found and found.partition(";")[0]) == share


# -- since the previous run


def test_loss_is_that_since_the_previous_run(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    has(box, losing(1, 100), participant(2))
    assert box.check("participants").perfdata[LOSSY].startswith("50%;")
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    has(
        box,
        participant(1, videoRxLost=100, videoRxReceived=1900),
        participant(2, audioTxSent=10_100, audioTxReportedLost=12),
    )
    answer = box.check("participants")
    assert answer.perfdata[LOSSY].startswith("50%;")
    assert answer.perfdata["participants.video.rx.packetloss.max.percentage"].startswith("0%;")
    assert answer.perfdata["participants.audio.tx.packetloss.max.percentage"].startswith("10%;")
    assert "packet loss: first run, over the whole of each call" not in answer.long_output


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
    has(box, participant(1, videoRxLost=200, videoRxReceived=10_000))
    box.check("participants")
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    has(box, participant(1, **{"videoRxLost": 200, "videoRxReceived": 1800, **changed}))
    found = box.check("participants").perfdata["participants.video.rx.packetloss.max.percentage"]
    assert found.partition(";")[0] == "10%"


def test_the_state_between_runs_holds_no_name(box: Box, tmp_path: Path) -> None:
    has(box, participant(1), on_server(2))
    box.check("participants", "--cache", "60")
    files = [file.read_text() for file in (tmp_path / "state").iterdir()]
    assert len([text for text in files if "counters" in text]) == 1
    assert not any(PERSON.lower() in text.lower() for text in files)


def test_the_same_answer_again_does_not_make_a_lossy_call_a_good_one(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    has(box, losing(1, 500), participant(2))
    first = box.check("participants", "--cache", "300")
    assert first.code == 2
    for minutes in (1, 2):
        monkeypatch.setattr("check_videoconf.mode.time.time", lambda minutes=minutes: NOW + 60 * minutes)
        answer = box.check("participants", "--cache", "300")
        assert answer.first_line == first.first_line
        assert answer.long_output[-1] == first.long_output[-1]
    assert len(box.asked) == 1


def test_a_stream_that_stands_still_is_left_out_while_others_go_on(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    has(box, losing(1, 500))
    assert box.check("participants").code == 2
    monkeypatch.setattr("check_videoconf.mode.time.time", lambda: NOW + 60)
    has(box, losing(1, 500, audioRxReceived=19_999))
    answer = box.check("participants")
    assert (answer.summary, answer.code) == ("1 participant, 0 % of 1 lossy", 0)
    assert "participants.video.rx.packetloss.max.percentage" not in answer.perfdata


# -- names, filters, gaps


def test_names_are_shown_only_on_request(box: Box) -> None:
    has(box, losing(1, 500, displayName="Trillian"))
    assert "Trillian" not in box.check("participants", "-v").stdout
    # Another service, for which it is the first run.
    assert box.check("participants", "--show-names", "--filter-type", "ad_hoc").long_output[-1] == (
        "lossy: 50 % of video rx, Trillian, conference meet.room1.100001, bridge 192.0.2.60"
    )


@pytest.mark.parametrize(
    ("argv", "count"),
    [
        (("--filter-conference", "room1"), 2),
        (("--filter-bridge", r"\.61$"), 1),
        (("--exclude-type", "ad_hoc"), 1),
    ],
)
def test_filters(box: Box, argv: tuple[str, ...], count: int) -> None:
    has(box, participant(1), on_server(2), participant(3, conferenceName="other", participantType="by_name"))
    assert box.check("participants", *argv).perfdata["participants.total.count"].startswith(f"{count};")


@pytest.mark.parametrize(("member", "line"), [
    ("mcuIPAddress", "mcuIPAddress of a participant is missing"),
    ("conferenceName", "conferenceName of a participant is missing"),
])  # fmt: skip
def test_a_required_member_that_is_missing_is_unknown(box: Box, member: str, line: str) -> None:
    row = participant(1)
    del row[member]
    has(box, row)
    answer = box.check("participants")
    assert (answer.summary, answer.code) == (line, 3)
    assert answer.perfdata["participants.total.count"].startswith("1;")


@pytest.mark.parametrize(
    ("member", "label"),
    [("audioRxMuted", "muted"), ("packetLossWarning", "loss-warning"), ("packetLossCritical", "loss-critical")],
)
def test_a_flag_that_nobody_has_is_not_reported_and_not_0(box: Box, member: str, label: str) -> None:
    row = participant(1)
    del row[member]
    has(box, row)
    answer = box.check("participants")
    assert f"participants-{label}: not reported" in answer.long_output
    assert f"participants.{label.replace('-', '.')}.count" not in answer.perfdata
    assert answer.code == 0
    assert box.check("participants", f"--warning-participants-{label}", "3").code == 3
    has(box, row, participant(2, **{member: True}))
    assert box.check("participants").perfdata[f"participants.{label.replace('-', '.')}.count"] == "1;;;0;2"


def test_counters_that_cannot_be_read_are_said_and_not_judged(box: Box) -> None:
    has(box, participant(1, videoRxLost="many", videoRxReceived=[1]))
    answer = box.check("participants")
    assert answer.code == 0
    assert "videoRxLost of a participant is unreadable (text)" in answer.long_output
    assert "participants.video.rx.packetloss.max.percentage" not in answer.perfdata


@pytest.mark.parametrize("nothing", [{}, []])
def test_an_answer_without_the_array_is_unknown(box: Box, nothing: Any) -> None:
    box.methods[METHOD] = [nothing]
    answer = box.check("participants")
    assert answer.summary.endswith("with no array of participants: the data is not available")
    assert answer.code == 3


def test_two_of_the_same_name_on_a_page_are_two_and_on_two_pages_one(box: Box) -> None:
    has(box, participant(1), participant(1))
    assert box.check("participants").perfdata["participants.total.count"].startswith("2;")
    box.methods[METHOD] = [
        {"participants": [participant(1), on_server(2)], "enumerateID": "next"},
        {"participants": [on_server(2, audioRxMuted=True), on_server(3)]},
    ]
    assert box.check("participants").perfdata["participants.total.count"].startswith("3;")


def test_what_tells_calls_apart_may_be_nested(box: Box) -> None:
    one, other = nested(participant(1)), nested(participant(1, connectionUniqueId=8000))
    box.methods[METHOD] = [{"participants": [one], "enumerateID": "next"}, {"participants": [other]}]
    assert box.check("participants").perfdata["participants.total.count"].startswith("2;")


def test_a_state_file_of_another_kind_costs_a_remark(box: Box, tmp_path: Path) -> None:
    has(box, participant(1))
    box.check("participants")
    (file,) = (file for file in (tmp_path / "state").iterdir() if "counters" in file.read_text())
    file.write_text(json.dumps({"version": 1, "state": {"clock": "x", "counters": [1, 2]}}))
    assert box.check("participants").code == 0
