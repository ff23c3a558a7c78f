"""pexip licenses."""

from __future__ import annotations

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import Row

LICENSING = "status/v1/licensing/"
OLD = {
    "audio_count": 14,
    "audio_total": 100,
    "port_count": 200,
    "port_total": 250,
    "system_count": 0,
    "system_total": 0,
    "vmr_count": 1877,
    "vmr_total": 5000,
}


@pytest.fixture
def report(manager: Manager) -> Row:
    """The one row, as versions 16 to 20 have it; nothing of it is wrong."""
    row: Row = dict(OLD)
    manager.tables[LICENSING] = [row]
    return row


FIGURES = (
    "'license.audio.usage.count'=14;;;0;100 'license.audio.free.count'=86;;;; "
    "'license.audio.usage.percentage'=14%;90;98;0;100 "
    "'license.port.usage.count'=200;;;0;250 'license.port.free.count'=50;;;; "
    "'license.port.usage.percentage'=80%;90;98;0;100 "
    "'license.vmr.usage.count'=1877;;;0;5000 'license.vmr.free.count'=3123;;;; "
    "'license.vmr.usage.percentage'=37.54%;90;98;0;100"
)


def test_each_kind_that_is_licensed_is_measured(manager: Manager, report: Row) -> None:
    answer = manager.check("licenses")
    assert answer.first_line == f"PEXIP LICENSES OK - port 80 %, vmr 37.5 %, audio 14 % in use | {FIGURES}"
    assert (answer.long_output, answer.code) == ([], 0)
    assert manager.requests == [f"{LICENSING}?limit=1000&offset=0"]


@pytest.mark.parametrize(
    ("count", "state"), [(225, ""), (226, "WARNING 90.4 %, above 90 %"), (245, "WARNING"), (246, "CRITICAL 98.4 %")]
)
def test_usage_warns_above_90_and_is_critical_above_98_percent(
    manager: Manager, report: Row, count: int, state: str
) -> None:
    report["port_count"] = count
    answer = manager.check("licenses")
    level, _, said = state.partition(" ")
    assert answer.code == ("", "WARNING", "CRITICAL").index(level)
    assert said in answer.summary


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("license-port-usage", "200", "199", "license port usage 200, above 199"),
        ("license-port-free", "50:", "51:", "license port free 50, below 51"),
        ("license-port-usage-prct", "80", "79", "license port usage 80 %, above 79 %"),
        ("license-*-free", "50:", "51:", "license port free 50, below 51"),
        ("license-*-usage-prct", "80", "79.9", "license port usage 80 %, above 79.9 %"),
    ],
)
@AT_EACH_LEVEL
def test_one_kind_and_all_of_them_have_thresholds(
    manager: Manager, report: Row, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    answer = manager.limited("licenses", f"--{level}-{label}", inside, outside)
    assert (answer.summary, answer.code) == (said, code)


def test_the_threshold_of_one_kind_wins_over_that_of_all(manager: Manager, report: Row) -> None:
    argv = ["--warning-license-*-usage-prct", "10", "--warning-license-port-usage-prct", "95"]
    assert (
        manager.check("licenses", *argv).summary
        == "license audio usage 14 %, above 10 % / license vmr usage 37.5 %, above 10 %"
    )


def test_a_kind_nobody_has_heard_of_is_measured(manager: Manager, report: Row) -> None:
    report.update(holo_deck_count=99, holo_deck_total=100)
    answer = manager.check("licenses", "--critical-license-holo_deck-free", "2:")
    assert answer.summary == "license holo_deck free 1, below 2 / license holo_deck usage 99 %, above 98 %"
    assert answer.perfdata["license.holo_deck.usage.percentage"] == "99%;90;98;0;100"


def test_flags_and_counts_without_a_total_are_no_licenses(manager: Manager, report: Row) -> None:
    report.update(
        zoomtrustedjoin_active=True, meeting_count=3, **{"_count": 1, "_total": 1, "a b_count": 1, "a b_total": 1}
    )
    assert manager.check("licenses").first_line.endswith(f"| {FIGURES}")


def test_a_kind_in_use_that_is_not_licensed_has_no_share(manager: Manager, report: Row) -> None:
    report["system_count"] = 2
    answer = manager.check("licenses")
    assert answer.perfdata["license.system.usage.count"] == "2;;;0;0"
    assert answer.perfdata["license.system.free.count"] == "-2;;;;"
    assert "license.system.usage.percentage" not in answer.perfdata
    assert answer.code == 0


def test_more_in_use_than_licensed_is_more_than_100_percent(manager: Manager, report: Row) -> None:
    report["port_count"] = 260
    answer = manager.check("licenses")
    assert (answer.summary, answer.code) == ("license port usage 104 %, above 98 %", 2)
    assert answer.perfdata["license.port.free.count"] == "-10;;;;"


@pytest.mark.parametrize("label", ["license-system-usage-prct", "license-prot-usage"])
def test_a_threshold_on_a_kind_that_is_not_there_is_unknown(manager: Manager, report: Row, label: str) -> None:
    answer = manager.check("licenses", f"--critical-{label}", "5")
    assert (answer.summary, answer.code) == (f"{label}: not licensed, or no such kind", 3)
    assert answer.first_line.endswith(FIGURES)


def test_an_empty_list_is_unknown(manager: Manager) -> None:
    manager.tables[LICENSING] = []
    answer = manager.check("licenses")
    assert answer.first_line == "PEXIP LICENSES UNKNOWN - the device reports no license at all"
    assert answer.code == 3


def test_no_license_of_any_kind_is_unknown(manager: Manager) -> None:
    manager.tables[LICENSING] = [dict.fromkeys(OLD, 0)]
    answer = manager.check("licenses")
    assert (answer.first_line, answer.code) == ("PEXIP LICENSES UNKNOWN - no license of any kind", 3)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "port_total of a license report is null or empty"),
        ("", "port_total of a license report is null or empty"),
        ("many", "port_total of a license report is unreadable (text)"),
        ([250], "port_total of a license report is unreadable (a list)"),
    ],
)
def test_a_number_that_cannot_be_read_is_unknown_and_the_rest_is_measured(
    manager: Manager, report: Row, value: object, said: str
) -> None:
    report["port_total"] = value
    answer = manager.check("licenses")
    assert (answer.summary, answer.code) == (said, 3)
    assert "license.vmr.usage.count" in answer.perfdata
    assert "license.port.usage.count" not in answer.perfdata


