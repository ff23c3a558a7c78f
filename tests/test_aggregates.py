"""Many values made one."""

from __future__ import annotations

from check_videoconf.aggregates import grouped, mean, share


def test_a_share_is_in_percent_and_of_nothing_there_is_none() -> None:
    assert (share(1, 8), share(0, 8), share(0, 0)) == (12.5, 0, None)


def test_a_mean_of_nothing_is_none() -> None:
    assert (mean([1, 2, 6]), mean([])) == (3, None)


def test_groups_come_by_name_and_keep_the_order_of_their_values() -> None:
    assert list(grouped([("b", 3), ("a", 2), ("b", 1), ("", 0)])) == [("", [0]), ("a", [2]), ("b", [3, 1])]
    assert list(grouped([])) == []


def test_what_is_grouped_need_not_compare() -> None:
    assert list(grouped([("a", {}), ("a", {})])) == [("a", [{}, {}])]
