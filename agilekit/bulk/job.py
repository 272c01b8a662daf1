"""A job: every draft becomes one item, or is reported with the reason why not.

Workers send drafts, several requests at once. Drafts that are *lost*, sent without a clear answer,
go to the `Settler`, which looks for them while the workers go on; those that became nothing come
back to be sent again. In a container with one writer, those behind a lost draft wait for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from os import PathLike
from typing import Final, Generic, Literal, TypeAlias, TypedDict, TypeVar, cast

import anyio
import anyio.lowlevel

from agilekit.bulk.drafts import D, Drafts, Reader
from agilekit.bulk.keeping import End, InMemory, Keeping, Known, Sent
from agilekit.bulk.outcomes import blames_one, created, refused, unsent
from agilekit.bulk.report import (
    BulkProgress,
    BulkReport,
    Created,
    Draft,
    ProgressHook,
    Refused,
)
from agilekit.bulk.settler import Settler, halve
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.checks import check_count, check_positive
from agilekit.errors import (
    ApiError,
    CallError,
    ConnectionLost,
    DecodeError,
    Forbidden,
    InvalidInput,
    JournalError,
    NotFound,
    RateLimited,
    Redirected,
    ServerError,
    Unauthorized,
    UnknownOutcome,
)
from agilekit.session.concurrently import run_all

__all__ = ["BulkOptions", "OnError", "create_many"]

R = TypeVar("R")
T = TypeVar("T")

OnError: TypeAlias = Literal["collect", "stop"]

_LOST_AT_ONCE: Final = 1000
_WATERMARK: Final = "watermark"
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)  # seconds
_STALE: Final = 1.0  # seconds after which the journal is told anew when a request leaves
_UNREAD: Final = (Unauthorized, Forbidden, NotFound, RateLimited, Redirected)
"""Refusals of a request that say nothing of its drafts."""


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
    settle_after: float | None
    """Seconds from sending for which the server may still be at work on a request whose reply was
    lost: what is not there then is sent again. Never less than the client's `timeout` and 10 more;
    None is what the client says, 40."""


async def create_many(
    creation: Creation[T],
    drafts: Drafts[D],
    *,
    concurrency: int | None = None,
    batch_size: int | None = None,
    journal: str | PathLike[str] | None = None,
    on_error: OnError = "collect",
    on_progress: ProgressHook | None = None,
    settle_after: float | None = None,
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
    if settle_after is None:
        settle_after = creation.settle_after
    check_positive("settle_after", settle_after)
    settle_after = max(settle_after, creation.least_settle_after)
    workers = 1 if creation.spec.in_order else concurrency or creation.concurrency
    reader = Reader(drafts)
    keeping: Keeping[T] = InMemory(creation.spec)
    if journal is not None:
        from agilekit.bulk.on_disk import OnDisk  # SQLite is loaded by who wants a journal

        keeping = await OnDisk[T].open(creation, journal, workers=workers)
    job = _Job(
        creation,
        reader,
        keeping,
        batch_size=size,
        settle_after=settle_after,
        stops=on_error == "stop",
        on_progress=on_progress,
    )
    try:
        await job.run(workers)
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
        *,
        batch_size: int,
        settle_after: float,
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
        self._most_lost = 1 if creation.spec.in_order else _LOST_AT_ONCE
        self._again: deque[Sent] = deque()
        self._is_reading = False
        self._changed = Signal()
        self._settler = Settler(
            creation,
            keeping,
            settle_after=settle_after,
            batch_size=batch_size,
            record=self._record,
            resend=self._again.extend,
            on_look=self._report_progress,
            changed=self._changed,
        )
        self.stopped = False

    async def run(self, concurrency: int) -> None:
        self._settler.above = await self._high_water_mark()
        work = [self._work] * concurrency
        await run_all([*work, self._settle], at_once=concurrency + 1)
        await self._record([unsent(sent) for sent in self._again])
        await self._keeping.flush()
        if self._reader.ended and self._reader.failure is None:
            await self._keeping.ended(self._reader.count)

    async def _high_water_mark(self) -> int:
        """The highest number that was there before the job, also before an earlier run of it."""
        noted = self._keeping.value(_WATERMARK)
        if noted is not None:
            return _number(noted)
        highest = 0
        if self._spec.lists_all:
            highest = await _patiently(self._highest_in_sequence)
        await self._keeping.note(_WATERMARK, str(highest))
        return highest

    async def _highest_in_sequence(self) -> int:
        highest = 0
        async for item in self._creation.listing():
            highest = max(highest, self._spec.sequence(item))
        return highest

    async def _settle(self) -> None:
        await self._settler.run(self._is_over)

    async def _work(self) -> None:
        while not self._is_over():
            if self._stops and self._settler.has_refused:  # this may be what the job stops at
                await self._wait()
            elif self._again and not self.stopped:
                await self._send(self._take_again())
            elif self._may_read():
                await self._send(await self._read_next())
            else:
                await self._wait()

    async def _wait(self) -> None:
        """Returns when something may have changed. What is certain is kept before it takes long."""
        is_soon = self._is_reading and not self._reader.may_wait
        if self._keeping.is_behind and not is_soon:
            await self._keeping.flush()
        else:
            await self._changed.wait()

    def _is_over(self) -> bool:
        to_come = not self.stopped and (self._again or not self._reader.ended)
        return self._settler.is_idle and not to_come and not self._is_reading

    def _may_read(self) -> bool:
        # One at a time, so that a draft that has changed is found before any behind it is sent.
        ended = self.stopped or self._reader.ended or self._is_reading
        return not ended and len(self._settler.lost) < self._most_lost

    def _take_again(self) -> list[Sent]:
        batch: list[Sent] = []
        most = self._batch_size
        while self._again and len(batch) < (most := min(most, self._again[0].most_beside or most)):
            batch.append(self._again.popleft())
        return batch

    async def _read_next(self) -> list[Sent]:
        """The next drafts that are to be sent, of as many as one request takes."""
        self._is_reading = True
        try:
            await anyio.lowlevel.checkpoint()  # so that whoever has read before sends before, too
            if self._reader.may_wait:
                await self._keeping.flush()
            taken = await self._reader.take(self._batch_size)
            read = [self._read(position, draft) for position, draft in taken]
            known = await self._keeping.known([sent for sent, _ in read])
            new: list[tuple[Sent, InvalidInput | None]] = []
            for sent, error in read:
                before = known.get(sent.position, Known("again"))
                if before.state == "lost":
                    self._settler.resume(sent, before)
                elif before.state == "again":
                    sent.doubted = before.sent_at is not None
                    new.append((sent, error))
            invalid: list[End[T]] = [
                End(sent, Refused(sent.position, sent.draft, error)) for sent, error in new if error
            ]
            await self._record(invalid)
            return [sent for sent, error in new if not error]
        finally:
            self._is_reading = False
            self._changed.tell()

    def _read(self, position: int, draft: D) -> tuple[Sent, InvalidInput | None]:
        try:
            return Sent(position, draft, self._creation.encode(draft)), None
        except InvalidInput as error:
            return Sent(position, _shown(draft), None), error

    async def _send(self, batch: list[Sent]) -> None:
        if not batch:
            return
        self._settler.sends(batch)
        try:
            await self._request(batch)
        finally:
            self._settler.sent(batch)
            self._changed.tell()

    async def _request(self, batch: list[Sent]) -> None:
        await self._keeping.intend(batch)
        left = anyio.current_time()

        async def on_send() -> None:
            nonlocal left
            if anyio.current_time() - left > _STALE:
                await self._keeping.intend(batch)
            left = anyio.current_time()

        try:
            items = await self._creation.create([sent.body for sent in batch], on_send)
        except UnknownOutcome as error:
            self._settler.lose(batch, error, left=left)
        except CallError as error:
            await self._refuse(batch, error)
        else:
            pairs, unmatched = self._matched(batch, items)
            if unmatched:
                why = UnknownOutcome("the answer holds no item that was made of this draft")
                self._settler.lose(unmatched, why, left=left)
            self._settler.accepted([sent for sent, _ in pairs])
            await self._record([created(sent, item) for sent, item in pairs])

    async def _refuse(self, batch: list[Sent], error: CallError) -> None:
        """Nothing was created, so far as the answer can tell."""
        in_parts = len(batch) > 1 and isinstance(error, ApiError) and not isinstance(error, _UNREAD)
        if in_parts and not self._settler.refuses_whole:
            self._settler.doubt(batch, error)
        elif in_parts and blames_one(error):
            halve(batch)
            self._again.extend(batch)
        else:
            doubted = [sent for sent in batch if sent.doubted and isinstance(error, ApiError)]
            if doubted:
                self._settler.doubt(doubted, error)
            await self._record([refused(sent, error) for sent in batch if sent not in doubted])

    def _matched(
        self, batch: Sequence[Sent], items: list[T]
    ) -> tuple[list[tuple[Sent, T]], list[Sent]]:
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
        return pairs, left

    async def _record(self, ends: Sequence[End[T]]) -> None:
        if not ends:
            return
        await self._keeping.record(ends)
        if self._stops and any(not isinstance(end.outcome, Created) for end in ends):
            self.stopped = True
        self._report_progress()

    def _report_progress(self) -> None:
        if self._on_progress is not None:
            count = self._keeping.outcomes().count
            unsettled = len(self._settler.lost) + len(self._again)
            progress = BulkProgress(count("created"), count("refused"), count("unknown"), unsettled)
            self._on_progress(progress)


def _number(noted: str) -> int:
    try:
        return int(noted)
    except ValueError:
        raise JournalError(f"the journal is damaged: its high-water mark is {noted:.20}") from None


async def _patiently(look: Callable[[], Awaitable[R]]) -> R:
    """Looks again where a server fails to answer: what a job knows hangs on it."""
    for pause in _PAUSES:
        try:
            return await look()
        except (ServerError, DecodeError, ConnectionLost):
            await anyio.sleep(pause)
    return await look()


def _shown(draft: object) -> Draft:
    return cast("Draft", draft) if isinstance(draft, dict) else {"draft": repr(draft)[:200]}
