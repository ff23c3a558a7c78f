"""A Conductor played by `responses`: any method, any table, any document."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from typing import Any, Union
from urllib.parse import parse_qsl, unquote, urlsplit

import responses

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept

Struct = dict[str, Any]
#: What a method answers: a struct or an empty array, a fault, or XML as it stands; a list is used up one by one.
Said = Union[Struct, xmlrpc.client.Fault, str, list[Any]]
Reply = tuple[int, dict[str, str], str]

PEER = "192.0.2.50"
TABLES = "/api/external/"
#: 2026-03-02 08:57:29 UTC
NOW = 1772441849.0


def peer(*records: Struct, address: str = PEER, total: object = None) -> Struct:
    """One peer's part of a table."""
    return {"peer": address, "num_recs": len(records) if total is None else total, "records": list(records)}


#: The table that `conductor network` reads.
INTERFACES = "status/networkinterface"


def interfaces(*numbers: int) -> list[Struct]:
    """Its records."""
    return [{"uuid": f"u{n}", "name": f"LAN{n}", "state": "up"} for n in numbers]


def lost(address: str) -> Struct:
    """A peer whose records could not be computed."""
    return peer(address=address, total=-1)


class Box:
    """methods: by name. tables: peers by path below /api/external/. documents: JSON, text or a status, or what
    returns one, by path.

    asked: the methods and paths that came. page_limit: the most records of a peer that it sends at once.
    """

    def __init__(self, check: Run, mock: responses.RequestsMock) -> None:
        self._check = check
        self.methods: dict[str, Said] = {}
        self.tables: dict[str, list[Struct]] = {}
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []
        self.structs: list[Struct] = []
        self.page_limit = 100_000
        mock.add_callback(responses.POST, "https://conductor.test:443/RPC2", self._call)
        mock.add_callback(responses.GET, re.compile(r"https://conductor\.test:443/.*"), self._get)

    def check(self, mode: str, *argv: str) -> Answer:
        """The answer of `check_videoconf conductor MODE` about it."""
        arguments = ["conductor", mode, "-H", "conductor.test", "--retries", "0", *argv]
        return kept(self._check(*arguments, CHECK_VIDEOCONF_PASSWORD=PASSWORD))

    def has(self, member: str, *structs: Struct) -> None:
        """These `participants` or `conferences`, and no other."""
        self.methods[f"{member[:-1]}.enumerate"] = {member: list(structs)}

    def _call(self, request: Any) -> Reply:
        (struct,), method = xmlrpc.client.loads(request.body)
        assert isinstance(struct, dict)
        self.asked.append(str(method))
        self.structs.append({name: value for name, value in struct.items() if not name.startswith("auth")})
        said = self.methods.get(str(method), xmlrpc.client.Fault(1, "method not supported"))
        if isinstance(said, list) and said:
            said = said.pop(0)
        if isinstance(said, str):
            return 200, {"Content-Type": "text/xml"}, said
        answer = said if isinstance(said, xmlrpc.client.Fault) else (said,)
        return 200, {"Content-Type": "text/xml"}, xmlrpc.client.dumps(answer, methodresponse=True, allow_none=True)

    def _get(self, request: Any) -> Reply:
        split = urlsplit(request.url)
        path = unquote(split.path)
        self.asked.append(f"{path}?{split.query}" if split.query else path)
        document = self.documents.get(path)
        if callable(document):
            document = document()
        if isinstance(document, int):
            return document, {}, ""
        if isinstance(document, tuple):
            status, content = document
            return status, {"Content-Type": "application/json"}, json.dumps(content)
        if document is not None:
            text = document if isinstance(document, str) else json.dumps(document)
            return 200, {}, text
        if path[len(TABLES) :] not in self.tables:
            words = {"details": {}, "error_code": "100:404", "message": "The requested URL was not found."}
            return 404, {}, json.dumps(words)
        query = dict(parse_qsl(split.query))
        start = int(query["offset"])
        end = start + min(int(query["limit"]), self.page_limit)
        peers = self.tables[path[len(TABLES) :]]
        return 200, {}, json.dumps([{**part, "records": part["records"][start:end]} for part in peers])
