"""The simulated Pexip deployment: nodes and conferences, the same for the same seed but for the times."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from random import Random

_CITIES = (
    ("London", "lon"),
    ("Oslo", "osl"),
    ("New York", "nyc"),
    ("Singapore", "sin"),
    ("São Paulo", "sao"),
    ("Sydney", "syd"),
)
_FIRST_NODES = (("London", "lon"), ("London", "lon"), ("Oslo", "osl"), ("DMZ", "dmz"), ("Oslo", "osl"))
_FIRST_CONFERENCES = (
    ("Board Meeting", "conference", ""),
    ("Town Hall", "lecture", "comms"),
    ("Teams rule:8c1d0f4e-2", "gateway", ""),
    ("Reception", "two_stage_dialing", ""),
)
_SERVICE_TYPES = ("conference", "conference", "conference", "lecture", "gateway")


@dataclass(frozen=True)
class Node:
    """A Conferencing Node; `load` in percent."""

    id: int
    name: str
    address: str
    location: str
    kind: str
    maintenance: bool
    load: int
    boot_time: datetime

    @property
    def takes_media(self) -> bool:
        return self.kind == "CONFERENCING" and not self.maintenance


@dataclass(frozen=True)
class Conference:
    """A conference in progress."""

    id: str
    name: str
    service_type: str
    tag: str
    start_time: datetime
    is_started: bool
    is_locked: bool


@dataclass(frozen=True)
class Deployment:
    """What there is, and of which product version. `started` is the simulator's start, naive UTC."""

    seed: int
    version: int
    node_count: int
    conference_count: int
    participant_count: int
    started: datetime

    def random(self, about: str) -> Random:
        """Random numbers of their own for each subject, so that a larger table changes no other."""
        return Random(f"{self.seed}/{about}")

    def ago(self, **duration: float) -> datetime:
        return self.started - timedelta(**duration)

    @cached_property
    def nodes(self) -> list[Node]:
        random = self.random("nodes")
        counts: dict[str, int] = {}
        nodes = []
        for index in range(self.node_count):
            location, prefix = _node_place(index)
            number = counts[prefix] = counts.get(prefix, 0) + 1
            kind = "PROXYING" if location == "DMZ" else "CONFERENCING"
            nodes.append(
                Node(
                    id=index + 1,
                    name=f"{prefix}-{'edge' if kind == 'PROXYING' else 'conf'}-{number:02}",
                    address=f"10.44.{7 + index // 150}.{101 + index % 150}",
                    location=location,
                    kind=kind,
                    maintenance=index == 2,
                    load=_node_load(index, random),
                    boot_time=self.ago(days=random.randint(20, 90), seconds=random.random() * 86_400),
                )
            )
        return nodes

    @cached_property
    def locations(self) -> list[str]:
        return list(dict.fromkeys(node.location for node in self.nodes))

    @cached_property
    def conferences(self) -> list[Conference]:
        random = self.random("conferences")
        conferences = []
        for index in range(self.conference_count):
            if index < len(_FIRST_CONFERENCES):
                name, service_type, tag = _FIRST_CONFERENCES[index]
            else:
                name, service_type, tag = f"Room {index + 1:04}", random.choice(_SERVICE_TYPES), ""
            conferences.append(
                Conference(
                    id=make_uuid(random),
                    name=name,
                    service_type=service_type,
                    tag=tag,
                    start_time=self.ago(seconds=60 + random.random() * 7_000),
                    is_started=service_type != "two_stage_dialing",
                    is_locked=service_type == "lecture",
                )
            )
        return conferences


def make_uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def utc_now() -> datetime:
    """Now, as Pexip writes times: UTC that does not say so."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def text(time: datetime, whole_seconds: bool = False) -> str:
    """A time as the API prints it; some have microseconds and some have not."""
    return (time.replace(microsecond=0) if whole_seconds else time).isoformat()


def _node_place(index: int) -> tuple[str, str]:
    if index < len(_FIRST_NODES):
        return _FIRST_NODES[index]
    return _CITIES[index % len(_CITIES)]


def _node_load(index: int, random: Random) -> int:
    """One busy node, and the 100 and the 0 that a node in maintenance and a proxying node report."""
    load = random.randint(15, 70)
    return {1: random.randint(82, 92), 2: 100, 3: 0}.get(index, load)
