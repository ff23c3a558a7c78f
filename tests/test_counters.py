"""Counters as modes declare them."""

from __future__ import annotations

from check_videoconf.counters import Counter


def test_a_family_declares_a_counter_for_each_word() -> None:
    family = Counter("calls-*-prct", "calls.*.percentage", "share of * calls", unit="%", title="* calls", warning="10")
    good, bad = family.members(("good", "bad"))
    assert (good.label, good.nlabel, good.help, good.title) == (
        "calls-good-prct", "calls.good.percentage", "share of good calls", "good calls",
    )  # fmt: skip
    assert (bad.label, bad.unit, bad.high, bad.warning) == ("calls-bad-prct", "%", 100, "10")


def test_another_title_is_that_of_a_copy() -> None:
    counter = Counter("calls-total")
    assert (counter.titled("calls (2)").title, counter.title) == ("calls (2)", "calls total")
