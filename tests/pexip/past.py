"""A Management Node that filters and orders as the documents say, whose rows appear as its own clock goes on."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Collection
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from check_videoconf.simulator import tastypie

from ..conftest import Answer
from .manager import Manager, Reply, envelope
from .rows import NOW, Row

CONFERENCES = "history/v1/conference/"
PARTICIPANTS = "history/v1/participant/"
ALARMS = "history/v1/alarm/"
EVENTS = "history/v1/workervm_status_event/"
_API = "/api/admin/"
_REASON = re.compile(r"'conference (\d+)#participants\.disconnect\.count'=(\d+);")


class Past(Manager):
    """clock: seconds since 1970. date: whether its answers have a Date. working: how many requests it still answers.

    on_request: called before each answer, so that things happen while pages are read. ignores_filters: it answers with
    all rows, also with those whose fields are not what they should be. refused: paths that allow no filter.
    """

    clock = NOW
    date = True
    working = 1_000_000
    ignores_filters = False
    refused: tuple[str, ...] = ()
    on_request: Callable[[], object] = object  # which does nothing

    def appear(self, path: str, row: Row, *, at: float | None = None) -> None:
        """A row that is there from now on, or from a time on."""
        self.tables.setdefault(path, [])
        self._coming.append((self.clock if at is None else at, path, row))

    @property
    def _coming(self) -> list[tuple[float, str, Row]]:
        return self.__dict__.setdefault("coming", [])  # type: ignore[no-any-return]

    def _answer(self, request: Any) -> Reply:
        self.on_request()
        self.working -= 1
        for time, path, row in [entry for entry in self._coming if entry[0] <= self.clock]:
            self._coming.remove((time, path, row))
            self.tables[path].append(row)
        headers = {"Date": formatdate(self.clock, usegmt=True)} if self.date else {}
        split = urlsplit(request.url)
        path, query = split.path[len(_API) :], dict(parse_qsl(split.query))
        self.requests.append(f"{path}?{split.query}")
        if self.working < 0:
            return 500, headers, ""
        if path in self.answers:
            return 200, headers, str(self.answers[path])
        if path in self.refused:
            return 400, headers, '{"error": "The \'enable\' field does not allow filtering."}'
        if path not in self.tables:
            return 404, headers, "<html>Page not found</html>"
        rows = self.tables[path]
        if not self.ignores_filters:
            rows = tastypie.select(rows, query, _Everything())
        limit, offset = min(int(query["limit"]), self.page_limit), int(query.get("offset", 0))
        more = offset + limit < len(rows)
        return 200, headers, envelope(rows[offset : offset + limit], len(rows), offset=offset, limit=limit, more=more)


class _Everything(Collection[str]):
    """Every field allows filtering, also of a table without rows."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def text(seconds: float) -> str:
    """A time as the API prints it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None).isoformat()


def ended(number: int, end: float | None, *, length: float = 600, **changed: Any) -> Row:
    """A conference of the history; one without an end goes on."""
    identity = f"c0000000-0000-0000-0000-{number:012}"
    start = NOW - 1e6 if end is None else end - length
    return {
        "duration": None if end is None else int(length),
        "end_time": None if end is None else text(end),
        "id": identity,
        "instant_message_count": 0,
        "name": f"Room {number}",
        "participant_count": 1,
        "participants": [],
        "resource_uri": f"/api/admin/history/v1/conference/{identity}/",
        "service_type": "conference",
        "start_time": text(start),
        "tag": "",
        **changed,
    }


def left(conference: Row, reason: str = "Call disconnected", quality: object = "1_good", **changed: Any) -> Row:
    """A participant who left when the conference ended."""
    identity = f"{conference['id'].replace('c', 'p', 1)}-{reason}-{quality}"
    return {
        "call_quality": quality,
        "conference": conference["resource_uri"],
        "conference_name": conference["name"],
        "disconnect_reason": reason,
        "display_name": "Zaphod",
        "end_time": conference["end_time"],
        "has_media": True,
        "id": identity,
        "media_streams": [stream(0.5)],
        "protocol": "WebRTC",
        "remote_alias": "zaphod@example.com",
        "resource_uri": f"/api/admin/history/v1/participant/{identity}/",
        "start_time": conference["start_time"],
        **changed,
    }


def stream(received: object, sent: object = 0.0) -> Row:
    """A media stream with its packet loss."""
    return {"id": 1, "stream_type": "video", "rx_packet_loss": received, "tx_packet_loss": sent}


def end(past: Past, number: int, when: float, *, at: float | None = None, name: str = "") -> None:
    """A conference ends at `when` and is in the history from `at` on. What it is known by in perfdata is a reason."""
    conference = ended(number, when, name=name or f"Room {number}")
    past.appear(CONFERENCES, conference, at=when if at is None else at)
    past.appear(PARTICIPANTS, left(conference, f"conference {number}"), at=when if at is None else at)


def told(answer: Answer) -> Counter[int]:
    """The conferences that were counted, each with how often."""
    found: Counter[int] = Counter()
    for number, count in _REASON.findall(answer.first_line):
        found[int(number)] += int(count)
    assert answer.perfdata["conferences.total.count"] == f"{len(found)};;;0;"
    assert answer.code == 0
    return found


def run(past: Past, *argv: str) -> Counter[int]:
    """The conferences that one run of ended-conferences counted."""
    return told(past.check("ended-conferences", "--max-output", "0", *argv))
