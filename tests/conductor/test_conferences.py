"""conductor conferences."""

from __future__ import annotations

from typing import Any
from xmlrpc.client import DateTime, Fault

import pytest

from .box import Box, Struct
from .structs import DEVICE, conference

METHOD = "conference.enumerate"


@pytest.fixture
def box(box: Box) -> Box:
    """A Conductor that knows the time."""
    box.methods["device.query"] = DEVICE
    return box


def test_conferences_are_counted_by_template_and_kind(box: Box) -> None:
    box.has(
        "conferences",
        conference(1),
        conference(2, factoryTemplateType="lesson", isCascaded=True, locked=True),
        conference(3, encryption="required", factoryWebEx="SIP"),
        conference(4, encryption="forbidden", factoryWebEx="SIP-TSP", factoryTemplateType="unknown"),
    )
    answer = box.check("conferences")
    assert answer.first_line == (
        "CONDUCTOR CONFERENCES OK - 4 conferences | 'conferences.total.count'=4;800;950;0;1000 "
        "'conferences.cascaded.count'=1;;;0;4 'conferences.locked.count'=1;;;0;4 "
        "'conferences.encrypted.count'=1;;;0;4 'conferences.webex.count'=2;;;0;4 "
        "'lesson#conferences.template.count'=1;;;0; 'meet#conferences.template.count'=2;;;0; "
        "'unknown#conferences.template.count'=1;;;0;"
    )
    assert (answer.long_output, answer.code, box.asked) == ([], 0, [METHOD])


def test_no_conference_is_ok(box: Box) -> None:
    box.has("conferences")
    answer = box.check("conferences")
    assert answer.summary == "0 conferences"
    assert answer.perfdata["conferences.total.count"] == "0;800;950;0;1000"
    assert answer.code == 0


@pytest.mark.parametrize(("count", "code"), [(800, 0), (801, 1), (950, 1), (951, 2), (1000, 2)])
def test_the_limit_of_the_product_is_what_is_judged_by_default(box: Box, count: int, code: int) -> None:
    box.has("conferences", *map(conference, range(count)))
    answer = box.check("conferences")
    assert answer.perfdata["conferences.total.count"] == f"{count};800;950;0;1000"
    assert answer.code == code


@pytest.mark.parametrize("label", ["cascaded", "locked", "encrypted", "webex"])
@pytest.mark.parametrize(("limit", "code"), [("1", 0), ("0", 1)])
def test_each_kind_has_thresholds(box: Box, label: str, limit: str, code: int) -> None:
    box.has("conferences", conference(isCascaded=True, locked=True, encryption="required", factoryWebEx="SIP"))
    assert box.check("conferences", f"--warning-conferences-{label}", limit).code == code


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("%{duration} == 3600", 2),
        ("%{duration} > 1h", 0),
        ("%{name} =~ /room1/ and %{template} eq 'meet' and %{encryption} eq 'optional'", 2),
        ("%{locked} == 1 or %{cascaded} == 1 or %{webex} ne 'None'", 0),
    ],
)
def test_a_conference_can_be_judged_by_every_macro(box: Box, expression: str, code: int) -> None:
    box.has("conferences", conference())
    answer = box.check("conferences", "--critical-conference-status", expression)
    assert answer.code == code
    assert box.asked == [METHOD, "device.query"]
    if code:
        assert answer.summary == "meet.room1.100001 (meet), for 1 h"


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"activeStartTime": DateTime("20260302T11:50:00")}, "for 10 min"),
        ({"startTime": DateTime("20260301T09:00:00")}, "for 1 d 3 h"),
        ({"startTime": DateTime("20260302T12:00:30")}, "for 0 s"),
    ],
)
def test_the_duration_is_by_the_conductors_own_clock(box: Box, times: Struct, words: str) -> None:
    box.has("conferences", conference(**times, locked=True))
    answer = box.check("conferences", "--warning-conference-status", "%{locked} == 1")
    assert answer.summary == f"meet.room1.100001 (meet), {words}, locked"


def test_a_conference_without_times_is_judged_without_a_duration(box: Box) -> None:
    box.has("conferences", conference(startTime="", isCascaded=True))
    answer = box.check("conferences", "--warning-conference-status", "%{duration} =~ /^$/")
    assert (answer.summary, answer.code) == ("meet.room1.100001 (meet), cascaded", 1)


def test_every_conference_is_shown_on_request_and_the_clock_is_not_asked(box: Box) -> None:
    box.has("conferences", conference(1), conference(2, locked=True))
    answer = box.check("conferences", "-v")
    assert answer.long_output[:2] == ["OK: meet.room1.100001 (meet)", "OK: meet.room2.100002 (meet), locked"]
    assert box.asked == [METHOD]


def test_without_the_clock_the_duration_is_unknown(box: Box) -> None:
    box.has("conferences", conference())
    box.methods["device.query"] = {}
    answer = box.check("conferences", "--warning-conference-status", "%{duration} > 1h")
    assert (answer.summary, answer.code) == ("currentTime of a device report is missing", 3)


