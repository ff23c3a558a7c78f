"""What the commands for people write: at once, and lost quietly where nobody takes it, as a check's answer is."""

from __future__ import annotations

import os
from typing import TextIO


def write(text: str, out: TextIO | None) -> None:
    """Writes all of `text` now; `out` is None in a process that was started without a stdout."""
    if out is None:
        return
    try:
        out.write(text)
        out.flush()
    except OSError:
        # What is left in the buffer would be written once more, and fail aloud, when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)
