"""conductor participants."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator

from ..counters import Counter, Finding
from ..fields import Fields
from ..mode import Record
from ..options import Option, Options, real
from . import loss
from .asked import AskingMode

# Guide XC4.3.1, appendix A.
_MOST_PARTICIPANTS = 2400
_FLAGS = {"muted": "audioRxMuted", "loss-warning": "packetLossWarning", "loss-critical": "packetLossCritical"}


class Participants(AskingMode):
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
    texts = "conference=conferenceName bridge=mcuIPAddress type=participantType? callState? connectTime?"
    #: The member that is read only with --show-names: what is not read is not stored either.
    personal = " displayName?"
    filters = ("conference", "bridge", "type")
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
        *loss.counters(),
    )  # fmt: skip

    @classmethod
    def remembers(cls, options: Options) -> bool:
        return True

    def probe(self) -> Iterator[Finding]:
        self.losses = loss.Losses(self.previous, self.now, self.given.loss_threshold, self._describe)
        bridges, types = Tally[str](), Tally[str]()
        flags: dict[str, list[bool]] = {label: [] for label in _FLAGS}
        fields = Fields(
            texts=self.texts + (self.personal if self.given.show_names else ""),
            flags="audioRxMuted? packetLossWarning? packetLossCritical?",
            numbers=" ".join(f"{name}?" for name in loss.PACKETS),
        )
        for one in self.select(self.fetch("participant.enumerate", fields, member="participants")):
            bridges[one["bridge"] or ""] += 1
            types[one["type"] or ""] += 1
            for label, name in _FLAGS.items():
                if one[name] is not None:
                    flags[label].append(one[name])
            # A Conductor that does not tell the state of a call tells of calls in progress.
            if (one["callState"] or "connected").lower() == "connected":
                self.losses.add(one)
        self.unheard_of(fields, "type")
        self.remembered = self.losses.saved()
        yield from self.measure("participants-total", self.selected)
        yield from self.tally("participants-bridge", bridges)
        yield from self.tally("participants-type", types)
        for label, told in flags.items():
            yield from self.flagged(f"participants-{label}", told, self.selected)
        yield from loss.measured(self, self.losses)

    def headline(self) -> str:
        total = self.count_of(self.values["participants-total"])
        lossy = self.figure("participants-lossy-prct")
        return f"{total}, {lossy} of {self.losses.counted} lossy" if lossy else total

    def _describe(self, one: Record) -> str:
        name = f"{one['displayName'] or 'without name'}, " if self.given.show_names else ""
        return f"{name}conference {one['conference']}, bridge {one['bridge']}"
