"""A simulated Poly Trio."""

from __future__ import annotations

import threading

from . import trio_data
from .authentication import Authentication
from .messages import Answer, Request, encoded, html
from .server import System

_LARGEST_BODY = 20 * 1024


class Trio(System):
    """The REST API: the `data` of its endpoints in `data`, an error `Status` in `status`, both by path.

    Paths are below `/api/v1/`, those of version 2 begin with `v2/`. The phone takes one request at a time.
    """

    name = "trio"
    server_header = "Polycom SoundPoint IP Telephone HTTPd"
    common_name = trio_data.MAC_ADDRESS

    def __init__(self, phone: trio_data.Trio, authentication: Authentication, latency: float = 0.0) -> None:
        super().__init__(latency)
        self.data = trio_data.data(phone)
        self.status: dict[str, str] = {}
        self._authentication = authentication
        self._busy = threading.Lock()

    def serve(self, request: Request) -> Answer:
        if not self._busy.acquire(blocking=False):
            return Answer(403)
        try:
            return super().serve(request)
        finally:
            self._busy.release()

    def compute(self, request: Request) -> Answer:
        if not self._authentication.accepts(request):
            return self.error(401)
        if len(request.body) > _LARGEST_BODY:
            return Answer(413)
        key = _key(request.path)
        if key not in self.data and key not in self.status:
            return self.error(404)
        if request.method != "GET":
            return Answer(405, {"Allow": "GET"})
        status = self.status.get(key, "2000")
        return encoded({"data": self.data[key], "Status": status} if status == "2000" else {"Status": status})

    def error(self, status: int) -> Answer:
        if status == 401:
            return Answer(401, {"WWW-Authenticate": self._authentication.challenge()})
        if status == 500:
            return encoded({"Status": "5000"}, 500)
        if status == 404:
            return html(404)
        return Answer(status)

    def login_path(self) -> str:
        return "/login.htm"

    def keys(self, request: Request) -> list[str]:
        return [_key(request.path), request.path]


def _key(path: str) -> str:
    """A path as `data` names it; the path itself if it is not of the API."""
    for base, prefix in (("/api/v1/", ""), ("/api/v2/", "v2/")):
        if path.startswith(base):
            return prefix + path[len(base) :]
    return path
