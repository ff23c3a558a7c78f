"""--output json: one object on one line, with the members that programs rely on."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.counters import CRITICAL, OK, STATES, UNKNOWN, WARNING
from check_videoconf.output.json import render
from check_videoconf.report import Report
from check_videoconf.text import clean

from .reports import figure, options, report, reports


def test_the_whole_object() -> None:
    load = figure(
        "node.load.percentage", 92.456, "lon-1", unit="%", high=100, warning="80%", critical="95", state=WARNING
    )
    made = report(
        [figure("nodes.total.count", 2), load],
        "load of lon-1 92.5 %, above 80 %",
        [(OK, "nodes total 2"), (WARNING, "load of lon-1 92.5 %, above 80 %")],
        state=WARNING,
        remarks=["lon-2 is not judged: in maintenance"],
        trace=["GET / 200"],
    )
    assert json.loads(render(made, options())) == {
        "system": "pexip",
        "mode": "conferences",
        "host": "pexip.example.com",
        "state": "WARNING",
        "exit_code": 1,
        "summary": "load of lon-1 92.5 %, above 80 %",
        "counters": [
            {
                "label": "nodes-total-count",
                "nlabel": "nodes.total.count",
                "instance": "",
                "value": 2,
                "unit": "",
                "min": 0,
                "max": None,
                "warning": None,
                "critical": None,
                "state": "OK",
            },
            {
                "label": "node-load-percentage",
                "nlabel": "node.load.percentage",
                "instance": "lon-1",
                "value": 92.456,
                "unit": "%",
                "min": 0,
                "max": 100,
                "warning": "80",
                "critical": "95",
                "state": "WARNING",
            },
        ],
        "items": [
            {"state": "WARNING", "text": "load of lon-1 92.5 %, above 80 %"},
            {"state": "OK", "text": "nodes total 2"},
            {"state": "OK", "text": "lon-2 is not judged: in maintenance"},
        ],
        "errors": [],
        "duration_ms": 250,
        "requests": 2,
    }


def test_letters_of_any_script_are_printed_as_such() -> None:
    assert '"summary": "Zürich 會議室",' in render(report(summary="Zürich 會議室"), options())


def test_an_error_is_among_the_errors() -> None:
    made = report([], "no result within 30 s", state=UNKNOWN, errors=["no result within 30 s"])
    parsed = json.loads(render(made, options()))
    assert (parsed["state"], parsed["exit_code"], parsed["errors"]) == ("UNKNOWN", 3, ["no result within 30 s"])


@pytest.mark.parametrize(("verbosity", "shown"), [("-v", False), ("-vv", True), ("-vvv", True)])
def test_the_requests_are_items_with_vv(verbosity: str, shown: bool) -> None:
    parsed = json.loads(render(report(trace=["GET / 200"]), options(verbosity)))
    assert ({"state": "OK", "text": "GET / 200"} in parsed["items"]) is shown


def test_a_changed_state_is_that_of_word_and_code() -> None:
    made = report(state=UNKNOWN)
    made.change_state([(UNKNOWN, CRITICAL)])
    parsed = json.loads(render(made, options()))
    assert (parsed["state"], parsed["exit_code"]) == ("CRITICAL", 2)


MEMBERS = ["system", "mode", "host", "state", "exit_code", "summary", "counters", "items", "errors", "duration_ms"]


@given(reports(), st.sampled_from(["-v", "-vvv"]))
def test_any_report_is_one_object_on_one_line_with_the_same_members(made: Report, verbosity: str) -> None:
    output = render(made, options(verbosity))
    output.encode()
    assert output.endswith("}\n")
    assert len(output.splitlines()) == 1

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    parsed = json.loads(output, parse_constant=refuse)
    assert list(parsed) == [*MEMBERS, "requests"]
    assert (parsed["state"], parsed["exit_code"]) == (STATES[made.state], made.state)
    assert [counter["value"] for counter in parsed["counters"]] == [each.value for each in made.figures]
    assert [counter["instance"] for counter in parsed["counters"]] == [clean(each.instance) for each in made.figures]
    assert {frozenset(item) for item in parsed["items"]} <= {frozenset({"state", "text"})}
    for text in (parsed["summary"], *parsed["errors"], *(item["text"] for item in parsed["items"])):
        assert clean(text) == text
