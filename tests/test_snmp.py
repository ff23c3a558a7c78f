"""`snmp-load` against agents that are silent, refuse or answer anything: one clear line, and never OK of nothing."""

from __future__ import annotations

import io
import socket
import warnings
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from check_videoconf.cli import main
from check_videoconf.errors import VideoconfError
from check_videoconf.simulator import snmp
from check_videoconf.snmp import Value
from check_videoconf.snmp_account import Account
from check_videoconf.snmp_engine import Engine

from .agents import (
    COMMUNITY,
    OBJECTS,
    REPORTS,
    SECRETS,
    SYS_NAME,
    Datagrams,
    agent,
    ask,
    patient,
    report,
    reporting,
    well_behaved,
)
from .conftest import Run
from .servers import HOST

OIDS = tuple(OBJECTS)


# -- agents that do not behave


def test_bytes_that_are_no_snmp(check: Run) -> None:
    with Datagrams(lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as running:
        answer = ask(check, running.port, "--unreachable-state", "critical")
    assert answer.summary == f"{HOST}:{running.port} does not speak proper SNMP: 28 bytes that are no answer"
    assert answer.code == 2


def test_an_answer_to_another_request_is_none(check: Run) -> None:
    varbinds = [snmp.encoded(0x30, snmp.oid(name) + value) for name, value in OBJECTS.items()]
    with Datagrams(lambda _: [snmp.message(COMMUNITY.encode(), b"\x07", varbinds)]) as running:
        answer = ask(check, running.port)
    assert answer.summary.endswith("bytes that are no answer")
    assert (answer.perfdata, answer.code) == ({}, 3)


def test_an_answer_with_another_community_is_none(check: Run) -> None:
    answer_of = well_behaved()

    def reply(request: bytes) -> Iterable[bytes]:
        yield answer_of(request).replace(COMMUNITY.encode(), COMMUNITY[::-1].encode())

    with Datagrams(reply) as running:
        answer = ask(check, running.port)
    assert (answer.perfdata, answer.code) == ({}, 3)


def test_rubbish_before_the_answer_does_no_harm(check: Run) -> None:
    answer_of = well_behaved()
    with Datagrams(lambda request: [b"", b"\x30", bytes(65000), request, answer_of(request)]) as running:
        answer = patient(check, running.port)
    assert (answer.code, len(running.asked)) == (0, 1)


def test_an_agents_own_questions_are_not_answered(check: Run) -> None:
    answer_of = well_behaved()
    with Datagrams(lambda request: [request, request, answer_of(request)]) as running:
        patient(check, running.port)
        asked = len(running.asked)
    assert (asked, len(running.asked)) == (1, 1)


@pytest.mark.parametrize("names", [OIDS[1:], (*OIDS, SYS_NAME), tuple(reversed(OIDS)), ()])
def test_an_answer_of_other_objects_is_not_believed(check: Run, names: tuple[snmp.Oid, ...]) -> None:
    varbinds = [snmp.encoded(0x30, snmp.oid(name) + OBJECTS[name]) for name in names]

    def reply(request: bytes) -> Iterable[bytes]:
        ((_, message),) = snmp.parts(request)
        handle = snmp.parts(snmp.parts(message)[2][1])[0][1]
        yield snmp.message(COMMUNITY.encode(), handle, varbinds)

    with Datagrams(reply) as running:
        answer = patient(check, running.port)
    assert answer.summary.endswith("does not speak proper SNMP: it tells other objects than those asked for")
    assert answer.code == 3


def test_rubbish_without_end_ends_with_the_last_try(check: Run) -> None:
    with Datagrams(lambda _: chain.from_iterable(repeat([b"\x30\x80" * 20], 2000))) as running:
        answer = ask(check, running.port, "--retries", "1")
    assert answer.summary.startswith(f"{HOST}:{running.port} does not speak proper SNMP: ")
    assert len(running.asked) == 2


def test_an_error_in_the_agents_own_words_is_unknown(check: Run) -> None:
    def reply(request: bytes) -> Iterable[bytes]:
        ((_, message),) = snmp.parts(request)
        handle = snmp.parts(snmp.parts(message)[2][1])[0][1]
        yield snmp.message(COMMUNITY.encode(), handle, [], status=5)

    with Datagrams(reply) as running:
        answer = patient(check, running.port, "--unreachable-state", "critical")
    assert answer.summary == f"{HOST}:{running.port} answered the SNMP request with genErr"
    assert answer.code == 3


# -- no answer


def test_a_wrong_community_is_silence(check: Run) -> None:
    with agent() as running:
        answer = ask(check, running.port, "--community", "wrong")
    assert answer.summary == f"no SNMP answer of {HOST}:{running.port}: none within 0.1 s, 1 try"
    assert answer.code == 3


def test_a_port_where_nobody_listens_is_told_at_once(check: Run) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((HOST, 0))
        port = int(taken.getsockname()[1])
    answer = ask(check, port, "--snmp-timeout", "20", "--unreachable-state", "critical")
    assert answer.summary == f"no SNMP answer of {HOST}:{port}: nothing listens on the port"
    assert answer.code == 2


def test_a_question_that_is_lost_is_asked_again(check: Run) -> None:
    answer_of = well_behaved()
    with Datagrams(lambda request: [answer_of(request)] if len(running.asked) == 3 else []) as running:
        answer = ask(check, running.port, "--retries", "20")
    assert answer.code == 0


def test_the_deadline_is_kept_with_its_phase(check: Run) -> None:
    with Datagrams(lambda _: []) as running:
        answer = ask(check, running.port, "--snmp-timeout", "60", "-t", "0.6", "--unreachable-state", "warning")
    assert answer.summary == (
        f"no result within 0.6 s: the time was over while waiting for the SNMP answer of {HOST}:{running.port}"
    )
    assert answer.code == 1


# -- version 3

USER = ("--snmp-user", "monitor", "--auth-password", SECRETS[1], "--priv-password", SECRETS[2])


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        ("level", "it is not to be asked by authPriv"),
        ("user", "it knows no such user"),
        ("digest", "--auth-password or --auth-protocol is wrong"),
        ("decryption", "--priv-password or --priv-protocol is wrong"),
    ],
)
def test_a_user_that_is_refused(check: Run, meaning: str, words: str) -> None:
    with Datagrams(reporting(meaning)) as running:
        answer = patient(check, running.port, *USER)
    assert answer.summary == f"the SNMP agent of {HOST}:{running.port} does not take user 'monitor': {words}"
    assert answer.code == 3


