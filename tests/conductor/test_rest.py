"""Answers of the REST APIs, as seen through `conductor network` and `conductor provisioning`."""

from __future__ import annotations

import json

import pytest

from ..promises import PASSWORD
from .box import INTERFACES, TABLES, Box, interfaces, peer

TOTAL = "interfaces.total.count"


# -- XML


def test_a_table_in_xml_is_read(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = (
        '<?xml version="1.0"?>\n<peers><peer><peer>192.0.2.50</peer><num_recs>2</num_recs><records>'
        "<record><uuid>a</uuid><name>LAN1</name><state>up</state></record>"
        "<record><uuid>b</uuid><name>LAN2</name><state>down</state><speed/></record></records></peer>"
        "<peer><peer>192.0.2.51</peer><num_recs>-1</num_recs><records/></peer></peers>"
    )
    answer = box.check("network")
    assert answer.summary == (
        f"{INTERFACES} of peer 192.0.2.51: its records could not be computed (num_recs -1) / LAN2 on 192.0.2.50: down"
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
    box.documents[f"{TABLES}{INTERFACES}"] = body
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
    box.documents[f"{TABLES}{INTERFACES}"] = (status, {"details": {}, "error_code": code, "message": "words"})
    answer = box.check("network")
    assert (answer.summary, answer.code) == (summary.format(path=f"{TABLES}{INTERFACES}"), 3)


def test_an_error_without_its_parts_is_told_by_its_status(box: Box) -> None:
    box.documents[f"{TABLES}{INTERFACES}"] = (418, {"error_code": "20"})
    assert box.check("network").summary.endswith("with error 20: no message")
    box.documents[f"{TABLES}{INTERFACES}"] = (418, ["teapot"])
    assert "refused" in box.check("network").summary


def test_rest_is_asked_with_basic_authentication_for_json(box: Box) -> None:
    box.tables[INTERFACES] = [peer(*interfaces(1))]
    answer = box.check("network", "-vvv")
    assert "> Accept: application/json" in answer.long_output
    assert "> Authorization: ***" in answer.long_output
    assert PASSWORD not in answer.stdout


# -- large objects

BUNDLES = "/api/4.0/confbundles/"


def counted(box: Box, document: str) -> str:
    """How many conference bundles a document holds as `conductor provisioning` tells it, else its first line."""
    box.documents[BUNDLES] = document
    answer = box.check("provisioning", "--filter-counters", "bundles-total")
    return answer.perfdata.get("bundles.total.count", answer.summary).partition(";")[0]


@pytest.mark.parametrize(
    "document",
    [
        '{"a": "1", "b": "2"}',
        ' {\n"a" : "1"\t,\r\n "b":"2" } \n',
        '{"a": "1", "b": "2", "a": "3"}',
        '{"a": "1", "b": null}',
        '{"a": {"c": "1", "d": "2"}, "b": "2"}',
        '{"a": "1", "b \\" , \\"c\\": \\"": "2"}',
        '{"a": "1", "\u00fc": "2"}',
        '{"\\u0061": "1", "a": "2", "b": "3"}',
    ],
)
def test_the_members_of_an_object_are_counted_as_they_are_read(box: Box, document: str) -> None:
    assert len(json.loads(document)) == 2
    assert counted(box, document) == "2"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ('{"a": "1", "b": "2"', "is not JSON"),
        ('{"a": "1", "b": "2",}', "is not JSON"),
        ('{"a": "1" "b": "2"}', "is not JSON"),
        ('{"a": "1", "b": "2"} and more', "is not JSON"),
        ('\x0b{"a": "1"}', "is not JSON"),
        ('{"a": "1", "error_code": "40", "message": "a limit"}', "with error 40: a limit"),
        ('["a", "b"]', "another shape than expected: no object"),
    ],
)
def test_what_is_no_such_object_is_not_counted(box: Box, document: str, words: str) -> None:
    assert words in counted(box, document)
