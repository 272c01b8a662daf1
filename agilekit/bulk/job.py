"""A job: every draft becomes one item, or is reported with the reason why not.

A job goes in rounds. In a round the workers send drafts, several requests at once, until the input
ends or too many have been lost: sent without a clear answer. When no request is under way any more,
the lost ones are settled by looking (`agilekit.bulk.settling`). Those that became nothing are sent
again in the next round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from os import PathLike
from typing import Final, Generic, Literal, Never, TypeAlias, TypedDict, TypeVar, cast

import anyio

from agilekit.bulk.drafts import D, Drafts, Reader
from agilekit.bulk.keeping import End, InMemory, Keeping, Sent
from agilekit.bulk.report import (
    BulkProgress,
    BulkReport,
    Created,
    Draft,
    ProgressHook,
    Refused,
    Unknown,
)
from agilekit.bulk.settling import Settled, settle
from agilekit.bulk.spec import Creation
from agilekit.checks import check_count
from agilekit.errors import (
    AgilekitError,
    ApiError,
    BadRequest,
    CallError,
    ConnectionLost,
    DecodeError,
    InvalidInput,
    ServerError,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.session.concurrently import run_all

__all__ = ["BulkOptions", "OnError", "create_many"]

R = TypeVar("R")
T = TypeVar("T")

OnError: TypeAlias = Literal["collect", "stop"]

_REQUEST_TOO_LARGE: Final = 413
_LOST_AT_ONCE: Final = 1000
_MOST_TRIES: Final = 10
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)  # seconds
_GRACE: Final = 0.5  # seconds; a server may still be at work on a request whose answer was lost


class BulkOptions(TypedDict, total=False):
    """The keywords that every ``create_many`` takes."""

    journal: str | PathLike[str] | None
    """A file that is written before each request leaves and after its answer. The same call, made
    again after a crash, continues: nothing is made twice, nothing is missing. None."""
    on_error: OnError
    """``"collect"`` goes on after a draft that is refused or of unknown outcome, ``"stop"`` takes
    no further drafts. ``"collect"``."""
    on_progress: ProgressHook | None
    """Is told how far the job is. None."""


async def create_many(
    creation: Creation[T],
    drafts: Drafts[D],
    *,
    concurrency: int | None = None,
    batch_size: int | None = None,
    journal: str | PathLike[str] | None = None,
    on_error: OnError = "collect",
    on_progress: ProgressHook | None = None,
) -> BulkReport[T]:
    """Creates every draft and reports what became of it.

    The input is read no further ahead than the requests in flight. An error that it raises ends the
    job once these have ended.

    Raises InvalidInput for an option that cannot be right, JournalError, CallError where the
    container cannot be read at the beginning, and what `drafts` raises.
    """
    size = creation.spec.batch_size if batch_size is None else batch_size
    check_count("batch_size", size, least=1)
    if on_error not in ("collect", "stop"):
        raise InvalidInput(f"on_error must be 'collect' or 'stop', not {on_error!r:.60}")
    reader = Reader(drafts)
    keeping: Keeping[T] = InMemory(creation.spec)
    if journal is not None:
        from agilekit.bulk.on_disk import OnDisk  # SQLite is loaded by who wants a journal

        keeping = await OnDisk[T].open(creation, journal)
    job = _Job(creation, reader, keeping, size, on_error == "stop", on_progress)
    try:
        await job.run(1 if creation.spec.in_order else concurrency or creation.concurrency)
    finally:
        with anyio.CancelScope(shield=True):
            await keeping.aclose()
    if reader.failure is not None:
        raise reader.failure
    return BulkReport(keeping.outcomes(), stopped=job.stopped)


class _Job(Generic[T, D]):
    def __init__(
        self,
        creation: Creation[T],
        reader: Reader[D],
        keeping: Keeping[T],
        batch_size: int,
        stops: bool,
        on_progress: ProgressHook | None,
    ) -> None:
        self._creation = creation
        self._spec = creation.spec
        self._reader = reader
        self._keeping = keeping
        self._batch_size = batch_size
        self._stops = stops
        self._on_progress = on_progress
        self._lost: list[Sent] = []
        self._again: deque[Sent] = deque()
        self._above = 0
        self._reading = anyio.Lock()
        self.stopped = False

    async def run(self, concurrency: int) -> None:
        self._above = await self._high_water_mark()
        while True:
            await run_all([self._work] * concurrency, at_once=concurrency)
            if not self._lost:
                break
            await self._settle()
        await self._record([_unsent(sent) for sent in self._again])
        if self._reader.ended and self._reader.failure is None:
            await self._keeping.ended(self._reader.count)

    async def _high_water_mark(self) -> int:
        """The highest number that was there before the job, also before an earlier run of it."""
        noted = await self._keeping.watermark()
        if noted is None:
            noted = 0
            if self._spec.lists_all:
                noted = await _patiently(self._highest_in_sequence)
            await self._keeping.note_watermark(noted)
        return noted

    async def _highest_in_sequence(self) -> int:
        highest = 0
        async for item in self._creation.listing():
            highest = max(highest, self._spec.sequence(item))
        return highest

    async def _work(self) -> None:
        most_lost = 1 if self._spec.in_order else _LOST_AT_ONCE
        while not self.stopped and len(self._lost) < most_lost:
            batch = await self._next()
            if batch is None:
                return
            await self._send(batch)

    async def _next(self) -> list[Sent] | None:
        """The next drafts to be sent; None when there are no more."""
        if self._again:
            # In ever smaller batches: a server may fail at one draft and spoil those beside it.
            most = max(1, self._batch_size >> 2 * self._again[0].tries)
            return [self._again.popleft() for _ in range(min(most, len(self._again)))]
        # In order: a draft that has changed is found before any behind it is sent.
        async with self._reading:
            taken = await self._reader.take(self._batch_size)
            if not taken:
                return None
            read = [self._read(position, draft) for position, draft in taken]
            known = await self._keeping.known([sent for sent, _ in read])
        new = [(sent, error) for sent, error in read if sent.position not in known]
        self._lost += [sent for sent, _ in read if known.get(sent.position) is False]
        await self._record(
            [End(sent, Refused(sent.position, sent.draft, error)) for sent, error in new if error]
        )
        return [sent for sent, error in new if not error]

    def _read(self, position: int, draft: D) -> tuple[Sent, InvalidInput | None]:
        try:
            return Sent(position, draft, self._creation.encode(draft)), None
        except InvalidInput as error:
            return Sent(position, _shown(draft), None), error

    async def _send(self, batch: list[Sent]) -> None:
        if not batch:
            return
        await self._keeping.intend(batch)
        try:
            items = await self._creation.create([sent.body for sent in batch])
        except UnknownOutcome as error:
            self._lose(batch, error)
        except CallError as error:
            if len(batch) > 1 and _blames_one(error):
                half = len(batch) // 2
                await self._send(batch[:half])
                await self._send(batch[half:])
            else:
                await self._record([_refused(sent, error) for sent in batch])
        else:
            await self._record(self._matched(batch, items))

    def _lose(self, batch: Sequence[Sent], error: AgilekitError) -> None:
        for sent in batch:
            sent.error = error
            sent.tries += 1
        self._lost += batch

    def _matched(self, batch: Sequence[Sent], items: list[T]) -> list[End[T]]:
        """Gives each draft its item: the one at its place if it fits, else any that does.

        Where the answer holds as many items as were sent, those that fit no draft were changed by
        the server, and go by their order.
        """
        free = list(items)
        pairs: list[tuple[Sent, T]] = []
        left: list[Sent] = []
        same = len(items) == len(batch)
        for place, sent in enumerate(batch):
            if same and self._spec.label(items[place]) == self._spec.draft_label(sent.body):
                pairs.append((sent, items[place]))
                free.remove(items[place])
            else:
                left.append(sent)
        for sent in list(left):
            label = self._spec.draft_label(sent.body)
            found = next((item for item in free if self._spec.label(item) == label), None)
            if found is not None:
                pairs.append((sent, found))
                free.remove(found)
                left.remove(sent)
        if same:
            pairs += zip(left, free, strict=True)
            left = []
        self._lose(left, UnknownOutcome("the answer holds no item that was made of this draft"))
        return [_created(sent, item) for sent, item in pairs]

    async def _settle(self) -> None:
        """Finds out what became of the drafts that were lost."""
        lost, self._lost = self._lost, []
        self._report_progress(len(lost))
        await anyio.sleep(_GRACE)
        try:
            if self._spec.lists_all:
                settled = await _patiently(
                    lambda: settle(self._creation, self._keeping, lost, above=self._above)
                )
            else:
                settled = Settled[T](doubtful=[(sent, []) for sent in lost])
        except CallError as error:
            await self._record([_unknown(sent, error) for sent in lost])
            return
        ends = [_created(sent, item) for sent, item in settled.created]
        ends += [_unknown(sent, _doubt(sent, names)) for sent, names in settled.doubtful]
        for sent in settled.missing:
            if self.stopped or sent.tries >= _MOST_TRIES:
                ends.append(_unsent(sent))
            else:
                self._again.append(sent)
        await self._record(ends)

    async def _record(self, ends: Sequence[End[T]]) -> None:
        if not ends:
            return
        await self._keeping.record(ends)
        if self._stops and any(not isinstance(end.outcome, Created) for end in ends):
            self.stopped = True
        self._report_progress(len(self._lost))

    def _report_progress(self, unsettled: int) -> None:
        if self._on_progress is not None:
            count = self._keeping.outcomes().count
            self._on_progress(
                BulkProgress(
                    count("created"),
                    count("refused"),
                    count("unknown"),
                    unsettled + len(self._again),
                )
            )


async def _patiently(look: Callable[[], Awaitable[R]]) -> R:
    """Looks again where a server fails to answer: what a job knows hangs on it."""
    for pause in _PAUSES:
        try:
            return await look()
        except (ServerError, DecodeError, ConnectionLost):
            await anyio.sleep(pause)
    return await look()


def _created(sent: Sent, item: T) -> End[T]:
    return End(sent, Created(sent.position, sent.draft, item))


def _refused(sent: Sent, error: CallError) -> End[Never]:
    # What is refused for what it says is refused again; anything else may pass.
    return End(sent, Refused(sent.position, sent.draft, error), final=_blames_one(error))


def _unsent(sent: Sent) -> End[Never]:
    """That of a draft that became nothing, and is not sent again now."""
    return End(sent, Refused(sent.position, sent.draft, sent.error), final=False)


def _unknown(sent: Sent, error: AgilekitError) -> End[Never]:
    return End(sent, Unknown(sent.position, sent.draft, error))


def _doubt(sent: Sent, names: Sequence[str]) -> UnknownOutcome:
    if not names:
        message = "its request got no clear answer, and what it created is listed nowhere"
    else:
        message = "its request got no clear answer, and items are there that it may have become"
    error = sent.error
    attempts = error.attempts if isinstance(error, CallError) else ()
    return UnknownOutcome(message, evidence={"items": tuple(names)}, attempts=attempts)


def _blames_one(error: CallError) -> bool:
    """Whether the refusal may be due to one draft, or to the size of the batch."""
    too_large = isinstance(error, ApiError) and error.status == _REQUEST_TOO_LARGE
    return too_large or isinstance(error, BadRequest | Unprocessable)


def _shown(draft: object) -> Draft:
    return cast("Draft", draft) if isinstance(draft, dict) else {"draft": repr(draft)[:200]}
