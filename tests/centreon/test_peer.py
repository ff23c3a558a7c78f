"""Where the connectors are wrong, this one is right: one test for each that a test can show."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from check_videoconf.simulator import Request, Simulator
from check_videoconf.simulator.trio_calls import Call, audio, video

from ..conftest import Answer, Run
from ..pexip.past import CONFERENCES, PARTICIPANTS, Past, ended, left
from ..pexip.rows import ALARM, NOW, alarm
from ..promises import kept
from ..trio.simulated import SIP_STATUS, Phone
from .devices import ACCOUNT, MODES, PEXIP, TRIO, Poller


def test_an_alarm_without_details_is_told(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(details=None, level="warning")]
    answer = pexip.ask("alarms")
    assert answer.summary == "connectivity_lost (10.44.8.102) on 10.44.7.101 [warning] for 42 min"
    assert (answer.perfdata, answer.code) == ({"alerts.problems.current.count": "1;;;0;"}, 1)


def test_the_window_of_conferences_advances(pexip: Poller, manager: Past) -> None:
    manager.tables[CONFERENCES] = [ended(1, NOW - 10)]
    counts = [pexip.ask("conferences").perfdata["conferences.total.count"] for _ in range(3)]
    assert counts == ["1;;;0;", "0;;;0;", "0;;;0;"]


def test_participants_of_other_conferences_do_not_count_and_a_null_quality_is_unknown(
    pexip: Poller, manager: Past
) -> None:
    conference = ended(1, NOW - 10)
    manager.tables[CONFERENCES] = [conference]
    manager.tables[PARTICIPANTS] = [
        left(conference, quality=None),
        {**left(ended(2, None)), "end_time": conference["end_time"]},
    ]
    figures = pexip.ask("conferences").perfdata
    assert figures["participants.total.count"] == "1;;;0;"
    assert figures["participants.callquality.unknown.count"] == "1;;;0;1"


@pytest.mark.parametrize("state", ["Unregistered", "NotRegistered"])
def test_unregistered_is_not_registered(trio: Poller, phone: Phone, state: str) -> None:
    phone.data[SIP_STATUS]["User"][0]["Events"][0]["RegistrationState"] = state
    assert trio.ask("registration").code == 2


def test_a_busy_phone_is_asked_again(check: Run, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("check_videoconf.deadline.time.sleep", lambda seconds: None)
    answer, statuses = phone.trio.answer, iter([403])

    def busy_at_first(request: Request) -> Any:
        return dataclasses.replace(answer(request), status=next(statuses, 200))

    monkeypatch.setattr(phone.trio, "answer", busy_at_first)
    assert kept(check(f"--plugin={TRIO}", "--mode=paired", "--hostname=phone.test", *ACCOUNT)).code == 0
    assert len(phone.requests) == 2


def test_all_calls_count_no_stream_overwrites_another_and_loss_is_of_all_packets(trio: Poller, phone: Phone) -> None:
    lossy = {"PacketsReceived": 900, "PacketsLost": 100}
    phone.trio.set_calls(
        Call("0xa", streams=(audio("0x1", **lossy), video("0x2"), video("0x3"))),
        Call("0xb", streams=(audio("0x4"),)),
    )
    figures = trio.ask("calls-rt").perfdata
    loss = {label.partition("#")[0]: value for label, value in figures.items() if "percentage" in label}
    assert list(loss) == ["0:voice", "1:video", "1:video_2", "0:voice_2"]
    assert loss["0:voice"] == "10%;;;0;100"


def test_text_of_the_device_is_data(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(details="a | b\nZoë 漢", name="x|y")]
    answer = pexip.ask("alarms", "--verbose")  # which keeps the promise about the bar and stderr
    assert answer.summary == "x/y (10.44.8.102) on 10.44.7.101 [error] for 42 min: a / b Zoë 漢"


@pytest.mark.parametrize("mode", ["alarms", "conferences"])
def test_openmetrics_is_valid(pexip: Poller, mode: str) -> None:
    answer = pexip.ask(mode, "--output-openmetrics")
    parse: Any = text_string_to_metric_families
    names = {family.name for family in parse(answer.stdout)}
    assert "videoconf_check_state" in names
    assert names & {"videoconf_alerts_problems_current_count", "videoconf_conferences_total_count"}


@pytest.mark.parametrize(
    ("plugin", "mode"), [(TRIO, "calls-summary"), (TRIO, "network"), (PEXIP, "conferences"), (PEXIP, "alarms")]
)
def test_without_a_directory_for_state_the_check_goes_on(
    check: Run, pexip: Poller, trio: Poller, plugin: str, mode: str
) -> None:
    poller = {PEXIP: pexip, TRIO: trio}[plugin]
    answer = poller.ask(mode, "--statefile-dir=/proc/none", *(["--memory"] if mode == "alarms" else []))
    assert answer.code == 0
    assert any(line.startswith("no lock, no cache and no state between runs: ") for line in answer.long_output)


def test_as_many_alarms_as_a_page_holds_are_one_request(pexip: Poller, manager: Past) -> None:
    manager.tables[ALARM] = [alarm(number, level="info") for number in range(1000)]
    assert pexip.ask("alarms").code == 0
    assert len(manager.requests) == 1


def test_a_server_that_sends_shorter_pages_loses_no_alarm(pexip: Poller, manager: Past) -> None:
    manager.page_limit = 20
    manager.tables[ALARM] = [alarm(number) for number in range(45)]
    assert pexip.ask("alarms").perfdata == {"alerts.problems.current.count": "45;;;0;"}


# -- over the network


def asked(check: Run, devices: Simulator, plugin: str, mode: str, *argv: str, **env: str) -> Answer:
    device = devices.pexip if plugin == PEXIP else devices.trio
    return kept(
        check(
            f"--plugin={plugin}",
            f"--mode={mode}",
            "--hostname=127.0.0.1",
            f"--port={device.port}",
            f"--proto={'https' if devices.tls else 'http'}",
            f"--api-username={devices.username}",
            f"--api-password={devices.password}",
            *argv,
            **env,
        )
    )


@pytest.mark.parametrize(("plugin", "mode"), MODES)
def test_each_mode_over_tls(run: Run, simulator: Simulator, plugin: str, mode: str) -> None:
    answer = asked(run, simulator, plugin, mode, "--insecure", "--verbose")
    assert re.match(r"(PEXIP|TRIO) [A-Z-]+ (OK|WARNING|CRITICAL) - \S", answer.first_line)
    assert simulator.password not in answer.stdout


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_the_zone_of_the_poller_does_not_move_the_window(run: Run, simulator: Simulator, zone: str) -> None:
    argv = (run, simulator, PEXIP, "conferences", "--insecure", "--since=20h")
    expected = asked(*argv, TZ="UTC").perfdata
    assert not expected["conferences.total.count"].startswith("0;")
    assert not expected["participants.total.count"].startswith("0;")
    assert asked(*argv, TZ=zone).perfdata == expected


def test_two_devices_behind_one_address_do_not_share_their_state(check: Run) -> None:
    with Simulator(systems=("trio",), tls=False) as one, Simulator(systems=("trio",), tls=False) as other:
        assert asked(check, one, TRIO, "calls-summary").summary == "first run"
        assert asked(check, other, TRIO, "calls-summary").summary == "first run"
        assert asked(check, one, TRIO, "calls-summary").summary == "no new call"
