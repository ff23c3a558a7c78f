"""A real Prometheus with a real node_exporter shows what the textfile script of the templates left of every mode."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from check_videoconf import catalog
from check_videoconf.catalog import SYSTEMS
from check_videoconf.simulator import Simulator
from check_videoconf.simulator.trio_calls import Call
from scripts.screenshots_prometheus import Prometheus, running
from scripts.templates import TEMPLATES
from tests.engines.checks import CHECKS, PLUGIN, USERNAME, Check, environment, password_file, port, program
from tests.engines.conftest import ByHand

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

PARSE: Any = text_string_to_metric_families  # without type hints
SHOWN = [check for check in CHECKS if not check.service.discovery]
STATES = {1: "VideoconfWarning", 2: "VideoconfCritical", 3: "VideoconfUnknown"}
HOST, OTHER_HOST = "127.0.0.1", "localhost"

# What the templates' list does not ask for, and what the devices of the other tests do not have.
NEWER = ("pexip management --with-nodes",)
OLDER = (
    "pexip node-load --by-location",
    "pexip call-quality --by location",
    "pexip registrations --expect nobody@example.com",
    "pexip backplanes --with-media",
    "pexip services --expect-name Nothing",
    "conductor health",
    "conductor feedback --expect-receiver https://tms.example.net/feedback",
    "trio calls",
)
# They count what has happened since their previous run.
TWICE = ("trio network", "trio media", "trio call-logs")
REFUSED = f"pexip api {OTHER_HOST}"

# What acts on a device is not run here: the other checks would see it.
ACTING = {name for system in SYSTEMS for name in SYSTEMS[system].modes if catalog.mode(system, name).acts}
# Counters that the simulated devices do not have.
NOT_REPORTED = {"videoconf_pool_bridges_count"}

Labels = dict[str, str]
Sample = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Site:
    """A monitored site. metrics: node_exporter's directory.

    moments: when Prometheus had what the second run of some checks brought, and the first of all, in epoch seconds.
    """

    prometheus: Prometheus
    metrics: Path
    moments: tuple[float, float]
    scratch: Path

    def answers(self, query: str) -> list[Labels]:
        """The labels of the series of a query after the second run, or if there are none, after the first."""
        for moment in self.moments:
            found = self.prometheus.ask("query", query=query, time=str(moment))["result"]
            if found:
                return [series["metric"] for series in found]
        return []

    def firing(self) -> set[tuple[str, str]]:
        """Name and subject of each alert that fires: `pexip alarms 127.0.0.1`, or a file's name."""
        alerts = self.prometheus.ask("alerts")["alerts"]
        return {
            (labels["alertname"], subject(labels))
            for labels in (one["labels"] for one in alerts if one["state"] == "firing")
        }


