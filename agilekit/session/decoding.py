"""Where answers are decoded: a large one in a thread, so that the event loop goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from agilekit.wire.response import Answer

__all__ = ["Decoder"]

T = TypeVar("T")

_LARGE: Final = 1 << 20  # bytes


class Decoder:
    """Decodes the answers of one session.

    One large answer at a time: several threads would only take the interpreter from each other, and
    from the event loop.
    """

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(1)

    async def decode(self, answer: Answer, make: Callable[[Answer], T], *, until: float) -> T:
        """What `make` makes of an answer.

        until: by `anyio.current_time`. A thread that is late, or cancelled, is left to itself.

        Raises what `make` does, and DeadlineExceeded, or UnknownOutcome for a write.
        """
        if len(answer.response.body) <= _LARGE:
            return make(answer)
        with anyio.CancelScope(deadline=until):
            return await anyio.to_thread.run_sync(
                make, answer, abandon_on_cancel=True, limiter=self._limiter
            )
        raise answer.undecoded()
