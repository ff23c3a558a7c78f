"""The HTTP and HTTPS server that all simulated devices share."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl, unquote

from .failure import NONE
from .messages import Answer, Headers, Request
from .snmp import Agent
from .wire import HungUpError, Line

HOST = "127.0.0.1"


class System(ABC):
    """One simulated device: what it was asked, and what it answers."""

    name: ClassVar[str]
    server_header: ClassVar[str]
    common_name: ClassVar[str]
    """The name in the device's certificate."""

    def __init__(self, latency: float = 0.0) -> None:
        self.requests: list[Request] = []
        """Every request that arrived, in order."""
        self.respond: dict[str, Answer | list[Answer]] = {}
        """Raw answers by path; a list of them is used up one by one."""
        self.connections = 0
        """TCP connections accepted."""
        self.in_flight_max = 0
        """The most requests that were being answered at the same time."""
        self.host = HOST
        self.port = 0
        self.url = ""
        self.snmp: Agent | None = None
        """Its SNMP agent, if it has one, while the simulator runs."""
        self.elsewhere = ""
        """Where a redirect leads that leaves this device."""
        self.failure = NONE
        self.stopping = threading.Event()
        self._latency = latency
        self._in_flight = 0
        self._lock = threading.Lock()

    @property
    def snmp_port(self) -> int:
        """The UDP port of its SNMP agent, 0 where there is none."""
        return self.snmp.port if self.snmp else 0

    def accepted(self) -> None:
        """Count a TCP connection."""
        with self._lock:
            self.connections += 1

    def answer(self, request: Request) -> Answer:
        """Record the request and answer it, as the failure has it."""
        self.requests.append(request)
        with self._counted():
            return self.serve(request)

    def serve(self, request: Request) -> Answer:
        """A raw answer of the test, else the failure's, else the device's own."""
        if self.stopping.wait(self._latency):
            raise HungUpError
        prepared = self._prepared(request) or self.failure.instead(self, request)
        if prepared is not None:
            return prepared
        answer = self.compute(request)
        return self.failure.change(answer) if answer.status == 200 else answer

    @abstractmethod
    def compute(self, request: Request) -> Answer:
        """What the device itself answers."""

    @abstractmethod
    def error(self, status: int) -> Answer:
        """An HTTP error in the product's own words."""

    @abstractmethod
    def login_path(self) -> str:
        """The path of the product's login page."""

    @abstractmethod
    def keys(self, request: Request) -> list[str]:
        """The names under which `respond` may hold an answer to the request."""

    def _prepared(self, request: Request) -> Answer | None:
        with self._lock:
            for key in self.keys(request):
                prepared = self.respond.get(key)
                if isinstance(prepared, Answer):
                    return prepared
                if prepared:
                    return prepared.pop(0)
        return None

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._in_flight += 1
            self.in_flight_max = max(self.in_flight_max, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1


class Listener(ThreadingHTTPServer):
    """Accepts the connections of one device. Each has a thread, in which its TLS handshake runs too."""

    block_on_close = False
    request_queue_size = 128

    def __init__(self, system: System, port: int, tls: ssl.SSLContext | None) -> None:
        self.system = system
        self._tls = tls
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        super().__init__((HOST, port), Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, name=system.name, daemon=True
        )
        system.port = self.server_address[1]
        system.url = f"{'https' if tls else 'http'}://{HOST}:{system.port}"

    def start(self) -> None:
        self._thread.start()

    def server_bind(self) -> None:
        # Without the look-up of the host's name in a DNS that HTTPServer makes.
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()

    def stop(self) -> None:
        """Stop listening and end every connection, whatever it waits for."""
        self.system.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._lock:
            threads = list(self._connections)
            for connection in self._connections.values():
                _interrupt(connection)
        deadline = time.monotonic() + 0.5
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def process_request_thread(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:
        self.system.accepted()
        connection = cast(socket.socket, request)  # The other kind is that of datagrams.
        try:
            self._remember(connection)
            connection = self._secured(connection)
            self._remember(connection)
            self.finish_request(connection, client_address)
        except OSError:
            pass  # The client left, or does not trust us: nothing to say on a server's console.
        finally:
            with self._lock:
                self._connections.pop(threading.current_thread(), None)
            self.shutdown_request(connection)

    def _secured(self, request: socket.socket) -> socket.socket:
        opening = self.system.failure.opening
        if opening is not None:
            opening(Line(request, self.system.stopping))
        if self._tls is None:
            return request
        connection = self._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        self._remember(connection)
        try:
            connection.do_handshake()
        except OSError:
            connection.close()
            raise
        return connection

    def _remember(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections[threading.current_thread()] = connection
        if self.system.stopping.is_set():
            raise HungUpError


class Handler(BaseHTTPRequestHandler):
    """Reads requests from one connection and sends the device's answers."""

    server: Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        request = self._request()
        answer = self.server.system.answer(request)
        body = b"" if request.method == "HEAD" else answer.body
        line = Line(self.connection, self.server.system.stopping)
        self.server.system.failure.sending(line, answer.head(self._fields(answer)), body)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are in `System.requests`."""

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        length = self.headers.get("Content-Length", "")
        return Request(
            method=self.command,
            path=unquote(path),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers=Headers(self.headers.items()),
            body=self.rfile.read(int(length) if length.isdecimal() else 0),
            target=self.path,
        )

    def _fields(self, answer: Answer) -> dict[str, str]:
        fields = {"Server": self.server.system.server_header, "Date": formatdate(usegmt=True)}
        if isinstance(answer.body, bytes):
            fields["Content-Length"] = str(len(answer.body))
        else:
            fields["Transfer-Encoding"] = "chunked"
        if self.close_connection:
            fields["Connection"] = "close"
        return fields


def _interrupt(connection: socket.socket) -> None:
    # The method of the plain socket: that of SSLSocket would take the TLS state from under the other thread.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
