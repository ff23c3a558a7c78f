"""The configuration resources of the simulated Management Node, base `/api/admin/configuration/v1/`."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment
from .pexip_tables import PREFIX, Fields, Resource
from .tastypie import Row


def _worker_vms(deployment: Deployment) -> Iterator[Row]:
    for node in deployment.nodes:
        location = 1 + deployment.locations.index(node.location)
        yield {
            "address": node.address,
            "alternative_fqdn": "",
            "description": "",
            "domain": "example.com",
            "gateway": "10.44.7.1",
            "hostname": node.name,
            "id": node.id,
            "ipv6_address": None,
            "maintenance_mode": node.maintenance,
            "name": node.name,
            "netmask": "255.255.0.0",
            "node_type": node.kind,
            "resource_uri": f"{PREFIX}configuration/v1/worker_vm/{node.id}/",
            "static_nat_address": None,
            "system_location": f"{PREFIX}configuration/v1/system_location/{location}/",
            "transcoding": node.kind == "CONFERENCING",
            "vm_cpu_count": 24,
            "vm_system_memory": 24_576,
        }


RESOURCES = (
    Resource(
        "configuration/v1/worker_vm/",
        Fields(
            "address alternative_fqdn description domain gateway hostname id ipv6_address maintenance_mode "
            "name netmask node_type resource_uri static_nat_address system_location transcoding vm_cpu_count "
            "vm_system_memory"
        ),
        _worker_vms,
    ),
)
