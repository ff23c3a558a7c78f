"""Worker processes that run checks, for one event loop in one thread."""

from __future__ import annotations

import gc
import heapq
import itertools
import selectors
import signal
import time
from collections import Counter, deque
from typing import Any, Callable, NamedTuple

from .crew import END_SECONDS, Crew
from .frames import ANSWER, DEADLINE
from .member import Member
from .target import preload, target_of
from .worker import LAST, RAN

# More cost little: a check for which there is none costs a process of its own, which is larger.
SIZE = 128
# Checks that wait, and what they are made of is in memory.
_MOST_WAITING = 5000
# Of the workers, busy: from here on two checks of one device may run, and from here on one.
_FEW, _MANY = 0.5, 0.75
# A check that waits for others of its device begins so long before its deadline, so that it ends as it would have,
# had it waited by itself: with the line about the lock or about the device.
_LAST_SECONDS = 2.0
# What a check may take beyond its deadline to say so.
GRACE = 5.0
_UNKNOWN = 3


class Job(NamedTuple):
    """One check: the plugin's arguments and what a process of its own would have inherited.

    arguments: decoded as UTF-8 with surrogateescape. environment: all of it, as in os.environ. directory: absolute.
    terminal: whether the answer is for a terminal. umask: None for the service's own.
    """

    arguments: list[str]
    environment: dict[str, str]
    directory: str
    terminal: bool = False
    umask: int | None = None


class Answer(NamedTuple):
    """What the plugin prints, and its exit code, 0 to 3. ran: whether the check was begun at all."""

    text: bytes
    code: int
    ran: bool = True


class Ticket:
    """A check that was submitted."""

    def __init__(self, pool: Pool, job: Job, done: Callable[[Answer], None]) -> None:
        self._pool = pool
        self.job = job
        self.done = done
        self.device, self.at_once, self.seconds = target_of(job.arguments)
        self.arrived = time.monotonic()
        self.member: Member | None = None
        #: Whether it counts among the checks of its device that may run.
        self.admitted = False
        #: Whether its answer is known, though not given yet; and whether it needs nothing any more.
        self.answered = self.over = False
        #: Whether it was ended by a signal.
        self.ended = False
        #: When its worker is killed; monotonic.
        self.limit = 0.0

    def cancel(self) -> None:
        """Nobody waits for it any more: it is ended, and `done` is never called."""
        self._pool._cancel(self)

    def wants_worker_within(self, seconds: float) -> None:
        """Where it waits because workers are busy, not because its device is, it is answered as not run after that.

        A burst passes; where checks are long, somebody else does it better.
        """
        self._pool._want(self, seconds)

    def interrupt(self, number: int = signal.SIGTERM) -> None:
        """Ends it by a signal, as a poller would: it answers with the line of that."""
        self._pool._interrupt(self, number)


