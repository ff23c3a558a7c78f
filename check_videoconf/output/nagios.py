"""The plugin's own form: one first line with all perfdata, then one thing a line. Never more than one `|`."""

from __future__ import annotations

from ..counters import OK, STATES, severity
from ..options import Options
from ..report import Figure, Report
from ..text import clean, shorten
from ..units import PERFDATA_UNITS, decimal

_LINE = 1000


def render(report: Report, options: Options, limit: int) -> str:
    """The whole output, at most `limit` bytes of it (0 is no limit), ending in a newline."""
    head = f"{report.system} {report.mode} {STATES[report.state]}".upper()
    first = f"{head} - {clean(report.summary)}"
    figures = [figure for figure in report.figures if options.perfdata == "all" or not figure.instance]
    performance = (
        []
        if options.perfdata == "none"
        else [(figure, perfdata(figure, options.float_precision)) for figure in figures]
    )
    lines = long_output(report, options.verbose)
    output = _join(first, [text for _, text in performance], lines)
    if limit and len(output.encode()) > limit:
        output = _fit(first, performance, lines, limit)
    return output


def perfdata(figure: Figure, precision: int) -> str:
    """`'label'=value[unit];warn;crit;min;max`."""
    unit = figure.unit if figure.unit in PERFDATA_UNITS else ""
    value = decimal(figure.value, precision)
    warning, critical = (limit.text if limit else "" for limit in (figure.warning, figure.critical))
    low, high = ("" if bound is None else decimal(bound, precision) for bound in (figure.low, figure.high))
    return f"'{figure.perfdata}'={value}{unit};{warning};{critical};{low};{high}"


def long_output(report: Report, verbose: int) -> list[str]:
    """One item a line: what is not OK, remarks; with -v all of it, with -vv and -vvv the requests."""
    items = [item for item in report.items if item.text and (verbose or item.state != OK)]
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
    """The same in fewer bytes: long lines go first, then perfdata per instance, the best state first; whole items."""
    # Sorted so that what must stay comes first: totals, then the worst; the order of the rest is kept.
    ranked = sorted(performance, key=lambda pair: (bool(pair[0].instance), -severity(pair[0].state)))
    room = limit - len(f"{first} | \n".encode()) - len(_left_out(len(lines), len(ranked)).encode())
    kept: set[int] = set()
    for figure, text in ranked:
        room -= len(text.encode()) + 1
        if room < 0:
            break
        kept.add(id(figure))
    texts = [text for figure, text in performance if id(figure) in kept]
    shown: list[str] = []
    if len(kept) == len(performance):
        for line in lines:
            room -= len(line.encode()) + 1
            if room < 0:
                break
            shown.append(line)
    note = _left_out(len(lines) - len(shown), len(performance) - len(texts)).rstrip("\n")
    output = _join(first, texts, [*shown, note])
    if len(output.encode()) <= limit:
        return output
    cut = output.encode()[: max(0, limit - 1)].decode(errors="ignore")  # a limit below the summary itself
    return f"{cut.partition(' | ')[0] if not texts else cut}\n"


def _left_out(lines: int, figures: int) -> str:
    parts = [f"{lines} lines"] if lines else []
    parts += [f"{figures} perfdata items"] if figures else []
    return f"left out to fit --max-output: {' and '.join(parts)}\n"
