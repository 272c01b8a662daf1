"""One request of a job while it is under way, and whether it can be given up."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from agilekit.bulk.store import Entry

__all__ = ["BatchRequest"]


class BatchRequest:
    """A batch on its way. While nothing of it has been sent, giving it up leaves no doubt."""

    def __init__(self, batch: Sequence[Entry], *, began: int) -> None:
        self.batch: Sequence[Entry] = batch
        self.scope: anyio.CancelScope = anyio.CancelScope()
        self.began: int = began
        """By `CircuitBreaker.moment`."""
        self.left: float = anyio.current_time()
        """When it was sent last, by `anyio.current_time`; before that, when it began."""
        self.has_left: bool = False
        """Whether it was sent, and nothing tells yet what came of it."""
        self.is_answered: bool = False
        self._is_given_up = False

    def leaves(self, now: float) -> None:
        self.left = now
        self.has_left = True

    def was_not_applied(self) -> None:
        """The attempt certainly created nothing, and another may follow."""
        self.has_left = False
        if self._is_given_up:
            self.scope.cancel()

    def end(self) -> None:
        """What came of it is known, or it is known that nothing tells."""
        self.has_left, self.is_answered = False, True

    def give_up(self) -> None:
        """It ends as soon as nothing of it is on its way: at once, or after this attempt."""
        self._is_given_up = True
        if not self.has_left and not self.is_answered:
            self.scope.cancel()
