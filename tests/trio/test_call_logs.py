"""trio call-logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .simulated import LOGS, Phone

KINDS = ("Missed", "Received", "Placed")


def figures(total: int, placed: int, missed: int, received: int, seconds: int) -> str:
    return (
        f"'calls.total.count'={total};;;0; 'calls.placed.count'={placed};;;0; 'calls.missed.count'={missed};;;0; "
        f"'calls.received.count'={received};;;0; 'calls.duration.seconds'={seconds}s;;;0;"
    )


def clear(phone: Phone) -> None:
    for kind in KINDS:
        phone.data[LOGS][kind].clear()


@pytest.fixture
def seen(any_phone: Phone) -> Phone:
    """After a first run that saw what is in the log."""
    any_phone.check("call-logs")
    return any_phone


def test_the_first_run_counts_nothing_and_says_so(any_phone: Phone) -> None:
    answer = any_phone.check("call-logs", "--warning-calls-missed", "0")
    assert (answer.first_line, answer.code) == ("TRIO CALL-LOGS OK - first run", 0)
    assert answer.long_output == ["first run: 4 entries in the log, counted from the next one on"]
    assert any_phone.requests == ["GET v1/mgmt/callLogs"]


def test_nothing_new_is_ok(seen: Phone) -> None:
    answer = seen.check("call-logs")
    assert answer.first_line == f"TRIO CALL-LOGS OK - no new call | {figures(0, 0, 0, 0, 0)}"
    assert (answer.long_output, answer.code) == ([], 0)


def test_new_entries_are_counted_once(seen: Phone) -> None:
    seen.trio.log_call("Placed", "2026-10-11T11:00:00", "4 mins 49 secs")
    seen.trio.log_call("Missed", "2026-10-11T11:10:00")
    seen.trio.log_call("Missed", "2026-10-11T11:20:00")
    seen.trio.log_call("Received", "2026-10-11T11:30:00", "1 hr 11 secs")
    answer = seen.check("call-logs")
    assert answer.first_line == (
        f"TRIO CALL-LOGS OK - 4 new calls, 2 missed, 1 h 5 min in all | {figures(4, 1, 2, 1, 3_900)}"
    )
    assert seen.check("call-logs").summary == "no new call"


def test_one_new_call_is_one_call(seen: Phone) -> None:
    seen.trio.log_call("Missed", "2026-10-11T11:10:00")
    assert seen.check("call-logs").summary == "1 new call, 1 missed, 0 s in all"


def test_equal_entries_are_all_counted_when_all_are_new(seen: Phone) -> None:
    for _ in range(3):
        seen.trio.log_call("Missed", "2026-10-11T11:10:00")
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "3;;;0;"


def test_an_entry_equal_to_one_that_is_known_is_counted_too(seen: Phone) -> None:
    seen.trio.log_call("Missed", "2026-10-11T11:10:00", party="first")
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "1;;;0;"
    seen.trio.log_call("Missed", "2026-10-11T11:10:00", party="second")
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "1;;;0;"
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "0;;;0;"


def test_the_order_of_the_log_does_not_matter(seen: Phone) -> None:
    for kind in KINDS:
        seen.data[LOGS][kind].reverse()
    seen.data[LOGS]["Missed"].insert(0, {**seen.data[LOGS]["Missed"][0], "StartTime": "2026-10-11T11:10:00"})
    assert seen.check("call-logs").perfdata["calls.total.count"] == "1;;;0;"


def test_a_log_that_was_cleared_is_empty_and_then_counts_again(seen: Phone) -> None:
    clear(seen)
    assert seen.check("call-logs").summary == "no new call"
    seen.trio.log_call("Missed", "2026-10-11T11:10:00")
    assert seen.check("call-logs").perfdata["calls.total.count"] == "1;;;0;"


def test_a_log_that_drops_its_oldest_entries_counts_the_new_ones(seen: Phone) -> None:
    for minute in range(50):
        seen.trio.log_call("Received", f"2026-10-11T10:{minute:02}:00", "1 sec")
    assert seen.check("call-logs").perfdata["calls.received.count"] == "50;;;0;"
    del seen.data[LOGS]["Received"][:10]
    for minute in range(3):
        seen.trio.log_call("Received", f"2026-10-11T11:{minute:02}:00", "1 sec")
    assert seen.check("call-logs").perfdata["calls.received.count"] == "3;;;0;"


def test_a_log_of_thousands_of_entries_is_counted(seen: Phone) -> None:
    for number in range(5_000):
        seen.trio.log_call("Missed", f"2026-10-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00")
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "5000;;;0;"
    seen.trio.log_call("Missed", "2026-10-30T00:00:00")
    assert seen.check("call-logs").perfdata["calls.missed.count"] == "1;;;0;"


@pytest.mark.parametrize(
    ("option", "state", "said"),
    [
        ("--warning-calls-missed=2", "OK", ""),
        ("--warning-calls-missed=1", "WARNING", "calls missed 2, above 1"),
        ("--critical-calls-total=2", "CRITICAL", "calls total 3, above 2"),
        ("--critical-calls-total=3", "OK", ""),
        ("--warning-calls-placed=1:", "WARNING", "calls placed 0, below 1"),
        ("--warning-calls-received=0", "WARNING", "calls received 1, above 0"),
        ("--warning-duration=10m", "OK", ""),
        ("--warning-duration=9m", "WARNING", "calls lasted 10 min, above 9 min"),
    ],
)
def test_the_counters_are_judged(any_phone: Phone, option: str, state: str, said: str) -> None:
    any_phone.check("call-logs", option)
    any_phone.trio.log_call("Missed", "2026-10-11T11:10:00")
    any_phone.trio.log_call("Missed", "2026-10-11T11:20:00")
    any_phone.trio.log_call("Received", "2026-10-11T11:30:00", "10 mins")
    answer = any_phone.check("call-logs", option)
    assert answer.first_line.startswith(f"TRIO CALL-LOGS {state} - {said}")


def test_two_services_with_other_options_do_not_share_what_they_remember(seen: Phone) -> None:
    assert seen.check("call-logs", "--warning-calls-missed", "5").summary == "first run"


@pytest.mark.parametrize("damage", ["", "{}", '{"version": 1, "state": {"seen": 7}}', '{"version": 1, "state": {}}'])
def test_a_damaged_state_is_a_first_run(seen: Phone, damage: str) -> None:
    seen.remembered.write_text(damage)
    assert seen.check("call-logs").summary == "first run"
    assert seen.check("call-logs").summary == "no new call"


# -- people


def test_nobody_is_named_in_any_output_or_file(seen: Phone) -> None:
    seen.trio.log_call("Missed", "2026-10-11T11:10:00", party="zaphod")
    seen.trio.log_call("Placed", "2026-10-11T11:11:00", "1 min", party="zaphod")
    for options in ((), ("-vv",), ("--cache", "60"), ("--output", "json")):
        seen.check("call-logs", *options)  # holds that nobody is in its output
    for file in seen.state_directory.iterdir():
        assert "zaphod" not in file.read_text().lower()
        assert "room-b" not in file.read_text()


def test_callers_are_named_where_the_user_wants_it(seen: Phone) -> None:
    seen.trio.log_call("Missed", "2026-10-11T11:10:00", party="zaphod")
    answer = seen.ask("call-logs", "--show-names")
    assert "zaphod" not in answer.first_line
    assert answer.long_output == ["missed 2026-10-11T11:10:00: zaphod (zaphod@example.net)"]
    assert seen.ask("call-logs", "--show-names").long_output == []


# -- what cannot be read


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "Missed of a call log is null or empty"),
        (..., "Missed of a call log is missing"),
        ({}, "Missed of a call log is unreadable (an object)"),
        ("none", "Missed of a call log is unreadable (text)"),
        ([7], "Missed of a call log is unreadable (a list)"),
    ],
)
def test_a_list_that_cannot_be_had_is_unknown_and_the_others_are_counted(seen: Phone, value: Any, said: str) -> None:
    missed = seen.data[LOGS]["Missed"]
    if value is ...:
        del seen.data[LOGS]["Missed"]
    else:
        seen.data[LOGS]["Missed"] = value
    seen.trio.log_call("Placed", "2026-10-11T11:00:00", "1 min")
    answer = seen.check("call-logs")
    assert (answer.summary, answer.code) == (said, 3)
    assert answer.perfdata == {"calls.placed.count": "1;;;0;", "calls.received.count": "0;;;0;"}
    assert "duration: not reported" in answer.long_output
    # What was known of it is known still when it is there again.
    seen.data[LOGS]["Missed"] = [*missed, {**missed[0], "StartTime": "2026-10-11T11:10:00"}]
    assert seen.check("call-logs").first_line == (
        f"TRIO CALL-LOGS OK - 1 new call, 1 missed, 0 s in all | {figures(1, 0, 1, 0, 0)}"
    )


def test_a_list_that_was_never_there_is_a_first_run_of_its_own(any_phone: Phone) -> None:
    missed = any_phone.data[LOGS].pop("Missed")
    assert any_phone.check("call-logs").code == 3
    any_phone.data[LOGS]["Missed"] = missed
    assert any_phone.check("call-logs").summary == "no new call"


@pytest.mark.parametrize(
    ("field", "value", "said", "code"),
    [
        ("StartTime", None, "StartTime of a call log entry is null or empty", 3),
        ("StartTime", ..., "StartTime of a call log entry is missing", 3),
        ("StartTime", "", "StartTime of a call log entry is null or empty", 3),
        ("StartTime", " ", "StartTime of a call log entry is null or empty", 3),
        ("StartTime", 7, "", 0),
        ("Duration", ..., "Duration of a call log entry is missing", 3),
        ("Duration", [], "Duration of a call log entry is unreadable (a list)", 3),
        ("Duration", None, "duration: not reported", 0),
        ("Duration", "a while", "Duration of a call log entry is unreadable (text)", 0),
        ("Duration", "a while", "duration: not reported", 0),
        ("LineNumber", ..., "", 0),
    ],
)
def test_an_entry_that_cannot_be_read_is_counted_all_the_same(
    seen: Phone, field: str, value: Any, said: str, code: int
) -> None:
    seen.trio.log_call("Placed", "2026-10-11T11:00:00", "1 min")
    entry = seen.data[LOGS]["Placed"][-1]
    if value is ...:
        del entry[field]
    else:
        entry[field] = value
    answer = seen.check("call-logs")
    assert answer.perfdata["calls.placed.count"] == "1;;;0;"
    assert answer.code == code
    if said:
        assert said in ([answer.summary] if code else answer.long_output)
    assert ("calls.duration.seconds" in answer.perfdata) is (field != "Duration")


@pytest.mark.parametrize("written", ["4:49:00", 17_000, None])
def test_a_duration_that_cannot_be_read_is_not_under_the_users_threshold(any_phone: Phone, written: Any) -> None:
    option = "--critical-duration=5m"
    any_phone.check("call-logs", option)
    any_phone.trio.log_call("Placed", "2026-10-11T11:00:00", "1 min")
    any_phone.trio.log_call("Missed", "2026-10-11T11:10:00")
    any_phone.data[LOGS]["Placed"][-1]["Duration"] = written
    answer = any_phone.check("call-logs", option)
    assert (answer.summary, answer.code) == ("duration: not reported", 3)
    assert answer.perfdata["calls.total.count"] == "2;;;0;"


def test_the_duration_of_a_list_that_cannot_be_had_is_not_under_the_users_threshold(any_phone: Phone) -> None:
    option = "--critical-duration=5m"
    any_phone.check("call-logs", option)
    any_phone.data[LOGS]["Placed"] = None
    answer = any_phone.check("call-logs", option)
    assert (answer.summary, answer.code) == ("Placed of a call log is null or empty / duration: not reported", 3)


def test_without_a_duration_the_calls_are_said_without_it(seen: Phone) -> None:
    seen.trio.log_call("Missed", "2026-10-11T11:10:00")
    seen.trio.log_call("Placed", "2026-10-11T11:20:00", "a while")
    assert seen.check("call-logs").summary == "2 new calls, 1 missed"


@pytest.mark.parametrize("data", [None, [], "text"])
def test_a_log_of_another_shape_is_unknown_and_forgets_nothing(seen: Phone, data: Any) -> None:
    log = seen.data[LOGS]
    seen.data[LOGS] = data
    answer = seen.check("call-logs")
    assert answer.summary == (
        "the answer of phone.test:443 to /api/v1/mgmt/callLogs has another shape than expected: data is not an object"
    )
    seen.data[LOGS] = log
    assert seen.check("call-logs").summary == "no new call"


def test_what_is_remembered_holds_digests_alone(seen: Phone) -> None:
    text = seen.remembered.read_text()
    assert "2026-10" not in text
    assert json.loads(text)["version"] == 1
