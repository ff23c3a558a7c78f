"""Where the account and its password come from, and how they stay out of sight.

The order: --password, --password-file, --password-command (each from the command line, else from --extra-opts), then
the environment. A source that is named and cannot be read is an error, never a reason to try the next one.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .errors import OptionError
from .options import Options

if TYPE_CHECKING:
    import subprocess

USERNAME = "CHECK_VIDEOCONF_USERNAME"
PASSWORD = "CHECK_VIDEOCONF_PASSWORD"
_COMMAND_TIMEOUT = 10
_LARGEST = 64 * 1024

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SECRET_OPTION = re.compile(r"--(?:[a-z0-9-]+-)?(?:password|passphrase|community|secret)")
# `user:password` of a URL.
_ACCOUNT = re.compile(r"(?<=://)[^/@\s]*:.*(?=@)")
# A proxy may be given without `http://`.
_PROXY_OPTION = re.compile(r"--proxy(?:url)?")
_PROXY_ACCOUNT = re.compile(rf"{_ACCOUNT.pattern}|^(?!.*://)[^/@\s]*:.*(?=@)")


def find(
    options: Options, environment: Mapping[str, str], default_username: str, seconds: float
) -> tuple[str, str | None]:
    """Username and password; the password is None when no source names one. Raises OptionError.

    seconds: how long the check may still take.
    """
    username = options.username or _utf8(environment.get(USERNAME)) or default_username
    if _LONE_SURROGATE.search(username):
        raise OptionError("the username is not UTF-8 text")
    return username, secret(options, "password", environment.get(PASSWORD), seconds)


def secret(options: Options, name: str, fallback: str | None, seconds: float) -> str | None:
    """The secret that --NAME, --NAME-file or --NAME-command tells, else `fallback`, a value of the environment.

    name: `auth-password`. None when no source names one. Raises OptionError.
    """
    dest = name.replace("-", "_")
    found: str | None = getattr(options, dest)
    path, command = (getattr(options, f"{dest}_{source}") for source in ("file", "command"))
    if found is None and path:
        found = _first_line(_file(path, f"--{name}-file"), f"--{name}-file {path}")
    if found is None and command:
        # Less than all the time that is left, so that the command is what is blamed.
        patience = min(_COMMAND_TIMEOUT, 0.6 * seconds)
        found = _first_line(_output(command, patience, f"--{name}-command"), f"--{name}-command")
    found = found or _utf8(fallback) or None
    if found and _LONE_SURROGATE.search(found):
        raise OptionError(f"the {name.replace('-', ' ')} is not UTF-8 text")
    return found


def _utf8(text: str | None) -> str:
    """A value of the environment, which Python decodes by the locale, as UTF-8."""
    return os.fsencode(text or "").decode("utf-8", "surrogateescape")


def _file(path: str, option: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError) as error:
        raise OptionError(f"{option} {path}: {getattr(error, 'strerror', None) or error}") from None


def _output(command: str, seconds: float, option: str) -> bytes:
    """What the command prints. It gets no shell and no input, and what it says on stderr is nobody's business."""
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise OptionError(f"{option}: {error}") from None
    if not words:
        raise OptionError(f"{option}: no command")
    # Messages name the program alone: its arguments may be secret.
    try:
        process = subprocess.Popen(  # noqa: S603 -- running the user's own command is what the option is for
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise OptionError(f"{option}: {words[0]}: {getattr(error, 'strerror', None) or error}") from None
    try:
        printed, code = _finished(process, seconds)
    except subprocess.TimeoutExpired:
        raise OptionError(f"{option}: {words[0]} gave no answer within {seconds:.3g} s") from None
    except ValueError as error:
        raise OptionError(f"{option}: {words[0]} {error}") from None
    finally:
        _kill(process)
    if code:
        end = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise OptionError(f"{option}: {words[0]} failed with {end}")
    return printed


def _finished(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, int]:
    """What a process prints, and its exit code. Raises TimeoutExpired, ValueError when it prints too much."""
    import select
    import subprocess

    end = time.monotonic() + seconds
    printed = b""
    descriptor = process.stdout.fileno() if process.stdout else -1
    while select.select([descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
        data = os.read(descriptor, _LARGEST)
        if not data:
            return printed, process.wait(max(0.0, end - time.monotonic()))
        printed += data
        if len(printed) > _LARGEST:
            raise ValueError("prints more than a password")
    raise subprocess.TimeoutExpired(process.args, seconds)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the command with whatever it has started, unless it has ended by itself."""
    if process.stdout:
        process.stdout.close()
    if process.returncode is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first_line(data: bytes, source: str) -> str:
    try:
        line = data.decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise OptionError(f"{source}: not UTF-8 text") from None
    if not line:
        raise OptionError(f"{source}: its first line is empty")
    return line


def hide_arguments(arguments: Sequence[str]) -> None:
    """Overwrites secrets in this process's argument list, which every user of the machine can read.

    arguments: those of the plugin, the last ones of the process. Linux only, and only from now on: they were visible
    since the process started. Where it cannot be done it is left.
    """
    hidden = without_secrets(arguments)
    if hidden == list(arguments):
        return
    try:
        with open("/proc/self/stat", "rb") as file:
            # The name in parentheses may hold blanks; arg_start and arg_end are fields 48 and 49 of proc(5).
            fields = file.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            shown = memory.read(end - start)
            old, new = (b"".join(os.fsencode(text) + b"\0" for text in texts) for texts in (arguments, hidden))
            if shown.endswith(old) and len(old) == len(new):
                memory.seek(end - len(old))
                memory.write(new)
    except (OSError, ValueError, IndexError):
        return


def without_secrets(arguments: Sequence[str]) -> list[str]:
    """The arguments with an `x` for each byte of a password, and of a proxy's account."""
    shown = []
    previous = ""
    for argument in arguments:
        name, sign, value = argument.partition("=")
        if _SECRET_OPTION.fullmatch(previous):
            shown.append(_crossed_out(argument))
        elif sign and _SECRET_OPTION.fullmatch(name):
            shown.append(f"{name}={_crossed_out(value)}")
        elif _PROXY_OPTION.fullmatch(previous):
            shown.append(_PROXY_ACCOUNT.sub(_matched_crossed_out, argument))
        elif sign and _PROXY_OPTION.fullmatch(name):
            shown.append(f"{name}={_PROXY_ACCOUNT.sub(_matched_crossed_out, value)}")
        else:
            shown.append(_ACCOUNT.sub(_matched_crossed_out, argument))
        previous = argument
    return shown


def secrets_in(arguments: Sequence[str]) -> list[str]:
    """What `without_secrets` would cross out."""
    changed = (given for given, shown in zip(arguments, without_secrets(arguments)) if given != shown)
    return [given.partition("=")[2] if given.startswith("--") else given for given in changed]


def _matched_crossed_out(match: re.Match[str]) -> str:
    return _crossed_out(match[0])


def _crossed_out(secret: str) -> str:
    return "x" * len(os.fsencode(secret))
