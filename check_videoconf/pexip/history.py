"""What has come into the history since the previous run: each row told once, none lost, whatever the clocks do.

A row has a time that it gets once (`end_time`, `time_raised`, …). A run asks for the rows from two minutes before the
newest time it has seen, because a row may appear that much late, and leaves out those it has told already, by their
ids. Newest first: rows that appear while the pages are read, or that the Management Node drops because it keeps the
last 10,000 only, then shift no row over the edge of a page, and the newest time seen is one of the first page.
All times are the device's. The poller's clock serves the first run, if no answer has a Date, and the one that finds the
device's clock set back: it tells how long ago the previous run was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, ClassVar

from ..mode import Mode
from ..options import Option, Options, duration
from ..units import duration as in_words

# How late a row may appear.
LATE = 120
# More than rounding and the whole seconds of an HTTP date; less than LATE.
_TOLERANCE = 1
_STEPPED = 60
# How long ids are kept: rows of that time are told once, also when the clock is set back by less.
_KEPT = 2 * 3600
# So many conferences the Management Node keeps; their ids are within what a state file may hold.
_MOST = 10_000
# Seconds of today are exact to a quarter of this.
_EXACT = 1e-6
_YEAR_9999 = 253_402_300_799.0

UNREADABLE = "state of the previous run not readable, starting anew"

Record = dict[str, Any]


class Window:
    """How far a resource has been read: nothing before `floor`, up to `cursor`; `seen` are ids told, with their times.

    Seconds since 1970 by the device's clock.
    """

    def __init__(self, floor: float, cursor: float, seen: dict[str, float]) -> None:
        self.floor = floor
        self.cursor = cursor
        self.seen = seen

    @classmethod
    def restored(cls, saved: Any) -> Window | None:
        """What `saved` returned, or None if it is something else."""
        try:
            window = cls(
                float(saved["floor"]),
                float(saved["cursor"]),
                {identity: float(time) for identity, time in saved["seen"].items()},
            )
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            return None
        return window if 0 <= window.floor <= window.cursor <= _YEAR_9999 else None

    @property
    def start(self) -> float:
        """The time to ask from."""
        return max(self.floor, self.cursor - LATE)

    def covers(self, time: float) -> bool:
        """Whether a row of that time is among those asked for."""
        return time > self.start - _EXACT

    def new(self, records: Iterable[Record], field: str) -> list[Record]:
        """The records not told yet. From now on they are."""
        fresh = [record for record in records if record["id"] not in self.seen]
        self.seen.update((record["id"], record[field]) for record in fresh)
        return fresh

    def saved(self, clock: float | None) -> dict[str, Any]:
        """What the next run needs to know. `clock` is now, if the device said so: a row dated ahead of it (the clock of
        a node may be wrong) must not hide those that come until then."""
        newest = max(self.seen.values(), default=self.cursor)
        cursor = max(self.cursor, newest if clock is None else min(newest, clock + _TOLERANCE))
        newest_first = sorted(self.seen.items(), key=lambda told: -told[1])
        needed = sum(time >= cursor - LATE - _TOLERANCE for _, time in newest_first)
        kept = [told for told in newest_first if told[1] >= cursor - _KEPT][: max(needed, _MOST)]
        return {"floor": self.floor, "cursor": cursor, "seen": dict(kept)}


class History(Mode):
    """A mode that reads a history resource from run to run."""

    options: ClassVar[tuple[Option, ...]] = (
        Option("--window", "DURATION", "what the first run looks back on", default=300, kind=duration),
        Option("--since", "DURATION", "always look back so long, and remember nothing", kind=duration),
    )
    #: When the rows came that were read, in words.
    span = "since the previous run"

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return options.since is None

    def window(self, path: str, field: str) -> Window:
        """Where the previous run stopped; on the first one, or with --since, so far back as the options say."""
        self.remembered["polled"] = self.now  # by the poller's clock, as long as nothing was read
        if self.previous is not None:
            window = Window.restored(self.previous.get(field))
            if window:
                return window
            self.say_once(UNREADABLE)
        look_back = self.given.window if self.given.since is None else self.given.since
        self.span = f"in the last {in_words(look_back)}"
        if self.client.session.clock is None:
            self.client.total(path, fresh=True)  # for its Date: the poller's clock may be another
        start = max(0.0, self.clock - look_back)
        return Window(start, start, {})

    def records_since(self, start: float, path: str, field: str) -> list[Record]:
        """The records whose `field` is `start` or later. Those that cannot be told apart are problems already.

        Looked at once more: a version that ignored the filter would have all of its history counted anew each time.
        """
        query: dict[str, Any] = {f"{field}__gte": as_text(start), "order_by": f"-{field}"}
        found = list(self.fetch(path, fresh=True, **query))
        self.now = self.clock
        told = [record for record in found if record["id"] is not None and record[field] is not None]
        return [record for record in told if record[field] >= start - _EXACT]

    def remember(self, path: str, field: str, window: Window) -> None:
        """Keeps a window for the next run. Where the device's clock was set back, that one looks back anew.

        Raises VideoconfError.
        """
        clock = self.client.session.clock
        if clock is not None and clock + _STEPPED < window.cursor:
            self.remembered[field] = self._anew(clock, path, field, window)
        else:
            self.remembered[field] = window.saved(clock)

    def _anew(self, clock: float, path: str, field: str, window: Window) -> dict[str, Any]:
        """What the next run needs to know where `clock` was set back. Rows dated ahead of it, from before those asked
        for, were told while it was ahead; they must not come again."""
        look_back = self._look_back()
        words = "--window" if look_back == self.given.window else in_words(look_back)
        self.say_once(f"the device's clock was set back: the next run looks back {words}")
        start = max(0.0, clock - look_back)
        ahead = self.records_since(clock + _TOLERANCE, path, field)
        told = [record for record in ahead if not window.covers(record[field]) and self.was_told(record, field)]
        seen = {**window.seen, **{record["id"]: record[field] for record in told[-_MOST:]}}
        return {"floor": start, "cursor": start, "seen": seen}

    def was_told(self, record: Record, field: str) -> bool:
        """Whether a row dated ahead of the clock that was set back, by `field`, was there while it was ahead."""
        return True

    def _look_back(self) -> float:
        """How far: to before the previous run, if its time is known, but no less than --window."""
        window: float = self.given.window
        now, before = self.remembered["polled"], self.recall("polled", float)
        return max(window, now - before + LATE) if 0 < before < now else window

    def say_once(self, line: str) -> None:
        """A remark, also where several windows give reason for it."""
        if line not in self.remarks:
            self.remarks.append(line)

    def fresh(self, path: str, field: str) -> list[Record]:
        """The records that came since the previous run. Raises VideoconfError."""
        window = self.window(path, field)
        records = window.new(self.records_since(window.start, path, field), field)
        self.remember(path, field, window)
        return records

    @property
    def clock(self) -> float:
        """Now by the device's clock, which an answer's Date shows; by the poller's if none does."""
        return self.client.session.clock or self.now


def as_text(seconds: float) -> str:
    """Seconds since 1970 as the Management API writes times: ISO-8601, UTC without saying so."""
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None).isoformat()
