"""The drop-in's output: our first line with the connector's units, and the JSON of centreon-plugins."""

from __future__ import annotations

import json

from ..counters import STATES
from ..options import Options
from ..report import Figure, Report
from ..text import clean, shorten
from ..units import PERFDATA_UNITS
from . import nagios, openmetrics

# Centreon stores any unit, and its graphs go by name and unit.
_UNITS = (*PERFDATA_UNITS, "/s", "B/s")
_LONGEST = 4000


def render(report: Report, options: Options, limit: int) -> str:
    """The whole output in the form that the options ask for, ending in a newline."""
    if options.output == "json":
        return json.dumps({"plugin": _plugin(report, options)}, ensure_ascii=False) + "\n"
    if options.output == "openmetrics":
        return openmetrics.render(report)
    return nagios.render(report, options, limit, _UNITS)


def _plugin(report: Report, options: Options) -> dict[str, object]:
    """Of type 1 is the first line, of type 2 each one of the long output."""
    state = STATES[report.state]
    first = {"type": 1, "msg": f"{state}: {shorten(clean(report.summary), _LONGEST)}", "exit": state}
    more = [{"type": 2, "msg": line} for line in nagios.long_output(report, options.verbose)]
    return {
        "name": options.plugin,
        "mode": options.mode,
        "exit": state,
        "outputs": [first, *more],
        "perfdatas": [_perfdata(figure) for figure in report.figures],
    }


def _perfdata(figure: Figure) -> dict[str, object]:
    """What there is none of is empty text."""
    return {
        "label": figure.perfdata,
        "nlabel": figure.nlabel,
        "value": figure.value,
        "unit": figure.unit,
        "warning": figure.warning.text if figure.warning else "",
        "critical": figure.critical.text if figure.critical else "",
        "min": "" if figure.low is None else figure.low,
        "max": "" if figure.high is None else figure.high,
    }
