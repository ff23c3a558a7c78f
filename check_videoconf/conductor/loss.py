"""Packet loss of participants from the counters of a TelePresence MCU, which count since the call began."""

from __future__ import annotations

import heapq
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ..aggregates import mean, share
from ..counters import Counter, Measurement
from ..mode import Mode
from ..rates import Growth, share_lost
from ..text import plural
from ..units import human

#: The counters of each stream: packets lost, and packets received or sent. Lost ones are not among the received.
STREAMS = {
    "audio-rx": ("audioRxLost", "audioRxReceived"),
    "audio-tx": ("audioTxReportedLost", "audioTxSent"),
    "video-rx": ("videoRxLost", "videoRxReceived"),
    "video-tx": ("videoTxReportedLost", "videoTxSent"),
}
PACKETS = tuple(name for names in STREAMS.values() for name in names)
_NAMED = 5


def counters() -> Iterator[Counter]:
    """What `measured` measures."""
    yield Counter("participants-without-counters", help="connected ones without packet counters")
    yield Counter(
        "participants-lossy-prct", help="of the connected ones with counters those that are lossy",
        unit="%", warning="10", critical="25", optional=True, title="lossy participants",
    )  # fmt: skip
    for stream in STREAMS:
        for word, which in (("max", "worst participant"), ("mean", "mean of the participants")):
            yield Counter(
                f"{stream}-packetloss-{word}", help=f"{stream[:5]} packets lost, {which}", unit="%", optional=True,
                title=f"{word} {stream.replace('-', ' ')} packet loss",
            )  # fmt: skip


class Losses:
    """What the participants of a run lose, by their counters and what the previous run has saved.

    threshold: percent lost of the worst stream from which on a participant is lossy. describe: who it is, in words.
    """

    def __init__(
        self,
        previous: Mapping[str, Any] | None,
        now: float,
        threshold: float,
        describe: Callable[[Mapping[str, Any]], str],
    ) -> None:
        self._growth = Growth(previous, now)
        before = (previous or {}).get("losses")
        self._before: Mapping[str, Any] = before if isinstance(before, dict) else {}
        self._found: dict[str, dict[str, float]] = {}
        # Those of whom nothing tells them apart keep to their order, lest one be compared with another.
        self._alike: Tally[str] = Tally()
        self._threshold = threshold
        self._describe = describe
        self._worst: list[tuple[float, int, str]] = []
        #: Whether there is no previous run to compare with.
        self.first = self._growth.first
        #: How many were added, how many of them have counters, how many of these are lossy.
        self.connected = self.counted = self.lossy = 0
        #: The losses of all, by stream.
        self.streams: dict[str, list[float]] = {stream: [] for stream in STREAMS}

    def add(self, participant: Mapping[str, Any]) -> None:
        """Takes in a connected participant; one on a TelePresence Server may have no counter at all."""
        self.connected += 1
        if not any(None not in (participant[lost], participant[packets]) for lost, packets in STREAMS.values()):
            return
        self.counted += 1
        found = self._of(participant)
        for stream, loss in found.items():
            self.streams[stream].append(loss)
        worst, stream = max(((loss, stream) for stream, loss in found.items()), default=(0.0, ""))
        if worst >= self._threshold or participant["packetLossCritical"]:
            self.lossy += 1
            what = f"{human(worst, '%')} of {stream.replace('-', ' ')}" if stream else "packetLossCritical"
            heapq.heappush(self._worst, (worst, -self.lossy, f"lossy: {what}, {self._describe(participant)}"))
            if len(self._worst) > _NAMED:
                heapq.heappop(self._worst)

    def worst(self) -> list[str]:
        """Those who lose most, in words."""
        return [line for _, _, line in sorted(self._worst, reverse=True)]

    def saved(self) -> dict[str, Any]:
        """What the next run shall be given."""
        return {**self._growth.saved(), "losses": self._found}

    def _of(self, participant: Mapping[str, Any]) -> dict[str, float]:
        """Percent lost of each stream that carried anything since the previous run, over the whole of a new call.

        Where none did (the same answer again, from the cache; a call on hold) nothing new is known: the losses are
        those of the previous run.
        """
        call = f"{participant['identity']} {participant['connectTime'] or ''}"
        self._alike[call] += 1
        call = f"{call} {self._alike[call]}"
        found = self._found[call] = {}
        for stream, names in STREAMS.items():
            lost, packets = (participant[name] for name in names)
            if lost is None or packets is None:
                continue
            whole = {"lost": lost, "all": packets}
            flow = self._growth.together(f"{call} {stream}", whole, may_shrink=("lost",)) or whole
            sent = flow["all"] + flow["lost"] if stream.endswith("rx") else flow["all"]
            loss = share_lost(flow["lost"], sent)
            if loss is not None:
                found[stream] = loss
        before = self._before.get(call)
        if not found and isinstance(before, dict):
            found.update({stream: before[stream] for stream in STREAMS if isinstance(before.get(stream), float)})
        return found


def measured(mode: Mode, losses: Losses) -> Iterator[Measurement]:
    """The counters of loss, and in the long output who loses most."""
    without = losses.connected - losses.counted
    yield from mode.measure("participants-without-counters", without, high=losses.connected)
    if without:
        of = plural(losses.connected, "connected participant")
        mode.remarks.append(f"packet loss: not reported for {without} of {of}")
    if losses.first and losses.counted:
        mode.remarks.append("packet loss: first run, over the whole of each call")
    yield from mode.measure("participants-lossy-prct", share(losses.lossy, losses.counted), told=True)
    for stream, values in losses.streams.items():
        yield from mode.measure(f"{stream}-packetloss-max", max(values, default=None), told=True)
        yield from mode.measure(f"{stream}-packetloss-mean", mean(values), told=True)
    if without and not losses.counted:
        mode.lacking((counter.label for counter in mode.counters if counter.optional), "not reported")
    mode.remarks += losses.worst()
