"""The Command API of the simulated Management Node: calls are placed, ring, are answered or not, and are hung up.

Which members a command has is documented, and so is the form of a refusal; how a call looks among the participants
while it rings is not: here it has no media and no time of connection.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from .messages import Answer, Request, encoded
from .pexip_deployment import Deployment, make_uuid, text, utc_now
from .pexip_participants import call_row, media_stream_rows
from .pexip_tables import Tables
from .tastypie import Row
from .wire import HungUpError

DIAL = "command/v1/participant/dial/"
DISCONNECT = "command/v1/participant/disconnect/"
PATHS = (DIAL, DISCONNECT)
#: What becomes of a call: it is answered at once, after ten seconds, never; or the destination does not take it.
OUTCOMES = ("answered", "slow", "no-answer", "busy")
_SLOW = 10.0
_BUSY = "Call rejected: busy"
_HUNG_UP = "Disconnected by an administrator"
_TABLE = "status/v1/participant/"
_HISTORY = "history/v1/participant"
_REQUIRED = ("conference_alias", "destination")
_MEMBERS = {
    DIAL: (
        *_REQUIRED, "call_type", "custom_sip_headers", "dtmf_sequence", "keep_conference_alive", "local_display_name",
        "node", "presentation_url", "protocol", "remote_display_name", "role", "routing", "streaming",
        "system_location",
    ),
    DISCONNECT: ("participant_id",),
}  # fmt: skip


class Gate:
    """A phase of a call at which the device stands still until it may go on."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._reached = threading.Event()
        self._open = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether a request has come so far within so many seconds."""
        return self._reached.wait(seconds)

    def open(self) -> None:
        """From now on all go on."""
        self._open.set()

    def hold(self) -> None:
        self._reached.set()
        while not self._open.wait(0.02):
            if self._stopping.is_set():
                raise HungUpError


class Calls:
    """What was placed and hung up, by participant id; `live` are those that are there now.

    dials, disconnects: every command that was carried out, in order. outcome: what becomes of calls. gates: by phase,
    where requests wait: `listed` (participants were asked for), `dial` (arrived), `dialled` (carried out, not yet
    answered), `ringing` and `connected` (a call was asked for), `disconnect` and `disconnected` (as those of dial).
    lost: phases at which the next connection breaks.
    """

    def __init__(self, deployment: Deployment, tables: Tables, stopping: threading.Event) -> None:
        self.dials: list[dict[str, str]] = []
        self.disconnects: list[str] = []
        self.outcome = OUTCOMES[0]
        self.gates: dict[str, Gate] = {}
        self.lost: set[str] = set()
        self.live: dict[str, float] = {}
        self._deployment = deployment
        self._random = deployment.random("calls")
        self._tables = tables
        self._stopping = stopping
        self._history: dict[str, Row] = {}
        self._changed = threading.Condition()

    def gate(self, phase: str) -> Gate:
        """Lets requests stand still at a phase."""
        self.gates[phase] = Gate(self._stopping)
        return self.gates[phase]

    def wait_for(self, state: Callable[[], bool], seconds: float) -> bool:
        """Whether something is so within so many seconds."""
        with self._changed:
            return self._changed.wait_for(state, seconds)

    def end(self, identity: str, reason: str) -> None:
        """The other side ends a call, or somebody does."""
        with self._changed:
            row = self._tables.row(_TABLE, identity)
            if row is not None:
                self._tables[_TABLE].remove(row)
                self._history[identity] = {**row, "disconnect_reason": reason, "end_time": text(utc_now())}
            self.live.pop(identity, None)
            self._changed.notify_all()

    # -- for the device

    def command(self, path: str, request: Request) -> Answer:
        given = _members(request)
        name = path.rstrip("/").rpartition("/")[2]
        wrong = {member: ["Unknown field."] for member in given if member not in _MEMBERS[path]}
        if wrong:
            return encoded({name: wrong}, 400)
        return self._dial(name, given) if path == DIAL else self._disconnect(name, given)

    def asked(self, path: str) -> None:
        """Time passes for calls whenever somebody looks."""
        with self._changed:
            identity = next((one for one in self.live if f"/{one}/" in f"/{path}"), "")
            for one in list(self.live):
                self._advance(one)
            connected = identity in self.live and self._row(identity)["has_media"]
            self._changed.notify_all()
        if path == _TABLE:
            self._stop_at("listed")
        if identity:
            self._stop_at("connected" if connected else "ringing")

    def ended(self, table: str, identity: str) -> Row | None:
        """The history of a call that was placed here."""
        return self._history.get(identity) if table == _HISTORY else None

    def _dial(self, name: str, given: dict[str, str]) -> Answer:
        wrong = {member: ["This field is required."] for member in _REQUIRED if not given.get(member)}
        location = given.get("system_location", "")
        if not location and not given.get("node"):
            wrong["system_location"] = ["Either a node or a system location is required."]
        elif not self._deployment.nodes or (location and location not in self._deployment.locations):
            wrong["system_location"] = ["Failed to find the system location."]
        if wrong:
            return encoded({name: wrong}, 400)
        self._stop_at("dial")
        with self._changed:
            identity = make_uuid(self._random)
            row = call_row(self._deployment, self._random, identity, given)
            fields = self._tables.fields(_TABLE)
            self._tables[_TABLE].append({member: row[member] for member in fields if member in row})
            self.dials.append({**given, "participant_id": identity})
            self.live[identity] = time.monotonic()
            self._changed.notify_all()
        self._stop_at("dialled")
        return encoded({"status": "success", "data": {"participant_id": identity}})

    def _disconnect(self, name: str, given: dict[str, str]) -> Answer:
        self._stop_at("disconnect")
        identity = given.get("participant_id", "")
        if not identity or self._tables.row(_TABLE, identity) is None:
            return encoded({name: {"participant_id": ["Failed to find the participant."]}}, 400)
        with self._changed:
            self.disconnects.append(identity)
        self.end(identity, _HUNG_UP)
        self._stop_at("disconnected")
        return encoded({"status": "success", "data": None})

    def _advance(self, identity: str) -> None:
        """A call that rings is answered, or not."""
        row = self._row(identity)
        if self.outcome == "busy":
            self.end(identity, _BUSY)
        elif self.outcome == "no-answer" or row["has_media"]:
            return
        elif self.outcome == "answered" or time.monotonic() - self.live[identity] > _SLOW:
            row["has_media"], row["connect_time"] = True, text(utc_now())
            streams = media_stream_rows(self._deployment, {**row, "resource_uri": "a call"})
            self._tables[f"{_TABLE}{identity}/media_stream/"] = list(streams)

    def _row(self, identity: str) -> Row:
        row = self._tables.row(_TABLE, identity)
        if row is None:
            raise KeyError(identity)
        return row

    def _stop_at(self, phase: str) -> None:
        if phase in self.gates:
            self.gates[phase].hold()
        if phase in self.lost:
            self.lost.remove(phase)
            raise HungUpError


def _members(request: Request) -> dict[str, Any]:
    """A command's members, which come as JSON or as a form."""
    if "json" not in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
