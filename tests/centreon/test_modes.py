"""Each mode of the connectors: the whole first line, the exit code, and nothing that the connector does not have."""

from __future__ import annotations

from typing import Any

import pytest

from check_videoconf.simulator.trio_calls import Call, Line, audio, video

from ..pexip.past import CONFERENCES, PARTICIPANTS, Past, ended, left
from ..pexip.rows import ALARM, NOW, alarm, license_alarm
from ..trio.simulated import INFO, LOGS, NETWORK_INFO, NETWORK_STATS, PAIRED, SIP_STATUS, Phone
from .devices import Poller

LICENSING = "status/v1/licensing/"
LOST = "connectivity_lost (10.44.8.102) on 10.44.7.101 [error] for 42 min"
DETAILS = "Connectivity lost between nodes 10.44.7.101 and 10.44.8.102"


# -- pexip alarms


def test_no_alarm_is_ok(pexip: Poller) -> None:
    answer = pexip.ask("alarms")
    assert answer.stdout == "PEXIP ALARMS OK - no alarm | 'alerts.problems.current.count'=0;;;0;\n"
    assert answer.code == 0


def test_the_published_alarms_command_line(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(), license_alarm()]
    answer = pexip.ask(
        "alarms",
        "--filter-name=connectivity",
        r"--warning-status=%\{level\} =~ /warning|minor/i",
        r"--critical-status=%\{level\} =~ /critical|major|error/i",
        "--verbose",
    )
    said = f"{LOST}: {DETAILS}"
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {said} | 'alerts.problems.current.count'=1;;;0;"
    assert (answer.long_output[0], answer.code) == (f"CRITICAL: {said}", 2)


@pytest.mark.parametrize(
    ("level", "code"),
    [("warning", 1), ("Minor", 1), ("critical", 2), ("MAJOR", 2), ("error", 2), ("info", 0), ("notice", 0), (None, 0)],
)
def test_alarms_are_judged_by_the_connectors_defaults(pexip: Poller, manager: Past, level: Any, code: int) -> None:
    manager.tables[ALARM] = [alarm(level=level)]
    answer = pexip.ask("alarms")
    assert (answer.code, answer.perfdata) == (code, {"alerts.problems.current.count": f"{int(code > 0)};;;0;"})


def test_alarms_may_be_unknown(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(level="info")]
    assert pexip.ask("alarms", "--unknown-status", "%{level} eq 'info'").code == 3


def test_memory_tells_an_alarm_once(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm()]
    assert pexip.ask("alarms", "--memory").code == 2
    answer = pexip.ask("alarms", "--memory")
    assert (answer.summary, answer.code) == ("no new alarm, 1 raised before", 0)


# -- pexip conferences


def qualities(total: int, **counts: int) -> str:
    return " ".join(
        f"'participants.callquality.{word}.count'={counts.get(word, 0)};;;0;{total}"
        for word in ("good", "ok", "bad", "terrible", "unknown")
    )


def test_conferences_are_those_that_ended_since_the_previous_run(pexip: Poller, manager: Past) -> None:
    first = ended(1, NOW - 10)
    manager.tables[CONFERENCES] = [first]
    manager.tables[PARTICIPANTS] = [left(first), left(first, "Timer expired", "4_terrible")]
    answer = pexip.ask("conferences")
    assert answer.first_line == (
        "PEXIP ENDED-CONFERENCES OK - 1 conference ended in the last 5 min, 2 participants, 1 with poor quality | "
        "'conferences.total.count'=1;;;0; 'participants.total.count'=2;;;0; " + qualities(2, good=1, terrible=1)
    )
    assert answer.code == 0
    answer = pexip.ask("conferences")
    assert answer.first_line == (
        "PEXIP ENDED-CONFERENCES OK - 0 conferences ended since the previous run, 0 participants | "
        "'conferences.total.count'=0;;;0; 'participants.total.count'=0;;;0; " + qualities(0)
    )


