"""Small servers for what the simulated devices do not do: any bytes on a socket, HTTP by a function, a proxy."""

from __future__ import annotations

import random
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

HOST = "127.0.0.1"


def _quiet_port() -> int:
    """A UDP port that is free, and that the system gives to nobody who asks for any free one."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 -- no secret
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as candidate, suppress(OSError):
            candidate.bind((HOST, port))
            return port


#: Where the SNMP agents of the devices that all tests share listen: known before they run, as templates are made then.
SNMP_PORTS = {"pexip": _quiet_port(), "conductor": _quiet_port()}
EMPTY_LIST = b'{"meta": {"limit": 1000, "offset": 0, "total_count": 0, "next": null}, "objects": []}'


class Request(NamedTuple):
    """What arrived: `target` as in the request line."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Reply = tuple[int, dict[str, str], bytes]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing on the console: clients that hang up are what the tests are about."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server of this handler on loopback; the port."""
    server = _Server((HOST, 0), handler)
    if tls:
        # The handshake belongs to the thread of the connection, not to the one that accepts.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Web:
    """A web server that answers by a function; `requests` holds what it was asked."""

    def __init__(self, answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self.command, self.path, dict(self.headers.items()), body)
                web.requests.append(request)
                status, headers, body = answer(request)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._running = serving(Handler, tls)
        self.port = 0

    def __enter__(self) -> Web:
        self.port = self._running.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._running.__exit__(*details)


@contextmanager
def listening(play: Callable[[socket.socket], None], backlog: int = 64) -> Iterator[int]:
    """A listening socket whose connections are each given to `play` in a thread of its own; the port."""
    connections: list[socket.socket] = []
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(backlog)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connections.append(connection)
                    threading.Thread(target=_played, args=(play, connection), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # close alone would not wake accept
            for connection in connections:
                connection.close()
            thread.join()


def _played(play: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with suppress(OSError), connection:
        play(connection)


def says(data: bytes) -> Callable[[socket.socket], None]:
    """Waits for a request, sends these bytes, closes."""

    def play(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)

    return play


def hangs(connection: socket.socket) -> None:
    """Takes everything and says nothing until the client leaves."""
    while connection.recv(65536):
        pass


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that never answers a SYN: its backlog is full."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind((HOST, 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@contextmanager
def free_port() -> Iterator[int]:
    """A port on which nobody listens while it lasts."""
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        yield bound.getsockname()[1]


class Proxy:
    """An HTTP proxy: CONNECT, and requests in absolute form. `account` is `user:password`, '' for none.

    asked: the request lines. accounts: what came in Proxy-Authorization. status: what it answers instead of 200.
    """

    def __init__(self, account: str = "", status: int = 200, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.accounts: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self) -> None:
                if not self._permitted():
                    return
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port)), timeout=10) as upstream:
                    self.send_response(200)
                    self.end_headers()
                    _join(self.connection, upstream)
                self.close_connection = True

            def do_GET(self) -> None:
                if not self._permitted():
                    return
                authority, _, path = self.path.partition("://")[2].partition("/")
                host, _, port = authority.rpartition(":")
                hidden = ("proxy-authorization", "connection")
                lines = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in hidden]
                head = "\r\n".join([f"GET /{path} HTTP/1.1", *lines, "Connection: close", "", ""])
                with socket.create_connection((host, int(port)), timeout=10) as upstream:
                    upstream.sendall(head.encode("latin-1"))
                    while data := upstream.recv(65536):
                        self.wfile.write(data)
                self.close_connection = True

            def _permitted(self) -> bool:
                proxy.asked.append(self.requestline)
                given = self.headers.get("Proxy-Authorization", "").partition(" ")[2]
                proxy.accounts.append(b64decode(given).decode())
                refused = 407 if account and proxy.accounts[-1] != account else status
                if refused != 200:
                    self.send_response(refused)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                return refused == 200

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._running = serving(Handler, tls)
        self.port = 0

    def __enter__(self) -> Proxy:
        self.port = self._running.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._running.__exit__(*details)


def _join(one: socket.socket, other: socket.socket) -> None:
    """Passes on what either says until one of them has ended."""

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            socket.socket.shutdown(target, socket.SHUT_RDWR)

    back = threading.Thread(target=pass_on, args=(other, one), daemon=True)
    back.start()
    pass_on(one, other)
    back.join()
