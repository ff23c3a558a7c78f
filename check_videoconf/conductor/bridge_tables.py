"""What the modes about conference bridges share: the tables, joined by the bridge's uuid."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import DeviceError, NotSupported
from ..fields import Fields
from .tables import Table, TableMode

# Its own uuid is a record's last resort: where a table is about bridges it may be the bridge's.
BRIDGE = "mcu_uuid bridge_uuid mcu bridge uuid"

STATUS = Table(
    "status/conferencefactory/mcustatus", "bridge", Fields(texts="bridge status name? type?"),
    bridge=BRIDGE, status="status state", name="name mcu_name", type="type bridge_type mcu_type",
)  # fmt: skip
CONFIGURATION = Table(
    "configuration/conferencefactory/mcuinfo", "bridge configuration", Fields(texts="uuid? name? address? pool?"),
    name="name mcu_name", address="address ip_address host hostname", pool="pool pool_name pool_uuid",
)  # fmt: skip


class BridgeMode(TableMode):
    """Base of the modes about conference bridges."""

    tables: ClassVar[tuple[Table, ...]] = (STATUS, CONFIGURATION)

    def bridges(self) -> list[dict[str, Any]]:
        """Each bridge as each peer that differs sees it: bridge (its uuid), name, type, status, address, pool, peer."""
        configured = self._configured()
        bridges = []
        for record in self.records(STATUS, shared=True):
            known = configured.get(record["bridge"], {})
            name = record["name"] or known.get("name") or record["bridge"] or "without name"
            bridges.append({**record, "name": name, "address": known.get("address"), "pool": known.get("pool")})
        # Either of the two tables is enough for the name.
        if any(bridge["name"] not in (bridge["bridge"], "without name") for bridge in bridges):
            for table in (STATUS, CONFIGURATION):
                self.unreported.pop((table.path, "name"), None)
        return bridges

    def _configured(self) -> dict[str, dict[str, Any]]:
        """What the configuration says of each bridge, by its uuid."""
        try:
            return {record["uuid"]: record for record in self.records(CONFIGURATION, shared=True) if record["uuid"]}
        except (NotSupported, DeviceError) as error:
            for name in ("address", "pool"):
                self.unreported[CONFIGURATION.path, name] = f"{name} of the bridges: not reported, {error}"
            return {}
