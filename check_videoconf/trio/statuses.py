"""The Status in each answer of the phone, and the errors that it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counters import CRITICAL, Verdict
from ..errors import DeviceError

if TYPE_CHECKING:
    from ..mode import Mode

OK = "2000"
BUSY = "4001"

#: What a Status says. Source: the REST API manual 5.9.2 and public clients.
MEANINGS = {
    "4000": "invalid input parameters",
    BUSY: "device busy",
    "4002": "line not registered",
    "4003": "operation not allowed",
    "4004": "operation not supported",
    "4005": "line does not exist",
    "4006": "URLs not configured",
    "4007": "call does not exist",
    "4008": "configuration export failed",
    "4009": "input size limit exceeded",
    "4010": "the default password must be changed before the REST API answers",
    "4011": "contact not found",
    "4400": "bad request",
    "4403": "forbidden",
    "5000": "failed to process the request",
    "5500": "internal error",
}


class NotRegistered(DeviceError):
    """Status 4002: the line is not registered, which is bad news where lines are checked."""


class NoCall(DeviceError):
    """Status 4007: an idle phone's answer to a question about its calls."""


class NotOfThisPhone(DeviceError):
    """Status 4004: this model, base profile or firmware does not have it."""


_ERRORS = {"4002": NotRegistered, "4004": NotOfThisPhone, "4007": NoCall}


def bad_news(mode: Mode, status: str, refusal: NotRegistered) -> Verdict:
    """CRITICAL for the one status of the mode. Raises the refusal where the user has switched that off."""
    given = mode.given.levels["critical"]  # under the label that the status has in the drop-in, where it is that
    expressions = [given.get(declared.label, declared.critical) for declared in mode.statuses]
    if not any(map(str.strip, expressions)) or not mode.wanted(status):
        raise refusal
    return Verdict(status, CRITICAL, str(refusal))


def error(address: str, path: str, status: str) -> DeviceError:
    """The error that a Status other than OK is."""
    reason = f"status {status}: {MEANINGS.get(status, 'unknown status')}"
    return _ERRORS.get(status, DeviceError)(address=address, path=path, reason=reason)
