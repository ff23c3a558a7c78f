"""A simulated Pexip Infinity Management Node."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from . import (
    pexip_bursting,
    pexip_calls,
    pexip_commands,
    pexip_configuration,
    pexip_connectors,
    pexip_history,
    pexip_platform,
    pexip_services,
    pexip_status,
    tastypie,
)
from .authentication import Basic, Credentials
from .messages import Answer, Request, encoded, html
from .oauth2 import PATH, OAuth2
from .pexip_deployment import Deployment, utc_now
from .pexip_tables import PREFIX, Tables
from .server import System

RESOURCES = (
    *pexip_status.RESOURCES,
    *pexip_calls.RESOURCES,
    *pexip_bursting.RESOURCES,
    *pexip_connectors.RESOURCES,
    *pexip_configuration.RESOURCES,
    *pexip_platform.RESOURCES,
    *pexip_services.RESOURCES,
    *pexip_history.RESOURCES,
)
# What a deployment that is well keeps fresh, by the minute.
_FRESH = frozenset(
    (
        "heartbeat_time",
        "last_attempted_contact",
        "last_contact_time",
        "last_modified_time",
        "last_reported",
        "last_updated",
    )
)


class Pexip(System):
    """The Management API; `tables` holds its rows by path below `/api/admin/`, to be edited at will."""

    name = "pexip"
    server_header = "nginx"
    common_name = "manager.example.com"

    def __init__(
        self, deployment: Deployment, credentials: Credentials, page_limit: int | None, latency: float = 0.0
    ) -> None:
        super().__init__(latency)
        self.tables = Tables(deployment, RESOURCES)
        self._started = deployment.started
        self.calls = pexip_commands.Calls(deployment, self.tables, self.stopping)
        """Calls that were placed by the command API."""
        self._page_limit = page_limit
        self.oauth2: OAuth2 | None = None
        """Where to get the token that is then asked for in place of the account."""
        self._authentication = Basic(credentials, 'Basic Realm="django-tastypie"')

    def compute(self, request: Request) -> Answer:
        if self.oauth2 and request.path == PATH:
            return self.oauth2.token(request)
        if not (self.oauth2 or self._authentication).accepts(request):
            return self.error(401)
        if not request.path.startswith(PREFIX):
            return self.error(404)
        path = request.path.removeprefix(PREFIX)
        if not path.endswith("/"):
            return self._with_slash(request)
        if path in pexip_commands.PATHS:
            return self.calls.command(path, request) if request.method == "POST" else self.error(405)
        self.calls.asked(path)
        if path in self.tables or self.tables.child(path):
            return self._list(path, request) if request.method == "GET" else self.error(405)
        table, _, identity = path.rstrip("/").rpartition("/")
        if f"{table}/" not in self.tables:
            return self.error(404)
        if request.method != "GET":
            return self.error(405)
        row = self.tables.row(f"{table}/", identity) or self.calls.ended(table, identity)
        return Answer(404) if row is None else encoded(*self._fresh([row]))

    def error(self, status: int) -> Answer:
        if status == 401:
            return Answer(401, {"WWW-Authenticate": self._authentication.challenge()})
        if status == 405:
            return Answer(405, {"Allow": "GET"})
        if status == 500:
            message = "Sorry, this request could not be processed. Please try again later."
            return encoded({"error_message": message}, 500)
        if status in (404, 502, 503):
            return html(status, "Page not found" if status == 404 else "")
        return Answer(status)

    def login_path(self) -> str:
        return "/accounts/login/"

    def keys(self, request: Request) -> list[str]:
        return [request.path.removeprefix(PREFIX), request.path]

    def _list(self, path: str, request: Request) -> Answer:
        try:
            rows = self.tables[path]
        except KeyError:  # Below a row that there is not.
            return Answer(404)
        child = self.tables.child(path)
        if child is not None and child.single:
            return encoded(rows[0]) if rows else Answer(404)
        try:
            limit, offset = tastypie.bounds(request.query, self._page_limit)
            selected = tastypie.select(rows, request.query, self.tables.fields(path))
        except tastypie.BadRequestError as error:
            return encoded({"error": str(error)}, 400)
        page = self.failure.page(self._fresh(selected), limit, offset)
        return encoded(tastypie.envelope(page, limit, request.path, request.query))

    def _fresh(self, rows: Iterable[Any]) -> list[Any]:
        """The rows as they are now: while the simulator runs, nodes go on reporting."""
        passed = timedelta(minutes=(utc_now() - self._started) // timedelta(minutes=1))
        return [self._moved(row, passed) for row in rows] if passed else list(rows)

    def _moved(self, row: Any, passed: timedelta) -> Any:
        times = {name: row[name] for name in _FRESH & row.keys() if row[name]} if isinstance(row, dict) else {}
        if not times:
            return row
        return {**row, **{name: (datetime.fromisoformat(time) + passed).isoformat() for name, time in times.items()}}

    def _with_slash(self, request: Request) -> Answer:
        path, question, query = request.target.partition("?")
        return Answer(301, {"Location": f"{path}/{question}{query}"})
