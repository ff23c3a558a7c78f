"""The configured services of the simulated Management Node, base `/api/admin/configuration/v1/`."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}configuration/v1/"
_SERVICES = (
    ("Board Meeting", "conference", "board@example.com"),
    ("Town Hall", "lecture", "townhall@example.com"),
    ("Reception", "two_stage_dialing", "reception@example.com"),
    ("Test Call", "test_call", "test@example.com"),
    ("Daily Stand-up", "conference", "standup@example.com"),
)


def _conferences(_: Deployment) -> Iterator[Row]:
    for number, (name, service_type, _alias) in enumerate(_SERVICES, 1):
        yield {
            "description": "",
            "id": number,
            "name": name,
            "pin": "",
            "resource_uri": f"{_BASE}conference/{number}/",
            "service_type": service_type,
            "tag": "",
        }


def _aliases(_: Deployment) -> Iterator[Row]:
    for number, (_name, _type, alias) in enumerate(_SERVICES, 1):
        yield {
            "alias": alias,
            "conference": f"{_BASE}conference/{number}/",
            "description": "",
            "id": number,
            "resource_uri": f"{_BASE}conference_alias/{number}/",
        }


def _devices(_: Deployment) -> Iterator[Row]:
    for number in range(1, 4):
        yield {
            "alias": f"room{number}@example.com",
            "description": "",
            "enable_h323": True,
            "enable_sip": True,
            "id": number,
            "resource_uri": f"{_BASE}device/{number}/",
            "username": f"room{number}",
        }


def _rules(_: Deployment) -> Iterator[Row]:
    for number, (name, enabled) in enumerate((("Teams rule", True), ("Old gatekeeper", False)), 1):
        yield {
            "description": "",
            "enable": enabled,
            "id": number,
            "match_string": ".*",
            "name": name,
            "priority": 10 * number,
            "resource_uri": f"{_BASE}gateway_routing_rule/{number}/",
        }


def _automatic_participants(_: Deployment) -> Iterator[Row]:
    yield {
        "alias": "recorder@example.com",
        "description": "",
        "id": 1,
        "protocol": "sip",
        "resource_uri": f"{_BASE}automatic_participant/1/",
        "role": "guest",
    }


RESOURCES = (
    Resource(
        "configuration/v1/conference/",
        Fields("description id name pin resource_uri service_type tag"),
        _conferences,
    ),
    Resource("configuration/v1/conference_alias/", Fields("alias conference description id resource_uri"), _aliases),
    Resource(
        "configuration/v1/device/",
        Fields("alias description enable_h323 enable_sip id resource_uri username"),
        _devices,
    ),
    Resource(
        "configuration/v1/gateway_routing_rule/",
        Fields("description enable id match_string name priority resource_uri"),
        _rules,
    ),
    Resource(
        "configuration/v1/automatic_participant/",
        Fields("alias description id protocol resource_uri role"),
        _automatic_participants,
    ),
)
