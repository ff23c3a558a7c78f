"""The phone's REST API: the envelope, its Status codes, and keys that carry blanks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import RestDisabled
from ..fields import Fields, Gaps
from ..redact import SHORT, accounts_in, address_without_account
from . import statuses

if TYPE_CHECKING:
    from ..session import Session

# No mode needs it, and the cache could not tell by its name that it is personal.
_CALLERS_ADDRESS = "Remote Connection IP"


class Client:
    """Asks one phone, one request at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        session.device.busy_statuses = (403,)  # a second request in parallel is refused so, and so is a forbidden one
        session.device.missing = RestDisabled

    def records(
        self, path: str, fields: Fields, what: str, gaps: Gaps, *, version: int = 1
    ) -> Iterator[dict[str, Any]]:
        """Each object of a list as a record of exactly `fields`; `what` names it in messages. Raises VideoconfError."""
        return map(fields.reader(what, gaps), self.structs(path, version))

    def record(self, path: str, fields: Fields, what: str, gaps: Gaps) -> dict[str, Any]:
        """The object at a path as a record. Raises VideoconfError."""
        return fields.reader(what, gaps)(self.struct(path))

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
        except (RestDisabled, statuses.NotOfThisPhone):
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
            envelope = self._cleaned(path, self.session.request(method, path, body, headers).json())
            found = envelope.get("Status") if isinstance(envelope, dict) else None
            if not isinstance(found, (str, int)):
                raise self.session.device.wrong_shape(path, "no Status, this is not the REST API of a phone")
            status = f"{found}".strip()
            if status != statuses.BUSY or attempt == self.session.options.retries or not self.session.pause(attempt):
                break
        if status != statuses.OK:
            raise statuses.error(self.session.device.address, path, status)
        return dict(envelope)

    def _cleaned(self, path: str, value: Any) -> Any:
        try:
            return self._clean(value)
        except RecursionError:
            raise self.session.device.wrong_shape(path, "nested too deep") from None

    def _clean(self, value: Any, name: str = "") -> Any:
        """Keys without the blanks some firmware puts round them, addresses of servers without the account in them.

        `name` is that of the member; what is the value of a parameter has the parameter's name.
        """
        if isinstance(value, dict):
            members = ((str(key).strip(), inner) for key, inner in value.items())
            return {
                key: self._clean(inner, name if key.lower() == "value" else key)
                for key, inner in members
                if key != _CALLERS_ADDRESS
            }
        if isinstance(value, list):
            return [self._clean(inner, name) for inner in value]
        if isinstance(value, str) and "@" in value:
            for account in accounts_in(name, value):
                password = account.partition(":")[2]
                self.session.redactor.add(account, password if len(password) >= SHORT else None)
            return address_without_account(name, value)
        return value
