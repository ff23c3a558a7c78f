"""pexip ended-conferences: what is counted of the conferences that ended. When they are is in test_history."""

from __future__ import annotations

from typing import Any

import pytest

from .past import CONFERENCES, PARTICIPANTS, Past, ended, left, stream
from .rows import NOW, Row, without

QUALITIES = ("good", "ok", "bad", "terrible", "unknown")
NONE = (
    "'conferences.total.count'=0;;;0; 'participants.total.count'=0;;;0; "
    "'participants.callquality.good.count'=0;;;0;0 'participants.callquality.ok.count'=0;;;0;0 "
    "'participants.callquality.bad.count'=0;;;0;0 'participants.callquality.terrible.count'=0;;;0;0 "
    "'participants.callquality.unknown.count'=0;;;0;0"
)


@pytest.fixture
def past(past: Past) -> Past:
    """With one conference of ten minutes that has just ended."""
    past.tables[CONFERENCES] = [ended(1, NOW - 10)]
    return past


def join(past: Past, *participants: Row) -> None:
    past.tables[PARTICIPANTS] = list(participants)


def call(past: Past, reason: str = "Call disconnected", quality: object = "1_good", **changed: Any) -> Row:
    return left(past.tables[CONFERENCES][0], reason, quality, **changed)


def test_no_conference_is_ok(past: Past) -> None:
    past.tables[CONFERENCES] = []
    answer = past.check("ended-conferences")
    assert answer.first_line == (
        f"PEXIP ENDED-CONFERENCES OK - 0 conferences ended in the last 5 min, 0 participants | {NONE}"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert len(past.requests) == 2


def test_conferences_and_their_participants_are_counted(past: Past) -> None:
    past.tables[CONFERENCES].append(ended(2, NOW - 20, length=1200))
    join(past, call(past), call(past, "Timer expired awaiting token refresh", "3_bad", media_streams=[stream(0, 3.5)]))
    answer = past.check("ended-conferences")
    assert answer.first_line == (
        "PEXIP ENDED-CONFERENCES OK - 2 conferences ended in the last 5 min, 2 participants, 1 with poor quality | "
        "'conferences.total.count'=2;;;0; 'participants.total.count'=2;;;0; "
        "'participants.callquality.good.count'=1;;;0;2 'participants.callquality.ok.count'=0;;;0;2 "
        "'participants.callquality.bad.count'=1;;;0;2 'participants.callquality.terrible.count'=0;;;0;2 "
        "'participants.callquality.unknown.count'=0;;;0;2 "
        "'conferences.duration.average.seconds'=900s;;;0; 'conferences.duration.max.seconds'=1200s;;;0; "
        "'conferences.abnormal.disconnects.percentage'=50%;;;0;100 "
        "'conferences.packetloss.participants.percentage'=50%;;;0;100 "
        "'Call disconnected#participants.disconnect.count'=1;;;0; "
        "'Timer expired awaiting token refresh#participants.disconnect.count'=1;;;0;"
    )
    assert answer.code == 0


def test_participants_are_asked_for_from_the_earliest_start_on_and_only_if_a_conference_ended(past: Past) -> None:
    past.tables[CONFERENCES].append(ended(2, NOW - 20, length=1200))
    past.check("ended-conferences")
    assert past.requests[-1] == (
        f"{PARTICIPANTS}?end_time__gte=2026-03-02T08%3A37%3A09&order_by=-end_time&limit=1000&offset=0"
    )


def test_participants_of_other_conferences_and_of_none_are_not_counted(past: Past) -> None:
    other = ended(2, None)
    join(
        past,
        call(past),
        {**left(other), "end_time": past.tables[CONFERENCES][0]["end_time"]},
        {**call(past), "id": "z", "conference": None},
    )
    answer = past.check("ended-conferences")
    assert answer.summary == "1 conference ended in the last 5 min, 1 participant"


@pytest.mark.parametrize("quality", ["2_ok", "ok", "OK", 2])
def test_a_quality_is_read_as_every_version_writes_it(past: Past, quality: object) -> None:
    join(past, call(past, quality=quality))
    answer = past.check("ended-conferences")
    assert answer.perfdata["participants.callquality.ok.count"] == "1;;;0;1"


def test_the_qualities_of_all_participants_add_up_to_their_number(past: Past) -> None:
    """The connector's null was in the total and in no bucket."""
    join(past, *(call(past, quality=quality) for quality in (None, "", "1_good", "4_terrible", "0_unknown")))
    answer = past.check("ended-conferences")
    counts = [answer.perfdata[f"participants.callquality.{name}.count"] for name in QUALITIES]
    assert counts == ["1;;;0;5", "0;;;0;5", "0;;;0;5", "1;;;0;5", "3;;;0;5"]


def test_a_quality_of_another_type_is_unknown_and_named(past: Past) -> None:
    join(past, call(past, quality={}))
    answer = past.check("ended-conferences")
    assert answer.summary == "call_quality of a participant is unreadable (an object)"
    assert answer.perfdata["participants.callquality.unknown.count"] == "1;;;0;1"
    assert answer.code == 3


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-conferences-total=0", 1),
        ("--warning-conferences-total=1", 0),
        ("--critical-participants-callquality-bad=1", 2),
        ("--critical-participants-callquality-bad=2", 0),
        ("--warning-conferences-duration-max=599", 1),
        ("--warning-conferences-duration-max=10m", 0),
        ("--warning-abnormal-disconnects-prct=49.9", 1),
        ("--warning-abnormal-disconnects-prct=50%", 0),
        ("--critical-packetloss-participants-prct=24", 2),
        ("--critical-packetloss-participants-prct=25", 0),
        ("--warning-disconnects=2", 1),
        ("--warning-disconnects=3", 0),
    ],
)
def test_a_threshold_is_broken_just_outside_and_not_just_inside(past: Past, option: str, code: int) -> None:
    silent: list[Row] = []
    join(
        past,
        call(past, quality="3_bad"),
        call(past, "Out of resource", "1_good", media_streams=[stream(0.1), stream(None, 3)]),
        call(past, "Out of resource", "2_ok"),
        call(past, "Out of resource", "3_bad"),
        call(past, "Disconnected by an administrator", media_streams=silent),
        call(past, "Conference terminated by a Host participant", media_streams=silent),
    )
    answer = past.check("ended-conferences", option)
    assert (answer.code, answer.first_line.split()[2]) == (code, ("OK", "WARNING", "CRITICAL")[code])


