"""The phone's REST API: the envelope, its Status codes, and keys that carry blanks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import BusyOrNotPermitted, DeviceError, RestDisabled, VideoconfError
from ..session import Session

OK = "2000"
BUSY = "4001"
NO_CALL = "4007"

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
        return self.envelope(path, version).get("data")

    def envelope(self, path: str, version: int = 1) -> Mapping[str, Any]:
        """The whole answer where not all of it is in `data`. Raises VideoconfError."""
        target = f"/api/v{version}/{path}"
        envelope: Mapping[str, Any] = self.session.cached(target, lambda: self._ask("GET", target))
        return envelope

    def newest(self, path: str) -> tuple[int, Any]:
        """Version and `data` of the newest layout the phone has: version 2, else 1. Raises VideoconfError."""
        try:
            return 2, self.data(path, 2)
        except (RestDisabled, NotOfThisPhone):
            return 1, self.data(path, 1)

    def post(self, path: str, body: Any) -> Mapping[str, Any]:
        """The whole answer of a POST that only reads. Raises VideoconfError."""
        return self._ask("POST", f"/api/v1/{path}", json.dumps(body).encode())

    def struct(self, path: str, version: int = 1) -> Mapping[str, Any]:
        """The same where `data` is an object. Raises VideoconfError."""
        return self.object(f"/api/v{version}/{path}", self.data(path, version))

    def object(self, path: str, found: Any) -> Mapping[str, Any]:
        """`found` if it is an object. Raises WrongShape."""
        if not isinstance(found, dict):
            raise self.session.device.wrong_shape(path, "data is not an object")
        return found

    def structs(self, path: str, version: int = 1) -> list[Mapping[str, Any]]:
        """The same where `data` is a list of objects. Raises VideoconfError."""
        return self.objects(f"/api/v{version}/{path}", self.data(path, version))

    def objects(self, path: str, found: Any) -> list[Mapping[str, Any]]:
        """`found` if it is a list of objects. Raises WrongShape."""
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.session.device.wrong_shape(path, "not a list of objects")
        return found

    @staticmethod
    def member(struct: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """An object inside an object; an empty one where it is missing, so that its fields are told as missing."""
        found = struct.get(name)
        return found if isinstance(found, dict) else {}

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Mapping[str, Any]:
        headers = {"Content-Type": "application/json"} if body else {}
        for attempt in range(self.session.options.retries + 1):
            envelope = _stripped(self.session.request(method, path, body, headers).json())
            status = envelope.get("Status") if isinstance(envelope, dict) else None
            if not isinstance(status, (str, int)):
                raise self.session.device.wrong_shape(path, "no Status, this is not the REST API of a phone")
            if str(status) != BUSY or attempt == self.session.options.retries or not self.session.pause(attempt):
                break
        if str(status) != OK:
            raise self._error(path, str(status))
        return dict(envelope)

    def _error(self, path: str, status: str) -> VideoconfError:
        address = self.session.device.address
        if status == BUSY:
            account = self.session.options.username
            return BusyOrNotPermitted(address=address, path=path, account=account, reason=f"status {BUSY}")
        kind = {"4004": NotOfThisPhone, NO_CALL: NoCall}.get(status, DeviceError)
        return kind(address=address, path=path, reason=f"status {status}: {STATUS.get(status, 'unknown status')}")


class NoCall(DeviceError):
    """Status 4007: an idle phone's answer to a question about its calls."""


class NotOfThisPhone(DeviceError):
    """Status 4004: this model, base profile or firmware does not have it."""


def _stripped(value: Any) -> Any:
    """Keys without the blanks some firmware puts round them."""
    if isinstance(value, dict):
        return {str(key).strip(): _stripped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_stripped(inner) for inner in value]
    return value
