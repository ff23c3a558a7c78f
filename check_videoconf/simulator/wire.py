"""One client's connection, and how an answer is put on it."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterable, Iterator


class HungUpError(ConnectionError):
    """Ends a connection; nothing more is sent on it."""


class Line:
    """A client's connection. Whatever waits on it ends when the client leaves or the simulator stops."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def receive(self) -> bytes:
        return self._connection.recv(65536)

    def pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise HungUpError

    def hang(self) -> None:
        """Wait until the client gives up."""
        while self.receive():
            pass
        raise HungUpError

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The request's file objects keep the socket open after close(), not the descriptor.
        os.close(self._connection.detach())
        raise HungUpError


def send(line: Line, head: bytes, body: bytes | Iterable[bytes]) -> None:
    """Send an answer as it should be."""
    if isinstance(body, bytes):
        line.send(head + body)
        return
    line.send(head)
    for chunk in chunks(body):
        line.send(chunk)


def chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The chunked transfer coding of RFC 9112."""
    for piece in pieces:
        yield b"%X\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def send_and_close(line: Line, head: bytes, body: bytes | Iterable[bytes]) -> None:
    """Send an answer, then close the connection without having announced it."""
    send(line, head, body)
    raise HungUpError
