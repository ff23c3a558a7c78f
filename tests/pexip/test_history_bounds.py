"""The edges of the window over the history: the first moment and the last, and what is just within them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.pexip.history import Window

from .past import CONFERENCES, Past, end, run
from .rows import NOW

YEAR_9999 = 253_402_300_799.0


def asked_from(past: Past) -> str:
    """The time that the last question for conferences began at."""
    (*_, question) = (request for request in past.requests if request.startswith(f"{CONFERENCES}?end_time__gte="))
    return question.partition("=")[2].partition("&")[0]


def test_a_window_longer_than_time_itself_begins_at_its_beginning_and_is_remembered(past: Past) -> None:
    end(past, 1, NOW - 40 * 365 * 86400)
    assert run(past, "--window", "99999d") == {1: 1}
    assert asked_from(past) == "1970-01-01T00%3A00%3A00"
    answer = past.check("ended-conferences", "--window", "99999d")
    assert (answer.summary, answer.long_output) == ("0 conferences ended since the previous run, 0 participants", [])


def test_after_the_clock_was_set_back_a_window_longer_than_time_itself_begins_at_its_beginning(past: Past) -> None:
    end(past, 1, NOW - 10)
    for _ in range(2):
        run(past, "--window", "99999d")
        past.clock -= 3600
    end(past, 2, past.clock - 200_000)
    assert run(past, "--window", "99999d") == {2: 1}
    assert asked_from(past) == "1970-01-01T00%3A00%3A00"


def test_an_end_within_the_second_that_the_date_tells_is_not_in_the_future(past: Past) -> None:
    """A Date has whole seconds; the question begins two minutes before the end all the same."""
    end(past, 1, NOW + 0.75)
    past.clock += 0.9
    assert run(past) == {1: 1}
    run(past)
    assert asked_from(past) == "2026-03-02T08%3A55%3A29.750000"


@pytest.fixture
def _in_india(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_india")
def test_the_question_is_in_utc_whatever_the_zone_of_the_poller(past: Past) -> None:
    end(past, 1, NOW - 60)
    assert run(past) == {1: 1}
    assert asked_from(past) == "2026-03-02T08%3A52%3A29"


@pytest.mark.parametrize(("behind", "is_set_back"), [(60, False), (61, True)])
def test_a_clock_is_set_back_when_it_is_more_than_a_minute_behind_what_was_seen(
    past: Past, behind: int, *, is_set_back: bool
) -> None:
    end(past, 1, NOW)
    run(past)
    past.clock = NOW - behind
    remarks = past.check("ended-conferences").long_output
    assert remarks == ["the device's clock was set back: the next run looks back --window"] * is_set_back


def test_the_first_run_of_another_service_asks_for_the_time_although_it_could_be_had_from_the_cache(past: Past) -> None:
    for number, age in enumerate((10, 3900)):
        end(past, number, NOW - age)
    for name in ("Room", "R", "o"):
        assert run(past, "--cache", "60", "--filter-name", name) == {0: 1}


def test_what_has_come_is_never_taken_from_the_cache(past: Past) -> None:
    assert run(past, "--cache", "60") == {}
    end(past, 1, NOW + 10)
    past.clock += 20
    assert run(past, "--cache", "60") == {1: 1}


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ({"floor": 0, "cursor": 0, "seen": {}}, (0, 0, {})),
        ({"floor": 5, "cursor": YEAR_9999, "seen": {"a": 7}}, (5, YEAR_9999, {"a": 7})),
        ({"floor": -1, "cursor": 5, "seen": {}}, None),
        ({"floor": 6, "cursor": 5, "seen": {}}, None),
        ({"floor": 5, "cursor": YEAR_9999 + 1, "seen": {}}, None),
        ({"floor": 5, "cursor": float("nan"), "seen": {}}, None),
        ({"floor": 5, "cursor": 10**400, "seen": {}}, None),
        ({"floor": 5, "cursor": 5, "seen": {"a": 10**400}}, None),
        ({"floor": 5, "seen": {}}, None),
        ({"floor": 5, "cursor": 5, "seen": []}, None),
        ({"floor": [5], "cursor": 5, "seen": {}}, None),
        (None, None),
        ("text", None),
    ],
)
def test_what_is_no_time_that_can_be_asked_for_is_no_window(saved: Any, expected: object) -> None:
    window = Window.restored(saved)
    assert (window and (window.floor, window.cursor, window.seen)) == expected
