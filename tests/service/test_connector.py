"""The connector speaks Centreon Engine's protocol byte for byte, whatever arrives, and answers each check once."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from check_videoconf.service.commands import Plugin
from check_videoconf.service.connector import (
    MOST_BYTES,
    Broken,
    Connector,
    Decoder,
    Execute,
    Message,
    Quit,
    Version,
    quit_reply,
    result,
    version_reply,
    warning,
)
from check_videoconf.service.pool import Answer
from tests.service.playing import QUIT, VERSION_QUERY, HeldPool, execution, turn

UNKNOWN_KIND = Broken(0, "a message of an unknown kind")


def decoded(*chunks: bytes) -> list[Message]:
    decoder = Decoder()
    return [message for chunk in chunks for message in decoder.feed(chunk)]


# -- the bytes


def test_what_the_engine_gets_is_exact() -> None:
    assert version_reply() == b"1\x001\x000\0\0\0\0"
    assert result(42, True, 2, b"", b"PEXIP ALARMS CRITICAL - 2\n") == (
        b"3\x0042\x001\x002\0 \0PEXIP ALARMS CRITICAL - 2\n\0\0\0\0"
    )
    assert result(18446744073709551615, False, 3, b"no", b"") == b"3\x0018446744073709551615\x000\x003\0no\0 \0\0\0\0"
    assert result(1, True, 0, b"", b"a\0\0\0\0b") == b"3\x001\x001\x000\0 \0a    b\0\0\0\0"
    assert quit_reply() == b"5\0\0\0\0"
    assert warning("ignored") == b"6\x001\0ignored\0\0\0\0"


def test_the_engines_messages_are_understood() -> None:
    line = "'é' \"b c\"".encode()
    assert decoded(VERSION_QUERY + execution(7, line, 30, 1700000000) + QUIT) == [
        Version(),
        Execute(7, 30, 1700000000, line),
        Quit(),
    ]


@pytest.mark.parametrize("last", [b"4\0", b"4\0\0\0\0"])
def test_quit_is_understood_with_one_nul_too_as_the_engine_sends_it_when_it_ends(last: bytes) -> None:
    assert decoded(VERSION_QUERY, last, VERSION_QUERY) == [Version(), Quit()]


@pytest.mark.parametrize(
    ("garbage", "said"),
    [
        (b"hello", UNKNOWN_KIND),
        (b"-1", UNKNOWN_KIND),
        (b"00", UNKNOWN_KIND),
        (b"3\x001\x001\x000\0 \0x", UNKNOWN_KIND),
        (b"2", Broken(0, "a request to execute without a number")),
        (b"2\0abc\x0060\x001\0x", Broken(0, "a request to execute without a number")),
        (b"2\x000\x0060\x001\0x", Broken(0, "a request to execute without a number")),
        (b"2\x00" + b"9" * 5000 + b"\x0060\x001\0x", Broken(0, "a request to execute without a number")),
        (b"2\x009\0soon\x001\0x", Broken(9, "the time limit or the start of a request to execute is no number")),
        (b"2\x009\x0060\0now\0x", Broken(9, "the time limit or the start of a request to execute is no number")),
        (b"2\x009", Broken(9, "a request to execute needs a number, a time limit, a start and a command line")),
        (
            b"2\x009\x0060\x001\0x\0y",
            Broken(9, "a request to execute needs a number, a time limit, a start and a command line"),
        ),
        (b"2\x009\x0060\x001\0" + b"x" * MOST_BYTES, Broken(9, f"a message of more than {MOST_BYTES} bytes")),
        (b"x" * 3 * MOST_BYTES, Broken(0, f"a message of more than {MOST_BYTES} bytes")),
    ],
)
def test_garbage_costs_itself_alone(garbage: bytes, said: Broken) -> None:
    stream = VERSION_QUERY + garbage + b"\0\0\0\0" + VERSION_QUERY
    assert decoded(stream) == [Version(), said, Version()]
    assert decoded(*(stream[at : at + 65536] for at in range(0, len(stream), 65536))) == [Version(), said, Version()]


STREAMS = st.lists(
    st.one_of(
        st.just(VERSION_QUERY),
        st.binary(max_size=12),
        st.lists(st.sampled_from([b"0", b"2", b"4", b"44", b"9", b"\0", b"\0\0\0\0", b"x"]), max_size=8).map(b"".join),
        st.builds(execution, st.integers(1, 2**64 - 1), st.binary(max_size=8), st.just(5), st.just(1)),
    ),
    max_size=8,
).map(b"".join)


@given(STREAMS, st.lists(st.integers(0, 200), max_size=12))
@example(b"2\x001\x005\x001\0\0\0\0\x000\0\0\0\0", [11, 12, 13, 14, 15])
def test_any_bytes_in_any_pieces_mean_the_same(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[begin:end] for begin, end in zip(places, places[1:])]
    assert decoded(*pieces) == decoded(stream)


@given(st.binary(max_size=64), st.binary(max_size=64), st.integers(1, 2**64 - 1), st.booleans(), st.integers(0, 3))
def test_the_engine_finds_the_end_of_any_result(
    error: bytes, output: bytes, number: int, executed: bool, code: int
) -> None:
    packet = result(number, executed, code, error, output)
    assert packet.find(b"\0\0\0\0") == len(packet) - 4
    kind, found, ran, state, stderr, stdout = packet[:-4].split(b"\0")
    assert (kind, int(found), int(ran), int(state)) == (b"3", number, executed, code)
    assert (stderr, stdout) == (error.replace(b"\0", b" ") or b" ", output.replace(b"\0", b" ") or b" ")


# -- the connector, with a pool whose answers the test gives


class Played(NamedTuple):
    """The connector, and the engine's ends of its pipes."""

    connector: Connector
    selector: selectors.BaseSelector
    pool: HeldPool
    to: BinaryIO
    back: BinaryIO

    def send(self, data: bytes) -> None:
        self.to.write(data)
        turn(self.selector, self.connector)

    def received(self) -> bytes:
        return self.back.read() or b""


