"""Rows of the Management API as the documents print them, at a moment that stands still."""

from __future__ import annotations

import datetime
import zlib
from typing import Any

from ..promises import PERSON

Row = dict[str, Any]

#: 2026-03-02 08:57:29 UTC
NOW = 1772441849.0

ALARM = "status/v1/alarm/"
CONFERENCE = "status/v1/conference/"
PARTICIPANT = "status/v1/participant/"
NODE = "status/v1/worker_vm/"
NODE_CONFIGURATION = "configuration/v1/worker_vm/"


def ago(seconds: float) -> str:
    """A time as the API prints it: UTC that does not say so; microseconds only where there are some."""
    then = datetime.datetime.fromtimestamp(NOW - seconds, datetime.timezone.utc)
    return then.replace(tzinfo=None).isoformat()


def without(row: Row, *names: str) -> Row:
    """The row of a version that lacks some fields."""
    return {name: value for name, value in row.items() if name not in names}


def alarm(number: int = 41, **changed: Any) -> Row:
    """An alarm of level error, raised 42 minutes ago."""
    return {
        "acknowledged": False,
        "details": "Connectivity lost between nodes 10.44.7.101 and 10.44.8.102.",
        "id": number,
        "identifier": 1,
        "instance": "10.44.8.102",
        "level": "error",
        "name": "connectivity_lost",
        "node": "10.44.7.101",
        "resource_uri": f"/api/admin/status/v1/alarm/{number}/",
        "time_raised": ago(42 * 60 + 0.5),
        **changed,
    }


def license_alarm(number: int = 42, **changed: Any) -> Row:
    """An alarm of level warning, acknowledged, raised 12 days ago."""
    return alarm(
        number,
        **{
            "acknowledged": True,
            "details": "Call licenses nearly exhausted: 243 of 250 port licenses in use.",
            "identifier": 2,
            "instance": "port",
            "level": "warning",
            "name": "licenses_exhausted",
            "node": "10.44.7.0",
            "time_raised": ago(12 * 86400),
            **changed,
        },
    )


def conference(name: object = "Board Meeting", **changed: Any) -> Row:
    """A conference that began an hour ago."""
    identity = f"68aef1a9-7b1b-4442-848d-{zlib.crc32(str(name).encode()):012}"
    return {
        "direct_media_available": False,
        "guests_muted": False,
        "id": identity,
        "is_locked": False,
        "is_started": True,
        "name": name,
        "resource_uri": f"/api/admin/status/v1/conference/{identity}/",
        "service_type": "conference",
        "start_time": ago(3600.25),
        "tag": "",
        **changed,
    }


def participant(number: int, call_quality: object = "1_good", **changed: Any) -> Row:
    """A participant of the Board Meeting with media; of a version that has no windows of call quality."""
    identity = f"00000000-0000-0000-0000-{number:012}"
    return {
        "bandwidth": 2064,
        "call_direction": "in",
        "call_quality": call_quality,
        "call_uuid": identity,
        "conference": "Board Meeting",
        "connect_time": ago(3000),
        "conversation_id": identity,
        "destination_alias": "meet@example.com",
        "display_name": f"{PERSON} {number}",
        "encryption": "On",
        "has_media": True,
        "id": identity,
        "is_muted": False,
        "license_count": 1,
        "license_type": "port",
        "media_node": "10.44.7.101",
        "participant_alias": f"{PERSON}{number}@example.com",
        "protocol": "WebRTC",
        "proxy_node": "",
        "remote_address": "10.0.0.2",
        "resource_uri": f"/api/admin/status/v1/participant/{identity}/",
        "role": "guest",
        "service_type": "conference",
        "source_alias": f"{PERSON}{number}@example.com",
        "system_location": "London",
        "vendor": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0",
        **changed,
    }


def participants(*qualities: object, **changed: Any) -> list[Row]:
    """A participant for each quality."""
    return [{**participant(number, call_quality), **changed} for number, call_quality in enumerate(qualities, 1)]


def api_connection(number: int, **changed: Any) -> Row:
    """A row without media: an application that controls the conference."""
    return participant(
        number, "0_unknown", **{"has_media": False, "protocol": "API", "license_type": "nolicense", **changed}
    )


def node(number: int, load: object = 41, **changed: Any) -> Row:
    """A Conferencing Node in London."""
    return {
        "boot_time": ago(50 * 86400),
        "configuration_id": number,
        "cpu_count": 24,
        "deploy_status": "deploy_succeeded",
        "id": number,
        "last_attempted_contact": ago(20.5),
        "last_updated": ago(20.25),
        "maintenance_mode": False,
        "maintenance_mode_reason": "",
        "max_audio_calls": 456,
        "max_direct_participants": 0,
        "max_full_hd_calls": 19,
        "max_hd_calls": 38,
        "max_media_tokens": 456,
        "max_sd_calls": 76,
        "media_load": load,
        "media_tokens_used": 187,
        "name": f"lon-conf-{number:02}",
        "node_type": "CONFERENCING",
        "resource_uri": f"/api/admin/status/v1/worker_vm/{number}/",
        "signaling_count": 22,
        "sync_status": "SYNCED",
        "system_location": "London",
        "version": "39 (84112.0.0)",
        **changed,
    }


_LOAD = (
    "media_load",
    "media_tokens_used",
    "max_media_tokens",
    "max_hd_calls",
    "max_full_hd_calls",
    "max_sd_calls",
    "max_audio_calls",
    "signaling_count",
)


def node_16(number: int, **changed: Any) -> Row:
    """The same of version 16, which has the load elsewhere."""
    return without(node(number, **changed), *_LOAD, "last_attempted_contact", "maintenance_mode_reason")
