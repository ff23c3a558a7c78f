"""Bursting of the simulated deployment: every location may be helped by two nodes in a cloud, one of them running."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment, text
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row

_BASE = f"{PREFIX}status/v1/"
_CALLS_A_NODE = 38
_CLOUD_CALLS, _CLOUD_LOAD = 33, 6
# Name, id in the cloud, address, state, HD calls, load: what a stopped node reports is not meant.
_NODES = (
    ("aws-burst-01", "i-0a1b2c3d4e5f60001", "172.30.3.6", "running", _CLOUD_CALLS, _CLOUD_LOAD),
    ("aws-burst-02", "i-0a1b2c3d4e5f60002", "172.30.3.7", "stopped", 0, 100),
)


def _cloud_nodes(deployment: Deployment) -> Iterator[Row]:
    first = len(deployment.nodes) + 1
    for number, (name, identity, address, state, calls, load) in enumerate(_NODES if deployment.nodes else (), first):
        instance = {
            "id": identity,
            "ip": address,
            "launch_time": text(deployment.ago(hours=5), whole_seconds=True),
            "name": name,
            "state": state,
        }
        yield {
            # The old names are still there, and said to be going.
            **{f"{prefix}_instance_{word}": value for prefix in ("aws", "cloud") for word, value in instance.items()},
            "max_hd_calls": calls,
            "media_load": load,
            "resource_uri": f"{_BASE}cloud_node/{identity}/",
            "workervm_configuration_id": number,
            "workervm_configuration_location_name": "AWS",
            "workervm_configuration_name": name,
        }


def _monitored_locations(deployment: Deployment) -> Iterator[Row]:
    for number, location in enumerate(deployment.locations, start=1):
        nodes = [node for node in deployment.nodes if node.location == location and node.takes_media]
        if nodes:
            calls = _CALLS_A_NODE * len(nodes)
            load = sum(node.load for node in nodes) // len(nodes)
            yield {
                "free_hd_calls": calls * (100 - load) // 100,
                "id": number,
                "max_hd_calls": calls,
                "media_load": load,
                "name": location,
                "overflow_location": f"{_BASE}cloud_overflow_location/1/",
                "resource_uri": f"{_BASE}cloud_monitored_location/{number}/",
            }


def _overflow_locations(deployment: Deployment) -> Iterator[Row]:
    if deployment.nodes:
        yield {
            "free_hd_calls": _CLOUD_CALLS * (100 - _CLOUD_LOAD) // 100,
            "id": 1,
            "max_hd_calls": _CLOUD_CALLS,
            "media_load": _CLOUD_LOAD,
            "name": "AWS",
            "resource_uri": f"{_BASE}cloud_overflow_location/1/",
            "systemlocation_id": len(deployment.locations) + 1,
        }


RESOURCES = (
    Resource(
        "status/v1/cloud_node/",
        Fields(
            "aws_instance_id aws_instance_ip aws_instance_launch_time aws_instance_name aws_instance_state "
            "cloud_instance_id cloud_instance_ip cloud_instance_launch_time cloud_instance_name cloud_instance_state "
            "max_hd_calls media_load resource_uri workervm_configuration_id workervm_configuration_location_name "
            "workervm_configuration_name"
        ),
        _cloud_nodes,
    ),
    Resource(
        "status/v1/cloud_monitored_location/",
        Fields("free_hd_calls id max_hd_calls media_load name resource_uri", since={36: "overflow_location"}),
        _monitored_locations,
    ),
    Resource(
        "status/v1/cloud_overflow_location/",
        Fields("free_hd_calls id max_hd_calls media_load name resource_uri systemlocation_id"),
        _overflow_locations,
    ),
)
