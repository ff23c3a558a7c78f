"""What the simulated Conductor knows, as the tables and documents of its REST APIs.

The keys of most tables are not published: they are made up here, as the plugin guesses them.
"""

from __future__ import annotations

from typing import Any

from .conductor_data import BRIDGES, PEER, VERSION, Bridge, Conductor, Struct

Peers = list[Struct]

_MEETING_ALIAS, _HALL_ALIAS = "meet.alice@example.net", "meet.bob@example.net"


def tables(conductor: Conductor) -> dict[str, Peers]:
    """The tables by path below `/api/external/`: a list of peers with their records."""
    addresses = [f"192.0.2.{50 + number}" for number in range(conductor.peer_count)]
    lost = addresses[-1] if conductor.peer_lost and len(addresses) > 1 else ""
    tables: dict[str, Peers] = {}
    for path, records in {**_shared(addresses, lost), **_of_a_peer(conductor)}.items():
        tables[path] = [
            {"peer": address, "num_recs": -1, "records": []}
            if address == lost
            else {"peer": address, "num_recs": len(records), "records": [dict(record) for record in records]}
            for address in addresses
        ]
    for peer in tables["status/networkinterface"]:
        for record in peer["records"]:
            record["ipv4_address"] = peer["peer"]
    return tables


def _shared(addresses: list[str], lost: str) -> dict[str, list[Struct]]:
    """Tables that are the same on all peers."""
    return {
        "status/cluster": [{"uuid": _uuid(11), "enabled": len(addresses) > 1, "state": "Active", "master": PEER}],
        "status/clusterpeer": [
            {"uuid": _uuid(20 + n), "address": address, "state": "Failed" if address == lost else "Active"}
            for n, address in enumerate(addresses)
        ],
        "status/conferencefactory/mcustatus": [
            {**_row(bridge, 200), "name": bridge.name, "type": bridge.kind, "status": "active"} for bridge in BRIDGES
        ],
        "status/conferencefactory/mcucallsignallingloadstatus": [
            {**_row(bridge, 300), "used": bridge.signalling[0], "total": bridge.signalling[1]} for bridge in BRIDGES
        ],
        "status/conferencefactory/mculicenceloadstatus": [
            {**_row(bridge, 400), "used": bridge.licence[0], "total": bridge.licence[1]} for bridge in BRIDGES
        ],
        "configuration/conferencefactory/mcuinfo": [
            {
                "uuid": bridge.uuid,
                "name": bridge.name,
                "address": bridge.address,
                "type": bridge.kind,
                "pool": "pool-hd" if bridge.kind == "tsmcu" else "pool-sd",
                "username": "conductor",
                "password": "bridge-password",
            }
            for bridge in BRIDGES
        ],
        "configuration/conferencefactory/pools": [
            {"uuid": _uuid(70), "name": "pool-hd", "type": "tsmcu", "bridge_uuids": [BRIDGES[1].uuid]},
            {"uuid": _uuid(71), "name": "pool-sd", "type": "mcu", "bridge_uuids": [b.uuid for b in BRIDGES[::2]]},
        ],
        "configuration/conferencefactory/servicepreferences": [
            {"uuid": _uuid(80), "name": "HD first"},
            {"uuid": _uuid(81), "name": "SD only"},
        ],
    }


def _of_a_peer(conductor: Conductor) -> dict[str, list[Struct]]:
    """Tables of each peer's own."""
    return {
        "status/alarm": _alarms(conductor),
        "status/system": [{"uuid": _uuid(10), "name": "conductor1", "version": VERSION, "uptime": 864_000}],
        "status/networkinterface": [
            {"uuid": _uuid(15), "name": "LAN1", "mac_address": "00:10:F3:1A:44:34", "speed": "1000full", "state": "up"}
        ],
    }


def documents() -> dict[str, Any]:
    """What else there is, by path, as JSON."""
    return {
        "/status": {"version": VERSION, "status": "active"},
        "/api/4.0/multipartylicense": {"PMP": {"total": 50, "used": 12}, "SMP": {"total": 5, "used": 1}},
        "/api/4.0/confbundles/": {_uuid(500 + n): _uuid(600 + n) for n in range(12)},
        "/api/4.0/serviceinfo/": [
            {"service_id": "123456", "display_name": "SD MCUs", "bridge_type": "mcu", "qualities": "qualgroup_mcu"},
            {"service_id": "13579", "display_name": "HD TSs", "bridge_type": "tsmcu", "qualities": "qualgroup_ts"},
        ],
        "/api/4.0/qualities/": [
            {
                "quality_group_name": group,
                "quality_group": [{"quality_id": _uuid(n), "quality_type": "video"} for n in range(count)],
            }
            for group, count in (("qualgroup_ts", 3), ("qualgroup_mcu", 1))
        ],
        "/api/4.0/sipdomain": {"SIPDomain": "example.net"},
        f"/api/4.0/servicecost/{_MEETING_ALIAS}": {
            **_service(_MEETING_ALIAS, "mcu"),
            "pool_capacity": [{"dimension": "ports", "value": 80}],
            "conference_cost": [{"dimension": "ports", "value": 2}],
            "participant_cost": [{"num_screens": 1, "resources": [{"dimension": "ports", "value": 1}]}],
        },
        f"/api/4.0/servicecost/{_HALL_ALIAS}": {
            **_service(_HALL_ALIAS, "tsmcu"),
            "pool_capacity": _server_resources(200, 30_720, 30_720),
            "conference_cost": _server_resources(0, 0, 0),
            "participant_cost": [
                {"num_screens": 1, "resources": _server_resources(1, 3_072, 3_840)},
                {"num_screens": 2, "resources": _server_resources(1, 4_992, 5_040)},
            ],
        },
    }


def _service(alias: str, kind: str) -> Struct:
    return {"id": _uuid(90), "display_name": f"SP_{kind}", "alias": alias, "bridge_type": kind, "max_screens": 1}


def _server_resources(signalling: int, media: int, licences: int) -> list[Struct]:
    pairs = {"signalling": signalling, "media": media, "licenses": licences}
    return [{"dimension": dimension, "value": value} for dimension, value in pairs.items()]


def _row(bridge: Bridge, table: int) -> Struct:
    return {"uuid": _uuid(table + bridge.number), "mcu_uuid": bridge.uuid}


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def _alarms(conductor: Conductor) -> list[Struct]:
    raised = int(conductor.started.timestamp()) - 7_200
    return [
        {
            "uuid": _uuid(1),
            "total_count": 0,
            "first_raised": None,
            "last_raised": None,
            "status": "lowered",
            "severity": "warning",
            "id": "55001",
            "title": "Restart required",
            "description": "A restart is required for changed settings to take effect.",
        },
        {
            "uuid": _uuid(2),
            "total_count": 1,
            "first_raised": raised,
            "last_raised": f"{raised}.25",
            "status": "raised",
            "severity": "error",
            "id": "55104",
            "title": "Conference bridge unreachable",
            "description": "The TelePresence Conductor cannot contact conference bridge mcu1.",
        },
        {
            "uuid": _uuid(3),
            "total_count": 2,
            "first_raised": raised - 864_000,
            "last_raised": f"{raised - 86_400}.0",
            "status": "acknowledged",
            "severity": "warning",
            "id": "15013",
            "title": "Security alert",
            "description": "The default admin password is set.",
        },
    ]
