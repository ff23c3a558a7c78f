"""Growth of counters between two runs, and rates of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.rates import Growth, share_lost


def run(previous: Any, clock: float, *, uptime: bool = True, **counters: float) -> tuple[Growth, dict[str, Any]]:
    """One run after the one that left `previous`; its rates, and what it leaves as the state file gives it back."""
    growth = Growth(previous, clock, uptime=uptime)
    rates = {name: growth.per_second(name, value) for name, value in counters.items()}
    return growth, {"rates": rates, "state": json.loads(json.dumps(growth.saved()))}


def test_a_rate_is_the_growth_over_the_seconds_between_the_two_runs() -> None:
    _, before = run(None, 100, packets=1_000)
    growth, after = run(before["state"], 160, packets=1_600)
    assert (after["rates"], growth.seconds, growth.first) == ({"packets": 10}, 60, False)


def test_a_counter_that_stands_still_has_a_rate_of_0() -> None:
    _, before = run(None, 100, packets=1_000)
    assert run(before["state"], 160, packets=1_000)[1]["rates"] == {"packets": 0}


def test_the_first_run_has_no_rate() -> None:
    growth, found = run(None, 100, packets=1_000)
    assert (found["rates"], growth.first, growth.why_none()) == ({"packets": None}, True, "first run")


def test_a_counter_that_the_previous_run_did_not_see_has_no_rate() -> None:
    _, before = run(None, 100)
    growth, found = run(before["state"], 160, packets=1_000)
    assert (found["rates"], growth.why_none()) == ({"packets": None}, "not known from the previous run")


def test_after_a_restart_there_is_no_rate_although_the_counters_are_larger() -> None:
    _, before = run(None, 5_000, packets=10)
    growth, found = run(before["state"], 60, packets=900)
    assert found["rates"] == {"packets": None}
    assert growth.why_none() == "the device has restarted since the previous run"


def test_a_counter_that_went_backwards_has_no_rate() -> None:
    _, before = run(None, 100, packets=1_000, octets=10)
    growth, found = run(before["state"], 160, packets=999, octets=70)
    assert found["rates"] == {"packets": None, "octets": 1}
    assert growth.why_none() == "the device has restarted since the previous run"


def test_a_run_after_a_restart_is_what_the_next_one_compares_with() -> None:
    _, before = run(None, 5_000, packets=1_000)
    _, restarted = run(before["state"], 60, packets=600)
    assert run(restarted["state"], 120, packets=1_200)[1]["rates"] == {"packets": 10}


def test_two_runs_at_the_same_second_have_growth_and_no_rate() -> None:
    _, before = run(None, 100, packets=1_000)
    growth, found = run(before["state"], 100, packets=1_010)
    assert found["rates"] == {"packets": None}
    assert (growth.why_none(), growth.seconds) == ("no time has passed since the previous run", None)
    assert growth.since("packets", 1_010) == 10


def test_a_poller_whose_clock_went_back_has_growth_and_no_rate() -> None:
    _, before = run(None, 1_000, uptime=False, packets=1_000)
    growth, found = run(before["state"], 400, uptime=False, packets=1_010)
    assert (found["rates"], growth.restarted, growth.seconds) == ({"packets": None}, False, None)
    assert growth.since("packets", 1_010) == 10


def test_seconds_of_the_device_are_not_compared_with_those_of_the_poller() -> None:
    _, before = run(None, 5_000, uptime=True, packets=1_000)
    growth, found = run(before["state"], 1_790_000_000, uptime=False, packets=2_000)
    assert (found["rates"], growth.why_none()) == ({"packets": None}, "the previous run went by another clock")


def test_seconds_are_the_pollers_unless_they_are_said_to_be_the_devices() -> None:
    before = Growth(None, 100).saved()
    assert Growth(before, 160, uptime=False).seconds == 60
    assert Growth(before, 160, uptime=True).seconds is None


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"clock": None},
        {"clock": "soon", "counters": {"packets": 1}},
        {"clock": [1], "uptime": True, "counters": {"packets": 1}},
        {"clock": float("nan"), "uptime": True, "counters": {"packets": 1}},
        {"seen": ["of another mode"]},
    ],
)
def test_a_state_without_a_clock_is_a_first_run(state: dict[str, Any]) -> None:
    growth, found = run(state, 160, packets=1_000)
    assert (found["rates"], growth.first) == ({"packets": None}, True)


@pytest.mark.parametrize("counters", [None, [], "text", {"packets": None}, {"packets": {}}, {"packets": "many"}])
def test_counters_that_cannot_be_read_have_no_rate(counters: Any) -> None:
    _, found = run({"clock": 100, "uptime": True, "counters": counters}, 160, packets=1_000)
    assert found["rates"] == {"packets": None}


@given(
    clocks=st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)),
    values=st.tuples(st.integers(0, 2**64), st.integers(0, 2**64)),
    uptime=st.booleans(),
)
def test_no_rate_is_ever_negative(clocks: tuple[float, float], values: tuple[int, int], uptime: bool) -> None:
    _, before = run(None, clocks[0], uptime=uptime, packets=values[0])
    rate = run(before["state"], clocks[1], uptime=uptime, packets=values[1])[1]["rates"]["packets"]
    assert rate is None or rate >= 0


# -- one thing with several counters, and what it lost


def test_the_counters_of_one_thing_have_grown_together() -> None:
    first = Growth(None, 100)
    assert first.together("call", {"lost": 5, "all": 100}) is None
    assert Growth(first.saved(), 160).together("call", {"lost": 6, "all": 150}) == {"lost": 1, "all": 50}


@pytest.mark.parametrize("counts", [{"lost": 4, "all": 150}, {"lost": 6, "all": 150, "late": 1}])
def test_a_thing_is_new_where_one_of_its_counters_is(counts: dict[str, float]) -> None:
    first = Growth(None, 100)
    first.together("call", {"lost": 5, "all": 100})
    second = Growth(first.saved(), 160)
    assert second.together("call", counts) is None
    assert second.saved()["counters"] == {f"call {name}": value for name, value in counts.items()}


def test_a_counter_that_may_shrink_has_then_not_grown_and_the_thing_is_the_same() -> None:
    first = Growth(None, 100)
    first.together("call", {"lost": 5, "all": 100})
    second = Growth(first.saved(), 160)
    assert second.together("call", {"lost": 3, "all": 150}, may_shrink=("lost",)) == {"lost": 0, "all": 50}
    assert not second.restarted
    third = Growth(second.saved(), 220)
    assert third.together("call", {"lost": 4, "all": 200}, may_shrink=("lost",)) == {"lost": 1, "all": 50}


@pytest.mark.parametrize("counts", [{"lost": 3, "all": 99}, {"lost": 6, "all": 99}, {"lost": 3, "all": 150, "new": 1}])
def test_a_thing_is_new_all_the_same_where_another_of_its_counters_is(counts: dict[str, float]) -> None:
    first = Growth(None, 100)
    first.together("call", {"lost": 5, "all": 100})
    assert Growth(first.saved(), 160).together("call", counts, may_shrink=("lost",)) is None


@pytest.mark.parametrize(
    ("lost", "sent", "share"),
    [(1, 4, 25), (0, 4, 0), (4, 4, 100), (1, 1, 100), (-1, 4, 0), (5, 4, 100), (0, 0, None), (1, -1, None)],
)
def test_the_share_lost_is_between_nothing_and_all(lost: float, sent: float, share: float | None) -> None:
    assert share_lost(lost, sent) == share
