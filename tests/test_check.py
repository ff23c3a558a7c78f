"""A check run by nagiosplugin: states, summary, and what remains of a check that fails half-way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, Callable, ClassVar

import pytest

from check_videoconf import check
from check_videoconf.common_options import COMMON
from check_videoconf.counters import Counter, Finding, Status, Verdict
from check_videoconf.deadline import Deadline
from check_videoconf.errors import (
    ConnectionRefused,
    DeadlineReached,
    DeviceError,
    OptionError,
    ServerError,
    Terminated,
    VideoconfError,
)
from check_videoconf.mode import Mode
from check_videoconf.options import parse
from check_videoconf.report import Report
from check_videoconf.thresholds import Thresholds

OK, WARNING, CRITICAL, UNKNOWN = range(4)
Probe = Callable[["Rooms"], Iterator[Finding]]


class Rooms(Mode):
    """Rooms; a test gives the probe."""

    system = "pexip"
    name = "rooms"
    record = "room"
    filters = ("name",)
    counters = (
        Counter("rooms-total", warning="5", critical="9", title="rooms"),
        Counter("size", unit="%", warning="80", instance="room", title="fullness"),
    )
    statuses = (Status("room-status", "name"),)
    script: ClassVar[Probe]

    def probe(self) -> Iterator[Finding]:
        return type(self).script(self)

    def headline(self) -> str:
        return f"{self.values.get('rooms-total', 0)} rooms"


def run(script: Probe, *argv: str) -> Report:
    class Scripted(Rooms):
        """Rooms by script."""

        system = "pexip"
        name = "rooms"

    Scripted.script = script
    kind = Scripted
    options, _ = parse(argv, (*kind.declared_options(), *COMMON), kind.labels())
    report = Report("pexip", "rooms", "manager.test")
    client = SimpleNamespace(session=SimpleNamespace(deadline=Deadline(30)))
    check.run(kind(client, options, Thresholds(kind, options)), report)
    return report


def said(report: Report) -> list[tuple[int, str]]:
    return [(item.state, item.text) for item in report.items]


def measured(*values: float) -> Probe:
    def script(mode: Rooms) -> Iterator[Finding]:
        for number, value in enumerate(values):
            yield from mode.measure("size", value, f"room {number}")
        yield from mode.measure("rooms-total", len(values))

    return script


def judged(*states: int) -> Probe:
    def script(mode: Rooms) -> Iterator[Finding]:
        for state in states:
            yield Verdict("room-status", state, f"room of state {state}" if state else "")

    return script


# -- states


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        ([OK], OK),
        ([OK, WARNING], WARNING),
        ([WARNING, UNKNOWN, OK], UNKNOWN),
        ([UNKNOWN, CRITICAL, WARNING], CRITICAL),
        ([CRITICAL, UNKNOWN], CRITICAL),
    ],
)
def test_the_worst_wins_critical_then_unknown_then_warning(states: list[int], worst: int) -> None:
    report = run(judged(*states))
    assert report.state == worst
    order = [state for state in (CRITICAL, UNKNOWN, WARNING) if state in states]
    assert report.summary == (" / ".join(f"room of state {state}" for state in order) or "0 rooms")


def test_a_value_beyond_both_ranges_is_critical() -> None:
    assert run(measured(*[1] * 10)).state == CRITICAL
    assert run(measured(*[1] * 6)).state == WARNING
    assert run(measured(*[1] * 5)).state == OK


def test_a_value_that_is_not_judged_is_ok_whatever_it_is() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield from mode.measure("rooms-total", 100, judged=False)

    report = run(script)
    assert (report.state, report.figures[0].value, report.figures[0].state) == (OK, 100, OK)


def test_items_are_worst_first_and_else_in_their_order() -> None:
    report = run(measured(10, 81, 20, 90))
    assert said(report) == [
        (WARNING, "fullness of room 1 81 %, above 80 %"),
        (WARNING, "fullness of room 3 90 %, above 80 %"),
        (OK, "fullness of room 0 10 %"),
        (OK, "fullness of room 2 20 %"),
        (OK, "rooms 4"),
    ]


def test_all_that_is_found_is_a_status_that_is_ok() -> None:
    report = run(judged(OK, OK))
    assert (report.state, report.summary, report.items) == (OK, "0 rooms", [])


def test_no_record_at_all_is_ok_where_a_total_says_so() -> None:
    report = run(measured(), "--filter-counters", "room-status")
    assert (report.state, report.summary, report.figures) == (OK, "0 rooms", [])


def test_nothing_at_all_is_unknown() -> None:
    report = run(lambda mode: iter(()))
    assert (report.state, report.summary) == (UNKNOWN, "nothing was measured")


def test_a_status_that_is_filtered_out_is_neither_judged_nor_said() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield Verdict("room-status", CRITICAL, "on fire")
        yield from mode.measure("rooms-total", 1)

    assert run(script).state == CRITICAL
    report = run(script, "--filter-counters", "total")
    assert (report.state, said(report)) == (OK, [(OK, "rooms 1")])


# -- summary


def test_a_summary_holds_what_a_person_reads_and_tells_how_much_more_there_is() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        for number in range(50):
            yield Verdict("room-status", CRITICAL, f"room {number} {'x' * 100}")

    summary = run(script).summary
    assert summary.count("room ") == 5
    assert summary.endswith(" / and 45 more")


def test_one_very_long_text_is_shortened_and_never_left_out() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield Verdict("room-status", CRITICAL, "x" * 5000)

    assert run(script).summary == "x" * 299 + "…"


def test_text_of_a_device_stays_on_one_line_without_a_bar() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield Verdict("room-status", CRITICAL, "a|b\nc\x1b[31md\x00")

    assert run(script).summary == "a/b c d"


def test_a_filter_that_leaves_nothing_is_said_in_every_state() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield from mode.measure("rooms-total", len(list(mode.select([{"name": "Oslo"}]))))

    nothing = "no room matches the filters (1 seen)"
    assert run(script, "--filter-name", "Lima").summary == nothing
    report = run(script, "--filter-name", "Lima", "--critical-rooms-total", "1:")
    assert (report.state, report.summary) == (CRITICAL, f"rooms 0, below 1 / {nothing}")


# -- failures


def failing(error: BaseException, *values: float) -> Probe:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield from measured(*values)(mode)
        mode.problems.append("a gap")
        mode.remarks.append("a remark")
        raise error

    return script


REFUSED = ConnectionRefused(address="manager.test:443")
WORDED = DeviceError(address="manager.test:443", path="thing", reason="fault 1")


@pytest.mark.parametrize(
    ("error", "argv", "state"),
    [
        (REFUSED, [], UNKNOWN),
        (REFUSED, ["--unreachable-state", "critical"], CRITICAL),
        (REFUSED, ["--unreachable-state", "warning"], UNKNOWN),  # the gap is UNKNOWN, and worse
        (WORDED, ["--unreachable-state", "critical"], UNKNOWN),
        (DeadlineReached(30, "reading", unreachable=True), ["--unreachable-state", "critical"], CRITICAL),
        (DeadlineReached(30, "thinking", unreachable=False), ["--unreachable-state", "critical"], UNKNOWN),
        (Terminated("SIGTERM", "reading"), ["--unreachable-state", "critical"], UNKNOWN),
    ],
)
def test_an_error_has_the_state_it_should(error: BaseException, argv: Sequence[str], state: int) -> None:
    report = run(failing(error, 10), *argv)
    assert report.state == state
    assert report.errors == [str(error)]
    assert report.summary == f"{error} / a gap"


def test_an_unreachable_device_alone_takes_the_chosen_state() -> None:
    def script(mode: Rooms) -> Iterator[Finding]:
        yield from ()
        raise ServerError(address="a", path="b", status=500, message="")

    for word, state in [("warning", WARNING), ("critical", CRITICAL), ("unknown", UNKNOWN)]:
        assert run(script, "--unreachable-state", word).state == state


def test_what_was_measured_before_an_error_stays_and_may_be_worse() -> None:
    report = run(failing(REFUSED, *[99] * 10))
    assert report.state == CRITICAL
    assert report.summary.startswith(f"{REFUSED} / rooms 10, above 9 / a gap / fullness of room 0 99 %, above 80 % / ")
    assert len(report.figures) == 11
    assert "a remark" in report.remarks


def test_the_advice_stands_first_in_the_long_output() -> None:
    report = run(failing(REFUSED, 10))
    assert report.remarks[0] == "what to do: check --port, and that the device's management interface is on"


def test_a_mistake_of_the_user_is_not_the_device_s_failure() -> None:
    with pytest.raises(OptionError):
        run(failing(OptionError("--cacert x: no such file")))


def test_a_bug_is_not_taken_for_an_error_of_the_device() -> None:
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))


def test_every_error_of_the_family_becomes_a_line() -> None:
    class Odd(VideoconfError):
        line = "odd {thing}"

    report = run(failing(Odd(thing="a|b\nc")))
    assert report.summary == "odd a/b c / a gap"


def test_a_report_of_a_failure_alone() -> None:
    report = Report("pexip", "rooms", "manager.test")
    check.fail(report, DeadlineReached(5, "starting", unreachable=True), "critical")
    assert (report.state, report.summary) == (CRITICAL, "no result within 5 s: the time was over while starting")


def test_figures_carry_their_limits_and_names() -> None:
    found: Any = run(measured(81)).figures
    assert [(figure.perfdata, figure.value, figure.state) for figure in found] == [
        ("rooms.total.count", 1, OK),
        ("room 0#rooms.size.percentage", 81, WARNING),
    ]
    assert found[1].warning.text == "80"
    assert found[1].critical is None
