"""The plugin's own output: what each poller reads of it, and what is left out when it must be short."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.counters import CRITICAL, OK, WARNING, severity
from check_videoconf.output.nagios import render
from check_videoconf.ranges import Range
from check_videoconf.report import Figure, Report

from .pollers import (
    Inside,
    centreon_metrics,
    centreon_parts,
    icinga_parts,
    icinga_values,
    nagios_items,
    nagios_parts,
)
from .reports import figure, options, report, reports

KNOWN_UNITS = ("%", "s", "ms", "B")


def printed(made: Report, *arguments: str, limit: int = 0) -> str:
    return render(made, options(*arguments), limit)


# -- by hand


def test_the_whole_output_of_a_check_that_is_fine() -> None:
    made = report([figure("conferences.total.count", 2), figure("participants.total.count", 11)])
    assert printed(made) == (
        "PEXIP CONFERENCES OK - 2 conferences | 'conferences.total.count'=2;;;0; 'participants.total.count'=11;;;0;\n"
    )


def test_the_whole_output_of_a_check_that_is_not() -> None:
    load = figure(
        "node.load.percentage", 92.456, "lon-1", unit="%", high=100, warning="80%", critical="95", state=WARNING
    )
    made = report(
        [load],
        "load of lon-1 92.5 %, above 80 %",
        [(OK, "load of osl-1 5 %"), (WARNING, "load of lon-1 92.5 %, above 80 %"), (CRITICAL, "lon-2 is down")],
        state=CRITICAL,
        remarks=["lon-3 is not judged: in maintenance"],
    )
    assert printed(made) == (
        "PEXIP CONFERENCES CRITICAL - load of lon-1 92.5 %, above 80 % |"
        " 'lon-1#node.load.percentage'=92.46%;80;95;0;100\n"
        "CRITICAL: lon-2 is down\n"
        "WARNING: load of lon-1 92.5 %, above 80 %\n"
        "lon-3 is not judged: in maintenance\n"
    )


def test_without_perfdata_there_is_no_bar() -> None:
    assert printed(report()) == "PEXIP CONFERENCES OK - 2 conferences\n"
    assert printed(report([figure()]), "--perfdata", "none") == "PEXIP CONFERENCES OK - 2 conferences\n"


def test_perfdata_summary_drops_what_there_is_of_each_instance() -> None:
    made = report([figure("a.count"), figure("b.count", instance="x")])
    assert printed(made, "--perfdata", "summary") == "PEXIP CONFERENCES OK - 2 conferences | 'a.count'=5;;;0;\n"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            figure("a.seconds", 86400, unit="s", warning="30d:", critical="7d:"),
            "'a.seconds'=86400s;2592000:;604800:;0;",
        ),
        (figure("a.bytes", 5, unit="B", warning="1.5G"), "'a.bytes'=5B;1610612736;;0;"),
        (figure("a.milliseconds", 5.5, unit="ms", high=10), "'a.milliseconds'=5.5ms;;;0;10"),
        (figure("a.bitspersecond", 5, unit="b/s"), "'a.bitspersecond'=5;;;0;"),
        (figure("a.persecond", 0.5, unit="/s"), "'a.persecond'=0.5;;;0;"),
        (figure("a.rpm", 8035, unit="rpm", critical="1:"), "'a.rpm'=8035;;1:;0;"),
        (figure("a.count", 5, low=None), "'a.count'=5;;;;"),
        (figure("a.count", 5, low=-2.345, high=1e9), "'a.count'=5;;;-2.35;1000000000"),
        (figure("a.count", 5, warning="@~:3", critical="~:"), "'a.count'=5;@~:3;~:;0;"),
    ],
)
def test_an_item_has_all_its_fields_and_units_that_every_poller_knows(made: Figure, expected: str) -> None:
    assert printed(report([made])) == f"PEXIP CONFERENCES OK - 2 conferences | {expected}\n"


def test_units_that_a_poller_knows_beside_the_usual_ones_can_be_named() -> None:
    made = report([figure("a.persecond", 0.5, unit="/s"), figure("a.seconds", 5, unit="s")])
    output = render(made, options(), 0, units=("/s",))
    assert output == "PEXIP CONFERENCES OK - 2 conferences | 'a.persecond'=0.5/s;;;0; 'a.seconds'=5;;;0;\n"


@pytest.mark.parametrize(
    ("precision", "value", "expected"),
    [("0", 92.456, "92"), ("2", 92.456, "92.46"), ("4", 92.456, "92.456"), ("2", 0.0012345, "0.0012"), ("0", 5, "5")],
)
def test_float_precision_is_the_number_of_decimals(precision: str, value: float, expected: str) -> None:
    made = report([figure("a.count", value)])
    assert nagios_items(printed(made, "--float-precision", precision))[0].value == expected


def test_v_adds_what_is_ok_and_vv_the_requests() -> None:
    made = report(
        items=[(OK, "room 1 is fine"), (WARNING, "room 2 is warm"), (OK, "")], remarks=["a note"], trace=["GET / 200"]
    )
    assert printed(made).splitlines()[1:] == ["WARNING: room 2 is warm", "a note"]
    assert printed(made, "-v").splitlines()[1:] == ["WARNING: room 2 is warm", "OK: room 1 is fine", "a note"]
    assert printed(made, "-vv").splitlines()[1:] == [
        "WARNING: room 2 is warm",
        "OK: room 1 is fine",
        "a note",
        "GET / 200",
    ]


def test_a_long_line_of_a_device_is_shortened() -> None:
    made = report(summary="x" * 5000, remarks=["y" * 5000], trace=["z" * 5000])
    first, remark = printed(made).splitlines()
    assert (len(first), first[-2:]) == (len("PEXIP CONFERENCES OK - ") + 1000, "x…")
    assert (len(remark), remark[-2:]) == (1000, "y…")
    assert [len(printed(made, level).splitlines()[-1]) for level in ("-vv", "-vvv")] == [1000, 4000]


# -- as pollers read it


def near(parsed: float, value: float, precision: int, factor: float = 1) -> bool:
    """Whether a number was parsed as near to the value as the precision promises."""
    if value == int(value):
        return math.isclose(parsed, value * factor, rel_tol=1e-15)
    first_digit = math.floor(math.log10(abs(value))) + 1 if abs(value) < 1 and precision else 0
    step = max(10.0 ** (first_digit - precision), 1e-15)
    return abs(parsed - value * factor) <= step * 0.501 * factor + abs(value) * 1e-15


def number(limit: Range | None) -> float | None:
    """What Icinga 2 keeps of a range: a plain number."""
    if limit is None or not set(limit.text) <= set("+-.0123456789"):
        return None
    return float(limit.text)


def inside(limit: Range | None) -> Inside | None:
    return Inside(limit.invert, limit.start, limit.end) if limit else None


def bounds(made: Figure) -> list[float | None]:
    return [made.low, made.high]


def all_near(found: list[float | None], made: Figure, precision: int, factor: float = 1) -> bool:
    pairs = list(zip(found, bounds(made)))
    return all((a is None) is (b is None) for a, b in pairs) and all(
        near(a, b, precision, factor) for a, b in pairs if a is not None and b is not None
    )


PRECISIONS = st.sampled_from([0, 1, 2, 5, 12])


@given(reports(), PRECISIONS)
def test_nagios_core_reads_every_item_without_loss(made: Report, precision: int) -> None:
    output = printed(made, "-vvv", "--float-precision", str(precision))
    items = nagios_items(output)
    assert [item.label for item in items] == [each.perfdata for each in made.figures]
    for item, each in zip(items, made.figures):
        assert near(float(item.value), each.value, precision)
        if isinstance(each.value, int):
            assert Decimal(item.value) == each.value
        assert item.unit == (each.unit if each.unit in KNOWN_UNITS else "")
        assert item.warning == (each.warning.text if each.warning else "")
        assert item.critical == (each.critical.text if each.critical else "")
        assert all_near([float(bound) if bound else None for bound in (item.low, item.high)], each, precision)
    text, long_output, _ = nagios_parts(output)
    assert text == output.partition("\n")[0].partition(" | ")[0].strip()
    assert long_output.split("\n") == output.split("\n")[1:]


@given(reports(), PRECISIONS)
def test_icinga_2_reads_every_item_without_loss(made: Report, precision: int) -> None:
    output = printed(made, "-vvv", "--float-precision", str(precision))
    values = icinga_values(output)
    assert [value.label for value in values] == [each.perfdata for each in made.figures]
    for value, each in zip(values, made.figures):
        factor = 1e-3 if each.unit == "ms" else 1
        assert near(value.value, each.value, precision, factor)
        assert value.unit == {"%": "percent", "s": "seconds", "ms": "seconds", "B": "bytes"}.get(each.unit, "")
        for found, limit in ((value.warning, number(each.warning)), (value.critical, number(each.critical))):
            assert found == (None if limit is None else limit * factor)
        assert all_near([value.low, value.high], each, precision, factor)
    assert icinga_parts(output)[0].split("\n")[1:] == output.split("\n")[1:]


@given(reports(), PRECISIONS)
def test_centreon_reads_every_item_without_loss(made: Report, precision: int) -> None:
    output = printed(made, "-vvv", "--float-precision", str(precision))
    metrics = centreon_metrics(output)
    assert [metric.label for metric in metrics] == [each.perfdata for each in made.figures]
    for metric, each in zip(metrics, made.figures):
        assert metric.kind == "gauge"
        assert near(metric.value, each.value, precision)
        assert metric.unit == (each.unit if each.unit in KNOWN_UNITS else "")
        assert metric.warning == inside(each.warning)
        assert metric.critical == inside(each.critical)
        assert all_near([metric.low, metric.high], each, precision)
    assert "|" not in centreon_parts(output)[0]


def harmless(output: str) -> bool:
    """Nothing in it that a poller, a terminal or an encoding would stumble over."""
    output.encode()
    return (
        output.endswith("\n")
        and not output.startswith("\n")
        and output.count("|") <= 1
        and "|" not in output.partition("\n")[2]
        and output.splitlines() == output.split("\n")[:-1]
        and all(line.isprintable() or not any(ord(letter) < 0xA0 for letter in line if not letter.isprintable())
                for line in output.splitlines())
    )  # fmt: skip


@given(reports(), st.sampled_from(["-v", "-vv", "-vvv", "--perfdata=summary", "--perfdata=none"]))
def test_any_text_of_a_device_makes_harmless_lines(made: Report, argument: str) -> None:
    output = printed(made, argument)
    assert harmless(output)
    assert output.startswith(f"PEXIP CONFERENCES {('OK', 'WARNING', 'CRITICAL', 'UNKNOWN')[made.state]} - ")


# -- within a limit


def many() -> Report:
    """A report of some 4,000 bytes: two totals, 40 instances of which two are not OK, and ten lines."""
    figures = [figure("rooms.total.count", 40), figure("rooms.warm.count", 2, warning="1", state=WARNING)]
    figures += [
        figure(
            "room.load.percentage", number, f"room {number}", unit="%", state={7: WARNING, 23: CRITICAL}.get(number, OK)
        )
        for number in range(40)
    ]
    items = [(WARNING, f"room {number} is warm and will stay so for the rest of the day") for number in range(10)]
    return report(figures, "room 23 is hot", items, state=CRITICAL)


def shown(output: str) -> tuple[list[str], list[str]]:
    """The labels of the perfdata, and the long output."""
    return [item.label for item in nagios_items(output)], output.splitlines()[1:]


def test_what_fits_is_left_alone() -> None:
    whole = printed(many())
    assert printed(many(), limit=len(whole.encode())) == whole


def test_long_lines_go_first_and_the_worst_stay() -> None:
    whole_labels, whole_lines = shown(printed(many()))
    labels, lines = shown(printed(many(), limit=len(printed(many())) - 1))
    assert labels == whole_labels
    assert lines == [*whole_lines[:9], "left out to fit --max-output: 1 line"]


def test_then_perfdata_of_instances_goes_and_the_worst_stays() -> None:
    labels, lines = shown(printed(many(), limit=400))
    assert labels == [
        "rooms.total.count",
        "rooms.warm.count",
        "room 0#room.load.percentage",
        "room 1#room.load.percentage",
        "room 2#room.load.percentage",
        "room 3#room.load.percentage",
        "room 7#room.load.percentage",
        "room 23#room.load.percentage",
    ]
    assert lines == ["left out to fit --max-output: 10 lines and 34 perfdata items"]


def test_a_total_that_is_fine_stays_before_an_instance_that_is_not() -> None:
    made = report([figure("a.count", instance="x" * 200, state=CRITICAL), figure("b.count")])
    assert shown(printed(made, limit=200)) == (["b.count"], ["left out to fit --max-output: 1 perfdata item"])


def test_one_line_is_not_called_lines() -> None:
    made = report(remarks=["x" * 300])
    assert shown(printed(made, limit=300))[1] == ["left out to fit --max-output: 1 line"]
    made = report([figure("a.count"), figure("b.count", instance="x" * 240)])
    assert shown(printed(made, limit=300)) == (["a.count"], ["left out to fit --max-output: 1 perfdata item"])


def test_a_long_summary_is_shortened_before_a_total_goes() -> None:
    made = report([figure(f"total.{letter}.count") for letter in "abc"], "room 1 is on fire; " * 30)
    output = printed(made, limit=300)
    assert output.startswith("PEXIP CONFERENCES OK - room 1 is on fire; room 1")
    assert "… | 'total.a.count'" in output
    assert shown(output)[0] == ["total.a.count", "total.b.count", "total.c.count"]


def test_where_only_the_summary_is_cut_nothing_is_said_to_be_left_out() -> None:
    (line,) = printed(report(summary="room 1 is on fire; " * 30), limit=300).splitlines()
    assert line.startswith("PEXIP CONFERENCES OK - room 1 is on fire; room 1")
    assert line.endswith("…")


def test_the_summary_has_the_first_half_at_least() -> None:
    made = report([figure(f"total.{number}.count") for number in range(100)], "room 1 is on fire; " * 30)
    output = printed(made, limit=1000)
    assert 440 <= len(output.partition(" | ")[0]) <= 500
    labels, lines = shown(output)
    assert labels == [f"total.{number}.count" for number in range(len(labels))]
    assert lines == [f"left out to fit --max-output: {100 - len(labels)} perfdata items"]


@pytest.mark.parametrize("limit", [1, 2, 10, 30, 60, 120])
def test_a_limit_below_anything_useful_leaves_a_first_line(limit: int) -> None:
    output = printed(many(), limit=limit)
    assert len(output.encode()) <= limit
    assert output.endswith("\n")
    assert "|" not in output


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (44, "PEXIP CONFERENCES CRITICAL - room 23 is hot\n"),
        (43, "PEXIP CONFERENCES CRITICAL - room 23 is…\n"),
        (10, "PEXIP…\n"),
    ],
)
def test_a_first_line_alone_is_as_long_as_its_limit_allows(limit: int, expected: str) -> None:
    assert printed(many(), limit=limit) == expected


@given(reports(), st.integers(300, 3000), st.sampled_from(["", "-v", "-vvv"]))
def test_any_output_fits_its_limit_and_says_what_is_missing(made: Report, limit: int, verbosity: str) -> None:
    arguments = [verbosity] if verbosity else []
    whole, output = printed(made, *arguments), printed(made, *arguments, limit=limit)
    assert len(output.encode()) <= limit
    assert harmless(output)
    if len(whole.encode()) <= limit:
        assert output == whole
        return
    all_items, items = nagios_items(whole), nagios_items(output)
    assert [item for item in all_items if item in items] == items
    all_lines, lines = whole.splitlines()[1:], output.splitlines()[1:]
    note = lines.pop() if lines and lines[-1].startswith("left out to fit --max-output: ") else ""
    assert all_lines[: len(lines)] == lines
    missing_lines, missing_items = len(all_lines) - len(lines), len(all_items) - len(items)
    told = " and ".join(
        f"{count} {noun}{'s' * (count != 1)}"
        for count, noun in ((missing_lines, "line"), (missing_items, "perfdata item"))
        if count
    )
    assert note == (f"left out to fit --max-output: {told}" if told else "")
    if missing_items:
        assert not lines
    kept = {item.label for item in items}
    worth = {each.perfdata: (not each.instance, severity(each.state)) for each in made.figures}
    assert all(worth[label] >= worth[gone] for label in kept for gone in worth.keys() - kept)


@given(reports(), st.integers(1, 300))
def test_no_limit_is_too_small_to_be_kept(made: Report, limit: int) -> None:
    output = printed(made, limit=limit)
    assert len(output.encode()) <= limit
    assert harmless(output) or output == "\n"
