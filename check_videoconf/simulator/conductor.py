"""A simulated Cisco TelePresence Conductor."""

from __future__ import annotations

import xmlrpc.client
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.parsers.expat import ExpatError
from xmlrpc.client import Fault

from . import conductor_data, conductor_tables
from .authentication import Basic, Credentials
from .conductor_data import Struct
from .messages import Answer, Request, encoded, html
from .server import System

_REST, _COST = "/api/external/", "/api/4.0/servicecost/"
_ERRORS = {
    404: ("100:404", "The requested URL was not found on the server."),
    500: ("60", "An internal error prevented further processing."),
    503: ("70", "The API is temporarily unavailable."),
    507: ("40", "The system has reached a limit, which prevented further processing."),
}


class Conductor(System):
    """XML-RPC with its answers in `structs`; REST with tables in `tables` by path below `/api/external/`, the rest of
    it in `documents` by path. `page_limit`: the most structs that an enumerate call returns at once, 0 for all.
    """

    name = "conductor"
    server_header = "Apache"
    common_name = "conductor.example.com"

    def __init__(
        self, data: conductor_data.Conductor, credentials: Credentials, page_limit: int = 0, latency: float = 0.0
    ) -> None:
        super().__init__(latency)
        self.structs: dict[str, Struct | Fault] = {**conductor_data.structs(data)}
        self.tables = conductor_tables.tables(data)
        self.documents = conductor_tables.documents()
        self.page_limit = page_limit
        self._credentials = credentials
        self._authentication = Basic(credentials, 'Basic realm="Administrator login"')

    def compute(self, request: Request) -> Answer:
        if request.path == "/RPC2":
            return self._call(request) if request.method == "POST" else Answer(405, {"Allow": "POST"})
        if request.method != "GET":
            return Answer(405, {"Allow": "GET"})
        if request.path == "/systemunit.xml":
            return _xml(_SYSTEM_UNIT)
        if request.path != "/status" and not self._authentication.accepts(request):
            return self.error(401)
        if request.path in self.documents:
            return encoded(self.documents[request.path])
        if request.path.startswith(_COST):
            return _worded(404, "10", "An object specified in the request cannot be found by the API.")
        peers = self.tables.get(request.path[len(_REST) :]) if request.path.startswith(_REST) else None
        if peers is None:
            return self.error(404)
        selected = _selected(peers, request.query)
        return _xml(_table_as_xml(selected)) if _wants_xml(request) else encoded(selected)

    def error(self, status: int) -> Answer:
        if status == 401:
            return Answer(401, {"WWW-Authenticate": self._authentication.challenge()})
        if status in _ERRORS:
            code, message = _ERRORS[status]
            return _worded(status, code, message)
        return html(status)

    def login_path(self) -> str:
        return "/login/"

    def keys(self, request: Request) -> list[str]:
        keys = [request.path.lstrip("/"), request.path]
        method = _parsed(request.body)[0] if request.path == "/RPC2" else None
        return keys if method is None else [method, *keys]

    def _call(self, request: Request) -> Answer:
        method, struct = _parsed(request.body)
        if method is None:
            return html(400)
        account = struct.get("authenticationUser"), struct.get("authenticationPassword")
        if account != (self._credentials.username, self._credentials.password):
            return response(Fault(14, "authorization failed"))
        answer = self.structs.get(method, Fault(1, "method not supported"))
        if isinstance(answer, Fault):
            return response(answer)
        if method == "participant.enumerate" and "factoryConferenceIds" in struct:
            wanted = struct["factoryConferenceIds"]
            chosen = [one for one in answer["participants"] if one["factoryConferenceId"] in wanted]
            answer = {**answer, "participants": chosen}
        return response(self._page(answer, struct) if method.endswith(".enumerate") else answer)

    def _page(self, answer: Struct, asked: Struct) -> Struct | Fault:
        """As much of an enumerate call's array as is sent at once; enumerateID says where the next page begins."""
        start, limit = str(asked.get("enumerateID", "0")), self.page_limit
        for member, rows in answer.items():
            if limit and isinstance(rows, list):
                if not start.isdecimal() or not 0 <= int(start) <= len(rows):
                    return Fault(16, "invalid enumerateID value")
                end = int(start) + limit
                following = {"enumerateID": str(end)} if end < len(rows) else {}
                return {**answer, member: rows[int(start) : end], **following}
        return answer


def response(answer: Struct | Fault) -> Answer:
    """An XML-RPC answer; a function in a struct stands for what it returns."""
    if isinstance(answer, Fault):
        return _xml(xmlrpc.client.dumps(answer, methodresponse=True))
    struct = {name: value() if callable(value) else value for name, value in answer.items()}
    return _xml(xmlrpc.client.dumps((struct,), methodresponse=True, allow_none=True))


def _parsed(body: bytes) -> tuple[str | None, Struct]:
    """The method and the struct of a call; no method if it is not one."""
    try:
        parameters, method = xmlrpc.client.loads(body)
    except (ExpatError, xmlrpc.client.Error, ValueError, TypeError):
        return None, {}
    struct: Any = parameters[0] if parameters else {}
    return method, struct if isinstance(struct, dict) else {}


def _selected(peers: list[Struct], query: dict[str, str]) -> list[Struct]:
    """The records of each peer, sorted and cut as the query asks."""
    selected = []
    wanted = query.get("peer")
    for peer in peers[:1] if wanted == "local" else peers:
        if wanted not in (None, "local", peer["peer"]):
            continue
        records = list(peer["records"])
        if query.get("sortBy"):
            records.sort(key=lambda one: str(one.get(query["sortBy"], "")))
            records = records[::-1] if query.get("sortdirection") == "descending" else records
        start = int(query.get("offset", 0))
        end = start + int(query["limit"]) if query.get("limit") else None
        selected.append({**peer, "records": records[start:end]})
    return selected


def _worded(status: int, code: str, message: str) -> Answer:
    return encoded({"details": {}, "error_code": code, "message": message}, status)


def _wants_xml(request: Request) -> bool:
    if "format" in request.query:
        return request.query["format"] == "xml"
    accepted = request.headers.get("Accept", "")
    return "xml" in accepted and "json" not in accepted


def _table_as_xml(peers: list[Struct]) -> str:
    """The guide says that there is XML and prints none; a null is an empty element."""
    root = Element("peers")
    for peer in peers:
        outer = SubElement(root, "peer")
        SubElement(outer, "peer").text = peer["peer"]
        SubElement(outer, "num_recs").text = str(peer["num_recs"])
        records = SubElement(outer, "records")
        for record in peer["records"]:
            inner = SubElement(records, "record")
            for name, value in record.items():
                SubElement(inner, name).text = "" if value is None else str(value)
    return tostring(root, encoding="unicode", xml_declaration=True)


def _xml(text: str) -> Answer:
    return Answer(200, {"Content-Type": "text/xml"}, text.encode())


_SYSTEM_UNIT = f"""<?xml version="1.0"?>
<SystemUnit>
  <Name>Simulated Conductor</Name>
  <Software>
    <Version>{conductor_data.VERSION}</Version>
  </Software>
</SystemUnit>
"""
