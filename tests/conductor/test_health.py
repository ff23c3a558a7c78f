"""conductor health."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Run
from ..promises import kept
from .conductor import APPLIANCE, VIRTUAL, Conductor, answered

IS_VIRTUAL = "fans: N/A, this is a virtual machine"


def figures(load: tuple[str, str, str], fans: tuple[str, ...], committed: int, share: str) -> str:
    return " ".join(
        [
            *(f"'system.cpu.load.{period}m.count'={value};;;0;" for period, value in zip((1, 5, 15), load)),
            f"'system.memory.committed.bytes'={committed}B;;;0;",
            f"'system.memory.committed.percentage'={share}%;90;100;0;",
            *(f"'fan_{number}#hardware.fan.speed.rpm'={speed};;1:;0;" for number, speed in enumerate(fans, 1)),
        ]
    )


def test_a_virtual_machine_in_good_health(conductor: Conductor) -> None:
    answer = conductor.check("health")
    assert answer.first_line == (
        "CONDUCTOR HEALTH OK - load 0, 0, 1, committed memory 2.4 GiB (39.9 % of 6 GiB)"
        f" | {figures(('0', '0', '1'), (), 2573676544, '39.95')}"
    )
    assert (answer.long_output, answer.code) == ([IS_VIRTUAL], 0)
    assert len(conductor.requests) == 1


def test_an_appliance_has_fans_and_less_memory(conductor: Conductor) -> None:
    conductor.body = answered(APPLIANCE)
    answer = conductor.check("health")
    assert answer.first_line == (
        "CONDUCTOR HEALTH OK - load 3, 2, 2, committed memory 2.4 GiB (59.9 % of 4 GiB)"
        f" | {figures(('3', '2', '2'), ('8035', '8120', '7998'), 2573676544, '59.92')}"
    )
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("cpu-load-1", "3", "2", "mean load of the last minute 3, above 2"),
        ("cpu-load-5", "2", "1.9", "mean load of the last 5 minutes 2, above 1.9"),
        ("cpu-load-15", "2", "1", "mean load of the last 15 minutes 2, above 1"),
        ("fan-1", "8000:", "8100:", "speed of fan_1 8035 rpm, below 8100 rpm"),
        ("fan-2", "8000:", "8121:", "speed of fan_2 8120 rpm, below 8121 rpm"),
        ("fan-3", "7998:", "7999:", "speed of fan_3 7998 rpm, below 7999 rpm"),
        ("memory-committed", "2.4G", "2.3G", "committed memory 2.4 GiB, above 2.3 GiB"),
        ("memory-committed-prct", "60%", "59%", "committed memory 59.9 %, above 59 %"),
    ],
)
@pytest.mark.parametrize(("level", "code"), [("warning", 1), ("critical", 2)])
def test_each_counter_has_thresholds(
    conductor: Conductor, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    conductor.body = answered(APPLIANCE)
    assert conductor.check("health", f"--{level}-{label}", inside).code == 0
    answer = conductor.check("health", f"--{level}-{label}", outside)
    assert (answer.summary, answer.code) == (said, code)


@pytest.mark.parametrize(("kilobytes", "code"), [(5662310, 0), (5662311, 1), (6291456, 1), (6291457, 2), (9000000, 2)])
def test_committed_memory_warns_above_90_and_is_critical_above_100_percent(
    conductor: Conductor, kilobytes: int, code: int
) -> None:
    conductor.body = answered({**VIRTUAL, "committed_as": f"{kilobytes} kB"})
    assert conductor.check("health").code == code


def test_the_share_of_committed_memory_may_exceed_100_percent(conductor: Conductor) -> None:
    conductor.body = answered({**VIRTUAL, "committed_as": "9437184 kB"})
    answer = conductor.check("health")
    assert answer.summary == "committed memory 150 %, above 100 %"
    assert answer.perfdata["system.memory.committed.percentage"] == "150%;90;100;0;"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2513356", "2573676544B"),
        ("2513356 kB", "2573676544B"),
        ("2513356kb", "2573676544B"),
        (2513356, "2573676544B"),
        (2513356.0, "2573676544B"),
        ("2454 MB", "2573205504B"),
        ("2.5 GB", "2684354560B"),
        (" 2573676544 B ", "2573676544B"),
    ],
)
def test_committed_memory_is_read_with_and_without_a_unit(conductor: Conductor, given: object, shown: str) -> None:
    conductor.body = answered({**VIRTUAL, "committed_as": given})
    assert conductor.check("health").perfdata["system.memory.committed.bytes"] == f"{shown};;;0;"


@pytest.mark.parametrize(("unit", "share"), [("B", "41.67"), ("kB", "42666.67")])
def test_the_unit_of_a_plain_number_can_be_chosen(conductor: Conductor, unit: str, share: str) -> None:
    conductor.body = answered({**VIRTUAL, "committed_as": "2684354560"})
    answer = conductor.check("health", "--committed-unit", unit)
    assert answer.perfdata["system.memory.committed.percentage"] == f"{share}%;90;100;0;"


@pytest.mark.parametrize(("gibibytes", "share", "code"), [("4", "59.92", 0), ("2.5", "95.88", 1), ("2", "119.85", 2)])
def test_the_size_of_the_memory_can_be_given(conductor: Conductor, gibibytes: str, share: str, code: int) -> None:
    answer = conductor.check("health", "--ram-gb", gibibytes)
    assert answer.perfdata["system.memory.committed.percentage"] == f"{share}%;90;100;0;"
    assert answer.code == code


@pytest.mark.parametrize("value", ["0", "5000", "-4", "four"])
def test_a_memory_size_that_cannot_be_is_refused(conductor: Conductor, value: str) -> None:
    answer = conductor.check("health", "--ram-gb", value)
    assert answer.first_line == f"UNKNOWN: --ram-gb: '{value}' is not a number from 0.5 to 4096"
    assert conductor.requests == []


# -- fans


@pytest.mark.parametrize("text", ["8035", "8035 RPM", "8035rpm", " 8035 ", 8035, 8035.0])
def test_a_fan_s_speed_is_read_in_every_form(conductor: Conductor, text: object) -> None:
    conductor.body = answered({**APPLIANCE, "fan_1": text})
    assert conductor.check("health").perfdata["fan_1#hardware.fan.speed.rpm"] == "8035;;1:;0;"


@pytest.mark.parametrize("stopped", ["0", "0 RPM", 0])
def test_a_fan_that_stands_still_is_critical(conductor: Conductor, stopped: object) -> None:
    conductor.body = answered({**APPLIANCE, "fan_3": stopped})
    answer = conductor.check("health")
    assert answer.summary == "speed of fan_3 0 rpm, below 1 rpm"
    assert answer.code == 2


@pytest.mark.parametrize("words", ["N/A", "n/a", " N/A "])
def test_one_fan_that_is_not_there_is_said(conductor: Conductor, words: str) -> None:
    conductor.body = answered({**APPLIANCE, "fan_2": words})
    answer = conductor.check("health")
    assert answer.long_output == ["fan-2: N/A"]
    assert answer.perfdata["system.memory.committed.percentage"] == "59.92%;90;100;0;"
    assert answer.code == 0


def test_a_threshold_on_a_fan_that_is_not_there_is_unknown(conductor: Conductor) -> None:
    conductor.body = answered({**APPLIANCE, "fan_2": "N/A"})
    answer = conductor.check("health", "--critical-fan-2", "5000:")
    assert (answer.summary, answer.code) == ("fan-2: N/A", 3)


def test_a_virtual_machine_is_not_alarmed_for_a_threshold_on_fans_that_is_meant_for_all_conductors(
    conductor: Conductor,
) -> None:
    answer = conductor.check("health", "--critical-fan-1", "5000:", "--critical-fan-2", "5000:")
    assert answer.long_output == ["fans: N/A, this is a virtual machine"]
    assert answer.code == 0


@pytest.mark.parametrize("odd", ["fast", "", "-5", "8035 of 9000", "1e4"])
def test_an_unreadable_fan_is_unknown_and_the_rest_is_judged(conductor: Conductor, odd: str) -> None:
    conductor.body = answered({**APPLIANCE, "fan_1": odd, "fan_3": "0"})
    answer = conductor.check("health")
    assert answer.summary == "speed of fan_3 0 rpm, below 1 rpm / fan_1 of a health report is unreadable (text)"
    assert "fan_1#hardware.fan.speed.rpm" not in answer.perfdata
    assert answer.code == 2


def test_a_missing_fan_is_unknown_and_not_taken_for_a_virtual_machine(conductor: Conductor) -> None:
    conductor.body = answered({name: text for name, text in APPLIANCE.items() if name != "fan_2"})
    answer = conductor.check("health")
    assert answer.first_line == (
        "CONDUCTOR HEALTH UNKNOWN - fan_2 of a health report is missing"
        f" | {figures(('3', '2', '2'), ('8035',), 2573676544, '59.92')}"
        " 'fan_3#hardware.fan.speed.rpm'=7998;;1:;0;"
    )
    assert answer.code == 3


def test_an_appliance_with_fewer_fans_can_be_checked_by_choosing_counters(conductor: Conductor) -> None:
    conductor.body = answered({name: text for name, text in APPLIANCE.items() if name != "fan_3"})
    assert conductor.check("health", "--filter-counters", "cpu|memory|fan-[12]").code == 0


# -- loads and gaps


@pytest.mark.parametrize(
    ("load", "shown"), [(0, "0"), (0.37, "0.37"), ("0.42", "0.42"), ("2", "2"), (" 1.5 ", "1.5"), (12, "12")]
)
def test_a_load_may_be_int_double_or_text(conductor: Conductor, load: object, shown: str) -> None:
    conductor.body = answered({**VIRTUAL, "cpu_load_5": load})
    assert conductor.check("health").perfdata["system.cpu.load.5m.count"] == f"{shown};;;0;"


def test_the_answer_with_text_for_everything(conductor: Conductor) -> None:
    fans = {"fan_1": "8035 RPM", "fan_2": "8120 RPM", "fan_3": "7998 RPM"}
    loads = {"cpu_load_1": "0.42", "cpu_load_5": 0.37, "cpu_load_15": "0.30"}
    conductor.body = answered({**fans, "committed_as": "2513356 kB", **loads})
    answer = conductor.check("health")
    assert answer.first_line == (
        "CONDUCTOR HEALTH OK - load 0.4, 0.4, 0.3, committed memory 2.4 GiB (59.9 % of 4 GiB)"
        f" | {figures(('0.42', '0.37', '0.3'), ('8035', '8120', '7998'), 2573676544, '59.92')}"
    )


def test_an_empty_struct_names_every_missing_member(conductor: Conductor) -> None:
    conductor.body = answered({})
    answer = conductor.check("health")
    members = ["fan_1", "fan_2", "fan_3", "committed_as", "cpu_load_1", "cpu_load_5", "cpu_load_15"]
    assert sorted(answer.long_output) == sorted(f"UNKNOWN: {name} of a health report is missing" for name in members)
    assert all(f"{name} of a health report is missing" in answer.summary for name in members)
    assert (answer.perfdata, answer.code) == ({}, 3)


@pytest.mark.parametrize("name", list(VIRTUAL))
def test_one_missing_member_is_named_and_the_rest_is_measured(conductor: Conductor, name: str) -> None:
    conductor.body = answered({member: value for member, value in VIRTUAL.items() if member != name})
    answer = conductor.check("health", "--warning-memory-committed-prct", "1", "--warning-cpu-load-15", "0")
    assert answer.summary.startswith(f"{name} of a health report is missing / ")
    assert answer.code == 3
    assert len(answer.perfdata) == (5 if name.startswith("fan") else 3 if name == "committed_as" else 4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cpu_load_1": "high"}, "cpu_load_1 of a health report is unreadable (text)"),
        ({"cpu_load_1": ""}, "cpu_load_1 of a health report is null or empty"),
        ({"cpu_load_1": -1}, "cpu_load_1 of a health report is unreadable (a number)"),
        ({"committed_as": "much"}, "committed_as of a health report is unreadable (text)"),
        ({"committed_as": "12 bananas"}, "committed_as of a health report is unreadable (text)"),
        ({"committed_as": -1}, "committed_as of a health report is unreadable (a number)"),
    ],
)
def test_an_unreadable_member_is_unknown(conductor: Conductor, changed: dict[str, Any], said: str) -> None:
    conductor.body = answered({**VIRTUAL, **changed})
    answer = conductor.check("health")
    assert (answer.summary, answer.code) == (said, 3)


# -- output


def test_verbose_shows_every_figure(conductor: Conductor) -> None:
    conductor.body = answered(APPLIANCE)
    assert conductor.check("health", "-v").long_output == [
        "OK: mean load of the last minute 3",
        "OK: mean load of the last 5 minutes 2",
        "OK: mean load of the last 15 minutes 2",
        "OK: speed of fan_1 8035 rpm",
        "OK: speed of fan_2 8120 rpm",
        "OK: speed of fan_3 7998 rpm",
        "OK: committed memory 2.4 GiB",
        "OK: committed memory 59.9 %",
    ]


def test_most_verbose_hides_the_password_in_the_body(conductor: Conductor) -> None:
    shown = conductor.check("health", "-vvv").stdout
    assert "authenticationPassword" in shown
    assert "***" in shown


def test_summary_perfdata_leaves_out_the_fans(conductor: Conductor) -> None:
    conductor.body = answered(APPLIANCE)
    answer = conductor.check("health", "--perfdata", "summary")
    assert list(answer.perfdata) == [
        "system.cpu.load.1m.count",
        "system.cpu.load.5m.count",
        "system.cpu.load.15m.count",
        "system.memory.committed.bytes",
        "system.memory.committed.percentage",
    ]


def test_json_and_openmetrics_tell_the_same(conductor: Conductor) -> None:
    conductor.body = answered(APPLIANCE)
    found = json.loads(conductor.check("health", "--output", "json").stdout)
    assert [(counter["label"], counter["instance"], counter["value"]) for counter in found["counters"][-3:]] == [
        ("fan-1", "fan_1", 8035),
        ("fan-2", "fan_2", 8120),
        ("fan-3", "fan_3", 7998),
    ]
    lines = conductor.check("health", "--output-openmetrics").stdout.splitlines()
    labels = 'system="conductor",mode="health",host="conductor.test"'
    assert f'videoconf_hardware_fan_speed_rpm{{{labels},instance="fan_1"}} 8035' in lines


@pytest.mark.parametrize(("kind", "gibibytes"), [("vm", 6), ("appliance", 4)])
def test_a_simulated_conductor_over_tls(run: Run, kind: str, gibibytes: int) -> None:
    with Simulator(systems=("conductor",), conductor=kind, seed=1) as devices:
        connection = ["-H", "127.0.0.1", "-p", f"{devices.conductor.port}", "--cacert", devices.ca_file]
        connection += ["-u", "monitor"]
        answer = kept(run("conductor", "health", *connection, CHECK_VIDEOCONF_PASSWORD=devices.password))
        again = run("conductor", "health", *connection, CHECK_VIDEOCONF_PASSWORD=devices.password)
        assert len(devices.conductor.requests) == 1
    assert answer.code == 0
    assert answer.summary.endswith(f" % of {gibibytes} GiB)")
    assert again.first_line == answer.first_line
    assert ("fan_1#hardware.fan.speed.rpm" in answer.perfdata) is (kind == "appliance")


def test_a_simulated_conductor_refuses_a_wrong_password(run: Run, simulator: Simulator) -> None:
    connection = ["-H", "127.0.0.1", "-p", f"{simulator.conductor.port}", "--cacert", simulator.ca_file]
    connection += ["-u", "monitor"]
    answer = kept(run("conductor", "health", *connection, CHECK_VIDEOCONF_PASSWORD="wrong one"))
    assert "fault 14, authorization failed: check the account and its rights" in answer.summary
    assert answer.code == 3
