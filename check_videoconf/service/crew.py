"""The workers of a pool: who is idle, who asked which device last, who has to end."""

from __future__ import annotations

import selectors
import signal
import time
from collections import OrderedDict
from typing import Callable

from .member import Member

Device = tuple[str, ...]

#: What a worker may take to end after SIGTERM: a check that has placed a call hangs up before.
END_SECONDS = 6.0
# And after its socket was closed.
_PATIENCE = 2.0
_CLOSE_PATIENCE = 5.0
_REAP_SECONDS = 0.02
_IDLE_SECONDS = 60.0
_MOST_DEVICES = 4096


class Crew:
    """heard: called with what a worker says. gone: called once with one whose process has ended, or cannot be ended."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        heard: Callable[[Member, bytes, bytes], None],
        gone: Callable[[Member], None],
    ) -> None:
        self._selector = selector
        self._heard = heard
        self._gone = gone
        self._members: set[Member] = set()
        self._idle: list[Member] = []  # the one that worked last is at the end
        self._dying: dict[Member, float] = {}  # until when a process may take to end
        self._homes: OrderedDict[Device, Member] = OrderedDict()

    def __len__(self) -> int:
        return len(self._members)

    def busy(self) -> int:
        """How many have a check."""
        return len(self._members) - len(self._idle)

    def take(self, device: Device, size: int) -> Member | None:
        """An idle worker, best the one that has asked this device last, or a new one if there are less than `size`.

        Raises OSError if none can be started.
        """
        member = self._homes.get(device)
        if member is not None and member in self._idle:
            self._idle.remove(member)
        elif self._idle:
            member = self._idle.pop()
        elif len(self._members) < size:
            member = Member(self._selector, self._heard, self._lost)
            self._members.add(member)
        else:
            return None
        self._homes[device] = member
        self._homes.move_to_end(device)
        if len(self._homes) > _MOST_DEVICES:
            self._homes.popitem(last=False)
        return member

    def release(self, member: Member) -> None:
        """A worker has nothing to do any more."""
        member.idle_since = time.monotonic()
        self._idle.append(member)

    def dismiss(self, member: Member) -> None:
        """A worker that has done its work, or will not do it any more."""
        member.doomed = True
        member.end()
        self._members.discard(member)
        if member in self._idle:
            self._idle.remove(member)
        self._dying[member] = time.monotonic() + _PATIENCE

    def interrupt(self, member: Member, number: int) -> None:
        """Ends what a worker does by a signal, and the worker with it; it may still answer."""
        if not member.doomed:
            member.doomed = True
            member.signal(number)
            self._dying[member] = time.monotonic() + END_SECONDS

    def next_event(self, now: float) -> float | None:
        """When `tick` must be called; monotonic."""
        due = [now + _REAP_SECONDS] if self._dying else []
        if len(self._idle) > 1:
            due.append(self._idle[0].idle_since + _IDLE_SECONDS)
        return min(due, default=None)

    def tick(self, now: float) -> None:
        """Dead workers, idle workers."""
        for member in list(self._dying):
            self._reap(member, now)
        while len(self._idle) > 1 and self._idle[0].idle_since + _IDLE_SECONDS <= now:
            self.dismiss(self._idle[0])

    def close(self) -> None:
        """Ends all, the working ones by SIGKILL."""
        everybody = {*self._members, *self._dying}
        for member in everybody:
            if member not in self._idle:
                member.signal(signal.SIGKILL)
            member.end()
        end = time.monotonic() + _CLOSE_PATIENCE
        while time.monotonic() < end and not all(member.is_gone() for member in everybody):
            time.sleep(0.002)
        self._members.clear()
        self._dying.clear()
        self._idle.clear()

    def _lost(self, member: Member) -> None:
        """A worker has ended, or closed its socket: how, is known as soon as the process is gone."""
        self.dismiss(member)
        self._reap(member, time.monotonic())

    def _reap(self, member: Member, now: float) -> None:
        ended = member.is_gone()
        late = now >= self._dying[member]
        if member.is_connected:  # its answer may be on the way, and its end will be read
            if late and ended:
                self._lost(member)
            elif late:
                member.signal(signal.SIGKILL)
            return
        if ended:
            del self._dying[member]
        elif late:
            member.signal(signal.SIGKILL)
        else:
            return
        self._gone(member)
