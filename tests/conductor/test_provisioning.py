"""conductor provisioning."""

from __future__ import annotations

from typing import Any

import pytest

from .box import Box

BASE = "/api/4.0/"
PATHS = [f"{BASE}{name}" for name in ("confbundles/", "serviceinfo/", "qualities/", "sipdomain")]
BUNDLES, SERVICES, QUALITIES, DOMAIN = PATHS


@pytest.fixture
def box(box: Box) -> Box:
    box.documents = {
        BUNDLES: {"b4c761e6": "4a2b393a", "c218e5eb": "606297c5"},
        SERVICES: [{"service_id": "123456", "display_name": "SD MCUs"}],
        QUALITIES: [
            {"quality_group_name": "qualgroup_ts", "quality_group": [{"quality_id": "1"}, {"quality_id": "2"}]},
            {"quality_group_name": "qualgroup_mcu", "quality_group": []},
        ],
        DOMAIN: {"SIPDomain": "100.example-name.com"},
    }
    return box


FIGURES = "'bundles.total.count'=2;80000;95000;0;100000 'services.total.count'=1;;;0; 'qualities.total.count'=2;;;0;"


def test_what_is_provisioned(box: Box) -> None:
    answer = box.check("provisioning", "--expect-sipdomain", "100.Example-Name.com")
    assert answer.first_line == (f"CONDUCTOR PROVISIONING OK - 2 conference bundles, 1 Service Preference | {FIGURES}")
    assert (answer.long_output, answer.code, box.asked) == ([], 0, PATHS)


@pytest.mark.parametrize(("count", "code"), [(80_000, 0), (80_001, 1), (95_000, 1), (95_001, 2)])
def test_the_limit_of_the_product_is_what_is_judged_by_default(box: Box, count: int, code: int) -> None:
    box.documents[BUNDLES] = {f"{number}": "v" for number in range(count)}
    answer = box.check("provisioning")
    assert answer.perfdata["bundles.total.count"] == f"{count};80000;95000;0;100000"
    assert answer.code == code


@pytest.mark.parametrize(("label", "value"), [("services", 1), ("qualities", 2)])
def test_the_other_counters_have_thresholds(box: Box, label: str, value: int) -> None:
    assert box.check("provisioning", f"--critical-{label}-total", f"{value}:").code == 0
    assert box.check("provisioning", f"--critical-{label}-total", f"{value + 1}:").code == 2


@pytest.mark.parametrize(
    ("found", "shown"), [("else.example.net", "else.example.net"), (None, "nothing"), ("", "nothing")]
)
def test_another_sip_domain_than_expected_is_critical(box: Box, found: object, shown: str) -> None:
    box.documents[DOMAIN] = {"SIPDomain": found}
    answer = box.check("provisioning", "--expect-sipdomain", "example.net")
    assert answer.summary == f"--expect-sipdomain: expected example.net, found {shown}"
    assert (answer.perfdata["bundles.total.count"], answer.code) == ("2;80000;95000;0;100000", 2)


@pytest.mark.parametrize("around", ["{}", "<r>{}</r>", "<response><sipdomain>{}</sipdomain></response>"])
def test_the_sip_domain_in_xml_is_found_wherever_it_stands(box: Box, around: str) -> None:
    box.documents[DOMAIN] = around.format("<SIPDomain>example.net</SIPDomain>")
    assert box.check("provisioning", "--expect-sipdomain", "example.net").code == 0
    assert box.check("provisioning", "--expect-sipdomain", "example.com").code == 2


def test_the_sip_domain_can_be_judged(box: Box) -> None:
    box.documents[DOMAIN] = {"SIPDomain": None}
    answer = box.check("provisioning", "--warning-sipdomain", "%{domain} =~ /^$/")
    assert (answer.summary, answer.code) == ("SIP domain not set", 1)


def test_nothing_provisioned_is_ok(box: Box) -> None:
    box.documents.update({BUNDLES: {}, SERVICES: [], QUALITIES: []})
    assert box.check("provisioning").summary == "0 conference bundles, 0 Service Preferences"


@pytest.mark.parametrize(
    ("path", "document", "reason"),
    [
        (BUNDLES, "7", "no object"),
        (BUNDLES, ["b4c761e6"], "no object"),
        (SERVICES, {"services": [1, 2]}, "no list"),
        (QUALITIES, {"qualgroup_ts": []}, "no list of groups of qualities"),
        (QUALITIES, [{"quality_group_name": "x"}], "no list of groups of qualities"),
        (QUALITIES, [1], "no list of groups of qualities"),
        (DOMAIN, {}, "no SIPDomain"),
        (DOMAIN, {"sipdomain": "x"}, "no SIPDomain"),
        (DOMAIN, ["x"], "no SIPDomain"),
    ],
)
def test_another_shape_is_unknown(box: Box, path: str, document: Any, reason: str) -> None:
    box.documents[path] = document
    answer = box.check("provisioning")
    assert answer.summary == f"the answer of conductor.test:443 to {path} has another shape than expected: {reason}"
    assert answer.code == 3


@pytest.mark.parametrize("path", [BUNDLES, SERVICES])
@pytest.mark.parametrize("page", ["<html><h1>It works</h1></html>", "<error>busy</error>", "<a><b/><c/></a>"])
def test_xml_is_not_counted(box: Box, path: str, page: str) -> None:
    box.documents[path] = page
    answer = box.check("provisioning")
    assert answer.summary == f"the answer of conductor.test:443 to {path} is not JSON: it is HTML or XML"
    assert answer.code == 3


@pytest.mark.parametrize("path", PATHS)
def test_what_a_version_lacks_is_unknown_and_the_rest_is_measured(box: Box, path: str) -> None:
    del box.documents[path]
    answer = box.check("provisioning")
    assert answer.summary == f"{path} is not supported by this version of Cisco TelePresence Conductor (HTTP 404)"
    assert len(answer.perfdata) == (3 if path == DOMAIN else 2)
    assert (answer.code, len(box.asked)) == (3, 4)
