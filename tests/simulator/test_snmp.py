"""The simulated SNMP agent: what it tells to whom, and its silence."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.simulator import Simulator, snmp

SYS_NAME: snmp.Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
FIRST: snmp.Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
NULL = b"\x05\x00"
GET, GET_NEXT, GET_BULK = 0xA0, 0xA1, 0xA5


def request(kind: int, *names: snmp.Oid, community: str = "public", version: int = 1) -> bytes:
    varbinds = b"".join(snmp.encoded(0x30, snmp.oid(name) + NULL) for name in names)
    pdu = snmp.encoded(kind, snmp.integer(7) + snmp.integer(0) * 2 + snmp.encoded(0x30, varbinds))
    return snmp.encoded(0x30, snmp.integer(version) + snmp.octets(community) + pdu)


def response(*varbinds: tuple[snmp.Oid, bytes]) -> bytes:
    return snmp.message(b"public", b"\x07", [snmp.encoded(0x30, snmp.oid(name) + value) for name, value in varbinds])


@pytest.fixture(scope="module")
def agent() -> snmp.Agent:
    made = snmp.Agent(snmp.node("node.example.com", 1))
    made.close()
    return made


def test_what_is_there_is_told_and_what_is_not_is_said_to_be_missing(agent: snmp.Agent) -> None:
    asked = request(GET, SYS_NAME, (1, 3, 6, 1, 300, 70000))
    told = response((SYS_NAME, snmp.octets("node.example.com")), ((1, 3, 6, 1, 300, 70000), b"\x80\x00"))
    assert agent.answer(asked) == told


def test_a_walk_sees_each_object_once_and_ends(agent: snmp.Agent) -> None:
    names = sorted(agent.objects)
    for name, following in zip([(1, 3), *names], names):
        assert agent.answer(request(GET_NEXT, name)) == response((following, agent.objects[following]))
    assert agent.answer(request(GET_NEXT, names[-1])) == response((names[-1], b"\x82\x00"))


@pytest.mark.parametrize(
    "asked",
    [
        request(GET, SYS_NAME, community="private"),
        request(GET, SYS_NAME, version=0),
        request(GET_BULK, SYS_NAME),
        request(GET, SYS_NAME)[:-1],
        b"GET / HTTP/1.1\r\n\r\n",
        b"",
    ],
)
def test_it_is_silent_to_whom_it_does_not_know_or_understand(agent: snmp.Agent, asked: bytes) -> None:
    assert agent.answer(asked) == b""


@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_bytes_end_it(agent: snmp.Agent, junk: bytes, place: int) -> None:
    whole = request(GET, SYS_NAME)
    agent.answer(junk)
    agent.answer(whole[:place] + junk + whole[place:])


def test_the_same_seed_tells_the_same_of_each_node() -> None:
    assert snmp.node("a", 1) == snmp.node("a", 1)
    assert snmp.node("a", 1) != snmp.node("a", 2)
    assert snmp.node("a", 1) != snmp.node("b", 1)


def test_each_device_that_has_one_answers_while_it_runs() -> None:
    with Simulator(tls=False, community="other") as devices, socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        for system, name in (("pexip", "manager.example.com"), ("conductor", "conductor.example.com")):
            client.sendto(request(GET, SYS_NAME, community="other"), ("127.0.0.1", devices.systems[system].snmp_port))
            assert snmp.octets(name) in client.recv(65535)
        assert devices.trio.snmp_port == 0
