"""The calls of conferences that have ended: why they ended, and what they lost."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterator, Sequence

from ..aggregates import share
from ..counters import Counter, Measurement
from ..fields import Fields, Unreadable, number
from ..mode import Mode, Record
from ..options import Option, real, regex
from .history import as_text

_NORMAL = (
    r"(?i)^call disconnected|disconnected by|terminated by|ended the conference|remote disconnect|user initiated"
    r"|hung ?up|timeout waiting for conference host"
)
_FIELDS = Fields(texts="conference! disconnect_reason?", raws="call_quality! media_streams?")

OPTIONS = (
    Option("--normal-reason", "REGEX", f"reasons of a normal disconnect (default {_NORMAL})", kind=regex),
    Option(
        "--loss-threshold", "PERCENT", "packet loss from which a call counts as lossy", default=3.0, kind=real(0, 100),
    ),
)  # fmt: skip
COUNTERS = (
    Counter("disconnects", "participants.disconnect.count", "calls that ended for one reason", instance="reason"),
    Counter(
        "abnormal-disconnects-prct", "", "share of the calls with a reason whose reason is not normal",
        unit="%", optional=True,
    ),
    Counter(
        "packetloss-participants-prct", "", "share of the calls with media streams of which one lost that much",
        unit="%", optional=True,
    ),
)  # fmt: skip


def of(mode: Mode, conferences: Sequence[Record]) -> list[Record]:
    """The participants of conferences that ended. The conference of one is a URI, where that of a live one is a name.

    Raises VideoconfError.
    """
    if not conferences:
        return []
    start = min(conference["start_time"] or conference["end_time"] for conference in conferences)
    wanted = {conference["id"] for conference in conferences}
    query = {"end_time__gte": as_text(start), "order_by": "-end_time"}
    found = mode.fetch("history/v1/participant/", _FIELDS, "participant", fresh=True, **query)
    return [row for row in found if _last_part(row["conference"]) in wanted]


def measured(mode: Mode, calls: Sequence[Record]) -> Iterator[Measurement]:
    """Why they ended, and how many were lossy."""
    if not calls:
        return
    reasons = Tally(call["disconnect_reason"] or "" for call in calls)
    yield from mode.tally("disconnects", reasons)
    normal = mode.given.normal_reason or re.compile(_NORMAL)
    known = sum(count for reason, count in reasons.items() if reason)
    abnormal = sum(count for reason, count in reasons.items() if reason and not normal.search(reason))
    yield from mode.measure("abnormal-disconnects-prct", share(abnormal, known))
    losses = [loss for call in calls if (loss := _loss(mode, call)) is not None]
    lossy = sum(loss >= mode.given.loss_threshold for loss in losses)
    # Calls without media, such as API connections, have no stream: of none of them there is a share, and nothing amiss.
    without_media = all(call["media_streams"] == [] for call in calls)
    yield from mode.measure("packetloss-participants-prct", share(lossy, len(losses)), told=without_media)


def _loss(mode: Mode, call: Record) -> float | None:
    """The highest packet loss of a call's streams in either direction, in percent; None if none is known."""
    streams = call["media_streams"]
    losses = []
    try:
        for stream in streams or ():
            losses += [number(stream.get(f"{way}_packet_loss")) for way in ("rx", "tx")]
    except (AttributeError, TypeError, Unreadable):
        mode.gaps.unreadable("participant", "media_streams", streams, required=False)
    return max((loss for loss in losses if loss is not None), default=None)


def _last_part(uri: str | None) -> str:
    """`/api/admin/history/v1/conference/ID/` to `ID`."""
    return (uri or "").rstrip("/").rpartition("/")[2]
