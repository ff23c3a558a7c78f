"""One call of XML-RPC at /RPC2: xmlrpc.client's marshalling over our session, credentials inside each struct."""

from __future__ import annotations

import re
import xmlrpc.client
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..errors import DeviceError, NotXml, WrongShape
from ..text import shorten
from .xmlrpc import Refused, parse

if TYPE_CHECKING:
    from ..session import Session

_ENDPOINT = "/RPC2"
_ACCOUNT_FAULTS = {14: "authorization failed", 15: "insufficient privileges"}
_GONE_FAULTS = (4, 5)
# What unmarshalling raises for XML that is no XML-RPC.
_NO_XMLRPC = (
    xmlrpc.client.ResponseError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    RecursionError,
)


class AccountFault(DeviceError):
    """Faults 14 and 15."""

    when = "a Conductor refuses the account (XML-RPC faults 14 and 15)"
    line = "authentication failed for account '{account}' at {address}: {reason}"
    advice = "check the account, its password and its right to use the API"


class Gone(DeviceError):
    """Faults 4 and 5: what was asked for has ended meanwhile."""


class Calls:
    """Calls the methods of one Conductor."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, method: str, arguments: dict[str, Any], wanted: Collection[str] | None = None) -> Any:
        """What a method returns: a struct, or the empty array that some return for nothing. Raises VideoconfError,
        DeviceError for a fault.

        wanted: the only members of structs that become values.
        """
        credentials = {
            "authenticationUser": self._session.options.username,
            "authenticationPassword": self._session.options.password,
        }
        body = xmlrpc.client.dumps(({**credentials, **arguments},), method, encoding="utf-8").encode()
        headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        answer = self._session.request("POST", _ENDPOINT, body, headers, login=False)
        answer.refuse_what_is_no_data()
        result = self._parsed(method, answer.body, wanted)
        if isinstance(result, dict) and result.get("status") == "error":
            raise self._fault(method, result.get("faultCode") or "", result.get("info"))
        return result

    def struct(self, result: Any) -> dict[str, Any]:
        """`result` if it is a struct. Raises WrongShape."""
        if not isinstance(result, dict):
            raise self.wrong_shape("the answer is not a struct")
        return result

    def wrong_shape(self, reason: str) -> WrongShape:
        """The error for an answer that is not what the product sends."""
        return self._session.device.wrong_shape(_ENDPOINT, reason)

    def failed(self, method: str, reason: str, kind: type[DeviceError] = DeviceError) -> DeviceError:
        """The error for a method that has no answer."""
        account = self._session.options.username
        return kind(address=self._session.device.address, account=account, path=method, reason=reason)

    def _parsed(self, method: str, body: bytes, wanted: Collection[str] | None) -> Any:
        try:
            (result,) = parse(body, wanted)
        except xmlrpc.client.Fault as fault:
            raise self._fault(method, fault.faultCode, fault.faultString) from None
        except Refused as refused:
            raise NotXml(address=self._session.device.address, path=_ENDPOINT, reason=str(refused)) from None
        except _NO_XMLRPC:
            raise self.wrong_shape("no XML-RPC answer") from None
        return result

    def _fault(self, method: str, code: object, text: object) -> DeviceError:
        words = "" if text is None else shorten(str(text).strip(), 200)
        words = words or "an error without words"
        shown = shorten(str(code), 20)
        number = int(shown) if re.fullmatch("[0-9]{1,9}", shown) else 0  # text in a struct with `status: error`
        if number in _ACCOUNT_FAULTS:
            reason = f"fault {number}, {_ACCOUNT_FAULTS[number]}: check the account and its rights"
            return self.failed(method, reason, AccountFault)
        reason = f"fault {shown}: {words}" if shown else words
        return self.failed(method, reason, Gone if number in _GONE_FAULTS else DeviceError)
