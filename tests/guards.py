"""The processes that watch over test calls, after the checks that started them."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def wait_for_guards(state: Path) -> None:
    """Until none is left that has a note in this state directory: it may still ask a device that a test would stop."""
    for path in state.glob("call-*"):
        with suppress(FileNotFoundError):
            note = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(note, fcntl.LOCK_EX)
            finally:
                os.close(note)
