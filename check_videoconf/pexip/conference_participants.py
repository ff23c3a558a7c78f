"""The participants of the conferences that are looked at: how many each has, and how their calls are."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterator

from ..counters import Counter, Measurement
from ..fields import Fields
from ..mode import Mode
from . import participant, quality

_FIELDS = Fields(texts="conference protocol!", flags="has_media", raws="call_quality!")

COUNTERS = (
    Counter(
        "participants-total", "participants.total.count", "participants, API connections among them",
        title="participants",
    ),
    Counter("participants-with-media", "participants.withmedia.count", "participants that send or receive media"),
    *quality.COUNTERS,
    Counter(
        "participants-per-conference-max", "conferences.participants.max.count", "participants of the largest",
        title="participants of the largest conference",
    ),
)  # fmt: skip


class ConferenceParticipants:
    """Counts the participants of conferences, those of all where None are named. Raises VideoconfError."""

    def __init__(self, mode: Mode, conferences: Collection[str | None] | None) -> None:
        self._mode = mode
        #: How many a conference has, by its name.
        self.sizes: Tally[str | None] = Tally()
        self._qualities: Tally[str] = Tally()
        reader = quality.Qualities("participant", mode.gaps)
        for row in mode.fetch(participant.TABLE, _FIELDS, "participant"):
            if conferences is None or row["conference"] in conferences:
                self.sizes[row["conference"]] += 1
                if participant.has_media(row):
                    self._qualities[reader.read(row["call_quality"])] += 1
        mode.remarks += reader.remarks()

    def measured(self) -> Iterator[Measurement]:
        """The counters."""
        total, media = sum(self.sizes.values()), sum(self._qualities.values())
        yield from self._mode.measure("participants-total", total)
        yield from self._mode.measure("participants-with-media", media, high=total)
        yield from quality.measured(self._mode, self._qualities)
        yield from self._mode.measure("participants-per-conference-max", max(self.sizes.values(), default=0))
