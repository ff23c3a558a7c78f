"""The installed command against simulated devices, over TLS as in life; and bodies as no document has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.server import System
from tests.peak import run_with_peak

from .conftest import Answer, Run
from .promises import kept

MODES = [
    ("pexip", "alarms"),
    ("pexip", "conferences"),
    ("pexip", "call-quality"),
    ("pexip", "node-load"),
    ("conductor", "health"),
    ("trio", "device"),
]
every_mode = pytest.mark.parametrize(("system", "mode"), MODES)
# What the simulated participants are called.
PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj")


def connection(devices: Simulator, device: System) -> list[str]:
    options = ["-H", "127.0.0.1", "-p", f"{device.port}", "-u", devices.username]
    if not devices.tls:
        return [*options, "--proto", "http"]
    name = ["--tls-cn", device.common_name] if device.name == "trio" else []
    return [*options, "--cacert", devices.ca_file, *name]


def asked(run: Run, devices: Simulator, system: str, mode: str, *argv: str, **env: str) -> Answer:
    options = connection(devices, devices.systems[system])
    answer = kept(
        run(system, mode, *options, "--retries", "0", *argv, CHECK_VIDEOCONF_PASSWORD=devices.password, **env)
    )
    assert devices.password not in answer.stdout
    assert not [name for name in PEOPLE if name in answer.stdout.lower()]
    return answer


@pytest.mark.parametrize(
    ("system", "mode", "start", "code", "figure"),
    [
        ("pexip", "alarms", "PEXIP ALARMS CRITICAL - connectivity_lost (", 2, "alerts.problems.current.count"),
        (
            "pexip",
            "conferences",
            "PEXIP CONFERENCES OK - 4 conferences, 12 participants (",
            0,
            "conferences.total.count",
        ),
        ("pexip", "call-quality", "PEXIP CALL-QUALITY WARNING - poor calls 20 %, ", 1, "callquality.poor.percentage"),
        ("pexip", "node-load", "PEXIP NODE-LOAD WARNING - media load of lon-conf-02 ", 1, "nodes.available.count"),
        ("conductor", "health", "CONDUCTOR HEALTH OK - load ", 0, "system.memory.committed.percentage"),
        ("trio", "device", "TRIO DEVICE OK - Idle, CPU ", 0, "device.memory.usage.percentage"),
    ],
)
def test_each_mode_over_tls(
    run: Run, simulator: Simulator, system: str, mode: str, start: str, code: int, figure: str
) -> None:
    answer = asked(run, simulator, system, mode)
    assert answer.first_line.startswith(start)
    assert figure in answer.perfdata
    assert answer.code == code


@pytest.mark.parametrize("version", [16, 24, 36])
@pytest.mark.parametrize("mode", ["alarms", "conferences", "call-quality", "node-load"])
def test_every_version_of_the_management_api_is_understood(check: Run, version: int, mode: str) -> None:
    with Simulator(systems=("pexip",), tls=False, pexip_version=version) as devices:
        answer = asked(check, devices, "pexip", mode)
        assert answer.code in (0, 1, 2)
        supported = {"alarms": version == 36, "call-quality": version < 36, "node-load": version > 16}
        assert ("not supported by this version" not in answer.stdout) is supported.get(mode, True)
        requests = {"alarms": 1, "conferences": 2, "call-quality": 1, "node-load": 1 if version > 16 else 4}
        assert len(devices.pexip.requests) == requests[mode]
        assert devices.pexip.connections == 1


@every_mode
@pytest.mark.parametrize("form", ["json", "openmetrics"])
def test_each_mode_in_the_other_forms(check: Run, simulator: Simulator, system: str, mode: str, form: str) -> None:
    answer = asked(check, simulator, system, mode, "--output", form, "-vv")
    if form == "json":
        found = json.loads(answer.stdout)
        assert (found["system"], found["mode"], found["exit_code"]) == (system, mode, answer.code)
        assert all(counter["label"] and counter["nlabel"] for counter in found["counters"])
        assert found["requests"] == (2 if mode in ("conferences", "device") else 1)
    else:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families

        parse: Any = text_string_to_metric_families
        families = {family.name: family for family in parse(answer.stdout)}
        (state,) = families["videoconf_check_state"].samples
        assert state.value == answer.code
        assert state.labels == {"system": system, "mode": mode, "host": "127.0.0.1"}


@every_mode
def test_the_summary_perfdata_of_each_mode_has_no_instance(
    check: Run, simulator: Simulator, system: str, mode: str
) -> None:
    argv = {"node-load": ["--by-location"], "call-quality": ["--by", "node"]}.get(mode, [])
    everything = asked(check, simulator, system, mode, *argv).perfdata
    totals = asked(check, simulator, system, mode, *argv, "--perfdata", "summary").perfdata
    assert totals.keys() == {label for label in everything if "#" not in label}
    assert asked(check, simulator, system, mode, "--perfdata", "none").perfdata == {}


# -- bodies as no document has them


@pytest.fixture(scope="module", params=["text-numbers", "null-fields", "missing-fields", "wrong-types", "hostile-text"])
def odd(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with Simulator(tls=False, fault=request.param) as devices:
        yield devices


@every_mode
def test_odd_bodies_give_one_proper_line(check: Run, odd: Simulator, system: str, mode: str) -> None:
    answer = asked(check, odd, system, mode, "-v")
    assert answer.first_line.startswith(f"{system} {mode} ".upper())
    assert "internal error" not in answer.stdout


@pytest.mark.parametrize("fault", ["null-fields", "missing-fields", "wrong-types"])
@every_mode
def test_bodies_without_what_is_needed_are_never_ok(check: Run, fault: str, system: str, mode: str) -> None:
    with Simulator(systems=(system,), tls=False, fault=fault) as devices:
        assert asked(check, devices, system, mode).code != 0


@pytest.mark.parametrize("fault", ["invalid-utf8", "nan-json", "deep-json", "rows-not-objects"])
@pytest.mark.parametrize("mode", ["alarms", "conferences", "call-quality", "node-load"])
def test_damaged_lists_give_one_proper_line(check: Run, fault: str, mode: str) -> None:
    with Simulator(systems=("pexip",), tls=False, fault=fault) as devices:
        answer = asked(check, devices, "pexip", mode)
    assert answer.first_line.startswith(f"PEXIP {mode} ".upper())
    assert "internal error" not in answer.stdout


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("pages-overlap", ""),
        ("pages-repeat", "do not end as they should: a page at offset 4 of 1000000 rows adds nothing"),
        ("pages-never-end", " at first"),
        ("page-empty", "adds nothing"),
    ],
)
def test_odd_pages_are_counted_once_or_refused(check: Run, fault: str, said: str) -> None:
    with Simulator(systems=("pexip",), tls=False, fault=fault, participants=45, page_limit=20) as devices:
        answer = asked(check, devices, "pexip", "conferences")
        assert len(devices.pexip.requests) < 700
    if said:
        assert said in answer.summary
        assert answer.code == 3
    else:
        assert answer.perfdata["participants.total.count"] == "45;;;0;"


# -- large


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(systems=("pexip",), tls=False, participants=20_000, conferences=1_000, nodes=300) as devices:
        yield devices


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize(("mode", "requests"), [("call-quality", 20), ("conferences", 1 + 20)])
def test_20000_participants_cost_a_page_each_thousand_and_less_than_60_mib(
    large: Simulator, tmp_path: Path, mode: str, requests: int
) -> None:
    before = len(large.pexip.requests)
    answer, peak = run_with_peak(
        tmp_path, "pexip", mode, *connection(large, large.pexip), CHECK_VIDEOCONF_PASSWORD=large.password
    )
    perfdata = answer.perfdata
    known = sum(
        int(perfdata[f"participants.callquality.{word}.count"].partition(";")[0])
        for word in ("good", "ok", "bad", "terrible", "unknown")
    )
    assert 18_000 < known < 20_000  # without the connections of the API
    assert len(large.pexip.requests) - before == requests
    assert peak < 60


def test_300_nodes_are_one_request(check: Run, large: Simulator) -> None:
    before = len(large.pexip.requests)
    answer = asked(check, large, "pexip", "node-load")
    assert len(large.pexip.requests) - before == 1
    assert answer.perfdata["nodes.available.count"].endswith(";0;300")
    assert len(answer.stdout.encode()) <= 8192
