"""pexip call-quality: windows of 20 seconds, over the whole call and in the last minute."""

from __future__ import annotations

import pytest

from ..levels import AT_EACH_LEVEL
from .manager import Manager
from .rows import PARTICIPANT, Row, participant
from .test_call_quality import figures, ten


def call(number: int, buckets: object, history: object, call_quality: object = "1_good", **changed: object) -> Row:
    """A call of version 24, which knows its windows."""
    return participant(number, call_quality, bucketed_call_quality=buckets, historic_call_quality=history, **changed)


def test_windows_of_the_whole_call_and_of_the_last_minute(manager: Manager) -> None:
    manager.tables[PARTICIPANT] = [
        call(1, [0, 7, 3, 1, 2], [1, 1, 1, 1, 3, 4, 4, 2, 2, 2, 1, 1, 1]),
        call(2, [5, 2, 0, 0, 0], [0, 0, 0, 0, 0, 1, 3]),
        *[call(number, [], []) for number in range(3, 6)],
    ]
    answer = manager.check("call-quality")
    windows = (
        "'callquality.windows.good.count'=9;;;0;20 'callquality.windows.good.percentage'=45%;;;0;100 "
        "'callquality.windows.ok.count'=3;;;0;20 'callquality.windows.ok.percentage'=15%;;;0;100 "
        "'callquality.windows.bad.count'=1;;;0;20 'callquality.windows.bad.percentage'=5%;;;0;100 "
        "'callquality.windows.terrible.count'=2;;;0;20 'callquality.windows.terrible.percentage'=10%;;;0;100 "
        "'callquality.windows.unknown.count'=5;;;0;20 'callquality.windows.unknown.percentage'=25%;;;0;100 "
        "'callquality.windows.poor.percentage'=20%;;;0;100 'callquality.recent.poor.percentage'=20%;;;0;100"
    )
    assert answer.first_line == (
        f"PEXIP CALL-QUALITY OK - 5 calls, 0 poor (0 % of the 5 known) | {figures(5, 0, 0, 0, 0, poor='0')} {windows}"
    )
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(
    ("buckets", "history"),
    [
        ([0, 2, 1, 1, 0], [1, 2, 3, 1]),
        ("[0, 2, 1, 1, 0]", "[1, 2, 3, 1]"),
        (["0", "2", "1", "1", "0"], ["1", "2", "3", "1"]),
        (" [0,2,1,1,0,9] ", "[1,2,3,1]"),
    ],
)
def test_windows_are_read_from_text_and_from_lists(manager: Manager, buckets: object, history: object) -> None:
    manager.tables[PARTICIPANT] = [call(1, buckets, history)]
    shown = manager.check("call-quality").perfdata
    assert shown["callquality.windows.poor.percentage"] == "25%;;;0;100"
    assert shown["callquality.recent.poor.percentage"] == "33.33%;;;0;100"


@pytest.mark.parametrize("empty", ["[]", []])
def test_calls_without_a_window_yet_say_so(manager: Manager, empty: object) -> None:
    manager.tables[PARTICIPANT] = [call(number, empty, empty) for number in range(5)]
    answer = manager.check("call-quality", "--critical-windows-poor-prct", "1", "--critical-recent-poor-prct", "1")
    assert answer.long_output == ["windows-…: no window of 20 seconds yet", "recent-…: no window of 20 seconds yet"]
    assert answer.code == 0


@pytest.mark.parametrize("null", [None, ""])
def test_windows_that_are_null_are_not_reported(manager: Manager, null: object) -> None:
    manager.tables[PARTICIPANT] = [call(number, null, null) for number in range(5)]
    answer = manager.check("call-quality")
    assert answer.long_output == [
        "windows-…: not reported, judged by call_quality alone",
        "recent-…: not reported, judged by call_quality alone",
    ]
    assert answer.code == 0


@pytest.mark.parametrize("damaged", ["[0, 7", "seven", [0, None], [0, "x"], [-1], [0.5], {"good": 1}, 7, "[1e999]"])
def test_unreadable_windows_are_named_and_leave_the_rest(manager: Manager, damaged: object) -> None:
    manager.tables[PARTICIPANT] = [call(1, damaged, [1]), *[call(number, [0, 1], [1]) for number in range(2, 6)]]
    answer = manager.check("call-quality")
    assert answer.long_output[0].startswith("bucketed_call_quality of a participant is unreadable (")
    assert answer.perfdata["callquality.windows.good.count"] == "4;;;0;4"
    assert answer.perfdata["callquality.recent.poor.percentage"] == "0%;;;0;100"
    assert answer.code == 0


@pytest.mark.parametrize(
    "label",
    [
        "windows-good",
        "windows-ok",
        "windows-bad",
        "windows-terrible",
        "windows-unknown",
        "windows-good-prct",
        "windows-ok-prct",
        "windows-bad-prct",
        "windows-terrible-prct",
        "windows-unknown-prct",
        "windows-poor-prct",
        "recent-poor-prct",
    ],
)
def test_a_threshold_on_windows_that_the_version_lacks_is_unknown(manager: Manager, label: str) -> None:
    manager.tables[PARTICIPANT] = ten(0)
    answer = manager.check("call-quality", f"--warning-{label}", "5")
    assert (answer.summary, answer.code) == (f"{label}: not supported by this version", 3)


@pytest.mark.parametrize(
    ("label", "inside", "outside"),
    [
        ("windows-good", "2", "1"),
        ("windows-ok", "1", "0"),
        ("windows-bad", "3", "2"),
        ("windows-terrible", "1", "0"),
        ("windows-unknown", "1", "0"),
        ("windows-good-prct", "25", "24.9"),
        ("windows-ok-prct", "12.5", "12.4"),
        ("windows-bad-prct", "37.5", "37.4"),
        ("windows-terrible-prct", "12.5", "12.4"),
        ("windows-unknown-prct", "12.5", "12.4"),
        ("windows-poor-prct", "57.2", "57.1"),
        ("recent-poor-prct", "66.7", "66.6"),
    ],
)
@AT_EACH_LEVEL
def test_windows_have_thresholds(
    manager: Manager, label: str, inside: str, outside: str, level: str, code: int
) -> None:
    manager.tables[PARTICIPANT] = [call(1, [1, 2, 1, 3, 1], [1, 2, 3, 3, 1])]
    assert manager.limited("call-quality", f"--{level}-{label}", inside, outside).code == code
