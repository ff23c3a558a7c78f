"""Cloud nodes of bursting: versions before the renaming call their fields aws_…, with one or the other in a row."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any

from ..counters import Counter, Finding, Status
from ..fields import Fields
from ..mode import Mode, Record
from ..units import duration

_STATES = ("running", "stopped", "other")
_FIELDS = Fields(
    texts="instance=cloud_instance_name|aws_instance_name? state=cloud_instance_state|aws_instance_state?"
    " name=workervm_configuration_name? location=workervm_configuration_location_name?",
    numbers="media_load?",
    times="launched=cloud_instance_launch_time|aws_instance_launch_time?",
)

COUNTERS = tuple(Counter("cloud-nodes-*", "cloud.nodes.*.count", "cloud nodes that are *").members(_STATES))
STATUS = Status(
    "cloud-node-status", "name state location launch_age media_load", "each cloud node; launch_age is in seconds",
)  # fmt: skip


def measured(mode: Mode) -> Iterator[Finding]:
    """Each cloud node judged, and how many are in which state. Raises VideoconfError."""
    states: Tally[str] = Tally()
    for row in mode.fetch("status/v1/cloud_node/", _FIELDS, "cloud node"):
        node = _plain(mode, row)
        states[node["state"] if node["state"] in _STATES else "other"] += 1
        yield mode.judge(STATUS.label, node, _describe)
    for state in _STATES:
        yield from mode.measure(f"cloud-nodes-{state}", states[state], high=sum(states.values()))


def _plain(mode: Mode, row: dict[str, Any]) -> dict[str, Any]:
    """A cloud node by one name for each thing; that neither field has its state is told."""
    if row["state"] is None:
        mode.gaps.missing("cloud node", "cloud_instance_state", present="cloud_instance_state" not in mode.gaps.absent)
    return {
        **row,
        "name": row["name"] or row["instance"],
        "state": (row["state"] or "").strip().lower(),
        "launch_age": mode.age(row["launched"]),
    }


def _describe(node: Record) -> str:
    launched = "" if node["launch_age"] is None else f", launched {duration(node['launch_age'])} ago"
    where = f"{node['name'] or 'without a name'} ({node['location'] or 'no location'})"
    return f"cloud node {where}: {node['state'] or 'state unknown'}{launched}"
