"""conductor system."""

from __future__ import annotations

import zoneinfo
from typing import Any

import pytest

from .box import Box

# 08:57:29 UTC is 09:57:29 in Oslo.
DEVICE = {
    "currentTime": "20260302T09:57:32",
    "serial": "0A1B2C3D",
    "softwareVersion": "XC4.3.1",
    "buildVersion": "Test_Build",
    "model": "Cisco TelePresence Conductor",
    "apiVersion": "2.9",
    "totalVideoPorts": 80,
}
PORTS = "'ports.video.total.count'=80;;;0;"
SAID = "Cisco TelePresence Conductor XC4.3.1 (Test_Build), API 2.9"


def says(box: Box, **changed: Any) -> None:
    box.methods["device.query"] = {**DEVICE, **changed}


def test_version_clock_and_ports_with_a_time_zone(box: Box) -> None:
    says(box)
    answer = box.check("system", "--timezone", "Europe/Oslo")
    assert answer.first_line == (
        f"CONDUCTOR SYSTEM OK - {SAID}, clock 3 s off | 'system.clock.offset.seconds'=3s;60;300;0; {PORTS}"
    )
    assert (answer.long_output, answer.code, box.asked) == ([], 0, ["device.query"])


@pytest.mark.parametrize(
    ("clock", "seconds", "code"),
    [
        ("20260302T09:58:29", "60", 0),
        ("20260302T09:58:30", "61", 1),
        ("20260302T09:56:29", "60", 0),
        ("20260302T09:56:28", "61", 1),
        ("20260302T10:02:29", "300", 1),
        ("20260302T10:02:30", "301", 2),
        ("2026-03-02T09:57:29", "0", 0),
        ("20250302T09:57:29", "31536000", 2),
    ],
)
def test_the_offset_is_absolute_and_judged_by_default_with_a_time_zone(
    box: Box, clock: str, seconds: str, code: int
) -> None:
    says(box, currentTime=clock)
    answer = box.check("system", "--timezone", "Europe/Oslo")
    assert answer.perfdata["system.clock.offset.seconds"] == f"{seconds}s;60;300;0;"
    assert answer.code == code


@pytest.mark.parametrize(
    ("clock", "seconds", "words"),
    [
        ("20260302T09:57:32", "3", "3 s"),
        ("20260302T09:57:26", "3", "3 s"),
        ("20260302T14:27:30", "1", "1 s"),
        ("20260302T09:05:29", "420", "7 min"),
    ],
)
def test_without_a_time_zone_the_offset_modulo_15_minutes_is_reported_and_never_judged(
    box: Box, clock: str, seconds: str, words: str
) -> None:
    says(box, currentTime=clock)
    answer = box.check("system", "--critical-clock-offset", "0")
    assert answer.perfdata["system.clock.offset.seconds"] == f"{seconds}s;60;0;0;"
    assert answer.long_output == [
        f"clock-offset: {words} modulo 15 minutes, not judged; give --timezone to have it judged"
    ]
    assert answer.code == 0


