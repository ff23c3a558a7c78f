"""Pages and structs of the enumerate calls, as seen through `conductor conferences` and `conductor participants`."""

from __future__ import annotations

import json
from xmlrpc.client import Fault, dumps

import pytest

from ..promises import PERSON
from .box import Box, Struct
from .structs import conference, nested, on_server, participant

METHOD = "conference.enumerate"


def page(*conferences: Struct, following: str = "") -> Struct:
    return {"conferences": list(conferences), **({"enumerateID": following} if following else {})}


def test_pages_are_followed_by_enumerate_id(box: Box) -> None:
    box.methods[METHOD] = [
        page(conference(1), conference(2), following="a"),
        page(conference(3), following="b"),
        page(conference(4)),
    ]
    assert box.check("conferences").perfdata["conferences.total.count"].startswith("4;")
    assert box.structs == [{}, {"enumerateID": "a"}, {"enumerateID": "b"}]


def test_a_conference_of_two_pages_counts_once(box: Box) -> None:
    box.methods[METHOD] = [page(conference(1), conference(2), following="a"), page(conference(2), conference(3))]
    assert box.check("conferences").perfdata["conferences.total.count"].startswith("3;")


@pytest.mark.parametrize("code", [4, 5])
def test_what_has_ended_during_the_walk_is_ignored(box: Box, code: int) -> None:
    box.methods[METHOD] = [page(conference(1), following="a"), Fault(code, "no such conference")]
    answer = box.check("conferences")
    assert (answer.summary, answer.code) == ("1 conference", 0)
    (line,) = answer.long_output
    assert line.startswith("conference.enumerate ended early, what it was at is gone: ")
    assert line.endswith(f"with fault {code}: no such conference")


def test_a_number_as_enumerate_id_is_followed_too(box: Box) -> None:
    box.methods[METHOD] = [{"conferences": [conference(1)], "enumerateID": 7}, page(conference(2))]
    assert box.check("conferences").perfdata["conferences.total.count"].startswith("2;")
    assert box.structs == [{}, {"enumerateID": "7"}]


def test_an_enumerate_id_that_is_none_is_another_shape(box: Box) -> None:
    box.methods[METHOD] = {"conferences": [conference(1)], "enumerateID": ["a"]}
    answer = box.check("conferences")
    assert answer.summary.endswith("another shape than expected: enumerateID is no text")
    assert answer.code == 3


@pytest.mark.parametrize("told", ["<int></int>", "<int/>", "<i4> </i4>", "<boolean/>", "<double>x</double>"])
def test_an_enumerate_id_that_cannot_be_read_does_not_end_the_walk_as_complete(box: Box, told: str) -> None:
    answered = dumps((page(conference(1), following="next"),), methodresponse=True)
    box.methods[METHOD] = answered.replace("<string>next</string>", told)
    assert told in str(box.methods[METHOD])
    answer = box.check("conferences")
    assert "has another shape than expected" in answer.summary
    assert (answer.code, len(box.asked)) == (3, 1)


def test_an_empty_enumerate_id_is_that_of_the_last_page(box: Box) -> None:
    box.methods[METHOD] = {"conferences": [conference(1)], "enumerateID": ""}
    assert box.check("conferences").summary == "1 conference"


def test_other_faults_during_the_walk_are_unknown(box: Box) -> None:
    box.methods[METHOD] = [page(conference(1), following="a"), Fault(16, "invalid enumerateID value")]
    answer = box.check("conferences")
    assert answer.summary.endswith("fault 16: invalid enumerateID value")
    assert answer.code == 3


@pytest.mark.parametrize(
    "second",
    [page(conference(1), following="b"), page(following="b"), page(conference(2), following="a")],
)
def test_pages_that_add_nothing_or_come_again_are_unknown(box: Box, second: Struct) -> None:
    box.methods[METHOD] = [page(conference(1), following="a"), second]
    answer = box.check("conferences")
    assert "the pages of conference.enumerate at conductor.test:443 do not end as they should" in answer.summary
    assert (answer.code, len(box.asked)) == (3, 2)


def test_pages_that_never_end_are_unknown(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.conductor.enumeration._MOST_PAGES", 5)
    box.methods[METHOD] = [page(conference(n), following=f"{n}") for n in range(10)]
    answer = box.check("conferences")
    assert answer.summary.endswith("more than 5 pages")
    assert (answer.code, len(box.asked)) == (3, 5)


# -- what tells structs apart


def test_two_of_the_same_name_on_a_page_are_two_and_on_two_pages_one(box: Box) -> None:
    box.has("participants", participant(1), participant(1))
    assert box.check("participants").perfdata["participants.total.count"].startswith("2;")
    box.methods["participant.enumerate"] = [
        {"participants": [participant(1), on_server(2)], "enumerateID": "next"},
        {"participants": [on_server(2, audioRxMuted=True), on_server(3)]},
    ]
    assert box.check("participants").perfdata["participants.total.count"].startswith("3;")


NAMELESS = {"participantName": "", "mcuIPAddress": "192.0.2.61", "conferenceName": "meet", "participantProtocol": "sip"}


@pytest.mark.parametrize(
    "told",
    [
        {"address": f"{PERSON}{{}}@example.net"},
        {"participantID": f"{PERSON}{{}}"},
        {"callState": "state {}"},
        {"currentState": {"address": f"{PERSON}{{}}@example.net"}},
    ],
)
def test_participants_without_a_name_are_told_apart_by_what_else_they_say(box: Box, told: Struct) -> None:
    rows = [json.loads(json.dumps({**NAMELESS, **told}).replace("{}", str(n))) for n in range(4)]
    box.methods["participant.enumerate"] = [
        {"participants": rows[:2], "enumerateID": "next"},
        {"participants": rows[1:]},
    ]
    assert box.check("participants").perfdata["participants.total.count"].startswith("4;")


def counting(packets: object) -> Struct:
    """A participant without a name whose packets are counted meanwhile."""
    return {**NAMELESS, "audioRxReceived": packets, "audioRxLost": 0}


@pytest.mark.parametrize("kind", [int, str])
def test_participants_without_a_name_are_the_same_although_packets_were_counted_meanwhile(box: Box, kind: type) -> None:
    box.methods["participant.enumerate"] = [
        {"participants": [participant(1), counting(kind(1000))], "enumerateID": "next"},
        {"participants": [counting(kind(2000)), participant(2)]},
    ]
    assert box.check("participants").perfdata["participants.total.count"].startswith("3;")


def test_a_page_of_participants_without_a_name_that_comes_again_ends_the_walk(box: Box) -> None:
    box.methods["participant.enumerate"] = [
        {"participants": [counting(1000 * number)], "enumerateID": f"{number}"} for number in range(9)
    ]
    answer = box.check("participants")
    assert "the pages of participant.enumerate at conductor.test:443 do not end as they should" in answer.summary
    assert (answer.code, len(box.asked)) == (3, 2)


def test_what_tells_calls_apart_may_be_nested(box: Box) -> None:
    one, other = nested(participant(1)), nested(participant(1, connectionUniqueId=8000))
    box.methods["participant.enumerate"] = [{"participants": [one], "enumerateID": "next"}, {"participants": [other]}]
    assert box.check("participants").perfdata["participants.total.count"].startswith("2;")
