"""pexip participants."""

from __future__ import annotations

import pytest

from ..levels import AT_EACH_LEVEL, AT_EACH_STATE
from . import rows
from .manager import Manager
from .rows import PARTICIPANT, Row, ago, without

STATES = ("is_on_hold", "is_muted", "is_presenting", "is_streaming", "is_recording")


def participant(number: int, **changed: object) -> Row:
    return rows.participant(number, **{**dict.fromkeys(STATES, False), "role": "guest", **changed})


def api_connection(number: int) -> Row:
    return participant(
        number, protocol="API", has_media=False, license_type="nolicense", encryption="Off", call_quality="0_unknown"
    )


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Four participants of three protocols in two places, one of them without media."""
    manager.tables[PARTICIPANT] = [
        participant(1, is_presenting=True),
        participant(2, protocol="SIP", role="chair", is_muted=True, bandwidth=512),
        participant(3, protocol="sip", system_location="Oslo", encryption="Off", license_type="audio", bandwidth=64),
        api_connection(4),
    ]
    return manager


def test_participants_are_counted_by_what_they_are(manager: Manager) -> None:
    answer = manager.check("participants")
    assert answer.first_line == (
        "PEXIP PARTICIPANTS OK - 4 participants, 66.7 % of the calls encrypted | "
        "'participants.total.count'=4;;;0; 'participants.encrypted.percentage'=66.67%;;;0;100 "
        "'participants.onhold.count'=0;;;0;4 'participants.muted.count'=1;;;0;4 "
        "'participants.presenting.count'=1;;;0;4 'participants.streaming.count'=0;;;0;4 "
        "'participants.recording.count'=0;;;0;4 'participants.bandwidth.bitspersecond'=4704000;;;0; "
        "'api#participants.protocol.count'=1;;;0; 'ghm#participants.protocol.count'=0;;;0; "
        "'h323#participants.protocol.count'=0;;;0; 'mssip#participants.protocol.count'=0;;;0; "
        "'other#participants.protocol.count'=0;;;0; 'rtmp#participants.protocol.count'=0;;;0; "
        "'sip#participants.protocol.count'=2;;;0; 'teams#participants.protocol.count'=0;;;0; "
        "'webrtc#participants.protocol.count'=1;;;0; "
        "'London#participants.location.count'=3;;;0; 'Oslo#participants.location.count'=1;;;0; "
        "'audio#participants.license.count'=1;;;0; 'nolicense#participants.license.count'=1;;;0; "
        "'port#participants.license.count'=2;;;0;"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{PARTICIPANT}?limit=1000&offset=0"]


def test_an_idle_deployment_is_ok(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = []
    answer = manager.check("participants")
    assert (answer.summary, answer.code) == ("0 participants", 0)
    assert answer.perfdata["participants.total.count"] == "0;;;0;"
    assert answer.perfdata["webrtc#participants.protocol.count"] == "0;;;0;"
    assert "participants.encrypted.percentage" not in answer.perfdata


@pytest.mark.parametrize("protocol", ["Skype", "", None, "BACKPLANE"])
def test_a_protocol_nobody_has_heard_of_is_other(manager: Manager, protocol: object) -> None:
    manager.tables[PARTICIPANT] = [participant(1, protocol=protocol)]
    assert manager.check("participants").perfdata["other#participants.protocol.count"] == "1;;;0;"


def test_a_place_without_a_name_is_none(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [participant(1, system_location="", license_type=None)]
    perfdata = manager.check("participants").perfdata
    assert perfdata["none#participants.location.count"] == perfdata["none#participants.license.count"] == "1;;;0;"


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("participants-total", "4", "3", "participants 4, above 3"),
        ("participants-protocol", "2", "1", "participants of sip 2, above 1"),
        ("participants-location", "3", "2", "participants of London 3, above 2"),
        ("participants-license", "2", "1", "participants of port 2, above 1"),
        ("participants-encrypted-prct", "66:", "67:", "participants encrypted 66.7 %, below 67 %"),
        ("participants-onhold", "0", "1:", "participants on hold 0, below 1"),
        ("participants-muted", "1", "0", "participants muted 1, above 0"),
        ("participants-presenting", "1", "0", "participants presenting 1, above 0"),
        ("participants-streaming", "0", "1:", "participants streaming 0, below 1"),
        ("participants-recording", "0", "1:", "participants recording 0, below 1"),
        ("bandwidth-total", "4704000", "4703999", "bandwidth 4.7 Mb/s, above "),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("participants", f"--{level}-{label}", inside, outside)
    assert answer.summary.startswith(said)
    assert answer.code == code


@pytest.mark.parametrize(
    "expression",
    [
        "%{protocol} eq 'SIP' and %{role} eq 'chair' and %{call_direction} eq 'in'",
        "%{bandwidth} == 512000 and %{duration} == 50m",
        "%{call_quality} eq 'terrible' and %{encryption} eq 'On' and %{vendor} =~ /Mozilla/",
        "%{system_location} eq 'London' and %{media_node} eq '10.44.7.101' and %{role} ne 'guest'",
        "%{license_type} eq 'port' and %{conference} eq 'Board Meeting' and %{role} =~ /chair/",
    ],
)
@AT_EACH_STATE
def test_each_participant_can_be_judged_and_is_not_named(
    manager: Manager, expression: str, level: str, code: int
) -> None:
    manager.tables[PARTICIPANT][1]["call_quality"] = "4_terrible"
    answer = manager.check("participants", f"--{level}-participant-status", expression)
    said = "SIP chair of Board Meeting in London, quality terrible, encryption On, for 50 min"
    assert (answer.summary, answer.code) == (said, code)


def test_a_name_is_printed_only_when_it_is_asked_for(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [participant(1, display_name="Trillian")]
    argv = ["--warning-participant-status", "%{role} eq 'guest'", "-v"]
    assert "Trillian" not in manager.check("participants", *argv).stdout
    answer = manager.check("participants", *argv, "--show-names")
    assert answer.summary.startswith("Trillian, WebRTC guest of Board Meeting")


@pytest.mark.parametrize(
    ("argv", "count"),
    [
        (["--filter-conference", "^Board"], 4),
        (["--filter-location", "Oslo"], 1),
        (["--filter-protocol", "^SIP$"], 1),
        (["--exclude-protocol", "(?i)^(sip|api)$"], 1),
        (["--filter-role", "chair"], 1),
        (["--exclude-role", "chair"], 3),
    ],
)
def test_filters_take_some(manager: Manager, argv: list[str], count: int) -> None:
    assert manager.check("participants", *argv).perfdata["participants.total.count"] == f"{count};;;0;"


def test_a_filter_that_leaves_nothing_is_said(manager: Manager) -> None:
    answer = manager.check("participants", "--filter-location", "Mars")
    assert (answer.summary, answer.code) == ("no participant matches the filters (4 seen)", 0)


def test_versions_without_recording_say_so(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [without(participant(1), "is_recording", "id")]
    answer = manager.check("participants")
    assert answer.long_output == ["participants-recording: not supported by this version"]
    assert "participants.recording.count" not in answer.perfdata
    assert answer.code == 0
    answer = manager.check("participants", "--warning-participants-recording", "5")
    assert (answer.summary, answer.code) == ("participants-recording: not supported by this version", 3)


@pytest.mark.parametrize("value", [None, "", "maybe"])
def test_recording_that_no_row_tells_is_not_reported(manager: Manager, value: object) -> None:
    for row in manager.tables[PARTICIPANT]:
        row["is_recording"] = value
    answer = manager.check("participants")
    assert "participants-recording: not reported" in answer.long_output
    assert "participants.recording.count" not in answer.perfdata
    assert answer.code == 0
    answer = manager.check("participants", "--critical-participants-recording", "0")
    assert (answer.summary, answer.code) == ("participants-recording: not reported", 3)


def test_recording_that_some_rows_tell_is_counted(manager: Manager) -> None:
    manager.tables[PARTICIPANT][0]["is_recording"] = None
    manager.tables[PARTICIPANT][1]["is_recording"] = True
    assert manager.check("participants").perfdata["participants.recording.count"] == "1;;;0;4"


def test_a_required_state_that_no_row_tells_is_no_count_of_none(manager: Manager) -> None:
    for row in manager.tables[PARTICIPANT]:
        row["is_streaming"] = None
    answer = manager.check("participants")
    assert answer.summary == "is_streaming of 4 participants is null or empty / participants-streaming: not reported"
    assert answer.code == 3
    assert "participants.streaming.count" not in answer.perfdata


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("bandwidth", None, "bandwidth of a participant is null or empty"),
        ("bandwidth", "wide", "bandwidth of a participant is unreadable (text)"),
        ("is_muted", None, "is_muted of a participant is null or empty"),
        ("has_media", "perhaps", "has_media of a participant is unreadable (text)"),
        ("encryption", ["On"], "encryption of a participant is unreadable (a list)"),
        ("connect_time", "now", "connect_time of a participant is unreadable (text)"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[PARTICIPANT][1][name] = value
    answer = manager.check("participants")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata["participants.total.count"] == "4;;;0;"
    assert answer.perfdata["sip#participants.protocol.count"] == "2;;;0;"


@pytest.mark.parametrize("name", ["bandwidth", "is_muted", "has_media", "encryption", "protocol", "license_type"])
def test_a_field_that_is_missing_is_unknown(manager: Manager, name: str) -> None:
    manager.tables[PARTICIPANT][1] = without(manager.tables[PARTICIPANT][1], name)
    answer = manager.check("participants")
    assert (answer.summary, answer.code) == (f"{name} of a participant is missing", 3)


@pytest.mark.parametrize(("connected", "words"), [(ago(-5), "for 0 s"), (None, "age unknown"), ("", "age unknown")])
def test_a_duration_is_never_negative(manager: Manager, connected: object, words: str) -> None:
    manager.tables[PARTICIPANT] = [participant(1, connect_time=connected)]
    answer = manager.check("participants", "--warning-participant-status", "%{role} eq 'guest'")
    assert answer.summary.endswith(words)


def test_a_bandwidth_that_is_not_known_is_not_a_small_one(manager: Manager) -> None:
    manager.tables[PARTICIPANT][0]["bandwidth"] = None
    answer = manager.check("participants", "--critical-participant-status", "%{bandwidth} < 600000")
    assert (sum(line.startswith("CRITICAL: ") for line in answer.long_output), answer.code) == (2, 2)
    assert "UNKNOWN: bandwidth of a participant is null or empty" in answer.long_output
    assert answer.perfdata["participants.bandwidth.bitspersecond"] == "2640000;;;0;"


def test_a_call_quality_that_cannot_be_read_is_unknown(manager: Manager) -> None:
    manager.tables[PARTICIPANT][0]["call_quality"] = {"now": "good"}
    answer = manager.check("participants")
    assert (answer.summary, answer.code) == ("call_quality of a participant is unreadable (an object)", 3)


def test_a_call_quality_nobody_has_heard_of_is_said(manager: Manager) -> None:
    manager.tables[PARTICIPANT][0]["call_quality"] = "5_superb"
    answer = manager.check("participants")
    assert answer.long_output == ["call_quality of 1 participant not known here, taken for unknown: '5_superb'"]
    assert answer.code == 0