class Pool:
    """Runs jobs in workers, forked from this process: at most `size`, and as many again for checks about to time out.

    The loop it belongs to does, again and again:

        for key, mask in selector.select(pool.next_event()):
            key.data(mask)
        pool.tick()

    In the process there must be no other thread when a worker is forked.
    """

    def __init__(self, selector: selectors.BaseSelector, *, size: int = SIZE) -> None:
        preload()
        gc.collect()
        gc.freeze()
        self._selector = selector
        self._size = size
        self._crew = Crew(selector, self._heard, self._gone)
        self._admitted: Counter[tuple[str, ...]] = Counter()
        self._behind: dict[tuple[str, ...], deque[Ticket]] = {}
        self._ready: deque[Ticket] = deque()
        self._open: set[Ticket] = set()
        self._answered: deque[tuple[Ticket, Answer]] = deque()
        self._events: list[tuple[float, int, Callable[[Any], None], Ticket]] = []
        self._numbers = itertools.count()
        self._draining = False

    # -- for the loop

    @property
    def full(self) -> bool:
        """Whether a job submitted now would not be run at all."""
        return self._draining or len(self._open) >= _MOST_WAITING

    def submit(self, job: Job, done: Callable[[Answer], None], timeout: float | None = None) -> Ticket:
        """Runs a check as soon as its device and a worker are free; `done` is called from the loop, never from here.

        timeout: seconds after which nobody waits any more, whatever the check's own --timeout: it is ended then as by
        SIGTERM, and answers with the line of that. Where a check cannot be run, the answer is an UNKNOWN with one line.
        """
        ticket = Ticket(self, job, done)
        self._open.add(ticket)
        if self._draining or len(self._open) > _MOST_WAITING:
            self._say(ticket, "the service is ending" if self._draining else "too many checks are waiting", ran=False)
            return ticket
        if timeout is not None:
            self._at(ticket.arrived + timeout, self._interrupt, ticket)
        if self._has_turn(ticket):
            self._admit(ticket)
        else:
            self._behind.setdefault(ticket.device, deque()).append(ticket)
        self._start_ready()
        if ticket.member is None:
            last = min(_LAST_SECONDS, ticket.seconds / 2)
            self._at(ticket.arrived + ticket.seconds - last, self._hurry, ticket)
        return ticket

    def next_event(self) -> float | None:
        """Seconds until `tick` must be called, for selector.select(); None when nothing is due."""
        if self._answered:
            return 0.0
        while self._events and self._events[0][3].over:
            heapq.heappop(self._events)
        now = time.monotonic()
        due = [moment for moment in (self._crew.next_event(now), *(event[0] for event in self._events[:1])) if moment]
        return max(0.0, min(due) - now) if due else None

    def tick(self) -> None:
        """Deadlines, dead workers, idle workers."""
        now = time.monotonic()
        while self._events and self._events[0][0] <= now:
            _, _, act, ticket = heapq.heappop(self._events)
            if not ticket.over:
                act(ticket)
        self._crew.tick(now)
        self._start_ready()
        while self._answered:
            ticket, answer = self._answered.popleft()
            if not ticket.over:
                self._finish(ticket, answer)

    def drain(self, seconds: float) -> None:
        """Takes no more, finishes what was taken, ends the workers; what is left after `seconds` is ended by SIGTERM.

        Runs the selector's loop; unregister what must not happen any more before.
        """
        self._draining = True
        self._loop_until(time.monotonic() + seconds)
        for ticket in list(self._open):
            self._interrupt(ticket)
        self._loop_until(time.monotonic() + END_SECONDS + _LAST_SECONDS)
        self.close()

    def close(self) -> None:
        """Ends everything at once; no `done` is called any more."""
        for ticket in self._open:
            ticket.over = True
        self._open.clear()
        self._crew.close()

    def _loop_until(self, end: float) -> None:
        while self._open and (left := end - time.monotonic()) > 0:
            due = self.next_event()
            for key, mask in self._selector.select(left if due is None else min(due, left)):
                key.data(mask)
            self.tick()

    # -- who runs next

    def _at(self, moment: float, act: Callable[[Any], None], ticket: Ticket) -> None:
        heapq.heappush(self._events, (moment, next(self._numbers), act, ticket))

    def _has_turn(self, ticket: Ticket) -> bool:
        """Whether its device can bear one more check: fewer the more workers are busy, as it may be one that hangs."""
        busy = self._crew.busy() / self._size
        most = ticket.at_once if busy < _FEW else min(2, ticket.at_once) if busy < _MANY else 1
        return self._admitted[ticket.device] < most

    def _want(self, ticket: Ticket, seconds: float) -> None:
        if ticket.member is None and (ticket.admitted or self._admitted[ticket.device] < ticket.at_once):
            self._at(ticket.arrived + seconds, self._give_up, ticket)

    def _give_up(self, ticket: Ticket) -> None:
        if ticket.member is None and not ticket.answered:
            self._unqueue(ticket)
            self._say(ticket, "all workers of the service are busy", ran=False)

    def _admit(self, ticket: Ticket) -> None:
        ticket.admitted = True
        self._admitted[ticket.device] += 1
        self._ready.append(ticket)

    def _start_ready(self) -> None:
        while self._ready:
            ticket = self._ready[0]
            if not (ticket.answered or ticket.over or ticket.member or self._start(ticket, self._size)):
                return
            self._ready.popleft()

    def _hurry(self, ticket: Ticket) -> None:
        """Starts a check whose time is nearly over, although its turn has not come."""
        if ticket.member is not None or ticket.answered:
            return
        if not ticket.admitted:
            self._behind[ticket.device].remove(ticket)
            self._admit(ticket)
        if not self._start(ticket, 2 * self._size):
            self._at(time.monotonic() + 0.2, self._hurry, ticket)

    def _start(self, ticket: Ticket, size: int) -> bool:
        """Gives a check to a worker, if there is one for it; also true where there will never be one."""
        try:
            member = self._crew.take(ticket.device, size)
        except OSError as error:
            if not len(self._crew):
                self._say(ticket, f"no process can be started: {error.strerror}", ran=False)
            return not len(self._crew)
        if member is None:
            return False
        ticket.member, member.ticket = member, ticket
        member.give((*ticket.job, ticket.arrived, ticket.seconds))
        self._limit(ticket)
        return True

    def _limit(self, ticket: Ticket) -> None:
        """A check that does not even end at its deadline is ended."""
        ticket.limit = max(ticket.arrived + ticket.seconds, time.monotonic()) + GRACE
        self._at(ticket.limit, self._kill, ticket)

    # -- what workers say

    def _heard(self, member: Member, kind: bytes, body: bytes) -> None:
        ticket = member.ticket
        if ticket is None:
            return
        if kind == DEADLINE:
            ticket.seconds = float(body)
            self._limit(ticket)
        elif kind == ANSWER:
            code, flags = body[0], body[1]
            member.ticket = None
            if flags & LAST or member.doomed:
                self._crew.dismiss(member)
            else:
                self._crew.release(member)
            self._finish(ticket, Answer(body[2:], code, bool(flags & RAN)))

    def _gone(self, member: Member) -> None:
        """A worker has ended; with a check that it had not read, another one begins."""
        ticket, member.ticket = member.ticket, None
        if ticket is not None and not (member.took or ticket.over or ticket.ended):
            ticket.member = None
            self._ready.appendleft(ticket)
        elif ticket is not None:
            end = "did not end by itself" if time.monotonic() >= ticket.limit else "ended without an answer"
            line = f"UNKNOWN: the check {end}: {member.last_words()}\n"
            self._finish(ticket, Answer(line.encode(), _UNKNOWN))

    # -- ends

    def _say(self, ticket: Ticket, line: str, *, ran: bool) -> None:
        """Answers a check that no worker answers, from the next `tick` on."""
        ticket.answered = True
        self._answered.append((ticket, Answer(f"UNKNOWN: {line}\n".encode(), _UNKNOWN, ran)))

    def _finish(self, ticket: Ticket, answer: Answer) -> None:
        cancelled = ticket.over
        self._leave(ticket)
        if not cancelled:
            ticket.done(answer)

    def _leave(self, ticket: Ticket) -> None:
        """Lets the next check of its device begin."""
        ticket.over = True
        self._open.discard(ticket)
        if ticket.admitted:
            ticket.admitted = False
            self._admitted[ticket.device] -= 1
            if not self._admitted[ticket.device]:
                del self._admitted[ticket.device]
        waiting = self._behind.get(ticket.device)
        while waiting and self._has_turn(waiting[0]):
            self._admit(waiting.popleft())
        if waiting is not None and not waiting:
            del self._behind[ticket.device]
        self._start_ready()

    def _cancel(self, ticket: Ticket) -> None:
        if ticket.over:
            return
        ticket.over = True
        self._open.discard(ticket)
        if ticket.member is not None:
            self._end(ticket, signal.SIGTERM)  # and only then the device is free
        else:
            self._unqueue(ticket)
            self._leave(ticket)

    def _interrupt(self, ticket: Ticket, number: int = signal.SIGTERM) -> None:
        if ticket.member is not None:
            self._end(ticket, number)
        elif not (ticket.answered or ticket.over):
            self._unqueue(ticket)
            self._say(ticket, f"ended by {signal.Signals(number).name} while waiting for other checks", ran=True)

    def _unqueue(self, ticket: Ticket) -> None:
        if not ticket.admitted and ticket in self._behind.get(ticket.device, ()):
            self._behind[ticket.device].remove(ticket)

    def _end(self, ticket: Ticket, number: int) -> None:
        """Ends a check that runs, and its worker with it: what it has interrupted may be in any state."""
        member = ticket.member
        ticket.ended = True
        if member is not None and member.ticket is ticket:
            self._crew.interrupt(member, number)

    def _kill(self, ticket: Ticket) -> None:
        # Its worker may have told another deadline since.
        if ticket.member is not None and time.monotonic() >= ticket.limit:
            ticket.member.signal(signal.SIGKILL)
