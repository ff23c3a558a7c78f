"""What phones write in many ways: times, durations, versions, and device/info in two layouts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.fields import Gaps, Unreadable
from check_videoconf.trio.phone import info, span, up_for, uptime, version


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0 Day 22:02:09", 79_329),
        ("20 Days 16:11:42", 1_786_302),
        ("0 day 0:34:33", 2_073),
        ("1 day 1:41:50", 92_510),
        ("0 Day 0:12:25", 745),
        ("3.02:24:46", 267_886),
        ("3 days 04:05:06", 273_906),
        ("12 Days 3:04:05", 1_047_845),
        ("  2 DAYS  0:00:01 ", 172_801),
        ("0:00:00", 0),
        ("23:59:59", 86_399),
        ({"Days": "20", "Hours": "16", "Minutes": "11", "Seconds": "42"}, 1_786_302),
        ({"Days": 0, "Hours": 0, "Minutes": "0", "Seconds": "55"}, 55),
    ],
)
def test_every_form_of_an_uptime_is_read(written: Any, seconds: int) -> None:
    assert uptime(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "20 Days",
        "soon",
        "1 day 1:41",
        "-1 day 1:41:50",
        "1 day 1:41:50 ago",
        "٣.02:24:46",
        f"{'9' * 5_000} days 0:00:00",
        f"{'9' * 5_000}.00:00:00",
        None,
        True,
        7,
        [],
        {},
        {"Days": "20", "Hours": "16", "Minutes": "11"},
        {"Days": "20", "Hours": "16", "Minutes": "11", "Seconds": None},
        {"Days": "many", "Hours": "16", "Minutes": "11", "Seconds": "42"},
        {"Days": [], "Hours": "16", "Minutes": "11", "Seconds": "42"},
    ],
)
def test_what_is_no_uptime_is_unreadable(written: Any) -> None:
    with pytest.raises(Unreadable):
        uptime(written)


@given(st.integers(0, 10**9))
def test_both_texts_and_the_parts_of_an_uptime_say_the_same(seconds: int) -> None:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours}:{minutes:02}:{rest:02}"
    parts = {"Days": f"{days}", "Hours": f"{hours}", "Minutes": f"{minutes}", "Seconds": f"{rest}"}
    assert uptime(f"{days} Days {clock}") == uptime(f"{days}.{clock}") == uptime(parts) == seconds


@given(st.text() | st.dictionaries(st.sampled_from(["Days", "Hours", "Minutes", "Seconds"]), st.text() | st.floats()))
def test_any_text_and_any_object_is_an_uptime_or_unreadable(written: Any) -> None:
    with suppress(Unreadable):
        assert uptime(written) >= 0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("", 0),
        ("26 secs", 26),
        ("1 sec", 1),
        ("4 mins 49 secs", 289),
        ("52 mins 3 secs", 3_123),
        ("1 hr 2 mins", 3_720),
        ("2 hours, 1 min", 7_260),
        ("1 day 1 hour 1 min 1 sec", 90_061),
    ],
)
def test_every_form_of_a_duration_is_read(written: str, seconds: int) -> None:
    assert span(written) == seconds


@pytest.mark.parametrize("written", ["soon", "4:49", "12", "4 mins ago", "-3 secs", "9999999 secs"])
def test_what_is_no_duration_is_unreadable(written: str) -> None:
    with pytest.raises(Unreadable):
        span(written)


@pytest.mark.parametrize(
    ("firmware", "numbers"),
    [
        ("5.9.2.11461", (5, 9, 2, 11461)),
        ("5.8", (5, 8)),
        ("10.0.1", (10, 0, 1)),
        ("7.2.2.1094 28-Feb-22 15:29", (7, 2, 2, 1094)),
        ("", ()),
        ("UCS", ()),
        ("5", ()),
        ("v5.9", ()),
        ("9999999.1", ()),
    ],
)
def test_a_version_is_numbers_that_compare(firmware: str, numbers: tuple[int, ...]) -> None:
    assert version(firmware) == numbers


def test_versions_compare_as_numbers_and_not_as_text() -> None:
    assert version("5.10.1") > version("5.9.9") > version("5.8") > version("5.7.9999")


# -- device/info

V1 = {"ModelNumber": "Trio 8800", "FirmwareRelease": "5.9.2.11461", "UpTimeSinceLastReboot": "0 Day 0:02:12"}
V2 = {
    "ModelNumber": "Trio 8800",
    "Firmware": {"Application": "5.9.2.11461 12-Dec-19 10:01"},
    "UpTime": {"Days": "0", "Hours": "0", "Minutes": "2", "Seconds": "12"},
    "AppState": "AppStateMenu",
    "ReadyToUse": "True",
}
PLAIN = {"model": "Trio 8800", "firmware": "5.9.2.11461"}


@pytest.mark.parametrize(
    ("data", "rest"),
    [(V1, {"ready": None, "app_state": None}), (V2, {"ready": "True", "app_state": "AppStateMenu"})],
)
def test_both_layouts_give_the_same_facts(data: dict[str, Any], rest: dict[str, Any]) -> None:
    gaps = Gaps()
    assert (info(data, gaps), up_for(data, gaps)) == ({**PLAIN, **rest}, 132)
    assert (gaps.problems(), gaps.notes()) == ([], [])


@pytest.mark.parametrize(
    ("change", "lost", "problem"),
    [
        ({"ModelNumber": None}, "model", "ModelNumber of a device info is null or empty"),
        ({"Firmware": None}, "firmware", "firmware of a device info is missing"),
        ({"Firmware": None, "FirmwareRelease": ""}, "firmware", "firmware of a device info is null or empty"),
        ({"Firmware": {}}, "firmware", "firmware of a device info is missing"),
        ({"Firmware": {"Application": "  "}}, "firmware", "firmware of a device info is null or empty"),
        ({"Firmware": {"Application": 5}}, "firmware", "firmware of a device info is missing"),
        ({"Firmware": "5.9"}, "firmware", "firmware of a device info is missing"),
        ({"UpTime": None}, "uptime", "uptime of a device info is missing"),
        ({"UpTime": "soon"}, "uptime", "uptime of a device info is unreadable (text)"),
        ({"UpTime": {"Days": "1"}}, "uptime", "uptime of a device info is unreadable (an object)"),
    ],
)
def test_what_cannot_be_had_is_none_and_told(change: dict[str, Any], lost: str, problem: str) -> None:
    gaps = Gaps()
    data = {**V2, **change}
    found = {**info(data, gaps), "uptime": up_for(data, gaps)}
    assert {name: value for name, value in found.items() if value is None} == {lost: None}
    assert gaps.problems() == [problem]


@pytest.mark.parametrize(
    ("written", "ready"),
    [("True", "True"), ("true", "True"), (True, "True"), ("False", "False"), ("false", "False"), (False, "False")],
)
def test_ready_is_true_or_false_however_it_is_written(written: Any, ready: str) -> None:
    assert info({**V2, "ReadyToUse": written}, Gaps())["ready"] == ready


def test_a_blank_in_front_of_the_firmware_is_no_firmware() -> None:
    assert info({**V1, "FirmwareRelease": " 5.9.2.11461 "}, Gaps())["firmware"] == "5.9.2.11461"
