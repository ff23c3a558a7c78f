"""Notes of calls that may have been left at a device, for the next run: who holds a note's lock takes care of its call.

The lock is the kernel's. It goes when the last process that has the note open is gone, however those ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from typing import Any

from ..state import file_name, open_private
from .commands import Call

_LARGEST = 4096
# Seconds: a call that was to be placed so long ago and is not to be found was not placed; a note without any text was
# left by a process that was killed as it began to write.
_OVER = 60.0


class Note:
    """A note whose lock this process holds, and those that were forked from it."""

    def __init__(self, path: str, descriptor: int) -> None:
        self._path = path
        self.descriptor = descriptor

    def placed(self, participant: str) -> None:
        """Adds by what the call is found, too. Raises OSError."""
        self._add({"participant": participant})

    def written(self, mark: str) -> None:
        """Begins the note. Raises OSError."""
        self._add({"mark": mark, "time": time.time()})

    def forget(self) -> None:
        """There is no such call any more."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)

    def close(self) -> None:
        """Leaves the note to whoever else holds it."""
        os.close(self.descriptor)

    def read(self) -> tuple[Call | None, float]:
        """The call, None where there is nothing to be read; and how many seconds old the note is. Raises OSError."""
        found = os.fstat(self.descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or not found.st_nlink:
            raise OSError(0, "not a note of ours")
        call = _call(os.pread(self.descriptor, _LARGEST, 0))
        return call, max(0.0, time.time() - found.st_mtime)

    def _add(self, facts: dict[str, Any]) -> None:
        os.write(self.descriptor, json.dumps(facts).encode() + b"\n")
        os.fsync(self.descriptor)


def write(directory: str, device: str, mark: str) -> Note:
    """A note that a call of this mark is about to be placed. Raises OSError."""
    path = os.path.join(directory, f"{_prefix(device)}{secrets.token_hex(10)}")
    descriptor = open_private(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND)
    note = Note(path, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        note.written(mark)
    except BaseException:
        note.forget()
        note.close()
        raise
    return note


def left(directory: str, device: str) -> Iterator[tuple[Note, Call]]:
    """The notes about calls of a device that nobody takes care of, each locked until the next is asked for."""
    with os.scandir(directory) as entries:
        paths = [entry.path for entry in entries if entry.name.startswith(_prefix(device))]
    for path in paths:
        with contextlib.suppress(OSError):
            note = Note(path, open_private(path, os.O_RDWR | os.O_APPEND | os.O_NONBLOCK))
            try:
                fcntl.flock(note.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                call, age = note.read()
                if call:
                    call.since = time.monotonic() - age
                    yield note, call
                elif age > _OVER:
                    note.forget()
            finally:
                note.close()


def is_over(call: Call) -> bool:
    """Whether a call that is not to be found cannot appear any more."""
    return time.monotonic() - call.since > _OVER


def _prefix(device: str) -> str:
    return file_name("call", device)[:-20]


def _call(text: bytes) -> Call | None:
    call: Call | None = None
    for line in text.splitlines():
        try:
            facts = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(facts, dict):
            continue
        mark, participant = facts.get("mark"), facts.get("participant")
        if isinstance(mark, str) and mark:
            call = Call(mark, begun=True)
        if call and isinstance(participant, str) and participant:
            call.identities.append(participant)
    return call
