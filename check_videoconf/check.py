"""One check run by nagiosplugin: a mode as its Resource, counters and statuses as its Contexts, a Report as outcome."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

import nagiosplugin

from .counters import CRITICAL, OK, STATES, UNKNOWN, WARNING, Finding, Measurement, Verdict, worst
from .errors import DeadlineReached, OptionError, Terminated, VideoconfError
from .mode import Mode
from .report import Figure, Item, Report, name, worst_first
from .text import clean, shorten
from .thresholds import Thresholds
from .units import human

_STATE = {
    OK: nagiosplugin.Ok,
    WARNING: nagiosplugin.Warn,
    CRITICAL: nagiosplugin.Critical,
    UNKNOWN: nagiosplugin.Unknown,
}
# What a person reads at 3 a.m.; the rest is in the long output.
_SUMMARY = 600
# Nagios makes a colon of each semicolon of the text.
_BETWEEN = " / "


class Probe(nagiosplugin.Resource):
    """A mode as nagiosplugin sees it. Each finding is the value of a Metric; its context knows what to make of it."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        #: Whether nothing at all was found, not even what is not said.
        self.empty = True

    def probe(self) -> Generator[nagiosplugin.Metric, None, None]:
        yield from self._metrics(self.mode.probe())
        yield from self._metrics(self.mode.finish())

    def _metrics(self, findings: Iterable[Finding]) -> Iterator[nagiosplugin.Metric]:
        for finding in findings:
            self.empty = False
            if isinstance(finding, Measurement):
                yield nagiosplugin.Metric(finding.counter.label, finding, context="counter")
            elif isinstance(finding, Verdict) and self._is_said(finding):
                yield nagiosplugin.Metric(finding.status or "problem", finding, context="status")

    def _is_said(self, verdict: Verdict) -> bool:
        """Whether a verdict belongs into the outcome. --filter-counters is for what is declared: not for an --expect-…,
        nor for a problem of the check itself."""
        filtered = any(status.label == verdict.status for status in self.mode.statuses)
        return (verdict.problem or bool(verdict.text)) and (not filtered or self.mode.wanted(verdict.status))


class CounterContext(nagiosplugin.ScalarContext):
    """Judges a Measurement by its counter's ranges. One for all counters: a family's members are known only by then."""

    def __init__(self, thresholds: Thresholds) -> None:
        # Not given to nagiosplugin: its Range(0) and Range('') mean something else.
        super().__init__("counter")
        self.thresholds = thresholds

    def evaluate(self, metric: nagiosplugin.Metric, resource: nagiosplugin.Resource) -> nagiosplugin.Result:
        measured: Measurement = metric.value
        counter = measured.counter
        warning, critical = self.thresholds.ranges(counter)
        if measured.judged:
            for state, limit in ((CRITICAL, critical), (WARNING, warning)):
                if limit and limit.broken_by(measured.value):
                    return nagiosplugin.Result(_STATE[state], limit.violation(measured.value), metric)
        return nagiosplugin.Result(nagiosplugin.Ok, None, metric)


class StatusContext(nagiosplugin.Context):
    """A Verdict is a judgement already: the record it was made on is not kept."""

    def __init__(self) -> None:
        super().__init__("status")

    def evaluate(self, metric: nagiosplugin.Metric, resource: nagiosplugin.Resource) -> nagiosplugin.Result:
        return nagiosplugin.Result(_STATE[metric.value.state], metric.value.text, metric)


class Headline(nagiosplugin.Summary):
    """The text of the first line: what is wrong, worst first; when nothing is, the mode's own figures."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode

    def ok(self, results: nagiosplugin.Results) -> str:
        return self.mode.unmatched() or self.mode.headline()

    def problem(self, results: nagiosplugin.Results) -> str:
        texts = [item.text for item in worst_first(items(results)) if item.state != OK]
        # Of an inventory it is one of the results already.
        return in_words(texts if self.mode.inventory else [*texts, *filter(None, [self.mode.unmatched()])])


def in_words(texts: list[str]) -> str:
    """As many of the texts as a summary holds, and how many more there are."""
    taken: list[str] = []
    length = 0
    for text in texts:
        shown = shorten(clean(text), 300)
        length += len(shown) + len(_BETWEEN)
        if taken and length > _SUMMARY:
            return _BETWEEN.join([*taken, f"and {len(texts) - len(taken)} more"])
        taken.append(shown)
    return _BETWEEN.join(taken)


def items(results: Iterable[nagiosplugin.Result]) -> Iterator[Item]:
    """Each result in words."""
    for result in results:
        finding = _finding(result)
        text = result.hint or ""
        measured = isinstance(finding, Measurement)
        if measured:
            text = described(finding) + (f", {text}" if text else "")
        yield Item(result.state.code, text, measured=measured)


def _finding(result: nagiosplugin.Result) -> Any:
    return result.metric.value if result.metric else None


def described(measured: Measurement) -> str:
    """`load of lon-conf-02 93 %`; `sync errors of template 2: 1` where the name is a number, too."""
    counter, instance = measured.counter, measured.instance
    where = f" of {instance}" if instance else ""
    if instance.isdecimal():
        where = f" of {counter.instance} {instance}:" if counter.instance else f"{where}:"
    return f"{counter.title}{where} {human(measured.value, counter.unit)}"


def run(mode: Mode, report: Report) -> None:
    """Runs the check and fills the report, also when it fails half-way: what was measured until then stays."""
    probe = Probe(mode)
    check = nagiosplugin.Check(probe, CounterContext(mode.thresholds), StatusContext(), Headline(mode))
    error: VideoconfError | DeadlineReached | Terminated | None = None
    try:
        check()
    except OptionError:
        raise  # a file named by an option: said as such, not as the device's failure
    except (VideoconfError, DeadlineReached, Terminated) as caught:
        error = caught
    finally:
        mode.client.session.deadline.disarm()  # what was measured until now is still to be reported
    results = list(check.results.results)
    found = list(items(results))
    if error:
        found += [Item(UNKNOWN, line) for line in mode.shortcomings()]
    report.figures = [figure for result in results if (figure := _figure(mode, result))]
    name(report.figures)
    report.items = worst_first(found)
    report.remarks.extend(mode.remarks)
    report.state = worst([item.state for item in found])
    if error:
        fail(report, error, mode.given.unreachable_state)
    elif report.state == OK:
        report.summary = check.summary.ok(check.results)
    else:
        report.summary = check.summary.problem(check.results)
    if not error and not found and mode.columns:
        report.things = mode.things
    elif not error and probe.empty and not mode.values:
        report.state, report.summary = UNKNOWN, "nothing was measured"


def fail(report: Report, error: VideoconfError | DeadlineReached | Terminated, unreachable_state: str) -> None:
    """Puts an error into the report: its line first, then what is wrong besides; its state with the others."""
    state = STATES.index(unreachable_state.upper()) if getattr(error, "unreachable", False) else UNKNOWN
    line = clean(str(error))
    report.errors.append(line)
    problems = [item.text for item in report.items if item.state != OK]
    report.summary = in_words([line, *problems])
    report.state = worst([state, report.state])
    advice = getattr(error, "advice", "")
    if advice:
        report.remarks.insert(0, f"what to do: {advice}")


def _figure(mode: Mode, result: nagiosplugin.Result) -> Figure | None:
    measured = _finding(result)
    if not isinstance(measured, Measurement):
        return None
    warning, critical = mode.thresholds.ranges(measured.counter)
    return Figure(measured, measured.counter.named(f"{mode.record}s"), warning, critical, result.state.code)
