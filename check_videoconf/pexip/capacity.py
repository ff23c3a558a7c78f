"""Load and capacity of nodes and locations: both resources report them alike, from version 24 on in their lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Measurement
from ..errors import NotSupported
from ..fields import Fields
from ..mode import NOT_SUPPORTED, Mode
from .client import identity

CAPACITY = {
    "hd": "max_hd_calls",
    "fullhd": "max_full_hd_calls",
    "sd": "max_sd_calls",
    "audio": "max_audio_calls",
}
#: What Fields(numbers=…) must read for all of it.
NUMBERS = f"media_load? media_tokens_used? max_media_tokens? {' '.join(f'{field}?' for field in CAPACITY.values())}"

_STATISTICS = Fields(numbers="media_load")
_OPTIONAL = {"tokens-used": "media_tokens_used", **{f"capacity-{name}": field for name, field in CAPACITY.items()}}


def counters(noun: str) -> Iterator[Counter]:
    """Load, tokens and capacity of each `node` or `location`."""
    yield Counter(
        "load", f"{noun}.media.load.percentage", "media load",
        unit="%", warning="80", critical="95", instance=noun, title="media load",
    )  # fmt: skip
    yield Counter("tokens-used", f"{noun}.media.tokens.used.count", "media tokens in use", instance=noun, optional=True)
    yield from Counter(
        "capacity-*", f"{noun}.capacity.*.count", "* calls it can take",
        instance=noun, optional=True, title="* capacity",
    ).members(CAPACITY)  # fmt: skip


def complete(mode: Mode, table: str, record: dict[str, Any]) -> None:
    """Gives a row its load where the version's list has none: by a request of its own. Raises VideoconfError."""
    if record["media_load"] is None and "media_load" in mode.gaps.absent:  # version 16
        record["media_load"] = _statistics_load(mode, table, record)


def _statistics_load(mode: Mode, table: str, record: Mapping[str, Any]) -> float | None:
    """The load below a row, None if it cannot be had."""
    row = identity(record)
    if not row:
        return None
    try:
        statistics = mode.client.object(f"{table}{row}/statistics/")
    except NotSupported:
        return None  # it has gone since the list was made
    load: float | None = _STATISTICS.reader(f"{mode.record} {record['name']}", mode.gaps)(statistics)["media_load"]
    return load


def takes_no_calls(record: Mapping[str, Any]) -> str:
    """Why a load is not meant, or `''`: what is stopped or in maintenance reports 100 % without a token in use."""
    meant = (record["media_load"] or 0) < 100 or record["media_tokens_used"] != 0
    return "" if meant else "100 % load without a media token in use"


def measured(mode: Mode, record: Mapping[str, Any]) -> Iterator[Measurement]:
    """The load of a row, its tokens and its capacity; `not_supported` tells of what the version lacks."""
    name = record["name"]
    yield from mode.measure("load", record["media_load"], name)
    for label, field in _OPTIONAL.items():
        if field not in mode.gaps.absent:
            high = record["max_media_tokens"] if label == "tokens-used" else None
            yield from mode.measure(label, record[field], name, high=high)


def not_supported(mode: Mode, *also: str) -> bool:
    """Whether this version lacks capacities; says what it lacks, once for each counter, `also` what is made of them."""
    without_capacity = not mode.gaps.absent.isdisjoint(CAPACITY.values())
    lacking = [label for label, field in _OPTIONAL.items() if field in mode.gaps.absent]
    for label in (*lacking, *also) if without_capacity else lacking:
        mode.absent(label, optional=True, reason=NOT_SUPPORTED)
    return without_capacity
