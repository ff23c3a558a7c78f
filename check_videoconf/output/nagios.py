"""The plugin's own form: one first line with all perfdata, then one thing a line. Never more than one `|`."""

from __future__ import annotations

from collections.abc import Collection

from ..counters import OK, STATES, severity
from ..options import Options
from ..report import Figure, Report
from ..text import clean, plural, shorten, shorten_bytes
from ..units import PERFDATA_UNITS, decimal

_LINE = 1000


def render(report: Report, options: Options, limit: int, units: Collection[str] = PERFDATA_UNITS) -> str:
    """The whole output, at most `limit` bytes of it (0 is no limit), ending in a newline; `units` are those printed."""
    head = f"{report.system} {report.mode} {STATES[report.state]}".upper()
    first = f"{head} - {shorten(clean(report.summary), _LINE)}"
    figures = [figure for figure in report.figures if options.perfdata == "all" or not figure.instance]
    performance = (
        []
        if options.perfdata == "none"
        else [(figure, perfdata(figure, options.float_precision, units)) for figure in figures]
    )
    lines = long_output(report, options.verbose)
    output = _join(first, [text for _, text in performance], lines)
    if limit and len(output.encode()) > limit:
        output = _fit(first, performance, lines, limit)
    return output


def perfdata(figure: Figure, precision: int, units: Collection[str] = PERFDATA_UNITS) -> str:
    """`'label'=value[unit];warn;crit;min;max`."""
    unit = figure.unit if figure.unit in units else ""
    value = decimal(figure.value, precision)
    warning, critical = (limit.text if limit else "" for limit in (figure.warning, figure.critical))
    low, high = ("" if bound is None else decimal(bound, precision) for bound in (figure.low, figure.high))
    return f"'{figure.perfdata}'={value}{unit};{warning};{critical};{low};{high}"


def long_output(report: Report, verbose: int, *, with_figures: bool = True) -> list[str]:
    """One item a line: what is not OK, remarks; with -v all of it, with -vv and -vvv the requests.

    with_figures: whether counters that are OK are among it.
    """
    items = [item for item in report.items if item.text and (verbose or item.state != OK)]
    if not with_figures:
        items = [item for item in items if not item.measured or item.state != OK]
    lines = [f"{STATES[item.state]}: {item.text}" for item in items]
    lines += report.remarks
    if verbose > 1:
        lines += report.trace
    return [shorten(clean(line), 4 * _LINE if verbose > 2 else _LINE) for line in lines]


def _join(first: str, performance: list[str], lines: list[str]) -> str:
    if performance:
        first = f"{first} | {' '.join(performance)}"
    return "\n".join([first, *lines]) + "\n"


def _fit(first: str, performance: list[tuple[Figure, str]], lines: list[str], limit: int) -> str:
    """The same in fewer bytes: long lines go first, then perfdata per instance, the best state first; whole items.

    Should that not do, the second half of the summary goes before any total does.
    """
    # Sorted so that what must stay comes first: totals, then the worst; the order of the rest is kept.
    ranked = sorted(performance, key=lambda pair: (bool(pair[0].instance), -severity(pair[0].state)))
    reserved = len(_join("", [""], _left_out(len(lines), len(ranked))).encode())
    totals = sum(_length(text) for figure, text in ranked if not figure.instance)
    head = shorten_bytes(first, max(limit - reserved - totals, limit // 2))
    room = limit - reserved - len(head.encode())
    kept = _that_fit([text for _, text in ranked], room)
    room -= sum(map(_length, kept))
    shown = _that_fit(lines, room) if len(kept) == len(ranked) else []
    staying = {id(figure) for figure, _ in ranked[: len(kept)]}
    texts = [text for figure, text in performance if id(figure) in staying]
    output = _join(head, texts, [*shown, *_left_out(len(lines) - len(shown), len(ranked) - len(kept))])
    # A limit that has no room for the last line either is below anything useful.
    return output if len(output.encode()) <= limit else f"{shorten_bytes(first, limit - 1)}\n"


def _length(text: str) -> int:
    """The bytes that a line, or an item of perfdata, takes with what parts it from the next."""
    return len(text.encode()) + 1


def _that_fit(texts: list[str], room: int) -> list[str]:
    """As many of the texts from the first on as there is room for."""
    kept = []
    for text in texts:
        room -= _length(text)
        if room < 0:
            break
        kept.append(text)
    return kept


def _left_out(lines: int, figures: int) -> list[str]:
    """The line that says so; none where only the summary was cut, whose `…` shows it."""
    parts = [plural(lines, "line")] if lines else []
    parts += [plural(figures, "perfdata item")] if figures else []
    return [f"left out to fit --max-output: {' and '.join(parts)}"] if parts else []
