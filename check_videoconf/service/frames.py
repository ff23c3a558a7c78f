"""What pool and workers say to each other: a kind, a length, the rest."""

from __future__ import annotations

import struct
from collections.abc import Iterator

JOB, DEADLINE, ANSWER = b"J", b"D", b"A"
_HEAD = struct.Struct(">cI")
#: Bytes before the rest.
HEAD = _HEAD.size


def frame(kind: bytes, body: bytes) -> bytes:
    return _HEAD.pack(kind, len(body)) + body


def length(head: bytes) -> int:
    """How long the rest of a frame is."""
    return int(_HEAD.unpack(head)[1])


def frames(buffer: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Takes all whole frames out of what was received."""
    while len(buffer) >= HEAD:
        kind, size = _HEAD.unpack_from(buffer)
        if len(buffer) < HEAD + size:
            return
        body = bytes(buffer[HEAD : HEAD + size])
        del buffer[: HEAD + size]
        yield kind, body
