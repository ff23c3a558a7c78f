"""The phone's REST API: the envelope, its Status codes, and keys that carry blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import BusyOrNotPermitted, DeviceError, RestDisabled
from ..session import Session

OK = "2000"
BUSY = "4001"

#: What a Status says. Source: the REST API manual 5.9.2 and public clients.
STATUS = {
    "4000": "invalid input parameters",
    "4001": "device busy",
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


class Client:
    """Asks one phone, one request at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        session.device.busy_statuses = (403,)  # a second request in parallel is refused so, and so is a forbidden one
        session.device.missing = RestDisabled

    def data(self, path: str, version: int = 1) -> Any:
        """The `data` of a GET below /api/v1/ (or v2), blanks of its keys stripped. Raises VideoconfError."""
        target = f"/api/v{version}/{path}"
        return self.session.cached(target, lambda: self._ask(target))

    def struct(self, path: str, version: int = 1) -> Mapping[str, Any]:
        """The same where `data` is an object. Raises VideoconfError."""
        found = self.data(path, version)
        if not isinstance(found, dict):
            raise self.session.device.wrong_shape(f"/api/v{version}/{path}", "data is not an object")
        return found

    @staticmethod
    def member(struct: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """An object inside an object; an empty one where it is missing, so that its fields are told as missing."""
        found = struct.get(name)
        return found if isinstance(found, dict) else {}

    def _ask(self, path: str) -> Any:
        for attempt in range(self.session.options.retries + 1):
            envelope = _stripped(self.session.request("GET", path).json())
            status = envelope.get("Status") if isinstance(envelope, dict) else None
            if not isinstance(status, (str, int)):
                raise self.session.device.wrong_shape(path, "no Status, this is not the REST API of a phone")
            if str(status) != BUSY or attempt == self.session.options.retries or not self.session.pause(attempt):
                break
        if str(status) == OK:
            return envelope.get("data")
        meaning = STATUS.get(str(status), "unknown status")
        if str(status) == BUSY:
            raise BusyOrNotPermitted(
                address=self.session.device.address,
                path=path,
                account=self.session.options.username,
                reason=f"status {BUSY}",
            )
        raise DeviceError(address=self.session.device.address, path=path, reason=f"status {status}: {meaning}")


def _stripped(value: Any) -> Any:
    """Keys without the blanks some firmware puts round them."""
    if isinstance(value, dict):
        return {str(key).strip(): _stripped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_stripped(inner) for inner in value]
    return value
