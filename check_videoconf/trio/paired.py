"""trio paired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option

KINDS = {"camera": "cameraSrc", "audio": "audioSrcSink", "displayui": "displayUI"}


class Paired(Mode):
    """Cameras, microphones and displays paired with the phone."""

    endpoints = ("GET /api/v1/mgmt/mrpair/info",)
    requests = "1"
    notes = ("Types are camera, audio and displayui; the phone's own words for them are understood, too.",)
    example = "--expect-paired camera --critical-displayui-paired 1:"

    record = "paired device"
    fields = Fields(texts="componentType componentName! componentDetail?")
    filters = ("device-name=name", "device-type=type")
    options = (
        Option("--expect-paired", "NAME|TYPE", "critical unless a device of that name or type is paired", repeat=True),
    )
    counters = (
        Counter("camera-paired", "devices.camera.paired.count", "cameras"),
        Counter("audio-paired", "devices.audio.paired.count", "microphones and loudspeakers"),
        Counter("displayui-paired", "devices.display_ui.paired.count", "displays"),
    )

    def probe(self) -> Iterator[Finding]:
        devices = list(self.select(components(self.client, self.fields.reader(self.record, self.gaps))))
        for kind in KINDS:
            yield from self.measure(f"{kind}-paired", sum(device["kind"] == kind for device in devices))
        for wanted in self.given.expect_paired:
            names = {(device[field] or "").lower() for device in devices for field in ("name", "type", "kind")}
            found = ", ".join(sorted(device["name"] or device["type"] or "without name" for device in devices))
            yield from self.expect("--expect-paired", wanted, found, met=wanted.lower() in names)

    def headline(self) -> str:
        camera, audio, display = (self.values[f"{kind}-paired"] for kind in KINDS)
        return f"{camera} camera, {audio} audio, {display} display paired"


def components(client: Any, read: Any) -> Iterator[dict[str, Any]]:
    """Each component of each connected device: name, type as the phone says it, kind as the options do."""
    path = "mgmt/mrpair/info"
    found: Mapping[str, Any] = client.struct(path)
    for device in client.objects(path, found.get("ConnectedDeviceList")):
        for row in map(read, client.objects(path, device.get("ComponentList"))):
            kind = next((kind for kind, type_ in KINDS.items() if type_ == row["componentType"]), "")
            yield {
                "name": row["componentName"],
                "type": row["componentType"],
                "kind": kind,
                "detail": row["componentDetail"],
            }
