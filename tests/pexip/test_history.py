"""The window over the history: each conference counted once, none lost, whatever the clocks and the network do."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Run
from .past import CONFERENCES, Past, end, ended, run, told
from .rows import NOW


def states(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "state").glob("run-*") if path.suffix != ".lock"]


# -- the property


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("date", [True, False], ids=["with Date", "without Date"])
def test_each_conference_is_counted_once_and_none_is_lost(
    past: Past, monkeypatch: pytest.MonkeyPatch, seed: int, *, date: bool
) -> None:
    """50 runs of two services. Conferences end between runs, at the newest end seen and while pages are read; rows come
    up to two minutes late; runs fail; the poller's clock and zone are changed from run to run."""
    random = Random(f"{seed} {date}")  # noqa: S311 -- a test that can be repeated
    poller = SimpleNamespace(time=lambda: past.clock)
    monkeypatch.setattr("check_videoconf.mode.time", poller)
    past.date = date
    names = {0: "Red", 1: "Blue"}
    ends: list[tuple[int, float]] = []
    counted: dict[int, Counter[int]] = {0: Counter(), 1: Counter()}

    def somebody_leaves(when: float) -> None:
        number = len(ends)
        ends.append((number, when))
        end(past, number, when, at=when + random.choice([0, 0, 1, 119.5]), name=names[number % 2])

    def while_it_reads() -> None:
        past.clock += 0.3
        if random.random() < 0.2:
            somebody_leaves(past.clock)

    past.appear(CONFERENCES, ended(10_000, None, name="Red and Blue"))
    past.on_request = while_it_reads
    past.page_limit = 12
    for _ in range(50):
        before = past.clock
        past.clock += random.choice([3.0, 60.0, 290.0, 1000.0]) + random.random()
        for _ in range(random.randrange(16)):
            somebody_leaves(random.uniform(before, past.clock))
        if ends and past.clock - ends[-1][1] < 100:
            somebody_leaves(ends[-1][1])
        offset = random.choice([0, 0, -7, 5]) * 3600 if counted[0] and counted[1] else 0
        monkeypatch.setattr(poller, "time", lambda clock=past.clock + offset: clock)
        monkeypatch.setenv("TZ", random.choice(["UTC", "America/New_York", "Asia/Kolkata"]))
        time.tzset()
        past.working = random.choice([0, 1, 2, 3]) if random.random() < 0.3 else 1_000_000
        for service, name in names.items():
            answer = past.check("ended-conferences", "--filter-name", name, "--max-output", "0", "--window", "1d")
            if answer.code == 3:
                assert "HTTP 500" in answer.first_line
            else:
                counted[service] += told(answer)
    past.on_request = lambda: None
    past.working = 1_000_000
    past.clock += 130
    for service, name in names.items():
        counted[service] += run(past, "--filter-name", name, "--window", "1d")
        assert counted[service] == Counter(number for number, _ in ends if number % 2 == service)
    monkeypatch.undo()
    time.tzset()


# -- the same, one by one


def test_a_conference_is_counted_by_the_run_after_its_end_and_by_no_other(past: Past) -> None:
    assert run(past) == {}
    end(past, 1, past.clock + 10)
    past.clock += 60
    assert run(past) == {1: 1}
    past.clock += 60
    assert run(past) == {}


def test_the_question_begins_two_minutes_before_the_newest_end_seen(past: Past) -> None:
    end(past, 1, NOW - 60.25)
    run(past)
    past.clock += 600
    run(past)
    assert past.requests[-1] == (
        f"{CONFERENCES}?end_time__gte=2026-03-02T08%3A54%3A28.750000&order_by=-end_time&limit=1000&offset=0"
    )


def test_a_conference_that_ends_at_the_very_moment_of_the_newest_one_is_counted(past: Past) -> None:
    end(past, 1, NOW - 10)
    assert run(past) == {1: 1}
    end(past, 2, NOW - 10, at=NOW + 30)
    past.clock += 30
    assert run(past) == {2: 1}


def test_a_row_that_appears_two_minutes_late_is_counted(past: Past) -> None:
    end(past, 1, NOW - 1)
    end(past, 2, NOW - 121 + 0.75, at=NOW + 0.5)
    assert run(past) == {1: 1}
    past.clock += 1
    assert run(past) == {2: 1}


def test_the_first_run_looks_back_by_the_clock_of_the_device(past: Past) -> None:
    """The poller's is an hour behind."""
    for number, age in enumerate((10, 300, 302, 3900)):
        end(past, number, NOW - age)
    assert run(past) == {0: 1, 1: 1}
    assert run(past) == {}


