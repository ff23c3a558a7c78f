"""The mode `snmp-load`, the same for Pexip nodes and Conductors: load averages of the system below, by SNMP."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from .counters import Counter, Finding
from .errors import SnmpObjectMissing
from .mode import Mode
from .options import Option, integer
from .snmp_account import ENVIRONMENT, INSTALL, OPTIONS, find
from .text import shorten
from .units import decimal, duration

if TYPE_CHECKING:
    from .snmp import Value

#: UCD-SNMP-MIB laLoad: its rows 1, 2 and 3 are the load averages over 1, 5 and 15 minutes, as text.
LA_LOAD = (1, 3, 6, 1, 4, 1, 2021, 10, 1, 3)
#: SNMPv2-MIB; the time counts hundredths of a second since the agent started.
SYS_UP_TIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)

_NAME = 64
_PERIODS = ("1", "5", "15")
_LOAD = re.compile(rb"\s*[0-9]{1,9}(?:\.[0-9]{1,9})?\s*")


class SnmpLoadCheck(Mode):
    """Base of each system's `SnmpLoad`, which says of its product where SNMP is switched on."""

    anonymous = True
    opt_in = True
    login = "--community-file FILE"
    record = "agent"
    endpoints = ("SNMP GET of UCD-SNMP-MIB laLoad (.1.3.6.1.4.1.2021.10.1.3.1 to .3), sysName and sysUpTime",)
    requests = "1 by UDP; with SNMPv3 1 or 2 more, to learn the agent's name and clock"
    notes: ClassVar[tuple[str, ...]] = (
        f"Needs pysnmp 7.1: {INSTALL}. MIBs are neither needed nor read.",
        f"Secrets may also be in the environment: {', '.join(ENVIRONMENT.values())}.",
        "The account and the password of the web API are not used.",
        "An agent does not answer a wrong community at all: that cannot be told from an agent that is not there.",
        "Load averages are not percentages: set thresholds by the number of cores, or give --per-core N.",
    )
    example = "--per-core 4 --warning-load-5 1 --critical-load-5 2"
    options = (
        Option("--per-core", "N", "divide the load by the number of cores", kind=integer(1, 4096)),
        *OPTIONS,
    )
    counters = tuple(
        Counter(
            f"load-{period}", f"cpu.load.{period}m.count", f"load average over {period} min",
            title=f"mean load of the last {'minute' if period == '1' else f'{period} minutes'}",
        )
        for period in _PERIODS
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        from .snmp import Agent

        session = self.client.session
        account = find(self.given, os.environ, session.deadline.left())
        session.redactor.add(*account.secrets)
        rows = [(*LA_LOAD, row) for row in range(1, len(_PERIODS) + 1)]
        agent = Agent(session, account)
        *loads, name, up = agent.get([*rows, SYS_NAME, SYS_UP_TIME])
        if all(load.missing for load in loads):
            raise SnmpObjectMissing(address=agent.address, object="laLoad", reason=_words(loads[0]))
        for row, (period, load) in enumerate(zip(_PERIODS, loads), 1):
            yield from self._measured(f"load-{period}", f"laLoad.{row}", load)
        self.called = shorten(name.data.decode("utf-8", "replace"), _NAME) if isinstance(name.data, bytes) else ""
        self.up = up.data / 100 if isinstance(up.data, int) else None

    def _measured(self, label: str, column: str, load: Value) -> Iterator[Finding]:
        if load.kind == "OctetString" and isinstance(load.data, bytes) and _LOAD.fullmatch(load.data):
            yield from self.measure(label, float(load.data) / (self.given.per_core or 1))
        else:
            self.absent(label, optional=False, reason=f"{column} of the agent is {_words(load)}")

    def headline(self) -> str:
        loads = [decimal(self.values[f"load-{period}"], 2) for period in _PERIODS if f"load-{period}" in self.values]
        parts = [f"load {'per core ' if self.given.per_core else ''}{', '.join(loads)}"]
        if self.called:
            parts.append(self.called)
        if self.up is not None:
            parts.append(f"agent up {duration(self.up)}")
        return ", ".join(parts)


def _words(value: Value) -> str:
    if value.missing:
        return f"not there ({value.kind[:1].lower()}{value.kind[1:]})"
    return f"unreadable ({value.kind})"
