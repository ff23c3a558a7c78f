"""The status resources of the simulated Management Node, base `/api/admin/status/v1/`."""

from __future__ import annotations

from collections.abc import Iterator

from .pexip_deployment import Deployment, Node, text
from .pexip_participants import STREAM_FIELDS, media_stream_rows, participant_rows
from .pexip_tables import PREFIX, Child, Fields, Resource
from .tastypie import Row

_TOKENS_A_CALL = 12
_CALLS = "max_audio_calls max_full_hd_calls max_hd_calls max_sd_calls"
_LOAD = f"{_CALLS} max_media_tokens media_load media_tokens_used"


def _alarms(deployment: Deployment) -> Iterator[Row]:
    addresses = [node.address for node in deployment.nodes] or ["10.44.7.100"]
    yield {
        "acknowledged": False,
        "details": f"Connectivity lost between nodes {addresses[0]} and {addresses[-1]}.",
        "id": 41,
        "identifier": 1,
        "instance": addresses[-1],
        "level": "error",
        "name": "connectivity_lost",
        "node": addresses[0],
        "resource_uri": f"{PREFIX}status/v1/alarm/41/",
        "time_raised": text(deployment.ago(minutes=42, seconds=17.5)),
    }
    yield {
        "acknowledged": True,
        "details": "Call licenses nearly exhausted: 243 of 250 port licenses in use.",
        "id": 42,
        "identifier": 2,
        "instance": "port",
        "level": "warning",
        "name": "licenses_exhausted",
        "node": addresses[0],
        "resource_uri": f"{PREFIX}status/v1/alarm/42/",
        "time_raised": text(deployment.ago(days=12), whole_seconds=True),
    }


def _conferences(deployment: Deployment) -> Iterator[Row]:
    for index, conference in enumerate(deployment.conferences):
        yield {
            "direct_media_available": False,
            "guests_muted": conference.service_type == "lecture",
            "id": conference.id,
            "is_locked": conference.is_locked,
            "is_started": conference.is_started,
            "name": conference.name,
            "resource_uri": f"{PREFIX}status/v1/conference/{conference.id}/",
            "service_type": conference.service_type,
            "start_time": text(conference.start_time, whole_seconds=index % 2 == 1),
            "tag": conference.tag,
        }


