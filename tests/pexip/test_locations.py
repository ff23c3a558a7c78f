"""pexip locations."""

from __future__ import annotations

from typing import Any

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import Row, without

LOCATION = "status/v1/system_location/"


def location(number: int, name: object, load: object, tokens: object = 611, **changed: Any) -> Row:
    return {
        "id": number,
        "max_audio_calls": 912,
        "max_connections": "CONFERENCING,76",
        "max_full_hd_calls": 38,
        "max_hd_calls": 76,
        "max_media_tokens": 912,
        "max_sd_calls": 152,
        "media_load": load,
        "media_tokens_used": tokens,
        "name": name,
        "resource_uri": f"/api/admin/status/v1/system_location/{number}/",
        **changed,
    }


def old(number: int, name: str) -> Row:
    """As version 16 has it."""
    return {"id": number, "name": name, "resource_uri": f"/api/admin/status/v1/system_location/{number}/"}


@pytest.fixture
def manager(manager: Manager) -> Manager:
    manager.tables[LOCATION] = [location(1, "London", 67.0), location(2, "Oslo", 12, 100)]
    return manager


def figures(name: str, load: str, tokens: int) -> str:
    return (
        f"'{name}#location.media.load.percentage'={load}%;80;95;0;100 "
        f"'{name}#location.media.tokens.used.count'={tokens};;;0;912 "
        f"'{name}#location.capacity.hd.count'=76;;;0; '{name}#location.capacity.fullhd.count'=38;;;0; "
        f"'{name}#location.capacity.sd.count'=152;;;0; '{name}#location.capacity.audio.count'=912;;;0;"
    )


def test_each_location_is_measured(manager: Manager) -> None:
    answer = manager.check("locations")
    assert answer.first_line == (
        "PEXIP LOCATIONS OK - 2 locations, load 67 % at most | "
        "'locations.total.count'=2;;;0; 'locations.load.max.percentage'=67%;;;0;100 "
        f"{figures('London', '67', 611)} {figures('Oslo', '12', 100)}"
    )
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{LOCATION}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("load", "code", "said"),
    [
        (80, 0, "2 locations, load 80 % at most"),
        (80.5, 1, "media load of Oslo 80.5 %, above 80 %"),
        ("95.0", 1, "media load of Oslo 95 %, above 80 %"),
        (96, 2, "media load of Oslo 96 %, above 95 %"),
        (100, 2, "media load of Oslo 100 %, above 95 %"),
    ],
)
def test_load_warns_above_80_and_is_critical_above_95_percent(
    manager: Manager, load: object, code: int, said: str
) -> None:
    manager.tables[LOCATION][1]["media_load"] = load
    answer = manager.check("locations")
    assert (answer.summary, answer.code) == (said, code)


def test_a_location_whose_nodes_take_no_calls_is_not_overloaded(manager: Manager) -> None:
    manager.tables[LOCATION].append(location(3, "AWS", 100.0, 0))
    answer = manager.check("locations", "--warning-load-max", "67")
    assert answer.summary == "3 locations, load 67 % at most"
    assert answer.long_output == ["AWS is not judged: none of its nodes takes calls now"]
    assert not any(label.startswith("AWS#") for label in answer.perfdata)
    assert answer.code == 0


def test_none_that_takes_calls_is_said(manager: Manager) -> None:
    manager.tables[LOCATION] = [location(3, "AWS", 100.0, 0)]
    answer = manager.check("locations")
    assert answer.first_line == "PEXIP LOCATIONS OK - 1 location, none takes calls now | 'locations.total.count'=1;;;0;"


def test_a_version_without_load_in_the_list_is_asked_for_each(manager: Manager) -> None:
    manager.tables[LOCATION] = [old(1, "London"), old(2, "Oslo")]
    manager.answers[f"{LOCATION}1/statistics/"] = '{"media_load": 97.5}'
    manager.answers[f"{LOCATION}2/statistics/"] = '{"media_load": 0}'
    answer = manager.check("locations")
    assert answer.first_line == (
        "PEXIP LOCATIONS CRITICAL - media load of London 97.5 %, above 95 % | "
        "'locations.total.count'=2;;;0; 'locations.load.max.percentage'=97.5%;;;0;100 "
        "'London#location.media.load.percentage'=97.5%;80;95;0;100 'Oslo#location.media.load.percentage'=0%;80;95;0;100"
    )
    assert answer.long_output[1:] == [
        f"{label}: not supported by this version"
        for label in ("tokens-used", "capacity-hd", "capacity-fullhd", "capacity-sd", "capacity-audio")
    ]
    answer = manager.check("locations", "--warning-tokens-used", "5")
    assert answer.summary.endswith(" / tokens-used: not supported by this version")


