"""conductor licenses."""

from __future__ import annotations

from typing import Any

import pytest

from .box import Box

PATH = "/api/4.0/multipartylicense"
NAME = "license.multiparty.count"


def test_each_number_is_named_by_the_path_of_its_keys(box: Box) -> None:
    box.documents[PATH] = {"PMP": {"total": 50, "used": 12}, "SMP": {"total": 5, "used": 1.5}}
    answer = box.check("licenses")
    assert answer.first_line == (
        "CONDUCTOR LICENSES OK - PMP.total 50, PMP.used 12, SMP.total 5, SMP.used 1.5 | "
        f"'PMP.total#{NAME}'=50;;;0; 'PMP.used#{NAME}'=12;;;0; 'SMP.total#{NAME}'=5;;;0; 'SMP.used#{NAME}'=1.5;;;0;"
    )
    assert (answer.long_output, answer.code, box.asked) == ([], 0, [PATH])


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"pmp_licenses": 50, "smp_licenses": "5"}, {"pmp_licenses": "50", "smp_licenses": "5"}),
        ([{"total": 1}, {"total": 2}], {"0.total": "1", "1.total": "2"}),
        ({"a": {"b": [{"c": 1}]}, "d": True, "e": None, "f": "many", "g": "12345678901"}, {"a.b.0.c": "1"}),
        (
            {"serial": 3, "option_key": 116341, "key": 9, "password": 8, "token": 7},
            {"serial": "3"},
        ),
    ],
)
def test_any_shape_is_read_but_no_secret(box: Box, document: Any, found: dict[str, str]) -> None:
    box.documents[PATH] = document
    answer = box.check("licenses")
    assert answer.perfdata == {f"{name}#{NAME}": f"{value};;;0;" for name, value in found.items()}
    assert answer.code == 0


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (
            "<r><PMP><total>5</total></PMP><SMP><total>700</total><used/></SMP></r>",
            {"PMP.total": "5", "SMP.total": "700"},
        ),
        ("<r><a><total>1</total></a><a><total>2</total></a></r>", {"a.0.total": "1", "a.1.total": "2"}),
        ("<total>7</total>", {"total": "7"}),
        ("<r><PMP><password>8</password><total>5</total></PMP></r>", {"PMP.total": "5"}),
    ],
)
def test_numbers_in_xml_are_named_alike(box: Box, document: str, found: dict[str, str]) -> None:
    box.documents[PATH] = document
    answer = box.check("licenses", "--critical-licenses", "800")
    assert answer.perfdata == {f"{name}#{NAME}": f"{value};;800;0;" for name, value in found.items()}
    assert answer.code == 0


@pytest.mark.parametrize("around", ["{}", "<error>{}</error>", "<a><b><PMP>5</PMP>{}</b></a>"])
def test_an_error_in_xml_is_no_licence_wherever_it_stands(box: Box, around: str) -> None:
    error = "<error_code>60</error_code><message>internal</message>"
    box.documents[PATH] = f"<r>{around.format(error)}</r>"
    answer = box.check("licenses")
    assert answer.summary == f"conductor.test:443 answered {PATH} with error 60: internal"
    assert (answer.perfdata, answer.code) == ({}, 3)


@pytest.mark.parametrize(("limit", "code"), [("12", 0), ("11", 1)])
def test_thresholds_on_those_that_are_chosen(box: Box, limit: str, code: int) -> None:
    box.documents[PATH] = {"PMP": {"total": 50, "used": 12}}
    answer = box.check("licenses", "--filter-name", "^PMP.used$", "--warning-licenses", limit)
    assert answer.code == code
    if code:
        assert answer.summary == "licences of PMP.used 12, above 11"


@pytest.mark.parametrize("document", [{}, [], {"PMP": "unlimited"}, "null", {"PMP": {}}])
def test_no_number_at_all_is_unknown_with_the_keys_seen(box: Box, document: Any) -> None:
    box.documents[PATH] = document
    answer = box.check("licenses")
    seen = "PMP" if "PMP" in document else "none"
    assert answer.summary.startswith(f"no number in {PATH}, keys seen: {seen}")
    assert answer.code == 3


@pytest.mark.parametrize("page", ["<html><p>404</p></html>", "<!-- x --><HTML><p>404</p></HTML>"])
def test_numbers_of_a_web_page_are_no_licences(box: Box, page: str) -> None:
    box.documents[PATH] = page
    answer = box.check("licenses")
    assert answer.summary.endswith("has another shape than expected: it is a web page")
    assert answer.code == 3


def test_a_filter_that_leaves_nothing_says_so(box: Box) -> None:
    box.documents[PATH] = {"PMP": 1}
    answer = box.check("licenses", "--filter-name", "SMP")
    assert (answer.summary, answer.code) == ("no licence figure matches the filters (1 seen)", 3)


def test_a_version_without_it_is_not_supported(box: Box) -> None:
    answer = box.check("licenses")
    assert answer.summary == f"{PATH} is not supported by this version of Cisco TelePresence Conductor (HTTP 404)"
    assert answer.code == 3
