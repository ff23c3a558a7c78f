"""trio calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..counters import Counter, Finding
from ..mode import NOT_SUPPORTED, Mode
from ..text import phrase
from ..units import duration
from .phone import Words
from .statuses import NoCall


class Calls(Mode):
    """Calls in progress, and one that has been for too long."""

    endpoints = ("GET /api/v2/webCallControl/callStatus", "GET /api/v1/webCallControl/callStatus (older firmware)")
    requests = "1, with firmware that has no version 2 of it 2"
    notes = (
        "Callers' names and numbers are in no output but with -v and --show-names, and at -vvv.",
        "A call of more than 12 hours is most often one that somebody forgot to end.",
    )
    example = "--warning-call-duration-max 4h"

    record = "call"
    fields = Words(
        texts="state=CallState type=Type? line=LineID|LineId? name=RemotePartyName? number=RemotePartyNumber?",
        numbers="seconds=DurationSeconds|DurationInSeconds?",
        flags="muted=Muted? ringing=Ringing?",
    )
    counters = (
        Counter("calls-active", "calls.active.count", "calls in progress, ringing ones among them"),
        Counter("muted", "calls.muted.count", "of them muted", optional=True, title="calls muted"),
        Counter("held", "calls.held.count", "of them on hold", title="calls on hold"),
        Counter("ringing", "calls.ringing.count", "of them ringing", title="calls ringing"),
        Counter(
            "call-duration-max", "calls.duration.max.seconds", "the longest", unit="s", warning="12h",
            title="the longest call has lasted",
        ),
    )  # fmt: skip

    def probe(self) -> Iterator[Finding]:
        version, rows = self._rows()
        read = self.fields.reader(self.record, self.gaps)
        calls = [read(row) for row in rows if row]  # an idle phone may list an empty one
        total = len(calls)
        for call in calls:
            yield from self.mention(self._describe(call))
        yield from self.measure("calls-active", total)
        muted = [call["muted"] for call in calls]
        if None in muted:
            self.absent("muted", optional=True, reason=NOT_SUPPORTED if version == 1 else "not reported")
        else:
            yield from self.measure("muted", sum(muted), high=total)
        yield from self.measure("held", sum(_is_held(call) for call in calls), high=total)
        yield from self.measure("ringing", sum(_rings(call) for call in calls), high=total)
        known = [call["seconds"] for call in calls if call["seconds"] is not None]
        if len(known) < total:
            self.absent("call-duration-max", optional=False, reason="a call without its duration")
        if known or not calls:
            yield from self.measure("call-duration-max", max(known, default=0))

    def headline(self) -> str:
        calls = self.values["calls-active"]
        if not calls:
            return "no call"
        longest = self.figure("call-duration-max")
        which = ", the longest" if calls > 1 else ""
        return f"{self.count_of(calls)}{which} for {longest}" if longest else self.count_of(calls)

    def _rows(self) -> tuple[int, list[Mapping[str, Any]]]:
        """Version of the layout, and the calls: version 1 knows of one only, and says 4007 when there is none."""
        path = "webCallControl/callStatus"
        try:
            version, data = self.client.newest(path)
        except NoCall:
            return 2, []
        return version, self.client.objects(path, [data] if version == 1 and isinstance(data, dict) else data)

    def _describe(self, call: dict[str, Any]) -> str:
        text = f"{(call['type'] or 'a').lower()} call on line {call['line'] or 'unknown'}"
        if self.given.show_names:
            text += f" with {call['name'] or 'nobody named'} ({call['number'] or 'no number'})"
        length = "no duration" if call["seconds"] is None else duration(call["seconds"])
        muted = {None: "", True: "muted", False: "not muted"}[call["muted"]]
        return phrase(text, call["state"] or "without state", length, muted)


def _is_held(call: dict[str, Any]) -> bool:
    """`Hold`, `CallHold`, `CallHeld`: which words there are is not documented."""
    return re.search("h[eo]ld", call["state"] or "", re.IGNORECASE) is not None


def _rings(call: dict[str, Any]) -> bool:
    return bool(call["ringing"]) or (call["state"] or "").lower() in ("offering", "ringing", "ringback")