@pytest.mark.parametrize(
    "label",
    [
        "conferences-total",
        "conferences-total-count",
        "participants-total",
        "participants-total-count",
        "participants-callquality-bad",
        "participants-callquality-bad-count",
    ],
)
def test_conferences_have_thresholds_by_label_and_by_nlabel(pexip: Poller, manager: Past, label: str) -> None:
    conference = ended(1, NOW - 10)
    manager.tables[CONFERENCES] = [conference]
    manager.tables[PARTICIPANTS] = [left(conference, quality="3_bad")]
    assert pexip.ask("conferences", "--since=1h", f"--critical-{label}=1", f"--warning-{label}", "0").code == 1
    assert pexip.ask("conferences", "--since=1h", f"--critical-{label}", "0", f"--warning-{label}=").code == 2


# -- pexip licenses

REPORT = {
    "audio_count": 14,
    "audio_total": 100,
    "port_count": 249,
    "port_total": 250,
    "system_count": 10,
    "system_total": 10,
    "teams_count": 5,
    "teams_total": 5,
    "vmr_count": 0,
    "vmr_total": 0,
}


def test_licenses_are_those_that_the_connector_knows_and_have_no_default_threshold(
    pexip: Poller, manager: Past
) -> None:
    manager.tables[LICENSING] = [REPORT]
    answer = pexip.ask("licenses")
    assert answer.first_line == (
        "PEXIP LICENSES OK - port 99.6 %, audio 14 % in use | "
        "'license.audio.usage.count'=14;;;0;100 'license.audio.free.count'=86;;;0;100 "
        "'license.audio.usage.percentage'=14%;;;0;100 "
        "'license.port.usage.count'=249;;;0;250 'license.port.free.count'=1;;;0;250 "
        "'license.port.usage.percentage'=99.6%;;;0;100"
    )
    assert (answer.long_output, answer.code) == ([], 0)


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("--warning-license-port-usage=248", 1),
        ("--critical-license-port-free=2:", 2),
        ("--critical-license-port-usage-prct=99", 2),
        ("--critical-license-port-usage-percentage=99", 2),
        ("--critical-license-audio-usage-count=13", 2),
        ("--critical-license-audio-usage-count=14", 0),
    ],
)
def test_licenses_have_thresholds(pexip: Poller, manager: Past, option: str, code: int) -> None:
    manager.tables[LICENSING] = [REPORT]
    assert pexip.ask("licenses", option).code == code


def test_the_threshold_of_a_license_that_the_connector_does_not_know_is_refused(pexip: Poller) -> None:
    answer = pexip.ask("licenses", "--warning-license-teams-usage=1")
    assert answer.first_line.startswith("UNKNOWN: unknown option --warning-license-teams-usage, did you mean ")


def test_licenses_of_other_kinds_alone_are_no_license(pexip: Poller, manager: Past) -> None:
    none = dict.fromkeys((f"{kind}_{word}" for kind in ("audio", "port") for word in ("count", "total")), 0)
    manager.tables[LICENSING] = [{**REPORT, **none}]
    answer = pexip.ask("licenses")
    assert answer.stdout == "PEXIP LICENSES OK - no license of audio, port, vmr\n"


# -- trio


def test_device(trio: Poller, phone: Phone) -> None:
    phone.data["mgmt/device/stats"] = {
        "CPU": {"Current": "99", "Average": "99"},
        "Memory": {"Total": "1000", "Used": "990", "SReclaim": "10"},
    }
    answer = trio.ask("device")
    assert answer.first_line == (
        "TRIO DEVICE OK - Idle, CPU 99 % on average, memory 98 % | "
        "'device.cpu.utilization.average.percentage'=99%;;;0;100 "
        "'device.memory.usage.bytes'=980B;;;0;1000 'device.memory.free.bytes'=20B;;;0;1000 "
        "'device.memory.usage.percentage'=98%;;;0;100"
    )
    assert (answer.long_output, answer.code) == ([], 0)


def test_device_in_error_is_critical(trio: Poller, phone: Phone) -> None:
    phone.data["mgmt/pollForStatus"]["State"] = "Error"
    assert trio.ask("device").code == 2
    assert trio.ask("device", "--critical-status=").code == 0


