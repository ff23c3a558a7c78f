"""What the simulated Management Node works with besides calls: directories, Exchange, Teams, rooms, itself."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment, text
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}status/v1/"
_SYNCED_COUNTS = " ".join(
    f"{kind}_{verb}"
    for kind in ("vmrs", "devices", "end_users")
    for verb in ("created", "updated", "deleted", "unchanged")
)
# The versions that brought these resources are not documented; they are not in the guide to version 16.
_RECENT = 36


def _conference_sync(deployment: Deployment) -> Iterator[Row]:
    yield {
        **dict.fromkeys(_SYNCED_COUNTS.split(), 0),
        "configuration_id": 1,
        "devices_unchanged": 212,
        "end_users_created": 3,
        "end_users_deleted": 1,
        "end_users_unchanged": 1790,
        "id": 1,
        "last_updated": text(deployment.ago(hours=6, seconds=15.5)),
        "resource_uri": f"{_BASE}conference_sync/1/",
        "sync_errors": 0,
        "sync_last_error_description": "",
        "sync_progress": 100,
        "sync_status": "sync_succeeded",
        "vmrs_created": 3,
        "vmrs_deleted": 1,
        "vmrs_unchanged": 1790,
    }


def _exchange_scheduler(deployment: Deployment) -> Iterator[Row]:
    yield {
        "exchange_connector_id": 1,
        "id": 1,
        "last_modified_time": text(deployment.ago(minutes=3), whole_seconds=True),
        "resource_uri": f"{_BASE}exchange_scheduler/1/",
    }


def _management_vm(deployment: Deployment) -> Iterator[Row]:
    yield {
        "configuration_id": 1,
        "id": 1,
        "last_attempted_contact": None,
        "last_updated": text(deployment.ago(seconds=20)),
        "name": "pexmgr",
        "primary": True,
        "resource_uri": f"{_BASE}management_vm/1/",
        "sync_status": "SYNCED",
        "upgrade_status": "IDLE",
        "version": "36 (79230.0.0)",
    }


def _teamsnode(deployment: Deployment) -> Iterator[Row]:
    for number, (calls, load) in enumerate(((11, 28), (4, 10))):
        yield {
            "call_count": calls,
            "eventhub_id": "eh-1",
            "heartbeat_time": text(deployment.ago(seconds=15 + number)),
            "id": f"tn-{number}",
            "instance_status": "Active",
            "ip_address": f"20.50.1.{2 + number}",
            "max_calls": 40,
            "media_load": load,
            "name": f"pexTeamsVmss_{number}",
            "private_ip_address": f"10.9.0.{4 + number}",
            "resource_uri": f"{_BASE}teamsnode/tn-{number}/",
            "scaleset_id": "pexTeamsVmss",
            "start_time": text(deployment.ago(days=10)),
            "state": "ACTIVE",
        }


def _mjx_endpoint(deployment: Deployment) -> Iterator[Row]:
    for number, kind in enumerate(("CISCO", "POLY"), 1):
        yield {
            "endpoint_address": f"10.20.0.{10 + number}",
            "endpoint_name": f"Room {number}",
            "endpoint_type": kind,
            "id": number,
            "last_contact_time": text(deployment.ago(seconds=40 * number)),
            "last_worker": "lon-conf-01",
            "mjx_integration_name": "HQ",
            "number_of_meetings": 4,
            "resource_uri": f"{_BASE}mjx_endpoint/{number}/",
            "room_email": f"room{number}@example.com",
        }


def _mjx_meeting(deployment: Deployment) -> Iterator[Row]:
    for number in range(1, 9):
        yield {
            "alias": f"12345{number}@example.com",
            "end_time": text(deployment.ago(hours=-number - 1), whole_seconds=True),
            "endpoint_name": f"Room {1 + number % 2}",
            "id": number,
            "last_modified_time": text(deployment.ago(hours=20)),
            "matched_meeting_processing_rule": "Teams",
            "meeting_id": f"AAMkAG{number}=",
            "mjx_integration_id": 1,
            "mjx_integration_name": "HQ",
            "organizer_email": "alice@example.com",
            "organizer_name": "Alice",
            "resource_uri": f"{_BASE}mjx_meeting/{number}/",
            "room_email": f"room{1 + number % 2}@example.com",
            "start_time": text(deployment.ago(hours=-number), whole_seconds=True),
            "subject": "Weekly",
            "worker_id": 1,
        }


RESOURCES = (
    Resource(
        "status/v1/conference_sync/",
        Fields(
            "configuration_id id last_updated resource_uri sync_errors sync_last_error_description sync_progress "
            f"sync_status {_SYNCED_COUNTS}"
        ),
        _conference_sync,
    ),
    Resource(
        "status/v1/exchange_scheduler/",
        Fields("exchange_connector_id id last_modified_time resource_uri"),
        _exchange_scheduler,
    ),
    Resource(
        "status/v1/management_vm/",
        Fields(
            "configuration_id id last_attempted_contact last_updated name primary resource_uri sync_status "
            "upgrade_status version"
        ),
        _management_vm,
        since=25,
    ),
    Resource(
        "status/v1/teamsnode/",
        Fields(
            "call_count eventhub_id heartbeat_time id instance_status ip_address max_calls media_load name "
            "private_ip_address resource_uri scaleset_id start_time state"
        ),
        _teamsnode,
        since=_RECENT,
    ),
    Resource(
        "status/v1/mjx_endpoint/",
        Fields(
            "endpoint_address endpoint_name endpoint_type id last_contact_time last_worker mjx_integration_name "
            "number_of_meetings resource_uri room_email"
        ),
        _mjx_endpoint,
        since=_RECENT,
    ),
    Resource(
        "status/v1/mjx_meeting/",
        Fields(
            "alias end_time endpoint_name id last_modified_time matched_meeting_processing_rule meeting_id "
            "mjx_integration_id mjx_integration_name organizer_email organizer_name resource_uri room_email "
            "start_time subject worker_id"
        ),
        _mjx_meeting,
        since=24,
    ),
)