@pytest.fixture
def played() -> Iterator[Played]:
    source, to = os.pipe()
    back, sink = os.pipe()
    for descriptor in (source, sink, back):
        os.set_blocking(descriptor, False)
    with (
        selectors.DefaultSelector() as selector,
        open(source, "rb", 0),
        open(sink, "wb", 0),
        open(to, "wb", 0) as to_file,
        open(back, "rb", 0) as back_file,
    ):
        pool = HeldPool()
        connector = Connector(selector, pool, source, sink, Plugin(["/opt/plugins/check_videoconf"]))
        yield Played(connector, selector, pool, to_file, back_file)


def test_checks_are_answered_in_the_order_in_which_they_end(played: Played) -> None:
    played.send(execution(1, b"pexip alarms -H a") + execution(2, b"check_videoconf pexip nodes -H 'b c'"))
    played.send(execution(3, b"/opt/plugins/check_videoconf trio device"))
    played.send(execution(4, b"--statefile-dir=/x --plugin=p --mode=m"))
    assert played.pool.arguments == [
        ["pexip", "alarms", "-H", "a"],
        ["pexip", "nodes", "-H", "b c"],
        ["trio", "device"],
        ["--statefile-dir=/x", "--plugin=p", "--mode=m"],
    ]
    assert played.received() == b""
    for at, code in ((2, 1), (0, 0), (1, 2)):
        played.pool.tickets[at].done(Answer(b"line %d\n" % at, code))
    assert played.received() == (
        result(3, True, 1, b"", b"line 2\n")
        + result(1, True, 0, b"", b"line 0\n")
        + result(2, True, 2, b"", b"line 1\n")
    )


def test_a_check_that_could_not_be_run_is_told_as_not_executed(played: Played) -> None:
    played.send(execution(1, b"pexip alarms"))
    played.pool.tickets[0].done(Answer(b"UNKNOWN: no process\n", 3, False))
    assert played.received() == result(1, False, 3, b"UNKNOWN: no process\n", b"")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"/usr/bin/id", "/usr/bin/id is not this plugin, which is "),
        (
            b"/usr/lib/nagios/plugins/check_ping -H a",
            "/usr/lib/nagios/plugins/check_ping is not this plugin, which is ",
        ),
        (b"  ", "the command line is empty"),
        (b"pexip 'alarms", "the command line has a quote that is not closed"),
    ],
)
def test_a_command_that_is_not_the_plugins_is_refused_with_its_mistake(
    line: bytes, reason: str, played: Played
) -> None:
    played.send(execution(5, line))
    assert played.received().startswith(b"3\x005\x000\x003\0UNKNOWN: " + reason.encode())
    assert played.pool.tickets == []


