"""When a Conferencing Node was last heard of: versions have one of two fields for it, or both."""

from __future__ import annotations

from ..fields import Unreadable, moment
from ..mode import Mode, Record

NAMES = ("last_updated", "last_reported")
#: What Fields(raws=…) must read for it.
FIELDS = " ".join(f"{name}?" for name in NAMES)


def field_of(node: Record) -> str:
    """The field that tells it, whether or not it can be read; `''` where the node was never heard of."""
    return next((name for name in NAMES if not _is_blank(node[name])), "")


def last(mode: Mode, node: Record) -> float | None:
    """When, in seconds since 1970; None where it never was, and where that cannot be read, which is told."""
    field = field_of(node)
    try:
        return moment(node[field]) if field else None
    except Unreadable:
        mode.gaps.unreadable(mode.record, field, node[field], required=True)
        return None


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
