"""A job: every draft becomes one item, or is reported with the reason why not.

Workers send drafts, several requests at once. Drafts that are *lost*, sent without a clear answer,
go to the `Settler`, which looks for them while the workers go on; those that became nothing come
back to be sent again. In a container with one writer, those behind a lost draft wait for it. What
ends a job early is in `ending`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from os import PathLike
from typing import Any, Final, Generic, Literal, TypeAlias, TypedDict, TypeVar, cast

import anyio
import anyio.lowlevel
from attrs import evolve

from agilekit.bulk.drafts import D, Drafts, Reader
from agilekit.bulk.ending import Ending, raise_failure
from agilekit.bulk.hooks import Hooks, OutcomeHook
from agilekit.bulk.keeping import End, InMemory, Keeping, Known, Sent
from agilekit.bulk.outcomes import blames_one, created, refused, unknown, unsent
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
from agilekit.bulk.stopping import StopEvent, Troubles, is_down, until_set
from agilekit.bulk.under_way import BatchRequest
from agilekit.checks import check_count, check_positive
from agilekit.errors import (
    AgilekitError,
    ApiError,
    CallError,
    ConnectionLost,
    DecodeError,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    ServerError,
    Unauthorized,
    UnknownOutcome,
)
from agilekit.session.concurrently import Job, run_all

__all__ = ["BulkOptions", "OnError", "create_many"]

R = TypeVar("R")
T = TypeVar("T")

OnError: TypeAlias = Literal["collect", "stop"]

_LOST_AT_ONCE: Final = 1000
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
    on_outcome: OutcomeHook[Any] | None
    """Is called with the outcome of each draft (`Created`, `Refused`, `Unknown`) as soon as it is
    certain and in the journal, also while the job is cancelled; at the end with those that are sent
    and not settled, as `Unknown`. Not with what an earlier run of the job found. None."""
    on_progress: ProgressHook | None
    """Is told how far the job is. None."""
    settle_after: float | None
    """Seconds from sending for which the server may still be at work on a request whose reply was
    lost: what is not there then is sent again. Never less than the client's `timeout` and 10 more;
    None is what the client says, 40."""
    stop: StopEvent | None
    """An event, or anything with ``is_set()``. Once it is set, no more drafts are taken, and the
    job ends as soon as the requests on their way have ended. What was lost and is not settled yet
    is `Unknown`, and is settled when the same job is run again with its journal. None."""


async def create_many(
    creation: Creation[T],
    drafts: Drafts[D],
    *,
    concurrency: int | None = None,
    batch_size: int | None = None,
    journal: str | PathLike[str] | None = None,
    on_error: OnError = "collect",
    on_outcome: OutcomeHook[T] | None = None,
    on_progress: ProgressHook | None = None,
    settle_after: float | None = None,
    stop: StopEvent | None = None,
) -> BulkReport[T]:
    """Creates every draft and reports what became of it.

    The input is read no further ahead than the requests in flight, and closed in the end if it is a
    generator, or an async iterator with ``aclose``.

    Raises InvalidInput for an option that cannot be right; CallError where the container cannot be
    read at the beginning; JournalError, with its ``report`` once the job has begun; BulkInterrupted
    for what `drafts` or a hook raises, after the requests in flight have ended and what was lost is
    settled.
    """
    size = creation.spec.batch_size if batch_size is None else batch_size
    check_count("batch_size", size, least=1)
    if on_error not in ("collect", "stop"):
        raise InvalidInput(f"on_error must be 'collect' or 'stop', not {on_error!r:.60}")
    if stop is not None and not callable(getattr(stop, "is_set", None)):
        raise InvalidInput(f"stop must be an event, not {stop!r:.60}")
    if settle_after is None:
        settle_after = creation.settle_after
    check_positive("settle_after", settle_after)
    settle_after = max(settle_after, creation.least_settle_after)
    reader = Reader(drafts)
    keeping: Keeping[T] = InMemory(creation.spec)
    if journal is not None:
        from agilekit.bulk.on_disk import OnDisk  # SQLite is loaded by who wants a journal

        keeping = await OnDisk[T].open(creation, journal)
    job = _Job(
        creation,
        reader,
        keeping,
        batch_size=size,
        settle_after=settle_after,
        stops=on_error == "stop",
        on_outcome=on_outcome,
        on_progress=on_progress,
        stop=stop,
    )
    try:
        await job.run(1 if creation.spec.in_order else concurrency or creation.concurrency)
    finally:
        await job.aclose()
        ending = job.ending
        report = BulkReport(keeping.outcomes(), stopped=ending.stopped, reason=ending.reason)
        if ending.failure is not None:
            raise_failure(ending.failure, report)
    return report


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
        on_outcome: OutcomeHook[T] | None,
        on_progress: ProgressHook | None,
        stop: StopEvent | None,
    ) -> None:
        self._changed = Signal()
        self.ending = Ending(self._hasten)
        self._creation = creation
        self._spec = creation.spec
        self._reader = reader
        self._keeping = keeping
        self._batch_size = batch_size
        self._stops = stops
        self._stop_event = stop
        self._hooks = Hooks[T](on_outcome, on_progress, self.ending.fail)
        self._troubles = Troubles()
        self._most_lost = 1 if creation.spec.in_order else _LOST_AT_ONCE
        self._again: deque[Sent] = deque()
        self._requests: set[BatchRequest] = set()
        self._open: list[Sent] = []
        """Those that were on their way when the job was cancelled, or a hook raised."""
        self._is_reading = False
        self._cut = False
        """Whether the reading of the input was cancelled by the job itself."""
        self._watching = anyio.CancelScope()
        self._settler = Settler(
            evolve(creation, listing=self._listing),
            keeping,
            settle_after=settle_after,
            batch_size=batch_size,
            record=self._record,
            resend=self._again.extend,
            on_look=self._report_progress,
            changed=self._changed,
        )

    # From the beginning to the end.

    async def run(self, concurrency: int) -> None:
        with self.ending.job:
            watch = partial(self._guarded, self._watch)
            await run_all([watch, partial(self._run, concurrency)], at_once=2)
        own = self._cut or self.ending.failure is not None
        if self._reader.cancelled is not None and not own:
            raise self._reader.cancelled  # the source's own: nobody else has cancelled anything

    async def _run(self, concurrency: int) -> None:
        try:
            with self.ending.beginning:
                self._settler.above = await self._high_water_mark()
        except AgilekitError:
            raise
        except Exception as error:  # noqa: BLE001 - a hook's; raised at the end
            self.ending.fail(error)
            self.ending.end()
        if not self.ending.is_at_once:
            work = [self._work] * concurrency
            guarded = [partial(self._guarded, job) for job in (*work, self._settle)]
            await run_all(guarded, at_once=concurrency + 1)
            if self._reader.ended and self.ending.failure is None:
                await self._guarded(lambda: self._keeping.ended(self._reader.count))
        self._watching.cancel()

    async def aclose(self) -> None:
        """Keeps and tells what the job leaves, however it ends."""
        with anyio.CancelScope(shield=True):
            for close in (self._leave, self._reader.aclose, self._keeping.aclose):
                await self._guarded(close)

    async def _leave(self) -> None:
        ends = [unknown(sent, sent.error) for sent in (*self._settler.lost, *self._open)]
        self._keeping.leave(ends)
        try:
            await self._record([unsent(sent) for sent in self._again])
        finally:
            for end in ends:
                self._hooks.outcome(end.outcome)

    async def _guarded(self, job: Job) -> None:
        """What a part of the job raises ends the job, and no other part of it."""
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - raised at the end
            self.ending.fail(error)
            self.ending.end()

    def _hasten(self) -> None:
        if self.ending.is_at_once:
            for request in self._requests:
                request.give_up()
        self._changed.tell()

    async def _watch(self) -> None:
        if self._stop_event is not None:
            with self._watching:
                await until_set(self._stop_event)
                self.ending.end()

    def _is_over(self) -> bool:
        if self._is_reading or self._requests:
            return False
        if self.ending.is_at_once:
            return True
        to_come = not self.ending.stopped and (self._again or self._may_take())
        return self._settler.is_idle and not to_come

    def _may_take(self) -> bool:
        return not (self._reader.ended or self.ending.takes_no_more)

    # The beginning.

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

    # The work.

    async def _settle(self) -> None:
        with self.ending.settling:
            await self._settler.run(self._is_over)

    async def _listing(self) -> AsyncIterator[T]:
        began = anyio.current_time()
        try:
            async for item in self._creation.listing():
                yield item
        except CallError as error:
            if is_down(error) and self._troubles.stops(error, began=began):
                self.ending.stop(error)
            raise

    async def _work(self) -> None:
        while not self._is_over():
            if self.ending.is_at_once or (self._stops and self._settler.has_refused):
                await self._changed.wait()
            elif (pause := self._troubles.pause) > 0:
                with anyio.move_on_after(pause):
                    await self._changed.wait()
            elif self._again and not self.ending.stopped:
                await self._send(self._take_again())
            elif self._may_read():
                await self._send(await self._read_next())
            else:
                await self._changed.wait()

    def _may_read(self) -> bool:
        # One at a time, so that a draft that has changed is found before any behind it is sent.
        free = not self._is_reading and len(self._settler.lost) < self._most_lost
        return free and not self.ending.stopped and self._may_take()

    def _take_again(self) -> list[Sent]:
        batch: list[Sent] = []
        most = self._batch_size
        while self._again and len(batch) < (most := min(most, self._again[0].most_beside or most)):
            batch.append(self._again.popleft())
        return batch

    async def _read_next(self) -> list[Sent]:
        """The next drafts that are to be sent, of as many as one request takes."""
        self._is_reading = True
        taken: list[tuple[int, D]] = []
        try:
            with anyio.CancelScope() as self.ending.reading:
                # So that whoever has read before sends before, too.
                await anyio.lowlevel.checkpoint()
                await self._reader.take(self._batch_size, taken)
            self._cut = self.ending.reading.cancelled_caught
            if self._reader.failure is not None:
                self.ending.fail(self._reader.failure)
            return await self._to_send([self._read(position, draft) for position, draft in taken])
        finally:
            self._is_reading = False
            self._changed.tell()

    async def _to_send(self, read: list[tuple[Sent, InvalidInput | None]]) -> list[Sent]:
        """Those that are valid, and of which the job knows nothing certain yet."""
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

    def _read(self, position: int, draft: D) -> tuple[Sent, InvalidInput | None]:
        try:
            return Sent(position, draft, self._creation.encode(draft)), None
        except InvalidInput as error:
            return Sent(position, _shown(draft), None), error

    async def _send(self, batch: list[Sent]) -> None:
        if not batch:
            return
        if self.ending.stopped:
            self._give_up(batch)
            return
        request = BatchRequest(batch)
        self._requests.add(request)
        self._settler.sends(batch)
        try:
            with request.scope:
                await self._request(request)
        finally:
            if request.has_left:
                self._open += batch
            elif not request.is_answered:
                self._give_up(batch)
            self._settler.sent(batch)
            self._requests.remove(request)
            self._changed.tell()

    def _give_up(self, batch: Sequence[Sent]) -> None:
        """These were not sent, and are not sent any more."""
        for sent in batch:
            if not sent.doubted:
                sent.error = NotSent("the job ended before it was sent")
        self._again.extend(batch)

    async def _request(self, request: BatchRequest) -> None:
        batch = request.batch
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
            self._settler.lose(batch, error, left=request.left)
            self._judge(error, request)
        except CallError as error:
            request.ends()
            self._judge(error, request)
            await self._refuse(batch, error)
        else:
            request.ends()
            pairs, unmatched = self._matched(batch, items)
            if unmatched:
                why = UnknownOutcome("the answer holds no item that was made of this draft")
                self._settler.lose(unmatched, why, left=request.left)
            self._settler.accepted([sent for sent, _ in pairs])
            await self._record([created(sent, item) for sent, item in pairs])

    def _judge(self, error: CallError, request: BatchRequest) -> None:
        if self._troubles.stops(error, began=request.began):
            self.ending.stop(error)

    async def _refuse(self, batch: Sequence[Sent], error: CallError) -> None:
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
        if any(isinstance(end.outcome, Created) for end in ends):
            self._troubles.created()
        try:
            with anyio.CancelScope(shield=True):
                await self._keeping.record(ends)
        finally:  # what could not be kept is told all the same
            for end in ends:
                self._hooks.outcome(end.outcome)
        failed = [end.outcome for end in ends if not isinstance(end.outcome, Created)]
        if self._stops and failed:
            self.ending.stop(failed[0].error)
        self._report_progress()

    def _report_progress(self) -> None:
        if self._hooks.counts:
            count = self._keeping.outcomes().count
            unsettled = len(self._settler.lost) + len(self._again)
            progress = BulkProgress(count("created"), count("refused"), count("unknown"), unsettled)
            self._hooks.progress(progress)


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
