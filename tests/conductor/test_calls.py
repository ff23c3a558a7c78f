"""Calls of XML-RPC methods, as seen through `conductor health`."""

from __future__ import annotations

import xmlrpc.client

import pytest

from ..promises import PASSWORD
from .conductor import VIRTUAL, Conductor, answered, fault, value

SHAPE = "CONDUCTOR HEALTH UNKNOWN - the answer of conductor.test:443 to /RPC2 has another shape than expected: "
NOT_XML = "CONDUCTOR HEALTH UNKNOWN - the answer of conductor.test:443 to /RPC2 is not acceptable XML: "


def test_the_account_goes_inside_the_struct_and_nothing_else(conductor: Conductor) -> None:
    assert conductor.check("health", "-u", "monitor & co").code == 0
    (sent,) = conductor.requests
    (members,), method = xmlrpc.client.loads(sent)
    assert method == "factory.health.query"
    assert members == {"authenticationUser": "monitor & co", "authenticationPassword": PASSWORD}


def test_the_default_account_is_admin(conductor: Conductor) -> None:
    conductor.check("health")
    assert "<string>admin</string>" in conductor.requests[0]


@pytest.mark.parametrize("password", ["<&>'\"]]>", "pässwörd"])
def test_any_password_reaches_the_device(conductor: Conductor, password: str) -> None:
    answer = conductor.check("health", password=password)
    assert answer.code == 0
    assert password not in answer.stdout


@pytest.mark.parametrize(
    ("code", "meaning"), [(14, "authorization failed"), (15, "insufficient privileges"), ("14", "authorization failed")]
)
def test_faults_of_the_account_say_to_check_it(conductor: Conductor, code: object, meaning: str) -> None:
    conductor.body = fault(code, "whatever")
    answer = conductor.check("health", "-u", "monitor")
    assert answer.first_line == (
        "CONDUCTOR HEALTH UNKNOWN - authentication failed for account 'monitor' at conductor.test:443: "
        f"fault {code}, {meaning}: check the account and its rights"
    )
    assert answer.code == 3


@pytest.mark.parametrize("code", [1, 14, 15, 101, 201])
def test_a_fault_is_unknown_whatever_the_unreachable_state(conductor: Conductor, code: int) -> None:
    conductor.body = fault(code, "no")
    assert conductor.check("health", "--unreachable-state", "critical").code == 3


@pytest.mark.parametrize(
    ("code", "text"), [(1, "method not supported"), (201, "operation failed"), (101, "missing parameter - x")]
)
def test_other_faults_are_told_with_code_and_text(conductor: Conductor, code: int, text: str) -> None:
    conductor.body = fault(code, text)
    answer = conductor.check("health")
    assert answer.first_line == (
        f"CONDUCTOR HEALTH UNKNOWN - conductor.test:443 answered factory.health.query with fault {code}: {text}"
    )


def test_an_error_in_a_struct_is_an_error_too(conductor: Conductor) -> None:
    conductor.body = answered({"status": "error", "info": "The request | failed", "faultCode": "201"})
    assert conductor.check("health").summary == (
        "conductor.test:443 answered factory.health.query with fault 201: The request / failed"
    )
    conductor.body = answered({"status": "error", "info": "no", "faultCode": "15"})
    assert "fault 15, insufficient privileges: check the account" in conductor.check("health").summary


@pytest.mark.parametrize("status", [500, 502, 403])
def test_http_errors_take_the_unreachable_state(conductor: Conductor, status: int) -> None:
    conductor.status = status
    assert conductor.check("health", "--unreachable-state", "critical").code == 2


# -- tolerance


@pytest.mark.parametrize(
    ("what", "becomes"),
    [
        ("string>", "String>"),
        ("struct>", "Struct>"),
        ("int>", "i4>"),
        ("int>", "Int>"),
        ("methodResponse>", "MethodResponse>"),
        ("<string>N/A</string>", "N/A"),
        ("<?xml version='1.0'?>", ""),
        ("<?xml version='1.0'?>", "<?xml version='1.0' encoding='ISO-8859-1'?>"),
        ("\n", "\r\n  "),
    ],
)
def test_odd_but_readable_xml_is_read(conductor: Conductor, what: str, becomes: str) -> None:
    plain = conductor.check("health").first_line
    conductor.body = conductor.body.replace(what, becomes).strip()
    assert conductor.check("health").first_line == plain


