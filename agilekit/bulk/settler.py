"""The part of a job that finds out what became of drafts while others are being sent.

It looks at once, then after growing pauses, and stops as soon as nothing is left to look for.

*How long.* Whatever may have been received, after a timeout, a reset, 502, 503, 504 or a crash, the
server may still be at work on: for `settle_after` seconds from when it was sent. After a 500 of the
service itself, which has ended its work on the request, or soon will, it is a quarter of that. Only
what is absent after that is missing, and may be sent again.

*Refused batches* are looked for, too: a server may have stored the drafts before the bad one. When
it refuses a request, it has ended its work on it, so there is nothing to wait for: one look settles
it. Once this server was seen to have stored nothing of a refused batch whose first draft it takes
otherwise, so that this one was not the bad one, its refusals are taken at their word.

*A refusal of a draft that was sent before without a clear answer* may mean that the draft is there
("Name has already been taken"), perhaps in other words. It is looked for. Found, it was created. It
was refused only if no new item is there but those of other drafts; else it is unknown.

*What was moved* out of the container is looked for in the whole project, by `Elsewhere`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

import anyio

from agilekit.bulk.elsewhere import Elsewhere
from agilekit.bulk.keeping import End, Keeping, Known, Sent
from agilekit.bulk.outcomes import blames_one, doubt, refused, unknown, unsent
from agilekit.bulk.recognition import Recognition
from agilekit.bulk.settling import Settled, doubt_missing, settle
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.errors import (
    AgilekitError,
    AnswerTooLarge,
    ApiError,
    CallError,
    RateLimited,
    ServerError,
    UnknownAfterServerError,
)
from agilekit.wire.dialect import beyond_bmp

__all__ = ["Settler"]

T = TypeVar("T")

_FIRST_PAUSE: Final = 0.5  # seconds; what is lost in the meantime is looked for at once
_LONGEST_PAUSE: Final = 10.0
_SHORTEST_PAUSE: Final = 0.5
_MOST_TRIES: Final = 10
_MOST_FAILED_LOOKS: Final = 5
_OF_A_500: Final = 0.25


class Settler(Generic[T]):
    """Holds the drafts of which nothing tells what became of them."""

    def __init__(
        self,
        creation: Creation[T],
        keeping: Keeping[T],
        recognition: Recognition[T],
        *,
        settle_after: float,
        batch_size: int,
        record: Callable[[Sequence[End[T]]], Awaitable[None]],
        resend: Callable[[Iterable[Sent]], None],
        is_sending: Callable[[], bool],
        on_look: Callable[[], None],
        changed: Signal,
    ) -> None:
        """
        record: keeps what is certain.
        resend: takes what became nothing.
        is_sending: whether a request is under way, or about to be.
        on_look: is called before each look.
        changed: is told whenever something is no longer lost.
        """
        self.lost: list[Sent] = []
        self.refuses_whole: bool = False
        """Whether this server was seen to store nothing of a batch that it refuses."""
        self._stores_parts = False
        self._first_of_unstored: set[int] = set()
        """The positions of the first drafts of refused batches of which nothing was stored."""
        self.above: int = 0
        """The highest number that was there before the job."""
        self.is_above_project: bool = False
        """Whether that is so of the whole project, and not only of the container."""
        self.holds: bool = False
        """Whether nothing may be sent at the moment."""
        self._creation = creation
        self._keeping = keeping
        self._recognition = recognition
        self._elsewhere = Elsewhere(creation, keeping, recognition)
        self._settle_after = settle_after
        self._batch_size = batch_size
        self._record = record
        self._resend = resend
        self._is_sending = is_sending
        self._on_look = on_look
        self._changed = changed
        self._due = Signal()
        self._being_sent: dict[int, Sent] = {}
        self._sent_meanwhile: list[Sent] = []
        self._is_looking = False
        self._failed_looks = 0
        self._has_news = False
        """Whether there is something that one look may settle."""

    # What the job tells.

    def sends(self, batch: Sequence[Sent]) -> None:
        """These are about to be sent."""
        self._being_sent.update((sent.position, sent) for sent in batch)
        if self._is_looking:
            self._sent_meanwhile += batch

    def sent(self, batch: Sequence[Sent]) -> None:
        """What became of these is recorded, or they are lost."""
        for sent in batch:
            del self._being_sent[sent.position]

    @property
    def has_refused(self) -> bool:
        """Whether any of these was refused."""
        return any(sent.refusal is not None for sent in self.lost)

    @property
    def is_idle(self) -> bool:
        return not self.lost and not self._being_sent

    def lose(self, batch: Sequence[Sent], error: AgilekitError, *, left: float) -> None:
        """The server may still be at work on these.

        left: when their request left, by `anyio.current_time`.
        """
        own_failure = isinstance(error, UnknownAfterServerError) and error.status == 500
        horizon = self._settle_after * (_OF_A_500 if own_failure else 1)
        for sent in batch:
            sent.error, sent.refusal, sent.doubted, sent.earlier = error, None, True, False
            sent.tries += 1
            sent.settle_by = max(sent.settle_by, left + horizon)
        self._add(batch)

    def resume(self, sent: Sent, known: Known) -> None:
        """An earlier run of the job lost this one."""
        sent.sent_at, sent.doubted, sent.earlier = known.sent_at, True, True
        sent.above = self.above
        sent.settle_by = anyio.current_time() - known.age + self._settle_after
        self._add([sent])

    def accepted(self, batch: Sequence[Sent]) -> None:
        """The server has created these: it is not for them that it refused a batch before."""
        if not self._stores_parts and self._first_of_unstored:
            positions = {sent.position for sent in batch}
            self.refuses_whole |= not positions.isdisjoint(self._first_of_unstored)

    def doubt(self, batch: Sequence[Sent], refusal: CallError) -> None:
        """These were refused, but may be there."""
        for sent in batch:
            sent.error = sent.refusal = refusal
            sent.refused_with = batch
            sent.settle_by = anyio.current_time()
        self._has_news = True
        self._add(batch)
        self._due.tell()

    def _add(self, batch: Sequence[Sent]) -> None:
        self.lost += batch
        self._changed.tell()

    # What it finds.

    async def run(self, is_over: Callable[[], bool]) -> None:
        """Looks for what is lost until the job is over."""
        pause = _FIRST_PAUSE
        while not is_over():
            if not self.lost:
                pause = _FIRST_PAUSE
                await self._changed.wait()
                continue
            await self._wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            began = anyio.current_time()
            await self._look()
            pause = max(pause, anyio.current_time() - began)

    async def _wait(self, pause: float) -> None:
        """Until the next look: at the latest when one of the drafts can come no more."""
        if self._has_news:
            return
        if self.has_refused:
            pause = _SHORTEST_PAUSE
        now = anyio.current_time()
        ahead = [sent.settle_by - now for sent in self.lost if sent.settle_by > now]
        with anyio.move_on_after(max(_SHORTEST_PAUSE, min([pause, *ahead]))):
            await self._due.wait()

    async def _look(self) -> None:
        self._on_look()
        self._has_news = False
        lost, began = list(self.lost), anyio.current_time()
        if not self._creation.spec.lists_all:
            await self._conclude(lost, Settled(doubtful=[(sent, []) for sent in lost]))
            return
        self._sent_meanwhile, self._is_looking = list(self._being_sent.values()), True
        try:
            settled = await settle(
                self._creation.spec,
                self._listing(lost),
                self._keeping,
                self._recognition,
                lost,
                above=self.above,
                being_sent=lambda: self._sent_meanwhile,
            )
            await doubt_missing(self._recognition, settled)
            await self._look_elsewhere(settled)
        except CallError as error:
            await self._fail(lost, error, began)
        else:
            self._failed_looks = 0
            await self._conclude(lost, settled)
        self._is_looking = False
        self._sent_meanwhile = []

    async def _fail(self, lost: Sequence[Sent], error: CallError, began: float) -> None:
        """The container could not be read. It is read again, unless that is no use."""
        self._failed_looks += 1
        is_for_good = isinstance(error, ApiError | AnswerTooLarge)
        if not is_for_good or isinstance(error, ServerError | RateLimited):
            given_up = self._failed_looks >= _MOST_FAILED_LOOKS
            lost = [sent for sent in lost if given_up and sent.settle_by <= began]
        await self._settled(lost, [unknown(sent, error) for sent in lost], [])

    def _listing(self, lost: Sequence[Sent]) -> AsyncIterable[T]:
        exact = self._creation.exact_listing
        if exact is not None and any(beyond_bmp(sent.body) for sent in lost):
            return exact()
        return self._creation.listing()

    async def _look_elsewhere(self, settled: Settled[T]) -> None:
        wanted = self._elsewhere.wanted(settled)
        if not wanted:
            return
        self.holds = any(sent.earlier for sent in wanted)
        try:
            while self.holds and self._is_sending():
                await self._changed.wait()
            others = [sent for sent in self.lost if sent not in wanted]
            await self._elsewhere.look(
                settled, wanted, others, above=self.above, is_of_project=self.is_above_project
            )
        finally:
            self.holds = False
            self._changed.tell()

    async def _conclude(self, lost: Sequence[Sent], settled: Settled[T]) -> None:
        self._learn(settled)
        created = self._recognition.created
        ends: list[End[T]] = [created(sent, item) for sent, item in settled.created]
        ends += [unknown(sent, doubt(sent, keys)) for sent, keys in settled.doubtful]
        ends += [unknown(sent, doubt(sent, (), numbers)) for sent, numbers in settled.hidden]
        again: list[Sent] = []
        strangers = [one.item_id for one in settled.strangers]
        for sent in settled.missing:
            end = self._end_of_missing(sent, strangers)
            if end is None:
                again.append(sent)
            else:
                ends.append(end)
        waiting = {id(sent) for sent in settled.waiting}
        await self._settled([sent for sent in lost if id(sent) not in waiting], ends, again)

    async def _settled(
        self, these: Sequence[Sent], ends: Sequence[End[T]], again: Sequence[Sent]
    ) -> None:
        await self._record(ends)
        gone = {id(sent) for sent in these}
        self.lost = [sent for sent in self.lost if id(sent) not in gone]
        self._resend(again)
        self._changed.tell()

    def _end_of_missing(self, sent: Sent, strangers: Sequence[str]) -> End[T] | None:
        """The end of a draft that is not there; None if it is to be sent again."""
        size, refusal = len(sent.refused_with), sent.refusal
        if refusal is None:
            # In ever smaller batches: a server may fail at one draft and spoil those beside it.
            sent.most_beside = max(1, self._batch_size >> 2 * sent.tries)
            if sent.tries < _MOST_TRIES:
                return None
            return unknown(sent, doubt(sent, strangers)) if strangers else unsent(sent)
        if size > 1 and blames_one(refusal):
            halve(sent.refused_with)
            return None
        if sent.doubted and strangers:
            return unknown(sent, doubt(sent, strangers))
        return refused(sent, refusal)

    def _learn(self, settled: Settled[T]) -> None:
        if any(len(sent.refused_with) > 1 and sent.refusal for sent, _ in settled.created):
            self._stores_parts = True
            self.refuses_whole = False
        missing = {id(sent) for sent in settled.missing}
        for sent in settled.missing:
            batch = sent.refused_with if sent.refusal is not None else ()
            is_first = len(batch) > 1 and sent is batch[0]
            if is_first and not settled.strangers and all(id(one) in missing for one in batch):
                self._first_of_unstored.add(sent.position)


def halve(batch: Sequence[Sent]) -> None:
    """The drafts of a refused batch are sent again in halves of it."""
    for sent in batch:
        sent.most_beside = (len(batch) + 1) // 2
