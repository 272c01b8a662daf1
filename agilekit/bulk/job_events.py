"""What the hook of a client is told of a job, besides its calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Generic, Literal, TypeVar

from agilekit.bulk.spec import Creation
from agilekit.bulk.store import Entry, JobStore
from agilekit.errors import CallError
from agilekit.events import JobEnded, JobLook, JobResend, JobRound, JobStarted
from agilekit.session.teller import error_of

__all__ = ["JobEvents"]

T = TypeVar("T")


class JobEvents(Generic[T]):
    """Tells of one part of a job. What the hook raises is raised."""

    def __init__(self, creation: Creation[T]) -> None:
        self._teller = creation.teller
        self._context = creation.teller.context
        self._kind = creation.spec.name
        self._rounds = 0
        self._looks = 0

    def begin(self) -> None:
        self._teller.tell(JobStarted(self._kind, context=self._context))

    def round(self, batch: Sequence[Entry], resent: Collection[int]) -> None:
        """A batch is about to be sent. resent: the positions of what was sent before."""
        self._rounds += 1
        again = sum(entry.position in resent for entry in batch)
        self._teller.tell(
            JobRound(self._kind, self._rounds, len(batch), again, context=self._context)
        )

    def look(
        self,
        seconds: float,
        looked_for: Sequence[Entry],
        *,
        created: int,
        resent: int,
        left: Sequence[Entry],
        failure: CallError | None,
    ) -> None:
        """A look has ended. left: everything that is still lost."""
        self._looks += 1
        still = {id(entry) for entry in left}
        unsettled = sum(id(entry) in still for entry in looked_for)
        counts = (len(looked_for), created, resent, unsettled)
        why = self._why(failure)
        self._teller.tell(
            JobLook(self._kind, self._looks, seconds, *counts, *why, context=self._context)
        )

    def resend(self, batch: Sequence[Entry], reason: Literal["missing", "refused"]) -> None:
        """These are to be sent again, unless there are none."""
        if batch:
            positions = tuple(entry.position for entry in batch)
            self._teller.tell(JobResend(self._kind, positions, reason, context=self._context))

    def end(self, seconds: float, store: JobStore[T], error: BaseException | None) -> None:
        """error: what has ended it before its time."""
        count = store.outcomes().count
        counts = (count("created"), count("refused"), count("unknown"))
        why = self._why(error)
        self._teller.tell(JobEnded(self._kind, seconds, *counts, *why, context=self._context))

    def _why(self, error: BaseException | None) -> tuple[str, str] | tuple[None, None]:
        return (None, None) if error is None else error_of(error, self._teller.redactor)
