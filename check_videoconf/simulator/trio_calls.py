"""Calls, lines and call logs of the simulated Trio, in the layouts that its firmware has for them. Numbers are text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def audio(ref: str = "0xb4e5dfa0", **fields: object) -> Json:
    """An audio stream of sessionStats; `fields` are the ones that differ."""
    stream = {
        "Ref": ref,
        "Category": "0:Voice",
        "RxCodec": "3:G.722.1",
        "TxCodec": "3:G.722.1",
        "RxPayloadSize": "80",
        "TxPayloadSize": "20",
        **_counters(sent=24_300, received=24_200, lost=50, octets=80),
        "Jitter": "3",
        "MaxJitter": "21",
        "Latency": "42",
        "RxMOSLQ": "4.1",
        "RxMOSCQ": "4.0",
        "TxMOSLQ": "4.2",
        "TxMOSCQ": "4.1",
    }
    return {**stream, **_texts(fields)}


def video(ref: str = "0xb4e5e9d8", **fields: object) -> Json:
    """A video stream of sessionStats; `fields` are the ones that differ."""
    stream = {
        "Ref": ref,
        "Category": "1:Video",
        "RxCodec": "24:H.264",
        "TxCodec": "24:H.264",
        "RxPayloadSize": "v",
        "TxPayloadSize": "v",
        **_counters(sent=90_000, received=88_000, lost=1_000, octets=900),
        "Jitter": "8",
        "MaxJitter": "34",
        "Latency": "42",
        "VideoRxFrameWidth": "1280",
        "VideoRxFrameHeight": "720",
        "VideoRxFramerate": "30",
        "VideoRxActBitrateKbps": "1519",
        "VideoRxFastUpdateReqCnt": "2",
        "VideoTxFrameWidth": "1280",
        "VideoTxFrameHeight": "720",
        "VideoTxFramerate": "30",
        "VideoTxActBitrateKbps": "1498",
        "VideoTxConfigBitrateKbps": "2048",
        "VideoTxFastUpdateReqCnt": "1",
    }
    return {**stream, **_texts(fields)}


def no_video(ref: str = "0xb4e5e9d8") -> Json:
    """The video stream that a phone lists for a call without video."""
    return video(ref, **dict.fromkeys(_counters(0, 0, 0, 0), 0), Jitter=0, MaxJitter=0, VideoRxFramerate=0)


def _counters(sent: int, received: int, lost: int, octets: int) -> Json:
    return {
        "PacketsSent": str(sent),
        "PacketsReceived": str(received),
        "PacketsExpected": str(received + lost),
        "PacketsLost": str(lost),
        "OctetsSent": str(sent * octets),
        "OctetsReceived": str(received * octets),
    }


def _texts(fields: dict[str, object]) -> Json:
    """Numbers as text, all else, null among it, as it is."""
    return {name: str(value) if isinstance(value, (int, float)) else value for name, value in fields.items()}


@dataclass(frozen=True)
class Call:
    """A call in progress: what each resource says of it. ref: what the phone calls it, another for each call."""

    ref: str = "0xb53e57c0"
    state: str = "Connected"
    direction: str = "Outgoing"
    seconds: int = 812
    muted: bool = False
    party: str = "Meeting room B"
    number: str = "room-b@example.net"
    address: str = "192.0.2.77"
    line: int = 1
    streams: tuple[Json, ...] = field(default_factory=lambda: (audio(), video()))

    def v1(self, old: bool) -> Json:
        """The object of callStatus version 1."""
        return {
            "CallHandle": self.ref,
            "Type": self.direction,
            "Protocol": "Sip",
            "CallState": self.state,
            "LineId": str(self.line),
            "RemotePartyName": self.party,
            "RemotePartyNumber": f"sip:{self.number}",
            "DurationSeconds" if old else "DurationInSeconds": str(self.seconds),
        }

    def v2(self, sequence: int) -> Json:
        """The row of callStatus version 2; `sequence` counts from 1."""
        ringing = self.state == "Offering"
        return {
            "CallHandle": self.ref[2:],
            "Type": self.direction,
            "Protocol": "SIP",
            "CallState": self.state,
            "LineID": str(self.line),
            "CallSequence": str(sequence),
            "UIAppearanceIndex": f"{sequence}*" if sequence == 1 else str(sequence),
            "RemotePartyName": self.party,
            "RemotePartyNumber": self.number,
            "Remote Connection IP": "" if ringing else self.address,
            "Media Direction": "sendonly" if ringing else "sendrecv",
            "Muted": str(int(self.muted)),
            "Ringing": str(int(ringing)),
            "RTPPort": "0" if ringing else "2226",
            "RTCPPort": "1" if ringing else "2227",
            "StartTime": "2026-10-11T17:28:46",
            "DurationSeconds": str(self.seconds),
        }

    def session(self) -> Json:
        """The call in sessionStats."""
        return {"Ref": self.ref, "SRTPCall": "True", "H235Call": "False", "Streams": list(self.streams)}


@dataclass(frozen=True)
class Line:
    """A line: its registration as sipStatus says it, and for each call server whether it works."""

    number: int = 1
    label: str = "Room 1"
    state: str = "Registered"
    active: bool = False
    do_not_disturb: bool = False
    servers: tuple[bool, ...] = (True,)

    @property
    def user(self) -> str:
        return f"room{self.number}"

    def v1(self, old: bool) -> Json:
        """The row of lineInfo version 1, which older firmware has with fewer members."""
        row = {
            "LineNumber": str(self.number),
            "RegistrationStatus": "registered" if self.state == "Registered" else "unregistered",
            "LineType": "private",
            "Label": self.label,
            "UserID": self.user,
        }
        if old:
            return {**row, "Username": self.user}
        sip = {"SIPAddress": f"{self.user}@example.net", "ProxyAddress": "sip.example.net"}
        return {**row, **sip, "Protocol": "SIP", "Port": "5061"}

    def v2(self) -> Json:
        """The row of lineInfo version 2."""
        return {
            "LineNumber": str(self.number),
            "LineType": "private",
            "Label": self.label,
            "Username": self.user,
            "UserID": self.user,
            "RegistrationStatus": self.state,
            "Active": str(self.active),
            "DoNotDisturb": str(self.do_not_disturb),
            "CallServers": [
                {
                    "Title": f"Registrar {position}",
                    "Address": f"sip{position}.example.net",
                    "Port": "5061",
                    "Transport": "TLS",
                    "Working": str(working),
                }
                for position, working in enumerate(self.servers, 1)
            ],
        }

    def sip_user(self) -> Json:
        """The user of sipStatus."""
        registered = self.state == "Registered"
        event = {
            "Type": "Register",
            "RegistrationState": self.state,
            "CallID": f"a1b2c3d4-{self.number}@192.0.2.40" if registered else "",
            "Expires": "2710" if registered else "0",
        }
        return {
            "Name": self.user,
            "LineNumber": str(self.number),
            "TotalCalls": "0",
            "TotalEvents": "1",
            "Events": [event],
        }


def logged(start: str, duration: str, party: str = "room-b", number: str = "room-b@example.net", line: int = 1) -> Json:
    """An entry of the call log: `start` is local time without a zone, `duration` such as `4 mins 49 secs` or `''`."""
    return {
        "LineNumber": str(line),
        "StartTime": start,
        "Duration": duration,
        "RemotePartyName": party,
        "RemotePartyNumber": number,
    }
