"""A client of the simulated devices that knows nothing of the plugin: http.client and xmlrpc.client alone."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import xmlrpc.client
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from check_videoconf.simulator import Simulator
from check_videoconf.simulator.server import System

API = "/api/admin/"


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The rows of a Pexip list."""
        objects: list[dict[str, Any]] = self.json["objects"]
        return objects


def basic(username: str = "monitor", password: str = "simulated") -> dict[str, str]:
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def rest_of(connection: socket.socket) -> bytes:
    """Everything up to the end of the connection, however it ends."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(4096):
            received += piece
    return received


class Client:
    """One keep-alive connection to one device, with the right credentials unless others are given."""

    def __init__(self, simulator: Simulator, system: System, timeout: float = 10.0) -> None:
        if simulator.tls:
            context = ssl.create_default_context(cafile=simulator.ca_file)
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                system.host, system.port, timeout=timeout, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(system.host, system.port, timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Reply:
        self._connection.request(method, path, body=body, headers=basic() if headers is None else headers)
        response = self._connection.getresponse()
        return Reply(response.status, response.headers, response.read())

    def get(self, path: str, **query: str | int) -> Reply:
        """GET with query parameters; a path that does not begin with a slash is below `/api/admin/`."""
        target = path if path.startswith("/") else API + path
        return self.ask("GET", f"{target}?{urlencode(query)}" if query else target)

    def call(self, method: str, **members: Any) -> Any:
        """An XML-RPC call with the account in its struct; raises xmlrpc.client.Fault."""
        struct = {"authenticationUser": "monitor", "authenticationPassword": "simulated", **members}
        reply = self.ask("POST", "/RPC2", xmlrpc.client.dumps((struct,), method), {"Content-Type": "text/xml"})
        assert reply.status == 200
        (value,), _ = xmlrpc.client.loads(reply.body)
        return value
