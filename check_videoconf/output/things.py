"""What a mode that lists things has found: a table, Centreon's XML, or JSON for Icinga Director."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..options import Options
from ..report import Report
from ..text import clean
from .nagios import long_output

# The two characters that text may hold and XML may not, besides those that `clean` takes out.
_NOT_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


def format_of(columns: Sequence[str]) -> str:
    """What --disco-format prints: the names of the attributes of each label."""
    return f"<data>{''.join(f'<element>{escape(column)}</element>' for column in columns)}</data>\n"


def render(things: Sequence[Mapping[str, Any]], columns: Sequence[str], report: Report, options: Options) -> str:
    """The list in the form that the options ask for, ending in a newline."""
    if options.disco_show:
        return f"<data>{''.join(map(_label, things))}</data>\n"
    if options.output == "json":
        plain = [{name: clean(value) if isinstance(value, str) else value for name, value in thing.items()}
                 for thing in things]  # fmt: skip
        return json.dumps(plain, ensure_ascii=False) + "\n"
    rows = [[_shown(thing[column]) or "-" for column in columns] for thing in things]
    lines = _aligned([list(columns), *rows]) if things else [report.summary]
    return "\n".join([*lines, *long_output(report, options.verbose)]) + "\n"


def _label(thing: Mapping[str, Any]) -> str:
    attributes = (f" {name}={quoteattr(_shown(value).translate(_NOT_XML))}" for name, value in thing.items())
    return f"<label{''.join(attributes)}/>"


def _shown(value: Any) -> str:
    """A value as text: null is nothing, true and false are words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean(str(value))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, cells)) for cells in zip(*rows)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]
