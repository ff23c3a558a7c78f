"""Media streams of calls and backplanes: what each loses now, and the worst and the mean of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable

from ..counters import Counter, Measurement
from ..errors import NotSupported
from ..fields import Fields
from ..mode import Mode
from ..rates import Growth, share_lost
from ..text import plural
from ..units import WORDS, human
from .client import identity

WAYS = ("rx", "tx")
Stream = dict[str, Any]

_FIELDS = Fields(
    texts="id? type! node? start_time? rx_codec? tx_codec? rx_resolution? tx_resolution?",
    numbers="rx_jitter tx_jitter rx_bitrate tx_bitrate rx_packet_loss? tx_packet_loss? rx_windowed_packet_loss?"
    " tx_windowed_packet_loss? rx_packets_lost? tx_packets_lost? rx_packets_received? tx_packets_sent?",
    times="end_time?",
)
# Word in labels: field, unit, how it is called in sentences.
_MEASURES = {
    "packetloss": ("packet_loss", "%", "packet loss"),
    "jitter": ("jitter", "ms", "jitter"),
    "bitrate": ("bitrate", "b/s", "bitrate"),
}
_EXTREMES = {"packetloss": ("max",), "jitter": ("max",), "bitrate": ("min", "max")}
_LIMITS = {"packetloss-max": ("3", "10"), "jitter-max": ("40", "")}
_WORDS = {"min": "lowest", "max": "highest", "mean": "mean"}
_OF: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "mean": lambda values: sum(values) / len(values),
}


def counters(prefix: str, instance: str, *words: str) -> Iterator[Counter]:
    """Worst and mean of `packetloss`, `jitter` and `bitrate` in both directions, once for each `instance`."""
    for way in WAYS:
        for word in words:
            _, unit, title = _MEASURES[word]
            for which in (*_EXTREMES[word], "mean"):
                warning, critical = _LIMITS.get(f"{word}-{which}", ("", ""))
                yield Counter(
                    f"{way}-{word}-{which}",
                    f"{prefix}.{way}.{word}.{which}.{WORDS[unit]}",
                    f"{_WORDS[which]} {title} of what the node {'receives' if way == 'rx' else 'sends'}",
                    unit=unit,
                    warning=warning,
                    critical=critical,
                    instance=instance,
                    title=f"{_WORDS[which]} {way} {title}",
                )


def measured(mode: Mode, instance: str, streams: Iterable[Stream], *words: str) -> Iterator[Measurement]:
    """Worst and mean of what could be read of `streams`; what could not is told already."""
    streams = list(streams)
    for way in WAYS:
        for word in words:
            field = f"{way}_{_MEASURES[word][0]}"
            values = [stream[field] for stream in streams if stream[field] is not None]
            for which in (*_EXTREMES[word], "mean") if values else ():
                yield from mode.measure(f"{way}-{word}-{which}", _OF[which](values), instance)


def live(mode: Mode, table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Stream]]:
    """Each row of `status/v1/participant/` or `status/v1/backplane/` with each of its streams. A request a row.

    A row that has gone since it was listed is left out; that all have gone is a problem. Bitrates are in bit/s. Loss is
    in percent: the recent one where the version reports it, else that since the previous run, else the whole call's.
    """
    growth = Growth(mode.previous, mode.now)
    losses: dict[str, float] = {}
    asked = gone = 0
    for row in rows:
        place = identity(row)
        if not place:
            mode.gaps.missing(mode.record, "id", present=False)
            continue
        asked += 1
        try:
            found = list(mode.fetch(f"{table}{place}/media_stream/", _FIELDS, "media stream"))
        except NotSupported:
            gone += 1
            continue
        for stream in found:
            if stream["end_time"] is None:
                yield row, _plain(mode, stream, f"{place} {stream['id']} {stream['start_time']}", growth, losses)
    mode.remembered = {**growth.saved(), "losses": losses}
    if gone and gone == asked:
        mode.problems.append(f"no media streams: {plural(gone, mode.record)} asked, all have gone (HTTP 404)")
    elif gone:
        mode.remarks.append(f"{plural(gone, mode.record)} left while being asked")


def worst_loss(stream: Mapping[str, Any]) -> float:
    """The higher loss of both directions, in percent; 0 where none is known."""
    return max(stream[f"{way}_packet_loss"] or 0 for way in WAYS)


def in_words(stream: Mapping[str, Any]) -> str:
    """`loss 12.5 % rx and 0 % tx, jitter 3 ms rx and unknown tx`."""
    return f"loss {_both(stream, 'packet_loss', '%')}, jitter {_both(stream, 'jitter', 'ms')}"


def _both(stream: Mapping[str, Any], field: str, unit: str) -> str:
    values = ((way, stream[f"{way}_{field}"]) for way in WAYS)
    return " and ".join(f"{'unknown' if value is None else human(value, unit)} {way}" for way, value in values)


def _plain(mode: Mode, stream: Stream, key: str, growth: Growth, losses: dict[str, float]) -> Stream:
    """A stream with its losses of now and bitrates in bit/s; what is not reported is told."""
    for way in WAYS:
        name = f"{way}_packet_loss"
        reported = stream[name]
        if stream[f"{way}_windowed_packet_loss"] is not None:
            stream[name] = stream[f"{way}_windowed_packet_loss"]
        elif reported is None:
            mode.gaps.missing("media stream", name, present=name not in mode.gaps.absent)
        else:
            losses[f"{key} {way}"] = stream[name] = _since(mode, stream, way, f"{key} {way}", growth)
        bitrate = stream[f"{way}_bitrate"]
        stream[f"{way}_bitrate"] = None if bitrate is None else 1000 * bitrate
    return stream


def _since(mode: Mode, stream: Stream, way: str, key: str, growth: Growth) -> float:
    """The loss of one direction since the previous run, in percent; of a new stream that of all of it."""
    reported: float = stream[f"{way}_packet_loss"]
    lost, packets = stream[f"{way}_packets_lost"], stream["rx_packets_received" if way == "rx" else "tx_packets_sent"]
    if lost is None or packets is None:
        return reported
    new = growth.together(key, {"lost": lost, "packets": packets}, may_shrink=("lost",))
    if new is None:
        return reported
    share = share_lost(new["lost"], new["packets"] + (new["lost"] if way == "rx" else 0))
    if share is not None:
        return share
    # The same answer again, from the cache, or a call on hold: nothing new is known.
    before = mode.recall("losses", dict).get(key)
    return before if isinstance(before, (int, float)) else reported
