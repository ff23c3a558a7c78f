"""Conferencing Nodes in words: when each was last heard of, whether it is in maintenance, what it is called."""

from __future__ import annotations

from typing import Any

from ..errors import VideoconfError
from ..fields import Fields, Unreadable, moment
from ..mode import Mode, Record
from ..options import Option
from ..text import phrase
from ..units import duration

TABLE = "status/v1/worker_vm/"
ENDPOINT = f"GET /api/admin/{TABLE}"

#: Versions have one of two fields for when a node was last heard of, or both.
_CONTACT = ("last_updated", "last_reported")
#: What Fields(raws=…) must read for it.
CONTACT_FIELDS = " ".join(f"{name}?" for name in _CONTACT)

#: Names a node where a resource has its IPv4 address, as most of the status resources do.
RESOLVE = Option("--resolve-nodes", "", "name nodes instead of their addresses")
_CONFIGURATION = "configuration/v1/worker_vm/"
RESOLVE_ENDPOINT = f"GET /api/admin/{_CONFIGURATION} (with --resolve-nodes)"
_ADDRESSES = Fields(texts="name? address?")

# What is not worth a word.
_USUAL = {"sync_status": "SYNCED", "deploy_status": "deploy_succeeded", "upgrade_status": "IDLE"}


def names(mode: Mode) -> dict[str, str]:
    """Names of the nodes by their addresses. Where they cannot be read, that is one thing more wrong."""
    try:
        # Fresh: addresses are not kept in the cache.
        nodes = list(mode.fetch(_CONFIGURATION, _ADDRESSES, "node configuration", fresh=True))
    except VideoconfError as error:
        mode.problems.append(f"addresses of the nodes: {error}")
        return {}
    return {node["address"]: node["name"] for node in nodes if node["address"] and node["name"]}


def mark_contacted(mode: Mode, nodes: list[dict[str, Any]]) -> None:
    """Gives each node whether it was ever `contacted`; where a version has no field for that, all were."""
    known = any(map(contact_field, nodes)) or not mode.gaps.absent.issuperset(_CONTACT)
    for node in nodes:
        node["contacted"] = bool(contact_field(node)) or not known


def contact_field(node: Record) -> str:
    """The field that tells when it was heard of, whether or not it can be read; `''` where it never was."""
    return next((name for name in _CONTACT if not is_blank(node[name])), "")


def _last_contact(mode: Mode, node: Record) -> float | None:
    """When, in seconds since 1970; None where it never was, and where that cannot be read, which is told."""
    field = contact_field(node)
    try:
        return moment(node[field]) if field else None
    except Unreadable:
        mode.gaps.unreadable(mode.record, field, node[field], required=True)
        return None


def aged(mode: Mode, node: Record) -> dict[str, Any]:
    """A node with `last_contact` and `uptime` in seconds, and whether it was `never` heard of."""
    return {
        **node,
        "never": not contact_field(node),
        "last_contact": mode.age(_last_contact(mode, node)),
        "uptime": mode.age(node["boot_time"]),
    }


def maintenance(node: Record) -> str:
    """`in maintenance (reason)`, `''` where it is not."""
    reason = node["maintenance_mode_reason"]
    return (f"in maintenance ({reason})" if reason else "in maintenance") if node["maintenance_mode"] else ""


def out_of_service(node: Record) -> str:
    """Why a node takes no calls, or `''`: then the load it reports means nothing."""
    if node["maintenance_mode"]:
        return maintenance(node)
    if (node["node_type"] or "").upper() == "PROXYING":
        return "it is a proxying node"
    return "" if node["contacted"] else "never contacted"


def described(node: Record) -> str:
    """An aged node in words; `address` may be known, too."""
    statuses = (
        f"{name[:-7]} status {node[name]}" for name, usual in _USUAL.items() if node[name] not in (usual, "", None)
    )
    heard_of, uptime = node["last_contact"], node["uptime"]
    heard = "last contact unknown" if heard_of is None else f"last contact {duration(int(heard_of))} ago"
    return phrase(
        f"{node['name'] or 'a node'} ({phrase(node['location'], node['address']) or 'no location'})",
        maintenance(node),
        *statuses,
        f"version {node['version'] or 'unknown'}",
        "never contacted" if node["never"] else heard,
        "uptime unknown" if uptime is None else f"up for {duration(int(uptime))}",
    )


def is_blank(value: object) -> bool:
    """Whether a device says nothing: null, or text without a character."""
    return value is None or (isinstance(value, str) and not value.strip())
