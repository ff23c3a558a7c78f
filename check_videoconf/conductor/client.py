"""What the modes ask a Conductor: XML-RPC methods, and through `rest` its REST APIs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..fields import Fields, Gaps
from .calls import Calls
from .enumeration import Enumeration, flat
from .rest import Rest

if TYPE_CHECKING:
    from ..session import Session


class Client:
    """Asks one Conductor, one request at a time. `rest` asks its REST APIs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rest = Rest(session)
        self._calls = Calls(session)

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The struct a method returns, without secrets. Raises VideoconfError, DeviceError for a fault."""
        request = f"{method}{arguments or ''}"
        return self._calls.struct(self.session.cached(request, lambda: self._calls.ask(method, arguments)))

    def timed(self, method: str) -> tuple[dict[str, Any], float]:
        """The same, and when it was answered, in seconds since 1970: what the device's clock is compared with."""
        kept = self.session.cached(
            f"{method} and when", lambda: {"struct": self._calls.ask(method, {}), "answered": time.time()}
        )
        return self._calls.struct(kept["struct"]), kept["answered"]

    def records(
        self, method: str, fields: Fields, what: str, gaps: Gaps, *, member: str, bare: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Each struct of the array `member` of an answer as a record of exactly `fields` and its `identity`.

        Members nested under currentState count as the struct's own. Follows enumerateID; a struct that an earlier page
        had is left out. identity tells structs apart and is nobody's name. bare: the array may come without a struct
        around it. Raises VideoconfError, DeviceError also where the array is missing: that is how this product says
        that it has no data.
        """
        read = fields.reader(what, gaps)
        wanted = frozenset(chain.from_iterable(fields.keys.values()))
        for struct in Enumeration(self.session, method, member, wanted, bare=bare).structs():
            yield {**read(flat(struct)), "identity": struct["identity"]}
