"""pexip snmp-load."""

from __future__ import annotations

from ..snmp_load import SnmpLoadCheck


class SnmpLoad(SnmpLoadCheck):
    """Load averages of the Management Node or of a Conferencing Node, which no API tells, by SNMP."""

    notes = (
        *SnmpLoadCheck.notes,
        "SNMP is off by default and switched on for each node by itself: -H is the address of that node.",
    )
