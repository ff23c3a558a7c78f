"""The command line: argv to a mode and its options, a report to text, and the only place that exits."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from .catalog import COMMANDS
from .errors import Terminated

if TYPE_CHECKING:
    from types import FrameType

    from .mode import Mode
    from .options import Options
    from .redact import Redactor
    from .service.host import Host

OK, UNKNOWN = 0, 3
# How the client of the service tells why it has started the plugin after all, and when it was itself.
_WITHOUT_SERVICE = "CHECK_VIDEOCONF_WITHOUT_SERVICE"


class Outcome(NamedTuple):
    """What is printed, and the exit code."""

    text: str
    code: int


class Start(NamedTuple):
    """How a check begins. moment: when, on the monotonic clock. terminal: whether a person reads its answer.

    remark: a line for -v. host: the worker of the service it runs in, which keeps connections for the next check.
    """

    moment: float
    terminal: bool = False
    remark: str = ""
    host: Host | None = None


def entry() -> None:
    """The installed command and `python -m check_videoconf`. Ends the process."""
    _make_descriptors_safe()
    arguments = sys.argv[1:]
    if arguments and arguments[0] in COMMANDS:
        import importlib

        os.environ.pop(_WITHOUT_SERVICE, None)
        sys.exit(importlib.import_module(f"check_videoconf.{COMMANDS[arguments[0]].module}").main(arguments[1:]))
    # Icinga 2 and Mod-Gearman mix stderr into the status, and a library may write there: nothing gets through.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    outcome = undisturbed(lambda: _protected(arguments))
    _write(outcome.text)
    # Not sys.exit: neither a closed stdout nor a library's exit handler may change the code, and all is done.
    os._exit(outcome.code)


def undisturbed(answer: Callable[[], Outcome]) -> Outcome:
    """What `answer` returns. A signal gives a line and UNKNOWN; once there is an outcome, that one stands."""
    try:
        _set_signals(_end)
        outcome = answer()
        _set_signals(signal.SIG_IGN)
    except BaseException as error:  # noqa: BLE001 -- whatever ends the plugin, its poller gets one line
        outcome = Outcome(f"UNKNOWN: {_one_line(error)}\n", UNKNOWN)
    return outcome


def _protected(arguments: list[str]) -> Outcome:
    """The outcome of the process's own command line, out of which the passwords are taken first."""
    start = _start()
    if any(word in argument for argument in arguments for word in ("password", "community", "@")):
        from .credentials import hide_arguments

        hide_arguments(arguments)
    # UTF-8 whatever the locale: what Python could not decode, or decoded as something else, is taken back to bytes.
    return guarded([os.fsencode(argument).decode("utf-8", "surrogateescape") for argument in arguments], start)


def _start() -> Start:
    """How this process's own check begins."""
    now = time.monotonic()
    terminal = sys.stdout is not None and sys.stdout.isatty()
    moment, _, reason = os.environ.pop(_WITHOUT_SERVICE, "").partition(" ")
    if not reason:
        return Start(now, terminal)
    try:
        before = float(moment)
    except ValueError:
        before = now
    # What waiting for the service has cost is part of the check's time; nobody waits longer than the longest deadline.
    return Start(before if 0 <= now - before <= 3600 else now, terminal, f"without the service: {reason}")


def _end(number: int, frame: FrameType | None) -> None:
    _set_signals(signal.SIG_IGN)
    raise Terminated(signal.Signals(number).name, "starting or ending")


def _set_signals(handler: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def main(arguments: Sequence[str]) -> int:
    """Runs one command line, writes its answer to stdout, returns the exit code: 0, 1, 2 or 3, whatever happens."""
    outcome = guarded(list(arguments), Start(time.monotonic(), sys.stdout is not None and sys.stdout.isatty()))
    _write(outcome.text)
    return outcome.code


def guarded(arguments: list[str], start: Start) -> Outcome:
    """The answer to a command line, whatever goes wrong; only a DeadlineReached or Terminated may pass."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries warn on stderr
            return _answer(arguments, start)
    except ImportError as error:
        return Outcome(f"UNKNOWN: a library is missing or broken: {_one_line(error)}\n", UNKNOWN)
    except Exception as error:  # noqa: BLE001 -- a bug, whatever it is, must give one line and UNKNOWN; deadlines pass
        from .credentials import secrets_in
        from .redact import Redactor

        redactor = Redactor()
        redactor.add(*secrets_in(arguments))
        return bug(error, redactor, verbose="-vvv" in arguments)


def _answer(arguments: list[str], start: Start) -> Outcome:
    from .errors import DeadlineReached, OptionError

    try:
        if any(argument.partition("=")[0] == "--plugin" for argument in arguments):
            return _as_connector(arguments, start)
        return _dispatch(arguments, start)
    except OptionError as error:
        return _option_error(error)
    except (DeadlineReached, Terminated) as error:
        return Outcome(f"UNKNOWN: {_one_line(error)}\n", UNKNOWN)


def _dispatch(arguments: list[str], start: Start) -> Outcome:
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
    from .perform import perform

    return perform(mode, options, remarks, start)


def _as_connector(arguments: list[str], start: Start) -> Outcome:
    """The command line of a Centreon connector, which a poller has kept."""
    from . import centreon
    from .perform import perform

    command = centreon.parse(arguments)
    if command.text:
        return Outcome(command.text, command.code)
    return perform(command.mode, command.options, command.remarks, start)


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


# -- output


def _option_error(error: Any) -> Outcome:
    lines = [f"UNKNOWN: {_one_line(error)}", *error.detail.replace("|", "/").splitlines()]
    return Outcome("\n".join(lines) + "\n", UNKNOWN)


def bug(error: Exception, redactor: Redactor, *, verbose: bool) -> Outcome:
    """The line about an error that should not be, and with `verbose` where it was."""
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