@pytest.mark.parametrize("meaning", ["engine", "time"])
def test_an_agent_that_never_knows_enough_is_not_asked_for_ever(check: Run, meaning: str) -> None:
    with Datagrams(lambda request: [report(request, meaning)]) as running:
        answer = ask(check, running.port, "--snmp-timeout", "20", *USER)
    assert "does not speak proper SNMP: " in answer.summary
    assert len(running.asked) < 10
    assert answer.code == 3


# -- any bytes


class Conversation:
    """An engine and what it has sent; it is made once, since that takes its time. Its libraries may warn."""

    def __init__(self, account: Account) -> None:
        self.sent: list[bytes] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.engine = Engine(account, "device", self.sent.append)

    def heard(self, reply: Callable[[bytes], bytes]) -> list[Value] | None:
        """What the engine makes of a reply to its question; None also for an error of our family."""
        self.sent.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.engine.ask(OIDS)
                return self.engine.take(reply(self.sent[-1]))
            except VideoconfError:
                return None


@pytest.fixture(scope="module")
def community() -> Conversation:
    return Conversation(Account(COMMUNITY))


@pytest.fixture(scope="module")
def user() -> Conversation:
    return Conversation(Account(None, "monitor", "sha", SECRETS[1], "aes", SECRETS[2]))


@given(st.binary(max_size=200))
def test_any_bytes_are_no_answer(community: Conversation, user: Conversation, junk: bytes) -> None:
    assert community.heard(lambda _: junk) is None
    assert user.heard(lambda _: junk) is None


@given(st.data())
def test_a_damaged_answer_gives_values_of_known_kinds_or_none(community: Conversation, data: st.DataObject) -> None:
    answer_of = well_behaved()

    def damaged(request: bytes) -> bytes:
        answer = bytearray(answer_of(request))
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.integers(0, len(answer) - 1))
            answer[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        return bytes(answer)

    values = community.heard(damaged)
    assert values is None or len(values) == len(OIDS)
    for kind, found in values or ():
        assert kind.isalnum()
        assert found is None or isinstance(found, (bytes, int))


@given(st.sampled_from(sorted(REPORTS)), st.binary(max_size=3), st.integers(0, 60))
def test_a_damaged_report_is_no_answer(user: Conversation, meaning: str, junk: bytes, place: int) -> None:
    def damaged(request: bytes) -> bytes:
        whole = report(request, meaning)
        return whole[:place] + junk + whole[place + len(junk) :]

    assert user.heard(damaged) is None


@settings(max_examples=5)
@given(junk=st.lists(st.binary(min_size=1, max_size=100), max_size=3))
def test_whatever_comes_the_plugin_says_one_line_and_never_ok(junk: list[bytes]) -> None:
    with Datagrams(lambda _: junk) as running:
        argv = ("-H", HOST, "--snmp-port", str(running.port), "--snmp-timeout", "0.1", "--retries", "0")
        with redirect_stdout(io.StringIO()) as stdout:
            code = main(["pexip", "snmp-load", *argv])
    assert stdout.getvalue().startswith("PEXIP SNMP-LOAD UNKNOWN - ")
    assert code == 3
