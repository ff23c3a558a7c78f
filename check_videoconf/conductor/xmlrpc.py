"""XML-RPC answers to plain values: xmlrpc.client's unmarshalling, strict about XML and tolerant about the rest."""

from __future__ import annotations

import sys
import xmlrpc.client
from collections.abc import Collection
from typing import Any

from ..redact import is_secret
from .markup import Refused, read

__all__ = ["Refused", "parse"]

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
# What holds no text; where it does, that is kept for the reader of the field to judge.
_NO_TEXT = ("int", "i4", "i8", "double", "boolean")
#: The id of the next page of an enumerate call. One that nobody can read must not pass for none.
NEXT = "enumerateID"
# What tells that a call has failed is always wanted.
_OUTCOME = ("faultCode", "faultString", "status", "info")


def parse(body: bytes, wanted: Collection[str] | None = None) -> list[Any]:
    """An XML-RPC answer to its values, JSON-able. Raises Refused, xmlrpc.client.Fault, and the errors of unmarshalling.

    Tolerates type names in capitals, untyped values, <nil/>, dates without dashes (dates stay text), and numbers that
    are none (they stay text, but for the enumerateID). Members that are secrets (PINs come back in clear) and, if
    `wanted` is given, all others not in it never become values.
    """
    unmarshaller = _Unmarshaller(wanted)
    unmarshaller.xml("", None)  # expat hands out text, not bytes
    read(body, unmarshaller.enter, unmarshaller.leave, unmarshaller.read_text)
    return [_plain(value) for value in unmarshaller.close()]


class _Unmarshaller(xmlrpc.client.Unmarshaller):
    """xmlrpc.client's, fed by tags as the device writes them, without the members that nobody wants."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        super().__init__(use_datetime=False)
        self._wanted = wanted if wanted is None else frozenset((*wanted, *_OUTCOME))
        self._kept: dict[str, bool] = {}
        self._name: list[str] | None = None
        #: How many open elements, the member among them, are being left out.
        self._left_out = 0

    def enter(self, tag: str) -> None:
        tag = _TYPES.get(tag.lower(), tag)
        if self._left_out:
            self._left_out += 1
        elif tag == "name":
            self._name = []
        else:
            self.start(tag, {})

    def read_text(self, text: str) -> None:
        if self._name is not None:
            self._name.append(text)
        elif not self._left_out:
            self.data(text)

    def leave(self, tag: str) -> None:
        tag = _TYPES.get(tag.lower(), tag)
        if self._left_out:
            self._left_out -= 1
        elif tag == "name":
            self._named(sys.intern("".join(self._name or ())))
        else:
            self._end(tag)

    def _end(self, tag: str) -> None:
        try:
            self.end(tag)
        except (ValueError, TypeError):
            if tag not in _NO_TEXT or self._stack[-1:] == [NEXT]:
                raise
            self.append("".join(self._data))
            self._value = False  # what the value around it holds is had

    def _named(self, name: str) -> None:
        """The member's name is known: hands it on, or leaves out all of the member."""
        self._name = None
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = (self._wanted is None or name in self._wanted) and not is_secret(name)
        if kept:
            self.start("name", {})
            self.data(name)
            self.end("name")
        else:
            self._left_out = 1


def _plain(value: Any) -> Any:
    """Dates as text, binary data as nothing; containers are changed in place."""
    if isinstance(value, dict):
        for name, member in value.items():
            value[name] = _plain(member)
    elif isinstance(value, list):
        value[:] = map(_plain, value)
    elif isinstance(value, xmlrpc.client.DateTime):
        return value.value
    elif isinstance(value, xmlrpc.client.Binary):
        return None
    return value
