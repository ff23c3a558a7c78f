"""A process that hangs up a test call when the check that placed it has ended without having done so.

It is there before the call is, and belongs to nobody: neither a signal to the check's process group nor its death
reaches it. What ends both at once, a control group that is killed or the machine, leaves the note of call_notes.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from typing import TYPE_CHECKING, NoReturn

from ..deadline import ENDING, Deadline
from ..errors import CallLeft, CallNotGuarded
from .client import Client
from .commands import Call, hang_up

if TYPE_CHECKING:
    from ..session import Session
    from .call_notes import Note

#: Seconds it goes on trying.
PATIENCE = 60.0
# A check that is still there so long after its deadline has been stopped.
_OVERDUE = 5.0
_AGAIN = 1.0
_READY = b"+"
_CHUNK = 4096


class Guard:
    """The check's end of the line to the process. Until `dismiss`, the end of the check makes it hang up."""

    def __init__(self, session: Session, call: Call, note: Note | None) -> None:
        """Starts it. Raises CallNotGuarded."""
        self._call = call
        self._line, theirs = socket.socketpair()
        try:
            self._start(theirs, session, note)
            theirs.close()
            self._line.settimeout(session.deadline.remaining())
            if self._line.recv(1) != _READY:
                raise CallNotGuarded(reason="the process that watches over it has ended")
        except OSError as error:
            self.close()
            raise _not_there(error) from None
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()

    def begin(self) -> None:
        """From now on there may be a call. Raises CallNotGuarded."""
        self._call.begun = True
        try:
            self._tell()
        except OSError as error:
            self._call.begun = False
            raise _not_there(error) from None

    def tell(self) -> None:
        """What has become known of the call. Where the process has been killed the check goes on by itself."""
        with contextlib.suppress(OSError):
            self._tell()

    def dismiss(self) -> None:
        """There is no call any more."""
        self._call.begun = False
        self.tell()

    def close(self) -> None:
        """Ends the line; a call that there is now is the process's."""
        self._line.close()

    def _tell(self) -> None:
        known = (self._call.begun, self._call.seen, self._call.identities)
        self._line.sendall(json.dumps(known).encode() + b"\n")

    def _start(self, theirs: socket.socket, session: Session, note: Note | None) -> None:
        # A signal in between would be taken by this process's handlers in the other one.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (*ENDING, signal.SIGALRM))
        try:
            child = os.fork()
            if not child:
                _leave(theirs, session, self._call, note)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.waitpid(child, 0)


def _not_there(error: OSError) -> CallNotGuarded:
    return CallNotGuarded(reason=f"no process to watch over it: {error.strerror or error}")


def _leave(line: socket.socket, session: Session, call: Call, note: Note | None) -> NoReturn:
    """What the fork does: it forks again, so that nobody waits for what remains."""
    try:
        if not os.fork():
            os.setsid()
            for number in ENDING:
                signal.signal(number, signal.SIG_IGN)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            _close_all_but(line.fileno(), *([note.descriptor] if note else []))
            line.sendall(_READY)
            _Watch(line, session, call, note).run()
    finally:
        os._exit(0)


def _close_all_but(*kept: int) -> None:
    """Whoever reads what the check prints waits until nobody else has that pipe."""
    for name in os.listdir("/dev/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        if number not in (null, *kept):
            os.dup2(null, number)


class _Watch:
    """The process itself."""

    def __init__(self, line: socket.socket, session: Session, call: Call, note: Note | None) -> None:
        self._line = line
        self._session = session
        self._call = call
        self._note = note
        self._said = b""

    def run(self) -> None:
        seconds = max(0.0, self._session.deadline.left() + _OVERDUE)
        while True:
            if not select.select([self._line], [], [], seconds)[0]:
                self._hang_up()
                seconds = _AGAIN  # it may be let go, and go on
            elif not self._hear():
                break
        self._hang_up()

    def _hear(self) -> bool:
        """Takes what the check says; False when it has ended."""
        try:
            data = self._line.recv(_CHUNK)
        except OSError:
            return False
        self._said += data
        *lines, self._said = self._said.split(b"\n")
        for line in lines:
            self._call.begun, self._call.seen, self._call.identities = json.loads(line)
        return bool(data)

    def _hang_up(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 2 * PATIENCE)  # the end, should an answer never end
        try:
            if self._call.begun:
                deadline = Deadline(PATIENCE)
                hang_up(Client(self._session.another(deadline)), self._call, deadline)
                self._call.begun = False
            if self._note:
                self._note.forget()
        except CallLeft:
            return
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
