"""Changes that are made when their requests are long over.

They wait in a queue with their times. Nothing runs in the background: whoever is about to look at
the state first carries out what is due, in the order of the times.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from attrs import evolve, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agilekit.sandbox.messages import Request


@frozen
class LateCommit:
    """A change that was made long after its client saw the connection close, or a 502, 503 or 504.

    ``due`` is when, in seconds of the sandbox's clock, and ``status`` that of the answer, which was
    not sent: what had changed meanwhile may have made it a refusal.
    """

    method: str
    path: str
    due: float
    status: int


class CommitQueue:
    """Requests that are still to be carried out, by the time that they are due."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Request]] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, request: Request, due: float) -> None:
        self._added += 1
        heappush(self._heap, (due, self._added, evolve(request, at=due, came=None)))

    def due(self, now: float) -> Iterator[Request]:
        """Takes what is due by now, the earliest first."""
        while self._heap and self._heap[0][0] <= now:
            yield heappop(self._heap)[2]
