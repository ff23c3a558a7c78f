"""Filters, order and pages as django-tastypie does them, the framework under Pexip's API."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Union
from urllib.parse import urlencode

from .failure import Page

Row = dict[str, Any]
_Comparable = Union[bool, float, str, datetime]

_PAGING = ("limit", "offset", "order_by", "format")
_DEFAULT_LIMIT = 20


class BadRequestError(Exception):
    """A parameter that the API refuses; the text is its `error`."""


def select(rows: list[Row], query: dict[str, str], fields: Collection[str]) -> list[Row]:
    """The rows that match the filters of the query, in the order it asks for."""
    for parameter, value in query.items():
        if parameter not in _PAGING:
            rows = _filtered(rows, parameter, value, fields)
    return _ordered(rows, query["order_by"], fields) if query.get("order_by") else rows


def bounds(query: dict[str, str], page_limit: int | None) -> tuple[int, int]:
    """Limit and offset, the limit capped at `page_limit`; a limit of 0 is all."""
    limit = _count(query, "limit", _DEFAULT_LIMIT, "Please provide a positive integer.")
    offset = _count(query, "offset", 0, "Please provide an integer.")
    if page_limit is not None and (limit == 0 or limit > page_limit):
        limit = page_limit
    return limit, offset


def envelope(page: Page, limit: int, path: str, query: dict[str, str]) -> dict[str, Any]:
    """The document around one page of rows. With a limit of 0 it names no neighbours, as in tastypie."""
    meta: dict[str, Any] = {"limit": limit, "offset": page.offset, "total_count": page.total}
    if limit:
        before = page.offset - limit
        meta["next"] = _uri(path, query, limit, page.offset + limit) if page.more else None
        meta["previous"] = _uri(path, query, limit, before) if before >= 0 else None
    return {"meta": dict(sorted(meta.items())), "objects": page.rows}


def _uri(path: str, query: dict[str, str], limit: int, offset: int) -> str:
    return f"{path}?{urlencode({**query, 'limit': limit, 'offset': offset})}"


def _count(query: dict[str, str], name: str, default: int, wanted: str) -> int:
    text = query.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise BadRequestError(f"Invalid {name} '{text}' provided. {wanted}") from None
    if number < 0:
        raise BadRequestError(f"Invalid {name} '{text}' provided. Please provide a positive integer >= 0.")
    return number


def _ordered(rows: list[Row], order: str, fields: Collection[str]) -> list[Row]:
    name = order.lstrip("-")
    if not _known(name, rows, fields):
        raise BadRequestError(f"No matching '{name}' field for ordering on.")
    return sorted(rows, key=lambda row: _rank(row.get(name)), reverse=order.startswith("-"))


def _rank(value: object) -> tuple[int, float, str]:
    """A key that sorts null first, then numbers, then text."""
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, (bool, int, float)):
        return 1, float(value), ""
    return 2, 0.0, str(value)


def _filtered(rows: list[Row], parameter: str, value: str, fields: Collection[str]) -> list[Row]:
    name, _, operator = parameter.partition("__")
    match = _MATCHERS.get(operator or "exact")
    if match is None or not _known(name, rows, fields):
        raise BadRequestError(f"The '{name}' field does not allow filtering.")
    if "regex" in operator:
        try:
            re.compile(value)
        except re.error:
            raise BadRequestError(f"Invalid resource lookup data provided ({parameter}).") from None
    return [row for row in rows if match(row.get(name), value)]


def _known(name: str, rows: list[Row], fields: Collection[str]) -> bool:
    return name in fields or any(name in row for row in rows)


def _pair(value: object, wanted: str) -> tuple[_Comparable, _Comparable] | None:
    """A field's value and the text of a filter, both of the value's type; None if that makes no sense."""
    try:
        if isinstance(value, bool):
            return value, {"true": True, "1": True, "false": False, "0": False}[wanted.lower()]
        if isinstance(value, (int, float)):
            return float(value), float(wanted)
    except (KeyError, ValueError):
        return None
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value), datetime.fromisoformat(wanted.rstrip("Z"))
    except ValueError:
        return value, wanted


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[[object, str], bool]:
    def match(value: object, wanted: str) -> bool:
        pair = _pair(value, wanted)
        return pair is not None and compare(*pair)

    return match


def _text(compare: Callable[[str, str], bool]) -> Callable[[object, str], bool]:
    return lambda value, wanted: value is not None and compare(str(value), wanted)


_equal = _comparison(lambda value, wanted: value == wanted)

_MATCHERS: dict[str, Callable[[object, str], bool]] = {
    "exact": _equal,
    "iexact": _text(lambda value, wanted: value.lower() == wanted.lower()),
    "contains": _text(lambda value, wanted: wanted in value),
    "icontains": _text(lambda value, wanted: wanted.lower() in value.lower()),
    "startswith": _text(lambda value, wanted: value.startswith(wanted)),
    "istartswith": _text(lambda value, wanted: value.lower().startswith(wanted.lower())),
    "endswith": _text(lambda value, wanted: value.endswith(wanted)),
    "regex": _text(lambda value, wanted: re.search(wanted, value) is not None),
    "iregex": _text(lambda value, wanted: re.search(wanted, value, re.IGNORECASE) is not None),
    "in": lambda value, wanted: any(_equal(value, one) for one in wanted.split(",")),
    "gt": _comparison(lambda value, wanted: value > wanted),
    "gte": _comparison(lambda value, wanted: value >= wanted),
    "lt": _comparison(lambda value, wanted: value < wanted),
    "lte": _comparison(lambda value, wanted: value <= wanted),
}
