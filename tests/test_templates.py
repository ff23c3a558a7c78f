"""The templates for pollers are those that the declarations make."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from check_videoconf import catalog
from check_videoconf.catalog import SYSTEMS
from check_videoconf.common_options import COMMON
from check_videoconf.simulator import Simulator
from scripts import templates
from scripts.pollers import centreon, grafana, icinga2
from scripts.pollers.services import Service, services
from tests.conftest import Run
from tests.servers import SNMP_PORTS

PARSE: Any = text_string_to_metric_families  # without type hints
SERVICES = [service for system in SYSTEMS for service in services(system)]


def made(name: str) -> str:
    return templates.made()[name]


def test_the_templates_are_current() -> None:
    assert templates.old() == [], "make templates writes them anew"


def test_a_changed_a_missing_and_a_foreign_file_are_told_and_mended(tmp_path: Path) -> None:
    templates.write(tmp_path)
    assert templates.old(tmp_path) == []
    (tmp_path / "nagios" / "hosts.cfg").write_text("", encoding="utf-8")
    (tmp_path / "nagios" / "commands.cfg").unlink()
    (tmp_path / "nagios" / "of-an-older-version.cfg").write_text("", encoding="utf-8")
    assert templates.old(tmp_path) == [
        "nagios/commands.cfg",
        "nagios/hosts.cfg",
        "nagios/of-an-older-version.cfg",
    ]
    templates.write(tmp_path)
    assert templates.old(tmp_path) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: f"{service.system} {service.name}")
def test_no_check_runs_more_often_than_its_cache_lasts(service: Service) -> None:
    assert service.minutes * 60 >= service.mode.cache


def test_alarms_are_asked_for_every_minute_health_every_five_and_what_expires_hourly() -> None:
    minutes = {(service.system, service.name): service.minutes for service in SERVICES}
    assert (minutes["pexip", "alarms"], minutes["conductor", "alarms"]) == (1, 1)
    assert minutes["conductor", "health"] == 5
    assert {minutes["pexip", name] for name in ("certificates", "license-expiry")} == {60}


def test_a_phone_that_has_restarted_is_seen_while_its_uptime_still_warns() -> None:
    minutes = {(service.system, service.name): service.minutes for service in SERVICES}
    warnings = {counter.label: counter.warning for counter in catalog.mode("trio", "info").counters}
    assert warnings["uptime"] == "10m:"
    assert minutes["trio", "info"] == 5


def test_nagios_has_a_template_for_every_mode() -> None:
    names = re.findall(r"^    name +videoconf-(\w+)-(\S+)$", made("nagios/services.cfg"), re.MULTILINE)
    assert names == [(service.system, service.name) for service in SERVICES]


def test_no_password_is_in_a_command_line_of_nagios() -> None:
    assert re.findall(r"--password |--api-password", made("nagios/commands.cfg")) == []


def test_every_macro_in_a_command_of_nagios_is_defined() -> None:
    """Nagios leaves a host's variable that is not defined in the command line as it stands."""
    used = set(re.findall(r"\$(\w+)\$", made("nagios/commands.cfg").partition("define")[2]))
    assert used - {"USER1", "HOSTADDRESS", "ARG1", "ARG2"} == {
        *re.findall(r"^#?\$(USER\d+)\$=\S+$", made("nagios/resource.cfg"), re.MULTILINE),
        *(name for name in used if name.startswith("_HOST")),
    }
    for host in made("nagios/hosts.cfg").split("define host")[1:]:
        assert {f"_HOST{name}" for name in re.findall(r"^ +_(\w+) +\S", host, re.MULTILINE)} == {
            name for name in used if name.startswith("_HOST")
        }


def test_no_host_of_the_example_of_nagios_lacks_the_template_that_defines_its_macros() -> None:
    hosts = re.findall(r"define host \{\n +use +(\S+)", made("nagios/example.cfg"))
    assert hosts == [f"videoconf-{system},generic-host" for system in SYSTEMS]


