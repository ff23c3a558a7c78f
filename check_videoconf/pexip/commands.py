"""The Command API of a Management Node: to place a call, to find it again, to end it for sure."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ..answers import Answer
from ..deadline import Deadline
from ..errors import (
    AuthenticationFailed,
    CallLeft,
    CallRefused,
    ConnectionRefused,
    DeadlineReached,
    NameNotResolved,
    NoRoute,
    NotPermitted,
    NotSupported,
    Redirected,
    RequestRefused,
    TooManyRequests,
    VideoconfError,
)
from ..text import shorten
from .client import BASE, Client, identity
from .participant import TABLE

DIAL = f"{BASE}command/v1/participant/dial/"
DISCONNECT = f"{BASE}command/v1/participant/disconnect/"
#: After these there is no call. After any other error it is open whether the command was carried out.
NOT_PLACED = (
    AuthenticationFailed,
    CallRefused,
    ConnectionRefused,
    NameNotResolved,
    NoRoute,
    NotPermitted,
    NotSupported,
    Redirected,
    TooManyRequests,
)
# Who places no call says so in these; what is told apart by its own error is not among them.
_REFUSALS = tuple(status for status in range(400, 500) if status not in (401, 403, 404, 429))
# Seconds after which a call that was placed is among the participants, if it is there at all.
_SHOWN = 10.0
_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Call:
    """A call that was, or may have been, placed.

    mark: its participant's display name, which no other has. begun: whether the command may have been sent. identities:
    of its participant, as soon as known. seen: whether it was among the participants, so that it has ended if it is
    not. since: when it was placed, monotonic.
    """

    def __init__(self, mark: str, *, begun: bool = False) -> None:
        self.mark = mark
        self.begun = begun
        self.identities: list[str] = []
        self.seen = False
        self.since = time.monotonic()


def dial(client: Client, command: Mapping[str, str]) -> str:
    """Places a call and returns its participant's id. The command is sent once.

    Raises NOT_PLACED; any other VideoconfError leaves open whether there is a call.
    """
    session = client.session
    answer = session.request("POST", DIAL, _body(command), _JSON, any_status=True, once=True)
    if answer.status in _REFUSALS:
        raise _refused(client, answer.reason if not (said := _said(answer)) else said, command)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise session.device.wrong_shape(DIAL, "not an object")
    if found.get("status") == "error":
        raise _refused(client, _said(answer), command)
    data = found.get("data")
    placed = data.get("participant_id") if isinstance(data, dict) else None
    if not isinstance(placed, str) or not placed:
        raise session.device.wrong_shape(DIAL, "no participant_id")
    return placed


def shown(client: Client, participant: str) -> Mapping[str, Any] | None:
    """A participant's row as it is now, None where there is none. Raises VideoconfError."""
    return _object(client, f"{TABLE}{identity({'id': participant})}/")


def past(client: Client, participant: str) -> Mapping[str, Any] | None:
    """The row of a participant who has left. Raises VideoconfError."""
    return _object(client, f"history/v1/participant/{identity({'id': participant})}/")


def hang_up(client: Client, call: Call, deadline: Deadline) -> None:
    """Ends a call, and tries as long as the deadline lets it. Raises CallLeft."""
    pauses = _growing()
    while True:
        try:
            if end(client, call):
                return
            reason = "it does not end" if call.seen else "it is not among the participants yet"
        except VideoconfError as error:
            reason = str(error)
        except DeadlineReached as error:
            raise _left(client, deadline, error) from None
        pause = next(pauses)
        if pause >= deadline.left():
            raise _left(client, deadline, reason)
        deadline.enter("hanging up the test call", network=False)
        time.sleep(pause)


def _left(client: Client, deadline: Deadline, reason: object) -> CallLeft:
    deadline.disarm()  # what strikes again would take the place of this
    return CallLeft(address=client.session.device.address, reason=reason)


def end(client: Client, call: Call) -> bool:
    """One try to end a call; whether it has ended for sure. Raises VideoconfError."""
    if not call.identities:
        call.identities = _find(client, call.mark)
        call.seen = bool(call.identities)
    ended = [_ended(client, call, participant) for participant in call.identities]  # each, whatever of the one before
    return bool(ended) and all(ended)


def _ended(client: Client, call: Call, participant: str) -> bool:
    command = _body({"participant_id": participant})
    answer = client.session.request("POST", DISCONNECT, command, _JSON, any_status=True)
    if 200 <= answer.status < 300:
        found = answer.json()
        if isinstance(found, dict) and found.get("status") == "success":
            return True
    elif answer.status not in (*_REFUSALS, 404):
        answer.raise_for_status()
    # It has ended by itself; or it is not known everywhere yet.
    if shown(client, participant):
        call.seen = True
        return False
    return call.seen or time.monotonic() - call.since > _SHOWN or past(client, participant) is not None


def _find(client: Client, mark: str) -> list[str]:
    """The ids of the participants of a display name."""
    try:
        rows = list(client.rows(TABLE, fresh=True, display_name=mark))
    except RequestRefused:  # a version that cannot look for names
        rows = list(client.rows(TABLE, fresh=True))
    return [identity(row) for row in rows if row.get("display_name") == mark]


def _object(client: Client, path: str) -> Mapping[str, Any] | None:
    try:
        found = client.session.get_json(BASE + path, fresh=True)
    except NotSupported:
        return None
    if not isinstance(found, dict):
        raise client.session.device.wrong_shape(BASE + path, "not an object")
    return found


_JSON = {"Content-Type": "application/json"}


def _body(command: Mapping[str, str]) -> bytes:
    return json.dumps(command).encode()


def _refused(client: Client, reason: str, command: Mapping[str, str]) -> CallRefused:
    """The error of a command that was not carried out, in the device's words but for whom it was to call."""
    said = client.session.device.redact(reason).replace(command["destination"], "(the destination)")
    return CallRefused(address=client.session.device.address, reason=shorten(said, 200) or "it does not say why")


def _said(answer: Answer) -> str:
    """What an answer says of what is wrong: its message, or each field with what is wrong with it."""
    try:
        found = answer.json()
    except VideoconfError:
        return ""
    if isinstance(found, dict) and isinstance(found.get("message"), str):
        return str(found["message"])
    return ", ".join(_leaves(found))


def _leaves(found: Any, name: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _leaves(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from _leaves(value, name)
    elif isinstance(found, str):
        yield f"{name}: {found}" if name else found


def _growing() -> Iterator[float]:
    yield from _PAUSES
    while True:
        yield _PAUSES[-1]
