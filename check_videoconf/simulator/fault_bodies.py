"""What faults on demand make of a device's answer: broken encodings, other shapes, hostile values."""

from __future__ import annotations

import gzip
import json
import re
import xmlrpc.client
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .messages import Answer

_Rows = list[Any]
_RowsChange = Callable[[_Rows], _Rows]

_MIB = 1 << 20
_DEPTH = 100_000
# Private-use characters that stand for what json cannot be told to write.
_BROKEN_BYTES, _TOO_LARGE = "\ue000", "\ue001"
_ROWS = ("objects", "conferences", "participants")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What people type in, and so may hold anything; keys of all three products.
_FREE_TEXT = re.compile(
    "name|display_name|conference|details|instance|(source|destination|participant)_alias|vendor|(service_)?tag|"
    "system_location|hostname|description|maintenance_mode_reason|title|StateData|ModelNumber|Label|"
    "(display|conference|participant|RemoteParty)Name|serial"
)
_LONG = 8_000
_DANGEROUS = "$(reboot) `id` <b>&amp; %n ${HOME} \\"
_LARGEST_XML_RPC_INTEGER = 2**31


def with_body(answer: Answer, body: bytes | Iterable[bytes], **headers: str) -> Answer:
    """The answer with another body; an underscore in a header's name stands for a hyphen."""
    added = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(answer.status, {**answer.headers, **added}, body)


def is_xml(answer: Answer) -> bool:
    return "xml" in answer.headers.get("Content-Type", "")


def document(change: Callable[[Any], Any]) -> Callable[[Answer], Answer]:
    """Changes the JSON document or the XML-RPC value of an answer; an XML-RPC fault stays as it is."""

    def changed(answer: Answer) -> Answer:
        if not is_xml(answer):
            return with_body(answer, _json(change(json.loads(answer.payload))))
        try:
            (value,), _ = xmlrpc.client.loads(answer.payload, use_builtin_types=True)
        except (xmlrpc.client.Error, ValueError):  # A fault, or XML that is not XML-RPC.
            return answer
        # The first character that XML 1.0 forbids would end the parse before anything else is tried.
        text = xmlrpc.client.dumps((change(value),), methodresponse=True, allow_none=True).replace("\x1b", "")
        return with_body(answer, _encoded(text))

    return changed


def rows(change: _RowsChange) -> Callable[[Answer], Answer]:
    """Changes the rows of an answer, whichever product's; an object that holds no rows is a row itself."""
    return document(lambda value: _with_rows(value, change))


def _with_rows(value: Any, change: _RowsChange) -> Any:
    if isinstance(value, list) and not all("records" in peer for peer in value):
        return change(value)
    if isinstance(value, list):  # Conductor's peers
        return [{**peer, "records": change(peer["records"])} for peer in value]
    if "Status" in value and "data" in value:  # Trio
        data = value["data"]
        return {**value, "data": change(data) if isinstance(data, list) else change([data])[0]}
    lists = {name: change(value[name]) for name in _ROWS if isinstance(value.get(name), list)}
    return {**value, **lists} if lists else change([value])[0]


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return _encoded(text.replace(f'"{_TOO_LARGE}"', "1e999"))


def _encoded(text: str) -> bytes:
    return text.encode().replace(_BROKEN_BYTES.encode(), b"\xff\xfe")