def test_members_nobody_knows_do_not_matter(conductor: Conductor) -> None:
    conductor.body = answered({**VIRTUAL, "pin": "4711", "new_member": 1})
    answer = conductor.check("health", "-v")
    assert answer.code == 0
    assert "4711" not in answer.stdout


# -- what is no answer


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("<methodResponse><params/></methodResponse>", SHAPE + "no XML-RPC answer"),
        ("<html><body>Hello</body></html>", SHAPE + "no XML-RPC answer"),
        (answered({}).replace("struct", "surprise"), SHAPE + "no XML-RPC answer"),
        (
            "<methodResponse><params><param><value><array><data></data></array></value></param></params></methodResponse>",
            SHAPE + "the answer is not a struct",
        ),
        (
            f"<methodResponse><params><param><value>{value('hello')}</value></param></params></methodResponse>",
            SHAPE + "the answer is not a struct",
        ),
        (fault(14, "x").replace("faultString", "faultText"), SHAPE + "no XML-RPC answer"),
    ],
)
def test_xml_of_another_shape_is_unknown(conductor: Conductor, body: str, line: str) -> None:
    conductor.body = body
    answer = conductor.check("health")
    assert (answer.first_line, answer.code) == (line, 3)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("<int>some</int>", "is unreadable (text)"),
        ("<boolean>some</boolean>", "is unreadable (text)"),
        ("<int></int>", "is null or empty"),
        ("<double/>", "is null or empty"),
    ],
)
def test_a_number_that_is_none_is_named_and_the_rest_is_measured(conductor: Conductor, number: str, line: str) -> None:
    conductor.body = answered({**VIRTUAL, "cpu_load_5": 77}).replace("<int>77</int>", number)
    answer = conductor.check("health")
    assert (answer.summary, answer.code) == (f"cpu_load_5 of a health report {line}", 3)
    measured = {"system.cpu.load.1m.count", "system.cpu.load.15m.count", "system.memory.committed.bytes"}
    assert measured <= set(answer.perfdata)


@pytest.mark.parametrize("words", ["<string></string>", "<string> </string>", "<nil/>"])
def test_an_error_without_words_is_said_to_be_one(conductor: Conductor, words: str) -> None:
    conductor.body = answered({"status": "error", "info": "WORDS", "faultCode": ""}).replace(
        "<string>WORDS</string>", words
    )
    answer = conductor.check("health")
    line = "conductor.test:443 answered factory.health.query with"
    assert (answer.summary, answer.code) == (f"{line} an error without words", 3)
    conductor.body = fault(7, "WORDS").replace("<string>WORDS</string>", words)
    assert conductor.check("health").summary == f"{line} fault 7: an error without words"


@pytest.mark.parametrize(
    "body",
    [
        "Starting. Please wait.",
        answered(VIRTUAL)[:300],
        "{}",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>" + answered(VIRTUAL).partition("\n")[2],
        "<!DOCTYPE x [<!ENTITY a 'b'>]><methodResponse>&a;</methodResponse>",
        "<a>" * 5000,
    ],
)
def test_what_is_no_acceptable_xml_is_unknown(conductor: Conductor, body: str) -> None:
    conductor.body = body
    answer = conductor.check("health")
    assert answer.first_line.startswith(NOT_XML)
    assert answer.code == 3


@pytest.mark.parametrize("code", ["9" * 5000, "²", "1" * 400])
def test_a_fault_of_which_the_code_is_any_text_is_told(conductor: Conductor, code: str) -> None:
    conductor.body = fault(code, "odd")
    answer = conductor.check("health")
    assert answer.first_line.startswith(
        "CONDUCTOR HEALTH UNKNOWN - conductor.test:443 answered factory.health.query with fault "
    )
    assert answer.summary.endswith(": odd")
    assert answer.code == 3


@pytest.mark.parametrize("code", ["<array><data></data></array>", "<string>x</string>", "<nil/>"])
def test_a_fault_of_which_the_code_is_no_number_is_unknown(conductor: Conductor, code: str) -> None:
    conductor.body = fault(99, "odd").replace("<int>99</int>", code)
    answer = conductor.check("health")
    assert answer.first_line.startswith("CONDUCTOR HEALTH UNKNOWN - ")
    assert answer.code == 3


def test_an_empty_body_and_a_login_page_are_told_apart(conductor: Conductor) -> None:
    conductor.body = ""
    assert conductor.check("health").summary == "empty answer of conductor.test:443 to /RPC2"
    conductor.body = "<html><head><title>Login</title></head></html>"
    assert conductor.check("health").summary.endswith("a login page came instead of data")
