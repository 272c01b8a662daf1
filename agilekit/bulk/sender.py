"""The part of a job that sends drafts, and decides what their requests have come to.

======================================  ============================================================
what came of a request                  what becomes of its drafts
======================================  ============================================================
a success                               *created* if the answer shows their item; the others are
                                        lost
no clear answer (UnknownOutcome)        *lost*: they are *unknown* until the settler has found out
not sent; 401, 403, 404, 429 or a       *refused*: nothing was created, and no draft is to blame
redirect
any other refusal of one draft          *refused*
any other refusal of several            looked for, as the server may have stored some of them; then
                                        sent again in halves, or refused
the same, by a server that is known to  sent again in halves if one draft may be to blame, else
store nothing of what it refuses        *refused*
======================================  ============================================================

A draft that was lost before is looked for before a refusal of it counts: the server may refuse it
because it is there already.

*The first request* of a job that another run may continue goes ahead of all others, if its items
are looked for in the whole project later: it bears the lowest numbers of the job, so that whatever
is below them is not one of its items, wherever it is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import anyio
import anyio.lowlevel

from agilekit.bulk.baseline import note_first_answer
from agilekit.bulk.circuit_breaker import CircuitBreaker
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.identity.pairs import pair
from agilekit.bulk.job_events import JobEvents
from agilekit.bulk.outcomes import blames_draft, refused
from agilekit.bulk.request import BatchRequest
from agilekit.bulk.settle.settler import Settler, halve
from agilekit.bulk.shutdown import Shutdown
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.bulk.store import Entry, JobStore, Result
from agilekit.errors import (
    ApiError,
    CallError,
    Forbidden,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    Unauthorized,
    UnknownOutcome,
)

__all__ = ["Sender"]

T = TypeVar("T")

_STALE: Final = 1.0  # seconds after which the time of sending is noted anew
_RESENT: Final = "resent"  # the name in the journal: part of its format
_NOT_OF_A_DRAFT: Final = (Unauthorized, Forbidden, NotFound, RateLimited, Redirected)
"""Refusals for which no draft is to blame."""


class Sender(Generic[T]):
    """Sends batches, and holds what waits to be sent again."""

    def __init__(
        self,
        creation: Creation[T],
        store: JobStore[T],
        matcher: ItemMatcher[T],
        *,
        batch_size: int,
        goes_first: bool,
        breaker: CircuitBreaker,
        shutdown: Shutdown,
        record: Callable[[Sequence[Result[T]]], None],
        changed: Signal,
    ) -> None:
        """
        goes_first: whether the next request goes ahead of all others.
        record: keeps what is certain.
        changed: is told when no request is under way any more.
        """
        self.to_resend: deque[Entry] = deque()
        """What is to be sent a second time."""
        self.resent: dict[int, Entry] = {}
        """What this run has sent a second time, by position."""
        self.resent_by_earlier_run: bool = store.noted(_RESENT) is not None
        """Whether an earlier run has sent something a second time."""
        self.requests: set[BatchRequest] = set()
        self.unanswered: list[Entry] = []
        """Those that were on their way when the job was cancelled, or a hook raised."""
        self.highest_number: int = 0
        """The highest number that is known to be used."""
        self.goes_first: bool = goes_first
        self.first_is_under_way: bool = False
        """Whether a request is under way that goes ahead of all others."""
        self._events = JobEvents(creation)
        self._has_noted_resent = self.resent_by_earlier_run
        self._creation = creation
        self._store = store
        self._matcher = matcher
        self._batch_size = batch_size
        self._breaker = breaker
        self._shutdown = shutdown
        self._record = record
        self._changed = changed

    @property
    def has_resent(self) -> bool:
        return self.resent_by_earlier_run or bool(self.resent)

    def take_resends(self) -> list[Entry]:
        """The next of those that are to be sent again, of as many as one request takes."""
        batch: list[Entry] = []
        most = self._batch_size
        while self.to_resend and len(batch) < (
            most := min(most, self.to_resend[0].batch_limit or most)
        ):
            batch.append(self.to_resend.popleft())
        self.resent |= {entry.position: entry for entry in batch}
        return batch

    async def send(self, batch: Sequence[Entry], settler: Settler[T]) -> None:
        """Sends one request, and tells the settler of what is lost."""
        if not batch:
            return
        if self._shutdown.stopped:
            self._give_up(batch)
            return
        goes_first, self.goes_first = self.goes_first, False
        self.first_is_under_way = self.first_is_under_way or goes_first
        request = BatchRequest(batch, began=self._breaker.moment)
        self.requests.add(request)
        settler.start_request(batch)
        try:
            with request.scope:
                await self._request(request, settler, goes_first=goes_first)
        finally:
            if goes_first:
                self.first_is_under_way = False
            if request.has_left:
                self.unanswered += batch
            elif not request.is_answered:
                self._give_up(batch)
            settler.end_request(batch)
            self.requests.remove(request)
            if not self.requests:
                self._changed.notify()

    def _give_up(self, batch: Sequence[Entry]) -> None:
        """The job ends before these are sent."""
        for entry in batch:
            if not entry.was_lost:
                entry.error = NotSent("the job ended before it was sent")
        self.to_resend.extend(batch)

    async def _request(
        self, request: BatchRequest, settler: Settler[T], *, goes_first: bool
    ) -> None:
        batch = request.batch
        self._events.round(batch, self.resent)
        for entry in batch:
            entry.high_water_mark = self.highest_number
        if not self._has_noted_resent and any(entry.position in self.resent for entry in batch):
            self._has_noted_resent = True
            await self._store.note(_RESENT, "")
        await self._store.intend(batch)
        noted = anyio.current_time()

        async def on_send() -> Callable[[], object]:
            await anyio.lowlevel.checkpoint_if_cancelled()
            now = anyio.current_time()
            if now - max(noted, request.left) > _STALE:
                await self._store.intend(batch)
                now = anyio.current_time()
            request.leaves(now)
            return request.was_not_applied  # called if the attempt created nothing

        try:
            items = await self._creation.create([entry.body for entry in batch], on_send)
        except UnknownOutcome as error:
            request.end()
            settler.lose(batch, error, left=request.left)
            self._check_service(error, request)
        except CallError as error:
            request.end()
            self._check_service(error, request)
            self._refuse(batch, error, settler)
        else:
            request.end()
            await self._accept(request, items, settler, goes_first=goes_first)

    async def _accept(
        self, request: BatchRequest, items: list[T], settler: Settler[T], *, goes_first: bool
    ) -> None:
        pairs, unmatched = pair(self._matcher, request.batch, items)
        results = [self._matcher.accepted(entry, item) for entry, item in pairs]
        numbers = [self._creation.spec.sequence(item) for item in items]
        self.highest_number = max(self.highest_number, *numbers, 0)
        if unmatched:
            why = UnknownOutcome("the answer holds no item that was made of this draft")
            settler.lose(unmatched, why, left=request.left)
        settler.accepted([entry for entry, _ in pairs])
        self._record(results)
        if goes_first and numbers:
            settler.high_water_mark = max(settler.high_water_mark, min(numbers) - 1)
            settler.is_of_project = True
            await note_first_answer(self._store, settler.high_water_mark)

    def _check_service(self, error: CallError, request: BatchRequest) -> None:
        if self._breaker.trips(error, began=request.began):
            self._shutdown.stop(error)

    def _refuse(self, batch: Sequence[Entry], error: CallError, settler: Settler[T]) -> None:
        """Nothing was created, as far as the answer tells: the last four rows of the table."""
        in_parts = (
            len(batch) > 1
            and isinstance(error, ApiError)
            and not isinstance(error, _NOT_OF_A_DRAFT)
        )
        if in_parts and not settler.refuses_whole:
            settler.doubt(batch, error)
        elif in_parts and blames_draft(error):
            halve(batch)
            self.to_resend.extend(batch)
            self._events.resend(batch, "refused")
        else:
            doubted = [entry for entry in batch if entry.was_lost and isinstance(error, ApiError)]
            if doubted:
                settler.doubt(doubted, error)
            self._record([refused(entry, error) for entry in batch if entry not in doubted])
