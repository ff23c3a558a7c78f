"""What -vv and -vvv tell of each request, without secrets."""

from __future__ import annotations

from collections.abc import Mapping

from .answers import Answer
from .redact import Redactor
from .text import shorten

_BODY = 4000
_HEADER = 200
# A body is looked through for secrets no further than this; it is shown much shorter.
_LOOKED_AT = 64 * 1024


class Trace:
    """Lines for the long output. verbose: below 2 there are none, with 3 headers and bodies are in them."""

    def __init__(self, verbose: int, redactor: Redactor) -> None:
        self.lines: list[str] = []
        self._verbose = verbose
        self._redactor = redactor

    def note(self, text: str) -> None:
        """A line of its own."""
        if self._verbose > 1:
            self.lines.append(text)

    def sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> None:
        """A request that is about to be sent."""
        if self._verbose > 2:
            self.lines.append(f"> {method} {path}")
            self._headers(">", headers)
            self._body(">", body)

    def answered(self, method: str, answer: Answer, seconds: float) -> None:
        """What a request was answered with."""
        size = len(answer.body)
        self.note(f"{method} {answer.path}: HTTP {answer.status}, {size} bytes, {seconds * 1000:.0f} ms")
        if self._verbose > 2:
            self._headers("<", answer.headers)
            self._body("<", answer.body)

    def failed(self, method: str, path: str, error: BaseException, seconds: float) -> None:
        """A request that got no answer."""
        self.note(f"{method} {path}: no answer after {seconds * 1000:.0f} ms: {error}")

    def _headers(self, mark: str, headers: Mapping[str, str]) -> None:
        self.lines += [
            f"{mark} {name}: {shorten(self._redactor.header(name, value), _HEADER)}" for name, value in headers.items()
        ]

    def _body(self, mark: str, body: bytes | None) -> None:
        if body:
            text = self._redactor.body(body[:_LOOKED_AT].decode("utf-8", "replace"))
            self.lines.append(f"{mark} {shorten(text, _BODY)}")