def test_the_first_run_looks_back_by_the_clock_of_the_poller_where_no_answer_has_a_date(past: Past) -> None:
    past.date = False
    for number, age in enumerate((10, 3600 + 299, 3600 + 301)):
        end(past, number, NOW - age)
    assert run(past) == {0: 1, 1: 1}


def test_what_ended_before_the_first_window_is_never_counted(past: Past) -> None:
    end(past, 1, NOW - 310)
    assert run(past) == {}
    end(past, 2, NOW - 299, at=NOW + 1)
    past.clock += 1
    assert run(past) == {2: 1}


def test_window_says_how_far_the_first_run_looks_back(past: Past) -> None:
    for number, age in enumerate((10, 3500, 3700)):
        end(past, number, NOW - age)
    assert run(past, "--window", "1h") == {0: 1, 1: 1}


def test_since_counts_the_same_again_and_writes_nothing(past: Past, tmp_path: Path) -> None:
    end(past, 1, NOW - 100)
    end(past, 2, NOW - 7100)
    assert run(past, "--since", "2h") == run(past, "--since", "2h") == {1: 1, 2: 1}
    assert states(tmp_path) == []


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_run_that_fails_counts_for_the_next_one(past: Past, answered: int) -> None:
    """At the first question, at the second page, at the participants."""
    run(past)
    past.page_limit = 1
    end(past, 1, NOW + 1)
    end(past, 2, NOW + 2)
    past.clock += 300
    past.working = answered
    assert past.check("ended-conferences").code == 3
    past.working = 1_000_000
    past.clock += 300
    assert run(past) == {1: 1, 2: 1}


def test_a_conference_that_goes_on_is_not_counted(past: Past) -> None:
    past.appear(CONFERENCES, ended(1, None))
    assert run(past, "--since", "30d") == {}


def test_rows_that_come_between_two_pages_shift_none_out_of_sight(past: Past) -> None:
    run(past)
    for number in range(100):
        end(past, number, NOW + 0.1 * number)
    past.clock += 20
    past.page_limit = 20

    def more() -> None:
        past.clock += 1
        end(past, 100 + len(past.requests), past.clock)

    past.on_request = more
    counted = run(past)
    past.on_request = lambda: None
    past.clock += 1
    counted += run(past)
    assert set(counted.values()) == {1}
    assert set(range(100)) < set(counted)


def test_rows_that_the_node_drops_while_pages_are_read_hide_no_other(past: Past) -> None:
    """It keeps a number of conferences: with each new one the oldest goes."""
    for number in range(60):
        end(past, number, NOW - 200 + number)
    past.page_limit = 10

    def replace() -> None:
        past.clock += 0.01
        if 1 < len(past.requests) < 8:
            del past.tables[CONFERENCES][0]
            end(past, 100 + len(past.requests), past.clock)

    past.on_request = replace
    assert set(range(20, 60)) <= set(run(past))


def test_ten_thousand_conferences_are_read_in_pages_of_a_thousand(past: Past) -> None:
    past.tables[CONFERENCES] = [ended(number, NOW - 0.01 * number) for number in range(10_000)]
    answer = past.check("ended-conferences")
    assert answer.summary == "10000 conferences ended in the last 5 min, 0 participants"
    assert sum(request.startswith(f"{CONFERENCES}?end") for request in past.requests) == 10
    assert past.check("ended-conferences").summary == "0 conferences ended since the previous run, 0 participants"


def test_a_row_dated_in_the_future_hides_none_of_those_that_come_until_then(past: Past) -> None:
    """The clock of one node is ahead."""
    end(past, 1, NOW + 7200, at=NOW)
    assert run(past) == {1: 1}
    for number in range(2, 12):
        end(past, number, past.clock + 700)
        past.clock += 710
        assert run(past) == {number: 1}


def test_after_the_clock_of_the_device_was_set_back_nothing_is_lost_or_counted_twice(past: Past) -> None:
    end(past, 1, NOW - 1)
    run(past)
    past.clock -= 7200
    end(past, 3, past.clock - 200)
    answer = past.check("ended-conferences")
    assert answer.long_output == ["the device's clock was set back: the next run looks back --window"]
    end(past, 2, past.clock + 5)
    past.clock += 10
    assert run(past) == {2: 1, 3: 1}
    assert run(past) == {}


