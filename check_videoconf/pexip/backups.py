"""pexip backups."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import CRITICAL, Counter, Finding, Status, Verdict
from ..errors import NotSupported
from ..fields import Fields
from ..mode import NOT_SUPPORTED, Mode, Record

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
    schedule = Fields(flags="enabled=autobackup_enabled", numbers="interval=autobackup_interval!")
    counters = (
        Counter(
            "backup-age", "backup.age.seconds", "age of the newest",
            unit="s", warning="2d", critical="7d", title="age of the newest backup",
        ),
        Counter("backups-total", "", "backups", title="backups"),
        Counter("backup-size", "backup.size.bytes", "size of the newest", unit="B", title="size of the newest backup"),
    )  # fmt: skip
    statuses = (
        Status(
            "autobackup", "enabled interval", "the automatic backup; interval is in hours", warning="%{enabled} == 0"
        ),
    )

    def probe(self) -> Iterator[Finding]:
        backups = list(self.select(self.fetch("configuration/v1/system_backup/")))
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
            yield from self.measure("backup-size", newest["size"], told=True)
        yield from self.measure("backups-total", len(backups))
        yield from self._autobackup()

    def headline(self) -> str:
        age, size = self.figure("backup-age"), self.figure("backup-size")
        return f"{self.count_of(self.selected)}, the newest {age} old{size and f' ({size})'}"

    def _autobackup(self) -> Iterator[Finding]:
        try:
            found = list(self.fetch("configuration/v1/autobackup/", self.schedule, "autobackup setting"))
        except NotSupported:
            self.absent("autobackup", optional=True, reason=NOT_SUPPORTED)
            return
        if not found:
            self.problems.append("autobackup: the device reports no setting")
        for row in found:
            if row["enabled"] is not None:
                yield self.judge("autobackup", row, _describe)


def _describe(schedule: Record) -> str:
    if not schedule["enabled"]:
        return "automatic backups are off"
    return f"automatic backups every {schedule['interval'] or 'unknown number of'} h"
