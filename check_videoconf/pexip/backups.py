"""pexip backups."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import CRITICAL, Counter, Finding, Status, Verdict
from ..errors import NotSupported
from ..fields import Fields
from ..mode import Mode, Record
from ..units import duration, human

# A clock that was wrong when a backup was made would have it the newest for years.
_AHEAD = 86400


class Backups(Mode):
    """Age of the newest backup on the Management Node, and whether automatic backups are on."""

    endpoints = ("GET /api/admin/configuration/v1/system_backup/", "GET /api/admin/configuration/v1/autobackup/")
    requests = "2"
    notes = (
        "Only backups that lie on the Management Node are seen, not what has been uploaded elsewhere.",
        "One dated more than a day ahead is not judged: the clock was wrong when it was made.",
        "No backup at all is CRITICAL. Versions without automatic backups are judged by the backups alone.",
    )
    example = "--warning-backup-age 26h --critical-autobackup '%{enabled} == 0'"

    record = "backup"
    fields = Fields(numbers="size", times="date")
    schedule = Fields(flags="autobackup_enabled", numbers="autobackup_interval!")
    counters = (
        Counter(
            "backup-age",
            "backup.age.seconds",
            "age of the newest",
            unit="s",
            warning="2d",
            critical="7d",
            title="age of the newest backup",
        ),
        Counter("backups-total", "", "backups", title="backups"),
        Counter("backup-size", "backup.size.bytes", "size of the newest", unit="B", title="size of the newest backup"),
    )
    statuses = (
        Status(
            "autobackup", "enabled interval", "the automatic backup; interval is in hours", warning="%{enabled} == 0"
        ),
    )

    def probe(self) -> Iterator[Finding]:
        rows = self.client.records("configuration/v1/system_backup/", self.fields, self.record, self.gaps)
        backups = list(self.select(rows))
        if not backups:
            yield Verdict("", CRITICAL, "no backup at all")
        dated = [backup for backup in backups if backup["date"] is not None]
        past = [backup for backup in dated if backup["date"] < self.now + _AHEAD]
        if len(past) < len(dated):
            told = self.remarks if past else self.problems
            told.append(f"{self.count_of(len(dated) - len(past))} dated in the future, not judged")
        if past:
            newest = max(past, key=lambda backup: float(backup["date"]))
            yield from self.measure("backup-age", self.age(newest["date"]))
            if newest["size"] is not None:
                yield from self.measure("backup-size", newest["size"])
        yield from self.measure("backups-total", len(backups))
        yield from self._autobackup()

    def headline(self) -> str:
        newest = f"{duration(self.values['backup-age'])} old"
        if "backup-size" in self.values:
            newest += f" ({human(self.values['backup-size'], 'B')})"
        return f"{self.count_of(self.selected)}, the newest {newest}"

    def _autobackup(self) -> Iterator[Finding]:
        try:
            found = list(
                self.client.records("configuration/v1/autobackup/", self.schedule, "autobackup setting", self.gaps)
            )
        except NotSupported:
            self.absent("autobackup", optional=True, reason="not supported by this version")
            return
        if not found:
            self.problems.append("autobackup: the device reports no setting")
        for row in found:
            if row["autobackup_enabled"] is not None:
                record = {"enabled": row["autobackup_enabled"], "interval": row["autobackup_interval"]}
                yield self.judge("autobackup", record, _describe)


def _describe(schedule: Record) -> str:
    if not schedule["enabled"]:
        return "automatic backups are off"
    return f"automatic backups every {schedule['interval'] or 'unknown number of'} h"
