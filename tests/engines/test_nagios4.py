"""Nagios Core 4 with the templates runs every mode on simulated devices and stores what the plugin said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from check_videoconf.simulator import Simulator
from tests.conftest import Answer
from tests.engines.checks import CHECKS, Check, password_file, program, steady, words
from tests.engines.conftest import ByHand
from tests.engines.nagios import (
    CONTACT,
    SHIPPED,
    Status,
    assert_accepted,
    configure,
    hosts,
    read_status,
    running,
    service,
)

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

SECONDS_TO_CHECK_ALL = 120

# What every site has: the example builds on it.
GENERIC = """\
define timeperiod {
    timeperiod_name 24x7
    alias always
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
    sunday 00:00-24:00
}
define host {
    name generic-host
    check_period 24x7
    notification_period 24x7
    contacts nobody
    max_check_attempts 3
    register 0
}
define service {
    name generic-service
    check_period 24x7
    notification_period 24x7
    notification_interval 60
    contacts nobody
    register 0
}
"""


@pytest.fixture(scope="module")
def nagios() -> str:
    return program("nagios4")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("nagios")
    (directory / "results").mkdir()
    password_file(directory)
    return directory


@pytest.fixture(scope="module")
def status(nagios: str, scratch: Path, simulator: Simulator) -> Status:
    """What the status file of Nagios holds of each service, once all have been checked."""
    configuration = configure(scratch, "run", simulator, CONTACT, hosts(simulator), *map(service, CHECKS))
    assert_accepted(nagios, configuration)

    def checked() -> Status | None:
        found = read_status(scratch)
        return found if [one["has_been_checked"] for one in found.values()] == ["1"] * len(CHECKS) else None

    with running(nagios, configuration) as daemon:
        return daemon.wait_for("all services are checked", checked, SECONDS_TO_CHECK_ALL)


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_nagios_stores_the_state_the_words_and_the_perfdata(check: Check, status: Status, by_hand: ByHand) -> None:
    stored = status[str(check)]
    assert (int(stored["current_state"]), stored["plugin_output"][: len(check.begins)]) == (check.state, check.begins)
    answer = by_hand(check)
    assert (answer.code, answer.stderr) == (check.state, "")
    text, _, perfdata = answer.first_line.partition(" | ")
    # Nagios turns each semicolon outside perfdata into a colon, and drops blanks at the end of a line.
    assert words(stored["plugin_output"]) == words(text.replace(";", ":").rstrip())
    long_output = stored["long_plugin_output"].replace(r"\n", "\n").splitlines()
    assert list(map(words, long_output)) == [words(line.rstrip()) for line in answer.long_output]
    stored_perfdata = Answer(f"{text} | {stored['performance_data']}", "", check.state).perfdata
    assert steady(stored_perfdata) == steady(answer.perfdata)
    assert stored["performance_data"].count("'=") == perfdata.count("'=") == len(answer.perfdata)


def test_nagios_logs_nothing_wrong_with_the_plugin(status: Status, scratch: Path) -> None:
    log = (scratch / "nagios.log").read_text(encoding="utf-8")
    assert len(status) == len(CHECKS)
    assert re.findall(r".*(?:out of bounds|timed out|No output|stderr).*", log) == []


def test_nagios_accepts_the_example_as_it_is_shipped_and_warns_of_nothing(
    nagios: str, scratch: Path, simulator: Simulator
) -> None:
    parts = ((SHIPPED / name).read_text(encoding="utf-8") for name in ("notifications.cfg", "example.cfg"))
    configuration = configure(scratch, "example", simulator, CONTACT, GENERIC, *parts)
    (scratch / "resource.cfg").write_bytes((SHIPPED / "resource.cfg").read_bytes())
    assert re.findall("Warning: (?:Host|Service).*", assert_accepted(nagios, configuration)) == []
