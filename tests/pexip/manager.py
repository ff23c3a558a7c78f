"""A Management Node played by `responses`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import responses

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept
from .rows import Row

_API = "/api/admin/"
Reply = tuple[int, dict[str, str], str]


def envelope(rows: list[Row], total: object, *, offset: int = 0, limit: int = 1000, more: bool = False) -> str:
    """The document around one page of rows."""
    following = f"{_API}status/v1/any/?limit={limit}&offset={offset + limit}" if more else None
    meta = {"limit": limit, "next": following, "offset": offset, "previous": None, "total_count": total}
    return json.dumps({"meta": meta, "objects": rows})


class Manager:
    """`tables` holds its rows by path below /api/admin/; `answers` what else a path is answered with: text or status.

    pages: a body by offset, where the server does not page as it should. requests: path and query of each that came.
    page_limit: the most rows it sends, whatever is asked for.
    """

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self.tables: dict[str, list[Row]] = {}
        self.answers: dict[str, str | int | list[str | int]] = {}
        self.pages: dict[str, Callable[[int], str]] = {}
        self.requests: list[str] = []
        self.page_limit = 10_000
        mock.add_callback(responses.GET, re.compile(r"https://manager\.test:443/.*"), self._answer)

    def check(self, mode: str, *argv: str) -> Answer:
        """The answer of `check_videoconf pexip MODE` about this node."""
        arguments = ["pexip", mode, "-H", "manager.test", "--retries", "0", *argv]
        return kept(self._check(*arguments, CHECK_VIDEOCONF_PASSWORD=PASSWORD))

    def limited(self, mode: str, threshold: str, inside: str, outside: str, *argv: str) -> Answer:
        """The answer about a counter outside a range; inside it, it was OK."""
        assert self.check(mode, *argv, threshold, inside).code == 0
        return self.check(mode, *argv, f"{threshold}={outside}")

    def _answer(self, request: Any) -> Reply:
        split = urlsplit(request.url)
        path = split.path[len(_API) :]
        self.requests.append(f"{path}?{split.query}" if split.query else path)
        prepared = self.answers.get(path)
        if isinstance(prepared, list):
            prepared = prepared.pop(0)
        if isinstance(prepared, int):
            return prepared, {}, ""
        if prepared is not None:
            return 200, {"Content-Type": "application/json"}, prepared
        query = dict(parse_qsl(split.query))
        if path in self.pages:
            return 200, {}, self.pages[path](int(query["offset"]))
        if path not in self.tables:
            return 404, {}, "<html>Page not found</html>"
        limit, offset = min(int(query["limit"]), self.page_limit), int(query["offset"])
        rows = self.tables[path]
        page = rows[offset : offset + limit]
        more = offset + limit < len(rows)
        return 200, {}, envelope(page, len(rows), offset=offset, limit=limit, more=more)
