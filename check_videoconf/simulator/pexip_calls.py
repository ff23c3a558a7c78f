"""What calls of the simulated deployment rest on: registrations, and backplanes between nodes."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment, make_uuid, text
from .pexip_participants import STREAM_FIELDS, media_stream_rows
from .pexip_tables import PREFIX, Child, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}status/v1/"
_DEVICES = (("SIP", "Cisco/RoomOS 11.20"), ("H323", "Polycom/GroupSeries"), ("WebRTC", "Infinity Connect"))
_A_NODE = 2


def _registrations(deployment: Deployment) -> Iterator[Row]:
    """Two rooms registered at each node that takes calls."""
    nodes = [node for node in deployment.nodes if node.takes_media]
    for index in range(_A_NODE * len(nodes)):
        number = index + 1
        protocol, vendor = _DEVICES[index % len(_DEVICES)]
        yield {
            "alias": f"room{number}@example.com",
            "id": number,
            "is_natted": index % 2 == 1,
            "node": nodes[index % len(nodes)].address,
            "protocol": protocol,
            "push_token": "",
            "registration_id": f"1f4c{number:04x}",
            "remote_address": f"10.20.{index >> 8}.{index & 255}",
            "resource_uri": f"{_BASE}registration_alias/{number}/",
            "start_time": text(deployment.ago(days=3, seconds=number), whole_seconds=index % 2 == 0),
            "username": f"room{number}",
            "vendor": vendor,
        }


def _backplanes(deployment: Deployment) -> Iterator[Row]:
    """One from the first node that takes calls to each other one."""
    random = deployment.random("backplanes")
    nodes = [node for node in deployment.nodes if node.takes_media]
    for index, other in enumerate(nodes[1:] if deployment.conferences else ()):
        first, conference = nodes[0], deployment.conferences[index % len(deployment.conferences)]
        identity = make_uuid(random)
        yield {
            "conference": conference.name,
            "connect_time": text(conference.start_time),
            "id": identity,
            "media_node": first.address,
            "protocol": "BACKPLANE",
            "proxy_node": "",
            "remote_conference_name": conference.name,
            "remote_media_node": other.address,
            "remote_node_name": other.name,
            "resource_uri": f"{_BASE}backplane/{identity}/",
            "service_tag": conference.tag,
            "system_location": first.location,
            "type": "local" if other.location == first.location else "geo",
        }


def _backplane_streams(deployment: Deployment, backplane: Row) -> Iterator[Row]:
    """Audio and video; between two locations a little is lost."""
    quality = "ok" if backplane["type"] == "geo" else "good"
    call = {"has_media": True, "is_presenting": False, "license_type": "port", "call_quality": quality}
    yield from media_stream_rows(deployment, {**backplane, **call})


RESOURCES = (
    Resource(
        "status/v1/registration_alias/",
        Fields(
            "alias id is_natted node protocol push_token registration_id remote_address resource_uri start_time "
            "username",
            since={36: "vendor"},
        ),
        _registrations,
    ),
    Resource(
        "status/v1/backplane/",
        Fields(
            "conference connect_time id media_node protocol proxy_node remote_conference_name remote_media_node "
            "remote_node_name resource_uri service_tag system_location type"
        ),
        _backplanes,
        children={"media_stream": Child(STREAM_FIELDS, _backplane_streams)},
    ),
)