def test_network_has_rates_with_their_unit_from_the_second_run_on(trio: Poller, phone: Phone) -> None:
    del phone.data[NETWORK_INFO]  # the connector does not ask for it
    phone.up(1_000)
    phone.data[NETWORK_STATS].update(RxPackets="1617177", TxPackets="1279022")
    answer = trio.ask("network", "--warning-packets-in=1")
    assert (answer.first_line, answer.code) == ("TRIO NETWORK OK - first run", 0)
    phone.up(1_060)
    phone.data[NETWORK_STATS].update(RxPackets="1618677", TxPackets="1279622")
    answer = trio.ask("network", "--warning-packets-in=1")
    assert answer.first_line == (
        "TRIO NETWORK WARNING - packets in 25 /s, above 1 /s | "
        "'network.packets.in.persecond'=25/s;1;;0; 'network.packets.out.persecond'=10/s;;;0;"
    )
    assert phone.requests == ["GET v1/mgmt/network/stats"] * 2


def test_network_without_a_problem_says_the_rates(trio: Poller, phone: Phone) -> None:
    for seconds, packets in ((1_000, "0"), (1_060, "600")):
        phone.up(seconds)
        phone.data[NETWORK_STATS].update(RxPackets=packets, TxPackets=packets)
        answer = trio.ask("network")
    assert answer.summary == "packets a second in 10 and out 10"


def calls(phone: Phone, *streams: dict[str, Any]) -> None:
    phone.trio.set_calls(Call("0xb53e57c0", streams=streams))


def test_calls_rt_names_streams_by_their_category_and_has_traffic_from_the_second_run_on(
    trio: Poller, phone: Phone
) -> None:
    before = {"PacketsReceived": 1000, "PacketsLost": 0, "OctetsReceived": 0, "OctetsSent": 0}
    after = {"PacketsReceived": 1900, "PacketsLost": 100, "OctetsReceived": 7380, "OctetsSent": 600}
    phone.up(1_000)
    calls(phone, audio("0x1", **before), video("0x2", **before), video("0x3", **before))
    answer = trio.ask("calls-rt")
    assert {label.partition("#")[0] for label in answer.perfdata} == {"0:voice", "1:video", "1:video_2"}
    assert not [label for label in answer.perfdata if "traffic" in label]
    phone.up(1_060)
    calls(phone, audio("0x1", **after), video("0x2", **after), video("0x3", **before))
    answer = trio.ask("calls-rt")
    voice, other = "'0:voice#call.channel", "'1:video#call.channel"
    assert answer.first_line == (
        "TRIO MEDIA OK - 1 call with 3 streams, packet loss at most 10 %, jitter at most 34 ms | "
        f"{voice}.packetloss.count'=100;;;0; {voice}.packetloss.percentage'=10%;;;0;100 "
        f"{voice}.traffic.in.bytes'=123B/s;;;0; {voice}.traffic.out.bytes'=10B/s;;;0; "
        f"{voice}.maxjitter.milliseconds'=21ms;;;0; "
        f"{other}.packetloss.count'=100;;;0; {other}.packetloss.percentage'=10%;;;0;100 "
        f"{other}.traffic.in.bytes'=123B/s;;;0; {other}.traffic.out.bytes'=10B/s;;;0; "
        f"{other}.maxjitter.milliseconds'=34ms;;;0; "
        "'1:video_2#call.channel.packetloss.count'=0;;;0; '1:video_2#call.channel.traffic.in.bytes'=0B/s;;;0; "
        "'1:video_2#call.channel.traffic.out.bytes'=0B/s;;;0; "
        "'1:video_2#call.channel.maxjitter.milliseconds'=34ms;;;0;"
    )
    assert answer.code == 0


def test_calls_rt_does_not_ask_firmware_that_would_freeze(trio: Poller, phone: Phone) -> None:
    phone.data[INFO]["Firmware"] = {"Application": "5.7.2.1000"}
    phone.data[INFO].pop("FirmwareRelease", None)
    answer = trio.ask("calls-rt")
    assert answer.summary == "not asked: firmware 5.7.2.1000 is below 5.8, asking would freeze the phone"
    assert (answer.code, phone.requests) == (3, ["GET v2/mgmt/device/info"])


