"""The history resources of the simulated Management Node, base `/api/admin/history/v1/`.

A conference ends when a test appends a row to `tables["history/v1/conference/"]`, made of one that is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from .pexip_deployment import Deployment, make_uuid, text
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}history/v1/"
# Name, service type, when it ended and how long it lasted.
_ENDED = (
    ("Daily Stand-up", "conference", timedelta(seconds=95), timedelta(minutes=14, seconds=30)),
    ("Press Briefing", "lecture", timedelta(minutes=3, seconds=20), timedelta(hours=1, minutes=5)),
    ("Daily Stand-up", "conference", timedelta(hours=24), timedelta(minutes=15)),
    ("Night Shift", "conference", timedelta(days=3), timedelta(hours=9)),
)
_QUALITIES = ("unknown", "good", "ok", "bad", "terrible")
# Protocol, quality, packet loss received, why the call ended.
_CALLS = (
    ("WebRTC", "good", 0.01, "Call disconnected"),
    ("SIP", "ok", 1.7, "Conference terminated by another participant"),
    ("WebRTC", "bad", 6.4, "Timer expired awaiting token refresh"),
)


def _conferences(deployment: Deployment) -> Iterator[Row]:
    random = deployment.random("ended conferences")
    for number, (name, service_type, ago, length) in enumerate(_ENDED):
        end = deployment.started - ago
        yield _conference(make_uuid(random), name, service_type, end - length, end, whole_seconds=number == 1)
    if deployment.conferences:
        live = deployment.conferences[0]
        yield _conference(live.id, live.name, live.service_type, live.start_time, None)


def _conference(
    identity: str, name: str, service_type: str, start: datetime, end: datetime | None, *, whole_seconds: bool = False
) -> Row:
    return {
        "direct_media_available": False,
        "duration": int((end - start).total_seconds()) if end else None,
        "end_time": text(end, whole_seconds) if end else None,
        "id": identity,
        "instant_message_count": 0,
        "name": name,
        "participant_count": len(_CALLS),
        "participants": [],
        "resource_uri": f"{_BASE}conference/{identity}/",
        "service_type": service_type,
        "start_time": text(start),
        "tag": "",
    }


def _participants(deployment: Deployment) -> Iterator[Row]:
    random = deployment.random("ended participants")
    old = deployment.version < 24
    for conference in _conferences(deployment):
        if conference["end_time"] is None:
            continue
        start, end = (datetime.fromisoformat(conference[name]) for name in ("start_time", "end_time"))
        for number, (protocol, quality, loss, reason) in enumerate(_CALLS):
            identity = make_uuid(random)
            joined, left = start + timedelta(seconds=7 * number), end - timedelta(seconds=2 * number)
            windows = [0] * 5
            windows[_QUALITIES.index(quality)] = int((left - joined).total_seconds()) // 20
            yield {
                "bandwidth": 448,
                "bucketed_call_quality": str(windows) if old else windows,
                "call_direction": "in",
                "call_quality": quality if old else f"{_QUALITIES.index(quality)}_{quality}",
                "call_tag": "",
                "call_uuid": identity,
                "conference": conference["resource_uri"],
                "conference_name": conference["name"],
                "conversation_id": identity,
                "disconnect_reason": reason,
                "display_name": f"Guest {number + 1}",
                "duration": int((left - joined).total_seconds()),
                "encryption": "On",
                "end_time": text(left),
                "has_media": True,
                "id": identity,
                "license_count": 1,
                "license_type": "port",
                "local_alias": "meet@example.com",
                "media_node": "10.44.7.101",
                "media_streams": [_stream(identity, joined, left, loss)],
                "protocol": protocol,
                "proxy_node": "None" if old else "",
                "remote_address": f"10.20.0.{10 + number}",
                "remote_alias": f"guest{number + 1}@example.com",
                "resource_uri": f"{_BASE}participant/{identity}/",
                "role": "chair" if number == 0 else "guest",
                "service_type": conference["service_type"],
                "start_time": text(joined),
                "system_location": "London",
                "vendor": "",
            }


def _stream(participant: str, start: datetime, end: datetime, loss: float) -> Row:
    return {
        "end_time": text(end),
        "id": 1,
        "node": "10.44.7.101",
        "participant": f"{_BASE}participant/{participant}/",
        "rx_bitrate": 511,
        "rx_codec": "VP8",
        "rx_packet_loss": loss,
        "rx_packets_lost": 200,
        "rx_packets_received": 37_027,
        "rx_resolution": "1280x720",
        "start_time": text(start),
        "stream_id": "0",
        "stream_type": "video",
        "tx_bitrate": 511,
        "tx_codec": "VP8",
        "tx_packet_loss": 0.0,
        "tx_packets_lost": 0,
        "tx_packets_sent": 37_335,
        "tx_resolution": "768x448",
    }


def _alarms(deployment: Deployment) -> Iterator[Row]:
    addresses = [node.address for node in deployment.nodes] or ["10.44.7.100"]
    times = ((timedelta(days=2), timedelta(days=1, hours=23)), (timedelta(seconds=200), timedelta(seconds=20)))
    for number, (raised, lowered) in enumerate(times, 311):
        yield {
            "details": f"Connectivity lost between nodes {addresses[0]} and {addresses[-1]}.",
            "id": number,
            "identifier": 1,
            "instance": addresses[-1],
            "level": "error",
            "name": "connectivity_lost",
            "node": addresses[0],
            "resource_uri": f"{_BASE}alarm/{number}/",
            "time_lowered": text(deployment.started - lowered),
            "time_raised": text(deployment.started - raised),
        }
    yield {
        "details": "Call licenses nearly exhausted.",
        "id": 313,
        "identifier": 2,
        "instance": "port",
        "level": "warning",
        "name": "licenses_exhausted",
        "node": addresses[0],
        "resource_uri": f"{_BASE}alarm/313/",
        "time_lowered": None,
        "time_raised": text(deployment.ago(minutes=2), whole_seconds=True),
    }


def _node_events(deployment: Deployment) -> Iterator[Row]:
    for number, node in enumerate(deployment.nodes[:3], 501):
        yield {
            "context": "",
            "details": "",
            "event_type": "workervm_maintenance_mode",
            "id": number,
            "resource_uri": f"{_BASE}workervm_status_event/{number}/",
            "state": "maintenance",
            "time_changed": text(deployment.ago(minutes=4 + 20 * (number - 501))),
            "workervm_address": node.address,
            "workervm_configuration_id": node.id,
            "workervm_configuration_location_name": node.location,
            "workervm_configuration_name": node.name,
        }


RESOURCES = (
    Resource(
        "history/v1/conference/",
        Fields(
            "duration end_time id instant_message_count name participant_count participants resource_uri "
            "service_type start_time tag",
            since={36: "direct_media_available"},
        ),
        _conferences,
    ),
    Resource(
        "history/v1/participant/",
        Fields(
            "bandwidth call_direction call_quality call_uuid conference conference_name conversation_id "
            "disconnect_reason display_name duration encryption end_time has_media id license_count license_type "
            "local_alias media_node media_streams protocol proxy_node remote_address remote_alias resource_uri role "
            "service_type start_time system_location vendor",
            since={24: "call_tag"},
            until={36: "bucketed_call_quality"},
        ),
        _participants,
    ),
    Resource(
        "history/v1/alarm/",
        Fields("details id identifier instance level name node resource_uri time_lowered time_raised"),
        _alarms,
    ),
    Resource(
        "history/v1/workervm_status_event/",
        Fields(
            "context details event_type id resource_uri state time_changed workervm_address "
            "workervm_configuration_id workervm_configuration_location_name workervm_configuration_name"
        ),
        _node_events,
    ),
)
