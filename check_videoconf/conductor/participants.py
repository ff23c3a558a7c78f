"""conductor participants."""

from __future__ import annotations

import heapq
from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Mode, Record
from ..options import Option, Options, real
from ..text import plural
from ..units import human
from .loss import COUNTERS, STREAMS, Losses, has_counters

# Guide XC4.3.1, appendix A.
_MOST_PARTICIPANTS = 2400
_NAMED = 5
_FLAGS = {"muted": "audioRxMuted", "loss-warning": "packetLossWarning", "loss-critical": "packetLossCritical"}


class Participants(Mode):
    """Participants now, where they are, and how many packets they lose."""

    endpoints = ("POST /RPC2 participant.enumerate",)
    requests = "1, more where the answer comes in pages"
    notes = (
        "Loss is that since the previous run, or of the whole call if it is new: lost / (received + lost).",
        "Loss of what is sent is the loss the participant reports / sent.",
        "Only connected participants count; without callState, a participant is taken to be connected.",
        "Lossy is who lost --loss-threshold or more on the worst stream, or has packetLossCritical (5 % in 5 s).",
        "Participants on a TelePresence Server may have no packet counters: they are counted, not judged.",
        "All members are confirmed by the vendor's guides; they may be flat or nested under currentState.",
    )
    example = "--filter-conference '^meet' --loss-threshold 2 --warning-participants-lossy-prct 5"

    record = "participant"
    texts = "conferenceName mcuIPAddress participantType? callState? connectTime?"
    #: The member that is read only with --show-names: what is not read is not stored either.
    personal = " displayName?"
    filters = ("conference=conferenceName", "bridge=mcuIPAddress", "type=participantType")
    options = (
        Option(
            "--loss-threshold", "PERCENT", "what the worst stream of a lossy participant loses", default=3.0,
            kind=real(0, 100),
        ),
    )  # fmt: skip
    counters = (
        Counter(
            "participants-total", help="participants, connected or not",
            warning="2000", critical="2300", high=_MOST_PARTICIPANTS,
        ),
        Counter("participants-bridge", help="of them on the bridge", instance="bridge", title="participants"),
        Counter("participants-type", help="by_address, by_name or ad_hoc", instance="type", title="participants"),
        Counter("participants-muted", help="whom the others do not hear", optional=True),
        Counter("participants-loss-warning", help="of whom the bridge reports loss in the last 15 s", optional=True),
        Counter("participants-loss-critical", help="of whom it reports more than 5 % in the last 5 s", optional=True),
        Counter("participants-without-counters", help="connected ones without packet counters"),
        Counter(
            "participants-lossy-prct", help="of the connected ones with counters those that are lossy",
            unit="%", warning="10", critical="25", optional=True, title="lossy participants",
        ),
        *(
            Counter(
                f"{stream}-packetloss-{word}", help=f"{stream[:5]} packets lost, {which}", unit="%", optional=True,
                title=f"{word} {stream.replace('-', ' ')} packet loss",
            )
            for stream in STREAMS
            for word, which in (("max", "worst participant"), ("mean", "mean of the participants"))
        ),
    )  # fmt: skip

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        self.losses = Losses(self.previous, self.now)
        self.streams: dict[str, list[float]] = {stream: [] for stream in STREAMS}
        self.worst: list[tuple[float, int, str]] = []
        self.connected = self.counted = self.lossy = 0
        bridges, types = Tally[str](), Tally[str]()
        flags: dict[str, list[bool]] = {label: [] for label in _FLAGS}
        fields = Fields(
            texts=self.texts + (self.personal if self.given.show_names else ""),
            flags="audioRxMuted? packetLossWarning? packetLossCritical?",
            numbers=" ".join(f"{name}?" for name in COUNTERS),
        )
        found = self.client.records("participant.enumerate", "participants", fields, self.record, self.gaps)
        for one in self.select(found):
            bridges[one["mcuIPAddress"] or ""] += 1
            types[one["participantType"] or ""] += 1
            for label, name in _FLAGS.items():
                if one[name] is not None:
                    flags[label].append(one[name])
            # A Conductor that does not tell the state of a call tells of calls in progress.
            if (one["callState"] or "connected").lower() == "connected":
                self._measured(one)
        self.remembered = self.losses.saved()
        yield from self.measure("participants-total", self.selected)
        yield from self.tally("participants-bridge", bridges)
        yield from self.tally("participants-type", types)
        for label, told in flags.items():
            value = sum(told) if told or not self.selected else None
            yield from self.measure(f"participants-{label}", value, high=self.selected)
        yield from self._loss()

    def headline(self) -> str:
        total = self.count_of(self.values["participants-total"])
        share = self.values.get("participants-lossy-prct")
        return total if share is None else f"{total}, {human(share, '%')} of {self.counted} lossy"

    def _measured(self, one: Record) -> None:
        """Takes in the loss of a connected participant."""
        self.connected += 1
        if not has_counters(one):
            return
        self.counted += 1
        found = self.losses.of(one)
        for stream, loss in found.items():
            self.streams[stream].append(loss)
        worst, stream = max(((loss, stream) for stream, loss in found.items()), default=(0.0, ""))
        if worst >= self.given.loss_threshold or one["packetLossCritical"]:
            self.lossy += 1
            heapq.heappush(self.worst, (worst, -self.lossy, self._describe(one, worst, stream)))
            if len(self.worst) > _NAMED:
                heapq.heappop(self.worst)

    def _loss(self) -> Iterator[Finding]:
        without = self.connected - self.counted
        yield from self.measure("participants-without-counters", without, high=self.connected)
        if without:
            of = plural(self.connected, "connected participant")
            self.remarks.append(f"packet loss: not reported for {without} of {of}")
        if self.losses.first and self.counted:
            self.remarks.append("packet loss: first run, over the whole of each call")
        if self.counted:
            yield from self.measure("participants-lossy-prct", 100 * self.lossy / self.counted)
        for stream, values in self.streams.items():
            if values:
                yield from self.measure(f"{stream}-packetloss-max", max(values))
                yield from self.measure(f"{stream}-packetloss-mean", sum(values) / len(values))
        if without and not self.counted:
            for counter in self.counters:
                if counter.optional and counter.label in self.thresholds.given:
                    self.absent(counter.label, optional=True)
        self.remarks += [line for _, _, line in sorted(self.worst, reverse=True)]

    def _describe(self, one: Record, loss: float, stream: str) -> str:
        name = f"{one['displayName'] or 'without name'}, " if self.given.show_names else ""
        what = f"{human(loss, '%')} of {stream.replace('-', ' ')}" if stream else "packetLossCritical"
        return f"lossy: {what}, {name}conference {one['conferenceName']}, bridge {one['mcuIPAddress']}"
