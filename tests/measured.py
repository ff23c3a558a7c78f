"""How the tests run while coverage is measured; pytest loads it with `-p tests.measured`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Any

_CONFIG = "COVERAGE_PROCESS_CONFIG"
_start: Any = subprocess.Popen.__init__


def _start_measured(
    self: subprocess.Popen[Any], args: Any, *rest: Any, env: Mapping[str, str] | None = None, **options: Any
) -> None:
    """Tests give the plugin the environment of a poller, without what coverage needs; nothing else is measured."""
    if _CONFIG in os.environ and "PYTEST_CURRENT_TEST" in os.environ:
        env = dict(os.environ if env is None else env)
        env.pop(_CONFIG, None)
        if isinstance(args, list) and "check_videoconf" in args:
            env[_CONFIG] = os.environ[_CONFIG]
    _start(self, args, *rest, env=env, **options)


subprocess.Popen.__init__ = _start_measured  # type: ignore[assignment, method-assign]