def test_icinga_has_a_variable_for_every_option_that_a_check_may_have() -> None:
    for service in SERVICES:
        arguments = icinga2.options(service.system).keys() | set(icinga2.thresholds(service.system))
        passed = icinga2.environment(service.system).values()
        own = {option.names[-1] for option in service.mode.declared_options()}
        labels = [label for label in service.mode.labels() if "*" not in label]
        levels = {f"--{level}-{label}" for level in ("warning", "critical") for label in labels}
        assert {icinga2.variable(name) for name in (own | levels) - arguments} <= set(passed), service.name


def test_every_secret_of_icinga_is_in_the_environment_and_none_an_argument() -> None:
    for service in SERVICES:
        secrets = {option for option in (*COMMON, *service.mode.declared_options()) if option.secret}
        assert {icinga2.variable(option.dest) for option in secrets} <= set(
            icinga2.environment(service.system).values()
        )
        assert {option.names[-1] for option in secrets} & icinga2.options(service.system).keys() == set()


def test_no_two_options_of_a_product_share_a_variable() -> None:
    for system in SYSTEMS:
        names = [*icinga2.options(system), *icinga2.thresholds(system)]
        assert len({icinga2.variable(name) for name in names}) == len(names)


def test_an_option_has_a_value_in_all_modes_of_a_product_or_in_none() -> None:
    for service in SERVICES:
        known = icinga2.options(service.system)
        for option in service.mode.declared_options():
            if not option.secret:
                assert bool(known[option.names[-1]].metavar) == bool(option.metavar), option.names


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_dashboard_shows_every_counter_once_without_overlap(system: str) -> None:
    dashboard = json.loads(made(f"grafana/{system}.json"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    for service in services(system):
        for counter in service.mode.counters:
            assert queries.count(grafana.expression(service, counter)) == 1, counter.label
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in dashboard["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_metrics_of_a_dashboard_are_those_the_plugin_prints(check: Run, simulator: Simulator) -> None:
    dashboard = made("grafana/pexip.json")
    address = ("-H", "127.0.0.1", "-p", str(simulator.pexip.port), "-u", "monitor", "--password", "simulated")
    for mode in ("alarms", "node-load", "conferences", "api"):
        answer = check("pexip", mode, *address, "--cacert", str(simulator.ca_file), "--output", "openmetrics")
        names = [family.name for family in PARSE(answer.stdout)]
        assert len(names) > 2
        for name in names:
            assert f"{name}{{" in dashboard or name == "videoconf_check_duration_seconds"


def test_the_textfile_script_leaves_a_file_for_each_check_and_none_for_a_wrong_line(
    simulator: Simulator, tmp_path: Path
) -> None:
    wrapper, listed, metrics = tmp_path / "bin" / "check_videoconf", tmp_path / "list", tmp_path / "metrics"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m check_videoconf "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    metrics.mkdir()
    options = f"-p {simulator.pexip.port} -u monitor --cacert {simulator.ca_file}"
    lines = f"# a comment\n\npexip alarms 127.0.0.1 {options}\npexip conferences 127.0.0.1 {options}\n"
    listed.write_text(f"{lines}pexip alarmz 127.0.0.1 {options}\n", encoding="utf-8")
    done = subprocess.run(
        [templates.TEMPLATES / "prometheus" / "check_videoconf-textfile", listed, metrics],
        env={
            "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(templates.TEMPLATES.parent),
            "CHECK_VIDEOCONF_PASSWORD": "simulated",
            "CHECK_VIDEOCONF_STATE_DIR": str(tmp_path / "state"),
        },
        capture_output=True,
        text=True,
        timeout=45,
        check=False,
    )
    assert done.stderr.startswith("UNKNOWN: unknown mode 'alarmz'")
    assert sorted(path.name for path in metrics.iterdir()) == [
        "videoconf_pexip_alarms_127.0.0.1.prom",
        "videoconf_pexip_conferences_127.0.0.1.prom",
    ]
    for path in metrics.iterdir():
        assert list(PARSE(path.read_text(encoding="utf-8")))


def clapi(system: str) -> list[list[str]]:
    """The lines of an import of Centreon, each in its fields."""
    return [line.split(";") for line in made(f"centreon/{system}.clapi").splitlines()]


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_import_of_centreon_refers_to_what_it_has_added_before(system: str) -> None:
    added: set[tuple[str, str]] = set()
    for kind, action, name, *values in clapi(system):
        if action == "ADD":
            assert (kind, name) not in added
            added.add((kind, name))
            assert len(values) == {"HTPL": 5, "CMD": 2, "STPL": 2}[kind]
            continue
        assert (kind, name) in added
        assert len(values) == {"setmacro": 4, "setparam": 2, "addhosttemplate": 1}[action]
        if values[0] == "check_command":
            assert ("CMD", values[1]) in added
        if action == "addhosttemplate":
            assert ("HTPL", values[0]) in added


def test_no_two_options_of_a_service_of_centreon_share_a_macro() -> None:
    for service in SERVICES:
        labels = [label for label in service.mode.labels() if "*" not in label]
        assert len(centreon.macros(service)) == 2 * len(labels) + len(service.mode.filter_fields())


def test_a_host_of_centreon_has_the_macros_of_the_published_connector() -> None:
    names = [fields[3] for fields in clapi("pexip") if fields[:2] == ["HTPL", "setmacro"]]
    assert names == ["APIPORT", "APIPROTO", "APIUSERNAME", "APIPASSWORD", "APIEXTRAOPTIONS"]


@pytest.mark.parametrize("service", [one for one in SERVICES if not one.discovery], ids=lambda one: str(one.title))
def test_a_command_of_centreon_with_its_macros_says_what_the_plugin_says(
    service: Service, check: Run, simulator: Simulator, tmp_path: Path
) -> None:
    lines = clapi(service.system)
    ends = f"{service.system.capitalize()}-{service.name.title()}"
    (command,) = [fields[4] for fields in lines if fields[:3] == ["CMD", "ADD", f"Videoconf-{ends}"]]
    template = f"HW-Device-Videoconf-{ends}-custom"
    macros = {f"_SERVICE{one[3]}": one[4] for one in lines if one[:3] == ["STPL", "setmacro", template]}
    macros |= {"HOSTADDRESS": "127.0.0.1", "_HOSTAPIPROTO": "https", "_HOSTAPIUSERNAME": "monitor"}
    macros |= {"_HOSTAPIPASSWORD": "simulated", "_HOSTAPIPORT": str(getattr(simulator, service.system).port)}
    macros["_HOSTAPIEXTRAOPTIONS"] = f"--cacert {simulator.ca_file}"
    elsewhere = ("--snmp-port", str(SNMP_PORTS[service.system])) if service.name == "snmp-load" else ()
    asked_for = (*service.needs, "--hold", "0") if service.mode.acts else ()
    macros["_SERVICEEXTRAOPTIONS"] = " ".join([macros["_SERVICEEXTRAOPTIONS"], *elsewhere, *asked_for])
    argv = shlex.split(re.sub(r"\$([A-Z_0-9]+)\$", lambda match: macros[str(match[1])], command))
    assert argv[0] == centreon.PLUGIN
    plain = [*argv[1:8], "--cacert", str(simulator.ca_file), *(asked_for or service.needs), *elsewhere]
    answers = [
        check(*arguments, "--state-dir", str(tmp_path / name))
        for name, arguments in (("plain", plain), ("macros", argv[1:]))
    ]
    assert answers[0].code == answers[1].code
    assert list(answers[0].perfdata) == list(answers[1].perfdata)
    assert re.sub(r"[0-9.]+", "N", answers[0].summary) == re.sub(r"[0-9.]+", "N", answers[1].summary)
    assert answers[1].first_line.startswith(f"{service.system} {service.name} ".upper())