@pytest.mark.parametrize(
    ("reason", "normal"),
    [
        ("Call disconnected", True),
        ("Conference host ended the conference with a DTMF command", True),
        ("Conference terminated by an administrator", True),
        ("Disconnected by another participant", True),
        ("Timeout waiting for conference host to join or permit access to locked conference", True),
        ("Timer expired awaiting token refresh", False),
        ("Media process disconnected", False),
        ("Out of resource", False),
    ],
)
def test_the_default_knows_the_reasons_that_the_vendor_calls_normal(past: Past, reason: str, *, normal: bool) -> None:
    join(past, call(past, reason))
    answer = past.check("ended-conferences")
    share = answer.perfdata["conferences.abnormal.disconnects.percentage"]
    assert share == ("0%;;;0;100" if normal else "100%;;;0;100")


def test_normal_reason_takes_the_place_of_the_default(past: Past) -> None:
    join(past, call(past), call(past, "Out of resource"), call(past, "out of luck"))
    answer = past.check("ended-conferences", "--normal-reason", "^[Oo]ut of")
    assert answer.perfdata["conferences.abnormal.disconnects.percentage"] == "33.33%;;;0;100"


def test_calls_without_a_reason_are_none_and_not_in_the_share(past: Past) -> None:
    join(past, call(past), call(past, disconnect_reason=None, id="x"), call(past, disconnect_reason="", id="y"))
    answer = past.check("ended-conferences")
    assert answer.perfdata["none#participants.disconnect.count"] == "2;;;0;"
    assert answer.perfdata["conferences.abnormal.disconnects.percentage"] == "0%;;;0;100"


@pytest.mark.parametrize(("threshold", "share"), [("3", "50%"), ("3.01", "0%"), ("0", "100%")])
def test_a_call_is_lossy_from_the_threshold_on(past: Past, threshold: str, share: str) -> None:
    join(past, call(past, media_streams=[stream(0.5), stream("3.0")]), call(past, quality="ok"))
    answer = past.check("ended-conferences", "--loss-threshold", threshold)
    assert answer.perfdata["conferences.packetloss.participants.percentage"] == f"{share};;;0;100"


