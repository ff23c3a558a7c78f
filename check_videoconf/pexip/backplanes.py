"""pexip backplanes."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from typing import Any

from ..aggregates import grouped
from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode
from ..options import Option, Options, integer
from . import conferencing_nodes, streams

_TABLE = "status/v1/backplane/"
_MEASURES = ("packetloss", "jitter")


class Backplanes(Mode):
    """Backplanes between the nodes that share a conference, and with --with-media what they lose."""

    endpoints = (
        "GET /api/admin/status/v1/backplane/",
        "GET /api/admin/status/v1/backplane/ID/media_stream/ (each, with --with-media)",
        conferencing_nodes.RESOLVE_ENDPOINT,
    )
    requests = "1 a thousand backplanes; 1 for each of --max-backplanes with --with-media; 1 more with --resolve-nodes"
    notes = ("local is within a location, geo between two. Loss is what it is in the mode media.",)
    example = "--with-media --filter-type geo --critical-rx-packetloss-max 5"

    record = "backplane"
    fields = Fields(texts="id? resource_uri? type media_node! remote_node_name? remote_media_node? system_location?")
    filters = ("type", "location=system_location")
    options = (
        Option("--with-media", "", "also loss and jitter between each pair of nodes"),
        Option("--max-backplanes", "N", "with media of so many", default=100, kind=integer(1, 1_000_000)),
        conferencing_nodes.RESOLVE,
    )
    counters = (
        Counter("backplanes-total", "", "backplanes", title="backplanes"),
        Counter("backplanes-geo", "", "of them between locations", title="geo backplanes"),
        Counter("backplanes-local", "", "of them within a location", title="local backplanes"),
        *streams.counters("backplanes", "node~remote_node", *_MEASURES),
    )

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return bool(options.with_media)

    def probe(self) -> Iterator[Finding]:
        backplanes = list(self.select(self.fetch(_TABLE)))
        types = Tally((backplane["type"] or "").lower() for backplane in backplanes)
        yield from self.measure("backplanes-total", len(backplanes))
        for kind in ("geo", "local"):
            yield from self.measure(f"backplanes-{kind}", types[kind], high=len(backplanes))
        if self.given.with_media:
            yield from self._media(backplanes)
        else:
            labels = sorted(counter.label for counter in self.counters if counter.instance)
            self.lacking(labels, "measured only with --with-media")

    def headline(self) -> str:
        return f"{self.count_of(self.selected)}, {self.values.get('backplanes-geo', 0)} of them between locations"

    def _media(self, backplanes: list[dict[str, Any]]) -> Iterator[Finding]:
        names = conferencing_nodes.names(self) if self.given.resolve_nodes else {}
        asked = backplanes[: self.given.max_backplanes]
        if len(asked) < len(backplanes):
            self.remarks.append(f"media of {len(asked)} of {self.count_of(len(backplanes))} (--max-backplanes)")
        found = streams.live(self, _TABLE, asked)
        for pair, lost in grouped((_pair(backplane, names), stream) for backplane, stream in found):
            yield from streams.measured(self, pair, lost, *_MEASURES)


def _pair(backplane: Mapping[str, Any], names: Mapping[str, str]) -> str:
    node, remote = backplane["media_node"], backplane["remote_media_node"]
    remote = backplane["remote_node_name"] or names.get(remote, remote)
    return f"{names.get(node, node) or 'unknown'}~{remote or 'unknown'}"
