"""The examples in the help of a mode."""

from __future__ import annotations

import shlex

from .conftest import Run


def examples(check: Run, system: str, mode: str) -> list[list[str]]:
    """What stands behind the connection options in each of the two examples, as a shell would read it."""
    lines = check(system, mode, "--help").stdout.rpartition("\nExamples:\n")[2].splitlines()
    words = [shlex.split(line) for line in lines]
    connection = ["check_videoconf", system, mode, "-H", "HOST", "--password-file", "FILE"]
    assert [line[: len(connection)] for line in words] == [connection] * 2
    return [line[len(connection) :] for line in words]
