"""The part of a job that sends drafts, and judges what came of a request.

*The first request* of a job that another run may go on with goes ahead of all others, if its items
are looked for in the whole project later: it bears the lowest numbers of the job, so that whatever
is below them is none of its items, wherever it is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import anyio
import anyio.lowlevel

from agilekit.bulk.beginning import note_first_answer
from agilekit.bulk.ending import Ending
from agilekit.bulk.keeping import End, Keeping, Sent
from agilekit.bulk.outcomes import blames_one, refused
from agilekit.bulk.pairing import pair
from agilekit.bulk.recognition import Recognition
from agilekit.bulk.settler import Settler, halve
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.bulk.stopping import Troubles
from agilekit.bulk.under_way import BatchRequest
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

_STALE: Final = 1.0  # seconds after which the journal is told anew when a request leaves
_RESENT: Final = "resent"
_UNREAD: Final = (Unauthorized, Forbidden, NotFound, RateLimited, Redirected)
"""Refusals of a request that say nothing of its drafts."""


class Sender(Generic[T]):
    """Sends batches, and holds what waits to be sent again."""

    def __init__(
        self,
        creation: Creation[T],
        keeping: Keeping[T],
        recognition: Recognition[T],
        *,
        batch_size: int,
        goes_ahead: bool,
        troubles: Troubles,
        ending: Ending,
        record: Callable[[Sequence[End[T]]], Awaitable[None]],
        changed: Signal,
    ) -> None:
        """
        goes_ahead: whether the next request goes ahead of all others.
        record: keeps what is certain.
        changed: is told whenever a request has ended.
        """
        self.again: deque[Sent] = deque()
        """What is to be sent a second time."""
        self.resent: dict[int, Sent] = {}
        """What this run has sent a second time, by position."""
        self.resent_before: bool = keeping.value(_RESENT) is not None
        """Whether an earlier run has sent something a second time."""
        self.requests: set[BatchRequest] = set()
        self.open: list[Sent] = []
        """Those that were on their way when the job was cancelled, or a hook raised."""
        self.highest: int = 0
        """The highest number that is known to be used."""
        self.goes_ahead: bool = goes_ahead
        self.is_ahead: bool = False
        """Whether a request is under way that goes ahead of all others."""
        self._has_noted_resent = self.resent_before
        self._creation = creation
        self._keeping = keeping
        self._recognition = recognition
        self._batch_size = batch_size
        self._troubles = troubles
        self._ending = ending
        self._record = record
        self._changed = changed

    @property
    def has_resent(self) -> bool:
        return self.resent_before or bool(self.resent)

    def take_again(self) -> list[Sent]:
        """The next of those that are to be sent again, of as many as one request takes."""
        batch: list[Sent] = []
        most = self._batch_size
        while self.again and len(batch) < (most := min(most, self.again[0].most_beside or most)):
            batch.append(self.again.popleft())
        self.resent |= {sent.position: sent for sent in batch}
        return batch

    async def send(self, batch: Sequence[Sent], settler: Settler[T]) -> None:
        """Sends one request, and tells the settler of what is lost."""
        if not batch:
            return
        if self._ending.stopped:
            self._give_up(batch)
            return
        goes_ahead, self.goes_ahead = self.goes_ahead, False
        self.is_ahead = self.is_ahead or goes_ahead
        request = BatchRequest(batch)
        self.requests.add(request)
        settler.sends(batch)
        try:
            with request.scope:
                await self._request(request, settler, goes_ahead=goes_ahead)
        finally:
            if goes_ahead:
                self.is_ahead = False
            if request.has_left:
                self.open += batch
            elif not request.is_answered:
                self._give_up(batch)
            settler.sent(batch)
            self.requests.remove(request)
            self._changed.tell()

    def _give_up(self, batch: Sequence[Sent]) -> None:
        """These were not sent, and are not sent any more."""
        for sent in batch:
            if not sent.doubted:
                sent.error = NotSent("the job ended before it was sent")
        self.again.extend(batch)

    async def _request(
        self, request: BatchRequest, settler: Settler[T], *, goes_ahead: bool
    ) -> None:
        batch = request.batch
        for sent in batch:
            sent.above = self.highest
        if not self._has_noted_resent and any(sent.position in self.resent for sent in batch):
            self._has_noted_resent = True
            await self._keeping.note(_RESENT, "")
        await self._keeping.intend(batch)
        noted = anyio.current_time()

        async def on_send() -> Callable[[], object]:
            await anyio.lowlevel.checkpoint_if_cancelled()
            if anyio.current_time() - max(noted, request.left) > _STALE:
                await self._keeping.intend(batch)
            request.leaves()
            return request.came_to_nothing

        try:
            items = await self._creation.create([sent.body for sent in batch], on_send)
        except UnknownOutcome as error:
            request.ends()
            settler.lose(batch, error, left=request.left)
            self._judge(error, request)
        except CallError as error:
            request.ends()
            self._judge(error, request)
            await self._refuse(batch, error, settler)
        else:
            request.ends()
            await self._accept(request, items, settler, goes_ahead=goes_ahead)

    async def _accept(
        self, request: BatchRequest, items: list[T], settler: Settler[T], *, goes_ahead: bool
    ) -> None:
        pairs, unmatched = pair(self._recognition, request.batch, items)
        for sent, item in pairs:
            self._recognition.learn(sent.body, item)
        numbers = [self._creation.spec.sequence(item) for item in items]
        self.highest = max(self.highest, *numbers, 0)
        if unmatched:
            why = UnknownOutcome("the answer holds no item that was made of this draft")
            settler.lose(unmatched, why, left=request.left)
        settler.accepted([sent for sent, _ in pairs])
        await self._record([self._recognition.created(sent, item) for sent, item in pairs])
        if goes_ahead and numbers:
            settler.above = max(settler.above, min(numbers) - 1)
            settler.is_above_project = True
            await note_first_answer(self._keeping, settler.above)

    def _judge(self, error: CallError, request: BatchRequest) -> None:
        if self._troubles.stops(error, began=request.began):
            self._ending.stop(error)

    async def _refuse(self, batch: Sequence[Sent], error: CallError, settler: Settler[T]) -> None:
        """Nothing was created, so far as the answer can tell."""
        in_parts = len(batch) > 1 and isinstance(error, ApiError) and not isinstance(error, _UNREAD)
        if in_parts and not settler.refuses_whole:
            settler.doubt(batch, error)
        elif in_parts and blames_one(error):
            halve(batch)
            self.again.extend(batch)
        else:
            doubted = [sent for sent in batch if sent.doubted and isinstance(error, ApiError)]
            if doubted:
                settler.doubt(doubted, error)
            await self._record([refused(sent, error) for sent in batch if sent not in doubted])
