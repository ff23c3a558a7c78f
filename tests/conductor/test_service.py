"""conductor service."""

from __future__ import annotations

from typing import Any

import pytest

from .box import Box

UNIT = "<SystemUnit><Name>TestConductor</Name><Software><Version>XC2.2</Version></Software></SystemUnit>"
UNIT_WITH_NAMESPACE = """<?xml version="1.0"?>
<Status xmlns="http://www.tandberg.no/XML/CUIL/1.0"><SystemUnit item="1"><Product item="1">TANDBERG</Product>
<SystemName item="1">TestConductor</SystemName><Software item="1"><Version item="1">XC4.3.1</Version></Software>
</SystemUnit></Status>"""


STATES = ((50, "active"), (51, "inactive"))


@pytest.fixture
def box(box: Box) -> Box:
    box.documents = {"/status": {"version": "XC4.3.1", "status": "active"}, "/systemunit.xml": UNIT}
    return box


def test_an_active_conductor(box: Box) -> None:
    answer = box.check("service")
    assert answer.first_line == "CONDUCTOR SERVICE OK - TestConductor XC4.3.1 is active"
    assert (answer.long_output, answer.code, box.asked) == ([], 0, ["/status", "/systemunit.xml"])


@pytest.mark.parametrize(
    ("state", "code"), [("inactive", 2), ("Inactive", 2), ("inactive (standby)", 2), ("ACTIVE", 0), ("starting", 0)]
)
def test_an_inactive_one_is_critical(box: Box, state: str, code: int) -> None:
    box.documents["/status"]["status"] = state
    answer = box.check("service")
    assert (answer.summary, answer.code) == (f"TestConductor XC4.3.1 is {state}", code)


@pytest.mark.parametrize(
    ("level", "expression", "code"),
    [
        ("critical", "%{state} !~ /^active$/i", 0),
        ("warning", "%{version} ne 'XC4.3.2' and %{name} eq 'TestConductor'", 1),
        ("unknown", "%{version} eq 'XC4.3.1'", 3),
    ],
)
def test_the_service_can_be_judged_by_every_macro(box: Box, level: str, expression: str, code: int) -> None:
    assert box.check("service", f"--{level}-service", expression).code == code


@pytest.mark.parametrize(
    "document",
    [
        "<status><version>XC4.3.1</version><status>active</status></status>",
        {"service": {"state": "active", "softwareVersion": "XC4.3.1"}},
        [{"peer": "192.0.2.50", "num_recs": 1, "records": [{"status": "active", "version": "XC4.3.1"}]}],
    ],
)
def test_any_shape_of_status_is_read(box: Box, document: Any) -> None:
    box.documents["/status"] = document
    assert box.check("service").summary == "TestConductor XC4.3.1 is active"


@pytest.mark.parametrize(
    ("document", "state", "code"),
    [
        (
            [{"peer": f"192.0.2.{n}", "num_recs": 1, "records": [{"status": state}]} for n, state in STATES],
            "active, inactive",
            2,
        ),
        ({"services": [{"status": "active"}, {"status": "inactive"}, {"status": "active"}]}, "active, inactive", 2),
        ("<a><b><status>active</status></b><b><status>inactive</status></b></a>", "active, inactive", 2),
        ("<a><status>active</status><status>inactive</status></a>", "active, inactive", 2),
        ({"services": [{"status": "active"}, {"status": "active"}]}, "active", 0),
        ({"services": [{"status": "Active"}, {"status": "active"}, {"status": "INACTIVE"}]}, "Active, INACTIVE", 2),
        ({"one": {"status": "active"}, "peers": [[{"status": "inactive"}]]}, "active, inactive", 2),
        ({"status": ["active", "inactive"]}, "active, inactive", 2),
    ],
)
def test_of_several_states_each_counts(box: Box, document: Any, state: str, code: int) -> None:
    box.documents["/status"] = document
    answer = box.check("service")
    assert (answer.summary, answer.code) == (f"TestConductor XC2.2 is {state}", code)


@pytest.mark.parametrize(
    "document",
    [
        {"status": "active", "cluster": {"status": "enabled"}},
        {"cluster": {"status": "inactive"}, "status": "active"},
        {"status": "active", "x": {"status": None}, "peers": [{"status": "inactive"}]},
        {"status": "active", "database": {"state": "inactive"}},
        {"service": {"status": "active", "database": {"status": 0}}, "peers": [[{"x": {"status": "inactive"}}]]},
        "<Status><cluster><status/></cluster><status>active</status></Status>",
    ],
)
def test_the_state_of_a_part_is_not_that_of_the_service(box: Box, document: Any) -> None:
    box.documents["/status"] = document
    answer = box.check("service")
    assert (answer.summary, answer.code) == ("TestConductor XC2.2 is active", 0)


def test_a_state_that_is_none_is_not_made_up_for_by_that_of_a_part(box: Box) -> None:
    box.documents["/status"] = {"status": None, "cluster": {"status": "active"}}
    assert box.check("service").code == 3


