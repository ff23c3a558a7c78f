"""What the modes about conference bridges share: the tables, joined by the bridge's uuid."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import DeviceError, NotSupported
from ..fields import Fields
from ..mode import Record
from ..text import plural
from .tables import Table, TableMode

# Its own uuid is a record's last resort: where a table is about bridges it may be the bridge's.
_BRIDGE = "mcu_uuid bridge_uuid mcu bridge uuid"

STATUS = Table(
    "status/conferencefactory/mcustatus", "bridge", Fields(texts="bridge status name? type?"),
    bridge=_BRIDGE, status="status state", name="name mcu_name", type="type bridge_type mcu_type",
)  # fmt: skip
CONFIGURATION = Table(
    "configuration/conferencefactory/mcuinfo", "bridge configuration", Fields(texts="uuid? name? address? pool?"),
    name="name mcu_name", address="address ip_address host hostname", pool="pool pool_name pool_uuid",
)  # fmt: skip
_LOAD = Fields(texts="bridge", numbers="used? total? load?")
SIGNALLING = Table(
    "status/conferencefactory/mcucallsignallingloadstatus", "signalling load", _LOAD,
    bridge=_BRIDGE, used="used in_use", total="total max", load="",
)  # fmt: skip
LICENCE = Table(
    "status/conferencefactory/mculicenceloadstatus", "licence load", _LOAD,
    bridge=_BRIDGE, used="used in_use", total="total max", load="",
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

    def loads(self, table: Table, bridges: list[dict[str, Any]]) -> dict[str, float | None]:
        """The load in percent by bridge, None where it is not applicable; of several rows the highest counts."""
        known = {bridge["bridge"] for bridge in bridges}
        loads: dict[str, float | None] = {}
        strange = unknown = 0
        for record in self.records(table, shared=True):
            load = _percentage(record)
            if record["bridge"] not in known:
                strange += 1
            elif load is not None:
                loads[record["bridge"]] = max(load, loads.get(record["bridge"]) or 0)
            elif record["total"] == 0:
                loads.setdefault(record["bridge"], None)
            else:
                unknown += 1
        if strange:
            hint = self.hint(table, "bridge")
            self.problems.append(f"{plural(strange, table.what)} of no bridge in mcustatus: {hint}")
        if unknown:
            self.problems.append(f"{plural(unknown, table.what)} without used and total")
            self.require("used", "total")
        return loads


def _percentage(record: Record) -> float | None:
    """The load in percent, None where it cannot be told; what is below 0 is no measurement."""
    load: float | None = record["load"]
    used, total = record["used"], record["total"]
    if load is None and used is not None and used >= 0 and total:
        load = 100 * used / total
    return load if load is None or load >= 0 else None
