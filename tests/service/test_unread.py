"""An engine that asks and asks, and reads no answer, cannot fill the memory, and loses nothing when it reads again."""

from __future__ import annotations

import contextlib
import os

import pytest

from check_videoconf.service import engine
from check_videoconf.service.connector import warning
from check_videoconf.service.nagios_worker import log_line

from .playing import turn
from .test_connector import Played, played
from .test_nagios_worker import END, Nagios, join, nagios

__all__ = ["nagios", "played"]


@pytest.fixture(autouse=True)
def little_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_MOST_UNREAD", 1 << 16)


def test_an_engine_that_reads_nothing_is_asked_for_no_more_and_gets_everything_later(played: Played) -> None:
    message = b"garbage\0\0\0\0"
    flood, sent = message * (1 << 18), 0
    os.set_blocking(played.to.fileno(), False)
    while written := played.to.write(flood[sent:]):
        sent += written
        turn(played.selector, played.connector)
    assert sent < len(flood)
    whole = sent // len(message)
    reply, got = warning("ignored: a message of an unknown kind"), b""
    while len(got) < whole * len(reply):
        got += played.received()
        turn(played.selector, played.connector)
    assert got == whole * reply


def test_a_nagios_that_reads_nothing_is_asked_for_no_more_and_gets_everything_later(nagios: Nagios) -> None:
    flood, sent = b"x" + END, 0
    with join(nagios) as connection:
        connection.setblocking(False)
        stream = flood * (1 << 19)
        with contextlib.suppress(BlockingIOError):
            while sent < len(stream):
                sent += connection.send(stream[sent : sent + (1 << 16)])
                nagios.turn()
        assert sent < len(stream)
        whole, reply, got = sent // len(flood), log_line("ignored what is no job, or one that is too large"), b""
        while len(got) < whole * len(reply):
            with contextlib.suppress(BlockingIOError):
                got += connection.recv(1 << 16)
            nagios.turn()
    assert got == whole * reply
