"""conductor api and list-…"""

from __future__ import annotations

import json

import pytest

from .box import Box, lost, peer
from .structs import GUEST_PIN, PIN, conference

STATUS, CONFIGURATION = "status/conferencefactory/mcustatus", "configuration/conferencefactory/mcuinfo"
POOLS, PEERS = "configuration/conferencefactory/pools", "status/clusterpeer"


@pytest.fixture
def box(box: Box) -> Box:
    box.tables = {
        STATUS: [
            peer(
                {"uuid": "1", "mcu_uuid": "b", "name": "ts1", "type": "tsmcu", "status": "active"},
                {"uuid": "2", "mcu_uuid": "a", "name": "mcu1", "type": "mcu", "status": "unusable"},
            )
        ],
        CONFIGURATION: [peer({"uuid": "a", "address": "192.0.2.60", "pool": "sd", "password": "hunter22"})],
        POOLS: [peer({"uuid": "p", "name": "pool-hd", "type": "tsmcu", "description": "HD & more"})],
        PEERS: [
            peer({"address": "192.0.2.50", "state": "Active"}, {"address": "192.0.2.51", "state": "Failed"}),
            peer({"address": "192.0.2.50", "state": "Active"}, address="192.0.2.51"),
        ],
    }
    box.methods["conference.enumerate"] = {
        "conferences": [conference(2, factoryTemplateType="lesson", locked=True), conference(1)]
    }
    return box


def test_bridges(box: Box) -> None:
    answer = box.check("list-bridges")
    assert answer.stdout.splitlines()[:3] == [
        "name  address     type   status    pool",
        "mcu1  192.0.2.60  mcu    unusable  sd",
        "ts1   -           tsmcu  active    -",
    ]
    assert answer.code == 0


def test_conferences(box: Box) -> None:
    answer = box.check("list-conferences")
    assert answer.stdout.splitlines() == [
        "name               template  encryption  locked  cascaded",
        "meet.room1.100001  meet      optional    no      no",
        "meet.room2.100002  lesson    optional    yes     no",
    ]
    assert PIN not in answer.stdout
    assert GUEST_PIN not in answer.stdout
    assert answer.code == 0


def test_pools_for_centreon(box: Box) -> None:
    assert box.check("list-pools", "--disco-format").stdout == (
        "<data><element>name</element><element>type</element><element>description</element></data>\n"
    )
    answer = box.check("list-pools", "--disco-show")
    assert answer.stdout == '<data><label name="pool-hd" type="tsmcu" description="HD &amp; more"/></data>\n'


def test_peers_for_icinga_director(box: Box) -> None:
    answer = box.check("list-peers", "--output", "json")
    assert json.loads(answer.stdout) == [
        {"address": "192.0.2.50", "state": "Active"},
        {"address": "192.0.2.51", "state": "Failed"},
    ]


def test_filters(box: Box) -> None:
    assert box.check("list-bridges", "--filter-type", "tsmcu").stdout.splitlines()[1].startswith("ts1 ")
    assert "lesson" not in box.check("list-conferences", "--exclude-template", "lesson").stdout


@pytest.mark.parametrize(
    ("mode", "table", "key", "words"),
    [
        ("list-bridges", STATUS, "status", "status of 2 bridges is missing"),
        ("list-pools", POOLS, "name", "name of a pool is missing"),
        ("list-peers", PEERS, "state", "state of 2 peers is missing"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_no_list(box: Box, mode: str, table: str, key: str, words: str) -> None:
    for part in box.tables[table]:
        part["records"] = [{k: v for k, v in row.items() if k != key} for row in part["records"]]
    answer = box.check(mode, "--disco-show")
    assert answer.first_line.startswith(f"CONDUCTOR {mode.upper()} UNKNOWN - ")
    assert words in answer.first_line
    assert "<data>" not in answer.stdout
    assert answer.code == 3


def test_a_lost_peer_does_not_hide_the_others_but_all_of_them_do(box: Box) -> None:
    box.tables[PEERS] = [box.tables[PEERS][0], lost("192.0.2.51")]
    assert box.check("list-peers").code == 0
    box.tables[PEERS] = [lost("192.0.2.50")]
    assert box.check("list-peers").code == 3


# -- api


def test_the_api_answers(box: Box) -> None:
    box.documents["/status"] = "anything at all"
    answer = box.check("api", "--cache", "300")
    assert answer.summary.startswith("REST API answers in ")
    assert list(answer.perfdata) == ["api.response.time.seconds"]
    assert (answer.code, box.asked) == (0, ["/status"])


@pytest.mark.parametrize(("status", "words"), [(404, "is not supported"), (500, "failed to answer /status: HTTP 500")])
def test_an_api_that_fails_is_unknown(box: Box, status: int, words: str) -> None:
    box.documents["/status"] = status
    answer = box.check("api")
    assert words in answer.summary
    assert answer.code == 3


@pytest.mark.parametrize("page", ["<html><p>It works</p></html>", "\n<!DOCTYPE HTML>\n<html>"])
def test_another_web_server_is_no_api(box: Box, page: str) -> None:
    box.documents["/status"] = page
    answer = box.check("api")
    assert answer.summary.endswith("another shape than expected: it is a web page")
    assert (answer.perfdata, answer.code) == ({}, 3)


def test_a_login_page_is_no_answer(box: Box) -> None:
    box.documents["/status"] = "<html><title>Login</title></html>"
    answer = box.check("api")
    assert answer.summary.endswith("a login page came instead of data")
    assert answer.code == 3
