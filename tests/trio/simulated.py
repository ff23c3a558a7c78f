"""A simulated Trio asked in this process: no socket, no thread, and a clock that only the test moves."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import responses

from check_videoconf.simulator import Headers, Request
from check_videoconf.simulator.authentication import Basic, Credentials, Digest
from check_videoconf.simulator.trio import Trio
from check_videoconf.simulator.trio_calls import Call
from check_videoconf.simulator.trio_data import Trio as Facts

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept

HOST = "phone.test"
#: 2026-10-11T12:00:00Z.
NOW = 1_791_720_000.0

# The resources as the simulator names them.
INFO_V1, INFO = "mgmt/device/info", "v2/mgmt/device/info"
NETWORK_STATS, NETWORK_INFO = "mgmt/network/stats", "mgmt/network/info"
SIP_STATUS, LINES_V1, LINES = "webCallControl/sipStatus", "mgmt/lineInfo", "v2/mgmt/lineInfo"
CALLS_V1, CALLS = "webCallControl/callStatus", "v2/webCallControl/callStatus"
SESSIONS, LOGS, PAIRED = "mgmt/media/sessionStats", "mgmt/callLogs", "mgmt/mrpair/info"
CONFIG, RUNNING = "mgmt/config/get", "mgmt/device/runningConfig"
PRESENCE, COMMUNICATION = "mgmt/getPresence", "mgmt/media/communicationInfo"


class Phone:
    """`trio` is the simulated phone: its `data`, `status`, `set_calls` … decide what it answers.

    requests: method and path below /api/ of each request that came.
    """

    def __init__(
        self,
        check: Run,
        mock: responses.RequestsMock,
        state_directory: Path,
        *,
        old: bool = False,
        digest: bool = False,
        host: str = HOST,
    ) -> None:
        self._run = check
        self.state_directory = state_directory
        self.host = host
        account = Credentials("Polycom", PASSWORD)
        asks = Digest(account, "phone") if digest else Basic(account, 'Basic realm="API Authentication"')
        self.trio = Trio(Facts(1, old, datetime(2026, 10, 11, 12)), asks)  # noqa: DTZ001 -- as the phone has it
        self.data = self.trio.data
        self.requests: list[str] = []
        self.up(86_400)
        for method in (responses.GET, responses.POST):
            mock.add_callback(method, re.compile(rf"https://{re.escape(host)}:443/.*"), self._answer)

    def up(self, seconds: int) -> None:
        """The phone has been up so long."""
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        text = f"{days} Days {hours}:{minutes:02}:{rest:02}"
        self.data[INFO_V1]["UpTimeSinceLastReboot"] = self.data[NETWORK_STATS]["UpTime"] = text
        if INFO in self.data:
            parts = {"Days": days, "Hours": hours, "Minutes": minutes, "Seconds": rest}
            self.data[INFO]["UpTime"] = {name: str(part) for name, part in parts.items()}

    def configure(self, name: str, value: Any) -> None:
        """A parameter has this value, by its configuration."""
        self.data[CONFIG][name] = {"Value": value, "Source": "config"}

    @property
    def remembered(self) -> Path:
        """The file in which the one service that has been checked keeps its state."""
        (file,) = (file for file in self.state_directory.glob("run-*") if file.read_bytes().startswith(b"{"))
        return file

    def check(self, mode: str, *argv: str) -> Answer:
        """The answer of `check_videoconf trio MODE` about this phone, which keeps what every answer promises."""
        return kept(self.ask(mode, *argv))

    def ask(self, mode: str, *argv: str) -> Answer:
        """The same where it may name people."""
        arguments = ["trio", mode, "-H", self.host, "--retries", "0", *argv]
        return self._run(*arguments, CHECK_VIDEOCONF_PASSWORD=PASSWORD)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        path = urlsplit(request.url).path
        self.requests.append(f"{request.method} {path[len('/api/') :]}")
        headers = Headers(request.headers.items())
        answer = self.trio.answer(
            Request(request.method, path, headers=headers, body=request.body or b"", target=request.path_url)
        )
        return answer.status, dict(answer.headers), answer.payload


def call_of(*streams: dict[str, Any], ref: str = "0xb53e57c0") -> Call:
    """A call with these streams."""
    return Call(ref, streams=streams)


def losses(phone: Phone, *argv: str) -> dict[str, str]:
    """Packet loss in percent by instance, as the mode media prints it."""
    found = phone.check("media", *argv).perfdata
    label = "#call.channel.packetloss.percentage"
    return {name[: -len(label)]: value.partition("%")[0] for name, value in found.items() if name.endswith(label)}
