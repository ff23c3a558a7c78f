"""REST tables as seen through `conductor network` and `conductor alarms`: pages, peers, encodings, errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import Run
from ..promises import PASSWORD
from .box import TABLES, Box, Struct, peer

PATH = "status/networkinterface"
TOTAL = "interfaces.total.count"


def rows(*numbers: int) -> list[Struct]:
    return [{"uuid": f"u{n}", "name": f"LAN{n}", "state": "up"} for n in numbers]


def offsets(box: Box) -> list[str]:
    return [asked.rpartition("offset=")[2] for asked in box.asked]


# -- pages


def test_a_table_of_many_pages_is_read_to_its_end(box: Box) -> None:
    box.tables[PATH] = [peer(*rows(*range(2500)))]
    assert box.check("network").perfdata[TOTAL] == "2500;;;0;"
    assert offsets(box) == ["0", "1000", "2000"]


def test_a_server_that_sends_shorter_pages_is_followed_by_what_came(box: Box) -> None:
    box.page_limit = 4
    box.tables[PATH] = [peer(*rows(*range(10))), peer(*rows(100, 101), address="192.0.2.51")]
    assert box.check("network").perfdata[TOTAL] == "12;;;0;"
    assert offsets(box) == ["0", "4", "8"]


def test_a_server_that_ignores_offset_and_limit_but_sends_all_is_asked_once(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = [peer(*rows(*range(1500)))]
    assert box.check("network").perfdata[TOTAL] == "1500;;;0;"
    assert len(box.asked) == 1


def test_the_same_page_for_ever_is_unknown(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = [peer(*rows(1), total=123)]
    answer = box.check("network")
    assert answer.summary == (
        f"the pages of {TABLES}{PATH} at conductor.test:443 do not end as they should: a page at offset 1 adds nothing"
    )
    assert (answer.code, len(box.asked)) == (3, 2)


def test_an_empty_page_that_promises_records_is_unknown(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = [peer(total=3)]
    answer = box.check("network")
    assert answer.summary.endswith("a page at offset 0 adds nothing")
    assert answer.code == 3


def test_pages_that_never_end_are_unknown(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.conductor.rest._MOST_PAGES", 3)
    box.page_limit = 1
    box.tables[PATH] = [peer(*rows(*range(50)))]
    answer = box.check("network")
    assert answer.summary.endswith("more than 3 pages")
    assert (answer.code, len(box.asked)) == (3, 3)


@pytest.mark.parametrize("rows_of_a_page", [1, 2, 3])
def test_records_without_uuid_are_told_apart_by_all_they_say(box: Box, rows_of_a_page: int) -> None:
    box.page_limit = rows_of_a_page
    box.tables[PATH] = [peer(*({"name": f"LAN{n}", "state": "up"} for n in range(3)))]
    assert box.check("network").perfdata[TOTAL] == "3;;;0;"


def test_records_of_a_page_that_are_alike_count_each(box: Box) -> None:
    box.tables[PATH] = [peer({"name": "LAN", "state": "up"}, {"name": "LAN", "state": "up"})]
    assert box.check("network").perfdata[TOTAL] == "2;;;0;"


# -- peers


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"num_recs": -1, "records": []}, "its records could not be computed (num_recs -1)"),
        ({"num_recs": "-1"}, "its records could not be computed (num_recs -1)"),
        ({"num_recs": 0}, "no records"),
        ({"num_recs": 1, "records": None}, "no records"),
        ({"num_recs": "many", "records": []}, "no number of records"),
        ({"records": []}, "no number of records"),
    ],
)
def test_a_peer_that_has_no_records_is_unknown(box: Box, part: Struct, line: str) -> None:
    box.documents[f"{TABLES}{PATH}"] = [peer(*rows(1)), {"peer": "192.0.2.51", **part}]
    answer = box.check("network")
    assert (answer.summary, answer.code) == (f"{PATH} of peer 192.0.2.51: {line}", 3)
    assert answer.perfdata[TOTAL] == "1;;;0;"


def test_numbers_as_text_are_numbers(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = [{"peer": "192.0.2.50", "num_recs": "2", "records": rows(1, 2)}]
    assert box.check("network").perfdata[TOTAL] == "2;;;0;"


def test_a_peer_without_address_is_one_nevertheless(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = [{"num_recs": 1, "records": rows(1)}, {"peer": None, "num_recs": -1}]
    assert box.check("network").summary == (
        f"{PATH} of peer without address: its records could not be computed (num_recs -1)"
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no list of peers"),
        ([], "no list of peers"),
        ([1], "no list of peers"),
        ([{"peer": "a", "num_recs": 1, "records": [1]}], "a record is not an object"),
        ("null", "no list of peers"),
    ],
)
def test_another_shape_is_unknown(box: Box, document: Any, reason: str) -> None:
    box.documents[f"{TABLES}{PATH}"] = document
    answer = box.check("network")
    assert (
        answer.summary
        == f"the answer of conductor.test:443 to {TABLES}{PATH} has another shape than expected: {reason}"
    )
    assert answer.code == 3
    assert box.check("network", "--unreachable-state", "critical").code == 2


# -- XML


def test_a_table_in_xml_is_read(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = (
        '<?xml version="1.0"?>\n<peers><peer><peer>192.0.2.50</peer><num_recs>2</num_recs><records>'
        "<record><uuid>a</uuid><name>LAN1</name><state>up</state></record>"
        "<record><uuid>b</uuid><name>LAN2</name><state>down</state><speed/></record></records></peer>"
        "<peer><peer>192.0.2.51</peer><num_recs>-1</num_recs><records/></peer></peers>"
    )
    answer = box.check("network")
    assert answer.summary == (
        f"{PATH} of peer 192.0.2.51: its records could not be computed (num_recs -1) / LAN2 on 192.0.2.50: down"
    )
    assert answer.perfdata[TOTAL] == "2;;;0;"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE peers SYSTEM 'x'><peers/>", "not acceptable XML: it holds a DTD or entities"),
        ("<peers>", "not acceptable XML: no element found in line 1"),
        ("<a>" * 100, "not acceptable XML: nested too deep"),
        ("<peers/>", "another shape than expected: no list of peers"),
        ("<html><form>Login</form></html>", "a login page came instead of data"),
        ("{", "is not JSON"),
    ],
)
def test_what_is_neither_json_nor_a_table_in_xml_is_unknown(box: Box, body: str, words: str) -> None:
    box.documents[f"{TABLES}{PATH}"] = body
    answer = box.check("network")
    assert words in answer.summary
    assert answer.code == 3


# -- errors


@pytest.mark.parametrize(
    ("status", "code", "summary"),
    [
        (400, "20", "conductor.test:443 answered {path} with error 20: words"),
        (404, "10", "conductor.test:443 answered {path} with error 10: words"),
        (404, "100:404", "{path} is not supported by this version of Cisco TelePresence Conductor (HTTP 404)"),
        (503, "70", "conductor.test:443 failed to answer {path}: HTTP 503: words"),
        (507, "40", "conductor.test:443 failed to answer {path}: HTTP 507: words"),
        (500, "60:10", "conductor.test:443 failed to answer {path}: HTTP 500: words"),
        (401, "100:401", "authentication failed for account 'admin' at conductor.test:443: HTTP 401"),
        (200, "60", "conductor.test:443 answered {path} with error 60: words"),
    ],
)
def test_errors_are_told_in_the_words_of_the_api(box: Box, status: int, code: str, summary: str) -> None:
    box.documents[f"{TABLES}{PATH}"] = (status, {"details": {}, "error_code": code, "message": "words"})
    answer = box.check("network")
    assert (answer.summary, answer.code) == (summary.format(path=f"{TABLES}{PATH}"), 3)


def test_an_error_without_its_parts_is_told_by_its_status(box: Box) -> None:
    box.documents[f"{TABLES}{PATH}"] = (418, {"error_code": "20"})
    assert box.check("network").summary.endswith("with error 20: no message")
    box.documents[f"{TABLES}{PATH}"] = (418, ["teapot"])
    assert "refused" in box.check("network").summary


def test_rest_is_asked_with_basic_authentication_for_json(box: Box) -> None:
    box.tables[PATH] = [peer(*rows(1))]
    answer = box.check("network", "-vvv")
    assert "> Accept: application/json" in answer.long_output
    assert "> Authorization: ***" in answer.long_output
    assert PASSWORD not in answer.stdout


# -- --field, --peer, cache


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("state", "UNKNOWN: --field: 'state' is not NAME=KEY"),
        ("state=", "UNKNOWN: --field: 'state=' is not NAME=KEY"),
        ("colour=x", "UNKNOWN: --field: there is no field 'colour', but address, name, speed, state"),
    ],
)
def test_a_field_that_there_is_not_is_an_option_error(box: Box, given: str, line: str) -> None:
    answer = box.check("network", "--field", given)
    assert (answer.first_line, answer.code, box.asked) == (line, 3, [])


def test_the_same_field_can_be_named_twice(box: Box) -> None:
    box.tables[PATH] = [peer({"name": "LAN1", "a": "up"}, {"name": "LAN2", "b": "up"})]
    assert box.check("network", "--field", "state=a", "--field", "state=b").code == 0
    answer = box.check("network", "--field", "state=a")
    assert answer.summary.startswith("state of a network interface is missing: looked for a in ")


def test_keys_with_braces_and_bars_are_only_text(box: Box) -> None:
    box.tables[PATH] = [peer({"name": "LAN1", "{0} | {x!r}": 1})]
    answer = box.check("network")
    assert "keys seen: name, {0} / {x!r}; name it" in answer.summary


def test_the_help_tells_the_known_keys(check: Run) -> None:
    answer = check("conductor", "network", "--help")
    assert " ".join(answer.stdout.split()).count("state: state status link") == 1


def test_a_cached_table_keeps_addresses_and_asks_nothing(box: Box) -> None:
    box.tables[PATH] = [peer({"name": "LAN1", "state": "up", "address": "192.0.2.50", "password": "hunter22"})]
    expression = ("--warning-interface-status", "%{address} eq '192.0.2.50'", "--cache", "60")
    assert [box.check("network", *expression).code for _ in range(2)] == [1, 1]
    assert len(box.asked) == 1
    box.check("network", *expression, "--field", "address=ip")
    assert len(box.asked) == 2


def test_a_record_may_hold_anything(box: Box) -> None:
    odd = {"name": ["a"], "state": {"b": 1}, "speed": True, "address": 7}
    box.tables[PATH] = [peer(odd, json.loads('{"name": "x | y", "state": "up", "speed": null}'))]
    answer = box.check("network")
    assert answer.code == 3
    assert "name of a network interface is unreadable (a list)" in answer.summary
