"""What the connectors have: each mode with the one of ours that does its work, and what it prints and judges.

Names, units and defaults are facts about the connectors, observed from outside and in their public source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_QUALITIES = ("good", "ok", "bad", "terrible", "unknown")

#: The kinds of licenses that the connector knows.
LICENSES = ("audio", "port", "vmr")


class ConnectorStatus(NamedTuple):
    """A status: our label of it, its default expressions, and our name of each macro that is called otherwise."""

    ours: str
    warning: str = ""
    critical: str = ""
    macros: Mapping[str, str] = {}


class ConnectorMode(NamedTuple):
    """A mode of a connector.

    ours: the mode that does the work. counters: perfdata name by label, of those that are printed and judged. status:
    the one judged, if any. also: other names that --filter-counters and thresholds know a counter by. members: what
    the `*` of a label stands for. own: whether a module of this package has a class that does some of it otherwise.
    endpoints: what is asked, where that is less. without: options of ours that then mean nothing.
    """

    ours: str
    counters: Mapping[str, str]
    status: ConnectorStatus | None = None
    also: Mapping[str, str] = {}
    members: tuple[str, ...] = ()
    own: bool = False
    endpoints: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    notes: tuple[str, ...] | None = None
    example: str = ""


class Connector(NamedTuple):
    """A connector: the system it asks, and its modes by name."""

    system: str
    modes: Mapping[str, ConnectorMode]


CONNECTORS: dict[str, Connector] = {
    "hardware::devices::pexip::infinity::managementapi::plugin": Connector(
        "pexip",
        {
            "alarms": ConnectorMode(
                "alarms",
                {"alerts": "alerts.problems.current.count"},
                ConnectorStatus("status", "%{level} =~ /warning|minor/i", "%{level} =~ /critical|major|error/i"),
                also={"alerts": "status"},
                notes=("--memory looks only at alarms raised since the previous run of the same service.",),
                example="--filter-name licenses --critical-status '%{level} =~ /error/i'",
            ),
            "conferences": ConnectorMode(
                "ended-conferences",
                {
                    "conferences-total": "conferences.total.count",
                    "participants-total": "participants.total.count",
                    **{
                        f"participants-callquality-{word}": f"participants.callquality.{word}.count"
                        for word in _QUALITIES
                    },
                },
                notes=(
                    "Conferences that ended since the previous run; `pexip conferences` shows those in progress.",
                    "Each is counted once: the first run looks back --window, every other to the one before it.",
                ),
                example="--warning-participants-callquality-terrible 5",
            ),
            "licenses": ConnectorMode(
                "licenses",
                {
                    "license-*-usage": "license.*.usage.count",
                    "license-*-free": "license.*.free.count",
                    "license-*-usage-prct": "license.*.usage.percentage",
                },
                members=LICENSES,
                own=True,
                notes=(f"* is one of {', '.join(LICENSES)}; one of which none is bought nor in use is left out.",),
                example="--warning-license-port-usage-prct 80 --critical-license-vmr-free 5:",
            ),
        },
    ),
    "hardware::devices::polycom::trio::restapi::plugin": Connector(
        "trio",
        {
            "calls-rt": ConnectorMode(
                "media",
                {
                    "channel-traffic-in": "call.channel.traffic.in.bytes",
                    "channel-traffic-out": "call.channel.traffic.out.bytes",
                    "channel-maxjitter": "call.channel.maxjitter.milliseconds",
                    "channel-packetloss": "call.channel.packetloss.count",
                    "channel-packetloss-prct": "call.channel.packetloss.percentage",
                },
                own=True,
                notes=(
                    "Firmware below 5.8 freezes when it is asked for sessionStats: it is not, unless with --force.",
                    "Loss is that since the previous run of the same service; of a new call that of all of it.",
                    "Bytes a second need two runs within one call.",
                ),
                example="--warning-channel-packetloss-prct 1 --critical-channel-maxjitter 60",
            ),
            "calls-summary": ConnectorMode(
                "call-logs",
                {
                    "calls-total": "calls.total.count",
                    "calls-placed": "calls.placed.count",
                    "calls-missed": "calls.missed.count",
                    "calls-received": "calls.received.count",
                },
                also={f"calls-{word}": word for word in ("total", "placed", "missed", "received")},
                example="--warning-missed 5",
            ),
            "device": ConnectorMode(
                "device",
                {
                    "cpu-utilization-average": "device.cpu.utilization.average.percentage",
                    "memory-usage": "device.memory.usage.bytes",
                    "memory-usage-free": "device.memory.free.bytes",
                    "memory-usage-prct": "device.memory.usage.percentage",
                },
                ConnectorStatus("status", critical="%{status} =~ /error/i"),
                example="--warning-cpu-utilization-average 70 --critical-memory-usage-prct 92",
            ),
            "network": ConnectorMode(
                "network",
                {
                    "packets-in": "network.packets.in.persecond",
                    "packets-out": "network.packets.out.persecond",
                },
                own=True,
                endpoints=("GET /api/v1/mgmt/network/stats",),
                without=("--min-speed",),
                example="--warning-packets-in 5000",
            ),
            "paired": ConnectorMode(
                "paired",
                {
                    "camera-paired": "devices.camera.paired.count",
                    "audio-paired": "devices.audio.paired.count",
                    "displayui-paired": "devices.display_ui.paired.count",
                },
                example="--filter-device-type cameraSrc --critical-camera-paired 1:",
            ),
            "registration": ConnectorMode(
                "registration",
                {},
                ConnectorStatus("registration", critical="%{status} !~ /^registered$/i", macros={"status": "state"}),
                example="--warning-status '%{status} =~ /^registering$/i'",
            ),
        },
    ),
}
