"""pexip test-call."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ..aggregates import grouped
from ..counters import Counter, Finding, Status
from ..errors import CallLeft, OptionError, Terminated, VideoconfError
from ..fields import Fields, Gaps, Unreadable, text
from ..mode import Mode, Record
from ..options import Option, choice, real
from ..text import phrase, shorten
from ..units import WORDS, human
from . import call_notes, commands, streams
from .client import identity
from .guard import Guard
from .participant import TABLE

#: Seconds of the deadline that are kept for hanging up.
RESERVE = 5.0
_POLL = 0.5
_LEAVE = "--i-understand-this-places-a-call"
_REASON = 120
# Word in labels: field of a stream, unit, what is made of several streams of a kind, how it is called in sentences.
_MEASURES: dict[str, tuple[str, str, Callable[[list[float]], float], str]] = {
    "packetloss": ("packet_loss", "%", max, "packet loss"),
    "jitter": ("jitter", "ms", max, "jitter"),
    "bitrate": ("bitrate", "b/s", sum, "bitrate"),
}


def _counters() -> Iterator[Counter]:
    for way, verb in zip(streams.WAYS, ("receives", "sends")):
        for word, (_, unit, _, title) in _MEASURES.items():
            yield Counter(
                f"{way}-{word}",
                f"testcall.{way}.{word}.{WORDS[unit]}",
                f"{title} of what the node {verb}",
                unit=unit,
                instance="type",
                title=f"{way} {title}",
            )


class TestCall(Mode):
    """Places a call from a conference, waits until media flows, measures it and hangs up. It acts on the system."""

    endpoints = (
        f"GET /api/admin/{TABLE}",
        f"POST {commands.DIAL}",
        f"GET /api/admin/{TABLE}ID/ and ID/media_stream/ (every half second, and at the end)",
        f"POST {commands.DISCONNECT}",
        "GET /api/admin/history/v1/participant/ID/ (for a call that is not shown: why it ended)",
    )
    requests = "5 and at most 2 every half second until media flows"
    notes = (
        f"The only mode that changes something: it does nothing without {_LEAVE}.",
        "--destination rings, who answers is in the conference, and the call uses licenses and capacity until hung up.",
        "Let it call what answers by itself, from a conference that nobody else uses. It joins as a guest.",
        f"The call is always hung up: at the end, on a signal, and in the last {RESERVE:g} s before --timeout.",
        "If the check is killed, another process hangs up; if that is killed, too, the next run on this poller does.",
        "For that a note is kept in the state directory. The API has no limit for how long a call may last.",
        "Should no run ever follow, the Management Node can end what is left: Last participant backstop timeout.",
        "The account needs the permission to use the command API; the other modes do without.",
        "The set-up time is what the Management Node shows, in steps of half a second. Bitrates are in bit/s.",
        "Loss is that of the last moments where the version reports it, else that of the whole call.",
    )
    needs = f"{_LEAVE} --destination test@example.com --conference-alias meet@example.com --system-location London"
    example = f"{needs} --hold 20 --timeout 60 --warning-setup-time 5 --critical-rx-packetloss 3"

    opt_in = True
    acts = True
    connects_anew = True
    record = "call"
    fields = Fields(flags="has_media")
    options = (
        Option(_LEAVE, "", "required: without it no call is placed"),
        Option("--destination", "ALIAS", "required: what is called"),
        Option("--conference-alias", "ALIAS", "required: an alias of the conference that the call comes from"),
        Option("--system-location", "NAME", "required: the system location that places the call"),
        Option("--call-protocol", "NAME", "sip, h323 or mssip; without it the Management Node's own default",
               kind=choice("sip", "h323", "mssip")),
        Option("--call-timeout", "SECONDS", "how long to wait until media flows", default=15.0, kind=real(1, 3600)),
        Option("--hold", "SECONDS", "how long to hold the call then", default=5.0, kind=real(0, 3600)),
    )  # fmt: skip
    counters = (
        Counter(
            "setup-time", "testcall.setup.seconds", "from placing the call until media flows", unit="s", optional=True
        ),
        *_counters(),
    )
    statuses = (
        Status(
            "testcall",
            "connected disconnect_reason",
            "the call; connected is whether media flowed, disconnect_reason why it ended before it was hung up",
            critical="%{connected} == 0 or %{disconnect_reason} ne ''",
        ),
    )

    def probe(self) -> Iterator[Finding]:
        self._refuse_what_cannot_be()
        self.reason = ""
        self._streams: list[streams.Stream] = []
        self._clear_up()
        # Nothing is yielded while there is a call: nobody needs to ask for what would follow.
        self.setup = self._place()
        if self.setup is None and self.gaps.problems():
            return  # whether media flowed is not known
        record = {"connected": self.setup is not None, "disconnect_reason": self.reason}
        yield self.judge("testcall", record, self._describe)
        if self.setup is None:
            self.lacking([counter.label for counter in self.counters], "no media flowed")
            return
        yield from self.measure("setup-time", self.setup)
        for kind, members in grouped(((stream["type"] or "none").lower(), stream) for stream in self._streams):
            for way in streams.WAYS:
                for word, (field, _, made, _) in _MEASURES.items():
                    values = [stream[f"{way}_{field}"] for stream in members]
                    if None not in values:
                        yield from self.measure(f"{way}-{word}", made(values), kind)
        if not self._streams and not self.reason:
            self.problems.append("the call has no media stream any more")

    def headline(self) -> str:
        worst = [max(values) for values in (self._all("packet_loss"), self._all("jitter")) if values]
        words = [f"{name} {human(value, unit)}" for name, value, unit in zip(("loss", "jitter"), worst, ("%", "ms"))]
        said = self._describe({"connected": self.setup is not None, "disconnect_reason": self.reason})
        return phrase(said, f"worst {' and '.join(words)}" if words else "")

    def _all(self, field: str) -> list[float]:
        values = [stream[f"{way}_{field}"] for stream in self._streams for way in streams.WAYS]
        return [value for value in values if value is not None]

    def _describe(self, record: Record) -> str:
        reason = record["disconnect_reason"]
        if record["connected"]:
            ended = f"the call ended by itself while it was held: {reason}" if reason else ""
            return ended or f"media flowed after {human(self.setup or 0, 's')}, held {human(self.given.hold, 's')}"
        return f"the call failed: {reason}" if reason else f"no media within {human(self.given.call_timeout, 's')}"

    def _refuse_what_cannot_be(self) -> None:
        """Raises OptionError, before anything is asked."""
        given = self.given
        if not given.i_understand_this_places_a_call:
            raise OptionError(f"test-call places a real call: it wants {_LEAVE}; see --help for what it does")
        for name in ("destination", "conference-alias", "system-location"):
            if not getattr(given, name.replace("-", "_")):
                raise OptionError(f"test-call needs --{name}")
        needed = given.call_timeout + given.hold + RESERVE
        if needed > given.timeout:
            raise OptionError(
                f"--timeout {given.timeout:g} is too short: --call-timeout {given.call_timeout:g},"
                f" --hold {given.hold:g} and {RESERVE:g} s to hang up are {needed:g} s"
            )

    # -- the call

    def _clear_up(self) -> None:
        """Hangs up what earlier runs have left. That the account may see participants is known after it."""
        session = self.client.session
        self.client.total(TABLE, fresh=True)
        if not session.state_directory:
            return
        try:
            found = call_notes.left(session.state_directory, self._device)
            for note, call in found:
                try:
                    over = commands.end(self.client, call)
                except VideoconfError as error:
                    self.remarks.append(f"a call of an earlier run may be left: {error}")
                    continue
                if over:
                    self.remarks.append("a call that an earlier run had left was hung up")
                if over or (not call.identities and call_notes.is_over(call)):
                    note.forget()
        except OSError as error:
            self.remarks.append(f"whether earlier runs have left calls is not known: {error.strerror or error}")

    def _place(self) -> float | None:
        """Places the call, waits, reads, and hangs up whatever happens. Seconds until media flowed, or None."""
        session = self.client.session
        call = commands.Call(f"check_videoconf {secrets.token_hex(8)}")
        with contextlib.ExitStack() as stack:
            note = self._note(call.mark)
            if note:
                stack.callback(note.close)
            guard = Guard(session, call, note)
            stack.callback(guard.close)
            cause: BaseException | None = None
            try:
                with session.deadline.keeping(RESERVE):
                    return self._talk(call, guard, note)
            except BaseException as error:
                cause = error
                raise
            finally:
                self._hang_up(call, cause)
                if note:
                    note.forget()
                guard.dismiss()

    def _note(self, mark: str) -> call_notes.Note | None:
        directory = self.client.session.state_directory
        try:
            return call_notes.write(directory, self._device, mark) if directory else None
        except OSError as error:
            self.remarks.append(f"no note of the call for the next run: {error.strerror or error}")
            return None

    @property
    def _device(self) -> str:
        return str(self.client.session.device.address).lower()

    def _hang_up(self, call: commands.Call, cause: BaseException | None) -> None:
        """Raises CallLeft; then the call is the guard's, and the next run's. cause: what has ended the call, if any."""
        if not call.begun or (isinstance(cause, commands.NOT_PLACED) and not call.identities):
            return
        deadline = self.client.session.deadline
        # Whoever ends a check by a signal does not wait for it for long.
        too_long = max(0.0, deadline.left() - RESERVE) if isinstance(cause, Terminated) else 0.0
        try:
            with deadline.unsignalled(), deadline.keeping(too_long):
                commands.hang_up(self.client, call, deadline)
        except CallLeft as error:
            if cause:
                raise CallLeft(**{**error.facts, "reason": f"{error.facts['reason']}; before that {cause}"}) from None
            raise

    def _talk(self, call: commands.Call, guard: Guard, note: call_notes.Note | None) -> float | None:
        """The call, up to the end of what is wanted of it."""
        deadline = self.client.session.deadline
        deadline.enter("placing the test call")
        guard.begin()
        call.since = time.monotonic()
        participant = commands.dial(self.client, self._command(call.mark))
        call.identities.append(participant)
        guard.tell()
        if note:
            with contextlib.suppress(OSError):  # by the mark it is found, too
                note.placed(participant)
        setup = self._until_media_flows(call, guard, participant)
        if setup is None:
            return None
        deadline.enter("holding the test call")
        deadline.sleep(self.given.hold)
        if commands.shown(self.client, participant) is None:
            self.reason = self._why(participant) or "no reason given"
        else:
            self._streams = [stream for _, stream in streams.live(self, TABLE, [{"id": participant}])]
        return setup

    def _command(self, mark: str) -> dict[str, str]:
        given = self.given
        command = {
            "conference_alias": given.conference_alias,
            "destination": given.destination,
            "remote_display_name": mark,
            "role": "guest",
            "system_location": given.system_location,
        }
        return {**command, "protocol": given.call_protocol} if given.call_protocol else command

    def _until_media_flows(self, call: commands.Call, guard: Guard, participant: str) -> float | None:
        """Seconds since the call was placed; None where it has ended before, or took too long."""
        deadline = self.client.session.deadline
        while True:
            row = commands.shown(self.client, participant)
            if row is not None:
                if not call.seen:
                    call.seen = True
                    guard.tell()
                if self._flows(row, participant):
                    return time.monotonic() - call.since
                if self.gaps.problems():
                    return None
            else:
                self.reason = self._why(participant) or ("no reason given" if call.seen else "")
                if self.reason:
                    return None
            if time.monotonic() - call.since + _POLL > self.given.call_timeout:
                return None
            deadline.enter("waiting for media of the test call")
            deadline.sleep(_POLL)

    def _flows(self, row: Mapping[str, Any], participant: str) -> bool:
        """Whether the node has received something."""
        if not self.fields.reader("participant", self.gaps)(row)["has_media"]:
            return False
        read = _PACKETS.reader("media stream", Gaps())
        rows = self.client.rows(f"{TABLE}{identity({'id': participant})}/media_stream/", fresh=True)
        return any((packets["rx_packets_received"] or packets["rx_bitrate"] or 0) > 0 for packets in map(read, rows))

    def _why(self, participant: str) -> str:
        """Why a participant has left, `''` where the Management Node does not tell, or not yet."""
        row = commands.past(self.client, participant)
        try:
            reason = text((row or {}).get("disconnect_reason")) or ""
        except Unreadable:
            reason = ""
        return shorten(reason.replace(self.given.destination, "(the destination)"), _REASON)


_PACKETS = Fields(numbers="rx_packets_received? rx_bitrate?")
