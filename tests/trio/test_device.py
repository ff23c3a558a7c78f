"""trio device."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Run
from ..promises import kept
from .phone import IDLE, POLL, STATS, Phone, memory, stats

FIGURES = (
    "'device.cpu.utilization.average.percentage'=21.9%;85;95;0;100 "
    "'device.cpu.utilization.current.percentage'=18.5%;;;0;100 "
    "'device.memory.usage.bytes'=290000000B;;;0;500000000 'device.memory.free.bytes'=210000000B;;;0;500000000 "
    "'device.memory.usage.percentage'=58%;90;95;0;100 'device.ramdisk.bytes'=67108864B;;;0;"
)
MEMORY_FIGURES = FIGURES[FIGURES.index("'device.memory") :]


def test_an_idle_phone_is_ok(phone: Phone) -> None:
    answer = phone.check("device")
    assert answer.first_line == f"TRIO DEVICE OK - Idle, CPU 21.9 % on average, memory 58 % | {FIGURES}"
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(
    ("average", "state", "code"),
    [("85", "OK", 0), ("85.1", "WARNING", 1), ("95", "WARNING", 1), ("95.1", "CRITICAL", 2)],
)
def test_the_mean_cpu_utilization_is_judged(phone: Phone, average: str, state: str, code: int) -> None:
    phone.set(STATS, stats(average))
    answer = phone.check("device")
    assert answer.first_line.startswith(f"TRIO DEVICE {state} - ")
    assert answer.code == code
    if code:
        assert answer.summary == f"CPU utilization on average {average} %, above {85 if code == 1 else 95} %"


@pytest.mark.parametrize(
    ("used", "code"), [("460000000", 0), ("460000001", 1), ("485000000", 1), ("485000001", 2), ("500000000", 2)]
)
def test_memory_in_use_is_judged_without_what_can_be_had_back(phone: Phone, used: str, code: int) -> None:
    phone.set(STATS, stats(Memory=memory(Used=used)))
    assert phone.check("device").code == code


@pytest.mark.parametrize(
    ("label", "inside", "outside", "said"),
    [
        ("cpu-utilization-average", "22", "21", "CPU utilization on average 21.9 %, above 21 %"),
        ("cpu-utilization-current", "19", "18", "CPU utilization now 18.5 %, above 18 %"),
        ("memory-usage", "277M", "276M", "memory in use 276.6 MiB, above 276 MiB"),
        ("memory-usage-free", "200M:", "201M:", "free memory 200.3 MiB, below 201 MiB"),
        ("memory-usage-prct", "58%", "57%", "memory in use 58 %, above 57 %"),
        ("ramdisk", "64M", "63M", "RAM disk 64 MiB, above 63 MiB"),
    ],
)
@pytest.mark.parametrize(("level", "code"), [("warning", 1), ("critical", 2)])
def test_each_counter_has_thresholds(
    phone: Phone, label: str, inside: str, outside: str, said: str, level: str, code: int
) -> None:
    assert phone.check("device", f"--{level}-{label}", inside).code == 0
    answer = phone.check("device", f"--{level}-{label}", outside)
    assert (answer.summary, answer.code) == (said, code)


# -- memory


def test_without_reclaimable_memory_all_that_is_used_counts(phone: Phone) -> None:
    phone.set(STATS, stats(Memory={name: memory()[name] for name in ("Total", "Used", "Free")}))
    figures = phone.check("device").perfdata
    assert figures["device.memory.usage.bytes"] == "300000000B;;;0;500000000"
    assert figures["device.memory.free.bytes"] == "200000000B;;;0;500000000"
    assert figures["device.memory.usage.percentage"] == "60%;90;95;0;100"


@pytest.mark.parametrize("reclaimable", ["0", None, ""])
def test_no_reclaimable_memory_is_none(phone: Phone, reclaimable: object) -> None:
    phone.set(STATS, stats(Memory=memory(SReclaim=reclaimable)))
    answer = phone.check("device")
    assert answer.perfdata["device.memory.usage.percentage"] == "60%;90;95;0;100"
    assert answer.code == 0


def test_unreadable_reclaimable_memory_is_said_and_counts_as_none(phone: Phone) -> None:
    phone.set(STATS, stats(Memory=memory(SReclaim="some")))
    answer = phone.check("device")
    assert answer.long_output == ["SReclaim of a memory report is unreadable (text)"]
    assert answer.perfdata["device.memory.usage.percentage"] == "60%;90;95;0;100"
    assert answer.code == 0


@pytest.mark.parametrize("numbers", [(500000000, 300000000, 10000000), ("5e8", "300000000.0", " 10000000 ")])
def test_numbers_may_be_text_or_numbers(phone: Phone, numbers: tuple[Any, Any, Any]) -> None:
    total, used, reclaimable = numbers
    found = memory(Total=total, Used=used, SReclaim=reclaimable)
    phone.set(STATS, stats(21.9, 18.5, Memory=found, RAMDiskSize=67108864))
    assert phone.check("device").first_line.endswith(f" | {FIGURES}")


@pytest.mark.parametrize(
    "odd",
    [{"Used": "600000000"}, {"Total": "0", "Used": "0", "SReclaim": "0"}, {"SReclaim": "400000000"}, {"Used": "-1"}],
)
def test_memory_that_cannot_be_is_unknown_and_the_rest_is_judged(phone: Phone, odd: dict[str, str]) -> None:
    phone.set(STATS, stats("99", Memory=memory(**odd)))
    answer = phone.check("device")
    assert answer.summary.startswith("CPU utilization on average 99 %, above 95 % / memory report: ")
    assert answer.summary.endswith(" cannot be")
    assert answer.code == 2
    phone.set(STATS, stats(Memory=memory(**odd)))
    assert phone.check("device").code == 3


# -- gaps


@pytest.mark.parametrize("broken", [{"CPU": None}, {"CPU": []}, {"CPU": {}}, {"CPU": "18.5"}])
def test_without_cpu_figures_it_is_unknown_and_memory_is_still_measured(phone: Phone, broken: dict[str, Any]) -> None:
    phone.set(STATS, stats(**broken))
    answer = phone.check("device")
    assert answer.first_line == (
        "TRIO DEVICE UNKNOWN - Average of a CPU report is missing / Current of a CPU report is missing"
        f" | {MEMORY_FIGURES}"
    )
    assert answer.code == 3


def test_without_the_cpu_block_it_is_unknown(phone: Phone) -> None:
    found = stats()
    del found["CPU"]
    phone.set(STATS, found)
    assert phone.check("device").code == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"CPU": {"Current": "1", "Average": "high"}}, "Average of a CPU report is unreadable (text)"),
        ({"CPU": {"Current": None, "Average": "2"}}, "Current of a CPU report is null or empty"),
        ({"Memory": {"Used": "1"}}, "Total of a memory report is missing"),
        ({"Memory": memory(Used=["1"])}, "Used of a memory report is unreadable (a list)"),
    ],
)
def test_a_field_that_cannot_be_had_is_unknown_and_named(phone: Phone, changed: dict[str, Any], said: str) -> None:
    phone.set(STATS, stats(**changed))
    answer = phone.check("device")
    assert (answer.summary, answer.code) == (said, 3)
    assert "device.ramdisk.bytes" in answer.perfdata


def test_a_phone_without_a_ram_disk_figure_says_so(phone: Phone) -> None:
    found = stats()
    del found["RAMDiskSize"]
    phone.set(STATS, found)
    answer = phone.check("device")
    assert (answer.long_output, answer.code) == (["ramdisk: not reported"], 0)
    assert phone.check("device", "--warning-ramdisk", "1G").summary == "ramdisk: not reported"


def test_counters_that_cannot_be_had_can_be_left_out(phone: Phone) -> None:
    phone.set(STATS, stats(CPU=None))
    answer = phone.check("device", "--filter-counters", "memory|status")
    assert answer.summary == "Idle, memory 58 %"
    assert answer.code == 0


# -- state


@pytest.mark.parametrize("state", [None, "", " "])
def test_a_state_that_says_nothing_is_unknown_and_the_rest_is_printed(phone: Phone, state: str | None) -> None:
    phone.set(POLL, {"State": state})
    answer = phone.check("device")
    assert answer.first_line == f"TRIO DEVICE UNKNOWN - State of a state report is null or empty | {FIGURES}"
    assert answer.code == 3
    assert phone.check("device", "--filter-counters", "cpu").code == 0


def test_an_error_is_critical_with_the_phone_s_words(phone: Phone) -> None:
    phone.set(POLL, {"State": "Error", "StateData": "Could not contact boot server"})
    answer = phone.check("device")
    assert answer.first_line == f"TRIO DEVICE CRITICAL - state Error: Could not contact boot server | {FIGURES}"
    assert answer.long_output == ["CRITICAL: state Error: Could not contact boot server"]
    assert answer.code == 2


@pytest.mark.parametrize("state", ["Idle", "Active", "Ringing"])
def test_other_states_are_ok_and_shown(phone: Phone, state: str) -> None:
    phone.set(POLL, {"State": state})
    answer = phone.check("device")
    assert answer.summary == f"{state}, CPU 21.9 % on average, memory 58 %"
    assert answer.code == 0


@pytest.mark.parametrize(
    ("expressions", "code"),
    [
        (["--critical-status", ""], 0),
        (["--warning-status", "%{detail} =~ /boot server/"], 2),
        (["--critical-status", "", "--warning-status", "%{detail} =~ /boot server/"], 1),
        (["--critical-status", "", "--unknown-status", "%{status} ne 'Idle'"], 3),
        (["--critical-status", "%\\{status\\} eq 'Error'"], 2),
    ],
)
def test_expressions_replace_the_default(phone: Phone, expressions: list[str], code: int) -> None:
    phone.set(POLL, {"State": "Error", "StateData": "Could not contact boot server"})
    assert phone.check("device", *expressions).code == code


@pytest.mark.parametrize("poll", [{}, {"State": None}, {"State": ["Idle"]}, {"StateData": "x"}])
def test_a_state_that_cannot_be_read_is_unknown(phone: Phone, poll: dict[str, Any]) -> None:
    phone.set(POLL, poll)
    answer = phone.check("device")
    assert answer.summary.startswith("State of a state report is ")
    assert answer.code == 3
    assert answer.first_line.endswith(f" | {FIGURES}")


def test_what_was_measured_is_printed_also_when_the_state_is_not_to_be_had(phone: Phone) -> None:
    phone.set(STATS, stats("99"))
    phone.set(POLL, None, "5000")
    answer = phone.check("device")
    assert answer.summary == (
        f"trio.test:443 answered {POLL} with status 5000: failed to process the request"
        " / CPU utilization on average 99 %, above 95 %"
    )
    assert answer.perfdata["device.memory.usage.percentage"] == "58%;90;95;0;100"
    assert answer.code == 2


def test_a_gap_is_not_forgotten_when_the_state_is_not_to_be_had(phone: Phone) -> None:
    phone.set(STATS, stats(CPU={"Current": "1"}))
    phone.answers[POLL] = (500, "")
    answer = phone.check("device", "--unreachable-state", "warning")
    assert answer.summary.endswith("HTTP 500 Internal Server Error / Average of a CPU report is missing")
    assert answer.code == 3


# -- output


def test_verbose_shows_every_figure_and_the_state(phone: Phone) -> None:
    assert phone.check("device", "-v").long_output == [
        "OK: CPU utilization on average 21.9 %",
        "OK: CPU utilization now 18.5 %",
        "OK: memory in use 276.6 MiB",
        "OK: free memory 200.3 MiB",
        "OK: memory in use 58 %",
        "OK: RAM disk 64 MiB",
        "OK: state Idle: Time of last call 2026-08-03T10:35:57",
    ]


def test_json_and_openmetrics_tell_the_same(phone: Phone) -> None:
    found = json.loads(phone.check("device", "--output", "json").stdout)
    assert (found["state"], found["requests"], found["counters"][2]["value"]) == ("OK", 2, 290000000)
    lines = phone.check("device", "--output-openmetrics").stdout.splitlines()
    assert 'videoconf_device_memory_usage_percentage{system="trio",mode="device",host="trio.test"} 58' in lines


@pytest.mark.parametrize("firmware", ["old", "new"])
@pytest.mark.parametrize("login", ["basic", "digest"])
def test_a_simulated_phone_over_tls(run: Run, firmware: str, login: str) -> None:
    with Simulator(systems=("trio",), trio_firmware=firmware, trio_auth=login) as devices:
        connection = ["-H", "127.0.0.1", "-p", f"{devices.trio.port}", "--cacert", devices.ca_file, "-u", "monitor"]
        # Its certificate is for its MAC address.
        name = ["--tls-cn", devices.trio.common_name]
        answer = kept(run("trio", "device", *connection, *name, CHECK_VIDEOCONF_PASSWORD=devices.password))
        assert devices.trio.in_flight_max == 1
    assert answer.summary.startswith("Idle, CPU ")
    assert ("device.ramdisk.bytes" in answer.perfdata) is (firmware == "new")
    assert answer.code == 0


def test_idle_is_what_the_documents_call_it(phone: Phone) -> None:
    phone.set(POLL, {**IDLE, "StateData": None})
    assert phone.check("device", "-v").long_output[-1] == "OK: state Idle"
