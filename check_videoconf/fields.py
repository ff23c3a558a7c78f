"""Records of a device made plain: each field of the type its mode declares, or nothing; never a surprise.

Devices send numbers as text, text as numbers, null anywhere and fields that other versions lack. A mode declares what
it reads as `Fields`; a reader makes a row into a dict with exactly those names, and remembers what was missing.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Callable

Row = Mapping[str, Any]

_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\s*", re.ASCII)
_MOMENT = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?"
    r"\s*(?:Z|([-+])(\d\d)(?::?(\d\d))?)?\s*",
    re.ASCII,
)
_TRUE = ("true", "1", "yes", "on", "enabled", 1)
_FALSE = ("false", "0", "no", "off", "disabled", 0)
_LARGEST = 1e300
_KINDS = {
    dict: "an object",
    list: "a list",
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    type(None): "null",
}


class Unreadable(Exception):
    """A field that is there, but not of its type."""


def text(value: Any) -> str | None:
    """Text, or a number as text; null is None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        try:
            return f"{value}"
        except ValueError:  # thousands of digits
            raise Unreadable from None
    raise Unreadable


def number(value: Any) -> int | float | None:
    """A finite number, also as text; null and '' are None."""
    if isinstance(value, str):
        if not value.strip():
            return None
        if not _NUMBER.fullmatch(value):
            raise Unreadable
        value = float(value) if re.search(r"[.eE]", value) or len(value) > 30 else int(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        raise Unreadable
    return value


def flag(value: Any) -> bool | None:
    """True or false, also as 0, 1, "True", "no", "enabled"; null and '' are None."""
    if value is None or isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else value
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    if word == "":
        return None
    raise Unreadable


def moment(value: Any) -> float | None:
    """ISO-8601 to seconds since 1970; without a zone it is UTC, as these devices mean it. null and '' are None."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Unreadable
    year, month, day, hour, minute = (int(match[group]) for group in range(1, 6))
    try:
        when = datetime.datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Unreadable from None
    seconds = when.timestamp() + float(f"0.{match[7] or 0}")
    if match[8]:
        seconds -= int(f"{match[8]}1") * (int(match[9]) * 3600 + int(match[10] or 0) * 60)
    return seconds


def raw(value: Any) -> Any:
    """The value as it came, for a field that needs a reader of its own."""
    return value


class Fields:
    """What a mode reads of each row: names separated by blanks; behind one that may be null `!`, null or absent `?`.

    `Fields(texts="name=conferenceName node? level!", numbers="duration=DurationSeconds|DurationInSeconds?")`: behind a
    name the key that holds it in the row, where that is another; of several keys the first that says something counts.
    """

    def __init__(self, *, texts: str = "", numbers: str = "", flags: str = "", times: str = "", raws: str = "") -> None:
        #: The keys of each field, by its name.
        self.keys: dict[str, tuple[str, ...]] = {}
        #: Where a value is put, its key, its reader, and what may be said of it.
        self.readers: list[tuple[str, str, Callable[[Any], Any], str]] = []
        for words, convert in ((texts, text), (numbers, number), (flags, flag), (times, moment), (raws, raw)):
            for word in words.split():
                name, _, keys = word.rstrip("!?").partition("=")
                self.keys[name] = tuple((keys or name).split("|"))
                leave = word[-1:] if word[-1:] in "!?" else ""
                self.readers += [(place, key, convert, leave) for place, key in self._places(name)]

    def _places(self, name: str) -> list[tuple[str, str]]:
        """Where the value of each key is put: under the field's name, of several keys under one of its own at first."""
        keys = self.keys[name]
        return [(name if len(keys) == 1 else f"{name}={key}", key) for key in keys]

    def reader(self, what: str, gaps: Gaps) -> Callable[[Row], dict[str, Any]]:
        """A function from a row to its record; what is missing or unreadable is None and told to `gaps` by its key."""
        readers = self.readers
        several = {name: [place for place, _ in self._places(name)] for name in self.keys if len(self.keys[name]) > 1}

        def read(row: Row) -> dict[str, Any]:
            record: dict[str, Any] = {}
            for place, key, convert, leave in readers:
                try:
                    value = record[place] = convert(row.get(key))
                except Unreadable:
                    record[place] = None
                    gaps.unreadable(what, key, row[key], required=leave != "?")
                else:
                    if value is None:
                        present = key in row
                        if not leave or (leave == "!" and not present):
                            gaps.missing(what, key, present=present)
                        elif not present:
                            gaps.absent.add(key)
            for name, places in several.items():
                values = [record.pop(place) for place in places]
                record[name] = next((value for value in values if value not in (None, "")), None)
            return record

        return read


class Gaps:
    """What could not be read of the rows, gathered by field, so that a thousand rows give one line."""

    def __init__(self) -> None:
        #: The keys of optional fields that a row does not have.
        self.absent: set[str] = set()
        #: The keys of optional fields that hold something else in a row.
        self.unread: set[str] = set()
        self._problems: dict[str, int] = {}
        self._notes: dict[str, int] = {}

    def missing(self, what: str, name: str, *, present: bool) -> None:
        """A required field that is null, empty or not there."""
        self._count(self._problems, f"{name} of {{}} is {'null or empty' if present else 'missing'}", what)

    def unreadable(self, what: str, name: str, value: Any, *, required: bool) -> None:
        """A field of another type than its own."""
        kind = _KINDS.get(type(value), "of another type")
        if kind == "a number" and not abs(value) <= _LARGEST:
            kind = "no finite number"
        if not required:
            self.unread.add(name)
        counts = self._problems if required else self._notes
        self._count(counts, f"{name} of {{}} is unreadable ({kind})", what)

    @staticmethod
    def _count(counts: dict[str, int], template: str, what: str) -> None:
        key = f"{template}\0{what}"
        counts[key] = counts.get(key, 0) + 1

    @staticmethod
    def _lines(counts: dict[str, int]) -> list[str]:
        lines = []
        for key, count in counts.items():
            template, _, what = key.partition("\0")
            one = f"an {what}" if what[:1].lower() in "aeiou" else f"a {what}"
            lines.append(template.format(f"{count} {what}s" if count > 1 else one))
        return lines

    def problems(self) -> list[str]:
        """One line for each required field that could not be had."""
        return self._lines(self._problems)

    def notes(self) -> list[str]:
        """One line for each optional field that could not be read."""
        return self._lines(self._notes)
