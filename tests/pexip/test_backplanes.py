"""pexip backplanes."""

from __future__ import annotations

from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import NODE_CONFIGURATION, Row, without
from .stream_rows import stream, without_window

BACKPLANE = "status/v1/backplane/"


def backplane(number: int, kind: object = "geo", **changed: Any) -> Row:
    identity = f"5c2fd4f4-2e3a-4d65-a5dd-{number:012}"
    return {
        "conference": "Board Meeting",
        "connect_time": "2026-03-02T07:51:10.991000",
        "id": identity,
        "media_node": "10.44.7.101",
        "protocol": "BACKPLANE",
        "proxy_node": "",
        "remote_conference_name": "Board Meeting",
        "remote_media_node": "10.44.8.102",
        "remote_node_name": "osl-conf-01",
        "resource_uri": f"/api/admin/{BACKPLANE}{identity}/",
        "system_location": "London",
        "type": kind,
        **changed,
    }


def streams_of(number: int) -> str:
    return f"{BACKPLANE}5c2fd4f4-2e3a-4d65-a5dd-{number:012}/media_stream/"


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """Two geo backplanes of the same two nodes, and a local one."""
    local = backplane(3, "local", remote_node_name="lon-conf-02", remote_media_node="10.44.7.102")
    manager.tables[BACKPLANE] = [backplane(1), backplane(2), local]
    for number in (1, 2, 3):
        manager.tables[streams_of(number)] = [stream("audio", 0), stream("video", 1)]
    return manager


TOTALS = "'backplanes.total.count'=3;;;0; 'backplanes.geo.count'=2;;;0;3 'backplanes.local.count'=1;;;0;3"


def figures(pair: str) -> str:
    return " ".join(
        f"'{pair}#backplanes.{way}.packetloss.max.percentage'=0%;3;10;0;100 "
        f"'{pair}#backplanes.{way}.packetloss.mean.percentage'=0%;;;0;100 "
        f"'{pair}#backplanes.{way}.jitter.max.milliseconds'={jitter}ms;40;;0; "
        f"'{pair}#backplanes.{way}.jitter.mean.milliseconds'={jitter}ms;;;0;"
        for way, jitter in (("rx", 12.5), ("tx", 7.5))
    )


def test_backplanes_are_counted(manager: Manager) -> None:
    answer = manager.check("backplanes")
    assert answer.first_line == f"PEXIP BACKPLANES OK - 3 backplanes, 2 of them between locations | {TOTALS}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{BACKPLANE}?limit=1000&offset=0"]


def test_no_backplane_is_ok(manager: Manager) -> None:
    manager.tables[BACKPLANE] = []
    answer = manager.check("backplanes", "--with-media")
    assert (answer.summary, answer.code) == ("0 backplanes, 0 of them between locations", 0)


def test_with_media_each_pair_of_nodes_is_measured(manager: Manager) -> None:
    answer = manager.check("backplanes", "--with-media")
    local, geo = figures("10.44.7.101~lon-conf-02"), figures("10.44.7.101~osl-conf-01")
    assert answer.first_line.endswith(f" | {TOTALS} {local} {geo}")
    assert (answer.long_output, answer.code) == ([], 0)
    assert len(manager.requests) == 4


def test_the_worst_stream_of_all_between_two_nodes_counts(manager: Manager) -> None:
    manager.tables[streams_of(2)][1]["rx_windowed_packet_loss"] = 12
    answer = manager.check("backplanes", "--with-media")
    assert answer.summary == "highest rx packet loss of 10.44.7.101~osl-conf-01 12 %, above 10 %"
    assert answer.perfdata["10.44.7.101~osl-conf-01#backplanes.rx.packetloss.mean.percentage"].startswith("3%;")
    assert answer.code == 2


@pytest.mark.parametrize("way", ["rx", "tx"])
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("packet_loss", 3, 0), ("packet_loss", 3.1, 1), ("packet_loss", 10.1, 2), ("jitter", 40, 0), ("jitter", 41, 1)],
)
def test_loss_and_jitter_have_the_defaults_of_media(
    manager: Manager, way: str, field: str, value: float, code: int
) -> None:
    manager.tables[streams_of(3)] = [without_window({**stream(), f"{way}_{field}": value})]
    assert manager.check("backplanes", "--with-media").code == code


