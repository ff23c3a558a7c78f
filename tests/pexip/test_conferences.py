"""pexip conferences."""

from __future__ import annotations

import json

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from .manager import Manager
from .rows import (
    CONFERENCE,
    PARTICIPANT,
    Row,
    ago,
    api_connection,
    conference,
    participant,
    participants,
    without,
)

TOWN_HALL = conference(
    "Town Hall", service_type="lecture", is_locked=True, tag="comms", start_time=ago(2 * 3600), guests_muted=True
)
RECEPTION = conference("Reception", service_type="two_stage_dialing", is_started=False, start_time=ago(30))


def in_town_hall(*rows: Row) -> list[Row]:
    return [{**row, "id": f"hall {row['id']}", "conference": "Town Hall"} for row in rows]


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Three conferences; five participants in one, two in another, one of those without media."""
    manager.tables[CONFERENCE] = [conference(), TOWN_HALL, RECEPTION]
    manager.tables[PARTICIPANT] = [
        *participants("1_good", "1_good", "2_ok", "3_bad", "4_terrible"),
        *in_town_hall(participant(1, "0_unknown"), api_connection(2)),
    ]
    return manager


FIGURES = (
    "'conferences.total.count'=3;;;0; 'conferences.locked.count'=1;;;0; 'conferences.notstarted.count'=1;;;0; "
    "'participants.total.count'=7;;;0; 'participants.withmedia.count'=6;;;0;7 "
    "'participants.callquality.good.count'=2;;;0;6 'participants.callquality.ok.count'=1;;;0;6 "
    "'participants.callquality.bad.count'=1;;;0;6 'participants.callquality.terrible.count'=1;;;0;6 "
    "'participants.callquality.unknown.count'=1;;;0;6 'conferences.participants.max.count'=5;;;0; "
    "'conferences.duration.max.seconds'=7200s;;;0;"
)


def test_conferences_and_participants_are_counted(manager: Manager) -> None:
    answer = manager.check("conferences")
    assert answer.first_line == f"PEXIP CONFERENCES OK - 3 conferences, 7 participants (6 with media) | {FIGURES}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [
        "status/v1/conference/?limit=1000&offset=0",
        "status/v1/participant/?limit=1000&offset=0",
    ]


def test_an_idle_deployment_is_ok_with_all_its_perfdata(manager: Manager) -> None:
    manager.tables = {CONFERENCE: [], PARTICIPANT: []}
    answer = manager.check("conferences")
    assert answer.summary == "0 conferences, 0 participants (0 with media)"
    assert answer.perfdata["participants.callquality.terrible.count"] == "0;;;0;0"
    assert answer.perfdata["conferences.duration.max.seconds"] == "0s;;;0;"
    assert answer.code == 0


def test_verbose_shows_each_conference_and_no_participant(manager: Manager) -> None:
    assert manager.check("conferences", "-v").long_output[:7] == [
        "OK: conferences 3",
        "OK: locked conferences 1",
        "OK: conferences waiting for a host 1",
        "OK: Board Meeting (conference), 5 participants, for 1 h",
        "OK: Town Hall (lecture), 2 participants, for 2 h, locked",
        "OK: Reception (two_stage_dialing), 0 participants, for 30 s, not started",
        "OK: participants 7",
    ]


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("conferences-total", "3", "2", "conferences 3, above 2"),
        ("conferences-locked", "1", "0", "locked conferences 1, above 0"),
        ("conferences-not-started", "1", "2:", "conferences waiting for a host 1, below 2"),
        ("participants-total", "7", "6", "participants 7, above 6"),
        ("participants-with-media", "6", "5", "participants with media 6, above 5"),
        ("participants-callquality-good", "2:", "3:", "participants with good call quality 2, below 3"),
        ("participants-callquality-ok", "1", "0", "participants with ok call quality 1, above 0"),
        ("participants-callquality-bad", "1", "0", "participants with bad call quality 1, above 0"),
        ("participants-callquality-terrible", "1", "0", "participants with terrible call quality 1, above 0"),
        ("participants-callquality-unknown", "1", "0", "participants with unknown call quality 1, above 0"),
        ("participants-per-conference-max", "5", "4", "participants of the largest conference 5, above 4"),
        ("conference-duration-max", "2h", "119m", "age of the oldest conference 2 h, above 1 h 59 min"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("conferences", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


def test_a_range_with_a_unit_is_printed_in_seconds(manager: Manager) -> None:
    answer = manager.check("conferences", "--warning-conference-duration-max", "3h", "-c", "conference-duration-max=1d")
    assert answer.perfdata["conferences.duration.max.seconds"] == "7200s;10800;86400;0;"


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("%{participants} > 4", "Board Meeting (conference), 5 participants, for 1 h"),
        ("%{duration} >= 2h", "Town Hall (lecture), 2 participants, for 2 h, locked"),
        ("%{is_locked} == 1", "Town Hall (lecture), 2 participants, for 2 h, locked"),
        ("not %{is_started}", "Reception (two_stage_dialing), 0 participants, for 30 s, not started"),
        ("%{service_type} eq 'lecture'", "Town Hall (lecture), 2 participants, for 2 h, locked"),
        ("%{tag} ne ''", "Town Hall (lecture), 2 participants, for 2 h, locked"),
        ("%{name} =~ /^board/i", "Board Meeting (conference), 5 participants, for 1 h"),
    ],
)
@AT_EACH_STATE
def test_each_conference_can_be_judged(manager: Manager, expression: str, named: str, level: str, code: int) -> None:
    answer = manager.check("conferences", f"--{level}-conference-status", expression)
    assert (answer.summary, answer.code) == (named, code)


def test_an_empty_expression_judges_nothing(manager: Manager) -> None:
    assert manager.check("conferences", "--critical-conference-status", "").code == 0


@pytest.mark.parametrize(
    ("chosen", "conferences", "with_participants"),
    [
        (["--filter-name", "^Town"], 1, 2),
        (["--exclude-name", "Board"], 2, 2),
        (["--filter-service-type", "^conference$"], 1, 5),
        (["--exclude-service-type", "lecture|dialing"], 1, 5),
        (["--filter-tag", "comms"], 1, 2),
        (["--exclude-tag", "."], 2, 5),
        (["--filter-name", "Reception"], 1, 0),
    ],
)
def test_a_filter_leaves_out_the_participants_of_other_conferences(
    manager: Manager, chosen: list[str], conferences: int, with_participants: int
) -> None:
    figures = manager.check("conferences", *chosen).perfdata
    assert figures["conferences.total.count"] == f"{conferences};;;0;"
    assert figures["participants.total.count"] == f"{with_participants};;;0;"


def test_a_filter_that_leaves_nothing_is_said(manager: Manager) -> None:
    answer = manager.check("conferences", "--filter-name", "nonesuch")
    assert answer.summary == "no conference matches the filters (3 seen)"
    assert answer.perfdata["participants.total.count"] == "0;;;0;"
    assert answer.code == 0


@pytest.mark.parametrize(
    ("good", "bad"), [("good", "bad"), ("1_good", "3_bad"), ("GOOD", "3_Bad"), (1, 3), (" good ", "3")]
)
def test_qualities_count_in_every_spelling(manager: Manager, good: object, bad: object) -> None:
    manager.tables[PARTICIPANT] = participants(good, good, bad)
    figures = manager.check("conferences").perfdata
    assert figures["participants.callquality.good.count"] == "2;;;0;3"
    assert figures["participants.callquality.bad.count"] == "1;;;0;3"


def test_a_null_quality_is_unknown_and_in_the_total(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(None, "1_good")
    answer = manager.check("conferences")
    assert answer.perfdata["participants.callquality.unknown.count"] == "1;;;0;2"
    assert answer.code == 0


@pytest.mark.parametrize("protocol", ["API", "api", "Api"])
def test_api_connections_have_no_quality(manager: Manager, protocol: str) -> None:
    manager.tables[PARTICIPANT] = [*participants("1_good"), participant(2, "1_good", protocol=protocol)]
    figures = manager.check("conferences").perfdata
    assert figures["participants.total.count"] == "2;;;0;"
    assert figures["participants.withmedia.count"] == "1;;;0;2"
    assert figures["participants.callquality.good.count"] == "1;;;0;1"


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("name", "name of a conference is missing"),
        ("service_type", "service_type of a conference is missing"),
        ("is_locked", "is_locked of a conference is missing"),
        ("is_started", "is_started of a conference is missing"),
        ("start_time", "start_time of a conference is missing"),
    ],
)
def test_a_conference_without_a_required_field_is_unknown_and_the_rest_is_measured(
    manager: Manager, missing: str, said: str
) -> None:
    manager.tables[CONFERENCE] = [without(conference(), missing), TOWN_HALL, RECEPTION]
    answer = manager.check("conferences")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["conferences.total.count"] == "3;;;0;"
    assert answer.perfdata["conferences.duration.max.seconds"] == "7200s;;;0;"
    assert answer.perfdata["participants.callquality.bad.count"] == "1;;;0;6"


def test_a_missing_field_does_not_hide_what_is_critical(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [without(conference(), "is_locked"), TOWN_HALL, RECEPTION]
    answer = manager.check("conferences", "--critical-participants-total", "5", "--warning-conferences-total", "1")
    assert answer.summary == ("participants 7, above 5 / is_locked of a conference is missing / conferences 3, above 1")
    assert answer.code == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"has_media": None}, "has_media of 2 participants is null or empty"),
        ({"has_media": "perhaps"}, "has_media of 2 participants is unreadable (text)"),
        ({"conference": None}, "conference of 2 participants is null or empty"),
        ({"call_quality": {"now": "good"}}, "call_quality of 2 participants is unreadable (an object)"),
        ({"call_quality": ["good"]}, "call_quality of 2 participants is unreadable (a list)"),
    ],
)
def test_participants_with_an_unreadable_field_are_unknown(
    manager: Manager, changed: dict[str, object], said: str
) -> None:
    manager.tables[PARTICIPANT] = [*participants("1_good", "1_good", **changed), participant(3, "3_bad")]
    answer = manager.check("conferences")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["participants.total.count"] == "3;;;0;"
    assert answer.perfdata["participants.callquality.bad.count"].startswith("1;;;0;")


def test_a_participant_without_a_quality_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [without(participant(1), "call_quality")]
    answer = manager.check("conferences")
    assert (answer.summary, answer.code) == ("call_quality of a participant is missing", 3)


def test_a_quality_nobody_has_heard_of_is_unknown_and_named(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants("5_splendid", "5_splendid", "1_good")
    answer = manager.check("conferences")
    assert answer.perfdata["participants.callquality.unknown.count"] == "2;;;0;3"
    assert answer.long_output == ["call_quality of 2 participants not known here, taken for unknown: '5_splendid'"]
    assert answer.code == 0


@pytest.mark.parametrize("moment", [None, ""])
def test_a_conference_whose_start_is_null_has_an_unknown_age(manager: Manager, moment: object) -> None:
    manager.tables[CONFERENCE] = [conference(start_time=moment)]
    answer = manager.check("conferences", "-v")
    assert answer.code == 0
    assert answer.long_output[3] == "OK: Board Meeting (conference), 5 participants, age unknown"
    assert answer.long_output[-1] == "conference-duration-max: not reported"
    assert "conferences.duration.max.seconds" not in answer.perfdata


def test_a_threshold_on_a_duration_that_is_not_reported_is_unknown(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference(start_time=None)]
    answer = manager.check("conferences", "--warning-conference-duration-max", "1d")
    assert (answer.summary, answer.code) == ("conference-duration-max: not reported", 3)


def test_an_unreadable_start_is_unknown(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference(start_time="noon"), TOWN_HALL]
    answer = manager.check("conferences")
    assert (answer.summary, answer.code) == ("start_time of a conference is unreadable (text)", 3)
    assert answer.perfdata["conferences.duration.max.seconds"] == "7200s;;;0;"


def test_a_duration_is_never_negative(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference(start_time=ago(-100))]
    assert manager.check("conferences").perfdata["conferences.duration.max.seconds"] == "0s;;;0;"


def test_numbers_as_text_and_text_as_numbers_make_no_difference(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference(1001, is_locked="True", is_started=1)]
    manager.tables[PARTICIPANT] = participants("1_good", conference=1001, has_media="true")
    answer = manager.check("conferences", "--warning-conference-status", "%{participants} == 1 and %{is_locked} == 1")
    assert answer.summary == "1001 (conference), 1 participant, for 1 h, locked"


def test_many_participants_of_many_pages_count_once(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = participants(*["1_good"] * 2345)
    manager.page_limit = 100
    assert manager.check("conferences").perfdata["participants.total.count"] == "2345;;;0;"
    assert len(manager.requests) == 1 + 24


def test_a_version_without_participants_keeps_what_was_counted(manager: Manager) -> None:
    del manager.tables[PARTICIPANT]
    answer = manager.check("conferences", "--critical-conferences-locked", "1")
    assert answer.perfdata["conferences.total.count"] == "3;;;0;"
    assert answer.summary == (
        "/api/admin/status/v1/participant/ is not supported by this version of Pexip Infinity (HTTP 404)"
    )
    assert answer.code == 3


def test_hostile_names_do_no_harm(manager: Manager) -> None:
    manager.tables[CONFERENCE] = [conference("a|b\r\n'c'=1\x1b]0;t\x07")]
    answer = manager.check("conferences", "--warning-conference-status", "%{is_started} == 1")
    assert answer.summary == "a/b 'c'=1 (conference), 0 participants, for 1 h"


@pytest.mark.parametrize("flag", ["--output-json", "--output=json"])
def test_json_holds_no_participant(manager: Manager, flag: str) -> None:
    found = json.loads(manager.check("conferences", flag, "-v").stdout)
    assert (found["state"], found["requests"]) == ("OK", 2)
    assert {"label": "participants-total", "value": 7}.items() <= found["counters"][3].items()


def test_the_chosen_counters_alone_are_judged(manager: Manager) -> None:
    answer = manager.check("conferences", "--filter-counters", "^participants-", "--critical-conferences-total", "0")
    assert answer.code == 0
    assert list(answer.perfdata)[:2] == ["participants.total.count", "participants.withmedia.count"]
    assert "conferences.total.count" not in answer.perfdata


def test_perfdata_can_be_left_out(manager: Manager) -> None:
    assert manager.check("conferences", "--perfdata", "none").first_line == (
        "PEXIP CONFERENCES OK - 3 conferences, 7 participants (6 with media)"
    )
    assert manager.check("conferences", "--perfdata", "summary").perfdata.keys() == (
        manager.check("conferences").perfdata.keys()
    )
