"""A Conductor played by `responses`, and what it answers, as builders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import responses

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept

RPC = "https://conductor.test:443/RPC2"
_HEAD = "<?xml version='1.0'?>\n<methodResponse>\n"


def value(of: Any) -> str:
    """A value of XML-RPC: text as <string>, whole numbers as <int>, others as <double>; None is an empty string."""
    if isinstance(of, float):
        return f"<double>{of}</double>"
    if isinstance(of, int):
        return f"<int>{of}</int>"
    return f"<string>{escape(of or '')}</string>"


def struct(members: Mapping[str, Any]) -> str:
    inner = "".join(
        f"<member>\n<name>{name}</name>\n<value>{value(of)}</value>\n</member>\n" for name, of in members.items()
    )
    return f"<struct>\n{inner}</struct>"


def answered(members: Mapping[str, Any]) -> str:
    """The answer of a method that returns a struct."""
    return f"{_HEAD}<params>\n<param>\n<value>{struct(members)}</value>\n</param>\n</params>\n</methodResponse>\n"


def fault(code: object, text: str) -> str:
    """The answer of a method that fails."""
    members = struct({"faultCode": code, "faultString": text})
    return f"{_HEAD}<fault>\n<value>{members}</value>\n</fault>\n</methodResponse>\n"


#: factory.health.query of a virtual machine and of an appliance.
VIRTUAL: dict[str, Any] = {
    "fan_1": "N/A",
    "fan_2": "N/A",
    "fan_3": "N/A",
    "committed_as": "2513356 kB",
    "cpu_load_1": 0,
    "cpu_load_5": 0,
    "cpu_load_15": 1,
}
APPLIANCE: dict[str, Any] = {
    "fan_1": "8035",
    "fan_2": "8120",
    "fan_3": "7998",
    "committed_as": "2513356",
    "cpu_load_1": 3,
    "cpu_load_5": 2,
    "cpu_load_15": 2,
}


class Conductor:
    """`body` and `status` are what it answers; `requests` holds the bodies that came."""

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self.body = answered(VIRTUAL)
        self.status = 200
        self.requests: list[str] = []
        mock.add_callback(responses.POST, RPC, self._answer)

    def check(self, mode: str, *argv: str, password: str = PASSWORD, cache: str = "0") -> Answer:
        """The answer of `check_videoconf conductor MODE` about it; without a cache it is asked each time."""
        arguments = ["conductor", mode, "-H", "conductor.test", "--retries", "0", "--cache", cache, *argv]
        return kept(self._check(*arguments, CHECK_VIDEOCONF_PASSWORD=password))

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.requests.append(request.body.decode("utf-8", "surrogateescape"))
        return self.status, {"Content-Type": "text/xml"}, self.body