def test_calls_rt_without_a_call_is_ok(trio: Poller) -> None:
    assert trio.ask("calls-rt").stdout == "TRIO MEDIA OK - no call\n"


def test_calls_summary_counts_what_is_new(trio: Poller, phone: Phone) -> None:
    assert trio.ask("calls-summary", "--warning-total=0").first_line == "TRIO CALL-LOGS OK - first run"
    phone.trio.log_call("Placed", "2026-10-11T11:00:00", "4 mins 49 secs")
    phone.trio.log_call("Missed", "2026-10-11T11:10:00")
    answer = trio.ask("calls-summary", "--warning-total=0")
    assert answer.first_line == (
        "TRIO CALL-LOGS WARNING - calls total 2, above 0 | "
        "'calls.total.count'=2;0;;0; 'calls.placed.count'=1;;;0; 'calls.missed.count'=1;;;0; "
        "'calls.received.count'=0;;;0;"
    )
    assert answer.code == 1


@pytest.mark.parametrize("label", ["missed", "calls-missed", "calls-missed-count"])
def test_calls_summary_has_short_labels(trio: Poller, phone: Phone, label: str) -> None:
    trio.ask("calls-summary", f"--critical-{label}=0")
    phone.trio.log_call("Missed", "2026-10-11T11:10:00")
    assert trio.ask("calls-summary", f"--critical-{label}=0").code == 2


@pytest.mark.parametrize("pattern", ["^total$", "^calls-total$"])
def test_filter_counters_knows_short_labels(trio: Poller, phone: Phone, pattern: str) -> None:
    trio.ask("calls-summary", f"--filter-counters={pattern}")
    phone.data[LOGS]["Missed"].clear()
    answer = trio.ask("calls-summary", f"--filter-counters={pattern}")
    assert answer.first_line == "TRIO CALL-LOGS OK - no new call | 'calls.total.count'=0;;;0;"


def test_paired_is_filtered_by_name_and_type(trio: Poller, phone: Phone) -> None:
    rows = [{"componentType": kind, "componentName": name} for kind, name in (("cameraSrc", "A"), ("displayUI", "B"))]
    phone.data[PAIRED] = {"ConnectedDeviceList": [{"ComponentList": rows}]}
    figures = "'devices.camera.paired.count'=1;;;0; 'devices.audio.paired.count'=0;;;0;"
    answer = trio.ask("paired")
    assert answer.first_line == (
        f"TRIO PAIRED OK - 1 camera, 0 audio, 1 display paired | {figures} 'devices.display_ui.paired.count'=1;;;0;"
    )
    for option in ("--filter-device-name=A", "--filter-device-type=camera"):
        assert trio.ask("paired", option).perfdata["devices.display_ui.paired.count"] == "0;;;0;"
    assert trio.ask("paired", "--critical-devices-display_ui-paired-count=0").code == 2
    assert trio.ask("paired", "--critical-displayui-paired", "0").code == 2


def test_registration_has_no_perfdata(trio: Poller, phone: Phone) -> None:
    answer = trio.ask("registration")
    assert (answer.stdout, answer.code) == ("TRIO REGISTRATION OK - 1 of 1 line registered\n", 0)
    phone.data[SIP_STATUS]["User"][0]["Events"][0]["RegistrationState"] = "Registering"
    answer = trio.ask("registration", "--critical-status=", "--warning-status=%{status} =~ /^registering$/i")
    assert answer.code == 1
    assert " | " not in answer.first_line


def test_each_line_is_judged_by_registration(trio: Poller, phone: Phone) -> None:
    phone.trio.set_lines(Line(1, "Room 1"), Line(2, "Room 2", state="Failed"))
    answer = trio.ask("registration")
    assert answer.first_line == "TRIO REGISTRATION CRITICAL - line 2 (Room 2) is Failed"
