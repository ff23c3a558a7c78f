"""trio list-lines."""

from __future__ import annotations

import json

import pytest

from check_videoconf.simulator.trio_calls import Line

from .simulated import LINES_V1, Phone


@pytest.fixture
def phone_of_two(any_phone: Phone) -> Phone:
    any_phone.trio.set_lines(Line(2, "Küche <2>", state="Unregistered"), Line(1, "Room 1"))
    return any_phone


def test_lines_are_a_table_for_people(phone_of_two: Phone) -> None:
    answer = phone_of_two.check("list-lines")
    protocol = phone_of_two.data[LINES_V1][0].get("Protocol", "-")
    assert answer.stdout.splitlines() == [
        "line  label      state         protocol",
        f"1     Room 1     registered    {protocol}",
        f"2     Küche <2>  unregistered  {protocol}",
    ]
    assert (answer.code, phone_of_two.requests) == (0, ["GET v1/mgmt/lineInfo"])


def test_lines_are_xml_for_centreon(phone_of_two: Phone) -> None:
    answer = phone_of_two.check("list-lines", "--disco-show")
    assert answer.stdout.startswith('<data><label line="1" label="Room 1" state="registered" protocol="')
    assert '<label line="2" label="Küche &lt;2&gt;" state="unregistered"' in answer.stdout
    assert answer.stdout.endswith("/></data>\n")


def test_the_attributes_are_named_for_centreon_without_asking(phone_of_two: Phone) -> None:
    answer = phone_of_two.check("list-lines", "--disco-format")
    elements = "".join(f"<element>{name}</element>" for name in ("line", "label", "state", "protocol"))
    assert answer.stdout == f"<data>{elements}</data>\n"
    assert (answer.code, phone_of_two.requests) == (0, [])


def test_lines_are_json_for_icinga_director(phone_of_two: Phone) -> None:
    answer = phone_of_two.check("list-lines", "--output", "json")
    assert [line["label"] for line in json.loads(answer.stdout)] == ["Room 1", "Küche <2>"]


def test_a_phone_without_lines_has_none_to_list(any_phone: Phone) -> None:
    any_phone.trio.set_lines()
    answer = any_phone.check("list-lines")
    assert (answer.stdout, answer.code) == ("0 lines\n", 0)
    assert json.loads(any_phone.check("list-lines", "--output", "json").stdout) == []


def test_a_line_that_cannot_be_read_makes_no_list(any_phone: Phone) -> None:
    del any_phone.data[LINES_V1][0]["LineNumber"]
    answer = any_phone.check("list-lines", "--disco-show")
    assert (answer.first_line, answer.code) == ("TRIO LIST-LINES UNKNOWN - LineNumber of a line is missing", 3)