def subject(labels: Labels) -> str:
    return (
        Path(labels["file"]).name if "file" in labels else " ".join(labels[name] for name in ("system", "mode", "host"))
    )


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Devices with figures that newer ones do not have, and a phone in a call."""
    directory = tmp_path_factory.mktemp("older")
    with Simulator(pexip_version=24, conductor="appliance", directory=directory) as devices:
        devices.trio.set_calls(Call())
        yield devices


@pytest.fixture(scope="module")
def site(simulator: Simulator, older: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All modes have run, those that need it twice, one file is old, and every alert that is due fires."""
    for name in ("prometheus", "prometheus-node-exporter"):
        program(name)
    scratch = tmp_path_factory.mktemp("prometheus")
    metrics = scratch / "metrics"
    metrics.mkdir()
    password_file(scratch)
    lines = [*template_lines(simulator, scratch), *more_lines(simulator, older, scratch)]
    assert textfile(scratch, "all", lines) == (0, "")
    rules = scratch / "alerts.yml"
    shipped = (TEMPLATES / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    # How long each waits is tested by promtool, where time is free.
    rules.write_text(re.sub(r"(?m)^( +for:) .*", r"\1 1s", shipped), encoding="utf-8")
    with running(scratch, metrics, rules) as prometheus:
        wait_for(lambda: len(prometheus.query("node_textfile_mtime_seconds")), len(lines))
        first = time.time()
        again = [line for line in lines if line.startswith(tuple(f"{mode} {OTHER_HOST} " for mode in TWICE))]
        assert textfile(scratch, "again", again) == (0, "")
        # The last one written.
        wait_for(lambda: len(prometheus.query('videoconf_calls_total_count{mode="call-logs"}')), 1)
        yield Site(prometheus, metrics, (time.time(), first), scratch)


def template_lines(simulator: Simulator, scratch: Path) -> Iterator[str]:
    """The list of the templates, each line with the address and the options that a test has for the mode."""
    more = {str(check): check.arguments[len(check.service.needs) :] for check in SHOWN}
    for line in (TEMPLATES / "prometheus" / "textfile.list").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            continue
        # What is left to the user to switch on is switched on.
        system, mode, _, _, _, _, _, *needs = line.lstrip("#").split(" ")
        if catalog.mode(system, mode).acts:
            continue
        options = more[f"{system} {mode}"]
        if any(not option or " " in option for option in options):
            options = ()  # the list has no quotes
        yield " ".join([system, mode, HOST, *login(simulator, system, scratch), *needs, *options])


def more_lines(newer: Simulator, older: Simulator, scratch: Path) -> Iterator[str]:
    for devices, lines in ((newer, NEWER), (older, OLDER + TWICE)):
        for line in lines:
            system, mode, *options = line.split(" ")
            yield " ".join([system, mode, OTHER_HOST, *login(devices, system, scratch), *options])
    yield " ".join([REFUSED, *login(older, "pexip", scratch), "-u", "nobody"])


def login(simulator: Simulator, system: str, scratch: Path) -> list[str]:
    account = ["-u", USERNAME, "--password-file", f"{scratch}/password"]
    return ["-p", str(port(simulator, system)), *account, "--cacert", simulator.ca_file]


def textfile(scratch: Path, name: str, lines: list[str]) -> tuple[int, str]:
    """Runs the script of the templates with a list; its exit code and what it wrote to stderr."""
    (scratch / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    env = environment(scratch / "state")
    done = subprocess.run(
        [TEMPLATES / "prometheus" / "check_videoconf-textfile", scratch / name, scratch / "metrics"],
        env={**env, "PATH": f"{PLUGIN.parent}:{env['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def wait_for(found: Any, wanted: object) -> None:
    """Until found() is what is wanted; if it never is, the last one is shown."""
    deadline = time.monotonic() + 40
    while (last := found()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    assert last == wanted


def file_of(site: Site, check: Check, host: str = HOST) -> Path:
    return site.metrics / f"videoconf_{check.service.system}_{check.service.name}_{host}.prom"


def samples(path: Path) -> dict[Sample, float]:
    """What a file says, read by the reference parser of OpenMetrics."""
    families = PARSE(path.read_text(encoding="utf-8"))
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def metric_of(label: str, check: Check) -> Sample:
    """What an item of perfdata is called here."""
    instance, _, nlabel = label.rpartition("#")
    labels = {"system": check.service.system, "mode": check.service.name, "host": HOST, "instance": instance}
    name = "videoconf_" + re.sub("[^A-Za-z0-9]", "_", nlabel)
    return name, frozenset((key, value) for key, value in labels.items() if value)


def number(item: str) -> float:
    """The value of `92.46%;80;95;0;100`."""
    found = re.match(r"-?[0-9.]+", item)
    assert found
    return float(found[0])


@pytest.mark.parametrize("check", SHOWN, ids=str)
def test_the_metrics_of_a_mode_are_the_state_and_the_perfdata_that_the_plugin_prints(
    check: Check, site: Site, by_hand: ByHand
) -> None:
    found = samples(file_of(site, check))
    answer = by_hand(check)
    state = metric_of("check.state", check)
    assert found.pop(state) == answer.code == check.state
    assert found.pop(metric_of("check.duration.seconds", check)) > 0
    wanted = {metric_of(label, check): number(item) for label, item in answer.perfdata.items()}
    assert found.keys() == wanted.keys()
    for (name, labels), value in wanted.items():
        if not name.endswith("_seconds"):  # time passes
            assert found[name, labels] == pytest.approx(value, abs=0.01), name


def test_prometheus_has_every_sample_of_every_file_and_no_other(site: Site) -> None:
    files = list(site.metrics.iterdir())
    written = {sample: value for file in files for sample, value in samples(file).items()}
    assert len(files) == len(SHOWN) + len(NEWER + OLDER + TWICE) + 1

    def stored() -> dict[Sample, float]:
        return {
            (labels["__name__"], as_written(labels)): value
            for labels, value in site.prometheus.query('{__name__=~"videoconf_.+"}')
        }

    wait_for(stored, written)


def as_written(labels: Labels) -> frozenset[tuple[str, str]]:
    """The labels without those of the scrape, for which Prometheus gives way with ours."""
    names = {"system": "system", "mode": "mode", "host": "host", "exported_instance": "instance"}
    return frozenset((names[name], value) for name, value in labels.items() if name in names)


def test_every_file_has_the_same_help_for_a_metric_as_older_node_exporters_want(site: Site) -> None:
    texts = [file.read_text(encoding="utf-8") for file in site.metrics.iterdir()]
    helps = {line for text in texts for line in text.splitlines() if line.startswith("# HELP ")}
    metrics = {line.split(" ")[2] for text in texts for line in text.splitlines() if line.startswith("# TYPE ")}
    assert sorted(line.split(" ")[2] for line in helps) == sorted(metrics)


def test_node_exporter_finds_nothing_wrong_with_the_files(site: Site) -> None:
    assert [value for _, value in site.prometheus.query("node_textfile_scrape_error")] == [0]
    log = (site.scratch / "prometheus-node-exporter.log").read_text(encoding="utf-8")
    assert re.findall(r".*level=error.*", log) == []


def test_an_alert_fires_for_each_state_but_ok_and_for_a_file_that_is_not_written_any_more(site: Site) -> None:
    states = {subject(labels): int(state) for labels, state in site.prometheus.query("videoconf_check_state") if state}
    assert {str(check): check.state for check in SHOWN if check.state} == {
        name.rpartition(" ")[0]: state for name, state in states.items() if name.endswith(HOST)
    }
    assert states[REFUSED] == 3
    due = {(STATES[state], name) for name, state in states.items()}
    assert {name for name, _ in due} == set(STATES.values())
    wait_for(site.firing, due)

    check = next(check for check in SHOWN if str(check) == "trio presence")
    file = file_of(site, check)
    hour_ago = time.time() - 3600
    os.utime(file, (hour_ago, hour_ago))
    wait_for(site.firing, due | {("VideoconfStale", file.name)})

    lines = (site.scratch / "all").read_text(encoding="utf-8").splitlines()
    assert textfile(site.scratch, "one", [line for line in lines if line.startswith(f"{check} {HOST} ")]) == (0, "")
    wait_for(site.firing, due)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_query_of_a_dashboard_is_answered_by_series_that_its_legend_tells_apart(system: str, site: Site) -> None:
    dashboard = json.loads((TEMPLATES / "grafana" / f"{system}.json").read_text(encoding="utf-8"))
    hosts = f"({re.escape(HOST)}|{OTHER_HOST})".replace("\\", "\\\\")
    unanswered = set()
    for target in (target for panel in dashboard["panels"] for target in panel.get("targets", [])):
        if any(f'mode="{mode}"' in target["expr"] for mode in ACTING):
            continue
        found = site.answers(target["expr"].replace("$host", hosts))
        names = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
        legends = [tuple(labels.get(name, "") for name in names) for labels in found]
        assert len(set(legends)) == len(legends), target
        if not found:
            unanswered.add(target["expr"].partition("{")[0])
    assert unanswered <= NOT_REPORTED


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_hosts_to_choose_from_are_those_that_were_checked(system: str, site: Site) -> None:
    dashboard = json.loads((TEMPLATES / "grafana" / f"{system}.json").read_text(encoding="utf-8"))
    (query,) = [one["query"] for one in dashboard["templating"]["list"] if one["name"] == "host"]
    match = re.fullmatch(r"label_values\((.+), (\w+)\)", query)
    assert match
    assert site.prometheus.ask(f"label/{match[2]}/values", **{"match[]": match[1]}) == [HOST, OTHER_HOST]
