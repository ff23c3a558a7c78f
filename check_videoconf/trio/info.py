"""trio info."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Gaps
from ..mode import Mode, Record
from ..options import Option, regex
from ..text import phrase
from . import phone


class Info(Mode):
    """How long the phone is up, whether it is ready, and what it is."""

    endpoints = ("GET /api/v2/mgmt/device/info", "GET /api/v1/mgmt/device/info (firmware without version 2)")
    requests = "1, with firmware that has no version 2 of it 2"
    notes = ("A phone that has just restarted warns for 10 minutes: unwanted restarts show that way.",)
    example = "--expect-firmware '^5\\.9\\.' --expect-model 'Trio 8800'"

    record = "device"
    options = (
        Option("--expect-firmware", "REGEX", "critical unless the firmware matches", kind=regex),
        Option("--expect-model", "REGEX", "critical unless the model matches", kind=regex),
    )
    counters = (Counter("uptime", "device.uptime.seconds", "time since the last start", unit="s", warning="10m:"),)
    statuses = (
        Status(
            "ready",
            "ready app_state model firmware",
            "whether the phone is ready to use: True, False, or nothing where the firmware does not say",
            warning="%{ready} eq 'False'",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        _, data = self.client.newest("mgmt/device/info")
        data = self.client.object("mgmt/device/info", data)
        judged = self.wanted("ready") or self.given.expect_firmware or self.given.expect_model
        found = phone.info(data, self.gaps if judged else Gaps())
        uptime = phone.up_for(data, self.gaps if self.wanted("uptime") else Gaps())
        self.model, self.firmware = (found[name] or "unknown" for name in ("model", "firmware"))
        yield from self.measure("uptime", uptime, told=True)
        yield self.judge("ready", found, _describe)
        yield from self._expect("firmware", found)
        yield from self._expect("model", found)

    def headline(self) -> str:
        up = self.figure("uptime")
        return phrase(self.model, f"firmware {self.firmware}", f"up {up}" if up else "")

    def _expect(self, name: str, found: dict[str, Any]) -> Iterator[Finding]:
        wanted = getattr(self.given, f"expect_{name}")
        if wanted and found[name] is not None:  # what cannot be had is told as such
            met = wanted.search(found[name]) is not None
            yield from self.expect(f"--expect-{name}", wanted.pattern, found[name], met=met)


def _describe(record: Record) -> str:
    state = {"True": "ready", "False": "not ready to use"}.get(
        record["ready"], f"ready: {record['ready'] or 'not said'}"
    )
    return f"{state}, {record['app_state'] or 'no state'} ({record['model']}, firmware {record['firmware']})"
