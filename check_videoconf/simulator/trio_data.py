"""What the simulated Trio knows: the `data` of its endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from . import trio_settings
from .trio_calls import logged

MAC_ADDRESS = "0004f2aabbcc"
_MEMORY = 519_995_392


@dataclass(frozen=True)
class Trio:
    """The phone: firmware `old` is 5.7.1, `new` is 5.9.2; `started` is local time without a zone."""

    seed: int
    old: bool
    started: datetime

    @property
    def firmware(self) -> str:
        return "5.7.1.4095" if self.old else "5.9.2.11461"

    @property
    def model(self) -> str:
        return "RealPresence Trio 8800" if self.old else "Trio 8800"

    def uptime(self) -> timedelta:
        """Three weeks and more when the simulator starts, and counting."""
        booted = self.started - timedelta(days=20, hours=16, seconds=Random(self.seed).randint(0, 3_000))
        return datetime.now() - booted  # noqa: DTZ005

    def ago(self, **parts: int) -> str:
        """A time that long before the simulator started, as the phone writes it: local, without a zone."""
        return (self.started - timedelta(**parts)).isoformat(timespec="seconds")


def data(trio: Trio) -> dict[str, Any]:
    """The `data` by path below `/api/v1/`, or `v2/`; numbers are text, a function stands for its result.

    Calls and lines are not in it: `trio.Trio` sets them.
    """
    log = _call_logs(trio)
    found: dict[str, Any] = {
        "mgmt/device/stats": _stats(trio),
        "mgmt/device/info": _info(trio),
        "mgmt/device/runningConfig": trio_settings.running_config(),
        "mgmt/network/info": trio_settings.network_info(),
        "mgmt/network/stats": _network_stats(trio),
        "mgmt/media/communicationInfo": {
            "CommunicationType": ["RxTx", "RxTx", "RxTx"],
            "FarEndMuteState": [],
            "PhoneMuteState": "False",
        },
        "mgmt/callLogs": log,
        **{f"mgmt/callLogs/{kind.lower()}": (lambda kind=kind: log[kind]) for kind in log},
        "mgmt/transferType/get": {"Type": "Consultative"},
        "mgmt/getPresence": "Available",
        "mgmt/location/info": {},
        "mgmt/mrpair/info": trio_settings.paired(),
        "mgmt/config/get": trio_settings.parameters(),
    }
    if not trio.old:
        found["v2/mgmt/device/info"] = _info_v2(trio)
    return found


def _call_logs(trio: Trio) -> dict[str, list[dict[str, Any]]]:
    return {
        "Missed": [logged(trio.ago(days=1, hours=8), "")],
        "Received": [logged(trio.ago(days=1, hours=5), "52 mins 3 secs", "room-c")],
        "Placed": [logged(trio.ago(days=1), "26 secs"), logged(trio.ago(hours=3), "4 mins 49 secs", "room-d")],
    }


def _network_stats(trio: Trio) -> dict[str, Any]:
    """Packets since the start, some per second of it."""

    def packets(rate: float) -> str:
        return str(int(trio.uptime().total_seconds() * rate))

    return {
        "UpTime": lambda: _uptime_text(trio),
        "RxPackets": lambda: packets(12.5),
        "TxPackets": lambda: packets(9),
    }


def _stats(trio: Trio) -> dict[str, Any]:
    random = Random(f"{trio.seed}/stats")
    used = random.randint(250_000_000, 300_000_000)
    memory: dict[str, Any] = {
        "Total": str(_MEMORY),
        "Used": str(used),
        "Free": str(_MEMORY - used),
        "Cached": str(used // 2),
        "SReclaim": str(random.randint(10_000_000, 12_000_000)),
        "ComAS": "0",
        "polyapp": _heap(12_677_120, 22_568_960, 34_790_512),
        "pgui": _heap(19_066_016, 61_412_192, 80_315_424),
    }
    stats = {
        "CPU": {
            "Current": f"{random.uniform(8, 40):.1f}",
            "Average": f"{random.uniform(15, 30):.1f}",
        },
        "Memory": memory,
    }
    if trio.old:
        del memory["SReclaim"], memory["ComAS"], memory["polyapp"], memory["pgui"]
        return stats
    return {**stats, "RAMDiskSize": "67108864"}


def _heap(arena: int, hblkhd: int, uordblks: int) -> dict[str, str]:
    return {
        "arena": str(arena),
        "hblkhd": str(hblkhd),
        "uordblks": str(uordblks),
        "fordblks": str(arena + hblkhd - uordblks),
    }


def _info(trio: Trio) -> dict[str, Any]:
    return {
        "ModelNumber": trio.model,
        "FirmwareRelease": trio.firmware,
        "DeviceType": "hardwareEndpoint",
        "DeviceVendor": "Polycom",
        "UpTimeSinceLastReboot": lambda: _uptime_text(trio),
        "IPV4Address": "192.0.2.40",
        "IPV6Address": "::",
        "MACAddress": MAC_ADDRESS,
        "AttachedHardware": {},
    }


def _info_v2(trio: Trio) -> dict[str, Any]:
    return {
        "ModelNumber": trio.model,
        "DeviceType": "HardwareEndpoint",
        "DeviceVendor": "Polycom",
        "Firmware": {
            "Application": f"{trio.firmware} 12-Dec-19 10:01",
            "Updater": trio.firmware,
            "BootBlock": "3.0.6.0002 (65290-001)",
        },
        "UpTime": lambda: _uptime_parts(trio.uptime()),
        "MACAddress": MAC_ADDRESS,
        "IPStack": "IPv4 Only",
        "PreferredNetwork": "IPv6",
        "IPAddress": "192.0.2.40",
        "IPv6Address": "::",
        "IPv6LinkAddress": "::",
        "IPv6ULAAddress": "::",
        "AttachedHardware": {},
        "AppState": "AppStateMenu",
        "ReadyToUse": "True",
        "CanApplyShutdownRequest": "True",
        "IntendToShutdown": "False",
    }


def _uptime_text(trio: Trio) -> str:
    """`20.16:11:42` or `20 Days 16:11:42`: both forms were seen on devices."""
    parts = _uptime_parts(trio.uptime())
    days = f"{parts['Days']}." if trio.old else f"{parts['Days']} Days "
    return f"{days}{parts['Hours']}:{int(parts['Minutes']):02}:{int(parts['Seconds']):02}"


def _uptime_parts(uptime: timedelta) -> dict[str, str]:
    minutes, seconds = divmod(uptime.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return {"Days": str(uptime.days), "Hours": str(hours), "Minutes": str(minutes), "Seconds": str(seconds)}
