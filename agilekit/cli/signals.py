"""Ctrl-C and its like: when they come, and who may be interrupted by them.

SIGINT, SIGTERM and SIGHUP are recorded, from before the first large module is loaded to the end of
the process. What a signal does depends on where the program is:

========================  =======================================================================
while                     a signal
========================  =======================================================================
modules are loaded        ends the program when they are loaded (`raise_received`)
the event loop runs       is seen by a task of it within 0.1 s (`event_loop`); nothing is raised
inside `interruptible`    raises `Interrupted`, once: what cleans up after it is not interrupted
the interpreter is ended  is ignored: nothing is left to be ended
========================  =======================================================================

A signal that the process was started to ignore, as by ``nohup``, stays ignored.
"""

from __future__ import annotations

import atexit
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

__all__ = [
    "Interrupted",
    "deferred",
    "install_handlers",
    "interruptible",
    "raise_received",
    "received",
    "reported",
]

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
_ENDED_BY: Final = 128  # a shell's own way to say which signal ended a command

received: Final[list[int]] = []
"""The signals that came, oldest first."""


class Interrupted(SystemExit):
    """A signal ends the program: with 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""

    def __init__(self, number: int) -> None:
        super().__init__(_ENDED_BY + number)
        self.number: int = number
        self.is_reported: bool = False
        """Whether the user has been told why the program ends."""


class _State:
    raises = False


_state: Final = _State()


def install_handlers() -> None:
    """From now on signals are recorded. To be called in the main thread, as early as possible."""
    _install(_handle)
    atexit.register(_install, signal.SIG_IGN)


def raise_received() -> None:
    """Raises Interrupted if a signal has come."""
    if received:
        raise Interrupted(received[0])


def reported() -> Interrupted:
    """The end of a program that has told its user why it ends."""
    interrupted = Interrupted(received[0])
    interrupted.is_reported = True
    return interrupted


@contextmanager
def interruptible() -> Generator[None, None, None]:
    """What is done inside may be interrupted anywhere. Raises Interrupted."""
    with _while(raises=True):
        raise_received()
        yield


@contextmanager
def deferred() -> Generator[None, None, None]:
    """What is done inside is not interrupted: a signal that comes is only recorded."""
    with _while(raises=False):
        yield


@contextmanager
def _while(*, raises: bool) -> Generator[None, None, None]:
    before, _state.raises = _state.raises, raises
    try:
        yield
    finally:
        _state.raises = before and not received


def _install(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    for name in _NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _handle(number: int, _: FrameType | None) -> None:
    received.append(number)
    if _state.raises:
        _state.raises = False
        raise Interrupted(number)
