"""How Nagios Core, Icinga 2 and Centreon take a plugin's output apart, each written after its own source."""

from __future__ import annotations

import math
import re
from typing import NamedTuple


class Item(NamedTuple):
    """One perfdata item as Nagios' guidelines define it; everything as printed."""

    label: str
    value: str
    unit: str
    warning: str
    critical: str
    low: str
    high: str


class Value(NamedTuple):
    """What Icinga 2 makes of an item: in base units; a threshold that is no plain number is lost."""

    label: str
    value: float
    unit: str
    warning: float | None
    critical: float | None
    low: float | None
    high: float | None


class Inside(NamedTuple):
    """A range as Centreon keeps it."""

    inverted: bool
    low: float
    high: float


class Metric(NamedTuple):
    """What Centreon Broker makes of an item."""

    label: str
    kind: str
    value: float
    unit: str
    warning: Inside | None
    critical: Inside | None
    low: float | None
    high: float | None


# -- Nagios Core 4, base/checks.c parse_check_output; items after the developer guidelines


def nagios_parts(output: str) -> tuple[str, str, str]:
    """Status text, long output, perfdata."""
    lines = output.split("\n")
    status, _, perfdata = lines[0].partition("|")
    long_output: list[str] = []
    in_perfdata = False
    for line in lines[1:]:
        if in_perfdata:
            perfdata += f" {line}"
        elif "|" in line:
            before, _, after = line.partition("|")
            long_output.append(before)
            perfdata += f" {after}"
            in_perfdata = True
        else:
            long_output.append(line)
    return status.strip(), "\n".join(long_output), perfdata.strip()


def nagios_items(output: str) -> list[Item]:
    perfdata = nagios_parts(output)[2]
    items = []
    place = 0
    while place < len(perfdata):
        assert perfdata[place] == "'", "a label that holds blanks must be quoted"
        label = ""
        place += 1
        while not (perfdata[place] == "'" and perfdata[place + 1] != "'"):
            label += perfdata[place]
            place += 2 if perfdata[place] == "'" else 1
        end = perfdata.find(" ", place)
        end = len(perfdata) if end < 0 else end
        match = re.fullmatch(r"'=([-0-9.]+)([^;\d ]*);([^; ]*);([^; ]*);([-0-9.]*);([-0-9.]*)", perfdata[place:end])
        assert match, perfdata[place:end]
        items.append(Item(label, *match.groups()))
        place = end + 1
        assert perfdata[place : place + 1] != " ", "two blanks between items"
    return items


# -- Icinga 2, lib/icinga/pluginutility.cpp and lib/base/perfdatavalue.cpp (2.13)

_ICINGA_UNITS = {
    "": ("", 1.0),
    "%": ("percent", 1.0),
    "s": ("seconds", 1.0),
    "ms": ("seconds", 1e-3),
    "b": ("bytes", 1),
}


def icinga_parts(output: str) -> tuple[str, str]:
    """Text, perfdata."""
    texts, perfdata = [], []
    for line in output.split("\n"):
        text, bar, rest = line.partition("|")
        if bar and "=" in rest:
            texts.append(text)
            perfdata.append(rest.strip())
        else:
            texts.append(line)
    return "\n".join(texts), " ".join(perfdata)


def icinga_values(output: str) -> list[Value]:
    perfdata = icinga_parts(output)[1]
    values: list[Value] = []
    begin = 0
    while True:
        equals = perfdata.find("=", begin)
        if equals < 0:
            return values
        label = perfdata[begin:equals]
        if len(label) > 2 and label[0] == label[-1] == "'":
            label = label[1:-1]
        assert "::" not in label, "check_multi's prefix"
        space = perfdata.find(" ", equals)
        space = len(perfdata) if space < 0 else space
        values.append(_icinga_value(f"'{label}'={perfdata[equals + 1 : space]}"))
        begin = space + 1


def _icinga_value(text: str) -> Value:
    label, _, rest = text.rpartition("=")
    if len(label) > 2 and label[0] == label[-1] == "'":
        label = label[1:-1]
    assert "," not in rest
    value, *limits = rest.split(";")
    number = re.match(r"[-+0-9.eE]*", value)
    assert number
    unit, factor = _ICINGA_UNITS[value[number.end() :].lower()]
    numbers = [
        float(limit) * factor if limit and re.fullmatch(r"[-+0-9.eE]+", limit) else None
        for limit in (*limits, *[""] * 4)
    ]
    found = float(number[0]) * factor
    assert math.isfinite(found)
    return Value(label, found, unit, *numbers[:4])


# -- Centreon Engine, engine/src/utils.cc, and Centreon Broker, common/src/perfdata.cc


def centreon_parts(output: str) -> tuple[str, str]:
    """Text, perfdata: the bar is the last of the line."""
    first, *others = output.split("\n")
    text, bar, perfdata = first.rpartition("|")
    if not bar:
        text, perfdata = first, ""
    for line in others:
        assert "|" not in line
    return text, perfdata.strip()


def centreon_metrics(output: str) -> list[Metric]:
    perfdata = centreon_parts(output)[1]
    metrics = []
    place = 0
    while place < len(perfdata):
        while perfdata[place].isspace():
            place += 1
        start, quoted = place, False
        while quoted or (perfdata[place] != "=" and not perfdata[place].isspace()):
            quoted = quoted is not (perfdata[place] == "'")
            place += 1
        assert perfdata[place] == "="
        label = perfdata[start:place].strip("' \t\r\n")
        kind = "gauge"
        if label.endswith("]") and label[:2] in ("a[", "c[", "d[", "g["):
            label, kind = label[2:-1], label[0]
        end = place
        while end < len(perfdata) and perfdata[end] not in " \t\r\n":
            end += 1
        metrics.append(_centreon_metric(label, kind, perfdata[place + 1 : end]))
        place = end
    return metrics


def _centreon_metric(label: str, kind: str, text: str) -> Metric:
    value, warning, critical, low, high = (text.split(";") + [""] * 5)[:5]
    number = re.match(r"[-+]?[0-9]*(?:[.,][0-9]*)?(?:[eE][-+]?[0-9]+)?", value)
    assert number
    return Metric(
        label,
        kind,
        _double(number[0]),
        value[number.end() :],
        _centreon_range(warning),
        _centreon_range(critical),
        _double(low) if low else None,
        _double(high) if high else None,
    )


def _double(text: str) -> float:
    return float(text.replace(",", "."))


def _centreon_range(text: str) -> Inside | None:
    if not text:
        return None
    inverted = text.startswith("@")
    low, colon, high = text.lstrip("@").partition(":")
    if not colon:
        return Inside(inverted, 0, _double(low))
    return Inside(
        inverted, -math.inf if low == "~" else _double(low) if low else 0, _double(high) if high else math.inf
    )
