"""XML-RPC at /RPC2: xmlrpc.client's marshalling over our session, credentials inside each struct."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from ..errors import AuthenticationFailed, DeviceError, NotXml
from ..session import Session
from ..text import shorten
from .xmlrpc import Refused, parse

_ENDPOINT = "/RPC2"
_ACCOUNT_FAULTS = {14: "authorization failed", 15: "insufficient privileges"}


class Client:
    """Asks one Conductor, one request at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The struct a method returns. Raises VideoconfError, DeviceError for a fault."""
        struct: dict[str, Any] = self.session.cached(
            f"{method}{arguments or ''}", lambda: self._call(method, arguments)
        )
        return struct

    def _call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        credentials = {
            "authenticationUser": self.session.options.username,
            "authenticationPassword": self.session.options.password,
        }
        body = xmlrpc.client.dumps(({**credentials, **arguments},), method, encoding="utf-8").encode()
        headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        answer = self.session.request("POST", _ENDPOINT, body, headers, login=False)
        answer.refuse_what_is_no_data()
        result = self._parse(method, answer.body)
        if result.get("status") == "error":
            raise self._failed(method, f"{result.get('faultCode', '')} {result.get('info', 'an error')}".strip())
        return result

    def _parse(self, method: str, body: bytes) -> dict[str, Any]:
        try:
            (result,) = parse(body)
        except xmlrpc.client.Fault as fault:
            raise self._fault(method, fault) from None
        except Refused as refused:
            raise NotXml(address=self.session.device.address, path=_ENDPOINT, reason=str(refused)) from None
        except (
            xmlrpc.client.ResponseError,
            ValueError,
            TypeError,
            IndexError,
            KeyError,
            AttributeError,
            RecursionError,
        ):
            raise self.session.device.wrong_shape(_ENDPOINT, "no XML-RPC answer") from None
        if not isinstance(result, dict):
            raise self.session.device.wrong_shape(_ENDPOINT, "the answer is not a struct")
        return result

    def _fault(self, method: str, fault: xmlrpc.client.Fault) -> AuthenticationFailed | DeviceError:
        code = fault.faultCode
        if code in _ACCOUNT_FAULTS:
            return AuthenticationFailed(
                account=self.session.options.username,
                address=self.session.device.address,
                reason=f"fault {code}, {_ACCOUNT_FAULTS[code]}: check the account and its rights",
            )
        return self._failed(method, f"fault {code}: {shorten(str(fault.faultString), 200)}")

    def _failed(self, method: str, reason: str) -> DeviceError:
        return DeviceError(address=self.session.device.address, path=method, reason=reason)
