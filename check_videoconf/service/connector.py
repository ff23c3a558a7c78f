"""`check_videoconf connector`: the protocol of Centreon Engine's connectors, version 1.0, on stdin and stdout.

A message is ASCII fields with a NUL between them and four NULs behind. The engine sends 0 (which version?), 2 (execute:
number, time limit, start, command line) and 4 (quit); it gets 1 (version), 3 (result: number, executed, exit code,
stderr, stdout), 5 (quit) and 6 (a line for its log).
"""

from __future__ import annotations

import os
import selectors
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Union

from .commands import PLUGIN_HELP, CommandError, Plugin, split_for_centreon
from .engine import (
    READ_BYTES,
    UNKNOWN,
    Checks,
    Outgoing,
    Parser,
    Tap,
    UsageError,
    current_directory,
    run,
    unknown_line,
)
from .pool import Answer, Job, Pool

_END = b"\0\0\0\0"
# Of a message of the engine's; the longest command line that a kernel takes is shorter.
MOST_BYTES = 1 << 20
_LONGEST_NUMBER = 20


class Version(NamedTuple):
    """Which version of the protocol is spoken here?"""


class Execute(NamedTuple):
    """Run a command line; the answer bears its number.

    seconds: how long the engine waits, 0 for ever. start: since when, in seconds since 1970.
    """

    number: int
    seconds: int
    start: int
    line: bytes


class Quit(NamedTuple):
    """End."""


class Broken(NamedTuple):
    """What is no message. number: of the execution that it was to be, else 0."""

    number: int
    reason: str


Message = Union[Version, Execute, Quit, Broken]


class Decoder:
    """Turns what arrives, in whatever pieces, into messages. After Quit nothing is read any more."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False
        self._ended = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes."""
        if not self._ended:
            self._buffer += data
        while not self._ended:
            message = self._next()
            if message is None:
                return
            self._ended = isinstance(message, Quit)
            yield message

    def _next(self) -> Message | None:
        if not self._skipping and not self._searched:
            # An empty last field leaves a NUL over; the engine sends its last message with one NUL instead of four.
            if self._buffer.startswith(b"\0"):
                self._buffer = self._buffer.lstrip(b"\0")
            if self._buffer.startswith(b"4\0"):
                return Quit()
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            return self._incomplete()
        message = bytes(self._buffer[:end])
        del self._buffer[: end + len(_END)]
        self._searched = 0
        if self._skipping:
            self._skipping = False
            return self._next()
        return _parse(message) if end <= MOST_BYTES else _oversize(message)

    def _incomplete(self) -> Message | None:
        kept = len(_END) - 1
        self._searched = max(0, len(self._buffer) - kept)
        if self._skipping:
            del self._buffer[: self._searched]
            self._searched = 0
        elif self._searched > MOST_BYTES:
            message = _oversize(self._buffer)
            self._skipping = True
            return message
        return None


def _parse(message: bytes) -> Message:
    kind, _, rest = message.partition(b"\0")
    if kind == b"0":
        return Version()
    if kind == b"2":
        return _execute(rest.split(b"\0"))
    return Broken(0, "a message of an unknown kind")


def _execute(fields: Sequence[bytes]) -> Message:
    number = _number(fields[0])
    if not number:
        return Broken(0, "a request to execute without a number")
    if len(fields) != len(Execute._fields):
        return Broken(number, "a request to execute needs a number, a time limit, a start and a command line")
    seconds, start = _number(fields[1]), _number(fields[2])
    if seconds is None or start is None:
        return Broken(number, "the time limit or the start of a request to execute is no number")
    return Execute(number, seconds, start, fields[3])


def _number(field: bytes) -> int | None:
    return int(field) if field.isdigit() and len(field) <= _LONGEST_NUMBER else None


def _oversize(message: bytes | bytearray) -> Broken:
    kind, number, *_ = [*bytes(message[: 2 * _LONGEST_NUMBER]).split(b"\0", 2), b"", b""]
    found = _number(number) if kind == b"2" else None
    return Broken(found or 0, f"a message of more than {MOST_BYTES} bytes")


# -- what the engine gets


def version_reply() -> bytes:
    return _message(b"1", b"1", b"0")


def result(number: int, executed: bool, code: int, error: bytes, output: bytes) -> bytes:
    """How a check ended. The engine shows `output` of one that was executed, else `error`."""
    return _message(b"3", b"%d" % number, b"%d" % executed, b"%d" % code, _field(error), _field(output))


def quit_reply() -> bytes:
    return _message(b"5")


def warning(text: str) -> bytes:
    """A line for the engine's log."""
    return _message(b"6", b"1", _field(text.encode("utf-8", "replace")))


def _message(*fields: bytes) -> bytes:
    return b"\0".join(fields) + _END


def _field(text: bytes) -> bytes:
    # Neither empty nor with a NUL: the engine would see the end of the message too early.
    return text.replace(b"\0", b" ") or b" "


# -- the process


