"""What the simulated Conductor knows, as the structs of its XML-RPC methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from xmlrpc.client import DateTime

Struct = dict[str, Any]

VERSION = "XC4.3.1"
PEER = "192.0.2.50"
_A_CONFERENCE = 8


@dataclass(frozen=True)
class Bridge:
    """A conference bridge. nested: it tells the state of a participant under currentState, as some do."""

    number: int
    name: str
    address: str
    kind: str
    signalling: tuple[int, int]
    licence: tuple[int, int]
    nested: bool = False

    @property
    def uuid(self) -> str:
        return f"00000000-0000-4000-8000-0000000001{self.number:02}"


#: Two MCUs, one of which nests, and a TelePresence Server between them, which counts no packets.
BRIDGES = (
    Bridge(1, "mcu1", "192.0.2.60", "mcu", (40, 80), (0, 0)),
    Bridge(2, "ts1", "192.0.2.61", "tsmcu", (120, 200), (20_000, 30_720)),
    Bridge(3, "mcu2", "192.0.2.62", "mcu", (12, 80), (0, 0), nested=True),
)
# What a participant's struct holds itself; the rest is the state of the call.
_OWN = (
    *("mcuIPAddress", "factoryBridgeType", "factoryConferenceId", "conferenceName", "participantName"),
    *("participantProtocol", "participantType", "connectionUniqueId", "factoryWebEx"),
)
# What a TelePresence Server does not tell of a call.
_MCU_ONLY = ("connectionUniqueId", "connectTime", "connectPending", "callDirection", "mediaEncryption")


@dataclass(frozen=True)
class Conductor:
    """What there is. An appliance has fans, a virtual machine has none; `started` is local time, no zone.

    peer_count: the Conductors of the cluster, of which the last one is out of reach if `peer_lost`.
    """

    seed: int
    appliance: bool
    participant_count: int
    started: datetime
    conferences: int | None = None
    peer_count: int = 1
    peer_lost: bool = False

    def random(self, about: str) -> Random:
        return Random(f"{self.seed}/{about}")

    @property
    def conference_count(self) -> int:
        return -(-self.participant_count // _A_CONFERENCE) if self.conferences is None else self.conferences


def structs(conductor: Conductor) -> dict[str, Struct]:
    """The answers by method. A function in a struct stands for what it returns when asked."""
    return {
        "factory.health.query": _health(conductor),
        "device.query": _device(),
        "device.network.query": {"portA": {"macAddress": "00:10:F3:1A:44:01"}},
        "conference.enumerate": {"conferences": [_conference(conductor, n) for n in range(conductor.conference_count)]},
        "participant.enumerate": {"participants": _participants(conductor)},
        "feedbackReceiver.extended.query": {
            "receivers": [
                {"receiverURI": "https://tms.example.net/feedback", "sourceIdentifier": "tms", "index": 1},
                {"receiverURI": "http://192.0.2.99:5050/RPC2", "sourceIdentifier": "other", "index": 2},
            ]
        },
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
        "pin": "246810" if index % 2 else "",
        "guestPin": "135791" if index % 2 else "",
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
    conference = index // _A_CONFERENCE % max(conductor.conference_count, 1)
    bridge = BRIDGES[conference % len(BRIDGES)]
    connected = conductor.started - timedelta(minutes=74, seconds=index % 60)
    struct = {
        "mcuIPAddress": bridge.address,
        "factoryBridgeType": bridge.kind,
        "factoryConferenceId": _conference_id(conference),
        "conferenceName": _conference_name(conference),
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
    if bridge.kind == "tsmcu":
        return {name: value for name, value in struct.items() if name not in _MCU_ONLY and not _counts(name)}
    if bridge.nested:
        state = {name: value for name, value in struct.items() if name not in _OWN}
        return {**{name: struct[name] for name in _OWN}, "currentState": state}
    return struct


def _counts(name: str) -> bool:
    return name.startswith("packetLoss") or name.endswith(("Received", "Lost", "Sent", "Codec"))


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
