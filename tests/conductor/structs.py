"""Structs of the enumerate calls, as the guides have them. Names and PINs are such as no output may hold."""

from __future__ import annotations

from xmlrpc.client import DateTime

from ..promises import PERSON
from .box import Struct

PIN, GUEST_PIN = "738291", "918273"
#: The Conductor's own clock, in a zone of its own.
DEVICE: Struct = {"currentTime": DateTime("20260302T12:00:00")}


def conference(number: int = 1, **changed: object) -> Struct:
    """A conference that began an hour ago by the Conductor's clock."""
    return {
        "conferenceName": f"meet.room{number}.{100_000 + number}",
        "conferenceType": "ad_hoc",
        "uniqueId": 100 + number,
        "conferenceActive": True,
        "pin": PIN,
        "guestPin": GUEST_PIN,
        "numericId": "",
        "startTime": DateTime("20260302T11:00:00"),
        "durationSeconds": 0,
        "locked": False,
        "encryption": "optional",
        "factoryTemplateType": "meet",
        "isCascaded": False,
        "factoryConferenceId": f"a7062510-5625-11e1-bdb0-{number:012}",
        "factoryWebEx": "None",
        **changed,
    }


def participant(number: int = 1, **changed: object) -> Struct:
    """A participant on a TelePresence MCU who loses next to nothing."""
    return {
        "mcuIPAddress": "192.0.2.60",
        "factoryBridgeType": "mcu",
        "factoryConferenceId": "a7062510-5625-11e1-bdb0-000000000001",
        "conferenceName": "meet.room1.100001",
        "participantName": f"{PERSON}{number}",
        "participantProtocol": "sip",
        "participantType": "ad_hoc",
        "connectionUniqueId": 7000 + number,
        "address": f"{PERSON}{number}@example.net",
        "displayName": f"{PERSON} {number}",
        "callState": "connected",
        "connectTime": DateTime("20260302T11:01:00"),
        "audioRxReceived": 9_999,
        "audioRxLost": 1,
        "audioTxSent": 10_000,
        "audioTxReportedLost": 2,
        "videoRxReceived": 9_997,
        "videoRxLost": 3,
        "videoTxSent": 10_000,
        "videoTxReportedLost": 4,
        "audioRxMuted": False,
        "packetLossWarning": False,
        "packetLossCritical": False,
        "previewURL": f"http://192.0.2.60/preview?{PERSON}",
        "dtmfSequence": "",
        **changed,
    }


def losing(number: int, lost: int, of: int = 1000, **changed: object) -> Struct:
    """A participant who lost so many of the video packets received."""
    return participant(number, videoRxLost=lost, videoRxReceived=of - lost, **changed)


def on_server(number: int = 1, **changed: object) -> Struct:
    """A participant on a TelePresence Server, which counts no packets and does not say when the call began."""
    kept = ("factoryConferenceId", "conferenceName", "participantProtocol", "participantType", "address", "displayName")
    row = participant(number)
    return {
        **{name: row[name] for name in kept},
        "mcuIPAddress": "192.0.2.61",
        "factoryBridgeType": "tsmcu",
        "participantName": f"{3200 + number}",
        "callState": "connected",
        "audioRxMuted": False,
        **changed,
    }


def nested(row: Struct) -> Struct:
    """The same participant with the state of the call under currentState."""
    own = ("mcuIPAddress", "factoryConferenceId", "conferenceName", "participantName", "participantType")
    state = {name: value for name, value in row.items() if name not in own}
    return {**{name: row[name] for name in own if name in row}, "currentState": state}
