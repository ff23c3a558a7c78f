"""Command lines as pollers with the connectors have them, answered by the devices of the other tests."""

from __future__ import annotations

from ..conftest import Answer, Run
from ..promises import PASSWORD, kept

PEXIP = "hardware::devices::pexip::infinity::managementapi::plugin"
TRIO = "hardware::devices::polycom::trio::restapi::plugin"
#: What stands in every command line, besides the mode.
ACCOUNT = ("--port=443", "--proto=https", "--api-username=Polycom", f"--api-password={PASSWORD}")
MODES = [
    *((PEXIP, mode) for mode in ("alarms", "conferences", "licenses")),
    *((TRIO, mode) for mode in ("calls-rt", "calls-summary", "device", "network", "paired", "registration")),
]


class Poller:
    """Runs one connector's command lines against one device."""

    def __init__(self, check: Run, plugin: str, host: str) -> None:
        self._check = check
        self.plugin = plugin
        self.host = host

    def ask(self, mode: str, *argv: str) -> Answer:
        """The answer to `--mode=MODE …`, which keeps what every answer promises."""
        line = [f"--plugin={self.plugin}", f"--mode={mode}", f"--hostname={self.host}", *ACCOUNT, *argv]
        return kept(self._check(*line, "--retries=0"))
