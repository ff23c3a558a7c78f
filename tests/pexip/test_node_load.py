"""pexip node-load."""

from __future__ import annotations

import json

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import NODE, ago, node, node_16, without

PATCHING = node(
    3, 100, name="osl-conf-01", system_location="Oslo", maintenance_mode=True, maintenance_mode_reason="Host patching"
)
EDGE = node(4, 12, name="dmz-edge-01", system_location="DMZ", node_type="PROXYING", signaling_count=96)
BURST = node(
    5,
    0,
    name="aws-burst-01",
    system_location="AWS",
    last_updated=None,
    last_attempted_contact=ago(3600),
    boot_time=None,
    sync_status="NOT_SYNCED",
    signaling_count=0,
)
NOT_JUDGED = [
    "osl-conf-01 is not judged: in maintenance (Host patching)",
    "dmz-edge-01 is not judged: it is a proxying node",
    "aws-burst-01 is not judged: never contacted",
]


def totals(average: str, highest: str, available: int, nodes: int, hd: int) -> str:
    return (
        f"'nodes.media.load.average.percentage'={average}%;;;0;100 "
        f"'nodes.media.load.max.percentage'={highest}%;;;0;100 "
        f"'nodes.available.count'={available};;;0;{nodes} 'nodes.capacity.hd.count'={hd};;;0;"
    )


def of_node(name: str, load: str) -> str:
    """Everything of a node that takes calls."""
    return (
        f"'{name}#node.media.load.percentage'={load}%;80;95;0;100 "
        f"'{name}#node.media.tokens.used.count'=187;;;0;456 '{name}#node.capacity.hd.count'=38;;;0; "
        f"'{name}#node.capacity.fullhd.count'=19;;;0; '{name}#node.capacity.sd.count'=76;;;0; "
        f"'{name}#node.capacity.audio.count'=456;;;0; {signaling(name)}"
    )


def signaling(name: str, count: int = 22) -> str:
    return f"'{name}#node.signaling.count'={count};;;0;"


def test_two_nodes_that_take_calls_are_ok(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60)]
    answer = manager.check("node-load")
    assert answer.first_line == (
        "PEXIP NODE-LOAD OK - 2 nodes take calls, load 50.5 % on average, 60 % at most"
        f" | {totals('50.5', '60', 2, 2, 76)} {of_node('lon-conf-01', '41')} {of_node('lon-conf-02', '60')}"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == ["status/v1/worker_vm/?limit=1000&offset=0"]


def test_nodes_that_take_no_calls_are_named_and_in_no_total(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60), PATCHING, EDGE, BURST]
    answer = manager.check("node-load")
    assert answer.first_line == (
        "PEXIP NODE-LOAD OK - 2 of 5 nodes take calls, load 50.5 % on average, 60 % at most"
        f" | {totals('50.5', '60', 2, 5, 76)} {of_node('lon-conf-01', '41')} {of_node('lon-conf-02', '60')}"
        f" {signaling('osl-conf-01')} {signaling('dmz-edge-01', 96)}"
    )
    assert answer.long_output == NOT_JUDGED
    assert answer.code == 0


@pytest.mark.parametrize(
    ("load", "state", "code", "limit"),
    [
        (80, "OK", 0, ""),
        (80.5, "WARNING", 1, ", above 80 %"),
        (81, "WARNING", 1, ", above 80 %"),
        (95, "WARNING", 1, ", above 80 %"),
        (95.5, "CRITICAL", 2, ", above 95 %"),
        (100, "CRITICAL", 2, ", above 95 %"),
    ],
)
def test_the_load_of_each_node_is_judged(manager: Manager, load: float, state: str, code: int, limit: str) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, load)]
    answer = manager.check("node-load")
    assert answer.first_line.startswith(f"PEXIP NODE-LOAD {state} - ")
    assert answer.code == code
    if code:
        assert answer.summary == f"media load of lon-conf-02 {load} %{limit}"


def test_the_worst_node_comes_first(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 81), node(2, 97), node(3, 90)]
    assert manager.check("node-load").summary == (
        "media load of lon-conf-02 97 %, above 95 % / media load of lon-conf-01 81 %, above 80 %"
        " / media load of lon-conf-03 90 %, above 80 %"
    )


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("load", "60", "59", "media load of lon-conf-02 60 %, above 59 %"),
        ("tokens-used", "187", "186", None),
        ("signaling", "22", "21", None),
        ("capacity-hd", "38:", "39:", None),
        ("capacity-fullhd", "19:", "20:", None),
        ("capacity-sd", "76:", "77:", None),
        ("capacity-audio", "456:", "457:", None),
        ("load-average", "50.5", "50", "mean media load 50.5 %, above 50 %"),
        ("load-max", "60", "59", "highest media load 60 %, above 59 %"),
        ("nodes-available", "2:", "3:", "nodes that take calls 2, below 3"),
        ("hd-total", "76:", "77:", "HD calls that all nodes can take 76, below 77"),
        ("location-load", "50.5", "50", "mean media load of London 50.5 %, above 50 %"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str | None, level: str, code: int
) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60)]
    answer = manager.limited("node-load", f"--{level}-{label}", inside, outside, "--by-location")
    assert answer.code == code
    assert said is None or answer.summary == said


