"""trio lines."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Line

from .simulated import LINES, Phone

ROOM = Line(1, "Room 1", servers=(True, False))
DOWN = Line(2, "Room 2", servers=(False, False))


def totals(dnd: int, active: int, lines: int) -> str:
    return f"'lines.dnd.count'={dnd};;;0;{lines} 'lines.active.count'={active};;;0;{lines}"


def working(label: str, servers: int, total: int) -> str:
    return f"'{label}#line.callservers.working.count'={servers};;;0;{total}"


def test_lines_whose_call_servers_work_are_ok(new_phone: Phone) -> None:
    new_phone.trio.set_lines(ROOM, Line(2, "Room 2", active=True))
    answer = new_phone.check("lines", "-v")
    shown = f"{totals(0, 1, 2)} {working('Room 1', 1, 2)} {working('Room 2', 1, 1)}"
    assert answer.first_line == f"TRIO LINES OK - 2 lines, 1 in use | {shown}"
    assert "OK: line Room 1 is Registered, 1 of 2 call servers working" in answer.long_output
    assert (answer.code, new_phone.requests) == (0, ["GET v2/mgmt/lineInfo"])


def test_a_registered_line_none_of_whose_call_servers_works_is_critical(new_phone: Phone) -> None:
    new_phone.trio.set_lines(ROOM, DOWN)
    answer = new_phone.check("lines")
    said = "line Room 2 is Registered, 0 of 2 call servers working"
    shown = f"{totals(0, 0, 2)} {working('Room 1', 1, 2)} {working('Room 2', 0, 2)}"
    assert answer.first_line == f"TRIO LINES CRITICAL - {said} | {shown}"
    assert (answer.long_output, answer.code) == ([f"CRITICAL: {said}"], 2)


def test_blanks_round_the_state_of_a_line_do_not_matter(new_phone: Phone) -> None:
    new_phone.trio.set_lines(Line(2, "Room 2", state=" Registered ", servers=(False, False)))
    answer = new_phone.check("lines")
    said = "line Room 2 is Registered, 0 of 2 call servers working"
    assert answer.first_line == f"TRIO LINES CRITICAL - {said} | {totals(0, 0, 1)} {working('Room 2', 0, 2)}"
    assert answer.code == 2


@pytest.mark.parametrize("state", ["Unregistered", "unregistered", "Registering"])
def test_a_line_that_is_not_registered_is_not_judged_here(new_phone: Phone, state: str) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", state=state, servers=(False,)))
    answer = new_phone.check("lines")
    assert answer.first_line == f"TRIO LINES OK - 1 line, 0 in use | {totals(0, 0, 1)} {working('Room 1', 0, 1)}"
    assert answer.code == 0


def test_a_line_without_call_servers_has_none_to_fail(new_phone: Phone) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", servers=()))
    answer = new_phone.check("lines")
    assert answer.first_line == f"TRIO LINES OK - 1 line, 0 in use | {totals(0, 0, 1)} {working('Room 1', 0, 0)}"


def test_a_line_set_to_do_not_disturb_warns(new_phone: Phone) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", do_not_disturb=True))
    answer = new_phone.check("lines")
    said = "line Room 1 is Registered, set to do-not-disturb, 1 of 1 call servers working"
    assert answer.first_line == f"TRIO LINES WARNING - {said} | {totals(1, 0, 1)} {working('Room 1', 1, 1)}"
    assert (answer.long_output, answer.code) == ([f"WARNING: {said}"], 1)
    assert new_phone.check("lines", "--warning-line-status", "").code == 0


def test_a_line_is_named_by_its_label_else_by_its_number(new_phone: Phone) -> None:
    new_phone.trio.set_lines(Line(1, ""), Line(2, "Room"), Line(3, "Room"), Line(4, "a'b=c|d::e"))
    new_phone.data[LINES][2]["Label"] = "Room"
    instances = [label.partition("#")[0] for label in new_phone.check("lines").perfdata if "#" in label]
    assert instances == ["1", "Room", "Room_2", "a b c/d:e"]


@pytest.mark.parametrize("label", [..., None, "", "  "])
def test_a_line_without_a_label_is_named_by_its_number(new_phone: Phone, label: Any) -> None:
    new_phone.data[LINES][0]["Label"] = label
    if label is ...:
        del new_phone.data[LINES][0]["Label"]
    answer = new_phone.check("lines", "-v")
    assert working("1", 1, 1) in answer.first_line
    assert "OK: line 1 is Registered, 1 of 1 call servers working" in answer.long_output


def test_a_phone_without_lines_is_ok_here(new_phone: Phone) -> None:
    new_phone.trio.set_lines()
    answer = new_phone.check("lines")
    assert answer.first_line == f"TRIO LINES OK - 0 lines, 0 in use | {totals(0, 0, 0)}"


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--critical-callservers-working=1:", 0),
        ("--critical-callservers-working=2:", 2),
        ("--warning-do-not-disturb=0", 0),
        ("--warning-do-not-disturb=1:", 1),
        ("--warning-active=1", 0),
        ("--warning-active=0", 1),
    ],
)
def test_the_counters_are_judged(new_phone: Phone, option: str, code: int) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", active=True, servers=(True, False)))
    assert new_phone.check("lines", option).code == code


def test_what_breaks_a_range_is_named(new_phone: Phone) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", active=True))
    answer = new_phone.check("lines", "--warning-callservers-working", "2:", "--warning-active", "0")
    assert answer.summary == "working call servers of Room 1 1, below 2 / lines in use 1, above 0"


@pytest.mark.parametrize(
    "expression",
    [
        "%{line} == 1",
        "%{state} eq 'Registered'",
        "%{active} == 1",
        "%{dnd} == 0",
        "%{servers_working} == 1 and %{servers_total} == 2",
    ],
)
def test_the_macros_of_a_line(new_phone: Phone, expression: str) -> None:
    new_phone.trio.set_lines(Line(1, "Room 1", active=True, servers=(True, False)))
    assert new_phone.check("lines", "--critical-line-status", expression).code == 2


def test_flags_may_be_true_and_false_or_0_and_1(new_phone: Phone) -> None:
    new_phone.data[LINES][0].update(Active=True, DoNotDisturb="0")
    new_phone.data[LINES][0]["CallServers"][0]["Working"] = "1"
    answer = new_phone.check("lines")
    assert answer.first_line == f"TRIO LINES OK - 1 line, 1 in use | {totals(0, 1, 1)} {working('Room 1', 1, 1)}"


def test_firmware_without_version_2_is_unknown_and_says_so(old_phone: Phone) -> None:
    answer = old_phone.check("lines")
    assert answer.summary == (
        "phone.test:443 has no REST API at /api/v2/mgmt/lineInfo (HTTP 404): it is switched off, or the firmware "
        "lacks it"
    )
    assert answer.code == 3


def test_a_phone_that_says_that_the_line_is_not_registered_is_critical(new_phone: Phone) -> None:
    new_phone.trio.status[LINES] = "4002"
    answer = new_phone.check("lines")
    assert answer.summary == "phone.test:443 answered /api/v2/mgmt/lineInfo with status 4002: line not registered"
    assert answer.code == 2


@pytest.mark.parametrize("options", [("--critical-line-status", ""), ("--filter-counters", "active")])
def test_such_a_phone_is_unknown_where_that_is_not_judged(new_phone: Phone, options: tuple[str, ...]) -> None:
    new_phone.trio.status[LINES] = "4002"
    answer = new_phone.check("lines", *options)
    said = "phone.test:443 answered /api/v2/mgmt/lineInfo with status 4002: line not registered"
    assert (answer.first_line, answer.code) == (f"TRIO LINES UNKNOWN - {said}", 3)


# -- what cannot be read


@pytest.mark.parametrize(
    ("field", "value", "said", "lost"),
    [
        ("LineNumber", ..., "LineNumber of a line is missing", ""),
        ("RegistrationStatus", None, "RegistrationStatus of a line is null or empty", ""),
        ("RegistrationStatus", "", "RegistrationStatus of a line is null or empty", ""),
        ("RegistrationStatus", " ", "RegistrationStatus of a line is null or empty", ""),
        ("LineNumber", "", "LineNumber of a line is null or empty", ""),
        ("RegistrationStatus", ..., "RegistrationStatus of a line is missing", ""),
        ("Active", None, "Active of a line is null or empty", "active"),
        ("DoNotDisturb", "maybe", "DoNotDisturb of a line is unreadable (text)", "dnd"),
        ("CallServers", None, "CallServers of a line is null or empty", "servers"),
        ("CallServers", ..., "CallServers of a line is missing", "servers"),
        ("CallServers", {}, "call servers of line Room 1 are unreadable", "servers"),
        ("CallServers", ["sip"], "call servers of line Room 1 are unreadable", "servers"),
        ("CallServers", [{}], "call servers of line Room 1 are unreadable", "servers"),
        ("CallServers", [{"Working": []}], "call servers of line Room 1 are unreadable", "servers"),
    ],
)
def test_a_required_field_that_cannot_be_had_is_unknown_and_the_rest_is_printed(
    new_phone: Phone, field: str, value: Any, said: str, lost: str
) -> None:
    row = new_phone.data[LINES][0]
    if value is ...:
        del row[field]
    else:
        row[field] = value
    answer = new_phone.check("lines", "-v")
    assert (answer.summary, answer.code) == (said, 3)
    rest = {
        "lines.dnd.count": "0;;;0;1",
        "lines.active.count": "0;;;0;1",
        "Room 1#line.callservers.working.count": "1;;;0;1",
    }
    assert answer.perfdata == {label: value for label, value in rest.items() if not lost or lost not in label}
    assert "None" not in answer.stdout


@pytest.mark.parametrize(("field", "counter"), [("Active", "active"), ("DoNotDisturb", "do-not-disturb")])
def test_what_one_line_does_not_tell_is_not_counted_as_no(new_phone: Phone, field: str, counter: str) -> None:
    new_phone.trio.set_lines(ROOM, Line(2, "Room 2"))
    new_phone.data[LINES][1][field] = None
    answer = new_phone.check("lines", f"--critical-{counter}", "1:")
    assert (answer.summary, answer.code) == (f"{field} of a line is null or empty", 3)
