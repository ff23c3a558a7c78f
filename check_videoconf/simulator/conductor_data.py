"""What the simulated Conductor knows: the structs of its XML-RPC methods and the tables of its REST API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from xmlrpc.client import DateTime

Struct = dict[str, Any]

VERSION = "XC4.3.1"
PEER = "192.0.2.50"
_BRIDGES = ("192.0.2.60", "192.0.2.61")
_A_CONFERENCE = 8


@dataclass(frozen=True)
class Conductor:
    """What there is. An appliance has fans, a virtual machine has none; `started` is local time, no zone."""

    seed: int
    appliance: bool
    participant_count: int
    started: datetime

    def random(self, about: str) -> Random:
        return Random(f"{self.seed}/{about}")

    @property
    def conference_count(self) -> int:
        return -(-self.participant_count // _A_CONFERENCE)


def structs(conductor: Conductor) -> dict[str, Struct]:
    """The answers by method. A function in a struct stands for what it returns when asked."""
    return {
        "factory.health.query": _health(conductor),
        "device.query": _device(),
        "device.network.query": {"portA": {"macAddress": "00:10:F3:1A:44:01"}},
        "conference.enumerate": {"conferences": [_conference(conductor, n) for n in range(conductor.conference_count)]},
        "participant.enumerate": {"participants": _participants(conductor)},
    }


def _health(conductor: Conductor) -> Struct:
    random = conductor.random("health")
    return {
        **{f"fan_{n}": str(random.randint(7_800, 8_200)) if conductor.appliance else "N/A" for n in (1, 2, 3)},
        "committed_as": f"{random.randint(2_200_000, 2_700_000)} kB",
        "cpu_load_1": random.randint(0, 2),
        "cpu_load_5": random.randint(0, 2),
        "cpu_load_15": 1,
    }


def _device() -> Struct:
    return {
        "currentTime": lambda: DateTime(datetime.now()),  # noqa: DTZ005
        "serial": "0A1B2C3D",
        "softwareVersion": VERSION,
        "buildVersion": "Test_Build",
        "model": "Cisco TelePresence Conductor",
        "apiVersion": "2.9",
        "totalVideoPorts": 80,
    }


def _conference(conductor: Conductor, index: int) -> Struct:
    return {
        "conferenceName": _conference_name(index),
        "conferenceType": "ad_hoc",
        "uniqueId": 101 + index,
        "conferenceActive": True,
        "description": "",
        "pin": "",
        "guestPin": "",
        "numericId": "",
        "guestNumericId": "",
        "registerWithGatekeeper": False,
        "registerWithSIPRegistrar": False,
        "multicastStreamingEnabled": False,
        "unicastStreamingEnabled": False,
        "h239Enabled": True,
        "h239Important": False,
        "maximumAudioPorts": 0,
        "maximumVideoPorts": 12,
        "reservedAudioPorts": 0,
        "reservedVideoPorts": 0,
        "startTime": DateTime(conductor.started - timedelta(minutes=75)),
        "durationSeconds": 0,
        "locked": index % 3 == 1,
        "encryption": "required" if index % 4 == 3 else "optional",
        "factoryTemplateType": "lesson" if index % 3 == 1 else "meet",
        "isCascaded": index % 3 == 1,
        "factoryConferenceId": _conference_id(index),
        "factoryWebEx": "None",
    }


def _participants(conductor: Conductor) -> list[Struct]:
    random = conductor.random("participants")
    return [_participant(conductor, random, index) for index in range(conductor.participant_count)]


def _participant(conductor: Conductor, random: Random, index: int) -> Struct:
    lossy = index % 8 == 1
    connected = conductor.started - timedelta(minutes=74, seconds=index % 60)
    return {
        "mcuIPAddress": _BRIDGES[index // _A_CONFERENCE % len(_BRIDGES)],
        "factoryBridgeType": "mcu",
        "factoryConferenceId": _conference_id(index // _A_CONFERENCE),
        "conferenceName": _conference_name(index // _A_CONFERENCE),
        "participantName": f"sip{index + 1}",
        "participantProtocol": "sip",
        "participantType": "ad_hoc",
        "connectionUniqueId": 7_001 + index,
        "address": f"room{index + 1}@example.net",
        "displayName": f"Room {index + 1}",
        "callState": "connected",
        "callDirection": "incoming",
        "connectTime": DateTime(connected),
        "connectPending": False,
        "maxBitRateToMCU": 2048,
        "maxBitRateFromMCU": 2048,
        **_media("audio", "aac", 15_000, 3, random),
        **_media("video", "h.264", 60_000, 9_000 if lossy else 60, random),
        "packetLossWarning": lossy,
        "packetLossCritical": lossy,
        "mediaEncryption": "encrypted",
        "dtmfSequence": "",
        "previewURL": "",
        "factoryWebEx": "None",
        "activeSpeaker": index % _A_CONFERENCE == 0,
        "important": False,
    }


def _media(kind: str, codec: str, packets: int, lost: int, random: Random) -> Struct:
    return {
        f"{kind}RxCodec": codec,
        f"{kind}TxCodec": codec,
        f"{kind}RxReceived": packets + random.randint(0, 500),
        f"{kind}RxLost": lost,
        f"{kind}TxSent": packets + random.randint(0, 500),
        f"{kind}TxReportedLost": lost // 10,
        f"{kind}RxMuted": False,
        f"{kind}TxMuted": False,
    }


def _conference_name(index: int) -> str:
    return f"meet.room{index + 1}.{100_001 + index}"


def _conference_id(index: int) -> str:
    return f"a7062510-5625-11e1-bdb0-{index:012x}"


def tables(conductor: Conductor) -> dict[str, list[Struct]]:
    """The REST tables by path below `/api/external/`: a list of peers with their records."""
    return {"status/alarm": [{"peer": PEER, "num_recs": 3, "records": _alarms(conductor)}]}


def _alarms(conductor: Conductor) -> list[Struct]:
    raised = int(conductor.started.timestamp()) - 7_200
    return [
        {
            "uuid": "00000000-0000-4000-8000-000000000001",
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
            "uuid": "00000000-0000-4000-8000-000000000002",
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
            "uuid": "00000000-0000-4000-8000-000000000003",
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
