"""A simulated Poly Trio."""

from __future__ import annotations

import json
import threading

from . import trio_data
from .authentication import Authentication
from .messages import Answer, Request, encoded, html
from .server import System
from .trio_calls import Call, Line, logged
from .wire import HungUpError

_LARGEST_BODY = 20 * 1024
_MOST_NAMES = 20
_CALL_STATUS = "webCallControl/callStatus"
_SESSION_STATS = "mgmt/media/sessionStats"
_CONFIG_GET = "mgmt/config/get"
# Where the answer's content does not stand in `data`.
_MEMBERS = {"mgmt/getPresence": "Presence"}


class Trio(System):
    """The REST API: the `data` of its endpoints in `data`, an error `Status` in `status`, both by path.

    Paths are below `/api/v1/`, those of version 2 begin with `v2/`. The phone takes one request at a time. It is idle
    until `set_calls`; `set_lines` and `log_call` change what they say everywhere the phone tells of it.
    """

    name = "trio"
    server_header = "Polycom SoundPoint IP Telephone HTTPd"
    common_name = trio_data.MAC_ADDRESS

    def __init__(self, phone: trio_data.Trio, authentication: Authentication, latency: float = 0.0) -> None:
        super().__init__(latency)
        self.data = trio_data.data(phone)
        self.status: dict[str, str] = {}
        self.frozen = False
        """Whether old firmware was asked for sessionStats: from then on it answers nothing."""
        self._phone = phone
        self._authentication = authentication
        self._busy = threading.Lock()
        self.set_lines(Line())
        self.set_calls()

    def set_calls(self, *calls: Call) -> None:
        """These calls are in progress, and no other."""
        self.data[_SESSION_STATS] = [call.session() for call in calls] or [{}]
        if not self._phone.old:
            self.data[f"v2/{_CALL_STATUS}"] = [call.v2(sequence) for sequence, call in enumerate(calls, 1)]
        if calls:
            minutes, seconds = divmod(calls[0].seconds, 60)
            self.data["mgmt/pollForStatus"] = {
                "State": "Active",
                "StateData": f"Active call duration {minutes} mins {seconds} secs",
            }
            self.data[_CALL_STATUS] = calls[0].v1(self._phone.old)
            self.status.pop(_CALL_STATUS, None)
        else:
            self.data["mgmt/pollForStatus"] = {
                "State": "Idle",
                "StateData": f"Time of last call {self._phone.ago(hours=3)}",
            }
            self.status[_CALL_STATUS] = "4007"

    def set_lines(self, *lines: Line) -> None:
        """The phone has these lines, and no other."""
        self.data["mgmt/lineInfo"] = [line.v1(self._phone.old) for line in lines]
        if not self._phone.old:
            self.data["v2/mgmt/lineInfo"] = [line.v2() for line in lines]
        users = [line.sip_user() for line in lines]
        self.data["webCallControl/sipStatus"] = {"TotalUser": str(len(users)), "User": users}

    def log_call(self, kind: str, start: str, duration: str = "", party: str = "room-b", line: int = 1) -> None:
        """Adds to the call log: `kind` is Missed, Received or Placed."""
        self.data["mgmt/callLogs"][kind].append(logged(start, duration, party, f"{party}@example.net", line))

    def serve(self, request: Request) -> Answer:
        if self.frozen:
            self._hang()
        if not self._busy.acquire(blocking=False):
            return Answer(403)
        try:
            return super().serve(request)
        finally:
            self._busy.release()

    def compute(self, request: Request) -> Answer:
        if not self._authentication.accepts(request):
            return self.error(401)
        if len(request.body) > _LARGEST_BODY:
            return Answer(413)
        key = _key(request.path)
        if key not in self.data and key not in self.status:
            return self.error(404)
        method = "POST" if key == _CONFIG_GET else "GET"
        if request.method != method:
            return Answer(405, {"Allow": method})
        if key == _SESSION_STATS and self._phone.old:
            self.frozen = True
            self._hang()
        status = self.status.get(key, "2000")
        if status != "2000":
            return encoded({"Status": status})
        if key == _CONFIG_GET:
            return self._config_get(request)
        return encoded({_MEMBERS.get(key, "data"): self.data[key], "Status": status})

    def _hang(self) -> None:
        self.stopping.wait()
        raise HungUpError

    def _config_get(self, request: Request) -> Answer:
        if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            return Answer(400)
        try:
            names = json.loads(request.body)["data"]
        except (ValueError, KeyError, TypeError):
            return encoded({"Status": "4000"})
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return encoded({"Status": "4000"})
        if len(names) > _MOST_NAMES:
            return encoded({"Status": "4009"})
        known = self.data[_CONFIG_GET]
        found = {name: known[name] for name in names if name in known}
        unknown = [name for name in names if name not in known]
        return encoded({"data": found, **({"InvalidParams": unknown} if unknown else {}), "Status": "2000"})

    def error(self, status: int) -> Answer:
        if status == 401:
            return Answer(401, {"WWW-Authenticate": self._authentication.challenge()})
        if status == 500:
            return encoded({"Status": "5000"}, 500)
        if status == 404:
            return html(404)
        return Answer(status)

    def login_path(self) -> str:
        return "/login.htm"

    def keys(self, request: Request) -> list[str]:
        return [_key(request.path), request.path]


def _key(path: str) -> str:
    """A path as `data` names it; the path itself if it is not of the API."""
    for base, prefix in (("/api/v1/", ""), ("/api/v2/", "v2/")):
        if path.startswith(base):
            return prefix + path[len(base) :]
    return path
