"""trio paired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields, Gaps
from ..mode import Mode, Record
from ..options import Option
from .client import Client
from .phone import Words

KINDS = {"camera": "cameraSrc", "audio": "audioSrcSink", "displayui": "displayUI"}
_KIND_OF = {type_.lower(): kind for kind, type_ in KINDS.items()}


class Paired(Mode):
    """Cameras, microphones and displays paired with the phone."""

    endpoints = ("GET /api/v1/mgmt/mrpair/info",)
    requests = "1"
    notes = (
        "--expect-paired takes camera, audio and displayui as types, and the phone's own words for them.",
        "--filter-device-type is searched for in the phone's words: cameraSrc, audioSrcSink, displayUI.",
    )
    example = "--expect-paired camera --critical-displayui-paired 1:"

    record = "paired device"
    fields = Words(texts="type=componentType name=componentName! detail=componentDetail?")
    filters = ("device-name=name", "device-type=type")
    options = (
        Option("--expect-paired", "NAME|TYPE", "critical unless a device of that name or type is paired", repeat=True),
    )
    counters = (
        Counter("camera-paired", "devices.camera.paired.count", "cameras", title="cameras paired"),
        Counter(
            "audio-paired", "devices.audio.paired.count", "microphones and loudspeakers", title="audio devices paired"
        ),
        Counter("displayui-paired", "devices.display_ui.paired.count", "displays", title="displays paired"),
    )

    def probe(self) -> Iterator[Finding]:
        devices = list(self.select(components(self.client, self.fields, self.gaps)))
        for device in devices:
            yield from self.mention(_describe(device))
        for kind in KINDS:
            yield from self.measure(f"{kind}-paired", sum(device["kind"] == kind for device in devices))
        for wanted in self.given.expect_paired:
            names = {(device[field] or "").lower() for device in devices for field in ("name", "type", "kind")}
            found = ", ".join(sorted(device["name"] or device["type"] or "without name" for device in devices))
            yield from self.expect("--expect-paired", wanted, found, met=wanted.lower() in names)

    def headline(self) -> str:
        camera, audio, display = (self.values[f"{kind}-paired"] for kind in KINDS)
        return f"{camera} camera, {audio} audio, {display} display paired"


def components(client: Client, fields: Fields, gaps: Gaps) -> Iterator[dict[str, Any]]:
    """Each component of each connected device: name, type as the phone says it, kind as the options do, detail."""
    read = fields.reader("paired device", gaps)
    for device in _members(client.struct("mgmt/mrpair/info"), "ConnectedDeviceList", "answer", gaps):
        for row in map(read, _members(device, "ComponentList", "connected device", gaps)):
            yield {**row, "kind": _KIND_OF.get((row["type"] or "").lower(), "")}


def _members(holder: Mapping[str, Any], name: str, what: str, gaps: Gaps) -> list[Mapping[str, Any]]:
    """The objects listed in a member; none, and told, where it is no list of objects."""
    found = holder.get(name)
    if isinstance(found, list) and all(isinstance(item, dict) for item in found):
        return found
    if found is None:
        gaps.missing(what, name, present=name in holder)
    else:
        gaps.unreadable(what, name, found, required=True)
    return []


def _describe(device: Record) -> str:
    detail = f", {device['detail']}" if device["detail"] else ""
    return f"{device['name'] or 'without name'} ({device['type'] or 'without type'}){detail}"
