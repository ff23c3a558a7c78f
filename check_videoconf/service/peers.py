"""Who is at the other end of a UNIX socket, as the kernel tells it. Linux only."""

from __future__ import annotations

import os
import socket
import struct
from typing import NamedTuple

_CREDENTIALS = struct.Struct("iII")
_SO_PEERGROUPS = 59
_GROUP = struct.calcsize("I")
# Python reads no longer options; whoever is in more groups is not served.
_LARGEST = 1024


class Identity(NamedTuple):
    """With whose rights a process acts. groups: the supplementary ones, without the first."""

    uid: int
    gid: int
    groups: frozenset[int]


def own() -> Identity:
    """This process's."""
    return Identity(os.geteuid(), os.getegid(), frozenset(os.getgroups()) - {os.getegid()})


def of(connection: socket.socket) -> Identity:
    """The identity of a peer when it connected. Raises OSError."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, gid = _CREDENTIALS.unpack(credentials)
    packed = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _LARGEST)
    groups = struct.unpack(f"{len(packed) // _GROUP}I", packed)
    return Identity(uid, gid, frozenset(groups) - {gid})


def become(identity: Identity) -> None:
    """Gives up all other rights for good. Raises OSError."""
    os.setgroups(sorted(identity.groups))
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
    if own() != identity:
        raise OSError(0, "the rights of the caller could not be taken on")
