"""A Trio played by `responses`, and what it answers, as builders."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import responses

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept

STATS = "/api/v1/mgmt/device/stats"
POLL = "/api/v1/mgmt/pollForStatus"


def answered(data: Any, status: object = "2000") -> str:
    """The envelope round the data; without `data` where there is none, as a phone that fails has it."""
    return json.dumps({"Status": status} if data is None else {"data": data, "Status": status})


def memory(**changed: Any) -> dict[str, Any]:
    """Bytes as text: 500 million, of which 300 are used and 10 of these can be had back."""
    return {
        "Total": "500000000",
        "Used": "300000000",
        "Free": "200000000",
        "Cached": "140484352",
        "SReclaim": "10000000",
        "ComAS": "0",
        "polyapp": {"arena": "12677120", "hblkhd": "22568960", "uordblks": "34790512", "fordblks": "455568"},
        **changed,
    }


def stats(average: object = "21.9", current: object = "18.5", **changed: Any) -> dict[str, Any]:
    """What mgmt/device/stats tells."""
    return {
        "CPU": {"Current": current, "Average": average},
        "Memory": memory(),
        "RAMDiskSize": "67108864",
        **changed,
    }


IDLE = {"State": "Idle", "StateData": "Time of last call 2026-08-03T10:35:57"}


class Phone:
    """`answers` holds body and HTTP status by path; `requests` the paths that were asked for."""

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self.answers: dict[str, tuple[int, str] | list[tuple[int, str]]] = {}
        self.requests: list[str] = []
        self.set(STATS, stats())
        self.set(POLL, IDLE)
        mock.add_callback(responses.GET, re.compile(r"https://trio\.test:443/.*"), self._answer)

    def set(self, path: str, data: Any, status: object = "2000") -> None:
        """Has a path answered with an envelope."""
        self.answers[path] = (200, answered(data, status))

    def check(self, mode: str, *argv: str, retries: int = 0) -> Answer:
        """The answer of `check_videoconf trio MODE` about it."""
        arguments = ["trio", mode, "-H", "trio.test", "--retries", f"{retries}", *argv]
        return kept(self._check(*arguments, CHECK_VIDEOCONF_PASSWORD=PASSWORD))

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        path = urlsplit(request.url).path
        self.requests.append(path)
        answer = self.answers.get(path, (404, "<html><body><h1>404 Not Found</h1></body></html>"))
        status, body = answer.pop(0) if isinstance(answer, list) else answer
        return status, {"Content-Type": "application/json"}, body
