"""The service's socket: systemd's, or one of our own, which nobody can use before its rights are set."""

from __future__ import annotations

import fcntl
import grp
import os
import socket
import stat
from contextlib import suppress

_FIRST = 3  # of the descriptors that systemd passes, see sd_listen_fds(3)
_BACKLOG = 1024
_MODE = 0o660


class Unusable(Exception):
    """In words: why there is no socket."""


def inherited() -> socket.socket | None:
    """The socket that systemd listens on, if it has started this process. Raises Unusable."""
    process, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or count in ("", "0"):
        return None
    if count != "1":
        raise Unusable(f"systemd passes {count} sockets, one is wanted")
    try:
        found = socket.socket(fileno=_FIRST)
    except OSError as error:
        raise Unusable(f"what systemd passes is no socket: {error.strerror}") from None
    if (found.family, found.type) != (socket.AF_UNIX, socket.SOCK_STREAM):
        raise Unusable("the socket of systemd is not one of ListenStream=/PATH")
    if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise Unusable("the socket of systemd is a connection: Accept=no is needed")
    os.set_inheritable(_FIRST, False)
    return found


def bound(path: str, group: str | None) -> socket.socket:
    """A socket at `path`, mode 0660, in place of one that nobody listens on any more. Raises Unusable."""
    directory = os.path.dirname(os.path.abspath(path))
    new = os.path.join(directory, f".{os.path.basename(path)}.{os.getpid()}")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        number = grp.getgrnam(group).gr_gid if group else -1
        lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two that start at once
            _refuse_what_is_there(path)
            _bind(listening, new, number)
            listening.listen(_BACKLOG)
            os.rename(new, path)
        finally:
            os.close(lock)
    except KeyError:
        reason = f"there is no group {group}"
    except OSError as error:
        reason = error.strerror or str(error)
    else:
        return listening
    listening.close()
    with suppress(OSError):
        os.unlink(new)
    raise Unusable(f"{path}: {reason}")


def _bind(listening: socket.socket, path: str, group: int) -> None:
    """Until it listens nobody can connect. Nothing here follows a link that somebody has put in the socket's place."""
    before = os.umask(0o777 & ~_MODE)
    try:
        listening.bind(path)
    finally:
        os.umask(before)
    if group >= 0:
        os.chown(path, -1, group, follow_symlinks=False)


def _refuse_what_is_there(path: str) -> None:
    """Raises OSError for anything but a socket that nobody listens on."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise OSError(0, "there is something that is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        other.setblocking(False)
        try:
            other.connect(path)
        except ConnectionRefusedError:
            return
        except BlockingIOError:
            pass  # it listens, and its queue is full
    raise OSError(0, "a service listens there already")


def identity_of(path: str) -> tuple[int, int]:
    """What tells a socket's file from another that is put in its place. Raises OSError."""
    found = os.lstat(path)
    return found.st_dev, found.st_ino


def remove(path: str, identity: tuple[int, int]) -> None:
    """Removes the file of our socket, unless another service has put its own there."""
    with suppress(OSError):
        if identity_of(path) == identity:
            os.unlink(path)