def test_very_many_states_are_all_judged_and_told_in_short(box: Box) -> None:
    states = [f"state {number}" for number in range(60_000)]
    box.documents["/status"] = {"services": [{"status": state} for state in (*states, "inactive")]}
    answer = box.check("service", "--max-output", "0")
    assert answer.summary.startswith("TestConductor XC2.2 is state 0, state 1, state 2, ")
    assert (answer.summary[-1], len(answer.summary) < 200, answer.code) == ("…", True, 2)


@pytest.mark.parametrize(
    ("state", "line"), [(None, "is null or empty"), ("", "is null or empty"), (0, "is unreadable (a number)")]
)
def test_a_state_that_is_none_does_not_hide_another(box: Box, state: object, line: str) -> None:
    box.documents["/status"] = {"services": [{"status": "active"}, {"status": state}]}
    answer = box.check("service")
    assert (answer.summary, answer.code) == (f"state of a service {line}", 3)
    box.documents["/status"] = {"services": [{"status": state}, {"status": "inactive"}]}
    answer = box.check("service")
    assert (answer.summary, answer.code) == (f"TestConductor XC2.2 is inactive / state of a service {line}", 2)


def test_name_and_version_of_the_system_unit_are_found_with_a_namespace_too(box: Box) -> None:
    box.documents = {"/status": {"status": "active"}, "/systemunit.xml": UNIT_WITH_NAMESPACE}
    answer = box.check("service")
    assert answer.summary == "TestConductor XC4.3.1 is active"


@pytest.mark.parametrize(
    "unit",
    [
        "<SystemUnit><Software><Version>XC4.3.1</Version><Name>a</Name></Software><Version>2</Version></SystemUnit>",
        "<SystemUnit><Name>a</Name><Name>b</Name><Software><Version>XC4.3.1</Version></Software></SystemUnit>",
    ],
)
def test_of_several_names_or_versions_of_the_system_unit_the_first_counts(box: Box, unit: str) -> None:
    box.documents = {"/status": {"status": "active"}, "/systemunit.xml": unit}
    answer = box.check("service")
    assert (answer.summary, answer.code) == ("a XC4.3.1 is active", 0)


@pytest.mark.parametrize("unit", [401, 404, 500, "<SystemUnit>", "no XML", "<!DOCTYPE a><a/>"])
def test_a_protected_or_broken_system_unit_costs_a_remark(box: Box, unit: Any) -> None:
    box.documents["/systemunit.xml"] = unit
    answer = box.check("service")
    assert (answer.summary, answer.code) == ("the Conductor XC4.3.1 is active", 0)
    assert answer.long_output[-1].startswith("name and version: ")


@pytest.mark.parametrize("macro", ["name", "version"])
def test_an_expression_on_what_a_missing_system_unit_would_tell_is_unknown(box: Box, macro: str) -> None:
    box.documents = {"/status": {"status": "active"}, "/systemunit.xml": 404}
    answer = box.check("service", "--critical-service", f"%{{{macro}}} ne 'x' and %{{{macro}}} =~ /./")
    assert answer.code == 3
    assert answer.summary.startswith(("name and version: /systemunit.xml is not supported", "service, version: not re"))


def test_the_version_of_the_system_unit_is_as_good_as_that_of_status(box: Box) -> None:
    box.documents["/status"] = {"status": "active"}
    answer = box.check("service", "--warning-service", "%{version} ne 'XC2.2'")
    assert (answer.summary, answer.long_output, answer.code) == ("TestConductor XC2.2 is active", [], 0)
    box.documents = {"/status": {"status": "active", "version": "XC2.2"}, "/systemunit.xml": "<a><Name>b</Name></a>"}
    answer = box.check("service", "--warning-service", "%{version} ne 'XC2.2'")
    assert (answer.summary, answer.long_output, answer.code) == ("b XC2.2 is active", [], 0)


def test_a_state_under_another_key_is_unknown_until_it_is_named(box: Box) -> None:
    box.documents["/status"] = {"version": "XC4.3.1", "mode": "inactive"}
    answer = box.check("service")
    assert answer.summary == (
        "state of a service is missing: looked for status or state in /status, keys seen: mode, version; "
        "name it with --field state=KEY"
    )
    assert answer.code == 3
    answer = box.check("service", "--field", "state=mode")
    assert (answer.summary, answer.code) == ("TestConductor XC4.3.1 is inactive", 2)


@pytest.mark.parametrize(
    "document",
    [{}, [], *({"status": state} for state in (None, "", False, True, 0)), "<html><p>active</p></html>"],
)
def test_no_state_is_unknown(box: Box, document: Any) -> None:
    box.documents["/status"] = document
    assert box.check("service").code == 3


@pytest.mark.parametrize(
    ("status", "words"), [(401, "authentication failed"), (404, "is not supported by this version")]
)
def test_status_that_cannot_be_had_is_unknown(box: Box, status: int, words: str) -> None:
    box.documents["/status"] = status
    answer = box.check("service")
    assert words in answer.summary
    assert answer.code == 3
