"""pexip alarm-history."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..options import Option, duration, integer
from .history import UNREADABLE, History, Record, Window

_PATH = "history/v1/alarm/"


class AlarmHistory(History):
    """Alarms raised and lowered since the previous run, and those that keep coming back."""

    endpoints = (f"GET /api/admin/{_PATH}",)
    requests = "2, each 1 more a thousand alarms; 2 more on the first run, with --since or a clock set back"
    notes = (
        "Raising and lowering are each counted once: the first run looks back --window, every other to the one before.",
        "alarms-flapping always looks back --flap-window, whatever was counted before.",
        "alarms-open-max is of the alarms raised or lowered since: an open one is as old as it is now.",
    )
    example = "--flap 5 --flap-window 30m --exclude-name licenses"

    record = "alarm"
    fields = Fields(texts="id name? node? level?", times="time_raised time_lowered!")
    filters = ("name", "node", "level")
    options = (
        *History.options,
        Option("--flap", "N", "raised so often by the same node an alarm flaps", default=3, kind=integer(2, 1_000_000)),
        Option("--flap-window", "DURATION", "in so long a time", default=3600, kind=duration),
    )
    counters = (
        Counter("alarms-raised", "alarms.raised.count", "alarms raised"),
        Counter("alarms-lowered", "alarms.lowered.count", "alarms lowered"),
        Counter(
            "alarms-flapping", "alarms.flapping.count", "alarms of one name and node raised again and again",
            warning="0",
        ),
        Counter("alarms-open-max", "alarms.open.max.seconds", "how long the longest was open", unit="s"),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        lowering, raising = self.window(_PATH, "time_lowered"), self.window(_PATH, "time_raised")
        ended = self.records_since(lowering.start, _PATH, "time_lowered")
        flap_start = max(0.0, self.clock - self.given.flap_window)
        begun = self.records_since(min(raising.start, flap_start), _PATH, "time_raised")
        lowered = lowering.new(ended, "time_lowered")
        raised = raising.new((alarm for alarm in begun if raising.covers(alarm["time_raised"])), "time_raised")
        raised += self._raised_before(raising, raised, lowered)
        self.remember(_PATH, "time_lowered", lowering)
        self.remember(_PATH, "time_raised", raising)

        wanted = {alarm["id"] for alarm in self.select({alarm["id"]: alarm for alarm in ended + begun}.values())}
        raised, lowered = ([alarm for alarm in alarms if alarm["id"] in wanted] for alarms in (raised, lowered))
        yield from self.measure("alarms-raised", len(raised))
        yield from self.measure("alarms-lowered", len(lowered))
        yield from self._flapping(
            alarm for alarm in begun if alarm["id"] in wanted and alarm["time_raised"] >= flap_start
        )
        yield from self.measure("alarms-open-max", max(map(self._open, raised + lowered), default=0))

    def headline(self) -> str:
        raised, lowered = (self.values[f"alarms-{word}"] for word in ("raised", "lowered"))
        return f"{self.count_of(raised)} raised and {lowered} lowered {self.span}"

    def was_told(self, record: Record, field: str) -> bool:
        """Lowered before it was raised: since the clock was set back. Until then the history may have hidden it."""
        lowered = record["time_lowered"]
        hidden = field == "time_raised" and lowered is not None and lowered < record["time_raised"]
        return not hidden or record["id"] in self.remembered["open"]

    def _raised_before(self, raising: Window, raised: list[Record], lowered: list[Record]) -> list[Record]:
        """Of the alarms just lowered those whose raising was never shown: the history may hold none that is open."""
        told = {*self._open_before(), *(alarm["id"] for alarm in raised)}
        self.remembered["open"] = sorted(told - {alarm["id"] for alarm in lowered})
        return [
            alarm
            for alarm in lowered
            if alarm["id"] not in told
            and raising.floor <= (alarm["time_raised"] or 0)
            and not raising.covers(alarm["time_raised"])
        ]

    def _open_before(self) -> set[str]:
        """The ids of the alarms that the previous run knew as open."""
        saved = (self.previous or {}).get("open", [])
        listed = saved if isinstance(saved, list) else [None]
        known = {identity for identity in listed if isinstance(identity, str)}
        if len(known) < len(listed):
            self.say_once(UNREADABLE)
        return known

    def _flapping(self, alarms: Iterable[Record]) -> Iterator[Finding]:
        times = Tally((alarm["name"] or "an alarm without a name", alarm["node"] or "no node") for alarm in alarms)
        flapping = [(key, count) for key, count in times.most_common() if count >= self.given.flap]
        words = [f"{name} on {node} raised {count} times" for (name, node), count in flapping]
        yield from self.measure("alarms-flapping", len(flapping), which="; ".join(words))

    def _open(self, alarm: Record) -> float:
        """How long an alarm was open, or is by now."""
        if alarm["time_raised"] is None:
            return 0.0
        ended: float = self.now if alarm["time_lowered"] is None else alarm["time_lowered"]
        return max(0.0, ended - float(alarm["time_raised"]))
