"""Where the account and its password come from, and how they stay out of sight.

The order: --password, --password-file, --password-command (each from the command line, else from --extra-opts), then
the environment. A source that is named and cannot be read is an error, never a reason to try the next one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from .errors import OptionError
from .options import Options

USERNAME = "CHECK_VIDEOCONF_USERNAME"
PASSWORD = "CHECK_VIDEOCONF_PASSWORD"
_COMMAND_TIMEOUT = 10
_LARGEST = 64 * 1024


def find(options: Options, environment: Mapping[str, str], default_username: str) -> tuple[str, str | None]:
    """Username and password; the password is None when no source names one. Raises OptionError."""
    username = options.username or environment.get(USERNAME) or default_username
    password = options.password
    if password is None and options.password_file:
        password = _first_line(_file(options.password_file), f"--password-file {options.password_file}")
    if password is None and options.password_command:
        password = _first_line(_output(options.password_command, options.timeout), "--password-command")
    return username, password or environment.get(PASSWORD) or None


def _file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST)
    except (OSError, ValueError) as error:
        raise OptionError(f"--password-file {path}: {getattr(error, 'strerror', None) or error}") from None


def _output(command: str, timeout: float) -> bytes:
    """What the command prints. It gets no shell and no input, and what it says on stderr is nobody's business."""
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise OptionError(f"--password-command: {error}") from None
    if not words:
        raise OptionError("--password-command: no command")
    try:
        done = subprocess.run(  # noqa: S603 -- running the user's own command is what the option is for
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=min(timeout, _COMMAND_TIMEOUT),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OptionError(f"--password-command: no answer within {error.timeout:g} s") from None
    except (OSError, ValueError) as error:
        raise OptionError(f"--password-command: {getattr(error, 'strerror', None) or error}") from None
    if done.returncode:
        raise OptionError(f"--password-command: it failed with exit code {done.returncode}")
    return done.stdout[:_LARGEST]


def _first_line(data: bytes, source: str) -> str:
    line = data.decode("utf-8", "surrogateescape").partition("\n")[0].rstrip("\r")
    if not line:
        raise OptionError(f"{source}: its first line is empty")
    return line


def hide_argument(secret: str) -> None:
    """Overwrites a secret in this process's argument list, which every user of the machine can read.

    Linux only, and only from now on: it was visible since the process started. Where it cannot be done it is left.
    """
    try:
        with open("/proc/self/stat", "rb") as file:
            # The name in parentheses may hold blanks; arg_start and arg_end are fields 48 and 49 of proc(5).
            fields = file.read().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            arguments = memory.read(end - start)
            hidden = _overwritten(arguments, os.fsencode(secret))
            if hidden != arguments:
                memory.seek(start)
                memory.write(hidden)
    except (OSError, ValueError, IndexError):
        return


def _overwritten(arguments: bytes, secret: bytes) -> bytes:
    """The NUL-separated arguments with `x` for each byte of the secret, where it is one or follows a `=`."""
    hidden = b"x" * len(secret)
    shown = arguments.split(b"\0")
    for position, argument in enumerate(shown):
        if argument == secret:
            shown[position] = hidden
        elif argument.startswith(b"-") and argument.endswith(b"=" + secret):
            shown[position] = argument[: -len(secret)] + hidden
    return b"\0".join(shown)
