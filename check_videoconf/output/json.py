"""One JSON object on one line."""

from __future__ import annotations

import json

from ..counters import STATES
from ..options import Options
from ..report import Figure, Report
from ..text import clean, shorten

_LONGEST = 4000


def render(report: Report, options: Options) -> str:
    """The members are those of the README, section Output; text is clean, numbers are not rounded.

    What the plugin's own form has in its long output is in `items`: remarks, and with -vv the requests, are OK ones.
    """
    notes = [*report.remarks, *(report.trace if options.verbose > 1 else ())]
    items = [(STATES[item.state], item.text) for item in report.items if item.text]
    items += [("OK", note) for note in notes]
    return (
        json.dumps(
            {
                "system": report.system,
                "mode": report.mode,
                "host": report.host,
                "state": STATES[report.state],
                "exit_code": report.exit_code,
                "summary": _shown(report.summary),
                "counters": [_counter(figure) for figure in report.figures],
                "items": [{"state": state, "text": _shown(text)} for state, text in items],
                "errors": [_shown(line) for line in report.errors],
                "duration_ms": round(report.seconds * 1000, 3),
                "requests": report.requests,
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _counter(figure: Figure) -> dict[str, object]:
    return {
        "label": clean(figure.label),
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


def _shown(text: str) -> str:
    return shorten(clean(text), _LONGEST)
