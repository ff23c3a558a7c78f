"""The participants of the simulated Pexip deployment and their media streams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from .pexip_deployment import Conference, Deployment, Node, make_uuid, text
from .pexip_tables import Fields
from .tastypie import Row

STREAM_FIELDS = Fields(
    "end_time id node rx_bitrate rx_codec rx_jitter rx_packet_loss rx_packets_lost rx_packets_received "
    "rx_resolution start_time tx_bitrate tx_codec tx_jitter tx_packet_loss tx_packets_lost tx_packets_sent "
    "tx_resolution type",
    since={36: "rx_fps rx_windowed_packet_loss tx_fps tx_windowed_packet_loss"},
)
_QUALITIES = ("unknown", "good", "ok", "bad", "terrible")
_LOSS = {"good": (0.0, 0.9), "ok": (1.0, 2.9), "bad": (3.2, 9.0), "terrible": (11.0, 28.0)}
_BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0"
_NAMES = (
    "Alice",
    "Bob",
    "Carol",
    "Dave",
    "Erin",
    "Frank",
    "Grace",
    "Heidi",
    "Ivan",
    "Judy",
    "Mallory",
    "Niaj",
)


@dataclass(frozen=True)
class _Kind:
    protocol: str
    quality: str
    vendor: str
    license_type: str = "port"
    has_media: bool = True
    encrypted: bool = True
    presenting: bool = False
    direction: str = "in"


# Every dozen participants holds each kind once, in an order that depends on the seed.
_KINDS = (
    _Kind("WebRTC", "good", _BROWSER),
    _Kind("WebRTC", "good", _BROWSER, presenting=True),
    _Kind("WebRTC", "ok", _BROWSER),
    _Kind("SIP", "good", "TANDBERG/531 (RoomOS 11.20)"),
    _Kind("SIP", "bad", "TANDBERG/529 (ce9.15.18)"),
    _Kind("SIP", "good", "PolycomRealPresenceTrio-Trio_8800-UA/5.9.2.11461", license_type="audio"),
    _Kind("H323", "terrible", "TANDBERG (Tandberg 257)", encrypted=False),
    _Kind("MSSIP", "ok", "UCCAPI/16.0 (Skype for Business)"),
    _Kind("TEAMS", "good", "Pexip Teams Connector", direction="out"),
    _Kind("GHM", "good", "Pexip Google Meet", direction="out"),
    _Kind("RTMP", "unknown", "Pexip RTMP", license_type="nolicense", encrypted=False, direction="out"),
    _Kind("API", "unknown", "Pexip Infinity Connect/1.13", license_type="nolicense", has_media=False),
)


def participant_rows(deployment: Deployment) -> Iterator[Row]:
    """One row a participant, spread over the conferences that have started."""
    random = deployment.random("participants")
    conferences = [conference for conference in deployment.conferences if conference.is_started]
    nodes = [node for node in deployment.nodes if node.takes_media]
    edges = [node for node in deployment.nodes if node.kind == "PROXYING"]
    if not conferences or not nodes:
        return
    kinds: list[_Kind] = []
    for index in range(deployment.participant_count):
        kinds = kinds or random.sample(_KINDS, len(_KINDS))
        proxy = edges[index % len(edges)].address if edges and kinds[-1].protocol == "WebRTC" else ""
        conference, node = conferences[index % len(conferences)], nodes[index % len(nodes)]
        yield _participant(deployment, random, index, kinds.pop(), conference, node, proxy)


def _participant(
    deployment: Deployment,
    random: Random,
    index: int,
    kind: _Kind,
    conference: Conference,
    node: Node,
    proxy: str,
) -> Row:
    identity = make_uuid(random)
    name = _NAMES[index % len(_NAMES)]
    alias = f"{name.lower()}{index + 1}@example.com"
    bandwidth = 64 if kind.license_type == "audio" else random.randint(8, 32) * 64
    in_call = (deployment.started - conference.start_time) * (0.05 + 0.9 * random.random())
    connected = deployment.started - in_call
    old = deployment.version < 24
    history = _history(random, kind, min(int(in_call.total_seconds()) // 20, 90))
    buckets = [history.count(quality) for quality in range(5)]
    return {
        "bandwidth": bandwidth,
        "bucketed_call_quality": str(buckets) if old else buckets,
        "call_direction": kind.direction,
        "call_quality": kind.quality if old else f"{_QUALITIES.index(kind.quality)}_{kind.quality}",
        "call_tag": "",
        "call_uuid": identity,
        "conference": conference.name,
        "connect_time": text(connected, whole_seconds=index % 3 == 0),
        "conversation_id": identity,
        "destination_alias": "meet@example.com" if kind.direction == "in" else alias,
        "display_name": f"{name} {index + 1}",
        "encryption": "On" if kind.encrypted else "Off",
        "has_media": kind.has_media,
        "historic_call_quality": str(history) if old else history,
        "id": identity,
        "idp_uuid": "",
        "is_client_muted": False,
        "is_direct": False,
        "is_disconnect_supported": True,
        "is_idp_authenticated": False,
        "is_mute_supported": True,
        "is_muted": index % 7 == 3,
        "is_on_hold": index % 40 == 5,
        "is_presentation_supported": kind.has_media,
        "is_presenting": kind.presenting,
        "is_recording": False,
        "is_streaming": kind.protocol == "RTMP",
        "is_transcribing": False,
        "is_transfer_supported": True,
        "license_count": 0 if kind.license_type == "nolicense" else 1,
        "license_type": kind.license_type,
        "media_node": node.address,
        "parent_id": "",
        "participant_alias": alias,
        "protocol": kind.protocol,
        "proxy_node": proxy,
        "remote_address": f"10.{50 + (index >> 16)}.{index >> 8 & 255}.{index & 255}",
        "remote_port": 49_152 + index % 16_000,
        "resource_uri": f"/api/admin/status/v1/participant/{identity}/",
        "role": "chair" if index % 5 == 0 else "guest",
        "rx_bandwidth": bandwidth,
        "service_tag": conference.tag,
        "service_type": conference.service_type,
        "signalling_node": node.address,
        "source_alias": alias,
        "system_location": node.location,
        "transcoding_enabled": True,
        "tx_bandwidth": bandwidth,
        "vendor": kind.vendor,
    }


def call_row(deployment: Deployment, random: Random, identity: str, command: dict[str, str]) -> Row:
    """The row of a participant that is being called, by the members of the dial command."""
    location, alias, called = command.get("system_location"), command["conference_alias"], command["destination"]
    node = next((node for node in deployment.nodes if node.location == location), deployment.nodes[0])
    kind = _Kind((command.get("protocol") or "sip").upper(), "good", "TANDBERG/531 (RoomOS 11.20)", direction="out")
    conference = Conference(identity, alias, "conference", "", deployment.started, is_started=True, is_locked=False)
    return {
        **_participant(deployment, random, 0, kind, conference, node, ""),
        "call_uuid": identity,
        "connect_time": None,
        "conversation_id": identity,
        "destination_alias": called,
        "display_name": command.get("remote_display_name") or called,
        "has_media": False,
        "id": identity,
        "participant_alias": called,
        "resource_uri": f"/api/admin/status/v1/participant/{identity}/",
        "role": command.get("role") or "guest",
        "source_alias": alias,
    }


def _history(random: Random, kind: _Kind, windows: int) -> list[int]:
    """The quality of each window of 20 s; the last three give the call its quality."""
    if not kind.has_media:
        return []
    quality = _QUALITIES.index(kind.quality)
    earlier = random.choices((quality, 1, 2), weights=(8, 3, 1), k=max(windows - 3, 0))
    return [*earlier, *[quality] * min(windows, 3)]


def media_stream_rows(deployment: Deployment, participant: Row) -> Iterator[Row]:
    """The streams of one participant: audio, mostly video, and presentation while presenting."""
    if not participant["has_media"]:
        return
    random = deployment.random(f"streams of {participant['resource_uri']}")
    quality = str(participant["call_quality"]).rpartition("_")[2]
    worst = random.uniform(*_LOSS.get(quality, (0.0, 0.0)))
    connected = datetime.fromisoformat(str(participant["connect_time"]))
    seconds = max((deployment.started - connected).total_seconds(), 1.0)
    kinds = ["audio"]
    if participant["license_type"] != "audio":
        kinds.insert(0, "video")
    if participant["is_presenting"]:
        kinds.append("presentation")
    for kind in kinds:
        # Video suffers first; a stream without loss says 0, an integer, as the guide's samples do.
        loss = round(worst, 2) if kind == kinds[0] else 0
        yield {
            "end_time": "",
            "id": str(("audio", "video", "presentation").index(kind)),
            "node": participant["media_node"],
            **_direction("rx", kind, loss, seconds, random),
            "start_time": text(connected),
            **_direction("tx", kind, round(loss / 10, 2), seconds, random),
            "type": kind,
        }


def _direction(way: str, kind: str, loss: float, seconds: float, random: Random) -> Row:
    packets = int(seconds * (50 if kind == "audio" else 120))
    audio = kind == "audio"
    return {
        f"{way}_bitrate": 64 if audio else random.randint(400, 2_000),
        f"{way}_codec": "opus" if audio else "H264",
        f"{way}_fps": 0.0 if audio else 30.0,
        f"{way}_jitter": round(random.uniform(0.2, 9.0) + 4 * loss, 2),
        f"{way}_packet_loss": loss,
        f"{way}_packets_lost": int(packets * loss / 100),
        f"{way}_packets_{'received' if way == 'rx' else 'sent'}": packets,
        f"{way}_resolution": "" if audio else "1280x720",
        f"{way}_windowed_packet_loss": loss,
    }
