"""Faults in what the devices say: broken documents, hostile values, pages that lead nowhere."""

from __future__ import annotations

import gzip
import math
import xmlrpc.client
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

import pytest

from .client import Client, Reply
from .playing import PARTICIPANT, ask, playing, replies, rows

_MIB = 1024 * 1024


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def _is_broken_json_or_xml(reply: Reply) -> bool:
    try:
        xmlrpc.client.loads(reply.body) if "xml" in reply.headers["Content-Type"] else reply.json
    except (ValueError, expat.ExpatError, xmlrpc.client.ResponseError):
        return True
    return False


def _has_null_rows(reply: Reply) -> bool:
    return all(row and set(row.values()) == {None} for row in rows(reply))


def _has_hostile_names(reply: Reply) -> bool:
    names = [leaf for leaf in leaves(rows(reply)) if isinstance(leaf, str) and " | '1'=" in leaf]
    if "conductor" not in reply.headers["Content-Type"] and "xml" in reply.headers["Content-Type"]:
        return all("\n" in name and "\u202e" in name and "::" in name for name in names) and bool(names)
    return all("\x1b[31m" in name and "\r\n" in name for name in names)


def _has_text_numbers(reply: Reply) -> bool:
    values = leaves(rows(reply))
    if "xml" in reply.headers["Content-Type"] or "objects" in reply.json:
        return not any(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return all(isinstance(value, (int, float)) for value in values)


def _is_cut(reply: Reply) -> bool:
    return int(reply.headers["Content-Length"]) == len(reply.body) and _is_broken_json_or_xml(reply)


def _is_not_finite(reply: Reply) -> bool:
    texts = {"NaN", "Infinity", "-Infinity", "1e999"}
    return any(
        leaf in texts if isinstance(leaf, str) else isinstance(leaf, float) and not math.isfinite(leaf)
        for leaf in leaves(rows(reply))
    )


def _is_deep(reply: Reply) -> bool:
    return reply.body.count(b"[") == 100_000 or reply.body.count(b"<array>") == 100_000


def _is_damaged_gzip(reply: Reply) -> bool:
    try:
        gzip.decompress(reply.body)
    except (zlib.error, OSError, EOFError):
        return reply.headers["Content-Encoding"] == "gzip"
    return False


def _holds_wrong_types(reply: Reply) -> bool:
    row = rows(reply)[0]
    return all(isinstance(value, (list, dict)) or value in ("many", None) for value in row.values())


def _is_of_other_shape(reply: Reply) -> bool:
    if "xml" in reply.headers["Content-Type"]:
        return isinstance(xmlrpc.client.loads(reply.body)[0][0], list)
    return isinstance(reply.json, list)


BODIES: dict[str, Callable[[Reply], bool]] = {
    "login-page-200": lambda reply: b"<title>Login</title>" in reply.body,
    "empty-body": lambda reply: reply.body == b"" and reply.headers["Content-Length"] == "0",
    "not-json": _is_broken_json_or_xml,
    "truncated-body": _is_cut,
    "wrong-shape": _is_of_other_shape,
    "rows-not-objects": lambda reply: not any(isinstance(row, dict) for row in rows(reply)),
    "null-fields": _has_null_rows,
    "missing-fields": lambda reply: {len(row) for row in rows(reply)} == {0},
    "text-numbers": _has_text_numbers,
    "wrong-types": _holds_wrong_types,
    "nan-json": _is_not_finite,
    "hostile-text": _has_hostile_names,
    "invalid-utf8": lambda reply: b"\xff\xfe" in reply.body and _is_broken_json_or_xml(reply),
    "deep-json": _is_deep,
    "huge-body": lambda reply: len(reply.body) > 64 * _MIB,
    "bad-gzip": _is_damaged_gzip,
    "xml-dtd": lambda reply: b"<!DOCTYPE methodResponse SYSTEM" in reply.body,
    "xml-entities": lambda reply: b'<!ENTITY a9 "&a8;' in reply.body and b">&a9;<" in reply.body,
    "xml-capitalised-tags": lambda reply: b"<String>" in reply.body and b"<string>" not in reply.body,
}


@pytest.mark.parametrize(("fault", "shows"), BODIES.items())
def test_the_body_shows_the_fault_with_status_200(fault: str, shows: Callable[[Reply], bool]) -> None:
    for reply in replies(fault):
        assert reply.status == 200
        assert shows(reply)


def test_hostile_names_are_long_too_and_stay_the_same_wherever_they_stand() -> None:
    hostile = playing("hostile-text", participants=30, systems=("pexip",))
    with hostile as simulator, Client(simulator, simulator.pexip) as client:
        conferences = {row["name"] for row in client.get("status/v1/conference/").objects}
        participants = client.get(PARTICIPANT, limit=0).objects
    assert {row["conference"] for row in participants} <= conferences
    assert max(len(row["display_name"].encode()) for row in participants) > 8_000
    assert min(len(row["display_name"]) for row in participants) < 200


def test_json_that_is_not_finite_holds_the_literals() -> None:
    pexip, *_ = replies("nan-json")
    assert b": 1e999" in pexip.body
    assert b": NaN" in pexip.body


def test_the_bomb_inflates_to_a_gibibyte() -> None:
    with playing("gzip-bomb", systems=("trio",)) as simulator, Client(simulator, simulator.trio) as client:
        reply = ask(client, simulator.trio)
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert len(inflate.decompress(reply.body, 65 * _MIB)) == 65 * _MIB
    assert int.from_bytes(reply.body[-4:], "little") == 1024 * _MIB
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.body) < 2 * _MIB


def _pages(fault: str, count: int) -> list[Any]:
    """So many pages of 20 of 45 participants, by `next`."""
    paging = playing(fault, systems=("pexip",), participants=45)
    with paging as simulator, Client(simulator, simulator.pexip) as client:
        pages = [client.get(PARTICIPANT).json]
        while len(pages) < count and pages[-1]["meta"]["next"]:
            pages.append(client.ask("GET", pages[-1]["meta"]["next"]).json)
    return pages


def _ids(page: Any) -> list[str]:
    return [row["id"] for row in page["objects"]]


def test_overlapping_pages_repeat_ten_rows_and_lose_none() -> None:
    first, second, third = _pages("pages-overlap", 4)
    assert _ids(second)[:10] == _ids(first)[-10:]
    assert _ids(third)[:10] == _ids(second)[-10:]
    assert len({*_ids(first), *_ids(second), *_ids(third)}) == 45


def test_the_same_page_is_repeated_for_ever() -> None:
    pages = _pages("pages-repeat", 5)
    assert len(pages) == 5
    assert {tuple(_ids(page)) for page in pages} == {tuple(_ids(pages[0]))}


def test_pages_never_end_and_each_has_new_rows() -> None:
    pages = _pages("pages-never-end", 8)
    ids = [one for page in pages for one in _ids(page)]
    assert len(ids) == len(set(ids)) == 160
    assert all(page["meta"]["total_count"] > page["meta"]["offset"] + 20 for page in pages)


def test_pages_after_the_first_are_empty_though_more_are_promised() -> None:
    pages = _pages("page-empty", 3)
    assert [len(page["objects"]) for page in pages] == [20, 0, 0]
    assert all(page["meta"]["next"] and page["meta"]["total_count"] > 60 for page in pages)


def test_errors_of_the_device_itself_stay_whole() -> None:
    with playing("empty-body", systems=("pexip",)) as simulator, Client(simulator, simulator.pexip) as client:
        assert client.ask("GET", f"/api/admin/{PARTICIPANT}", headers={}).status == 401
        assert client.get("status/v1/alarm/?limit=x").json["error"]
