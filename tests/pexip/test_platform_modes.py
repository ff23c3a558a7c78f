"""Modes about the platform against the simulated Management Node, in each version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from check_videoconf.simulator import Simulator

from ..conftest import Answer, Run
from ..promises import kept

MODES = (
    *("participants", "media", "nodes", "locations", "licenses", "license-expiry", "certificates", "backups"),
    *("registrations", "backplanes", "bursting"),
)
VERSIONS = (16, 24, 36)


@pytest.fixture(scope="module")
def nodes() -> Iterator[dict[int, Simulator]]:
    """A Management Node of each version; no test changes them."""
    simulators = {version: Simulator(systems=("pexip",), tls=False, pexip_version=version) for version in VERSIONS}
    with simulators[16], simulators[24], simulators[36]:
        yield simulators


def asked(check: Run, simulator: Simulator, mode: str, *argv: str) -> Answer:
    device = simulator.pexip
    where = ["-H", device.host, "-p", str(device.port), "--proto", "http", "-u", simulator.username]
    return kept(check("pexip", mode, *where, *argv, CHECK_VIDEOCONF_PASSWORD=simulator.password))


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_runs_as_a_poller_runs_it(run: Run, nodes: dict[int, Simulator], mode: str) -> None:
    answer = asked(run, nodes[36], mode)
    assert answer.first_line.startswith(f"PEXIP {mode.upper()} ")
    assert answer.code < 3


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", MODES)
def test_each_version_can_be_asked_and_its_limits_are_said(
    check: Run, nodes: dict[int, Simulator], mode: str, version: int
) -> None:
    answer = asked(check, nodes[version], mode)
    assert answer.code < 3
    assert answer.perfdata
    unsupported = {line.partition(":")[0] for line in answer.long_output if "not supported by this version" in line}
    assert unsupported == LACKING.get((mode, version), set())


LACKING = {
    ("participants", 16): {"participants-recording"},
    ("participants", 24): {"participants-recording"},
    ("nodes", 16): {"nodes-not-synced"},
    ("nodes", 24): {"nodes-not-synced"},
    ("locations", 16): {"tokens-used", "capacity-hd", "capacity-fullhd", "capacity-sd", "capacity-audio"},
    ("backups", 16): {"autobackup"},
}


@pytest.mark.parametrize("fault", ["null-fields", "missing-fields", "wrong-types", "rows-not-objects"])
def test_rows_that_cannot_be_read_are_never_ok(check: Run, fault: str) -> None:
    with Simulator(systems=("pexip",), tls=False, fault=fault) as simulator:
        answers = {mode: asked(check, simulator, mode, "--retries", "0") for mode in MODES}
    assert {mode: answer.code for mode, answer in answers.items()} == dict.fromkeys(MODES, 3)


@pytest.mark.parametrize("fault", ["hostile-text", "text-numbers"])
def test_rows_that_can_be_read_are_judged_whatever_they_say(check: Run, fault: str) -> None:
    with Simulator(systems=("pexip",), tls=False, fault=fault) as simulator:
        answers = {mode: asked(check, simulator, mode, "--retries", "0") for mode in MODES}
    plain = {"backups": 0, "backplanes": 0, "bursting": 0, "participants": 0, "registrations": 0}
    problems = {"licenses": 2, "media": 2, "nodes": 1, "locations": 1, "license-expiry": 1, "certificates": 1}
    assert {mode: answer.code for mode, answer in answers.items()} == {**plain, **problems}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_printed_in_full_holds_neither_people_nor_keys(
    check: Run, nodes: dict[int, Simulator], mode: str
) -> None:
    answer = asked(check, nodes[36], mode, "-vv", "--max-output", "0")
    people = nodes[36].pexip.tables["status/v1/participant/"]
    secrets = [str(row[name]) for row in people for name in ("display_name", "participant_alias", "remote_address")]
    secrets += ["PRIVATE KEY", "ABCD-1234-EF567", "5820731001", "simulated-", "@example.com"]
    assert [secret for secret in secrets if secret in answer.stdout] == []


def test_a_participant_of_version_16_is_asked_by_the_id_in_its_uri(check: Run, nodes: dict[int, Simulator]) -> None:
    (row, *_) = [row for row in nodes[16].pexip.tables["status/v1/participant/"] if row["protocol"] == "SIP"]
    identity = row["resource_uri"].rstrip("/").rpartition("/")[2]
    answer = asked(check, nodes[16], "media", "--participant", identity, "-vv")
    assert any(f"/participant/{identity}/media_stream/" in line for line in answer.long_output)
    assert answer.code < 3


def test_20000_participants_are_counted_within_the_time(check: Run) -> None:
    large = Simulator(systems=("pexip",), tls=False, nodes=60, conferences=500, participants=20_000)
    with large:
        answer = asked(check, large, "participants", "--timeout", "60")
    assert answer.perfdata["participants.total.count"] == "20000;;;0;"