def _leaves(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """The value with every leaf changed; `change` gets the leaf's nearest key too."""
    if isinstance(value, dict):
        return {name: _leaves(inner, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_leaves(inner, change, key) for inner in value]
    return change(key, value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number_as_text(_: str, value: Any) -> Any:
    if _is_number(value):
        return str(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
        return int(number) if "." not in value and abs(number) < _LARGEST_XML_RPC_INTEGER else number
    return value


def _other_type(_: str, value: Any) -> Any:
    if _is_number(value):
        return "many"
    return value if value is None else [value]


def _not_finite(key: str, value: Any) -> Any:
    text = ("NaN", "Infinity", "-Infinity", _TOO_LARGE)[zlib.crc32(f"{key}{value}".encode()) % 4]
    if _is_number(value):
        return text if text == _TOO_LARGE else float(text)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return "1e999" if text == _TOO_LARGE else text
    return value


def _hostile(key: str, value: Any) -> Any:
    if not isinstance(value, str) or not _FREE_TEXT.fullmatch(key):
        return value
    text = f"{value} | '1'=\"2\";\r\nOK\t\x1b[31mred\x1b[0m \u202etfel\u2066 a::b=c \u200b{_DANGEROUS}"
    return text.ljust(_LONG, "é") if zlib.crc32(value.encode()) % 3 == 0 else text


def _undecodable(rows: _Rows) -> _Rows:
    """Names that are not UTF-8; where there is no name, all text."""
    changed = [_leaves(row, lambda key, value: _broken(value) if _FREE_TEXT.fullmatch(key) else value) for row in rows]
    return changed if changed != rows else [_leaves(row, lambda _, value: _broken(value)) for row in rows]


def _broken(value: Any) -> Any:
    return value + _BROKEN_BYTES if isinstance(value, str) else value


def _each_leaf(change: Callable[[str, Any], Any]) -> _RowsChange:
    return lambda rows: [_leaves(row, change) for row in rows]


null_fields = rows(lambda rows: [dict.fromkeys(row) for row in rows])
missing_fields = rows(lambda rows: [{} for _ in rows])
not_objects = rows(lambda rows: [("row", 7, None, [])[index % 4] for index, _ in enumerate(rows)])
text_numbers = document(lambda value: _leaves(value, _number_as_text))
wrong_types = rows(_each_leaf(_other_type))
not_finite = rows(_each_leaf(_not_finite))
hostile_text = rows(_each_leaf(_hostile))
undecodable = rows(_undecodable)
other_shape = document(lambda value: {"result": value} if isinstance(value, list) else [value])


def cut(answer: Answer) -> Answer:
    return with_body(answer, answer.payload[: len(answer.payload) // 2])


def announced_longer(answer: Answer) -> Answer:
    return with_body(answer, answer.payload, Content_Length=str(len(answer.payload) + 1_000))


def nested(answer: Answer) -> Answer:
    if is_xml(answer):
        start, end = b"<value><array><data>", b"</data></array></value>"
        value = start * _DEPTH + end * _DEPTH
        return with_body(answer, b"<methodResponse><params><param>%b</param></params></methodResponse>" % value)
    return with_body(answer, b"[" * _DEPTH + b"]" * _DEPTH)


def endless(answer: Answer) -> Answer:
    def pieces() -> Iterator[bytes]:
        yield b'{"meta": {"limit": 20, "offset": 0, "total_count": 1, "next": null}, "objects": ["'
        for _ in range(72):
            yield b"x" * _MIB
        yield b'"]}'

    return with_body(answer, pieces())


def bomb(answer: Answer) -> Answer:
    return with_body(answer, _zeros(1_024), Content_Encoding="gzip")


def _zeros(mebibytes: int) -> Iterator[bytes]:
    """A gzip member of nothing but zeros. Each MiB is the same compressed block, made once."""
    block = bytes(_MIB)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    compressed = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    yield b"\x1f\x8b\x08" + bytes(7)
    for _ in range(mebibytes):
        checksum = zlib.crc32(block, checksum)
        yield compressed
    yield deflate.flush() + checksum.to_bytes(4, "little") + (mebibytes * _MIB).to_bytes(4, "little")


def not_gzip(answer: Answer) -> Answer:
    packed = gzip.compress(answer.payload)
    return with_body(answer, packed[:10] + packed[:9:-1], Content_Encoding="gzip")


def capitalised_tags(answer: Answer) -> Answer:
    types = rb"<(/?)(string|int|boolean|double|array|struct)\b"
    return with_body(answer, re.sub(types, lambda tag: b"<" + tag[1] + tag[2].capitalize(), answer.payload))


def _with_doctype(answer: Answer, subset: bytes) -> Answer:
    declaration, end, rest = answer.payload.partition(b"?>")
    root = re.search(rb"<(\w+)", rest)
    if not is_xml(answer) or root is None:
        return answer
    return with_body(answer, declaration + end + b"<!DOCTYPE %b %b>" % (root[1], subset) + rest)


def external_dtd(answer: Answer) -> Answer:
    return _with_doctype(answer, b'SYSTEM "/conductor.dtd"')


def entities(answer: Answer) -> Answer:
    """A billion laughs in place of the first text."""
    if not is_xml(answer):
        return answer
    laughs = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%b">' % (depth, b"&a%d;" % (depth - 1) * 10) for depth in range(1, 10)
    )
    laughing = re.sub(rb">[^<>\s][^<>]*<", b">&a9;<", answer.payload, count=1)
    return _with_doctype(with_body(answer, laughing), b"[%b]" % laughs)


def with_headers(headers: Mapping[str, str]) -> Callable[[Answer], Answer]:
    return lambda answer: Answer(answer.status, {**answer.headers, **headers}, answer.body)
