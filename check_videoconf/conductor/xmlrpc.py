"""XML-RPC answers to plain values: xmlrpc.client's unmarshalling, strict about XML and tolerant about the rest."""

from __future__ import annotations

import re
import xmlrpc.client
from typing import Any
from xml.parsers import expat

_DEEPEST = 64

# The vendor's guide prints type names with a capital; xmlrpc.client knows them only as the standard has them.
_TYPES = {
    name.lower(): name
    for name in (
        "int",
        "i4",
        "i8",
        "boolean",
        "string",
        "double",
        "dateTime.iso8601",
        "base64",
        "array",
        "struct",
        "nil",
    )
}
_STRUCTURE = ("data", "value", "member", "name", "methodResponse", "params", "param", "fault")
_TYPES.update({name.lower(): name for name in _STRUCTURE})


class Refused(Exception):
    """XML that is none, is cut off, or holds what no answer needs: a DTD, entities, endless nesting."""


def parse(body: bytes) -> list[Any]:
    """An XML-RPC answer to its values, JSON-able. Raises Refused, xmlrpc.client.Fault, and the errors of unmarshalling.

    Tolerates type names in capitals, untyped values, <nil/> and dates without dashes (dates stay text).
    """
    unmarshaller = xmlrpc.client.Unmarshaller(use_datetime=False)
    unmarshaller.xml("", None)  # expat hands out text, not bytes
    parser = expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Refused("nested too deep")
        unmarshaller.start(_known(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        unmarshaller.end(_known(tag))

    def refuse(*_: object) -> int:
        raise Refused("it holds a DTD or entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = unmarshaller.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(_utf8(body), True)
    except expat.ExpatError as error:
        raise Refused(f"{expat.errors.messages[error.code]} in line {error.lineno}") from None
    return [_plain(value) for value in unmarshaller.close()]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return (
        value.value
        if isinstance(value, xmlrpc.client.DateTime)
        else None
        if isinstance(value, xmlrpc.client.Binary)
        else value
    )


def _known(tag: str) -> str:
    return _TYPES.get(tag.lower(), tag)


def _utf8(body: bytes) -> bytes:
    """Bytes that expat will read: what is not UTF-8 becomes U+FFFD unless the document declares another encoding."""
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w.-]+)", body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body
    return body.decode("utf-8", "replace").encode()
