"""The benchmark: what is over its limit fails it, and its short forms measure what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bench import document, load, measure
from scripts.bench.fleet import Device
from scripts.bench.measure import Compared, Cost
from scripts.bench.tables import Figure, Table


@pytest.mark.parametrize(
    ("figure", "shown", "exceeded"),
    [
        (Figure(2.9, 2, 2.9), "2.90 ≤ 2.9", False),
        (Figure(2.91, 2, 2.9), "2.91 > 2.9", True),
        (Figure(float("nan"), 2, 2.9), "nan > 2.9", True),
        (Figure(1, most=0), "1 > 0", True),
        (Figure(1e9), "1000000000", False),
    ],
)
def test_a_figure_tells_whether_it_keeps_its_limit(figure: Figure, shown: str, exceeded: bool) -> None:
    assert (str(figure), figure.exceeded) == (shown, exceeded)


def test_a_table_names_what_is_over_its_limit_and_nothing_else() -> None:
    table = Table("a", "cold start", ["process", "CPU ms", "CPU / GET"])
    table.add("bare GET", Figure(48), Figure(1, 2))
    table.add("alarms", Figure(150), Figure(3.125, 2, 2.9))
    table.add("nodes", Figure(130), Figure(2.7, 2, 2.9))
    assert list(table.exceeded()) == ["(a) alarms, CPU / GET: 3.12 > 2.9"]
    assert "alarms" in table.text()
    assert "| alarms | 150 | **3.12 > 2.9** |" in list(table.markdown())


def test_ratios_are_medians_of_rounds_with_the_unit_measured_beside() -> None:
    # The machine is busy with something else in the second round: twice the time for both.
    unit = iter([Cost(1, 1), Cost(1, 1), Cost(2, 2), Cost(1, 1)])
    other = iter([Cost(9, 9), Cost(3, 4), Cost(6, 8), Cost(2, 5)])
    found = measure.compared(3, lambda: next(unit), lambda: next(other))
    assert found == [Compared(1, 1, 1, 1), Compared(3, 5, 3, 4)]


def checked(device: Device, seconds: float, code: int, text: bytes) -> load.Done:
    return load.Done(device, 0.0, seconds, 0.015, code, text)


GOOD = Device(0, "pexip", 1, seconds=1.0, hangs="")
HANGING = Device(1, "pexip", 2, seconds=1.0, hangs="request")
RIGHT = checked(GOOD, 1.2, 0, b"OK | 'a'=1\n")
IN_TIME = checked(HANGING, 30.1, 3, b"UNKNOWN - no result within 30 s\n")


def over(*done: load.Done) -> list[str]:
    """The rows of the table that are over their limits after checks that went so."""
    held = load.Held(
        load=load.Load(devices=2, hanging=1),
        done=[*done, load.Done(None, 0.0, 0.2, 0.048, 0, b"")],
        expected={0: (b"OK | 'a'=1\n", 0)},
        wall=300, service_cpu=1, device_cpu=1, poller_cpu=1, memory=50, processes=3,
    )  # fmt: skip
    return [row.partition(",")[0].partition(": ")[0] for row in load.table(held).exceeded()]


def test_a_load_that_was_held_keeps_all_limits() -> None:
    assert over(RIGHT, IN_TIME) == []


@pytest.mark.parametrize(
    ("done", "row"),
    [
        (RIGHT._replace(text=b"OK | 'a'=2\n"), "(e) of these"),
        (RIGHT._replace(code=1), "(e) of these"),
        (RIGHT._replace(seconds=3.5), "(e) their delay"),
        (RIGHT._replace(text=b"OK | 'a'=1\nwithout the service: busy\n"), "(e) checks that clients ran themselves"),
        (IN_TIME._replace(code=2), "(e) of these"),
        (IN_TIME._replace(seconds=20.0), "(e) of these"),
        (IN_TIME._replace(seconds=32.5), "(e) after their deadline of 30 s"),
    ],
)
def test_one_check_that_went_otherwise_fails_it(done: load.Done, row: str) -> None:
    assert over(RIGHT, IN_TIME, done) == [row]


def test_checks_of_devices_that_answer_say_under_load_what_they_say_alone() -> None:
    held = load.held(load.Load(devices=8, hanging=0, per_minute=600, seconds=1))
    assert (len(held.good), len(held.hanging), len(held.gets)) == (10, 0, 1)
    assert held.wrong() == []
    assert held.service_cpu > 0


def test_checks_of_devices_that_hang_are_unknown_at_their_deadline() -> None:
    held = load.held(load.Load(devices=3, hanging=2, per_minute=180, seconds=1, timeout=2))
    assert (len(held.good), len(held.hanging)) == (1, 2)
    assert held.wrong_at_deadline() == []


def test_the_command_prints_tables_and_fails_only_over_a_limit() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench", "--only", "b", "--rounds", "1"],
        cwd=measure.ROOT, capture_output=True, encoding="utf-8", timeout=50, check=False,
    )  # fmt: skip
    assert "(b) through the service" in done.stdout
    assert done.stdout.count("≤") + done.stdout.count(">") == 2
    assert done.returncode == int(" > " in done.stdout)
    assert ("over the limit" in done.stderr) == bool(done.returncode)


def test_every_table_has_its_place_in_the_document() -> None:
    text = Path(document.DOCUMENT).read_text(encoding="utf-8")
    for name in "abcdefg":
        table = Table(name, f"title of {name}", ["", "value"])
        table.add("row", Figure(1, most=2))
        written = document.written(text, table, "a machine")
        assert (
            f"<!-- {name} -->\n**title of {name}** (a machine)\n\n|  | value |\n|---|--:|\n| row | 1 ≤ 2 |" in written
        )
        assert document.written(written, table, "a machine") == written
