"""conductor participants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .box import Box
from .structs import losing, nested, on_server, participant

METHOD = "participant.enumerate"
LOSSY = "participants.lossy.percentage"


def test_participants_by_bridge_and_type_and_their_loss(box: Box) -> None:
    box.has(
        "participants",
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
    box.has("participants")
    answer = box.check("participants", "--critical-participants-lossy-prct", "5")
    assert (answer.summary, answer.long_output, answer.code) == ("0 participants", [], 0)
    assert LOSSY not in answer.perfdata


def test_the_ok_state_tells_how_many_and_what_share_is_lossy(box: Box) -> None:
    box.has("participants", *map(participant, range(20)))
    assert box.check("participants").summary == "20 participants, 0 % of 20 lossy"


@pytest.mark.parametrize(("count", "code"), [(2000, 0), (2001, 1), (2300, 1), (2301, 2)])
def test_the_limit_of_the_product_is_what_is_judged_by_default(box: Box, count: int, code: int) -> None:
    box.has("participants", *map(on_server, range(count)))
    answer = box.check("participants")
    assert answer.perfdata["participants.total.count"] == f"{count};2000;2300;0;2400"
    assert answer.code == code


# -- names, filters, gaps


def test_names_are_shown_only_on_request(box: Box) -> None:
    box.has("participants", losing(1, 500, displayName="Trillian"))
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
    box.has(
        "participants", participant(1), on_server(2), participant(3, conferenceName="other", participantType="by_name")
    )
    assert box.check("participants", *argv).perfdata["participants.total.count"].startswith(f"{count};")


def test_a_filter_on_a_type_that_no_participant_has_is_unknown(box: Box) -> None:
    row = participant(1)
    del row["participantType"]
    box.has("participants", row)
    assert box.check("participants").code == 0
    for argv in (("--filter-type", "by_address"), ("--exclude-type", "by_address")):
        answer = box.check("participants", *argv)
        assert answer.summary.startswith("type: not reported, no participant has participantType")
        assert answer.code == 3
    box.has("participants", row, participant(2))
    assert box.check("participants", "--exclude-type", "by_address").code == 0
    box.has("participants")
    assert box.check("participants", "--exclude-type", "by_address").code == 0


@pytest.mark.parametrize(("member", "line"), [
    ("mcuIPAddress", "mcuIPAddress of a participant is missing"),
    ("conferenceName", "conferenceName of a participant is missing"),
])  # fmt: skip
def test_a_required_member_that_is_missing_is_unknown(box: Box, member: str, line: str) -> None:
    row = participant(1)
    del row[member]
    box.has("participants", row)
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
    box.has("participants", row)
    answer = box.check("participants")
    assert f"participants-{label}: not reported" in answer.long_output
    assert f"participants.{label.replace('-', '.')}.count" not in answer.perfdata
    assert answer.code == 0
    assert box.check("participants", f"--warning-participants-{label}", "3").code == 3
    box.has("participants", row, participant(2, **{member: True}))
    assert box.check("participants").perfdata[f"participants.{label.replace('-', '.')}.count"] == "1;;;0;2"


def test_counters_that_cannot_be_read_are_said_and_not_judged(box: Box) -> None:
    box.has("participants", participant(1, videoRxLost="many", videoRxReceived=[1]))
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


def test_a_state_file_of_another_kind_costs_a_remark(box: Box, tmp_path: Path) -> None:
    box.has("participants", participant(1))
    box.check("participants")
    (file,) = (file for file in (tmp_path / "state").iterdir() if "counters" in file.read_text())
    file.write_text(json.dumps({"version": 1, "state": {"clock": "x", "counters": [1, 2]}}))
    assert box.check("participants").code == 0
