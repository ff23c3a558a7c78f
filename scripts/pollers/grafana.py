"""Grafana: a dashboard for each product on the names of the OpenMetrics output."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from check_videoconf.catalog import SYSTEMS
from check_videoconf.counters import Counter

from .services import Service, services

_UNITS = {
    "": "short",
    "%": "percent",
    "s": "s",
    "ms": "ms",
    "B": "bytes",
    "/s": "cps",
    "b/s": "bps",
    "B/s": "Bps",
    "rpm": "rotrpm",
}
_SOURCE = {"type": "prometheus", "uid": "${source}"}
# What Prometheus calls our label `instance`, as it has one of its own; with honor_labels it would keep the name.
_INSTANCE = "exported_instance"
_STATES = (("OK", "green"), ("WARNING", "yellow"), ("CRITICAL", "red"), ("UNKNOWN", "purple"))
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 24


def files() -> dict[str, str]:
    """Path below templates/ to text."""
    return {
        f"grafana/{system}.json": json.dumps(_dashboard(system), indent=2, ensure_ascii=False) + "\n"
        for system in SYSTEMS
    }


def expression(service: Service, counter: Counter) -> str:
    """What a counter is called in PromQL; a family is every name that fits."""
    name = "videoconf_" + re.sub("[^A-Za-z0-9*]", "_", counter.named(f"{service.mode.record}s"))
    labels = f'system="{service.system}",mode="{service.name}",host=~"$host"'
    if "*" in name:
        pattern = name.replace("*", ".+")
        return f'{{__name__=~"{pattern}",{labels}}}'
    return f"{name}{{{labels}}}"


def _dashboard(system: str) -> dict[str, Any]:
    panels = [_states(system)]
    top = _HEIGHT
    for service in services(system):
        charts = list(_charts(service))
        if not charts:
            continue
        panels.append(_placed({"type": "row", "title": service.text, "collapsed": False, "panels": []}, 0, top, 24, 1))
        top += 1
        for position, chart in enumerate(charts):
            row, column = divmod(position, _COLUMNS // _WIDTH)
            panels.append(_placed(chart, column * _WIDTH, top + row * _HEIGHT, _WIDTH, _HEIGHT))
        top += -(-len(charts) // (_COLUMNS // _WIDTH)) * _HEIGHT
    return {
        "title": SYSTEMS[system].title,
        "uid": f"videoconf-{system}",
        "tags": ["videoconf"],
        "schemaVersion": 36,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": list(_variables(system))},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, 1)],
    }


def _variables(system: str) -> Iterator[dict[str, Any]]:
    yield {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
    yield {
        "name": "host",
        "label": "Host",
        "type": "query",
        "datasource": _SOURCE,
        "query": f'label_values(videoconf_check_state{{system="{system}"}}, host)',
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "current": {"text": "All", "value": "$__all"},
    }


def _states(system: str) -> dict[str, Any]:
    mapping = {str(code): {"text": text, "color": color} for code, (text, color) in enumerate(_STATES)}
    panel = {
        "type": "state-timeline",
        "title": "State of the checks",
        "datasource": _SOURCE,
        "targets": [_target(0, f'videoconf_check_state{{system="{system}",host=~"$host"}}', "{{host}} {{mode}}")],
        "fieldConfig": {"defaults": {"mappings": [{"type": "value", "options": mapping}]}, "overrides": []},
    }
    return _placed(panel, 0, 0, _COLUMNS, _HEIGHT)


def _charts(service: Service) -> Iterator[dict[str, Any]]:
    """A chart for the totals of each unit and one for each counter that exists once for each instance."""
    totals: dict[str, list[Counter]] = {}
    for counter in service.mode.counters:
        if not counter.instance and "*" not in counter.label:
            totals.setdefault(counter.unit, []).append(counter)
    for unit, counters in totals.items():
        title = f"{service.name}: {', '.join(counter.title for counter in counters[:3])}"
        targets = [
            _target(number, expression(service, counter), f"{{{{host}}}} {counter.title} {{{{{_INSTANCE}}}}}")
            for number, counter in enumerate(counters)
        ]
        yield _chart(title + (" …" if len(counters) > 3 else ""), unit, targets)
    each = [counter for counter in service.mode.counters if counter.instance or "*" in counter.label]
    # Several counters may be instances of one metric, as the fans are.
    for query, counter in {expression(service, counter): counter for counter in each}.items():
        legend = f"{{{{host}}}} {{{{{_INSTANCE if counter.instance else '__name__'}}}}}"
        title = f"{service.name}: {counter.title.replace('*', '…')}"
        yield _chart(title, counter.unit, [_target(0, query, legend)])


def _chart(title: str, unit: str, targets: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": title,
        "datasource": _SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": _UNITS[unit]}, "overrides": []},
    }


def _target(number: int, query: str, legend: str) -> dict[str, Any]:
    letters = f"{chr(65 + number // 26 - 1) if number >= 26 else ''}{chr(65 + number % 26)}"
    return {"refId": letters, "datasource": _SOURCE, "expr": query, "legendFormat": legend}


def _placed(panel: dict[str, Any], x: int, y: int, w: int, h: int) -> dict[str, Any]:
    return {**panel, "gridPos": {"x": x, "y": y, "w": w, "h": h}}