# -- loads


@pytest.mark.parametrize(
    ("load", "shown"), [(0, "0"), (41.25, "41.25"), ("41", "41"), ("41.256", "41.26"), (0.004, "0.004")]
)
def test_a_load_may_be_a_number_of_any_form(manager: Manager, load: object, shown: str) -> None:
    manager.tables[NODE] = [node(1, load)]
    assert manager.check("node-load").perfdata["lon-conf-01#node.media.load.percentage"] == f"{shown}%;80;95;0;100"


@pytest.mark.parametrize("load", [None, "", "busy", [41], {"now": 41}, float("1e400")])
def test_a_load_that_cannot_be_read_is_unknown_and_the_others_are_judged(manager: Manager, load: object) -> None:
    manager.answers[NODE] = json.dumps(
        {"meta": {"total_count": 2, "next": None}, "objects": [node(1, load), node(2, 81)]}
    ).replace("Infinity", "1e400")
    answer = manager.check("node-load")
    assert answer.summary == "load of lon-conf-01: not reported / media load of lon-conf-02 81 %, above 80 %"
    assert answer.perfdata["nodes.media.load.average.percentage"] == "81%;;;0;100"
    assert answer.perfdata["nodes.available.count"] == "2;;;0;2"
    assert answer.code == 3


def test_no_load_at_all_is_unknown_also_when_it_is_not_among_the_chosen_counters(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, None)]
    answer = manager.check("node-load", "--filter-counters", "nodes-available")
    assert answer.first_line == "PEXIP NODE-LOAD OK - 1 node takes calls | 'nodes.available.count'=1;;;0;1"


def test_a_node_without_a_name_is_unknown_and_still_an_instance(manager: Manager) -> None:
    manager.tables[NODE] = [node(7, 97, name=None)]
    answer = manager.check("node-load")
    assert answer.summary == "media load of node 7 97 %, above 95 % / name of a node is null or empty"
    assert "node 7#node.media.load.percentage" in answer.perfdata


def test_optional_figures_that_are_null_are_said_to_be(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41, media_tokens_used=None, signaling_count=None, max_media_tokens=None)]
    answer = manager.check("node-load")
    assert answer.long_output == [
        "tokens-used of lon-conf-01: not reported",
        "signaling of lon-conf-01: not reported",
    ]
    assert answer.code == 0


@pytest.mark.parametrize(
    ("label", "field"),
    [("signaling", "signaling_count"), ("tokens-used", "media_tokens_used"), ("capacity-sd", "max_sd_calls")],
)
def test_an_optional_figure_of_no_node_is_said_once_and_unknown_with_a_threshold(
    manager: Manager, label: str, field: str
) -> None:
    manager.tables[NODE] = [without(node(number), field) for number in (1, 2)]
    assert f"{label}: not supported by this version" in manager.check("node-load").long_output
    answer = manager.check("node-load", f"--warning-{label}", "1000")
    assert (answer.summary, answer.code) == (f"{label}: not supported by this version", 3)
    assert answer.perfdata["lon-conf-02#node.media.load.percentage"] == "41%;80;95;0;100"


# -- filters and locations


def test_an_empty_inventory_is_unknown(manager: Manager) -> None:
    manager.tables[NODE] = []
    answer = manager.check("node-load")
    assert answer.summary == "the device reports no node at all"
    assert answer.code == 3


@pytest.mark.parametrize(
    "chosen",
    [
        ["--filter-name", "02$"],
        ["--exclude-name", "01$"],
        ["--filter-location", "^Oslo$"],
        ["--exclude-location", "Lon"],
    ],
)
def test_filters_choose_nodes(manager: Manager, chosen: list[str]) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60, system_location="Oslo")]
    answer = manager.check("node-load", *chosen)
    assert answer.first_line == (
        "PEXIP NODE-LOAD OK - 1 node takes calls, load 60 % on average, 60 % at most"
        f" | {totals('60', '60', 1, 1, 38)} {of_node('lon-conf-02', '60')}"
    )


def test_a_filter_that_leaves_no_node_is_unknown(manager: Manager) -> None:
    manager.tables[NODE] = [node(1), node(2)]
    answer = manager.check("node-load", "--filter-name", "nonesuch")
    assert answer.summary == "no node matches the filters (2 seen)"
    assert answer.code == 3


def test_nodes_that_a_filter_leaves_out_are_not_asked_for(manager: Manager) -> None:
    manager.tables[NODE] = [node_16(1), node_16(2)]
    manager.answers[f"{NODE}2/statistics/"] = '{"media_load": 5}'
    assert manager.check("node-load", "--filter-name", "02").code == 0
    assert manager.requests[1:] == [f"{NODE}2/statistics/"]


