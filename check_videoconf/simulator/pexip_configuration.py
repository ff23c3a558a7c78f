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
            "cloud_bursting": False,
            "deployment_type": "MANUAL-PROVISION-ONLY",
            "description": "",
            "domain": "example.com",
            "enable_distributed_database": True,
            "enable_ssh": "GLOBAL",
            "gateway": "10.44.7.1",
            "hostname": node.name,
            "id": node.id,
            "ipv6_address": None,
            "ipv6_gateway": None,
            "maintenance_mode": node.maintenance,
            "maintenance_mode_reason": "Host patching" if node.maintenance else "",
            "managed": False,
            "media_priority_weight": 0,
            "name": node.name,
            "netmask": "255.255.0.0",
            "node_type": node.kind,
            "resource_uri": f"{PREFIX}configuration/v1/worker_vm/{node.id}/",
            "secondary_address": None,
            "secondary_netmask": None,
            "snmp_mode": "DISABLED",
            "static_nat_address": None,
            "static_routes": [],
            "system_location": f"{PREFIX}configuration/v1/system_location/{location}/",
            "tls_certificate": f"{PREFIX}configuration/v1/tls_certificate/1/",
            "transcoding": node.kind == "CONFERENCING",
            "vm_cpu_count": 24,
            "vm_system_memory": 24_576,
        }


RESOURCES = (
    Resource(
        "configuration/v1/worker_vm/",
        Fields(
            "address alternative_fqdn description domain gateway hostname id ipv6_address ipv6_gateway name "
            "maintenance_mode netmask node_type resource_uri secondary_address secondary_netmask snmp_mode "
            "static_nat_address static_routes system_location tls_certificate transcoding vm_cpu_count "
            "vm_system_memory",
            since={
                24: "cloud_bursting deployment_type enable_ssh managed",
                36: "enable_distributed_database maintenance_mode_reason media_priority_weight",
            },
        ),
        _worker_vms,
    ),
)
