"""trio paired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
        rows = list(listed(self.client, self.gaps))
        all_listed = not self.gaps.problems()
        found = list(components(rows, self.fields, self.gaps))
        devices = list(self.select(found))
        for device in devices:
            yield from self.mention(_describe(device))
        if all_listed and all(device["type"] for device in found):  # else what is not known may be one of them
            for kind in KINDS:
                yield from self.measure(f"{kind}-paired", sum(device["kind"] == kind for device in devices))
        yield from self._expected(devices)

    def headline(self) -> str:
        camera, audio, display = (self.values[f"{kind}-paired"] for kind in KINDS)
        return f"{camera} camera, {audio} audio, {display} display paired"

    def _expected(self, devices: list[dict[str, Any]]) -> Iterator[Finding]:
        names = {(device[field] or "").lower() for device in devices for field in ("name", "type", "kind")}
        found = ", ".join(sorted(device["name"] or device["type"] or "without name" for device in devices))
        for wanted in self.given.expect_paired:
            met = wanted.lower() in names
            if met or not self.gaps.problems():  # it may be what cannot be had, which is told
                yield from self.expect("--expect-paired", wanted, found, met=met)


def listed(client: Client, gaps: Gaps) -> Iterator[Mapping[str, Any]]:
    """The row of each component of each connected device; lists that cannot be had are told."""
    for device in _members(client.struct("mgmt/mrpair/info"), "ConnectedDeviceList", "answer", gaps):
        yield from _members(device, "ComponentList", "connected device", gaps)


def components(rows: Iterable[Mapping[str, Any]], fields: Fields, gaps: Gaps) -> Iterator[dict[str, Any]]:
    """Each row as name, type as the phone says it, kind as the options do, detail."""
    for row in map(fields.reader("paired device", gaps), rows):
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