def _capacity(nodes: list[Node]) -> Row:
    """The estimates of calls that the nodes could take, and the tokens in use."""
    tokens = 456 * sum(node.kind == "CONFERENCING" for node in nodes)
    hd_calls = 38 * len(nodes)
    used = sum(456 * node.load // 100 for node in nodes if node.takes_media)
    return {
        "max_audio_calls": _TOKENS_A_CALL * hd_calls,
        "max_full_hd_calls": hd_calls // 2,
        "max_hd_calls": hd_calls,
        "max_media_tokens": tokens,
        "max_sd_calls": hd_calls * 2,
        "media_tokens_used": used,
    }


def _worker_vms(deployment: Deployment) -> Iterator[Row]:
    builds = {16: "16 (38871.0.0)", 24: "24 (55691.0.0)", 36: "36 (79230.0.0)"}
    for node in deployment.nodes:
        yield {
            "boot_time": text(node.boot_time),
            "configuration_id": node.id,
            "cpu_capabilities": "AVX512",
            "cpu_count": 24,
            "cpu_model": "Intel(R) Xeon(R) Gold 6348 CPU @ 2.60GHz",
            "deploy_error": "",
            "deploy_progress": 100,
            "deploy_status": "deploy_succeeded",
            "hypervisor": "VMware",
            "id": node.id,
            "last_attempted_contact": text(deployment.ago(seconds=20)),
            "last_reported": text(deployment.ago(seconds=20), whole_seconds=True),
            "last_updated": text(deployment.ago(seconds=19), whole_seconds=deployment.version < 36),
            "maintenance_mode": node.maintenance,
            "maintenance_mode_reason": "Host patching" if node.maintenance else "",
            "max_direct_participants": 0,
            "media_load": node.load,
            "name": node.name,
            "node_type": node.kind,
            "resource_uri": f"{PREFIX}status/v1/worker_vm/{node.id}/",
            "signaling_count": 0 if node.maintenance else 10 + node.id,
            "sync_status": "SYNCED",
            "system_location": node.location,
            "total_ram": 24_593_128,
            "upgrade_status": "IDLE",
            "version": builds[deployment.version],
            **_capacity([node]),
        }


def _load(nodes: list[Node]) -> float:
    return round(sum(node.load for node in nodes) / len(nodes), 2) if nodes else 0.0


def _nodes_of(deployment: Deployment, location: object) -> list[Node]:
    return [node for node in deployment.nodes if node.location == location]


def _worker_vm_statistics(deployment: Deployment, row: Row) -> Iterator[Row]:
    yield {"media_load": _load([node for node in deployment.nodes if node.id == row["id"]])}


def _location_statistics(deployment: Deployment, row: Row) -> Iterator[Row]:
    yield {"media_load": _load(_nodes_of(deployment, row["name"]))}


def _locations(deployment: Deployment) -> Iterator[Row]:
    for index, location in enumerate(deployment.locations, start=1):
        nodes = _nodes_of(deployment, location)
        capacity = _capacity(nodes)
        yield {
            "id": index,
            "max_connections": f"{nodes[0].kind},{capacity['max_hd_calls']}",
            "media_load": _load(nodes),
            "name": location,
            "resource_uri": f"{PREFIX}status/v1/system_location/{index}/",
            **capacity,
        }


def _licensing(_: Deployment) -> Iterator[Row]:
    used = {"audio": 14, "ghm": 2, "otj": 47, "port": 243, "scheduling": 1, "system": 0, "teams": 11}
    bought = {"audio": 100, "ghm": 25, "otj": 50, "port": 250, "scheduling": 1, "system": 0, "teams": 50}
    yield {
        **{f"{kind}_count": count for kind, count in used.items()},
        **{f"{kind}_total": count for kind, count in bought.items()},
        "customlayouts_active": True,
        "googletrustedjoin_active": False,
        "telehealth_count": 0,
        "telehealth_total": 0,
        "vmr_count": 1_877,
        "vmr_total": 5_000,
        "zoomtrustedjoin_active": False,
    }


RESOURCES = (
    Resource(
        "status/v1/alarm/",
        Fields(
            "details id identifier instance level name node resource_uri time_raised",
            since={36: "acknowledged"},
        ),
        _alarms,
    ),
    Resource(
        "status/v1/conference/",
        Fields(
            "guests_muted id is_locked is_started name resource_uri service_type start_time tag",
            since={36: "direct_media_available"},
        ),
        _conferences,
    ),
    Resource(
        "status/v1/participant/",
        Fields(
            "bandwidth call_direction call_quality call_uuid conference connect_time conversation_id "
            "destination_alias display_name encryption has_media is_muted is_on_hold is_presenting "
            "is_presentation_supported is_streaming license_count license_type media_node parent_id "
            "participant_alias protocol proxy_node remote_address remote_port resource_uri role service_tag "
            "service_type signalling_node source_alias system_location vendor",
            since={
                24: "call_tag id is_disconnect_supported is_mute_supported is_transfer_supported "
                "rx_bandwidth tx_bandwidth",
                36: "idp_uuid is_client_muted is_direct is_idp_authenticated is_recording is_transcribing "
                "transcoding_enabled",
            },
            until={36: "bucketed_call_quality historic_call_quality"},
        ),
        participant_rows,
        children={"media_stream": Child(STREAM_FIELDS, media_stream_rows)},
    ),
    Resource(
        "status/v1/worker_vm/",
        Fields(
            "boot_time configuration_id deploy_status id last_updated maintenance_mode name node_type "
            "resource_uri system_location upgrade_status version",
            since={
                24: f"cpu_capabilities cpu_count cpu_model hypervisor signaling_count total_ram {_LOAD}",
                36: "last_attempted_contact maintenance_mode_reason max_direct_participants sync_status",
            },
            until={36: "deploy_error deploy_progress last_reported"},
        ),
        _worker_vms,
        children={"statistics": Child(Fields("media_load"), _worker_vm_statistics, single=True)},
    ),
    Resource(
        "status/v1/system_location/",
        Fields("id name resource_uri", since={24: f"max_connections {_LOAD}"}),
        _locations,
        children={"statistics": Child(Fields("media_load"), _location_statistics, single=True)},
    ),
    Resource(
        "status/v1/licensing/",
        Fields(
            "audio_count audio_total port_count port_total system_count system_total vmr_count vmr_total",
            since={
                24: "ghm_count ghm_total otj_count otj_total scheduling_count scheduling_total teams_count teams_total",
                36: "customlayouts_active googletrustedjoin_active telehealth_count telehealth_total "
                "zoomtrustedjoin_active",
            },
        ),
        _licensing,
    ),
)
