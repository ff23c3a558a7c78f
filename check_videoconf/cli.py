"""The command line: argv to a mode and its options, a report to text, and the only place that exits."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .auth import Login
    from .deadline import Deadline
    from .mode import Mode
    from .options import Options
    from .report import Report

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
    code = main(arguments)
    # Not sys.exit: neither a closed stdout nor a library's exit handler may change the code, and all is done.
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Runs one command line, writes its answer to stdout, returns the exit code: 0, 1, 2 or 3, whatever happens."""
    started = time.monotonic()
    outcome = _guarded(list(arguments), started)
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
        return _bug(error, verbose="-vvv" in arguments)


def _answer(arguments: list[str], started: float) -> Outcome:
    from .errors import DeadlineReached, OptionError, Terminated

    try:
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

    words = _leading_words(arguments)
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
    options, rest = parse(expanded, declared, mode.labels())
    if len(rest) > 2:
        raise OptionError("one argument too many after SYSTEM and MODE; a value with blanks needs quotes")
    answer = _information(options, mode)
    if answer:
        return answer
    return _check(mode, options, remarks, started)


def _information(options: Options, mode: type[Mode]) -> Outcome | None:
    """--help, --version and --list-counters: they need no device."""
    from . import __version__

    if options.version:
        return Outcome(f"check_videoconf {__version__}\n", UNKNOWN)
    if options.help or options.list_counters:
        from . import usage

        return Outcome(usage.mode(mode), UNKNOWN) if options.help else Outcome(usage.counters(mode), OK)
    return None


def _leading_words(arguments: list[str]) -> list[str]:
    """SYSTEM and MODE: the first two arguments that are neither an option nor a common option's value."""
    from .common_options import COMMON

    with_value = {name for option in COMMON if option.metavar and option.dest != "extra_opts" for name in option.names}
    words: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif not argument.startswith("-"):
            words.append(argument)
        elif argument in with_value:
            skip = True
        elif words[1:] or argument == "--":
            break
        if len(words) == 2:
            break
    return words


def _known_system(word: str) -> str:
    from . import catalog

    catalog.system(word)
    return word


# -- a check


def _check(mode: type[Mode], options: Options, remarks: list[str], started: float) -> Outcome:
    from .deadline import Deadline
    from .errors import DeadlineReached, Terminated

    deadline = Deadline(options.timeout)
    deadline.started = started
    try:
        with deadline.enforced():
            report, options = _run(mode, options, remarks, deadline)
    except (DeadlineReached, Terminated) as error:
        # Outside the check itself: while it was being prepared, or after it had measured all.
        return Outcome(f"{mode.system} {mode.name} UNKNOWN".upper() + f" - {_one_line(error)}\n", UNKNOWN)
    report.change_state(options.change_state)
    return Outcome(_render(report, options), report.exit_code)


def _run(mode: type[Mode], options: Options, remarks: list[str], deadline: Deadline) -> tuple[Report, Options]:
    from . import catalog
    from .errors import OptionError
    from .redact import Redactor
    from .report import Report
    from .thresholds import Thresholds

    system = catalog.SYSTEMS[mode.system]
    if not options.hostname:
        raise OptionError("--hostname is required")
    thresholds = Thresholds(mode, options)
    _settle(mode, options)
    redactor = Redactor()
    redactor.add(options.password, *(options.proxy or "").rpartition("@")[0].rpartition("/")[2].split(":"))

    from . import check
    from .session import Session

    state_directory = _state_directory(mode, options, remarks)
    memory = _memory(mode, options, state_directory, remarks)
    report = Report(mode.system, mode.name, options.hostname)
    report.remarks = remarks
    session = Session(options, system.title, _login(options), deadline, redactor, state_directory)
    session.login.attach(session, state_directory)
    try:
        running = mode(catalog.client(mode.system)(session), options, thresholds, memory.load() if memory else None)
        check.run(running, report)
        if memory and not report.errors:
            memory.save(running.remembered)
    finally:
        session.close()
    report.trace = session.trace
    report.requests = session.requests
    report.seconds = deadline.elapsed()
    report.rewrite(redactor.known)
    return report, options


def _settle(mode: type[Mode], options: Options) -> None:
    """Options that follow from others, from the system and from the environment. Raises OptionError."""
    from . import catalog, credentials
    from .errors import OptionError

    system = catalog.SYSTEMS[mode.system]
    options.lock = (options.lock or system.one_at_a_time) and not options.no_lock
    options.cache = mode.cache if options.cache is None else options.cache
    if options.output_json:
        options.output = "json"
    elif options.output_openmetrics:
        options.output = "openmetrics"
    if options.password:
        credentials.hide_argument(options.password)
    if options.auth == "oauth2":
        if mode.system != "pexip":
            raise OptionError("--auth oauth2: only Pexip Infinity knows it")
        if not options.oauth2_client_id or not options.oauth2_key:
            raise OptionError("--auth oauth2 needs --oauth2-client-id and --oauth2-key")
        options.username = options.oauth2_client_id
        return
    options.username, options.password = credentials.find(options, os.environ, system.username)
    if options.password is None:
        raise OptionError(
            f"a password is required: --password-file FILE, --password-command CMD, {credentials.PASSWORD} in the "
            "environment, or --password"
        )


def _login(options: Options) -> Login:
    if options.auth == "oauth2":
        from .oauth2 import Bearer

        return Bearer(options.oauth2_client_id, options.oauth2_key)
    from .auth import login

    return login(options.auth, options.username, options.password)


def _state_directory(mode: type[Mode], options: Options, remarks: list[str]) -> str:
    """The state directory where this check needs one, else `''`."""
    if not (options.lock or options.cache or mode.remembers(options) or options.auth == "oauth2"):
        return ""
    from .state import directory

    found, reason = directory(options.state_dir)
    if reason:
        remarks.append(f"no lock, no cache and no state between runs: {reason}")
    return found


def _memory(mode: type[Mode], options: Options, state_directory: str, remarks: list[str]) -> Any:
    if not mode.remembers(options):
        return None
    from .common_options import COMMON
    from .state import Memory

    left_out = {"timeout", "state_dir", "retries"}
    left_out |= {option.dest for option in COMMON if option.group in ("credentials", "output", "help")}
    values = sorted((name, repr(value)) for name, value in vars(options).items() if name not in left_out | {"given"})
    return Memory(state_directory, (mode.system, mode.name, *values), remarks)


# -- output


def _render(report: Report, options: Options) -> str:
    if options.output == "json":
        from .output import json

        return json.render(report, options)
    if options.output == "openmetrics":
        from .output import openmetrics

        return openmetrics.render(report)
    from .output import nagios

    limit = options.max_output
    if limit is None:
        limit = 0 if sys.stdout is not None and sys.stdout.isatty() else _DEFAULT_MAX_OUTPUT
    return nagios.render(report, options, limit)


def _option_error(error: Any) -> Outcome:
    lines = [f"UNKNOWN: {_one_line(error)}", *error.detail.replace("|", "/").splitlines()]
    return Outcome("\n".join(lines) + "\n", UNKNOWN)


def _bug(error: Exception, *, verbose: bool) -> Outcome:
    text = f"UNKNOWN: internal error, please report it: {type(error).__name__}: {_one_line(error)}\n"
    if verbose:
        import traceback

        text += "".join(traceback.format_exception(type(error), error, error.__traceback__)).replace("|", "/")
    return Outcome(text, UNKNOWN)


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
