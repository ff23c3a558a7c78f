"""conductor snmp-load."""

from __future__ import annotations

from ..snmp_load import SnmpLoadCheck


class SnmpLoad(SnmpLoadCheck):
    """Load averages of the Conductor by SNMP; `conductor health` has them without."""

    notes = (
        *SnmpLoadCheck.notes,
        "SNMP is off by default: System > SNMP. What it then tells is not documented.",
    )
