"""OpenMetrics text, as the textfile collector of Prometheus' node_exporter reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..report import Figure, Report
from ..text import clean
from ..units import decimal

_SIGNIFICANT = 12


def render(report: Report) -> str:
    """Gauges `videoconf_<nlabel with underscores>` with labels system, mode, host, instance; ends in `# EOF`."""
    common = {"system": report.system, "mode": report.mode, "host": report.host}
    families: dict[str, list[Figure]] = {}
    for figure in report.figures:
        families.setdefault(figure.nlabel, []).append(figure)
    lines = []
    for metric, figures in zip(_metrics(families), families.values()):
        lines.append(f"# TYPE {metric} gauge")
        for figure in figures:
            labels = _labels({**common, "instance": figure.shown})
            lines.append(f"{metric}{labels} {decimal(figure.value, _SIGNIFICANT)}")
    lines += [
        "# TYPE videoconf_check_state gauge",
        f"videoconf_check_state{_labels(common)} {report.exit_code}",
        "# TYPE videoconf_check_duration_seconds gauge",
        f"videoconf_check_duration_seconds{_labels(common)} {decimal(report.seconds, 6)}",
        "# EOF",
    ]
    return "\n".join(lines) + "\n"


def _metrics(nlabels: Iterable[str]) -> Iterator[str]:
    """The name of the metric for each nlabel; no two alike, though several characters become `_`."""
    taken = {"videoconf_check_state", "videoconf_check_duration_seconds"}
    for nlabel in nlabels:
        metric = "videoconf_" + re.sub("[^A-Za-z0-9]", "_", nlabel)
        while metric in taken:
            metric += "_"
        taken.add(metric)
        yield metric


def _labels(labels: dict[str, str]) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items() if value)
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return clean(value).replace("\\", "\\\\").replace('"', '\\"')