def test_an_hour_that_comes_twice_is_read_as_the_nearer_one(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    # 2025-10-26 02:30 is both 00:30 and 01:30 UTC in Oslo.
    for moment in (1761438600.0, 1761442200.0):
        monkeypatch.setattr("check_videoconf.conductor.client.time.time", lambda moment=moment: moment)
        says(box, currentTime="20251026T02:30:00")
        answer = box.check("system", "--timezone", "Europe/Oslo")
        assert answer.perfdata["system.clock.offset.seconds"] == "0s;60;300;0;"


def test_an_answer_of_the_cache_is_compared_with_the_time_it_came(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    says(box)
    first = box.check("system", "--timezone", "Europe/Oslo", "--cache", "600")
    monkeypatch.setattr("check_videoconf.conductor.client.time.time", lambda: 1772441849.0 + 400)
    second = box.check("system", "--timezone", "Europe/Oslo", "--cache", "600")
    assert (second.first_line, len(box.asked)) == (first.first_line, 1)


def test_a_time_zone_that_is_none_is_an_option_error(box: Box) -> None:
    answer = box.check("system", "--timezone", "Europe/Atlantis")
    assert answer.first_line == "UNKNOWN: --timezone: 'Europe/Atlantis' is not a time zone such as Europe/London"
    assert (answer.code, box.asked) == (3, [])


def test_a_machine_without_time_zone_data_says_so(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> zoneinfo.ZoneInfo:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", nothing)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    assert box.check("system", "--timezone", "Europe/Oslo").first_line == (
        "UNKNOWN: --timezone: 'Europe/Oslo' cannot be looked up: this machine has no time zone data; "
        "install tzdata (package or PyPI)"
    )
    says(box, currentTime="20260302T08:57:29")
    assert box.check("system", "--timezone", "UTC").perfdata["system.clock.offset.seconds"] == "0s;60;300;0;"


@pytest.mark.parametrize(("level", "code"), [("warning", 1), ("critical", 2), ("unknown", 3)])
def test_the_version_can_be_judged(box: Box, level: str, code: int) -> None:
    says(box)
    expression = "%{software} ne 'XC4.3.2' and %{build} eq 'Test_Build' and %{model} =~ /conductor/i and %{api} >= 2.9"
    answer = box.check("system", f"--{level}-version", expression)
    assert (answer.summary, answer.code) == (SAID, code)


@pytest.mark.parametrize(("limit", "code"), [("80:", 0), ("81:", 2)])
def test_video_ports_have_thresholds(box: Box, limit: str, code: int) -> None:
    says(box)
    assert box.check("system", "--critical-video-ports", limit).code == code


@pytest.mark.parametrize("member", ["currentTime", "softwareVersion", "buildVersion", "model", "apiVersion"])
def test_a_missing_member_is_unknown_and_the_rest_is_measured(box: Box, member: str) -> None:
    box.methods["device.query"] = {name: value for name, value in DEVICE.items() if name != member}
    answer = box.check("system")
    assert answer.summary == f"{member} of a device report is missing"
    assert answer.perfdata["ports.video.total.count"] == "80;;;0;"
    assert answer.code == 3


@pytest.mark.parametrize("member", ["currentTime", "softwareVersion", "model", "apiVersion", "totalVideoPorts"])
@pytest.mark.parametrize("said", ["", None])
def test_a_member_that_says_nothing_is_unknown(box: Box, member: str, said: Any) -> None:
    says(box, **{member: said})
    answer = box.check("system")
    assert (answer.summary, answer.code) == (f"{member} of a device report is null or empty", 3)


def test_a_build_without_a_name_is_none_to_worry_about(box: Box) -> None:
    says(box, buildVersion="")
    answer = box.check("system")
    assert answer.summary.startswith("Cisco TelePresence Conductor XC4.3.1, API 2.9, clock")
    assert answer.code == 0


def test_an_empty_structure_is_unknown(box: Box) -> None:
    box.methods["device.query"] = {}
    answer = box.check("system")
    assert answer.code == 3
    assert "softwareVersion of a device report is missing" in answer.summary


@pytest.mark.parametrize("clock", ["20260302", "yesterday", "20261399T00:00:00", "00000101T00:00:00"])
def test_a_time_that_cannot_be_read_is_unknown(box: Box, clock: str) -> None:
    says(box, currentTime=clock)
    answer = box.check("system", "--timezone", "Europe/Oslo")
    assert (answer.summary, answer.code) == ("currentTime of a device report is unreadable (text)", 3)


@pytest.mark.parametrize("clock", ["00010101T00:00:00", "99991231T23:59:59"])
def test_the_ends_of_time_are_only_far_off(box: Box, clock: str) -> None:
    says(box, currentTime=clock)
    assert box.check("system", "--timezone", "Europe/Oslo").code == 2