def test_a_number_of_every_version_that_is_missing_is_unknown(manager: Manager, report: Row) -> None:
    del report["audio_count"]
    answer = manager.check("licenses")
    assert (answer.summary, answer.code) == ("audio_count of a license report is missing", 3)


def test_numbers_as_text_are_numbers(manager: Manager, report: Row) -> None:
    report.update({name: str(value) for name, value in OLD.items()})
    assert manager.check("licenses").first_line.endswith(f"| {FIGURES}")


def test_a_version_without_the_resource_is_said_to_be_one(manager: Manager) -> None:
    answer = manager.check("licenses")
    assert "is not supported by this version of Pexip Infinity" in answer.summary
    assert answer.code == 3


def test_a_deployment_that_uses_what_it_has_not_bought_is_in_words(manager: Manager, report: Row) -> None:
    report.update(dict.fromkeys(OLD, 0), port_count=5)
    answer = manager.check("licenses")
    assert answer.first_line == (
        "PEXIP LICENSES OK - licenses in use, none bought | 'license.port.usage.count'=5;;;0;0 "
        "'license.port.free.count'=-5;;;;"
    )


@pytest.mark.parametrize("mode", ["licenses", "list-licenses"])
def test_half_of_a_pair_is_unknown_where_the_kind_is_known(manager: Manager, report: Row, mode: str) -> None:
    report.update(teams_total=50, whatever_total=7)
    answer = manager.check(mode)
    assert (answer.summary, answer.code) == ("teams_count of a license report is missing", 3)


def test_a_kind_that_nobody_looks_at_may_be_unreadable(manager: Manager, report: Row) -> None:
    report["port_count"] = None
    answer = manager.check("licenses", "--filter-counters", "audio")
    assert list(answer.perfdata) == [
        f"license.audio.{word}" for word in ("usage.count", "free.count", "usage.percentage")
    ]
    assert answer.code == 0


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize("pattern", ["nosuch", "teams"])
def test_a_filter_that_leaves_no_counter_of_any_kind_is_no_ok(manager: Manager, pattern: str) -> None:
    answer = manager.check("licenses", "--filter-counters", pattern)
    assert answer.first_line == (
        f"PEXIP LICENSES UNKNOWN - --filter-counters: '{pattern}' matches none of license-audio-free, "
        "license-audio-usage, license-audio-usage-prct, license-port-free, license-port-usage, "
        "license-port-usage-prct, license-vmr-free, license-vmr-usage, license-vmr-usage-prct"
    )
    assert (answer.perfdata, answer.code) == ({}, 3)
