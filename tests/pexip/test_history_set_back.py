"""The clock of the device is put right: what ended meanwhile is counted, what was counted is not counted again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from .past import ALARMS, EVENTS, Past, end, run, text, told
from .rows import NOW, Row
from .test_alarm_history import alarm, counts
from .test_history import states

HOUR = 3600


class Clocks:
    """The true time, which the poller has; the device's is `ahead` of it by so many seconds."""

    def __init__(self, past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
        self._past = past
        self.now = self.ahead = 0.0
        monkeypatch.setattr("check_videoconf.mode.time", SimpleNamespace(time=lambda: self.now))
        self.put(NOW, ahead=HOUR)

    def put(self, now: float, *, ahead: float) -> None:
        self.now, self.ahead = now, ahead
        self._past.clock = now + ahead

    def go_on(self, seconds: float) -> None:
        self.put(self.now + seconds, ahead=self.ahead)


@pytest.fixture
def clocks(past: Past, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(past, monkeypatch)


def set_back(look_back: str) -> list[str]:
    return [f"the device's clock was set back: the next run looks back {look_back}"]


def test_a_conference_that_ended_between_the_step_and_the_next_run_is_counted(past: Past, clocks: Clocks) -> None:
    """However long before that run, and however short --window is."""
    run(past)
    clocks.put(NOW + 120, ahead=0)
    end(past, 1, NOW + 180)
    clocks.go_on(600 - 120)
    answer = past.check("ended-conferences")
    assert answer.long_output == set_back("12 min")
    clocks.go_on(600)
    assert run(past) == {1: 1}
    clocks.go_on(600)
    assert run(past) == {}


def test_a_conference_that_ended_at_the_moment_of_the_previous_run_and_appears_late_is_counted(
    past: Past, clocks: Clocks
) -> None:
    clocks.put(NOW - 1, ahead=HOUR)
    run(past)
    clocks.put(NOW, ahead=0)
    end(past, 1, NOW - 100, at=NOW + 15)
    clocks.go_on(1200)
    run(past)
    assert run(past) == {1: 1}


def test_a_window_longer_than_the_time_since_the_previous_run_is_looked_back_on(past: Past, clocks: Clocks) -> None:
    end(past, 1, past.clock)
    run(past, "--window", "1d")
    clocks.put(NOW + 600, ahead=0)
    assert past.check("ended-conferences", "--window", "1d").long_output == set_back("--window")


@pytest.mark.parametrize("polled", [None, "noon", 10**400, float("nan"), float("-inf"), NOW + 86400, [NOW]])
def test_without_the_time_of_the_previous_run_the_next_one_looks_back_window(
    past: Past, clocks: Clocks, tmp_path: Path, polled: object
) -> None:
    """As in a state file of an earlier version, or a damaged one."""
    run(past)
    (path,) = states(tmp_path)
    content = json.loads(path.read_text())
    content["state"]["polled"] = polled
    if polled is None:
        del content["state"]["polled"]
    path.write_text(json.dumps(content))
    clocks.put(NOW + 600, ahead=0)
    assert past.check("ended-conferences").long_output == set_back("--window")
    end(past, 1, clocks.now - 290)
    assert run(past) == {1: 1}


def test_conferences_counted_while_the_clock_was_ahead_are_not_counted_again(past: Past, clocks: Clocks) -> None:
    """Neither by the run after the step nor when the clock has come to where it had been."""
    counted: Counter[int] = Counter()
    for number in range(15):
        end(past, number, past.clock + 40)
        clocks.go_on(60)
        counted += run(past)
    clocks.put(clocks.now, ahead=0)
    for number in range(15, 30):
        end(past, number, past.clock + 40)
        clocks.go_on(60)
        counted += run(past)
    for _ in range(80):
        clocks.go_on(60)
        counted += run(past)
    assert counted == Counter(range(30))


@pytest.mark.parametrize("seed", range(3))
def test_each_conference_is_counted_once_when_the_clock_was_ahead_and_is_put_right(
    past: Past, clocks: Clocks, seed: int
) -> None:
    """Less long ahead than far; rows come late, runs fail, also the one that sees the step."""
    random = Random(seed)  # noqa: S311 -- a test that can be repeated
    counted: Counter[int] = Counter()
    numbers = iter(range(10_000))
    ended = 0
    past.page_limit = 12
    past.on_request = lambda: clocks.go_on(0.3)

    def poll(count: int) -> None:
        nonlocal counted, ended
        for _ in range(count):
            for _ in range(random.randrange(6)):
                when = past.clock + 300 * random.random()
                end(past, next(numbers), when, at=when + random.choice([0, 0, 1, 118]))
                ended += 1
            clocks.go_on(300)
            past.working = random.choice([0, 1, 2, 3]) if random.random() < 0.3 else 1_000_000
            answer = past.check("ended-conferences", "--max-output", "0")
            counted += told(answer) if answer.code == 0 else Counter()
        past.working = 1_000_000

    poll(9)
    clocks.go_on(130)
    counted += run(past)
    clocks.put(clocks.now + 1, ahead=0)
    poll(30)
    clocks.go_on(130)
    counted += run(past)
    assert counted == Counter(range(ended))


@pytest.mark.parametrize("ahead", [600, 1800, HOUR])
def test_what_was_counted_in_the_last_hours_is_not_counted_again_however_long_the_clock_was_ahead(
    past: Past, clocks: Clocks, ahead: int
) -> None:
    clocks.put(NOW, ahead=ahead)
    counted: Counter[int] = Counter()
    for number in range(70):
        end(past, number, past.clock + 100)
        clocks.go_on(150)
        counted += run(past)
        if number == 60:
            clocks.put(clocks.now, ahead=0)
    assert counted == Counter(range(70))


def test_of_what_lies_ahead_of_the_clock_a_limited_number_is_remembered(
    past: Past, clocks: Clocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the clock comes to first."""
    monkeypatch.setattr("check_videoconf.pexip.history._MOST", 50)
    clocks.put(NOW, ahead=4 * HOUR)
    for number in range(100):
        end(past, number, past.clock - 3 * HOUR + number)
    run(past, "--window", "4h")
    end(past, 100, past.clock)
    clocks.go_on(60)
    assert run(past, "--window", "4h") == {100: 1}
    clocks.put(clocks.now, ahead=0)
    run(past, "--window", "4h")
    (path,) = states(tmp_path)
    seen = json.loads(path.read_text())["state"]["end_time"]["seen"]
    assert sorted(int(identity[-12:]) for identity in seen) == [*range(50), 100]


def test_when_the_question_about_what_lies_ahead_fails_the_next_run_asks_it_again(past: Past, clocks: Clocks) -> None:
    for number in range(3):
        end(past, number, past.clock + 200)
        clocks.go_on(300)
        assert run(past) == {number: 1}
    clocks.put(clocks.now, ahead=0)
    past.working = 1
    assert past.check("ended-conferences").code == 3
    past.working = 1_000_000
    assert past.check("ended-conferences").long_output == set_back("--window")
    clocks.go_on(60)
    assert run(past) == {}


def event(number: int, changed: float) -> Row:
    return {
        "context": "", "details": "", "event_type": "reboot", "id": number, "state": "up",
        "time_changed": text(changed),
        "workervm_address": "10.44.7.101", "workervm_configuration_location_name": "London",
        "workervm_configuration_name": "confnode-1",
    }  # fmt: skip


def test_an_event_is_not_told_again_because_the_clock_was_put_right(past: Past, clocks: Clocks) -> None:
    def code() -> int:
        clocks.go_on(60)
        return past.check("node-events", "--critical-event-status", "%{event_type} eq 'reboot'").code

    past.appear(EVENTS, event(1, past.clock - 10))
    assert (code(), code()) == (2, 0)
    clocks.go_on(600)
    past.appear(EVENTS, event(2, past.clock))
    assert (code(), code()) == (2, 0)
    clocks.put(clocks.now, ahead=0)
    assert (code(), code(), code()) == (0, 0, 0)
    clocks.go_on(HOUR)
    assert code() == 0


def test_alarms_counted_while_the_clock_was_ahead_are_not_counted_again(past: Past, clocks: Clocks) -> None:
    total = []
    for number in range(6):
        past.appear(ALARMS, alarm(number, past.clock + 100, past.clock + 150, name=str(number)))
        clocks.go_on(300)
        total.append(counts(past.check("alarm-history")))
    clocks.put(clocks.now, ahead=0)
    answer = past.check("alarm-history")
    assert answer.long_output == set_back("--window")
    for number in range(6, 8):
        past.appear(ALARMS, alarm(number, past.clock + 100, past.clock + 150, name=str(number)))
        clocks.go_on(300)
        total.append(counts(past.check("alarm-history")))
    assert total == [(1, 1)] * 8


def test_a_raising_that_the_history_hid_is_counted_when_it_is_lowered_after_the_step(
    past: Past, clocks: Clocks
) -> None:
    """Some versions show an alarm only when it is over."""
    past.check("alarm-history")
    raised = past.clock + 100
    past.appear(ALARMS, alarm(1, past.clock + 500, past.clock + 550, name="other"))
    clocks.go_on(600)
    assert counts(past.check("alarm-history")) == (1, 1)
    clocks.put(clocks.now + 60, ahead=0)
    past.appear(ALARMS, alarm(2, raised, past.clock + 60))
    clocks.go_on(120)
    total = [counts(past.check("alarm-history"))]
    for _ in range(2):
        clocks.go_on(300)
        total.append(counts(past.check("alarm-history")))
    assert total == [(0, 0), (1, 1), (0, 0)]
