"""What a simulated device is asked and what it answers."""

from __future__ import annotations

import json
from collections import UserDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus


class SimulatorError(Exception):
    """The simulator cannot be started as asked; the text says why, for a person."""


class Headers(UserDict[str, str]):
    """Header fields by name, in any case."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name.lower(), value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived; `path` is decoded and without the query, `target` is as sent."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    target: str = ""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. A body that is not bytes is sent chunked, piece by piece."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""

    @property
    def payload(self) -> bytes:
        """The whole body in one piece."""
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)

    def head(self, extra: Mapping[str, str]) -> bytes:
        """The status line and the header, `extra` being fields that the answer does not set itself."""
        own = {name.lower() for name in self.headers}
        fields = {**{n: v for n, v in extra.items() if n.lower() not in own}, **self.headers}
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}", *(f"{n}: {v}" for n, v in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


Canned = Answer


def encoded(document: object, status: int = 200) -> Answer:
    """A JSON answer; a function in the document stands for what it returns."""
    body = json.dumps(document, ensure_ascii=False, default=lambda value: value())
    return Answer(status, {"Content-Type": "application/json"}, body.encode())


def html(status: int, title: str = "") -> Answer:
    """A small HTML page, as web servers send it for an error."""
    title = title or f"{status} {_reason(status)}"
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, {"Content-Type": "text/html"}, body.encode())


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
