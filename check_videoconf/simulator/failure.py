"""What a fault on demand changes, from the certificate to the last byte of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import wire
from .messages import Answer, Request
from .wire import Line

if TYPE_CHECKING:
    from .server import System

ALL = ("pexip", "conductor", "trio")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with the TLS of the devices; nothing by default."""

    expired: bool = False
    name: bool = False
    issuer: bool = False
    tls_1_0_only: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a Pexip list: its rows, and what its `meta` says."""

    rows: list[Any]
    offset: int
    total: int
    more: bool


def honest_page(rows: list[Any], limit: int, offset: int) -> Page:
    """The page that was asked for; a limit of 0 is all."""
    end = offset + limit if limit else len(rows)
    return Page(rows[offset:end], offset, len(rows), end < len(rows))


def _nothing(system: System, request: Request) -> None:
    """The device answers for itself."""


def _unchanged(answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True)
class Failure:
    """One fault on demand; the fields that are not given leave things as they should be."""

    name: str
    help: str
    systems: tuple[str, ...] = ALL
    wrong: Wrong = field(default_factory=Wrong)
    opening: Callable[[Line], None] | None = None
    """Plays on the connection in place of the TLS handshake."""
    instead: Callable[[System, Request], Answer | None] = _nothing
    """An answer in place of the device's own."""
    change: Callable[[Answer], Answer] = _unchanged
    """What becomes of an answer of the device that has status 200."""
    page: Callable[[list[Any], int, int], Page] = honest_page
    """A page of a Pexip list from all rows, the limit and the offset."""
    sending: Callable[[Line, bytes, bytes | Iterable[bytes]], None] = wire.send
    """How the header and the body are sent."""
    trap: bool = False
    """Whether a second server stands by that records what was sent to it."""

    @property
    def needs_tls(self) -> bool:
        return self.opening is not None or self.wrong != Wrong()


NONE = Failure("none", "the devices work")
