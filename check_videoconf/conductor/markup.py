"""XML read strictly: no DTD, no entities, no endless nesting, nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Callable
from xml.parsers import expat

_DEEPEST = 64
# White space and the mark of UTF-8, which some put in front; expat takes neither where a declaration follows.
_BEFORE = b" \t\r\n\xef\xbb\xbf"


class Refused(Exception):
    """XML that is none, is cut off, or holds what no answer needs: a DTD, entities, endless nesting."""


def read(
    body: bytes, start: Callable[[str], object], end: Callable[[str], object], text: Callable[[str], object]
) -> None:
    """Tells of each element's start, text and end in the order of the document. Raises Refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def enter(tag: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Refused("nested too deep")
        start(tag)

    def leave(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag)

    def refuse(*_: object) -> int:
        raise Refused("it holds a DTD or entities")

    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(_utf8(body), True)
    except expat.ExpatError as error:
        raise Refused(f"{expat.errors.messages[error.code]} in line {error.lineno}") from None


class Element:
    """An element: its name without namespace, the text directly in it, its children."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        self.children: list[Element] = []

    def walk(self) -> Iterator[Element]:
        """The element and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(body: bytes) -> Element:
    """The root element of a document. Raises Refused."""
    above = [Element("")]

    def start(tag: str) -> None:
        element = Element(tag.rpartition(":")[2])
        above[-1].children.append(element)
        above.append(element)

    def text(data: str) -> None:
        above[-1].text += data

    read(body, start, lambda _: above.pop(), text)
    return above[0].children[0]


def _utf8(body: bytes) -> bytes:
    """Bytes that expat will read: what is not UTF-8 becomes U+FFFD unless the document declares another encoding."""
    body = body.lstrip(_BEFORE)
    if body.isascii():
        return body
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w.-]+)", body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body
    return body.decode("utf-8", "replace").encode()