@pytest.mark.parametrize("body", ['{"media_load": null}', "{}", '{"media_load": "much"}'])
def test_statistics_without_a_load_are_unknown_and_the_rest_is_measured(manager: Manager, body: str) -> None:
    manager.tables[LOCATION] = [old(1, "London"), old(2, "Oslo")]
    manager.answers[f"{LOCATION}1/statistics/"] = body
    manager.answers[f"{LOCATION}2/statistics/"] = '{"media_load": 5}'
    answer = manager.check("locations")
    assert "media_load of a location London is " in answer.summary
    assert "Oslo#location.media.load.percentage" in answer.perfdata
    assert answer.code == 3


def test_a_location_that_has_gone_since_is_unknown_and_the_rest_is_measured(manager: Manager) -> None:
    manager.tables[LOCATION] = [old(1, "London"), old(2, "Oslo")]
    manager.answers[f"{LOCATION}2/statistics/"] = '{"media_load": 5}'
    answer = manager.check("locations")
    assert (answer.summary, answer.code) == ("load of London: not reported", 3)
    assert "Oslo#location.media.load.percentage" in answer.perfdata


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", None, "name of a location is null or empty"),
        ("media_load", None, "load of Oslo: not reported"),
        ("media_load", {}, "load of Oslo: not reported"),
    ],
)
def test_a_field_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, name: str, value: object, said: str
) -> None:
    manager.tables[LOCATION][1][name] = value
    answer = manager.check("locations")
    assert (answer.summary, answer.code) == (said, 3)
    assert figures("London", "67", 611) in answer.first_line


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("load", "67", "66", "media load of London 67 %, above 66 %"),
        ("tokens-used", "611", "610", "tokens used of London 611, above 610"),
        ("capacity-hd", "76:", "77:", "hd capacity of London 76, below 77"),
        ("capacity-fullhd", "38:", "39:", "fullhd capacity of London 38, below 39"),
        ("capacity-sd", "152:", "153:", "sd capacity of London 152, below 153"),
        ("capacity-audio", "912:", "913:", "audio capacity of London 912, below 913"),
        ("locations-total", "2", "1", "locations 2, above 1"),
        ("load-max", "67", "66", "highest load 67 %, above 66 %"),
    ],
)
@AT_EACH_LEVEL
def test_each_counter_has_thresholds(
    manager: Manager, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("locations", f"--{level}-{label}", inside, outside)
    assert answer.summary.startswith(said)
    assert answer.code == code


def test_a_filter_takes_some_by_name(manager: Manager) -> None:
    assert manager.check("locations", "--filter-name", "Oslo").summary == "1 location, load 12 % at most"
    answer = manager.check("locations", "--exclude-name", "o")
    assert (answer.summary, answer.code) == ("no location matches the filters (2 seen)", 3)


def test_no_location_at_all_is_unknown(manager: Manager) -> None:
    manager.tables[LOCATION] = []
    answer = manager.check("locations")
    assert (answer.summary, answer.code) == ("the device reports no location at all", 3)


def test_an_answer_from_the_cache_is_measured_alike(manager: Manager) -> None:
    manager.tables[LOCATION].append(location(3, "AWS", 100.0, 0))
    first, second = (manager.check("locations", "--cache", "300") for _ in range(2))
    assert (first.first_line, first.long_output) == (second.first_line, second.long_output)
    assert len(manager.requests) == 1


def test_a_location_without_a_name_is_no_total(manager: Manager) -> None:
    manager.tables[LOCATION][1]["name"] = ""
    perfdata = manager.check("locations").perfdata
    assert "unnamed#location.media.load.percentage" in perfdata
    assert "location.media.load.percentage" not in perfdata


def test_a_threshold_on_the_highest_load_is_unknown_where_none_is_judged(manager: Manager) -> None:
    manager.tables[LOCATION] = [location(3, "AWS", 100.0, 0)]
    answer = manager.check("locations", "--critical-load-max", "90")
    assert (answer.summary, answer.code) == ("load-max: nothing to judge", 3)


def test_a_location_that_is_not_judged_and_has_no_name_is_called_so(manager: Manager) -> None:
    manager.tables[LOCATION].append(location(3, None, 100.0, 0))
    answer = manager.check("locations")
    assert answer.summary == "name of a location is null or empty"
    assert "unnamed is not judged: none of its nodes takes calls now" in answer.long_output


def test_statistics_of_a_location_without_a_name_are_called_so(manager: Manager) -> None:
    manager.tables[LOCATION] = [{**old(1, "London"), "name": None}]
    manager.answers[f"{LOCATION}1/statistics/"] = "{}"
    assert "media_load of a location unnamed is missing" in manager.check("locations").summary


def test_a_location_that_lacks_its_load_hides_no_other_that_is_overloaded(manager: Manager) -> None:
    manager.tables[LOCATION] = [location(1, "London", 97), without(location(2, "Oslo", 5), "media_load")]
    answer = manager.check("locations")
    assert answer.summary == "media load of London 97 %, above 95 % / load of Oslo: not reported"
    assert answer.code == 2
