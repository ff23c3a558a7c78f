"""OpenMetrics text, as the textfile collector of Prometheus' node_exporter reads it."""

from __future__ import annotations

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
    for nlabel, figures in families.items():
        metric = "videoconf_" + "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in nlabel)
        lines.append(f"# TYPE {metric} gauge")
        for figure in figures:
            instance = figure.perfdata.rpartition("#")[0] if figure.instance else ""
            labels = _labels({**common, "instance": instance})
            lines.append(f"{metric}{labels} {decimal(figure.value, _SIGNIFICANT)}")
    lines += [
        "# TYPE videoconf_check_state gauge",
        f"videoconf_check_state{_labels(common)} {report.exit_code}",
        "# TYPE videoconf_check_duration_seconds gauge",
        f"videoconf_check_duration_seconds{_labels(common)} {decimal(report.seconds, 6)}",
        "# EOF",
    ]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items() if value)
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return clean(value).replace("\\", "\\\\").replace('"', '\\"')