def test_loss_of_versions_without_a_recent_one_is_that_since_the_previous_run(manager: Manager) -> None:
    row = without_window(stream(rx_packet_loss=5, rx_packets_lost=50, rx_packets_received=950))
    manager.tables[streams_of(3)] = [row]
    assert manager.check("backplanes", "--with-media").code == 1
    row.update(rx_packets_received=5000)
    assert manager.check("backplanes", "--with-media").code == 0


def test_nodes_can_be_named(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [{"id": 1, "name": "lon-conf-01", "address": "10.44.7.101"}]
    answer = manager.check("backplanes", "--with-media", "--resolve-nodes")
    assert "lon-conf-01~osl-conf-01#backplanes.rx.jitter.max.milliseconds" in answer.perfdata


@pytest.mark.parametrize(
    ("changed", "pair"),
    [
        ({"remote_node_name": ""}, "10.44.7.101~10.44.8.102"),
        ({"remote_node_name": None, "remote_media_node": "None"}, "10.44.7.101~None"),
        ({"remote_node_name": None, "remote_media_node": None, "media_node": ""}, "unknown~unknown"),
    ],
)
def test_a_node_without_a_name_is_called_by_its_address(manager: Manager, changed: Row, pair: str) -> None:
    manager.tables[BACKPLANE] = [backplane(1, **changed)]
    assert f"{pair}#backplanes.rx.jitter.max.milliseconds" in manager.check("backplanes", "--with-media").perfdata


def test_no_more_than_so_many_are_asked(manager: Manager) -> None:
    answer = manager.check("backplanes", "--with-media", "--max-backplanes", "2")
    assert len(manager.requests) == 3
    assert answer.long_output == ["media of 2 of 3 backplanes (--max-backplanes)"]


def test_one_that_has_gone_is_left_out_and_all_gone_is_unknown(manager: Manager) -> None:
    del manager.tables[streams_of(1)]
    answer = manager.check("backplanes", "--with-media")
    assert (answer.long_output, answer.code) == (["1 backplane left while being asked"], 0)
    del manager.tables[streams_of(2)], manager.tables[streams_of(3)]
    answer = manager.check("backplanes", "--with-media")
    said = "no media streams: 3 backplanes asked, all have gone (HTTP 404)"
    assert (answer.summary, answer.code) == (said, 3)
    assert TOTALS in answer.first_line


@pytest.mark.parametrize(
    ("argv", "count"),
    [(["--filter-type", "geo"], 2), (["--exclude-type", "geo"], 1), (["--filter-location", "London"], 3)],
)
def test_filters_take_some(manager: Manager, argv: list[str], count: int) -> None:
    assert manager.check("backplanes", *argv).perfdata["backplanes.total.count"] == f"{count};;;0;"


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("backplanes-total", "3", "2", "backplanes 3, above 2"),
        ("backplanes-geo", "2", "1", "geo backplanes 2, above 1"),
        ("backplanes-local", "1:", "2:", "local backplanes 1, below 2"),
        ("rx-jitter-mean", "13", "12", "mean rx jitter of 10.44.7.101~lon-conf-02 12.5 ms, above 12 ms"),
        ("tx-packetloss-max", "0", "1:", "highest tx packet loss of 10.44.7.101~lon-conf-02 0 %, below 1 %"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("backplanes", f"--{level}-{label}", inside, outside, "--with-media")
    assert answer.summary.startswith(said)
    assert answer.code == code


def test_a_threshold_on_media_without_media_is_unknown(manager: Manager) -> None:
    answer = manager.check("backplanes", "--warning-rx-jitter-max", "5", "--warning-backplanes-geo", "5")
    assert (answer.summary, answer.code) == ("rx-jitter-max: measured only with --with-media", 3)
    assert answer.first_line.count("backplanes.geo.count") == 1


@pytest.mark.parametrize("name", ["type", "media_node"])
def test_a_field_that_is_missing_is_unknown_and_the_rest_is_measured(manager: Manager, name: str) -> None:
    manager.tables[BACKPLANE][2] = without(manager.tables[BACKPLANE][2], name)
    answer = manager.check("backplanes")
    assert (answer.summary, answer.code) == (f"{name} of a backplane is missing", 3)
    assert answer.perfdata["backplanes.geo.count"] == "2;;;0;3"
