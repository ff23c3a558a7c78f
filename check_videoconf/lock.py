"""One check at a time per device, across processes."""

from __future__ import annotations

import fcntl
import os

from .deadline import Deadline
from .errors import Busy, DeadlineReached
from .state import open_private

_POLL = 0.02


def acquire(path: str, host: str, deadline: Deadline) -> int:
    """Locks the file at `path`, waiting until the deadline; returns the descriptor that holds it.

    The lock is the kernel's: it goes with the process, however that ends. Raises Busy and OSError.
    """
    descriptor = open_private(path, os.O_RDWR | os.O_CREAT)
    deadline.enter(f"waiting for another check of {host}", network=False)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                deadline.sleep(_POLL)
            else:
                return descriptor
    except DeadlineReached:
        os.close(descriptor)
        raise Busy(host=host, seconds=f"{deadline.seconds:g}") from None
    except BaseException:
        os.close(descriptor)
        raise
