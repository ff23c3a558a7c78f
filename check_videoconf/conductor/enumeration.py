"""The enumerate calls: their pages, and structs of which only what is wanted is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import PagingFailed
from ..redact import without_account
from .calls import Calls, Gone
from .xmlrpc import NEXT

if TYPE_CHECKING:
    from ..session import Session

# The oldest bridges page by four: 2,400 participants still get through.
_MOST_PAGES = 1000
# What tells the structs of an enumerate call apart. What may be a person's is only digested.
_PERSONAL = ("participantName", "participantID", "address")
_IDENTITY = (
    *("factoryConferenceId", "conferenceName", "uniqueId"),
    *("mcuIPAddress", "participantProtocol", "connectionUniqueId", *_PERSONAL),
)
# One of these a participant must have to be told apart by that: those of a conference may share all the rest.
_WHO = ("participantName", "participantID", "connectionUniqueId")
_STATE = "currentState"


class Enumeration:
    """One walk through the array `member` of what a method returns. wanted: the members of its structs to keep.

    bare: the array may come without a struct around it.
    """

    def __init__(self, session: Session, method: str, member: str, wanted: Collection[str], *, bare: bool) -> None:
        self._session = session
        self._calls = Calls(session)
        self._method = method
        self._member = member
        self._wanted = wanted
        self._bare = bare

    def structs(self) -> Iterator[Mapping[str, Any]]:
        """Each struct once, with its `identity`. Follows enumerateID. Raises VideoconfError."""
        seen: set[str] = set()
        ids: set[str] = set()
        arguments: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            try:
                page = self._page(arguments)
            except Gone as ended:
                if not arguments:
                    raise
                self._session.remarks.append(f"{self._method} ended early, what it was at is gone: {ended}")
                return
            found = page[self._member]
            fresh = [struct for struct in found if struct["identity"] not in seen]
            yield from fresh
            following = page.get(NEXT)
            if not following:
                return
            if not fresh or following in ids:
                raise self._endless(f"a page of {len(found)} adds nothing, or asks for one again")
            seen.update(struct["identity"] for struct in fresh)
            ids.add(following)
            arguments = {NEXT: following}
        raise self._endless(f"more than {_MOST_PAGES} pages")

    def _page(self, arguments: dict[str, str]) -> dict[str, Any]:
        """Structs and enumerateID of one answer."""
        page: dict[str, Any] = self._session.cached(
            f"{self._method}{arguments or ''}", lambda: self._asked(arguments), self._wanted
        )
        return page

    def _asked(self, arguments: dict[str, str]) -> dict[str, Any]:
        answer = self._calls.ask(self._method, arguments, {self._member, NEXT, _STATE, *_IDENTITY, *self._wanted})
        page = {self._member: answer} if self._bare and isinstance(answer, list) else self._calls.struct(answer or {})
        if self._member not in page:
            raise self._calls.failed(self._method, f"no array of {self._member}: the data is not available")
        structs = page[self._member]
        if not isinstance(structs, list) or not all(isinstance(struct, dict) for struct in structs):
            raise self._calls.wrong_shape(f"{self._member} is not an array of structs")
        for struct in structs:
            struct.update({name: without_account(text, "") for name, text in struct.items() if isinstance(text, str)})
            struct["identity"] = _identity(flat(struct), _WHO if self._member == "participants" else ())
            _drop_personal(struct)
        following = page.get(NEXT) or ""
        if not isinstance(following, (str, int)):
            raise self._calls.wrong_shape(f"{NEXT} is no text")
        return {self._member: structs, NEXT: str(following)}

    def _endless(self, reason: str) -> PagingFailed:
        return PagingFailed(address=self._session.device.address, path=self._method, reason=reason)


def flat(struct: Mapping[str, Any]) -> Mapping[str, Any]:
    """The struct with the members nested under currentState as its own."""
    state = struct.get(_STATE)
    return {**struct, **state} if isinstance(state, dict) else struct


def _drop_personal(struct: dict[str, Any]) -> None:
    state = struct.get(_STATE)
    for members in (struct, state) if isinstance(state, dict) else (struct,):
        for name in _PERSONAL:
            members.pop(name, None)


def _identity(struct: Mapping[str, Any], who: Collection[str]) -> str:
    """A digest of what tells a struct apart, with all its words where it has nothing of `who`.

    Numbers are left out there, also those that come as text: packets are counted on from page to page and run to run.
    """
    known = {name: struct[name] for name in _IDENTITY if name in struct}
    if who and not any(struct.get(name) for name in who):
        words = {name: text for name, text in struct.items() if isinstance(text, str) and not text.isdecimal()}
        known.update(words)
    elif not known:
        known = dict(struct)
    text = json.dumps(known, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