def test_a_clock_that_cannot_be_asked_does_not_hide_what_is_measured(box: Box) -> None:
    box.has("conferences", conference(1, locked=True), *map(conference, range(2, 952)))
    del box.methods["device.query"]
    answer = box.check("conferences", "--critical-conference-status", "%{locked} == 1")
    assert answer.summary == (
        "meet.room1.100001 (meet), locked / conferences total 951, above 950 / "
        "conductor.test:443 answered device.query with fault 1: method not supported"
    )
    assert (answer.perfdata["conferences.total.count"], answer.code) == ("951;800;950;0;1000", 2)
    box.has("conferences", conference())
    assert box.check("conferences", "--critical-conference-status", "%{locked} == 1").code == 3


def test_filters_choose_by_name_and_template(box: Box) -> None:
    box.has("conferences", conference(1), conference(2, factoryTemplateType="lesson"))
    assert box.check("conferences", "--filter-name", "room2").perfdata["conferences.total.count"].startswith("1;")
    assert box.check("conferences", "--exclude-template", "meet").perfdata["conferences.total.count"].startswith("1;")
    assert box.check("conferences", "--filter-name", "nowhere").summary == "no conference matches the filters (2 seen)"


# -- what is not there


@pytest.mark.parametrize("nothing", [{}, []])
def test_an_answer_without_the_array_is_unknown(box: Box, nothing: Any) -> None:
    box.methods[METHOD] = [nothing]
    answer = box.check("conferences", "--unreachable-state", "critical")
    assert answer.first_line == (
        "CONDUCTOR CONFERENCES UNKNOWN - conductor.test:443 answered conference.enumerate with "
        "no array of conferences: the data is not available"
    )
    assert answer.code == 3


@pytest.mark.parametrize("said", [{"conferences": "none"}, {"conferences": [1]}, {"conferences": {"a": 1}}])
def test_an_array_that_is_none_is_another_shape(box: Box, said: Any) -> None:
    box.methods[METHOD] = said
    answer = box.check("conferences")
    assert answer.summary.endswith("another shape than expected: conferences is not an array of structs")
    assert answer.code == 3


def test_a_missing_name_is_unknown_and_the_rest_is_counted(box: Box) -> None:
    bare = conference(2)
    del bare["conferenceName"]
    box.has("conferences", conference(1), bare)
    answer = box.check("conferences")
    assert (answer.summary, answer.code) == ("conferenceName of a conference is missing", 3)
    assert answer.perfdata["conferences.total.count"] == "2;800;950;0;1000"


def test_members_that_no_conference_has_are_not_reported(box: Box) -> None:
    row = {name: value for name, value in conference().items() if name in ("conferenceName", "factoryConferenceId")}
    box.has("conferences", row)
    answer = box.check("conferences")
    assert answer.long_output == [
        f"conferences-{kind}: not reported" for kind in ("template", "cascaded", "locked", "encrypted", "webex")
    ]
    assert (answer.summary, answer.code) == ("1 conference", 0)
    answer = box.check("conferences", "--warning-conferences-locked", "3")
    assert (answer.summary, answer.code) == ("conferences-locked: not reported", 3)


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (("--warning-conference-status", "%{locked} == 1"), "locked: not reported, no conference has locked"),
        (
            ("--critical-conference-status", "%{duration} > 12h"),
            "duration: not reported, no conference has activeStartTime or startTime",
        ),
        (("--exclude-template", "lesson"), "template: not reported, no conference has factoryTemplateType"),
    ],
)
def test_an_expression_or_a_filter_on_what_no_conference_has_is_unknown(
    box: Box, argv: tuple[str, str], line: str
) -> None:
    box.has("conferences", {"conferenceName": "meet.room1"})
    answer = box.check("conferences", *argv)
    assert (answer.summary, answer.code) == (line, 3)
    box.has("conferences", {"conferenceName": "meet.room1"}, conference(2))
    assert box.check("conferences", *argv).code == 0
    box.has("conferences")
    assert box.check("conferences", *argv).code == 0


@pytest.mark.parametrize(
    ("argv", "changed", "line"),
    [
        (
            ("--warning-conference-status", "%{locked} == 1"),
            {"locked": "perhaps"},
            "locked: not reported, no conference has readable locked",
        ),
        (
            ("--critical-conference-status", "%{duration} > 12h"),
            {"startTime": "garbage"},
            "duration: not reported, no conference has readable activeStartTime or startTime",
        ),
        (
            ("--exclude-template", "lesson"),
            {"factoryTemplateType": ["meet"]},
            "template: not reported, no conference has readable factoryTemplateType",
        ),
    ],
)
def test_an_expression_or_a_filter_on_what_cannot_be_read_of_any_is_unknown(
    box: Box, argv: tuple[str, str], changed: Struct, line: str
) -> None:
    box.has("conferences", conference(1, **changed))
    answer = box.check("conferences", *argv)
    assert (answer.summary, answer.code) == (line, 3)
    box.has("conferences", conference(1, **changed), conference(2))
    assert box.check("conferences", *argv).code == 0


@pytest.mark.parametrize("code", [1, 4, 5, 16, 201])
def test_a_fault_is_unknown_with_code_and_text(box: Box, code: int) -> None:
    box.methods[METHOD] = Fault(code, "as the device says")
    answer = box.check("conferences")
    assert answer.summary == (f"conductor.test:443 answered conference.enumerate with fault {code}: as the device says")
    assert answer.code == 3