def test_a_shells_characters_are_plain_text_as_they_are_to_the_engine(played: Played) -> None:
    played.send(execution(5, b"pexip alarms ; id | $(id) > `x`"))
    assert played.pool.arguments == [["pexip", "alarms", ";", "id", "|", "$(id)", ">", "`x`"]]


def test_garbage_is_told_to_the_engine_and_changes_nothing(played: Played) -> None:
    played.send(VERSION_QUERY + b"garbage\0\0\0\0" + execution(1, b"pexip alarms") + b"2\x008\0\0\0\0")
    played.pool.tickets[0].done(Answer(b"fine\n", 0))
    reason = b"UNKNOWN: a request to execute needs a number, a time limit, a start and a command line\n"
    assert played.received() == (
        version_reply()
        + warning("ignored: a message of an unknown kind")
        + result(8, False, 3, reason, b"")
        + result(1, True, 0, b"", b"fine\n")
    )


def test_a_check_that_the_engine_gives_up_is_ended_and_answered_once(played: Played) -> None:
    played.send(execution(1, b"pexip alarms", seconds=1, start=0) + execution(2, b"pexip nodes", seconds=0))
    seconds = played.connector.next_event()
    assert seconds is not None
    assert 0 <= seconds <= 1
    while not played.pool.tickets[0].cancelled:
        time.sleep(played.connector.next_event() or 0)
        played.connector.tick()
    line = b"UNKNOWN: no answer in the 1 s that Centreon Engine waits for a check\n"
    assert played.received() == result(1, True, 3, b"", line)
    assert played.connector.next_event() is None
    assert not played.pool.tickets[1].cancelled


@pytest.mark.parametrize(("age", "least", "most"), [(0, 58, 60), (20, 38, 40), (100, 58, 60), (-100, 58, 60)])
def test_the_engine_counts_from_its_start_unless_that_cannot_be(
    age: int, least: float, most: float, played: Played
) -> None:
    played.send(execution(1, b"pexip alarms", 60, int(time.time()) - age))
    assert least <= (played.connector.next_event() or 0) <= most


def test_quit_is_acknowledged_and_ends_what_runs(played: Played) -> None:
    played.send(execution(1, b"pexip alarms") + QUIT)
    assert played.received() == quit_reply()
    assert played.connector.over
    assert played.pool.tickets[0].cancelled


def test_after_the_end_of_stdin_what_was_asked_is_still_answered(played: Played) -> None:
    played.to.write(execution(1, b"pexip alarms") + b"2\x007\x0060")
    played.to.close()
    turn(played.selector, played.connector)
    assert not played.connector.over
    played.pool.tickets[0].done(Answer(b"fine\n", 0))
    assert played.received() == result(1, True, 0, b"", b"fine\n")
    assert played.connector.over


def test_when_nobody_reads_the_answers_any_more_it_is_over(played: Played) -> None:
    played.send(execution(1, b"pexip alarms") + execution(2, b"pexip nodes"))
    played.back.close()
    played.pool.tickets[0].done(Answer(b"fine\n", 0))
    assert played.connector.over
    assert played.pool.tickets[1].cancelled


def test_an_engine_that_reads_late_gets_everything(played: Played) -> None:
    played.send(execution(1, b"pexip alarms") + execution(2, b"pexip nodes"))
    long = b"x" * (4 << 20)  # more than any pipe holds
    played.pool.tickets[0].done(Answer(long, 0))
    played.pool.tickets[1].done(Answer(b"fine\n", 0))
    played.connector.stop()
    got = played.received()
    while not played.connector.over:
        turn(played.selector, played.connector)
        got += played.received()
    assert got == result(1, True, 0, b"", long) + result(2, True, 0, b"", b"fine\n")
