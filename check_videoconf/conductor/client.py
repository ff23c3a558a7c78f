"""XML-RPC at /RPC2: xmlrpc.client's marshalling over our session, credentials inside each struct."""

from __future__ import annotations

import re
import time
import xmlrpc.client
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import DeviceError, NotXml, PagingFailed
from ..fields import Fields, Gaps
from ..redact import without_account
from ..text import shorten
from .rest import Rest
from .structs import IDENTITY, PERSONAL, STATE, flat, identity
from .xmlrpc import Refused, parse

if TYPE_CHECKING:
    from ..session import Session

_ENDPOINT = "/RPC2"
_ACCOUNT_FAULTS = {14: "authorization failed", 15: "insufficient privileges"}
_GONE_FAULTS = (4, 5)
_NEXT = "enumerateID"
# The oldest bridges page by four: 2,400 participants still get through.
_MOST_PAGES = 1000


class AccountFault(DeviceError):
    """Faults 14 and 15."""

    when = "a Conductor refuses the account (XML-RPC faults 14 and 15)"
    line = "authentication failed for account '{account}' at {address}: {reason}"
    advice = "check the account, its password and its right to use the API"


class Gone(DeviceError):
    """Faults 4 and 5: what was asked for has ended meanwhile."""


class Client:
    """Asks one Conductor, one request at a time. `rest` asks its REST APIs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rest = Rest(session)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The struct a method returns, without secrets. Raises VideoconfError, DeviceError for a fault."""
        return self._struct(self.session.cached(f"{method}{arguments or ''}", lambda: self._call(method, arguments)))

    def timed(self, method: str) -> tuple[dict[str, Any], float]:
        """The same, and when it was answered, in seconds since 1970: what the device's clock is compared with."""
        kept = self.session.cached(
            f"{method} and when", lambda: {"struct": self._call(method, {}), "answered": time.time()}
        )
        return self._struct(kept["struct"]), kept["answered"]

    def records(
        self, method: str, member: str, fields: Fields, what: str, gaps: Gaps, *, bare: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Each struct of the array `member` of an answer as a record of exactly `fields` and its `identity`.

        Members nested under currentState count as the struct's own. Follows enumerateID; a struct that an earlier page
        had is left out. identity tells structs apart and is nobody's name. bare: the array may come without a struct
        around it. Raises VideoconfError, DeviceError also where the array is missing: that is how this product says
        that it has no data.
        """
        read = fields.reader(what, gaps)
        for struct in self._structs(method, member, frozenset(name for name, _, _ in fields.readers), bare):
            yield {**read(flat(struct)), "identity": struct["identity"]}

    # -- pages

    def _structs(self, method: str, member: str, wanted: Collection[str], bare: bool) -> Iterator[Mapping[str, Any]]:
        seen: set[str] = set()
        ids: set[str] = set()
        arguments: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            try:
                page = self._page(method, member, wanted, arguments, bare)
            except Gone as ended:
                if not arguments:
                    raise
                self.session.remarks.append(f"{method} ended early, what it was at is gone: {ended}")
                return
            fresh = [struct for struct in page[member] if struct["identity"] not in seen]
            yield from fresh
            following = page.get(_NEXT)
            if not following:
                return
            if not fresh or following in ids:
                raise self._endless(method, f"a page of {len(page[member])} adds nothing, or asks for one again")
            seen.update(struct["identity"] for struct in fresh)
            ids.add(following)
            arguments = {_NEXT: following}
        raise self._endless(method, f"more than {_MOST_PAGES} pages")

    def _page(
        self, method: str, member: str, wanted: Collection[str], arguments: dict[str, str], bare: bool
    ) -> dict[str, Any]:
        """One answer of an enumerate call, of which only `wanted` is kept."""

        def ask() -> dict[str, Any]:
            answer = self._call(method, arguments, {member, _NEXT, STATE, *IDENTITY, *wanted})
            page = {member: answer} if bare and isinstance(answer, list) else self._struct(answer or {})
            if member not in page:
                raise self._failed(DeviceError, method, f"no array of {member}: the data is not available")
            structs = page[member]
            if not isinstance(structs, list) or not all(isinstance(struct, dict) for struct in structs):
                raise self.session.device.wrong_shape(_ENDPOINT, f"{member} is not an array of structs")
            for struct in structs:
                struct.update(
                    {name: without_account(text, "") for name, text in struct.items() if isinstance(text, str)}
                )
                struct["identity"] = identity(flat(struct))
                struct.pop(PERSONAL, None)
            following = page.get(_NEXT) or ""
            if not isinstance(following, (str, int)):
                raise self.session.device.wrong_shape(_ENDPOINT, f"{_NEXT} is no text")
            return {member: structs, _NEXT: str(following)}

        page: dict[str, Any] = self.session.cached(f"{method}{arguments or ''}", ask, wanted)
        return page

    def _endless(self, method: str, reason: str) -> PagingFailed:
        return PagingFailed(address=self.session.device.address, path=method, reason=reason)

    # -- one call

    def _call(self, method: str, arguments: dict[str, Any], wanted: Collection[str] | None = None) -> Any:
        """What a method returns: a struct, or the empty array that some return for nothing."""
        credentials = {
            "authenticationUser": self.session.options.username,
            "authenticationPassword": self.session.options.password,
        }
        body = xmlrpc.client.dumps(({**credentials, **arguments},), method, encoding="utf-8").encode()
        headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        answer = self.session.request("POST", _ENDPOINT, body, headers, login=False)
        answer.refuse_what_is_no_data()
        result = self._parse(method, answer.body, wanted)
        if isinstance(result, dict) and result.get("status") == "error":
            raise self._fault(method, result.get("faultCode") or "", str(result.get("info", "an error")))
        return result

    def _parse(self, method: str, body: bytes, wanted: Collection[str] | None) -> Any:
        try:
            (result,) = parse(body, wanted)
        except xmlrpc.client.Fault as fault:
            raise self._fault(method, fault.faultCode, str(fault.faultString)) from None
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
        return result

    def _struct(self, result: Any) -> dict[str, Any]:
        if not isinstance(result, dict):
            raise self.session.device.wrong_shape(_ENDPOINT, "the answer is not a struct")
        return result

    def _fault(self, method: str, code: object, text: str) -> DeviceError:
        shown = shorten(str(code), 20)
        number = int(shown) if re.fullmatch("[0-9]{1,9}", shown) else 0  # text in a struct with `status: error`
        if number in _ACCOUNT_FAULTS:
            reason = f"fault {number}, {_ACCOUNT_FAULTS[number]}: check the account and its rights"
            return self._failed(AccountFault, method, reason)
        kind = Gone if number in _GONE_FAULTS else DeviceError
        return self._failed(kind, method, f"fault {shown}: {shorten(text, 200)}" if shown else shorten(text, 200))

    def _failed(self, kind: type[DeviceError], method: str, reason: str) -> DeviceError:
        account = self.session.options.username
        return kind(address=self.session.device.address, account=account, path=method, reason=reason)
