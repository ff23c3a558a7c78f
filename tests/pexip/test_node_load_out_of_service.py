"""pexip node-load and the nodes that take no calls: their load means nothing."""

from __future__ import annotations

import pytest

from .manager import Manager
from .rows import NODE, ago, node, without
from .test_node_load import PATCHING, signaling


@pytest.mark.parametrize("kind", ["PROXYING", "proxying", "Proxying"])
def test_a_proxying_node_is_not_judged_however_it_is_spelt(manager: Manager, kind: str) -> None:
    manager.tables[NODE] = [node(1), node(2, 100, node_type=kind)]
    assert manager.check("node-load").code == 0


@pytest.mark.parametrize("flag", [True, "True", 1, "true"])
def test_maintenance_is_understood_in_every_spelling(manager: Manager, flag: object) -> None:
    manager.tables[NODE] = [node(1), node(2, 100, maintenance_mode=flag)]
    answer = manager.check("node-load")
    assert answer.long_output == ["lon-conf-02 is not judged: in maintenance"]
    assert answer.code == 0


def test_a_deployment_all_in_maintenance_says_that_nobody_takes_calls(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 100, maintenance_mode=True), PATCHING]
    answer = manager.check("node-load")
    assert answer.first_line == (
        "PEXIP NODE-LOAD OK - none of 2 nodes takes calls now"
        " | 'nodes.available.count'=0;;;0;2 'nodes.capacity.hd.count'=0;;;0;"
        f" {signaling('lon-conf-01')} {signaling('osl-conf-01')}"
    )
    assert manager.check("node-load", "--critical-nodes-available", "1:").summary == "nodes that take calls 0, below 1"


def test_a_node_whose_contact_times_are_missing_where_others_have_them_was_never_contacted(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), without(node(2, 0), "last_updated")]
    answer = manager.check("node-load")
    assert answer.long_output == ["lon-conf-02 is not judged: never contacted"]
    assert answer.perfdata["nodes.media.load.average.percentage"] == "41%;;;0;100"


@pytest.mark.parametrize("empty", [None, ""])
def test_an_older_version_tells_the_contact_otherwise(manager: Manager, empty: object) -> None:
    older = [
        {**without(row, "last_updated", "last_attempted_contact"), "last_reported": moment}
        for row, moment in [(node(1, 41), ago(20)), (node(2, 0), empty)]
    ]
    manager.tables[NODE] = older
    assert manager.check("node-load").long_output == ["lon-conf-02 is not judged: never contacted"]


def test_a_version_without_any_contact_time_judges_all_nodes(manager: Manager) -> None:
    manager.tables[NODE] = [without(node(number, 96), "last_updated", "last_attempted_contact") for number in (1, 2)]
    answer = manager.check("node-load")
    assert (answer.code, answer.long_output[2:]) == (2, [])


def test_an_unreadable_contact_time_is_not_taken_for_none(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 100, last_updated="a while ago")]
    assert manager.check("node-load").code == 2


@pytest.mark.parametrize("contact", [{}, [], 0, False])
def test_a_contact_of_another_type_is_not_taken_for_none_either(manager: Manager, contact: object) -> None:
    manager.tables[NODE] = [node(1), node(2, 96, last_updated=contact)]
    answer = manager.check("node-load")
    assert (answer.summary, answer.code) == ("media load of lon-conf-02 96 %, above 95 %", 2)


def test_a_node_that_reports_100_percent_without_a_token_in_use_takes_no_calls(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60), node(3, 100, name="aws-burst-02", media_tokens_used=0)]
    answer = manager.check("node-load")
    assert answer.summary == "2 of 3 nodes take calls, load 50.5 % on average, 60 % at most"
    assert answer.long_output == ["aws-burst-02 is not judged: 100 % load without a media token in use"]
    assert ("aws-burst-02#node.media.load.percentage" in answer.perfdata, answer.code) == (False, 0)


@pytest.mark.parametrize("changed", [{"media_tokens_used": 1}, {"media_tokens_used": None}])
def test_a_node_at_100_percent_with_tokens_in_use_or_unknown_is_judged(
    manager: Manager, changed: dict[str, object]
) -> None:
    manager.tables[NODE] = [node(1, 100, **changed)]
    answer = manager.check("node-load")
    assert (answer.summary, answer.code) == ("media load of lon-conf-01 100 %, above 95 %", 2)


@pytest.mark.parametrize("label", ["load-average", "load-max"])
def test_a_threshold_on_the_load_of_nodes_of_which_none_takes_calls_is_unknown(manager: Manager, label: str) -> None:
    manager.tables[NODE] = [PATCHING]
    answer = manager.check("node-load", f"--critical-{label}", "90")
    assert (answer.summary, answer.code) == (f"{label}: nothing to judge", 3)


def test_a_threshold_on_the_load_of_locations_where_no_node_takes_calls_is_unknown(manager: Manager) -> None:
    manager.tables[NODE] = [PATCHING]
    assert manager.check("node-load", "--by-location").code == 0
    answer = manager.check("node-load", "--by-location", "--critical-location-load", "90")
    assert (answer.summary, answer.code) == ("location-load: nothing to judge", 3)
