"""Icinga 2 with the templates runs every mode on simulated devices; its API gives back what the plugin said."""

from __future__ import annotations

import re
from typing import Any

import pytest

from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from scripts.pollers.services import services
from scripts.templates import TEMPLATES
from tests.engines.checks import CHECKS, Check
from tests.engines.conftest import ByHand
from tests.engines.icinga import NODE, Icinga, Result, assert_same, endpoint, host, name, options, stored_items
from tests.pki import Authority

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

SECONDS_TO_CHECK_ALL = 120
ALONE = f"""\
object Zone "{NODE}" {{ endpoints = [ "{NODE}" ] }}
template Host "generic-host" {{ check_command = "dummy" }}
"""
INCLUDED = "".join(f'include "{TEMPLATES}/icinga2/{name}.conf"\n' for name in ("commands", "services", "example"))

# The example's hosts are for the check of the configuration only.
CHECK_NOW = 'host.address == "127.0.0.1"'

PARSED = """\
var found = {};
for (service in get_objects(Service)) {
  if (service.last_check_result) {
    var items = [];
    for (item in service.last_check_result.performance_data) { items.add(parse_performance_data(item)); };
    found.set(service.__name, items);
  };
};
found"""

# How Icinga calls the units we print, and what it multiplies the value with.
UNITS = {"": ("", 1), "%": ("percent", 1), "s": ("seconds", 1), "ms": ("seconds", 0.001), "B": ("bytes", 1)}

PARTS = ("value", "unit", "warn", "crit", "min", "max")


@pytest.fixture(scope="module")
def icinga(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Icinga:
    directory = tmp_path_factory.mktemp("icinga")
    made = Icinga(directory / "daemon")
    hosts = "".join(checked_host(system, simulator) for system in SYSTEMS)
    made.configure(endpoint(made) + ALONE + INCLUDED + hosts, Authority(directory))
    return made


def checked_host(system: str, simulator: Simulator) -> str:
    checks = (check for check in CHECKS if check.service.system == system)
    return host(system, simulator, "discovery = true", *options(checks))


@pytest.fixture(scope="module")
def objects(icinga: Icinga) -> dict[str, Result]:
    """The last check result of each service, with its perfdata as Icinga understands it."""

    def results() -> dict[str, Result] | None:
        found = icinga.results(CHECK_NOW)
        return found if len(found) == len(CHECKS) else None

    with icinga.running() as daemon:
        order = {"type": "Service", "filter": CHECK_NOW, "force": True}
        daemon.wait_for("its API answers", lambda: icinga.ask("POST", "actions/reschedule-check", **order))
        found = daemon.wait_for("all services are checked", results, SECONDS_TO_CHECK_ALL)
        (parsed,) = icinga.ask("POST", "console/execute-script", command=PARSED, session="test", sandboxed=False)
    return {name: {**result, "items": parsed["result"][name]} for name, result in found.items()}


def test_icinga_accepts_the_templates_and_the_example(icinga: Icinga) -> None:
    output = icinga.call("daemon", "-C", "-c", str(icinga.main))
    # No host here asks for what acts on its device.
    acting = [f"{one.system}-{one.name}" for system in SYSTEMS for one in services(system) if one.mode.acts]
    warnings = [line for line in output.splitlines() if " warning/" in line]
    assert [re.sub(r".*Apply rule '(.*)' \(.* does not match anywhere!", r"\1", line) for line in warnings] == acting
    in_example = [
        one for one in (check.service for check in CHECKS) if one.needs or not (one.on_request or one.discovery)
    ]
    assert f"Instantiated {len(CHECKS) + len(in_example)} Services" in output


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_icinga_gives_back_the_state_the_output_and_the_perfdata(
    check: Check, objects: dict[str, Result], by_hand: ByHand
) -> None:
    assert_same(objects[name(check)], check, by_hand(check))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_icinga_understands_value_unit_thresholds_and_bounds_of_every_item(
    check: Check, objects: dict[str, Result]
) -> None:
    result = objects[name(check)]
    understood = {item["label"]: [item[part] for part in PARTS] for item in result["items"]}
    assert understood == {label: as_understood(value) for label, value in stored_items(result).items()}


def as_understood(text: str) -> list[Any]:
    """Value, unit, thresholds and bounds in Icinga's units; of thresholds it knows plain numbers only, no ranges."""
    first, *others = text.split(";")
    match = re.fullmatch(r"(-?[0-9.]+)(.*)", first)
    assert match
    unit, factor = UNITS[match[2]]
    numbers = [match[1], *(other if re.fullmatch(r"-?[0-9.]+", other) else "" for other in others)]
    value, *bounds = [pytest.approx(float(number) * factor) if number else None for number in numbers]
    return [value, unit, *bounds]
