"""The state directory, and what a mode remembers between runs."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from typing import Any

VERSION = 1
_ENVIRONMENT = "CHECK_VIDEOCONF_STATE_DIR"
_SYSTEM = "/var/lib/check_videoconf"
# A state file of ours is small; what is larger is not ours or is damaged.
_LARGEST = 4 * 1024**2
_NEW = ".new-"
_OURS = re.compile(r"(?:cache|call|lock|run|token)-[0-9a-f]{40}|\.new-")
# What a process that was killed has left of a file.
_LEFT_OVER_SECONDS = 3600
_POLL = 0.02


def directory(wanted: str | None) -> tuple[str, str]:
    """The state directory, made if need be, and `''`; or `''` and the reason why there is none.

    In this order: --state-dir, the environment, the packaged one if writable, the user's own, a private temporary one.
    """
    named = wanted or os.environ.get(_ENVIRONMENT)
    if named:
        reason = _usable(named)
        return ("", f"{named}: {reason}") if reason else (named, "")
    reasons = []
    for candidate in _candidates():
        reason = _usable(candidate)
        if not reason:
            return candidate, ""
        reasons.append(f"{candidate}: {reason}")
    return "", "; ".join(reasons)


def _candidates() -> Iterator[str]:
    if os.access(_SYSTEM, os.W_OK | os.X_OK) and _is_for_us(_SYSTEM):
        yield _SYSTEM
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    if os.path.isabs(home):
        yield os.path.join(home, "check_videoconf")
    yield os.path.join(tempfile.gettempdir(), f"check_videoconf-{os.getuid()}")


def _is_for_us(path: str) -> bool:
    """Root may write everywhere, but what it would leave there the poller's account could not read."""
    return os.getuid() != 0 or os.stat(path).st_uid == 0


def _usable(path: str) -> str:
    """Why a directory cannot be used, or `''`. It is made 0700; one of another user, or a link, is not used."""
    path = path.rstrip("/") or "/"  # with a slash behind it a link would be followed
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode):
            return "not a directory, or a link"
        if path != _SYSTEM:  # that one belongs to the package, and its group may write
            if found.st_uid != os.getuid():
                return "belongs to another user"
            _make_private(path, found.st_mode)
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    if found.st_mode & 0o002:
        return "anybody can write to it"
    return "" if os.access(path, os.W_OK | os.X_OK) else "not writable"


def _make_private(path: str, mode: int) -> None:
    """Takes the rights of others away from a directory that is ours alone. Raises OSError if it is not."""
    if not mode & 0o077 or mode & 0o002:
        return
    with os.scandir(path) as entries:
        foreign = next((entry.name for entry in entries if not _OURS.match(entry.name)), None)
    if foreign is not None:
        raise OSError(0, f"others can read it, and it holds other files ({foreign}); name a directory of its own")
    os.chmod(path, 0o700)


def file_name(kind: str, *key: object) -> str:
    """A file's name for a key: nothing of the key can be read from it."""
    digest = hashlib.sha256("\0".join(map(str, key)).encode(errors="surrogatepass")).hexdigest()
    return f"{kind}-{digest[:40]}"


def open_private(path: str, flags: int) -> int:
    """os.open for a file of the state directory: 0600, never through a link, not inherited."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def write_atomically(path: str, data: bytes, *, lasting: bool = True) -> None:
    """All of `data` or what was there before, also when the process is killed in the middle. Raises OSError.

    lasting: also when the machine loses its power.
    """
    handle, temporary = tempfile.mkstemp(prefix=_NEW, dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read_limited(path: str, limit: int) -> bytes:
    """A regular file's bytes. Raises OSError, also for a link, another user's file and one over the limit."""
    with os.fdopen(open_private(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_size > limit:
            raise OSError(0, "not a file of ours")
        return file.read(limit)


def remove_left_overs(directory: str) -> None:
    """Removes what processes that were killed have left of files they were writing. Raises OSError."""
    with os.scandir(directory) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if entry.name.startswith(_NEW) and entry.stat().st_mtime < time.time() - _LEFT_OVER_SECONDS:
                    os.unlink(entry.path)


class Memory:
    """What one service remembers from run to run. A damaged, foreign or read-only file costs a remark, never the check.

    key: everything that makes the service what it is: device, mode and options, so that no two services share a memory.
    patience: seconds to wait for another run of the same service; after that this run reads, but does not save.
    """

    def __init__(
        self, state_directory: str, key: tuple[object, ...], remarks: list[str], patience: float = 10.0
    ) -> None:
        self._directory = state_directory
        self._path = os.path.join(state_directory, file_name("run", *key)) if state_directory else ""
        self._remarks = remarks
        self._patience = patience
        self._lock: int | None = None
        self._may_save = bool(state_directory)
        self._complained = False

    def load(self) -> Mapping[str, Any] | None:
        """What the last run saved, or None on the first one. Keeps other runs waiting until `close`."""
        if not self._path:
            return None
        try:
            self._acquire()
        except OSError as error:
            self._complain(f"runs of this check do not wait for each other: {_reason(error)}")
        try:
            data = json.loads(read_limited(self._path, _LARGEST))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            self._complain(f"state of the previous run not readable, starting anew: {_reason(error)}")
            return None
        version = data.get("version") if isinstance(data, dict) else None
        if version != VERSION or not isinstance(data.get("state"), dict):
            newer = isinstance(version, int) and version > VERSION
            self._complain(
                f"state of the previous run is {'of a newer version' if newer else 'not ours'}, starting anew"
            )
            return None
        state: dict[str, Any] = data["state"]
        return state

    def save(self, state: Mapping[str, Any]) -> None:
        """Remembers `state`, JSON-able, for the next run."""
        if not self._may_save:
            return
        try:
            write_atomically(self._path, json.dumps({"version": VERSION, "state": state}).encode())
            remove_left_overs(self._directory)
        except OSError as error:
            self._complain(f"state for the next run not written: {_reason(error)}")

    def close(self) -> None:
        """Lets the next run begin."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _acquire(self) -> None:
        """The lock, so that a run that began earlier cannot overwrite what a later one saves. Raises OSError."""
        self._lock = open_private(f"{self._path}.lock", os.O_RDWR | os.O_CREAT)
        end = time.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    self._may_save = False
                    self._complain("another run of this check is still at work: this one is not remembered")
                    return
                time.sleep(_POLL)
            else:
                return

    def _complain(self, line: str) -> None:
        """One line is enough: what is wrong with the file is wrong with all that is done with it."""
        if not self._complained:
            self._remarks.append(line)
        self._complained = True


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "damaged"
