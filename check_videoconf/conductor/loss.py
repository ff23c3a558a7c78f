"""Packet loss of a participant from the counters of a TelePresence MCU, which count since the call began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rates import Growth

#: The counters of each stream: packets lost, and packets received or sent. Lost ones are not among the received.
STREAMS = {
    "audio-rx": ("audioRxLost", "audioRxReceived"),
    "audio-tx": ("audioTxReportedLost", "audioTxSent"),
    "video-rx": ("videoRxLost", "videoRxReceived"),
    "video-tx": ("videoTxReportedLost", "videoTxSent"),
}
COUNTERS = tuple(name for names in STREAMS.values() for name in names)


def has_counters(participant: Mapping[str, Any]) -> bool:
    """Whether any stream can be measured; participants on a TelePresence Server may have no counter at all."""
    return any(None not in (participant[lost], participant[packets]) for lost, packets in STREAMS.values())


class Losses:
    """The losses of all calls of a run, from their counters and what the previous run has saved."""

    def __init__(self, previous: Mapping[str, Any] | None, now: float) -> None:
        self._growth = Growth(previous, now)
        before = (previous or {}).get("losses")
        self._before: Mapping[str, Any] = before if isinstance(before, dict) else {}
        self._found: dict[str, dict[str, float]] = {}
        #: Whether there is no previous run to compare with.
        self.first = self._growth.first

    def of(self, participant: Mapping[str, Any]) -> dict[str, float]:
        """Percent lost of each stream that carried anything since the previous run, over the whole of a new call.

        Where none did (the same answer again, from the cache; a call on hold) nothing new is known: the losses are
        those of the previous run.
        """
        call = f"{participant['identity']} {participant['connectTime'] or ''}"
        before = self._before.get(call)
        found = self._found[call] = {}
        for stream, names in STREAMS.items():
            lost, packets = (participant[name] for name in names)
            if lost is None or packets is None:
                continue
            grown = [
                self._growth.since(f"{call} {stream} {what}", value)
                for what, value in (("lost", lost), ("all", packets))
            ]
            if None not in grown:
                lost, packets = grown
            whole = packets + lost if stream.endswith("rx") else packets
            if whole > 0:
                found[stream] = min(100.0, max(0.0, 100 * lost / whole))
        if not found and isinstance(before, dict):
            found.update({stream: before[stream] for stream in STREAMS if isinstance(before.get(stream), float)})
        return found

    def saved(self) -> dict[str, Any]:
        """What the next run shall be given."""
        return {**self._growth.saved(), "losses": self._found}