def test_the_load_of_a_location_is_the_mean_of_its_judged_nodes(manager: Manager) -> None:
    oslo = node(6, 30, name="osl-conf-02", system_location="Oslo")
    manager.tables[NODE] = [node(1, 40), node(2, 61), PATCHING, oslo, node(7, None, system_location=None)]
    answer = manager.check("node-load", "--by-location")
    assert answer.perfdata["London#location.media.load.percentage"] == "50.5%;;;0;100"
    assert answer.perfdata["Oslo#location.media.load.percentage"] == "30%;;;0;100"
    assert "location-load of none: not reported" in answer.long_output


def test_a_threshold_on_what_is_measured_only_by_location_is_unknown_without(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 90, system_location="Oslo")]
    answer = manager.check("node-load", "--warning-load", "", "--warning-load", "~:", "--critical-location-load", "80")
    assert (answer.summary, answer.code) == ("location-load: measured only with --by-location", 3)
    assert manager.check("node-load", "--by-location", "--critical-location-load", "80").code == 2


def test_two_nodes_of_one_name_keep_their_own_figures(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60, name="lon-conf-01")]
    shown = manager.check("node-load").perfdata
    assert shown["lon-conf-01#node.media.load.percentage"].startswith("41%")
    assert shown["lon-conf-01_2#node.media.load.percentage"].startswith("60%")


def test_hostile_names_do_no_harm(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 97, name="a='b'::c|d\nNöde")]
    answer = manager.check("node-load")
    assert answer.summary == "media load of a='b'::c/d Nöde 97 %, above 95 %"
    assert "a b :c/d Nöde#node.media.load.percentage" in answer.perfdata


# -- output


def test_verbose_shows_every_figure_of_every_node(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), PATCHING]
    answer = manager.check("node-load", "-vv")
    assert answer.long_output[:-1] == [
        "OK: media load of lon-conf-01 41 %",
        "OK: tokens used of lon-conf-01 187",
        "OK: hd capacity of lon-conf-01 38",
        "OK: fullhd capacity of lon-conf-01 19",
        "OK: sd capacity of lon-conf-01 76",
        "OK: audio capacity of lon-conf-01 456",
        "OK: signaling of lon-conf-01 22",
        "OK: signaling of osl-conf-01 22",
        "OK: mean media load 41 %",
        "OK: highest media load 41 %",
        "OK: nodes that take calls 1",
        "OK: HD calls that all nodes can take 38",
        "osl-conf-01 is not judged: in maintenance (Host patching)",
    ]
    assert answer.long_output[-1].startswith("GET /api/admin/status/v1/worker_vm/?limit=1000&offset=0: HTTP 200, ")


def test_three_hundred_nodes_fit_into_the_output(manager: Manager) -> None:
    manager.tables[NODE] = [node(number, 40 if number != 77 else 96) for number in range(1, 301)]
    answer = manager.check("node-load")
    assert len(answer.stdout.encode()) <= 8192
    assert answer.summary == "media load of lon-conf-77 96 %, above 95 %"
    assert "nodes.capacity.hd.count" in answer.perfdata
    assert "lon-conf-77#node.media.load.percentage" in answer.perfdata
    assert answer.long_output[-1].startswith("left out to fit --max-output: ")


def test_summary_perfdata_holds_totals_alone(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60)]
    line = manager.check("node-load", "--perfdata", "summary", "--by-location").first_line
    assert line.endswith(f" | {totals('50.5', '60', 2, 2, 76)}")


def test_json_tells_the_limits_of_each_node(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 81.5)]
    found = json.loads(manager.check("node-load", "--output", "json").stdout)
    (load,) = [counter for counter in found["counters"] if counter["label"] == "load"]
    assert load == {
        "label": "load",
        "nlabel": "node.media.load.percentage",
        "instance": "lon-conf-01",
        "value": 81.5,
        "unit": "%",
        "min": 0,
        "max": 100,
        "warning": "80",
        "critical": "95",
        "state": "WARNING",
    }


def test_openmetrics_labels_each_node(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, 41)]
    assert (
        'videoconf_node_media_load_percentage{system="pexip",mode="node-load",host="manager.test",'
        'instance="lon-conf-01"} 41'
    ) in manager.check("node-load", "--output", "openmetrics").stdout.splitlines()


@pytest.mark.parametrize("unknown", [None, "n/a"])
def test_the_capacity_of_all_nodes_is_not_known_where_that_of_one_is_not(manager: Manager, unknown: object) -> None:
    manager.tables[NODE] = [node(1, 41), node(2, 60, max_hd_calls=unknown)]
    answer = manager.check("node-load")
    assert "nodes.capacity.hd.count" not in answer.perfdata
    assert "hd-total: not reported" in answer.long_output
    answer = manager.check("node-load", "--critical-hd-total", "50:")
    assert (answer.summary, answer.code) == ("hd-total: not reported", 3)


def test_a_threshold_on_the_highest_of_loads_of_which_none_is_known_is_unknown(manager: Manager) -> None:
    manager.tables[NODE] = [node(1, None)]
    answer = manager.check("node-load", "--filter-counters", "load-max", "--critical-load-max", "90")
    assert (answer.summary, answer.code) == ("load-max: nothing to judge", 3)
