"""promtool accepts the alert rules, they fire when they should, and every query of the dashboards is PromQL."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from check_videoconf.catalog import SYSTEMS
from scripts.templates import TEMPLATES
from tests.engines.checks import program

pytestmark = pytest.mark.engines

ALERTS = TEMPLATES / "prometheus" / "alerts.yml"
LABELS = 'system="pexip",mode="alarms",host="pexip.example.com"'

# A check goes from OK to each other state, and a file is not written any more.
CASE = """\
rule_files: [{alerts}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'videoconf_check_state{{{labels}}}'
        values: '{values}'
    alert_rule_test:
      - alertname: {alert}
        eval_time: 15m
        exp_alerts: [{expected}]
"""


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("promtool"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_promtool_accepts_the_alert_rules() -> None:
    done = promtool("check", "rules", str(ALERTS))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "5 rules found" in done.stdout


@pytest.mark.parametrize(
    ("alert", "state", "severity", "words"),
    [
        ("VideoconfCritical", 2, "critical", "is critical"),
        ("VideoconfWarning", 1, "warning", "has a warning"),
        ("VideoconfUnknown", 3, "warning", "cannot be checked"),
    ],
)
def test_an_alert_fires_in_its_state_and_not_when_all_is_well(
    alert: str, state: int, severity: str, words: str, tmp_path: Path
) -> None:
    labels = "{" + LABELS.replace("=", ": ").replace(",", ", ") + f", severity: {severity}" + "}"
    summary = f"{{summary: 'pexip alarms of pexip.example.com {words}'}}"
    fired = f"{{exp_labels: {labels}, exp_annotations: {summary}}}"
    for name, values, expected in (("bad", f"0 {state}x20", fired), ("good", "0x20", "")):
        case = tmp_path / f"{name}.yml"
        case.write_text(
            CASE.format(alerts=ALERTS, labels=LABELS, values=values, alert=alert, expected=expected), encoding="utf-8"
        )
        done = promtool("test", "rules", str(case))
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("alert", "series", "value", "quiet", "loud"),
    [
        ("VideoconfCritical", f"videoconf_check_state{{{LABELS}}}", 2, "1m", "2m"),
        ("VideoconfWarning", f"videoconf_check_state{{{LABELS}}}", 1, "9m", "10m"),
        ("VideoconfUnknown", f"videoconf_check_state{{{LABELS}}}", 3, "9m", "10m"),
        ("VideoconfSlow", f"videoconf_check_duration_seconds{{{LABELS}}}", 21, "29m", "30m"),
        ("VideoconfStale", 'node_textfile_mtime_seconds{file="videoconf_pexip_alarms_a.prom"}', 0, "35m", "36m"),
        ("VideoconfSlow", f"videoconf_check_duration_seconds{{{LABELS}}}", 19, "120m", ""),
        ("VideoconfStale", 'node_textfile_mtime_seconds{file="apt.prom"}', 0, "120m", ""),
    ],
)
def test_an_alert_fires_when_its_time_has_passed_and_not_before(
    alert: str, series: str, value: int, quiet: str, loud: str, tmp_path: Path
) -> None:
    written = [{"series": series, "values": f"{value}x150"}]
    for name, moment in (("quiet", quiet), ("loud", loud)):
        if not moment:
            continue
        expected = {"alertname": alert, "eval_time": moment, "exp_alerts": []}
        case = {"interval": "1m", "input_series": written, "alert_rule_test": [expected]}
        file = tmp_path / f"{name}.yml"
        file.write_text(
            json.dumps({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": [case]}), encoding="utf-8"
        )
        # Where it fires, promtool was told to expect none: it fails and names the alert.
        done = promtool("test", "rules", str(file))
        assert done.returncode == int(name == "loud"), done.stdout + done.stderr
        assert (f'alertname="{alert}"' in done.stdout + done.stderr) == (name == "loud")


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_query_of_a_dashboard_is_promql(system: str, tmp_path: Path) -> None:
    dashboard = json.loads((TEMPLATES / "grafana" / f"{system}.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    done = promtool("check", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(queries)} rules found" in done.stdout
