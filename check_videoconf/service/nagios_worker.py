"""`check_videoconf nagios-worker`: runs the checks of this plugin for Nagios Core 4, as one of its workers.

It connects to the query socket and registers; then Nagios sends jobs, key=value pairs with a NUL behind each and a
delimiter behind the last, and gets each one's pairs back with those of the result.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..text import clean, shorten
from .commands import NAME, PLUGIN_HELP, CommandError, Plugin, split_for_nagios
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

_END = b"\1\0\0\0"
# Of a job; the environment macros of a large site are some 100 KiB.
MOST_BYTES = 1 << 22
# Of an output: Nagios reads an answer into 1 MiB, and one that does not fit would stay there for ever.
MOST_OUTPUT = 1 << 19
# As of Nagios' own workers.
_DEFAULT_SECONDS = 60
# The errno that means a time-out to Nagios.
_ETIME = 62
# Nagios only sizes a table by it.
_MAX_JOBS = 1024
_LONGEST_NUMBER = 9
_SOONEST, _LATEST = 0.1, 10.0

Pairs = list[tuple[bytes, bytes]]


class Decoder:
    """Turns what arrives, in whatever pieces, into jobs: their pairs, none for one that was too large to keep."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[Pairs]:
        """The jobs that `data` completes."""
        self._buffer += data
        while (end := self._buffer.find(_END, self._searched)) >= 0:
            message = bytes(self._buffer[:end])
            del self._buffer[: end + len(_END)]
            self._searched = 0
            yield [] if self._skipping or end > MOST_BYTES else _pairs(message)
            self._skipping = False
        self._searched = max(0, len(self._buffer) - len(_END) + 1)
        if self._searched > MOST_BYTES:
            self._skipping = True
            del self._buffer[: self._searched]
            self._searched = 0


def _pairs(message: bytes) -> Pairs:
    parts = (part.partition(b"=") for part in message.split(b"\0") if part)
    return [(key, value) for key, _, value in parts]


class Request(NamedTuple):
    """A job. pairs: what its answer repeats, the number first. environment: what it adds to the worker's."""

    pairs: Pairs
    command: bytes
    seconds: float
    environment: dict[str, str]


def parse(pairs: Pairs) -> Request | None:
    """A job of Nagios; None for what is none, and cannot be answered."""
    fields = dict(pairs)
    if not (fields.get(b"job_id", b"").isdigit() and fields.get(b"type", b"").isdigit()):
        return None
    repeated = sorted((pair for pair in pairs if pair[0] != b"env"), key=lambda pair: pair[0] != b"job_id")
    seconds = fields.get(b"timeout", b"")
    lines = (line.partition("=") for line in os.fsdecode(fields.get(b"env", b"")).split("\n"))
    return Request(
        repeated,
        fields.get(b"command", b""),
        int(seconds[:_LONGEST_NUMBER]) if seconds.isdigit() and int(seconds) else _DEFAULT_SECONDS,
        {name: value for name, equals, value in lines if name and equals},
    )


def registration(name: str) -> bytes:
    """What makes Nagios send the commands whose first word, or the last part of its path, is `name`.

    The number of the process is not told: Nagios would kill it whenever it ends, restarts or misses the connection.
    """
    return os.fsencode(f"@wproc register name={NAME};max_jobs={_MAX_JOBS};pid=0;plugin={name}\0")


def answer(request: Request, start: float, code: int, output: bytes) -> bytes:
    """The result of a job that was begun at `start`, in seconds since 1970."""
    text = output.replace(b"\0", b" ")
    if len(text) > MOST_OUTPUT:
        text = text[:MOST_OUTPUT].decode("utf-8", "ignore").encode()
    return _answer(request, start, code << 8, (b"exited_ok", b"1"), (b"outerr", b""), (b"outstd", text))


def timed_out(request: Request, start: float) -> bytes:
    """The result of a job that took longer than Nagios allows; its state is Nagios' service_check_timeout_state."""
    failed = (b"exited_ok", b"0"), (b"error_code", b"%d" % _ETIME)
    return _answer(request, start, 0, *failed, (b"outerr", b""), (b"outstd", b""))


def log_line(text: str) -> bytes:
    """A line for Nagios' log."""
    return _message([(b"log", text.encode("utf-8", "replace"))])


def _answer(request: Request, start: float, wait_status: int, *result: tuple[bytes, bytes]) -> bytes:
    stop = time.time()
    times = ((b"start", start), (b"stop", stop), (b"runtime", max(0.0, stop - start)))
    pairs = [*request.pairs, (b"wait_status", b"%d" % wait_status)]
    return _message([*pairs, *((key, b"%.6f" % value) for key, value in times), *result])


def _message(pairs: Pairs) -> bytes:
    return b"".join(b"%s=%s\0" % pair for pair in pairs) + _END


