"""The modes `list-…`: one list for people, for Centreon and for Icinga Director."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from .conftest import Answer, Run
from .promises import PASSWORD, kept

PARSE: Any = text_string_to_metric_families  # without type hints
NODES = "https://manager.test:443/api/admin/status/v1/worker_vm/"
REGISTRATIONS = "https://manager.test:443/api/admin/status/v1/registration_alias/"
COLUMNS = ["name", "location", "type", "version", "maintenance"]


def node(name: object = "lon-conf-01", **changed: Any) -> dict[str, Any]:
    return {
        "maintenance_mode": False,
        "name": name,
        "node_type": "CONFERENCING",
        "system_location": "London",
        "version": "36 (79230.0.0)",
        **changed,
    }


class Nodes:
    """A Management Node that lists these."""

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self.mock = mock

    def list(self, *rows: dict[str, Any]) -> None:
        body = {"meta": {"total_count": len(rows), "next": None}, "objects": list(rows)}
        self.mock.upsert(responses.GET, NODES, json=body)

    def check(self, *argv: str, mode: str = "list-nodes") -> Answer:
        return kept(
            self._check("pexip", mode, "-H", "manager.test", "--retries", "0", *argv, CHECK_VIDEOCONF_PASSWORD=PASSWORD)
        )


@pytest.fixture
def nodes(check: Run) -> Iterator[Nodes]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        nodes = Nodes(check, mock)
        nodes.list(node("osl-conf-01", system_location="Oslo", maintenance_mode=True), node(version=None))
        yield nodes


def labels(answer: Answer) -> list[dict[str, str]]:
    root = ElementTree.fromstring(answer.stdout)  # noqa: S314 -- of our own output
    assert root.tag == "data"
    assert {child.tag for child in root} <= {"label"}
    return [dict(child.attrib) for child in root]


# -- the forms


def test_people_get_a_table(nodes: Nodes) -> None:
    answer = nodes.check()
    assert answer.stdout.splitlines() == [
        "name         location  type          version         maintenance",
        "lon-conf-01  London    CONFERENCING  -               no",
        "osl-conf-01  Oslo      CONFERENCING  36 (79230.0.0)  yes",
    ]
    assert answer.code == 0


def test_disco_format_names_the_attributes_and_needs_no_device(nodes: Nodes, check: Run) -> None:
    expected = f"<data>{''.join(f'<element>{name}</element>' for name in COLUMNS)}</data>\n"
    for answer in (nodes.check("--disco-format"), check("pexip", "list-nodes", "--disco-format")):
        assert (answer.stdout, answer.code) == (expected, 0)
    assert len(nodes.mock.calls) == 0


def test_disco_show_is_a_label_a_thing_with_the_attributes_that_disco_format_names(nodes: Nodes) -> None:
    answer = nodes.check("--disco-show")
    assert answer.stdout == (
        '<data><label name="lon-conf-01" location="London" type="CONFERENCING" version="" maintenance="no"/>'
        '<label name="osl-conf-01" location="Oslo" type="CONFERENCING" version="36 (79230.0.0)" maintenance="yes"/>'
        "</data>\n"
    )
    assert [list(label) for label in labels(answer)] == [COLUMNS, COLUMNS]
    assert answer.code == 0


@pytest.mark.parametrize("option", [("--output", "json"), ("--output-json",)])
def test_json_is_a_list_of_objects_on_one_line(nodes: Nodes, option: tuple[str, ...]) -> None:
    answer = nodes.check(*option)
    assert answer.stdout.count("\n") == 1
    assert json.loads(answer.stdout) == [
        {"name": "lon-conf-01", "location": "London", "type": "CONFERENCING", "version": None, "maintenance": False},
        {
            "name": "osl-conf-01",
            "location": "Oslo",
            "type": "CONFERENCING",
            "version": "36 (79230.0.0)",
            "maintenance": True,
        },
    ]
    assert answer.code == 0


@pytest.mark.parametrize("options", [("--perfdata", "summary"), ("--max-output", "100")])
def test_options_for_checks_are_accepted_and_cut_nothing_off(nodes: Nodes, options: tuple[str, ...]) -> None:
    assert nodes.check(*options).stdout == nodes.check().stdout


@pytest.mark.parametrize("option", [("--output", "openmetrics"), ("--output-openmetrics",)])
def test_openmetrics_is_the_state_of_the_check(nodes: Nodes, option: tuple[str, ...]) -> None:
    answer = nodes.check(*option)
    families = {family.name: family.samples for family in PARSE(answer.stdout)}
    assert list(families) == ["videoconf_check_state", "videoconf_check_duration_seconds"]
    (state,) = families["videoconf_check_state"]
    assert (state.value, state.labels["mode"]) == (0, "list-nodes")
    assert answer.code == 0


def test_disco_show_is_for_centreon_whatever_the_output(nodes: Nodes) -> None:
    assert len(labels(nodes.check("--disco-show", "--output", "openmetrics"))) == 2


def test_the_order_is_that_of_the_names_whatever_the_device_sends(nodes: Nodes) -> None:
    nodes.list(*(node(f"node-{number}") for number in (3, 1, 2)))
    assert [label["name"] for label in labels(nodes.check("--disco-show"))] == ["node-1", "node-2", "node-3"]


def test_a_list_of_nothing_is_empty_in_every_form(nodes: Nodes) -> None:
    nodes.list()
    answers = [nodes.check(), nodes.check("--disco-show"), nodes.check("--output", "json")]
    assert [answer.stdout for answer in answers] == ["0 nodes\n", "<data></data>\n", "[]\n"]
    assert [answer.code for answer in answers] == [0, 0, 0]


def test_filters_choose_what_is_listed(nodes: Nodes) -> None:
    assert [label["name"] for label in labels(nodes.check("--disco-show", "--filter-location", "Oslo"))] == [
        "osl-conf-01"
    ]
    assert nodes.check("--exclude-name", "conf").stdout == "no node matches the filters (2 seen)\n"


# -- text of the device


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('<a href="x">&\'', '<a href="x">&\''),
        ("two\nlines\tand | bar", "two lines and / bar"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("São Paulo – 東京", "São Paulo – 東京"),
        ("half \ud800 \uffff \ufffe", "half \ufffd \ufffd \ufffd"),
        ("]]>", "]]>"),
    ],
)
def test_text_of_the_device_is_clean_and_escaped(nodes: Nodes, name: str, shown: str) -> None:
    nodes.list(node(name))
    (label,) = labels(nodes.check("--disco-show"))
    assert label["name"] == shown
    assert nodes.check().stdout.splitlines()[1].startswith(shown.replace("\ufffd \ufffd \ufffd", "\ufffd"))


@given(name=st.text(min_size=1))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_thing_is_called_the_output_is_xml_and_json_of_one_thing(nodes: Nodes, name: str) -> None:
    nodes.list(node(name))
    assert len(labels(nodes.check("--disco-show"))) == 1
    assert len(json.loads(nodes.check("--output", "json").stdout)) == 1


# -- errors


@pytest.mark.parametrize("form", [(), ("--disco-show",)])
def test_an_error_is_one_line_and_no_list(nodes: Nodes, form: tuple[str, ...]) -> None:
    nodes.mock.upsert(responses.GET, NODES, status=401)
    answer = nodes.check(*form)
    assert answer.first_line == (
        "PEXIP LIST-NODES UNKNOWN - authentication failed for account 'admin' at manager.test:443: HTTP 401"
    )
    assert answer.code == 3


def test_an_error_in_json_is_the_object_of_a_check(nodes: Nodes) -> None:
    nodes.mock.upsert(responses.GET, NODES, status=404)
    answer = nodes.check("--output", "json")
    assert json.loads(answer.stdout)["state"] == "UNKNOWN"
    assert answer.code == 3


@pytest.mark.parametrize("form", [(), ("--disco-show",)])
@pytest.mark.parametrize("name", [None, [1]])
def test_a_list_that_lacks_something_is_no_list(nodes: Nodes, form: tuple[str, ...], name: object) -> None:
    """Whoever makes services of it would delete those that are missing."""
    nodes.list(node(), node(name))
    answer = nodes.check(*form)
    assert answer.first_line.startswith("PEXIP LIST-NODES UNKNOWN - name of a node is ")
    assert "lon-conf-01" not in answer.stdout
    assert answer.code == 3


def test_an_unknown_option_is_an_option_error(nodes: Nodes) -> None:
    answer = nodes.check("--disco-shwo")
    assert answer.first_line == "UNKNOWN: unknown option --disco-shwo, did you mean --disco-show?"


# -- personal data


@pytest.fixture
def registrations(nodes: Nodes) -> Nodes:
    row = {"alias": "zaphod@example.com", "node": "10.44.7.101", "protocol": "SIP", "start_time": None, "vendor": "x"}
    body = {"meta": {"total_count": 1, "next": None}, "objects": [row]}
    nodes.mock.upsert(responses.GET, REGISTRATIONS, json=body)
    return nodes


@pytest.mark.parametrize("form", [(), ("--disco-show",), ("--disco-format",), ("--output", "json"), ("-vv",)])
def test_what_may_be_personal_is_not_even_a_column(registrations: Nodes, form: tuple[str, ...]) -> None:
    answer = registrations.check(*form, mode="list-registrations")
    assert "zaphod" not in answer.stdout
    assert "protocol" in answer.stdout
    assert answer.code == 0


def test_the_table_says_what_it_does_not_show(registrations: Nodes) -> None:
    answer = registrations.check(mode="list-registrations")
    assert answer.long_output[1:] == ["not shown without --show-names, it may be personal: alias"]


def test_show_names_shows_it(registrations: Nodes, check: Run) -> None:
    arguments = ["pexip", "list-registrations", "-H", "manager.test", "--disco-show", "--show-names"]
    answer = check(*arguments, CHECK_VIDEOCONF_PASSWORD=PASSWORD)
    assert labels(answer)[0]["alias"] == "zaphod@example.com"
    formats = check("pexip", "list-registrations", "--disco-format", "--show-names")
    assert formats.stdout.startswith("<data><element>alias</element>")


def test_help_and_list_counters_work(nodes: Nodes, check: Run) -> None:
    assert "--disco-show" in check("pexip", "list-nodes", "--help").stdout
    counters = nodes.check("--list-counters")
    assert (counters.stdout, counters.code) == ("pexip list-nodes has no counters\n", 0)
