"""conductor feedback."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xmlrpc.client import Fault

import pytest

from .box import Box

METHOD = "feedbackReceiver.extended.query"
TMS = "https://tms.example.net/feedback"


def has(box: Box, *uris: object) -> None:
    box.methods[METHOD] = {
        "receivers": [{"receiverURI": uri, "sourceIdentifier": "x", "index": n} for n, uri in enumerate(uris, 1)]
    }


def test_receivers_are_counted(box: Box) -> None:
    has(box, TMS, "http://192.0.2.99:5050/RPC2", "")
    answer = box.check("feedback", "--expect-receiver", TMS)
    assert answer.first_line == (
        "CONDUCTOR FEEDBACK OK - 2 receivers, 1 expected one among them | "
        "'receivers.total.count'=2;18;;0;20 'receivers.missing.count'=0;;0;0;"
    )
    assert (answer.long_output, answer.code, box.asked) == ([], 0, [METHOD])


@pytest.mark.parametrize(("count", "code"), [(0, 0), (18, 0), (19, 1), (20, 1)])
def test_the_limit_of_the_product_is_what_is_judged_by_default(box: Box, count: int, code: int) -> None:
    has(box, *(f"http://192.0.2.{number}/" for number in range(count)))
    answer = box.check("feedback")
    assert answer.perfdata == {"receivers.total.count": f"{count};18;;0;20"}
    assert answer.code == code


def test_a_missing_receiver_is_critical_and_named(box: Box) -> None:
    has(box, "http://user:hunter22@192.0.2.99:5050/RPC2")
    answer = box.check("feedback", "--expect-receiver", TMS, "--expect-receiver", "http://other:pass@192.0.2.98/")
    assert answer.summary == f"receivers missing ({TMS}, http://192.0.2.98/) 2, above 0"
    assert answer.long_output[-1] == "registered: http://192.0.2.99:5050/RPC2"
    assert answer.code == 2


@pytest.mark.parametrize(
    "registered",
    ["HTTPS://TMS.example.net/feedback", "https://tms.example.net:443/feedback", "https://tms.example.net/feedback/"],
)
def test_uris_that_mean_the_same_are_the_same(box: Box, registered: str) -> None:
    has(box, registered)
    assert box.check("feedback", "--expect-receiver", TMS).code == 0


@pytest.mark.parametrize(
    "registered",
    ["http://tms.example.net/feedback", "https://tms.example.net:8443/feedback", "https://tms.example.net/Feedback"],
)
def test_others_are_not(box: Box, registered: str) -> None:
    has(box, registered)
    assert box.check("feedback", "--expect-receiver", TMS).code == 2


def test_a_cached_answer_still_knows_the_receivers(box: Box) -> None:
    has(box, TMS)
    for _ in range(2):
        assert box.check("feedback", "--expect-receiver", TMS, "--cache", "60").code == 0
    assert len(box.asked) == 1


@pytest.mark.parametrize("account", ["user:hunter22@", "user:p@ss:hunter22@", "hunter22@"])
def test_secrets_of_a_uri_are_neither_shown_nor_stored(box: Box, tmp_path: Path, account: str) -> None:
    has(box, f"https://{account}tms.example.net/feedback?token=zyxwvu")
    argv = ("--expect-receiver", f"https://{account}tms.example.net/feedback?token=zyxwvu", "--cache", "60")
    assert box.check("feedback", *argv).code == 0
    answer = box.check("feedback", "--expect-receiver", f"https://{account}tms.example.net/", "--cache", "60", "-vv")
    assert answer.summary == "receivers missing (https://tms.example.net/) 1, above 0"
    assert "registered: https://tms.example.net/feedback?…" in answer.long_output
    stored = [file.read_text() for file in (tmp_path / "state").iterdir()]
    assert any("tms.example.net" in text for text in stored)
    assert not any("hunter22" in text for text in (*stored, answer.stdout))


@pytest.mark.parametrize("said", [{"receivers": []}, [[]]])
def test_an_empty_array_is_no_receiver_alone_or_in_a_struct(box: Box, said: Any) -> None:
    box.methods[METHOD] = said
    answer = box.check("feedback")
    assert (answer.summary, answer.code) == ("0 receivers", 0)


def test_an_answer_without_the_array_is_unknown(box: Box) -> None:
    box.methods[METHOD] = {}
    answer = box.check("feedback")
    assert answer.summary.endswith("with no array of receivers: the data is not available")
    assert answer.code == 3


def test_a_receiver_without_uri_is_unknown(box: Box) -> None:
    box.methods[METHOD] = {"receivers": [{"index": 1}, {"index": 2, "receiverURI": TMS}]}
    answer = box.check("feedback")
    assert (answer.summary, answer.code) == ("receiverURI of a receiver is missing", 3)
    assert answer.perfdata["receivers.total.count"] == "1;18;;0;20"


def test_a_fault_is_unknown(box: Box) -> None:
    box.methods[METHOD] = Fault(15, "insufficient privileges")
    answer = box.check("feedback", "-u", "monitor")
    assert answer.summary == (
        "authentication failed for account 'monitor' at conductor.test:443: "
        "fault 15, insufficient privileges: check the account and its rights"
    )
    assert answer.code == 3


def test_what_is_missing_within_a_threshold_is_not_said_to_be_there(box: Box) -> None:
    has(box, TMS)
    answer = box.check(
        "feedback", "--expect-receiver", TMS, "--expect-receiver", "http://nobody/", "--critical-receivers-missing", "5"
    )
    assert (answer.summary, answer.code) == ("1 receiver, 1 of 2 expected ones among them", 0)
