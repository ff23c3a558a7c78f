"""The command line: argv to a mode and its options, a report to text, and the only place that exits."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import Terminated

if TYPE_CHECKING:
    from types import FrameType

    from .deadline import Deadline
    from .errors import DeadlineReached
    from .mode import Mode
    from .options import Options
    from .redact import Redactor
    from .report import Report
    from .session import Session

OK, UNKNOWN = 0, 3
_DEFAULT_MAX_OUTPUT = 8192


class Outcome(NamedTuple):
    """What is printed, and the exit code."""

    text: str
    code: int


def entry() -> None:
    """The installed command and `python -m check_videoconf`. Ends the process."""
    _make_descriptors_safe()
    arguments = sys.argv[1:]
    if arguments[:1] == ["simulate"]:
        from .simulator import main as simulate

        sys.exit(simulate(arguments[1:]))
    # Icinga 2 and Mod-Gearman mix stderr into the status, and a library may write there: nothing gets through.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # From the first moment on a signal gives a line and UNKNOWN; once there is an outcome, that one stands.
    _set_signals(_end)
    try:
        outcome = _protected(arguments)
        _set_signals(signal.SIG_IGN)
    except BaseException as error:  # noqa: BLE001 -- whatever ends the plugin, its poller gets one line
        outcome = Outcome(f"UNKNOWN: {_one_line(error)}\n", UNKNOWN)
    _write(outcome.text)
    # Not sys.exit: neither a closed stdout nor a library's exit handler may change the code, and all is done.
    os._exit(outcome.code)


def _protected(arguments: list[str]) -> Outcome:
    """The outcome of the process's own command line, out of which the passwords are taken first."""
    started = time.monotonic()
    if any("password" in argument or "@" in argument for argument in arguments):
        from .credentials import hide_arguments

        hide_arguments(arguments)
    # UTF-8 whatever the locale: what Python could not decode, or decoded as something else, is taken back to bytes.
    return _guarded([os.fsencode(argument).decode("utf-8", "surrogateescape") for argument in arguments], started)


def _end(number: int, frame: FrameType | None) -> None:
    _set_signals(signal.SIG_IGN)
    raise Terminated(signal.Signals(number).name, "starting or ending")