class Link:
    """The connection over which Nagios sends the commands of one name; made again whenever it is lost.

    One name for each connection: of a worker with several, Nagios forgets only the last when the connection ends.
    """

    def __init__(self, selector: selectors.BaseSelector, pool: Pool, path: str, name: str, plugin: Plugin) -> None:
        self._selector = selector
        self._checks = Checks(pool)
        self._path = path
        self._name = name
        self._plugin = plugin
        self._environment = dict(os.environ)
        self._directory = current_directory()
        self._socket: socket.socket | None = None
        self._again = 0.0
        self._delay = _SOONEST
        self._stopping = False
        self._said = ""

    @property
    def over(self) -> bool:
        """Whether no check is on the way, after `stop`."""
        return self._stopping and (self._socket is None or not (self._checks or self._out))

    def stop(self) -> None:
        """Connect no more. Jobs are taken all the while: Nagios loses those that a closed connection still had."""
        self._stopping = True

    def leave(self) -> None:
        """End what runs and the connection. Nagios waits ten minutes for a check that is not answered before."""
        self._checks.cancel(Answer(unknown_line("the worker of Nagios was told to end"), UNKNOWN, ran=False))
        self._close()

    def _close(self) -> None:
        self._checks.cancel()
        if self._socket is not None:
            self._out.drop()
            os.close(self._writer)
            self._tap.turn(open=False)
            self._socket.close()
            self._socket = None

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called; None when nothing is due."""
        if self._socket is None:
            return None if self._stopping else max(0.0, self._again - time.monotonic())
        return self._checks.next_event()

    def tick(self) -> None:
        """Connect, give up the checks whose time is over, and take no more where the answers are not read."""
        self._checks.tick()
        if self._socket is not None:
            self._tap.turn(open=not self._out.is_stuck)
        if self._socket is None and self.next_event() == 0:
            self._connect()

    # -- the connection

    def _connect(self) -> None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            connection.connect(self._path)
        except OSError as error:
            connection.close()
            self._wait(error.strerror or str(error))
            return
        self._socket = connection
        self._joined = False
        self._greeting = b""
        self._decoder = Decoder()
        self._tap = Tap(self._selector, connection.fileno(), self._readable)
        # A number of its own, as the selector watches each for one thing.
        self._writer = os.dup(connection.fileno())
        self._out = Outgoing(self._selector, self._writer, self._lost)
        self._out.send(registration(self._name))

    def _lost(self, reason: str = "Nagios has closed the connection") -> None:
        self._close()
        self._wait(reason)

    def _wait(self, reason: str) -> None:
        self._say(f"not registered with {self._path}: {reason}; trying again until it works")
        self._again = time.monotonic() + self._delay
        self._delay = min(2 * self._delay, _LATEST)

    def _readable(self, _: int) -> None:
        connection = self._socket
        if connection is None:  # closed by what happened before in the same round of the loop
            return
        try:
            data = connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error.strerror or str(error))
            return
        if not data:
            self._lost()
            return
        if not self._joined:
            data = self._greet(data)
        for pairs in self._decoder.feed(data):
            if self._socket is not connection:  # an answer found that Nagios is gone
                return
            self._take(pairs)

    def _greet(self, data: bytes) -> bytes:
        """What follows the answer to the registration."""
        self._greeting, end, rest = (self._greeting + data).partition(b"\0")
        if not end:
            return b""
        if self._greeting != b"OK":
            self._lost(f"it says {shorten(clean(self._greeting.decode(errors='replace')), 100)}")
            return b""
        self._joined = True
        self._delay = _SOONEST
        self._say(f"registered with {self._path} for {self._name}")
        return rest

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            with suppress(OSError, ValueError):  # nobody has to listen
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()

    # -- the jobs

    def _take(self, pairs: Pairs) -> None:
        request = parse(pairs)
        if request is None:
            self._out.send(log_line("ignored what is no job, or one that is too large"))
            return
        start = time.time()
        try:
            arguments = self._arguments(request.command)
        except CommandError as error:
            self._out.send(answer(request, start, UNKNOWN, unknown_line(str(error))))
            return
        environment = {**self._environment, **request.environment} if request.environment else self._environment
        self._checks.start(
            Job(arguments, environment, self._directory),
            lambda done: self._out.send(answer(request, start, done.code, done.text)),
            request.seconds,
            lambda: self._out.send(timed_out(request, start)),
        )

    def _arguments(self, command: bytes) -> list[str]:
        words = split_for_nagios(command)
        if not (words and self._plugin.takes(words[0])):
            raise self._plugin.refusal(words[0] if words else "an empty command")
        return words[1:]


class Links:
    """All connections, as one side of the loop."""

    def __init__(self, links: Sequence[Link]) -> None:
        self._links = links

    @property
    def over(self) -> bool:
        """Whether all are."""
        return all(link.over for link in self._links)

    def stop(self) -> None:
        """Stops all."""
        for link in self._links:
            link.stop()

    def leave(self) -> None:
        """Leaves all."""
        for link in self._links:
            link.leave()

    def next_event(self) -> float | None:
        """Seconds until the first of them is due."""
        due = (link.next_event() for link in self._links)
        return min((seconds for seconds in due if seconds is not None), default=None)

    def tick(self) -> None:
        """What time brings to each."""
        for link in self._links:
            link.tick()


def main(arguments: Sequence[str]) -> int:
    """Serves Nagios until SIGTERM; 0 then, 3 after a mistake on the command line and --help."""
    parser = Parser(
        prog="check_videoconf nagios-worker",
        description="Runs the checks of this plugin for Nagios Core 4, as a worker that it sends them to.",
        allow_abbrev=False,
    )
    parser.add_argument("--query-socket", required=True, metavar="PATH", help="query_socket of nagios.cfg")
    parser.add_argument("--plugin", action="append", metavar="NAME", help=PLUGIN_HELP)
    try:
        options = parser.parse_args(list(arguments))
    except SystemExit:  # argparse has printed the help
        return UNKNOWN
    except UsageError as error:
        sys.stdout.write(f"UNKNOWN: {error}\n")
        return UNKNOWN
    names = options.plugin or [NAME]
    plugin = Plugin(names)
    with selectors.DefaultSelector() as selector:
        pool = Pool(selector)
        links = Links([Link(selector, pool, options.query_socket, name, plugin) for name in names])
        try:
            run(selector, pool, links)
        finally:
            links.leave()
            pool.close()
    return 0
