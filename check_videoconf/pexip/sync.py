"""pexip sync."""

from __future__ import annotations

from collections.abc import Iterator

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..text import phrase, plural, shorten
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
        texts="name=configuration_id status=sync_status! last_error=sync_last_error_description?",
        numbers="errors=sync_errors progress=sync_progress? "
        + " ".join(f"{kind}_{verb}?" for kind in _KINDS for verb in _VERBS),
        times="last_updated",
    )
    filters = ("template=name",)
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
        self.templates = list(self.select(self.fetch("status/v1/conference_sync/")))
        for template in self.templates:
            name = template["name"] = template["name"] or "unnamed"
            template["age"] = self.age(template["last_updated"])
            yield self.judge("sync-status", template, _describe)
            if template["last_error"]:
                self.remarks.append(f"template {name}, last error: {template['last_error']}")
            yield from self.measure("sync-errors", template["errors"], name, told=True)
            yield from self.measure("sync-age", template["age"], name, told=True)
            for kind in _KINDS:
                for verb in _VERBS:
                    yield from self.measure(f"{kind.replace('_', '-')}-{verb}", template[f"{kind}_{verb}"], name)

    def headline(self) -> str:
        oldest = max(template["age"] or 0 for template in self.templates)
        errors = sum(template["errors"] or 0 for template in self.templates)
        how = f"with {plural(errors, 'error')}" if errors else "without errors"
        return f"{self.count_of(self.selected)} {how}, the oldest updated {duration(oldest)} ago"


def _describe(template: Record) -> str:
    age = "age unknown" if template["age"] is None else f"updated {duration(template['age'])} ago"
    errors = "errors unknown" if template["errors"] is None else plural(template["errors"], "error")
    what = phrase(f"template {template['name']}: {template['status'] or 'no status'}", age, errors)
    return what + (f": {shorten(template['last_error'], 120)}" if template["last_error"] else "")
