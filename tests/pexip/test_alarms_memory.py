"""pexip alarms: --memory and --resolve-nodes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .manager import Manager
from .rows import ALARM, NODE_CONFIGURATION, alarm, license_alarm
from .test_alarms import ERROR, WARNING, figures


@pytest.fixture
def manager(manager: Manager) -> Manager:
    """With an error and an acknowledged warning."""
    manager.tables[ALARM] = [license_alarm(), alarm()]
    return manager


# -- memory


def test_with_memory_an_alarm_is_told_once(manager: Manager) -> None:
    assert manager.check("alarms", "--memory").code == 2
    answer = manager.check("alarms", "--memory")
    assert answer.first_line == f"PEXIP ALARMS OK - no new alarm, 2 raised before | {figures(0, 0, 0)}"


def test_with_memory_a_new_alarm_is_told(manager: Manager) -> None:
    manager.check("alarms", "--memory")
    manager.tables[ALARM].append(alarm(43, name="new_one", details=""))
    answer = manager.check("alarms", "--memory")
    assert answer.summary == "new_one (10.44.8.102) on 10.44.7.101 [error] for 42 min"
    assert answer.code == 2
    assert manager.check("alarms", "--memory").code == 0


def test_with_memory_an_alarm_that_was_lowered_and_raised_again_is_new(manager: Manager) -> None:
    manager.check("alarms", "--memory")
    raised, manager.tables[ALARM] = manager.tables[ALARM], []
    assert manager.check("alarms", "--memory").summary == "no alarm"
    manager.tables[ALARM] = raised
    assert manager.check("alarms", "--memory").code == 2


def test_a_failed_run_does_not_advance_the_memory(manager: Manager) -> None:
    manager.check("alarms", "--memory")
    manager.tables[ALARM].append(alarm(43, name="new_one"))
    manager.answers[ALARM] = 503
    assert manager.check("alarms", "--memory").code == 3
    del manager.answers[ALARM]
    assert manager.check("alarms", "--memory").summary.startswith("new_one ")


def test_a_run_that_fails_on_a_later_page_does_not_advance_the_memory(manager: Manager) -> None:
    manager.check("alarms", "--memory")
    manager.tables[ALARM] = [license_alarm(), alarm(), alarm(43, name="new_one")]
    body = {"meta": {"limit": 2, "next": "…", "offset": 0, "total_count": 3}, "objects": manager.tables[ALARM][:2]}
    manager.answers[ALARM] = [json.dumps(body), 502]
    assert manager.check("alarms", "--memory").code == 3
    del manager.answers[ALARM]
    assert manager.check("alarms", "--memory").summary.startswith("new_one ")


def test_services_with_other_filters_have_a_memory_of_their_own(manager: Manager) -> None:
    manager.check("alarms", "--memory", "--filter-level", "warning")
    assert manager.check("alarms", "--memory", "--filter-level", "error").code == 2
    same_for_long = "x" * 300
    manager.check("alarms", "--memory", "--exclude-name", f"{same_for_long}1")
    assert manager.check("alarms", "--memory", "--exclude-name", f"{same_for_long}2").code == 2


def test_output_and_verbosity_share_a_memory(manager: Manager) -> None:
    manager.check("alarms", "--memory")
    assert manager.check("alarms", "--memory", "-v", "--output", "json", "--timeout", "20").code == 0


def test_without_a_state_directory_memory_tells_every_alarm(manager: Manager, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere = ["--memory", "--state-dir", f"{tmp_path}/file"]
    assert manager.check("alarms", *nowhere).code == 2
    answer = manager.check("alarms", *nowhere)
    assert answer.code == 2
    assert answer.long_output[-1].startswith("no lock, no cache and no state between runs: ")


# -- names of nodes


def named(address: str, name: str) -> dict[str, Any]:
    return {"address": address, "id": 1, "name": name}


def test_addresses_become_names_with_one_more_request(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [named("10.44.7.101", "lon-conf-01"), named("10.44.9.9", "other")]
    answer = manager.check("alarms", "--resolve-nodes")
    assert answer.summary.startswith("connectivity_lost (10.44.8.102) on lon-conf-01 [error]")
    assert "licenses_exhausted (port) on 10.44.7.0 [warning]" in answer.summary
    assert len(manager.requests) == 2


def test_filters_and_expressions_see_the_names(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [named("10.44.7.101", "lon-conf-01")]
    answer = manager.check(
        "alarms", "--resolve-nodes", "--filter-node", "^lon", "--critical-status", "%{node} eq 'lon-conf-01'"
    )
    assert answer.perfdata["alarms.total.count"] == "1;;;0;"
    assert answer.code == 2


def test_no_name_is_asked_for_when_there_is_no_alarm(manager: Manager) -> None:
    manager.tables[ALARM] = []
    assert manager.check("alarms", "--resolve-nodes").code == 0
    assert len(manager.requests) == 1


def test_alarms_are_judged_also_when_the_names_are_not_to_be_had(manager: Manager) -> None:
    manager.answers[NODE_CONFIGURATION] = 403
    answer = manager.check("alarms", "--resolve-nodes")
    refused = (
        "addresses of the nodes: account 'admin' is not permitted to read /api/admin/configuration/v1/worker_vm/ "
        "at manager.test:443 (HTTP 403)"
    )
    assert answer.first_line == f"PEXIP ALARMS CRITICAL - {ERROR} / {refused} / {WARNING} | {figures(2, 2, 1)}"
    assert answer.long_output[1] == f"UNKNOWN: {refused}"


def test_nodes_without_name_or_address_are_no_trouble(manager: Manager) -> None:
    manager.tables[NODE_CONFIGURATION] = [{"id": 1}, {"address": None, "name": ""}]
    assert manager.check("alarms", "--resolve-nodes").code == 2
