"""One JSON object on one line."""

from __future__ import annotations

import json

from ..counters import STATES
from ..options import Options
from ..report import Report
from ..text import clean


def render(report: Report, options: Options) -> str:
    """The members are those of the README, section Output; text is clean, numbers are not rounded."""
    return (
        json.dumps(
            {
                "system": report.system,
                "mode": report.mode,
                "host": report.host,
                "state": STATES[report.state],
                "exit_code": report.exit_code,
                "summary": clean(report.summary),
                "counters": [
                    {
                        "label": figure.label,
                        "nlabel": figure.nlabel,
                        "instance": clean(figure.instance),
                        "value": figure.value,
                        "unit": figure.unit,
                        "min": figure.low,
                        "max": figure.high,
                        "warning": figure.warning.text if figure.warning else None,
                        "critical": figure.critical.text if figure.critical else None,
                        "state": STATES[figure.state],
                    }
                    for figure in report.figures
                ],
                "items": [
                    {"state": STATES[item.state], "text": clean(item.text)} for item in report.items if item.text
                ],
                "remarks": [clean(line) for line in report.remarks],
                "trace": [clean(line) for line in report.trace] if options.verbose > 1 else [],
                "errors": [clean(line) for line in report.errors],
                "duration_ms": round(report.seconds * 1000, 3),
                "requests": report.requests,
            },
            ensure_ascii=False,
        )
        + "\n"
    )
