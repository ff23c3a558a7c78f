"""The REST APIs: one answer, as parsed JSON, or XML in the shape of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..answers import Answer, bare
from ..errors import DeviceError, NotXml
from ..redact import without_secrets
from ..text import shorten
from .markup import Refused, tree
from .rest_xml import leaves, objects, peers

if TYPE_CHECKING:
    from ..session import Session

# Error codes of this class only repeat the HTTP status.
_HTTP_ERRORS = "100"
# A member of an object that is plain text, without any escape, and what follows it.
_TEXT_MEMBER = re.compile(rb'[ \t\r\n]*"([ !#-\[\]-~]*)"[ \t\r\n]*:[ \t\r\n]*"[ !#-\[\]-~]*"[ \t\r\n]*([,}])')


class Rest:
    """Asks the REST APIs of one Conductor with Basic authentication. Nothing it returns holds a secret."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, path: str, keep: Collection[str] = (), *, nested: bool = False, **query: object) -> Any:
        """The JSON at a path; XML in the same shape: peers of a table, else an object of all the texts in it.

        keep: members that a cached answer holds although their names sound personal. nested: XML becomes an object of
        what is in its root, with objects in it. Raises VideoconfError, DeviceError for an error that the API words
        with a code of its own.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        return self.session.cached(target, lambda: self._ask(target, nested), keep)

    def count(self, path: str, kind: type[dict[str, Any]] | type[list[Any]]) -> int:
        """How many members an object or a list in JSON has: 100,000 need not be remembered for that."""
        counted: int = self.session.cached(f"number of {path}", lambda: self._counted(path, kind))
        return counted

    # -- one answer

    def _ask(self, target: str, nested: bool) -> Any:
        answer = self._answer(target)
        is_xml = answer.body.lstrip().startswith(b"<")
        found = self._from_xml(answer, nested) if is_xml else self._unworded(answer, answer.json())
        return without_secrets(found)

    def _counted(self, path: str, kind: type[dict[str, Any]] | type[list[Any]]) -> int:
        answer = self._answer(path)
        counted = _text_members(answer.body) if kind is dict else 0
        if counted:
            return counted
        found = self._unworded(answer, answer.json())
        if not isinstance(found, kind):
            raise self.session.device.wrong_shape(path, "no object" if kind is dict else "no list")
        return len(found)

    def _answer(self, target: str) -> Answer:
        answer = self.session.request("GET", target, any_status=True)
        self._refuse_errors(answer)
        answer.refuse_what_is_no_data()
        return answer

    def _unworded(self, answer: Answer, found: Any) -> Any:
        """What was found, unless it is an error in the API's own words."""
        if isinstance(found, dict) and "error_code" in found:
            raise self._worded(answer, found)
        return found

    def _refuse_errors(self, answer: Answer) -> None:
        """Raises the error that a status other than 2xx is: in the API's own words where they say more than it."""
        if 400 <= answer.status < 500:
            try:
                said = json.loads(answer.body)
            except (ValueError, RecursionError):
                said = None
            if isinstance(said, dict) and str(said.get("error_code", _HTTP_ERRORS)).split(":")[0] != _HTTP_ERRORS:
                raise self._worded(answer, said)
        answer.raise_for_status()

    def _worded(self, answer: Answer, said: Mapping[str, Any]) -> DeviceError:
        reason = f"error {said.get('error_code')}: {said.get('message', 'no message')}"
        return DeviceError(address=answer.device.address, path=bare(answer.path), reason=shorten(reason, 300))

    def _from_xml(self, answer: Answer, nested: bool) -> Any:
        try:
            root = tree(answer.body)
        except Refused as refused:
            raise NotXml(address=answer.device.address, path=bare(answer.path), reason=str(refused)) from None
        if root.name.lower() == "html":
            raise answer.device.wrong_shape(answer.path, "it is a web page")
        texts = self._unworded(answer, peers(root) or leaves(root))
        return objects(root) if nested and isinstance(texts, dict) else texts


def _text_members(body: bytes) -> int:
    """How many members a JSON object of plain texts has, one name counting once, without keeping them; 0 for anything
    else, and for an error in the API's words: that wants to be parsed."""
    names: set[int] = set()
    start = re.match(rb"[ \t\r\n]*{", body)
    place = start.end() if start else len(body)
    while (member := _TEXT_MEMBER.match(body, place)) and member[1] != b"error_code":
        names.add(hash(member[1]))
        place = member.end()
        if member[2] == b"}":
            return 0 if body[place:].strip(b" \t\r\n") else len(names)
    return 0
