"""The faults on demand, each by name: `Simulator(fault=NAME)`, `check_videoconf simulate --fault NAME`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Union

from . import fault_bodies as bodies
from . import wire
from .failure import Failure, Page, Wrong, honest_page
from .messages import Answer, Request, SimulatorError, html
from .server import System
from .wire import HungUpError, Line

_Body = Union[bytes, Iterable[bytes]]

_OVERLAP = 10
_ENDLESS = 1_000_000
_MOVED = b"<html><head><title>Moved</title></head><body>The document has moved.</body></html>"
_LOGIN_PAGE = b'<html><head><title>Login</title></head><body><form action="/login/"></form></body></html>'


def _close(_: Line, head: bytes, body: _Body) -> None:
    raise HungUpError


def _reset(line: Line, head: bytes, body: _Body) -> None:
    line.reset()


def _hang(line: Line, head: bytes, body: _Body) -> None:
    line.hang()


def _drip_head(line: Line, head: bytes, body: _Body) -> None:
    _drip(line, head)
    wire.send(line, b"", body)


def _drip_body(line: Line, head: bytes, body: _Body) -> None:
    line.send(head)
    _drip(line, body if isinstance(body, bytes) else b"".join(wire.chunks(body)))


def _drip(line: Line, data: bytes) -> None:
    for byte in data:
        line.send(bytes([byte]))
        line.pause(1)


def _say_garbage(line: Line) -> None:
    line.receive()
    line.send(b"220 smtp.example.com ESMTP\r\n")
    raise HungUpError


def _status(status: int, retry_after: str = "", once: bool = False) -> Callable[[System, Request], Answer | None]:
    def instead(system: System, request: Request) -> Answer | None:
        if once and system.requests[0] is not request:
            return None
        answer = system.error(status)
        extra = {"Retry-After": retry_after} if retry_after else {}
        return Answer(status, {**answer.headers, **extra}, answer.body)

    return instead


def _to_login(system: System, request: Request) -> Answer:
    return Answer(302, {"Location": f"{system.login_path()}?next={request.path}"}, _MOVED)


def _elsewhere(system: System, request: Request) -> Answer:
    return Answer(301, {"Location": f"{system.elsewhere}/elsewhere{request.path}"}, _MOVED)


def _login_page(_: System, request: Request) -> Answer:
    return Answer(200, {"Content-Type": "text/html"}, _LOGIN_PAGE)


def _overlapping(rows: list[Any], limit: int, offset: int) -> Page:
    page = honest_page(rows, limit, offset)
    return Page(rows[max(0, offset - _OVERLAP) : offset] + page.rows, offset, page.total, page.more)


def _repeated(rows: list[Any], limit: int, _: int) -> Page:
    return Page(rows[: limit or None], 0, _ENDLESS, more=True)


def _unending(rows: list[Any], limit: int, offset: int) -> Page:
    """Rows over and over, each time with ids of their own."""
    limit = limit or len(rows)
    fresh = [_renamed(rows[n % len(rows)], n) if rows else {"id": n} for n in range(offset, offset + limit)]
    return Page(fresh, offset, offset + 2 * limit + 1, more=True)


def _renamed(row: Any, number: int) -> Any:
    return {**row, "id": f"{number}", "resource_uri": f"/api/admin/status/v1/simulated/{number}/"}


def _empty_after_first(rows: list[Any], limit: int, offset: int) -> Page:
    first = rows[: limit or None] if offset == 0 else []
    return Page(first, offset, len(rows) + 3 * max(limit, 1), more=True)


def _body(text: bytes) -> Callable[[Answer], Answer]:
    return lambda answer: bodies.with_body(answer, text)


_TABLE = (
    Failure("close-before-answer", "closes the connection when the request has arrived", sending=_close),
    Failure("reset", "resets the connection when the request has arrived", sending=_reset),
    Failure("no-answer", "takes the request and never answers", sending=_hang),
    Failure("tls-garbage", "speaks plain text where TLS is expected", opening=_say_garbage),
    Failure("tls-hang", "never completes the TLS handshake", opening=Line.hang),
    Failure("certificate-expired", "the certificate has expired", wrong=Wrong(expired=True)),
    Failure("certificate-wrong-name", "the certificate is for another name", wrong=Wrong(name=True)),
    Failure("certificate-unknown-issuer", "the certificate is not of the given CA", wrong=Wrong(issuer=True)),
    Failure("tls-1.0-only", "offers TLS 1.0 and nothing newer", wrong=Wrong(tls_1_0_only=True)),
    Failure("slow-drip", "sends the body one byte a second", sending=_drip_body),
    Failure("slow-headers", "sends the header one byte a second", sending=_drip_head),
    Failure("keepalive-drop", "closes after each answer without a word", sending=wire.send_and_close),
    Failure("http-401", "refuses the credentials", instead=_status(401)),
    Failure("http-403", "forbids the account everything", instead=_status(403)),
    Failure("http-404", "has no such resource; on a Trio: the REST API is switched off", instead=_status(404)),
    Failure("http-429", "too many requests, to be tried again in 42 s", instead=_status(429, "42")),
    Failure(
        "http-429-once",
        "the same for the first request, to be tried at once",
        instead=_status(429, "0", True),
    ),
    Failure("http-500", "fails with the product's own message", instead=_status(500)),
    Failure("http-502", "a proxy in front finds no device", instead=_status(502)),
    Failure("http-503", "is busy or restarting", instead=_status(503)),
    Failure("http-503-once", "the same for the first request", instead=_status(503, "0", True)),
    Failure("http-507-json", "has reached a limit", systems=("conductor",), instead=_status(507)),
    Failure("redirect-login", "redirects to its login page", instead=_to_login),
    Failure("redirect-elsewhere", "redirects to another server", instead=_elsewhere, trap=True),
    Failure("login-page-200", "answers with its login page and status 200", instead=_login_page),
    Failure("empty-body", "status 200 and nothing else", change=_body(b"")),
    Failure("not-json", "plain words instead of JSON or XML", change=_body(b"Starting. Please wait.\n")),
    Failure(
        "truncated",
        "announces a longer body than it sends",
        change=bodies.announced_longer,
        sending=wire.send_and_close,
    ),
    Failure("truncated-body", "half a document, as if it were whole", change=bodies.cut),
    Failure("wrong-shape", "a list for an object, an object for a list", change=bodies.other_shape),
    Failure("rows-not-objects", "rows that are text, numbers, null and lists", change=bodies.not_objects),
    Failure("null-fields", "every field of every row is null", change=bodies.null_fields),
    Failure("missing-fields", "rows without a field", change=bodies.missing_fields),
    Failure("text-numbers", "numbers as text, and text that is a number as number", change=bodies.text_numbers),
    Failure("wrong-types", "text for numbers, lists for text", change=bodies.wrong_types),
    Failure("nan-json", "NaN, Infinity and 1e999 for numbers", change=bodies.not_finite),
    Failure("hostile-text", "names with |, quotes, newlines, terminal escapes, 8 kB", change=bodies.hostile_text),
    Failure("invalid-utf8", "names that are not UTF-8", change=bodies.undecodable),
    Failure("deep-json", "100,000 nested lists, in XML too", change=bodies.nested),
    Failure("huge-body", "72 MiB, streamed", change=bodies.endless),
    Failure("gzip-bomb", "1 MiB that inflates to 1 GiB", change=bodies.bomb),
    Failure("bad-gzip", "claims gzip and is damaged", change=bodies.not_gzip),
    Failure("huge-header", "a header line of 1 MiB", change=bodies.with_headers({"X-Padding": "x" * (1 << 20)})),
    Failure(
        "many-headers",
        "10,000 header lines",
        change=bodies.with_headers({f"X-Padding-{n}": "x" for n in range(10_000)}),
    ),
    Failure("xml-dtd", "XML with an external DTD", systems=("conductor",), change=bodies.external_dtd),
    Failure("xml-entities", "XML entities that grow to gigabytes", systems=("conductor",), change=bodies.entities),
    Failure(
        "xml-capitalised-tags",
        "<String> for <string>, as the guide prints it",
        systems=("conductor",),
        change=bodies.capitalised_tags,
    ),
    Failure("pages-overlap", "each page repeats the last 10 rows before it", systems=("pexip",), page=_overlapping),
    Failure("pages-repeat", "the first page for ever, whatever the offset", systems=("pexip",), page=_repeated),
    Failure("pages-never-end", "there is always a next page, with new rows", systems=("pexip",), page=_unending),
    Failure(
        "page-empty",
        "pages after the first are empty and promise more",
        systems=("pexip",),
        page=_empty_after_first,
    ),
)

FAULTS = {failure.name: failure for failure in _TABLE}


class Trap(System):
    """Where `redirect-elsewhere` leads. Its `requests` tell whether credentials were brought along."""

    name = "trap"
    server_header = "trap"
    common_name = "trap.example.com"

    def compute(self, request: Request) -> Answer:
        return html(200, "Elsewhere")

    def error(self, status: int) -> Answer:
        return html(status, "Elsewhere")

    def login_path(self) -> str:
        return "/"

    def keys(self, request: Request) -> list[str]:
        return [request.path]


def find(name: str, systems: Iterable[str], tls: bool) -> Failure:
    """The fault of that name, if it can be shown by one of the systems; else SimulatorError."""
    failure = FAULTS.get(name)
    if failure is None:
        raise SimulatorError(f"no such fault: {name}; --list-faults names them all")
    if failure.needs_tls and not tls:
        raise SimulatorError(f"the fault {name} needs TLS")
    if not set(failure.systems) & set(systems):
        raise SimulatorError(f"the fault {name} is one of {', '.join(failure.systems)}, not simulated here")
    return failure
