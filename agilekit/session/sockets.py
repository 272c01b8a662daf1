"""What can be asked of a socket without waiting."""

from __future__ import annotations

import select
import sys
from typing import Protocol

__all__ = ["has_input"]


class HasFileNumber(Protocol):
    def fileno(self) -> int: ...


def has_input(socket: HasFileNumber) -> bool:
    """Whether something can be read from it at once: bytes, its end, or that it is closed.

    No answer is due on an idle connection, so that one that has input must not be used again.
    """
    number = socket.fileno()
    if number < 0:
        return True
    if sys.platform == "win32":  # pragma: no cover - it has no poll
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
