"""The state directory, and what a mode remembers between runs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

VERSION = 1
_ENVIRONMENT = "CHECK_VIDEOCONF_STATE_DIR"
_SYSTEM = "/var/lib/check_videoconf"
# A state file of ours is small; what is larger is not ours or is damaged.
_LARGEST = 4 * 1024**2


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
    if os.access(_SYSTEM, os.W_OK | os.X_OK):
        yield _SYSTEM
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    if os.path.isabs(home):
        yield os.path.join(home, "check_videoconf")
    yield os.path.join(tempfile.gettempdir(), f"check_videoconf-{os.getuid()}")


def _usable(path: str) -> str:
    """Why a directory cannot be used, or `''`. It is made 0700; one of another user, or a link, is not used."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        found = os.lstat(path)
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(found.st_mode):
        return "not a directory, or a link"
    if path == _SYSTEM:
        return ""  # the package owns it, and its group may write
    if found.st_uid != os.getuid():
        return "belongs to another user"
    if found.st_mode & 0o077:
        try:
            os.chmod(path, 0o700)
        except OSError as error:
            return error.strerror or str(error)
    return "" if os.access(path, os.W_OK | os.X_OK) else "not writable"


def file_name(kind: str, *key: object) -> str:
    """A file's name for a key: nothing of the key can be read from it."""
    digest = hashlib.sha256("\0".join(map(str, key)).encode(errors="surrogatepass")).hexdigest()
    return f"{kind}-{digest[:40]}"


def open_private(path: str, flags: int) -> int:
    """os.open for a file of the state directory: 0600, never through a link, not inherited."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def write_atomically(path: str, data: bytes) -> None:
    """All of `data` or what was there before, also when the process is killed in the middle. Raises OSError."""
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read_limited(path: str, limit: int) -> bytes:
    """A regular file's bytes. Raises OSError, also for a link or a file over the limit."""
    with os.fdopen(open_private(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
            raise OSError(0, "not a file of ours")
        return file.read(limit)


class Memory:
    """What one service remembers from run to run. A damaged, foreign or read-only file costs a remark, never the check.

    key: everything that makes the service what it is: device, mode and options, so that no two services share a memory.
    """

    def __init__(self, state_directory: str, key: tuple[object, ...], remarks: list[str]) -> None:
        self._path = os.path.join(state_directory, file_name("run", *key)) if state_directory else ""
        self._remarks = remarks

    def load(self) -> Mapping[str, Any] | None:
        """What the last run saved, or None on the first one."""
        if not self._path:
            return None
        try:
            data = json.loads(read_limited(self._path, _LARGEST))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            self._remarks.append(f"state of the previous run not readable, starting anew: {_reason(error)}")
            return None
        if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("state"), dict):
            self._remarks.append("state of the previous run is of another version or not ours, starting anew")
            return None
        state: dict[str, Any] = data["state"]
        return state

    def save(self, state: Mapping[str, Any]) -> None:
        """Remembers `state`, JSON-able, for the next run."""
        if not self._path:
            return
        try:
            write_atomically(self._path, json.dumps({"version": VERSION, "state": state}).encode())
        except OSError as error:
            self._remarks.append(f"state for the next run not written: {_reason(error)}")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
