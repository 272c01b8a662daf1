"""Where answers are decoded: a large one in a thread, so that the event loop goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from agilekit.session import collector, repeated_answers
from agilekit.wire import decode_limits
from agilekit.wire.response import Answer

__all__ = ["DecodeWorker"]

T = TypeVar("T")

# Bytes. Of tiny parts, they take longer to decode than a loop may stand; from there on, to hold the
# garbage collector pays.
_LARGE: Final = 1 << 16
_SMALLEST_ENTITY: Final = 128  # bytes of one, were there as many as there may be


class DecodeWorker:
    """Decodes the answers of one session.

    One large answer at a time: several threads would only take the interpreter from each other, and
    from the event loop.
    """

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(1)

    async def decode(self, answer: Answer, make: Callable[[Answer], T], *, deadline: float) -> T:
        """What `make` makes of an answer.

        deadline: by `anyio.current_time`. A thread that is late, or cancelled, is left to itself,
            and soon ends.

        Raises what `make` does, and DeadlineExceeded, or UnknownOutcome for a write.
        """
        if len(answer.response.body) <= _LARGE:
            return make(answer)
        has_begun = is_over = False

        def work() -> T:
            nonlocal has_begun
            has_begun = True
            entities = answer.dialect.largest_body // _SMALLEST_ENTITY
            with collector.held(), decode_limits.limited(lambda: is_over, entities=entities):
                return repeated_answers.decoded(answer, make)

        try:
            with anyio.CancelScope(deadline=deadline):
                return await anyio.to_thread.run_sync(
                    work, abandon_on_cancel=True, limiter=self._limiter
                )
        except RuntimeError:
            if has_begun:
                raise
            return work()  # there can be no more threads
        finally:
            is_over = True
        raise answer.undecoded()
