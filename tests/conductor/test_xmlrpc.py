"""XML-RPC answers to values: what is kept of them."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.conductor.markup import Refused, tree
from check_videoconf.conductor.xmlrpc import parse

NAMES = st.sampled_from(["name", "pin", "guestPin", "a", "b", "value", "struct", "member"])
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.text("abc <&>é", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)


def answer(value: Any) -> bytes:
    return xmlrpc.client.dumps((value,), methodresponse=True).encode()


def kept(value: Any, wanted: frozenset[str] | None) -> Any:
    """What should be left of a value, as simply as it can be said."""
    if isinstance(value, dict):
        return {
            name: kept(member, wanted)
            for name, member in value.items()
            if not name.lower().endswith("pin") and (wanted is None or name in wanted)
        }
    return [kept(member, wanted) for member in value] if isinstance(value, list) else value


@given(value=VALUES, wanted=st.none() | st.frozensets(NAMES))
def test_only_what_is_wanted_and_no_secret_becomes_a_value(value: Any, wanted: frozenset[str] | None) -> None:
    assert parse(answer(value), wanted) == [kept(value, wanted)]


def test_a_fault_is_one_whatever_is_wanted() -> None:
    fault = xmlrpc.client.dumps(xmlrpc.client.Fault(14, "authorization failed"), methodresponse=True).encode()
    with pytest.raises(xmlrpc.client.Fault, match="authorization failed"):
        parse(fault, {"participants"})


def test_dates_stay_text_and_binary_data_is_dropped() -> None:
    value = {"at": [xmlrpc.client.DateTime("20260302T12:00:00")], "data": xmlrpc.client.Binary(b"x")}
    assert parse(answer(value)) == [{"at": ["20260302T12:00:00"], "data": None}]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8", "UTF-8"])
def test_declared_encodings_are_read(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><a>é</a>"
    assert tree(text.encode(encoding)).text == "é"


@pytest.mark.parametrize("before", [b"\n\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_blanks_and_a_mark_before_the_declaration_do_not_disturb(before: bytes) -> None:
    assert parse(before + answer({"a": 1})) == [{"a": 1}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<String>a</String>", "a"), ("a &lt;b&gt; ", "a <b> "), ("<INT>7</INT>", 7), ("<i4>-7</i4>", -7),
        ("<i8>9999999999</i8>", 9999999999), ("<Boolean>1</Boolean>", True), ("<double>0.5</double>", 0.5),
        ("<nil/>", None),
        ("<datetime.iso8601>20260302T12:00:00</datetime.iso8601>", "20260302T12:00:00"), ("<string/>", ""), ("", ""),
        ("<Array><Data><value>a</value></Data></Array>", ["a"]), ("<struct></struct>", {}),
        ("<string><![CDATA[<a>]]></string>", "<a>"), ("<string>a<!-- b -->c</string>", "ac"),
    ],
)  # fmt: skip
def test_types_are_read_however_they_are_written(value: str, expected: object) -> None:
    body = f"<methodResponse><params><param><value>{value}</value></param></params></methodResponse>"
    assert parse(body.encode()) == [expected]


@pytest.mark.parametrize("tag", ["int", "i4", "i8", "Double", "Boolean"])
@pytest.mark.parametrize("text", ["", " ", "true", "N/A"])
def test_a_number_that_is_none_stays_text_and_the_next_member_is_not_lost(tag: str, text: str) -> None:
    members = "".join(
        f"<member><name>{name}</name><value>{value}</value></member>"
        for name, value in (("a", f"<{tag}>{text}</{tag}>"), ("b", "<int>2</int>"), ("c", "plain"))
    )
    body = f"<methodResponse><params><param><value><struct>{members}</struct></value></param></params></methodResponse>"
    assert parse(body.encode()) == [{"a": text, "b": 2, "c": "plain"}]
    assert parse(body.replace(f"<{tag}></{tag}>", f"<{tag}/>").encode()) == [{"a": text, "b": 2, "c": "plain"}]


BILLION_LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "doctype",
    [BILLION_LAUGHS, b'<!DOCTYPE a SYSTEM "/etc/passwd">', b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'],
)
def test_entities_are_not_expanded(doctype: bytes) -> None:
    with pytest.raises(Refused, match="DTD or entities"):
        parse(b"<?xml version='1.0'?>" + doctype + answer("&b;").partition(b"?>")[2])


@pytest.mark.parametrize("depth", [70, 100_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    with pytest.raises(Refused, match="nested too deep"):
        parse(b"<methodResponse><params><param>" + b"<value><array><data>" * depth)


def test_what_is_not_utf_8_is_read_with_a_mark() -> None:
    assert tree(b"<a>\xff</a>").text == "\ufffd"


@pytest.mark.parametrize("body", [b"", b"text", b"<a>", b"<a></b>", b"<!DOCTYPE a><a/>", b"<a>" * 65 + b"</a>" * 65])
def test_what_is_no_acceptable_xml_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        tree(body)


def test_elements_are_found_without_their_namespace() -> None:
    root = tree(b"<x:a xmlns:x='urn:x'><x:b>1</x:b><b>2<c/>3</b></x:a>")
    assert [(element.name, element.text) for element in root.walk()] == [("a", ""), ("b", "1"), ("b", "23"), ("c", "")]
