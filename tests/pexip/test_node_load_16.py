"""pexip node-load on version 16, which tells the load elsewhere."""

from __future__ import annotations

import pytest

from .manager import Manager
from .rows import NODE, node, node_16, without


def test_a_version_without_load_in_the_list_is_asked_node_by_node(manager: Manager) -> None:
    manager.tables[NODE] = [node_16(1), node_16(2), node_16(3, maintenance_mode=True), node_16(4, node_type="PROXYING")]
    manager.answers[f"{NODE}1/statistics/"] = '{"media_load": 41.25}'
    manager.answers[f"{NODE}2/statistics/"] = '{"media_load": 83}'
    answer = manager.check("node-load")
    assert answer.first_line == (
        "PEXIP NODE-LOAD WARNING - media load of lon-conf-02 83 %, above 80 %"
        " | 'nodes.media.load.average.percentage'=62.12%;;;0;100 'nodes.media.load.max.percentage'=83%;;;0;100"
        " 'nodes.available.count'=2;;;0;4"
        " 'lon-conf-01#node.media.load.percentage'=41.25%;80;95;0;100"
        " 'lon-conf-02#node.media.load.percentage'=83%;80;95;0;100"
    )
    assert "tokens-used: not supported by this version" in answer.long_output
    assert "hd-total: not supported by this version" in answer.long_output
    assert manager.requests[1:] == [f"{NODE}1/statistics/", f"{NODE}2/statistics/"]


@pytest.mark.parametrize("statistics", ["{}", '{"media_load": null}', '{"media_load": "high"}', 404])
def test_statistics_without_a_load_are_unknown_and_the_others_are_judged(
    manager: Manager, statistics: str | int
) -> None:
    manager.tables[NODE] = [node_16(1), node_16(2)]
    manager.answers[f"{NODE}1/statistics/"] = statistics
    manager.answers[f"{NODE}2/statistics/"] = '{"media_load": "97"}'
    answer = manager.check("node-load")
    assert answer.summary.startswith("media load of lon-conf-02 97 %, above 95 % / ")
    assert "load of lon-conf-01: not reported" in answer.summary
    assert answer.perfdata["nodes.media.load.max.percentage"] == "97%;;;0;100"
    assert answer.code == 2


def test_a_row_without_an_id_is_asked_for_by_its_uri(manager: Manager) -> None:
    manager.tables[NODE] = [without(node_16(12), "id")]
    manager.answers[f"{NODE}12/statistics/"] = '{"media_load": 5}'
    assert manager.check("node-load").perfdata["lon-conf-12#node.media.load.percentage"] == "5%;80;95;0;100"


def test_a_row_without_id_and_uri_cannot_be_asked_for(manager: Manager) -> None:
    manager.tables[NODE] = [without(node_16(12), "id", "resource_uri")]
    answer = manager.check("node-load")
    assert (answer.summary, answer.code) == ("load of lon-conf-12: not reported", 3)
    assert len(manager.requests) == 1


@pytest.mark.parametrize(
    "label", ["tokens-used", "signaling", "capacity-hd", "capacity-fullhd", "capacity-sd", "capacity-audio", "hd-total"]
)
def test_a_threshold_on_what_the_version_lacks_is_unknown(manager: Manager, label: str) -> None:
    manager.tables[NODE] = [node_16(1)]
    manager.answers[f"{NODE}1/statistics/"] = '{"media_load": 1}'
    answer = manager.check("node-load", f"--critical-{label}", "5")
    assert (answer.summary, answer.code) == (f"{label}: not supported by this version", 3)


def test_a_node_that_lacks_its_load_hides_no_other_that_is_overloaded(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 97), without(node(2), "media_load")]
    answer = manager.check("node-load")
    assert answer.summary == "media load of lon-conf-01 97 %, above 95 % / load of lon-conf-02: not reported"
    assert answer.perfdata["nodes.media.load.max.percentage"] == "97%;;;0;100"
    assert answer.code == 2
    assert manager.requests[1:] == [f"{NODE}2/statistics/"]
