"""Media streams of participants and backplanes as the Management API reports them."""

from __future__ import annotations

import json
from typing import Any

from .manager import envelope
from .rows import Row, ago, without

_WINDOWED = ("rx_windowed_packet_loss", "tx_windowed_packet_loss", "rx_fps", "tx_fps")


def stream(kind: str = "video", number: int = 1, **changed: Any) -> Row:
    """A stream without anything wrong, of a version that reports recent loss."""
    return {
        "end_time": "",
        "id": str(number),
        "node": "10.44.7.101",
        "rx_bitrate": 513,
        "rx_codec": "opus" if kind == "audio" else "H264",
        "rx_fps": 30.0,
        "rx_jitter": 12.5,
        "rx_packet_loss": 0.0,
        "rx_packets_lost": 0,
        "rx_packets_received": 10_000,
        "rx_resolution": "" if kind == "audio" else "1280x720",
        "rx_windowed_packet_loss": 0.0,
        "start_time": ago(3000),
        "tx_bitrate": 64,
        "tx_codec": "opus" if kind == "audio" else "H264",
        "tx_fps": 30.0,
        "tx_jitter": 7.5,
        "tx_packet_loss": 0,
        "tx_packets_lost": 0,
        "tx_packets_sent": 10_000,
        "tx_resolution": "",
        "tx_windowed_packet_loss": 0.0,
        "type": kind,
        **changed,
    }


def without_window(row: Row) -> Row:
    """The same of a version that knows the loss of the whole call alone."""
    return without(row, *_WINDOWED)


def body(*streams: Row) -> str:
    """The list of a row's streams as it is answered."""
    document: dict[str, Any] = json.loads(envelope(list(streams), len(streams)))
    return json.dumps(document)
