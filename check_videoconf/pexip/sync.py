"""pexip sync."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import plural, shorten
from ..units import duration

_KINDS = ("vmrs", "devices", "end_users")
_VERBS = ("created", "updated", "deleted", "unchanged")


class Sync(Mode):
    """Synchronisation of services, devices and users from the directory (LDAP), one line a template."""

    endpoints = ("GET /api/admin/status/v1/conference_sync/",)
    notes = ("A template is named by its configuration_id. One that has never been synchronised is UNKNOWN.",)
    example = "--filter-template '^1$' --critical-sync-age 50h"

    record = "sync template"
    inventory = True
    fields = Fields(
        texts="configuration_id sync_status! sync_last_error_description?",
        numbers="sync_errors sync_progress? " + " ".join(f"{kind}_{verb}?" for kind in _KINDS for verb in _VERBS),
        times="last_updated",
    )
    filters = ("template=configuration_id",)
    counters = (
        Counter("sync-errors", "sync.errors.count", "errors of the last run", critical="0", instance="template"),
        Counter(
            "sync-age", "sync.age.seconds", "time since the state was last updated",
            unit="s", warning="26h", instance="template",
        ),
        *(
            Counter(
                f"{kind.replace('_', '-')}-{verb}", f"sync.{kind}.{verb}.count", f"{kind.replace('_', ' ')} {verb}",
                instance="template", optional=True,
            )
            for kind in _KINDS
            for verb in _VERBS
        ),
    )  # fmt: skip
    statuses = (
        Status("sync-status", "status progress errors last_error age", "each template; age is in seconds"),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        rows = self.client.records("status/v1/conference_sync/", self.fields, self.record, self.gaps)
        self.templates = list(self.select(rows))
        for row in self.templates:
            name, age = row["configuration_id"] or "unnamed", self.age(row["last_updated"])
            yield self.judge(
                "sync-status",
                {
                    "name": name,
                    "status": row["sync_status"],
                    "progress": row["sync_progress"],
                    "errors": row["sync_errors"],
                    "last_error": row["sync_last_error_description"],
                    "age": age,
                },
                _describe,
            )
            if row["sync_last_error_description"]:
                self.remarks.append(f"template {name}, last error: {row['sync_last_error_description']}")
            # What is required and missing is UNKNOWN already.
            if row["sync_errors"] is not None:
                yield from self.measure("sync-errors", row["sync_errors"], name)
            if age is not None:
                yield from self.measure("sync-age", age, name)
            for kind in _KINDS:
                for verb in _VERBS:
                    yield from self.measure(f"{kind.replace('_', '-')}-{verb}", row[f"{kind}_{verb}"], name)

    def headline(self) -> str:
        ages = [self.age(row["last_updated"]) or 0 for row in self.templates]
        return f"{self.count_of(len(ages))} without errors, the oldest updated {duration(max(ages))} ago"


def _describe(template: Record) -> str:
    age = "age unknown" if template["age"] is None else f"updated {duration(template['age'])} ago"
    error = f": {shorten(template['last_error'], 120)}" if template["last_error"] else ""
    return f"template {template['name']}: {template['status'] or 'no status'}, {age}, {_errors(template)}{error}"


def _errors(template: Record) -> str:
    return "errors unknown" if template["errors"] is None else plural(template["errors"], "error")