def test_calls_without_media_have_no_share_of_lossy_ones_and_nothing_is_amiss(past: Past) -> None:
    join(past, call(past, media_streams=[]))
    answer = past.check("ended-conferences", "--warning-packetloss-participants-prct", "5")
    assert "conferences.packetloss.participants.percentage" not in answer.perfdata
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize("streams", [None, [stream(None, None)]])
def test_loss_that_no_call_tells_is_not_reported(past: Past, streams: object) -> None:
    join(past, call(past, media_streams=streams))
    answer = past.check("ended-conferences")
    assert "conferences.packetloss.participants.percentage" not in answer.perfdata
    assert answer.long_output == ["packetloss-participants-prct: not reported"]
    judged = past.check("ended-conferences", "--since", "1h", "--warning-packetloss-participants-prct", "5")
    assert (judged.summary, judged.code) == ("packetloss-participants-prct: not reported", 3)


@pytest.mark.parametrize("streams", ["[]", [5], [stream("much")], 7])
def test_loss_that_cannot_be_read_is_said_and_nothing_else_is_lost(past: Past, streams: object) -> None:
    join(past, call(past, media_streams=streams), call(past, quality="ok"))
    answer = past.check("ended-conferences")
    assert answer.summary == "1 conference ended in the last 5 min, 2 participants"
    assert answer.perfdata["conferences.packetloss.participants.percentage"] == "0%;;;0;100"
    assert [line.partition(" is")[0] for line in answer.long_output] == ["media_streams of a participant"]


def test_a_conference_without_duration_lasted_from_start_to_end(past: Past) -> None:
    past.tables[CONFERENCES] = [without(ended(1, NOW - 10), "duration")]
    answer = past.check("ended-conferences")
    assert answer.perfdata["conferences.duration.max.seconds"] == "600s;;;0;"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"start_time": None}, "start_time of a conference is null or empty"),
        ({"start_time": "soon"}, "start_time of a conference is unreadable (text)"),
        ({"end_time": 5}, "end_time of a conference is unreadable (a number)"),
        ({"id": [1]}, "id of a conference is unreadable (a list)"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_named(past: Past, changed: Row, line: str) -> None:
    past.tables[CONFERENCES][0].update(changed)
    past.tables[CONFERENCES].append(ended(2, NOW - 10))
    past.ignores_filters = True
    answer = past.check("ended-conferences")
    assert (answer.summary, answer.code) == (line, 3)
    assert answer.perfdata["conferences.total.count"] == ("2;;;0;" if "start_time" in changed else "1;;;0;")


def test_filters_leave_out_conferences_with_their_participants(past: Past) -> None:
    past.tables[CONFERENCES].append(ended(2, NOW - 10, name="Lecture", service_type="lecture", tag="x"))
    join(past, call(past), left(past.tables[CONFERENCES][1]))
    for filters in (["--filter-name", "Room"], ["--exclude-service-type", "lecture"], ["--exclude-tag", "x"]):
        assert (
            past.check("ended-conferences", *filters).summary == "1 conference ended in the last 5 min, 1 participant"
        )


def test_a_filter_that_leaves_nothing_is_said(past: Past) -> None:
    answer = past.check("ended-conferences", "--filter-name", "nobody")
    assert answer.first_line.startswith("PEXIP ENDED-CONFERENCES OK - no conference matches the filters (1 seen) | ")


def test_names_of_participants_are_in_no_output(past: Past) -> None:
    """`Past.check` looks for them, at -vv, too."""
    join(past, call(past))
    assert past.check("ended-conferences", "-vv").code == 0
    assert past.check("ended-conferences", "--since", "1h", "--output", "json").code == 0


def test_a_version_without_history_is_unknown(past: Past) -> None:
    del past.tables[CONFERENCES]
    answer = past.check("ended-conferences")
    assert answer.first_line == (
        "PEXIP ENDED-CONFERENCES UNKNOWN - /api/admin/history/v1/conference/ "
        "is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.code == 3


@pytest.mark.parametrize("option", ["--window=soon", "--since=-5", "--normal-reason=(", "--loss-threshold=101"])
def test_a_bad_value_is_an_option_error_before_any_request(past: Past, option: str) -> None:
    answer = past.check("ended-conferences", option)
    assert answer.first_line.startswith(f"UNKNOWN: {option.partition('=')[0]}: ")
    assert (answer.code, past.requests) == (3, [])
