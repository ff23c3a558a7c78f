"""One check from its options to its text: what a process of its own and a worker of the service do alike."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .cli import Outcome, Start, bug
from .errors import DeadlineReached, OptionError, Terminated

if TYPE_CHECKING:
    from .deadline import Deadline
    from .mode import Mode
    from .options import Options
    from .redact import Redactor
    from .report import Report
    from .session import Session

_DEFAULT_MAX_OUTPUT = 8192


def perform(mode: type[Mode], options: Options, remarks: list[str], start: Start) -> Outcome:
    """Runs a check. Raises OptionError, ImportError."""
    from .deadline import Deadline
    from .redact import Redactor

    deadline = Deadline(options.timeout)
    deadline.started = start.moment
    redactor = Redactor()
    if start.host:
        start.host.begins(deadline)
    if start.remark and options.verbose:
        remarks.append(start.remark)
    try:
        with deadline.enforced():
            report = _run(mode, options, remarks, deadline, redactor, start)
    except (DeadlineReached, Terminated) as error:
        # Outside the check itself: while it was being prepared, or after it had measured all.
        report = _failed(mode, options, error, deadline)
        report.remarks += remarks
    except (OptionError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001 -- as in cli.guarded, but with all passwords known
        return bug(error, redactor, verbose=options.verbose > 2)
    report.change_state(options.change_state)
    if report.things is not None and (options.disco_show or options.output != "openmetrics"):
        from .output import things

        return Outcome(things.render(report.things, mode.shown_columns(options), report, options), report.exit_code)
    return Outcome(_render(report, options, start.terminal), report.exit_code)


def _failed(mode: type[Mode], options: Options, error: DeadlineReached | Terminated, deadline: Deadline) -> Report:
    from .check import fail
    from .report import Report

    report = Report(mode.system, mode.name, options.hostname or "")
    fail(report, error, options.unreachable_state)
    report.seconds = deadline.elapsed()
    return report


def _run(
    mode: type[Mode], options: Options, remarks: list[str], deadline: Deadline, redactor: Redactor, start: Start
) -> Report:
    from . import catalog, prepare
    from .report import Report
    from .thresholds import Thresholds

    system = catalog.SYSTEMS[mode.system]
    if not options.hostname:
        raise OptionError("--hostname is required")
    thresholds = Thresholds(mode, options)
    prepare.refuse_filter_of_everything(mode, options)
    deadline.enter("looking for the password", network=False)
    prepare.settle(mode, options, deadline)
    deadline.enter("preparing the check", network=False)
    redactor.add_account(options.username, options.password)
    check, Session = _libraries()  # noqa: N806 -- a class
    state_directory = prepare.state_directory(mode, options, remarks)
    memory = prepare.memory(mode, options, state_directory, remarks, deadline)
    report = Report(mode.system, mode.name, options.hostname)
    report.remarks = remarks
    host = None if mode.connects_anew else start.host
    session = Session(options, system.title, prepare.login(options), deadline, redactor, state_directory, host)
    session.login.attach(session, state_directory)
    try:
        running = mode(catalog.client(mode.system)(session), options, thresholds, memory.load() if memory else None)
        check.run(running, report)
        if memory and not report.errors:
            memory.save(running.remembered)
    finally:
        session.close()
        if memory:
            memory.close()
    report.remarks += session.remarks
    report.trace = session.trace
    report.requests = session.requests
    report.seconds = deadline.elapsed()
    report.rewrite(redactor.known)
    return report


def _libraries() -> tuple[Any, type[Session]]:
    """What imports nagiosplugin and requests. Raises ImportError, whatever is wrong with them."""
    try:
        from . import check
        from .session import Session
    except ImportError:
        raise
    except Exception as error:
        raise ImportError(f"{type(error).__name__}: {error}") from error
    return check, Session


def _render(report: Report, options: Options, terminal: bool) -> str:
    limit = options.max_output
    if limit is None:
        limit = 0 if terminal else _DEFAULT_MAX_OUTPUT
    if "plugin" in options.given:
        from .output import centreon

        return centreon.render(report, options, limit)
    if options.output == "json":
        from .output import json

        return json.render(report, options)
    if options.output == "openmetrics":
        from .output import openmetrics

        return openmetrics.render(report)
    if terminal and options.verbose:
        from .output import terminal as person

        if person.is_colourful(os.environ):
            return person.render(report, options)
    from .output import nagios

    return nagios.render(report, options, limit)
