"""Simulators with a fault, and the question that each device is asked."""

from __future__ import annotations

import socket
import threading
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.faults import FAULTS
from check_videoconf.simulator.server import System

from .client import Client, Reply, basic

PARTICIPANT = "status/v1/participant/"
CALL = xmlrpc.client.dumps(
    ({"authenticationUser": "monitor", "authenticationPassword": "simulated"},), "participant.enumerate"
)
QUESTIONS: dict[str, tuple[str, str, str | None]] = {
    "pexip": ("GET", "/api/admin/status/v1/participant/?limit=5", None),
    "conductor": ("POST", "/RPC2", CALL),
    "trio": ("GET", "/api/v1/mgmt/device/stats", None),
}
NEEDS_TLS = [name for name, failure in FAULTS.items() if failure.needs_tls]


def ask(client: Client, system: System) -> Reply:
    return client.ask(*QUESTIONS[system.name], headers=basic())


def send_question(system: System) -> socket.socket:
    """A plain connection on which the question has been sent."""
    method, path, body = QUESTIONS[system.name]
    body = body or ""
    lines = [f"{method} {path} HTTP/1.1", f"Authorization: {basic()['Authorization']}"]
    lines += [f"Content-Length: {len(body)}", "", body]
    connection = socket.create_connection((system.host, system.port), timeout=10)
    connection.sendall("\r\n".join(lines).encode())
    return connection


@contextmanager
def playing(fault: str, **options: Any) -> Iterator[Simulator]:
    """A simulator with the fault, whose end may not wait for anybody."""
    simulator = Simulator(fault=fault, tls=fault in NEEDS_TLS, **options)
    simulator.__enter__()
    try:
        yield simulator
    finally:
        end = threading.Thread(target=simulator.__exit__, args=(None, None, None))
        end.start()
        end.join(5)
        assert not end.is_alive()


def replies(fault: str, **options: Any) -> list[Reply]:
    """What each device that the fault concerns answers."""
    with playing(fault, **options) as simulator:
        found = []
        for name in FAULTS[fault].systems:
            system = simulator.systems[name]
            with Client(simulator, system) as client:
                found.append(ask(client, system))
        return found


def rows(reply: Reply) -> list[Any]:
    """The rows of any answer, an object without rows being one."""
    if "xml" in reply.headers["Content-Type"]:
        struct: Any = xmlrpc.client.loads(reply.body)[0][0]
        found: list[Any] = struct["participants"]
        return found
    document = reply.json
    return document["objects"] if "objects" in document else [document["data"]]