class Connector:
    """Takes the engine's messages from `source` and answers on `sink`, two descriptors that do not block."""

    def __init__(self, selector: selectors.BaseSelector, pool: Pool, source: int, sink: int, plugin: Plugin) -> None:
        self._source = source
        self._plugin = plugin
        self._environment = dict(os.environ)
        self._directory = current_directory()
        self._checks = Checks(pool)
        self._out = Outgoing(selector, sink, self._broken)
        self._decoder = Decoder()
        self._reading = True
        self._tap: Tap | None = None
        self.next_event = self._checks.next_event
        try:
            self._tap = Tap(selector, source, self._readable)
        except PermissionError:  # a file, which is always ready and cannot be waited for
            while self._reading:
                self._readable(selectors.EVENT_READ)

    @property
    def over(self) -> bool:
        """Whether no more is to come, and all that was asked is answered."""
        return not (self._reading or self._checks or self._out)

    def stop(self) -> None:
        """Read no more."""
        self._reading = False
        if self._tap:
            self._tap.turn(open=False)

    def tick(self) -> None:
        """Give up the checks whose time is over, and take no more where the answers are not read."""
        self._checks.tick()
        if self._tap and self._reading:
            self._tap.turn(open=not self._out.is_stuck)

    def _broken(self) -> None:
        """Nobody reads the answers any more."""
        self._checks.cancel()
        self.stop()

    def _readable(self, _: int) -> None:
        try:
            data = os.read(self._source, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # What was asked is still answered: who closed stdin may read stdout.
            self.stop()
        for message in self._decoder.feed(data):
            if self._reading:
                self._take(message)

    def _take(self, message: Message) -> None:
        if isinstance(message, Execute):
            self._execute(message)
        elif isinstance(message, Version):
            self._out.send(version_reply())
        elif isinstance(message, Quit):
            self._checks.cancel()
            self._out.send(quit_reply())
            self.stop()
        elif message.number:
            self._refuse(message.number, message.reason)
        else:
            self._out.send(warning(f"ignored: {message.reason}"))

    def _refuse(self, number: int, reason: str) -> None:
        self._out.send(result(number, False, UNKNOWN, unknown_line(reason), b""))

    def _execute(self, request: Execute) -> None:
        number = request.number

        def done(answer: Answer) -> None:
            error, output = (b"", answer.text) if answer.ran else (answer.text, b"")
            self._out.send(result(number, answer.ran, answer.code, error, output))

        def late() -> None:
            line = unknown_line(f"no answer in the {request.seconds} s that Centreon Engine waits for a check")
            self._out.send(result(number, True, UNKNOWN, b"", line))

        try:
            arguments = self._arguments(request.line)
        except CommandError as error:
            self._refuse(number, str(error))
        else:
            self._checks.start(Job(arguments, self._environment, self._directory), done, _seconds_left(request), late)

    def _arguments(self, line: bytes) -> list[str]:
        """The plugin's arguments: a command line may begin with the plugin or with what follows it."""
        words = split_for_centreon(line)
        if not words:
            raise CommandError("the command line is empty")
        if self._plugin.takes(words[0]):
            return words[1:]
        if "/" in words[0] and not words[0].startswith("-"):
            raise self._plugin.refusal(words[0])
        return words


def _seconds_left(request: Execute) -> float:
    """How long the engine still waits. It says since when in whole seconds, so that we are a little early, not late.

    Its clock is ours; a start in the future or too long ago says that the clock was set, or that a person is trying.
    """
    if not request.seconds:
        return float("inf")
    age = time.time() - request.start
    return request.seconds - age if 0 <= age < request.seconds else request.seconds


@contextmanager
def _streams() -> Iterator[tuple[int, int]]:
    """The engine's ends of stdin and stdout, out of reach of whatever prints or reads by mistake, and not blocking."""
    standard = (0, 1, 2)
    kept = [os.dup(descriptor) for descriptor in standard]
    blocking = [os.get_blocking(descriptor) for descriptor in kept[:2]]
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in standard:
        os.dup2(nothing, descriptor)
    os.close(nothing)
    for descriptor in kept[:2]:
        os.set_blocking(descriptor, False)
    try:
        yield kept[0], kept[1]
    finally:
        for descriptor, flag in zip(kept, blocking):
            os.set_blocking(descriptor, flag)
        for descriptor, copy in zip(standard, kept):
            os.dup2(copy, descriptor)
            os.close(copy)


def main(arguments: Sequence[str]) -> int:
    """Serves Centreon Engine until it quits; 0 then, 3 after a mistake on the command line and --help."""
    parser = Parser(
        prog="check_videoconf connector",
        description="Runs checks for Centreon Engine, which starts this as a connector, on stdin and stdout.",
        allow_abbrev=False,
    )
    parser.add_argument("--plugin", action="append", default=[], metavar="PATH", help=PLUGIN_HELP)
    try:
        options = parser.parse_args(list(arguments))
    except SystemExit:  # argparse has printed the help
        return UNKNOWN
    except UsageError as error:
        sys.stdout.write(f"UNKNOWN: {error}\n")
        return UNKNOWN
    with _streams() as (source, sink), selectors.DefaultSelector() as selector:
        pool = Pool(selector)
        try:
            run(selector, pool, Connector(selector, pool, source, sink, Plugin(options.plugin)))
        finally:
            pool.close()
    return 0
