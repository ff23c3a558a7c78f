"""conductor system."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option
from ..units import duration

# Every time zone of today is a multiple of it away from UTC.
_STEP = 15 * 60


def timezone(text: str) -> datetime.tzinfo:
    """A time zone of the tz database. Raises ValueError with words for the user."""
    import zoneinfo

    if text in ("UTC", "GMT"):
        return datetime.timezone.utc
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        if zoneinfo.available_timezones():
            raise ValueError(f"'{text}' is not a time zone such as Europe/London") from None
        raise ValueError(
            f"'{text}' cannot be looked up: this machine has no time zone data; install tzdata (package or PyPI)"
        ) from None


class System(Mode):
    """Version, clock and video ports of the Conductor."""

    endpoints = ("POST /RPC2 device.query",)
    notes = (
        "The device does not say its time zone: clock-offset is judged only with --timezone.",
        "Without it the offset modulo 15 minutes is reported: zones differ by multiples of that.",
        "Video ports are those of the TelePresence MCUs, disabled ones too, and not of TelePresence Servers.",
        "All members are confirmed by the vendor's guide.",
    )
    example = "--timezone Europe/Oslo --critical-version \"%{software} ne 'XC4.3.1'\""

    record = "device report"
    fields = Fields(
        texts="software=softwareVersion build=buildVersion! model api=apiVersion",
        times="currentTime",
        numbers="totalVideoPorts",
    )
    options = (Option("--timezone", "ZONE", "time zone the Conductor is set to, such as Europe/Oslo", kind=timezone),)
    counters = (
        Counter(
            "clock-offset", "system.clock.offset.seconds", "how far its clock is from the poller's, either way",
            unit="s", warning="60", critical="300",
        ),
        Counter("video-ports", "ports.video.total.count", "video ports of the TelePresence MCUs"),
    )  # fmt: skip
    statuses = (Status("version", "software build model api", "what the device is"),)

    def probe(self) -> Iterator[Finding]:
        answer, answered = self.client.timed("device.query")
        # A text that says nothing is none: that is how this product says that it has no data.
        said = {member: None if value == "" else value for member, value in answer.items()}
        self.device = self.fields.reader(self.record, self.gaps)(said)
        yield self.judge("version", self.device, _describe)
        if self.device["currentTime"] is not None:
            offset = self._offset(self.device["currentTime"], answered)
            yield from self.measure("clock-offset", offset, judged=self.given.timezone is not None)
            if self.given.timezone is None:
                self.remarks.append(
                    f"clock-offset: {duration(offset)} modulo 15 minutes, not judged; give --timezone to have it judged"
                )
        yield from self.measure("video-ports", self.device["totalVideoPorts"], told=True)

    def headline(self) -> str:
        return f"{_describe(self.device)}, clock {self.figure('clock-offset')} off"

    def _offset(self, local: float, answered: float) -> float:
        """Seconds between the clocks; `local` is the device's time read as if it were UTC."""
        if self.given.timezone is None:
            rest = (local - answered) % _STEP
            return min(rest, _STEP - rest)
        moment = datetime.datetime.fromtimestamp(local, datetime.timezone.utc).replace(tzinfo=self.given.timezone)
        # An hour that comes twice in autumn: the reading that is nearer is meant.
        zones = (moment.replace(fold=fold).utcoffset() or datetime.timedelta() for fold in (0, 1))
        return min(abs(local - zone.total_seconds() - answered) for zone in zones)


def _describe(device: Record) -> str:
    build = f" ({device['build']})" if device["build"] else ""
    return f"{device['model']} {device['software']}{build}, API {device['api']}"