def _set_signals(handler: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def main(arguments: Sequence[str]) -> int:
    """Runs one command line, writes its answer to stdout, returns the exit code: 0, 1, 2 or 3, whatever happens."""
    outcome = _guarded(list(arguments), time.monotonic())
    _write(outcome.text)
    return outcome.code


def _guarded(arguments: list[str], started: float) -> Outcome:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries warn on stderr
            return _answer(arguments, started)
    except ImportError as error:
        return Outcome(f"UNKNOWN: a library is missing or broken: {_one_line(error)}\n", UNKNOWN)
    except Exception as error:  # noqa: BLE001 -- a bug, whatever it is, must give one line and UNKNOWN; deadlines pass
        from .credentials import secrets_in
        from .redact import Redactor

        redactor = Redactor()
        redactor.add(*secrets_in(arguments))
        return _bug(error, redactor, verbose="-vvv" in arguments)


def _answer(arguments: list[str], started: float) -> Outcome:
    from .errors import DeadlineReached, OptionError

    try:
        if any(argument.partition("=")[0] == "--plugin" for argument in arguments):
            return _as_connector(arguments, started)
        return _dispatch(arguments, started)
    except OptionError as error:
        return _option_error(error)
    except (DeadlineReached, Terminated) as error:
        return Outcome(f"UNKNOWN: {_one_line(error)}\n", UNKNOWN)


def _dispatch(arguments: list[str], started: float) -> Outcome:
    from . import __version__, catalog
    from .common_options import COMMON
    from .errors import OptionError
    from .options import parse

    words = catalog.leading_words(arguments)
    if len(words) < 2:
        if "--list-modes" in arguments:
            from . import usage

            return Outcome(usage.list_modes([_known_system(word) for word in words] or list(catalog.SYSTEMS)), OK)
        if {"-V", "--version"} & set(arguments):
            return Outcome(f"check_videoconf {__version__}\n", UNKNOWN)
        if {"-h", "--help"} & set(arguments):
            from . import usage

            return Outcome(usage.program(), UNKNOWN)
    if not words:
        raise OptionError(
            f"which system? {', '.join(catalog.SYSTEMS)}: check_videoconf SYSTEM MODE -H HOST; see --help"
        )
    system = catalog.system(words[0])
    if len(words) == 1:
        raise OptionError(f"which mode of {words[0]}? {', '.join(system.modes)}")
    mode = catalog.mode(words[0], words[1])
    declared = (*mode.declared_options(), *COMMON)
    remarks: list[str] = []
    expanded = arguments
    if any(argument.startswith("--extra-opts") for argument in arguments):
        from .extra_opts import expand

        expanded = expand(arguments, declared, remarks)
    options, rest = parse(expanded, declared, mode.labels(), [status.label for status in mode.statuses])
    if len(rest) > 2:
        raise OptionError("one argument too many after SYSTEM and MODE; a value with blanks needs quotes")
    answer = _information(options, mode)
    if answer:
        return answer
    return _check(mode, options, remarks, started)


def _as_connector(arguments: list[str], started: float) -> Outcome:
    """The command line of a Centreon connector, which a poller has kept."""
    from . import centreon

    command = centreon.parse(arguments)
    if command.text:
        return Outcome(command.text, command.code)
    return _check(command.mode, command.options, command.remarks, started)


def _information(options: Options, mode: type[Mode]) -> Outcome | None:
    """--help, --version and --list-counters: they need no device."""
    from . import __version__

    if options.version:
        return Outcome(f"check_videoconf {__version__}\n", UNKNOWN)
    if options.help or options.list_counters:
        from . import usage

        return Outcome(usage.mode(mode), UNKNOWN) if options.help else Outcome(usage.counters(mode), OK)
    if mode.columns and options.disco_format:
        from .output import things

        return Outcome(things.format_of(mode.shown_columns(options)), OK)
    return None


def _known_system(word: str) -> str:
    from . import catalog

    catalog.system(word)
    return word


# -- a check


def _check(mode: type[Mode], options: Options, remarks: list[str], started: float) -> Outcome:
    from .deadline import Deadline
    from .errors import DeadlineReached, OptionError
    from .redact import Redactor

    if options.output_json:
        options.output = "json"
    elif options.output_openmetrics:
        options.output = "openmetrics"
    deadline = Deadline(options.timeout)
    deadline.started = started
    redactor = Redactor()
    try:
        with deadline.enforced():
            report = _run(mode, options, remarks, deadline, redactor)
    except (DeadlineReached, Terminated) as error:
        # Outside the check itself: while it was being prepared, or after it had measured all.
        report = _failed(mode, options, error)
        report.remarks += remarks
    except (OptionError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001 -- as in _guarded, but with all passwords known
        return _bug(error, redactor, verbose=options.verbose > 2)
    report.change_state(options.change_state)
    if report.things is not None:
        from .output import things

        return Outcome(things.render(report.things, mode.shown_columns(options), report, options), report.exit_code)
    return Outcome(_render(report, options), report.exit_code)


def _failed(mode: type[Mode], options: Options, error: DeadlineReached | Terminated) -> Report:
    from .check import fail
    from .report import Report

    report = Report(mode.system, mode.name, options.hostname or "")
    fail(report, error, options.unreachable_state)
    return report


def _run(mode: type[Mode], options: Options, remarks: list[str], deadline: Deadline, redactor: Redactor) -> Report:
    from . import catalog, prepare
    from .errors import OptionError
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
    session = Session(options, system.title, prepare.login(options), deadline, redactor, state_directory)
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


# -- output


def _render(report: Report, options: Options) -> str:
    limit = options.max_output
    if limit is None:
        limit = 0 if sys.stdout is not None and sys.stdout.isatty() else _DEFAULT_MAX_OUTPUT
    if "plugin" in options.given:
        from .output import centreon

        return centreon.render(report, options, limit)
    if options.output == "json":
        from .output import json

        return json.render(report, options)
    if options.output == "openmetrics":
        from .output import openmetrics

        return openmetrics.render(report)
    from .output import nagios

    return nagios.render(report, options, limit)


def _option_error(error: Any) -> Outcome:
    lines = [f"UNKNOWN: {_one_line(error)}", *error.detail.replace("|", "/").splitlines()]
    return Outcome("\n".join(lines) + "\n", UNKNOWN)


def _bug(error: Exception, redactor: Redactor, *, verbose: bool) -> Outcome:
    text = f"UNKNOWN: internal error, please report it: {type(error).__name__}: {_one_line(error)}\n"
    if verbose:
        import traceback

        text += "".join(traceback.format_exception(type(error), error, error.__traceback__)).replace("|", "/")
    return Outcome(redactor.known(text), UNKNOWN)


def _one_line(error: BaseException) -> str:
    from .text import clean, shorten

    return shorten(clean(str(error)), 1000)


def _write(text: str) -> None:
    """Writes to stdout as UTF-8 whatever the locale. A poller that has gone away changes nothing."""
    if sys.stdout is None:
        return
    data = text.encode("utf-8", "replace")
    try:
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(text)
        else:
            sys.stdout.flush()
            binary.write(data)
        sys.stdout.flush()
    except (OSError, ValueError):
        return


def _make_descriptors_safe() -> None:
    """Where a poller closed stdin, stdout or stderr, a socket must not get its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
