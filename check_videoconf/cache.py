"""Answers shared between checks: what one just asked, another need not ask again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Collection
from typing import Any

from .redact import storable
from .state import file_name, read_limited, remove_left_overs, write_atomically

# One answer, and all of them: a cache that fills the disk would be worse than none.
_LARGEST = 4 * 1024**2
_LARGEST_IN_ALL = 64 * 1024**2
_MOST = 2000


class Cache:
    """Parsed answers by device, account and request, without secrets and personal data. Its failures are silent."""

    def __init__(self, state_directory: str, seconds: int) -> None:
        self._directory = state_directory
        self.seconds = seconds

    def load(self, *key: object) -> tuple[bool, Any]:
        """Whether there is an answer young enough, and the answer. A damaged file is none."""
        if not self.seconds or not self._directory:
            return False, None
        try:
            checksum, _, data = read_limited(self._path(key), _LARGEST).partition(b"\n")
            entry = json.loads(data) if checksum == _checksum(data) else {}
            if 0 <= time.time() - entry["stored"] <= self.seconds:
                return True, entry["answer"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        return False, None

    def store(self, answer: Any, *key: object, keep: Collection[str] = ()) -> None:
        """Keeps `answer`, JSON-able, for other checks; `keep` names members that only sound personal."""
        if not self.seconds or not self._directory:
            return
        with contextlib.suppress(OSError, ValueError, RecursionError):
            data = json.dumps({"stored": time.time(), "answer": storable(answer, keep)}).encode()
            entry = _checksum(data) + b"\n" + data
            if len(entry) <= _LARGEST:
                self._make_room(len(entry))
                write_atomically(self._path(key), entry, lasting=False)
                remove_left_overs(self._directory)

    def _path(self, key: tuple[object, ...]) -> str:
        return os.path.join(self._directory, file_name("cache", *key))

    def _make_room(self, needed: int) -> None:
        """Removes the oldest answers until one more fits."""
        entries = []
        with os.scandir(self._directory) as found:
            for entry in found:
                if entry.name.startswith("cache-"):
                    with contextlib.suppress(FileNotFoundError):
                        facts = entry.stat(follow_symlinks=False)
                        entries.append((facts.st_mtime, facts.st_size, entry.path))
        entries.sort(reverse=True)
        total = needed
        for position, (_, size, path) in enumerate(entries, 1):
            total += size
            if total > _LARGEST_IN_ALL or position >= _MOST:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
