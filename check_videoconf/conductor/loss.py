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


def losses(participant: Mapping[str, Any], growth: Growth) -> dict[str, float]:
    """Percent lost of each stream that carried anything since the previous run, over the whole of a new call."""
    call = f"{participant['identity']} {participant['connectTime'] or ''}"
    found = {}
    for stream, names in STREAMS.items():
        lost, packets = (participant[name] for name in names)
        if lost is None or packets is None:
            continue
        grown = [growth.since(f"{call} {stream} {what}", value) for what, value in (("lost", lost), ("all", packets))]
        if None not in grown:
            lost, packets = grown
        whole = packets + lost if stream.endswith("rx") else packets
        if whole > 0:
            found[stream] = min(100.0, max(0.0, 100 * lost / whole))
    return found