def test_services_with_different_filters_do_not_share_a_window(past: Past) -> None:
    for number in (1, 2):
        end(past, number, NOW - 10)
    assert run(past, "--filter-name", "Room 1") == {1: 1}
    assert run(past, "--filter-name", "Room 2") == {2: 1}
    assert run(past) == {1: 1, 2: 1}
    assert run(past, "--filter-name", "Room 1") == {}


@pytest.mark.parametrize(
    "damage",
    [
        b"\x00\xff not JSON",
        b"",
        b'{"version": 99, "state": {}}',
        b'{"version": 1, "state": {"end_time": 5}}',
        b'{"version": 1, "state": {"end_time": {"floor": "x", "cursor": 1, "seen": {}}}}',
        b'{"version": 1, "state": {"end_time": {"floor": 1, "cursor": 1e300, "seen": {}}}}',
        b'{"version": 1, "state": {"end_time": {"floor": 1, "cursor": NaN, "seen": {}}}}',
        b'{"version": 1, "state": {"end_time": {"floor": 1, "cursor": 2, "seen": [["a", 1]]}}}',
        b'{"version": 1, "state": {"end_time": {"floor": 1, "cursor": 2, "seen": {"a": null}}}}',
    ],
)
def test_with_a_damaged_state_the_check_begins_anew(past: Past, tmp_path: Path, damage: bytes) -> None:
    end(past, 1, NOW - 10)
    end(past, 2, NOW - 400)
    run(past)
    (state,) = states(tmp_path)
    state.write_bytes(damage)
    answer = past.check("ended-conferences", "--max-output", "0")
    assert told(answer) == {1: 1}
    (line,) = answer.long_output
    assert line.startswith("state of the previous run ")
    assert "starting anew" in line
    assert run(past) == {}


def test_the_state_holds_only_ids_that_the_next_run_can_see_again(past: Past, tmp_path: Path) -> None:
    for number in range(100):
        end(past, number, NOW - 299 + number)
    run(past)
    (path,) = states(tmp_path)
    state = json.loads(path.read_text())["state"]["end_time"]
    assert len(state["seen"]) == 100
    later = 3 * 3600  # a clock that is set back by less than two hours must not bring them again
    end(past, 100, NOW + later - 1)
    past.clock += later
    run(past)
    assert len(json.loads(path.read_text())["state"]["end_time"]["seen"]) == 1


def test_a_row_without_id_is_unknown_and_named(past: Past) -> None:
    past.appear(CONFERENCES, ended(1, NOW - 10))
    past.appear(CONFERENCES, {**ended(2, NOW - 10), "id": None})
    answer = past.check("ended-conferences")
    assert answer.summary == "id of a conference is null or empty"
    assert answer.perfdata["conferences.total.count"] == "1;;;0;"
    assert answer.code == 3


def test_without_a_state_directory_each_run_judges_the_window(past: Past, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    end(past, 1, NOW - 10)
    for _ in range(2):
        answer = past.check("ended-conferences", "--state-dir", str(tmp_path / "file"))
        assert told(answer) == {1: 1}
        assert answer.long_output[0].startswith("no lock, no cache and no state between runs:")


# -- processes and versions


@pytest.mark.parametrize("version", [16, 24, 36])
def test_conferences_that_end_between_processes_are_counted_once(run: Run, version: int) -> None:
    with Simulator(systems=("pexip",), tls=False, pexip_version=version) as simulator:
        node = simulator.pexip
        place = ["-H", node.host, "-p", str(node.port), "--proto", "http", "-u", simulator.username]
        seen = []
        for _ in range(3):
            answer = run(
                "pexip", "ended-conferences", *place, CHECK_VIDEOCONF_PASSWORD=simulator.password, TZ="Pacific/Auckland"
            )
            assert answer.code == 0, answer.stdout
            seen.append(answer.summary.partition(",")[0])
            rows = node.tables[CONFERENCES]
            rows.append({**rows[0], "id": os.urandom(8).hex()})
        assert seen == [
            "2 conferences ended in the last 5 min",
            "1 conference ended since the previous run",
            "1 conference ended since the previous run",
        ]


def test_a_version_that_ignores_the_filter_has_no_old_row_counted_and_none_twice(past: Past) -> None:
    past.ignores_filters = True
    past.tables[CONFERENCES] = [ended(1, NOW - 30), ended(2, NOW - 86400)]
    counts = []
    for _ in range(3):
        counts.append(past.check("ended-conferences").perfdata["conferences.total.count"])
        past.clock += 300
    assert counts == ["1;;;0;", "0;;;0;", "0;;;0;"]
