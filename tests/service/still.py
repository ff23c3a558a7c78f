"""One clock for a simulated device, a check here and a service: it moves when the test says so.

What is left to differ from run to run is what really passes, and that alone is masked.
"""

from __future__ import annotations

import datetime as datetimes
import os
import re
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from check_videoconf.simulator import conductor_data, trio_data

from .serving import ROOT, Service, serving

_VARIABLE = "STILL_AT"
# A check's environment tells its time, in a process of its own as in a worker.
_SITE = f"""
import os, time
moving = time.time
time.time = lambda: float(os.environ.get("{_VARIABLE}") or moving())
"""
_PASSING = (
    # `HTTP 200, 123 bytes, 12 ms` of -vv
    re.compile(r"(?<= bytes, )\d+(?= ms$)", re.MULTILINE),
    re.compile(r'(?<="duration_ms": )[\d.]+'),
    re.compile(r"(?<=^videoconf_check_duration_seconds)(\{.*\}) [\d.e-]+$", re.MULTILINE),
    # the response time of `api`, where it is: said, perfdata, JSON, OpenMetrics
    re.compile(r"(?<=[a-z] in )[\d.]+(?= s, certificate ends)|(?<=response time )[\d.]+(?= s[\n\"])"),
    re.compile(r"(?<='api\.response\.time\.seconds'=)[\d.]+"),
    re.compile(r'(?<="nlabel": "api\.response\.time\.seconds", "instance": "", "value": )[\d.]+'),
    re.compile(r"(?<=^videoconf_api_response_time_seconds)(\{.*\}) [\d.e-]+$", re.MULTILINE),
)


class Clock:
    """now: seconds since 1970."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    @property
    def env(self) -> dict[str, str]:
        """What makes a check see this time."""
        return {_VARIABLE: repr(self.now)}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still for everything in this process that asks what time it is."""
    held = Clock()

    class Datetime(datetimes.datetime):
        @classmethod
        def now(cls, tz: datetimes.tzinfo | None = None) -> Datetime:
            return cls.fromtimestamp(held.now, tz)

    for module in (conductor_data, trio_data):
        monkeypatch.setattr(module, "datetime", Datetime)
    monkeypatch.setattr(time, "time", lambda: held.now)
    return held


@contextmanager
def serving_still(directory: Path) -> Iterator[Service]:
    """A service whose checks see the time that their environment tells; `service.env` is also for other processes."""
    (directory / "sitecustomize.py").write_text(textwrap.dedent(_SITE))
    path = {"PYTHONPATH": os.pathsep.join((str(directory), str(ROOT)))}
    with serving(directory, **path) as service:
        service.env.update(path)
        yield service


def masked(text: str) -> str:
    """An output without what really passes."""
    for passing in _PASSING:
        text = passing.sub(lambda found: f"{found[1] if found.re.groups else ''} PASSES", text)
    return text
