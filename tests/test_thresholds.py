"""The limits of a check: what a mode declares, what the command line changes of it, and how mistakes are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.common_options import COMMON
from check_videoconf.counters import CRITICAL, OK, UNKNOWN, WARNING, Counter, Finding, Status
from check_videoconf.errors import OptionError
from check_videoconf.mode import Mode
from check_videoconf.options import parse
from check_videoconf.thresholds import Thresholds

from .conftest import Run


class Rooms(Mode):
    record = "room"
    counters = (
        Counter("rooms-total"),
        Counter("load", unit="%", warning="80", critical="95", instance="room"),
        Counter("idle", unit="s", warning="1d"),
        Counter("traffic", unit="B/s"),
        Counter("license-*-usage", warning="90"),
    )
    statuses = (
        Status("status", "name level count", unknown="%{level} == 'lost'", warning="%{level} !~ /^info$/i"),
        Status("link", "name state", critical="%{state} eq 'down'"),
    )

    def probe(self) -> Iterator[Finding]:
        raise NotImplementedError

    def headline(self) -> str:
        raise NotImplementedError


def limits(*arguments: str) -> Thresholds:
    return Thresholds(Rooms, parse(arguments, COMMON, Rooms.labels())[0])


def texts(label: str, *arguments: str) -> tuple[str | None, str | None]:
    """The ranges of a counter as perfdata prints them."""
    counter = next((counter for counter in Rooms.counters if counter.label == label), Counter(label))
    warning, critical = limits(*arguments).ranges(counter)
    return (warning.text if warning else None, critical.text if critical else None)


def refused(*arguments: str) -> OptionError:
    with pytest.raises(OptionError) as caught:
        limits(*arguments)
    return caught.value


# -- ranges


def test_a_counter_has_its_defaults_and_nothing_else() -> None:
    assert texts("load") == ("80", "95")
    assert texts("idle") == ("86400", None)
    assert texts("rooms-total") == (None, None)


def test_a_range_given_takes_the_place_of_the_default() -> None:
    assert texts("load", "--warning-load", "70%", "--critical-load=@10:20") == ("70", "@10:20")
    assert texts("idle", "--critical-idle", "2d:") == ("86400", "172800:")


@pytest.mark.parametrize("arguments", [("--warning-load", ""), ("--warning-load=",), ("-w", "load="), ("-w", "")])
def test_an_empty_range_is_not_given_and_the_default_stays(arguments: tuple[str, ...]) -> None:
    assert texts("load", *arguments) == ("80", "95")
    assert limits(*arguments).given == set()


def test_a_tilde_switches_a_default_off() -> None:
    warning, _ = limits("--warning-load", "~:").ranges(Rooms.counters[1])
    assert warning is not None
    assert not any(warning.broken_by(value) for value in (-(10**9), 0, 10**9))


def test_the_short_form_is_repeatable_and_the_long_form_wins() -> None:
    arguments = ("-w", "load=10", "-w", "rooms-total=5", "-c", "load=20", "--warning-load", "30")
    assert texts("load", *arguments) == ("30", "20")
    assert texts("rooms-total", *arguments) == ("5", None)
    assert texts("load", *reversed(["load=10", "-w", "30", "--warning-load"])) == ("30", "95")
    assert texts("load", "-w", "load=10", "--warning-load", "") == ("10", "95")


def test_a_member_of_a_family_has_its_own_range_or_the_familys() -> None:
    arguments = ("--warning-license-port-usage", "50", "--critical-license-*-usage", "99")
    assert texts("license-port-usage", *arguments) == ("50", "99")
    assert texts("license-audio-usage", *arguments) == ("90", "99")


def test_labels_with_a_threshold_of_the_users_are_known() -> None:
    assert limits("-w", "load=5", "--critical-idle", "3d", "--warning-status", "").given == {"load", "idle", "status"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("--warning-load", "abc"),
            "--warning-load: 'abc' is not a range such as 10, 10:, ~:10, 10:20 or @10:20",
        ),
        (
            ("-c", "load=5d"),
            "-c load: '5d' is not a range of this counter: unknown unit 'd', it understands %",
        ),
        (
            ("--critical-rooms-total", "-5"),
            "--critical-rooms-total: '-5' is not a range: its start 0 is greater than its end -5; did you mean ~:-5?",
        ),
        (("-w", "laod=5"), "-w laod: no such counter, did you mean load?"),
        (("-w", "xyzzy=5"), "-w xyzzy: no such counter, see --list-counters"),
        (("--unknown-load", "5"), "--unknown-load: a counter has warning and critical ranges only"),
    ],
)
def test_a_range_that_is_none_is_an_option_error(arguments: tuple[str, ...], line: str) -> None:
    assert str(refused(*arguments)) == line


# -- expressions


@pytest.mark.parametrize(
    ("level", "state"), [("info", OK), ("INFO", OK), ("error", WARNING), (None, WARNING), ("lost", UNKNOWN)]
)
def test_a_status_has_its_default_expressions(level: str | None, state: int) -> None:
    assert limits().judge("status", {"level": level}) == state


def test_the_worst_expression_that_holds_wins() -> None:
    everything = ("--warning-status", "1", "--unknown-status", "%{count} > 1", "--critical-status", "%{count} > 2")
    judged = limits(*everything)
    assert [judged.judge("status", {"count": count}) for count in (1, 2, 3)] == [WARNING, UNKNOWN, CRITICAL]


@pytest.mark.parametrize("nothing", ["", " ", "\t "])
def test_an_empty_expression_disables_a_status_its_default_included(nothing: str) -> None:
    judged = limits("--warning-status", nothing)
    assert judged.judge("status", {"level": "error"}) == OK
    assert judged.judge("status", {"level": "lost"}) == UNKNOWN
    assert limits().judges("link")
    assert not limits("--critical-link", nothing).judges("link")


def test_an_expression_given_takes_the_place_of_the_default() -> None:
    judged = limits("--warning-status", "%{count} > 10m")
    assert [judged.judge("status", {"level": "error", "count": count}) for count in (600, 601)] == [OK, WARNING]


def test_a_mistake_in_an_expression_is_told_with_a_caret_under_it() -> None:
    error = refused("--critical-status", "%{level} =~ /x/ and %{lvel} eq 'a'")
    assert str(error) == "--critical-status: unknown macro %{lvel}, did you mean %{level}?"
    assert error.detail.splitlines() == ["%{level} =~ /x/ and %{lvel} eq 'a'", "                    ^"]


def test_a_macro_of_another_status_is_unknown() -> None:
    assert "unknown macro %{state}, there are name, level, count" in str(refused("--warning-status", "%{state}"))


def test_a_mistake_in_a_very_long_expression_is_shown_with_what_stands_around_it() -> None:
    source = "%{name} eq 'x' or " * 800 + "%{nam}" + " or %{name} eq 'x'" * 800
    echo, caret = refused("--critical-status", source).detail.splitlines()
    assert len(echo) <= 1000
    assert echo[caret.index("^") :].startswith("%{nam} or")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=30))
def test_the_caret_stands_under_its_place_whatever_the_expression_holds(prefix: str) -> None:
    source = f"'{prefix.replace(chr(39), '')}' eq %{{nam}}"
    echo, caret = refused("--critical-status", source).detail.split("\n")
    assert len(echo) == len(source)
    assert echo.isprintable()
    assert echo[caret.index("^") :] == "%{nam}"
    assert caret.strip(" ") == "^"


@pytest.mark.parametrize(
    ("expression", "long_output"),
    [
        ("%{nam} eq 'x' | 1", ["%{nam} eq 'x' / 1", "^"]),
        ("%{name} eq 'a|b' |", ["%{name} eq 'a/b' /", "                 ^"]),
        ("\t%{name}\n==\n%{x}", [" %{name} == %{x}", "            ^"]),
    ],
)
def test_the_plugin_echoes_a_wrong_expression_below_one_line_that_says_what_is_wrong(
    check: Run, expression: str, long_output: list[str]
) -> None:
    answer = check("pexip", "alarms", "-H", "192.0.2.1", "--password", "x", "--critical-status", expression)
    assert answer.code == UNKNOWN
    assert answer.first_line.startswith("UNKNOWN: --critical-status: ")
    assert answer.long_output == long_output
    assert answer.stderr == ""


RECORDS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["name", "level", "count", "state"]), st.none() | st.integers() | st.floats() | st.text()
)


@given(RECORDS)
def test_any_record_has_a_state(record: dict[str, Any]) -> None:
    assert limits().judge("status", record) in (OK, WARNING, UNKNOWN)
