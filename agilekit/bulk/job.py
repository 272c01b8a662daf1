"""A job: every draft becomes one item, or is reported with the reason why not.

Workers send drafts, several requests at once. Drafts that are *lost*, sent without a clear answer,
go to the `Settler`, which looks for them while the workers go on; those that became nothing come
back to be sent again. In a container with one writer, those behind a lost draft wait for it.

*How it ends.* Where nothing ends it before, with its last draft. Else no more drafts are taken, and

===============================  ===================================================================
what ended it                    what was taken
===============================  ===================================================================
the input, a hook raised         comes to its end: is sent, sent again, settled
something that blames the job,   what is on its way comes to its end, what was lost is settled;
``on_error="stop"``              nothing is sent again
``stop``, the journal failed     what is on its way comes to its end; nothing is settled
cancellation                     nothing is waited for; answers that are here are recorded
===============================  ===================================================================
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from os import PathLike
from typing import Any, Final, Generic, Literal, NoReturn, TypeAlias, TypedDict, TypeVar, cast

import anyio
import anyio.lowlevel
from attrs import evolve

from agilekit.bulk.beginning import begin, checked, note_watermark
from agilekit.bulk.drafts import D, Drafts, Reader
from agilekit.bulk.hooks import Hooks, OutcomeHook
from agilekit.bulk.keeping import End, InMemory, Keeping, Known, Sent
from agilekit.bulk.last_look import look_for_duplicates
from agilekit.bulk.marks import Mark
from agilekit.bulk.outcomes import blames_one, refused, unknown, unsent
from agilekit.bulk.pairing import pair
from agilekit.bulk.recognition import Recognition
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
    BulkInterrupted,
    CallError,
    Forbidden,
    InvalidInput,
    JournalError,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
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
_RESENT: Final = "resent"
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
    mark: str | Mark | None
    """The name of a text field of the drafts in which the job writes its own id and the position of
    the draft, so that nothing rests on texts: ``[ak-k3f9x2ab-17]``. None: no marks."""
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
    mark: str | Mark | None = None,
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
    wanted = checked(mark, creation.spec)
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
        mark=wanted,
        settle_after=settle_after,
        goes_ahead=journal is not None and creation.survey is not None,
        stops=on_error == "stop",
        on_outcome=on_outcome,
        on_progress=on_progress,
        stop=stop,
    )
    try:
        await job.run(1 if creation.spec.in_order else concurrency or creation.concurrency)
    finally:
        await job.aclose()
        report = BulkReport(keeping.outcomes(), stopped=job.stopped, reason=job.reason)
        if job.failure is not None:
            _raise(job.failure, report)
    return report


class _Job(Generic[T, D]):
    def __init__(
        self,
        creation: Creation[T],
        reader: Reader[D],
        keeping: Keeping[T],
        *,
        batch_size: int,
        mark: Mark | None,
        settle_after: float,
        goes_ahead: bool,
        stops: bool,
        on_outcome: OutcomeHook[T] | None,
        on_progress: ProgressHook | None,
        stop: StopEvent | None,
    ) -> None:
        self._creation = creation
        self._spec = creation.spec
        self._reader = reader
        self._keeping = keeping
        self._recognition = Recognition(creation.spec)
        self._mark = mark
        self._batch_size = batch_size
        self._settle_after = settle_after
        self._stops = stops
        self._stop_event = stop
        self._hooks = Hooks[T](on_outcome, on_progress, self._fail)
        self._troubles = Troubles()
        self._most_lost = 1 if creation.spec.in_order else _LOST_AT_ONCE
        self._again: deque[Sent] = deque()
        self._found: dict[int, T] = {}
        """By position, items that were there before the job, and bear its marks."""
        self._resent: dict[int, Sent] = {}
        """What this run sends a second time."""
        self._resent_before = keeping.value(_RESENT) is not None
        self._has_resent = self._resent_before
        self._highest = 0
        """The highest number that is known to be used."""
        self._goes_ahead = goes_ahead
        """Whether the next request goes ahead of all others: its items bear the lowest numbers of
        the job, so that whatever is below is none of it, wherever in the project it is found."""
        self._is_ahead = False
        self._requests: set[BatchRequest] = set()
        self._open: list[Sent] = []
        """Those that were on their way when the job was cancelled, or a hook raised."""
        self._is_reading = False
        self._is_ending = False
        """Whether only the requests in flight are still waited for."""
        self._whole = anyio.CancelScope()
        self._watching = anyio.CancelScope()
        self._beginning = anyio.CancelScope()
        self._reading = anyio.CancelScope()
        self._takes_no_more = self._cut = False
        self._settling = anyio.CancelScope()
        self._changed = Signal()
        self._settler = Settler(
            self._watched(creation),
            keeping,
            self._recognition,
            settle_after=settle_after,
            batch_size=batch_size,
            record=self._record,
            resend=self._again.extend,
            on_look=self._report_progress,
            changed=self._changed,
        )
        self.stopped = False
        self.reason: AgilekitError | None = None
        self.failure: BaseException | None = None
        """What ended the job: of the caller's own, or the journal's."""

    # From the beginning to the end.

    async def run(self, concurrency: int) -> None:
        with self._whole:
            await run_all([self._watch, lambda: self._run(concurrency)], at_once=2)
        own = self._cut or self.failure is not None
        if self._reader.cancelled is not None and not own:
            raise self._reader.cancelled  # the source's own: nobody else has cancelled anything

    async def _run(self, concurrency: int) -> None:
        try:
            with self._beginning:
                await self._begin()
        except AgilekitError:
            raise
        except Exception as error:  # noqa: BLE001 - a hook's; raised at the end
            self._fail(error)
            self._end()
        if not self._is_ending:
            work = [self._work] * concurrency
            guarded = [partial(self._guarded, job) for job in (*work, self._settle)]
            await run_all(guarded, at_once=concurrency + 1)
            if self._reader.ended and self.failure is None:
                await self._guarded(lambda: self._keeping.ended(self._reader.count))
        self._watching.cancel()

    async def aclose(self) -> None:
        """Keeps and tells what the job leaves, however it ends."""
        with anyio.CancelScope(shield=True):
            try:
                await self._guarded(self._leave)
                await self._guarded(self._reader.aclose)
            finally:
                await self._keeping.aclose()

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
            self._fail(error)
            self._end()

    # What ends it.

    def _fail(self, error: BaseException) -> None:
        """The caller's own exception, or the journal's. What was taken has its end all the same."""
        if self.failure is None:
            self.failure = error
        self._take_no_more()
        if not isinstance(error, Exception):  # such as KeyboardInterrupt
            self._whole.cancel()

    def _stop(self, reason: AgilekitError) -> None:
        """No more drafts are taken. Those that were lost are settled."""
        if not self.stopped:
            self.stopped, self.reason = True, reason
        self._take_no_more()

    def _end(self) -> None:
        """Nothing is sent any more, nor looked for. What is on its way comes to its end."""
        self.stopped = self._is_ending = True
        self._beginning.cancel()
        self._settling.cancel()
        for request in self._requests:
            request.give_up()
        self._take_no_more()

    def _take_no_more(self) -> None:
        self._takes_no_more = True
        self._reading.cancel()
        self._changed.tell()

    async def _watch(self) -> None:
        if self._stop_event is not None:
            with self._watching:
                await until_set(self._stop_event)
                self._end()

    def _is_over(self) -> bool:
        if self._is_reading or self._requests:
            return False
        if self._is_ending:
            return True
        to_come = not self.stopped and (self._again or self._may_take())
        return self._settler.is_idle and not to_come

    def _may_take(self) -> bool:
        return not (self._reader.ended or self._takes_no_more)

    # The beginning.

    async def _begin(self) -> None:
        beginning = await begin(
            self._creation,
            self._keeping,
            self._recognition,
            self._mark,
            settle_after=self._settle_after,
        )
        self._settler.above = self._highest = beginning.above
        self._found = beginning.found
        self._goes_ahead = self._goes_ahead and beginning.is_first_run

    # The end.

    async def _look_for_duplicates(self) -> None:
        """If anything was sent twice, also by an earlier run."""
        if not self._has_resent or not self._spec.lists_all or self._is_ending:
            return
        try:
            found = await look_for_duplicates(
                self._creation,
                self._keeping,
                self._recognition,
                None if self._resent_before else self._resent.values(),
                above=self._settler.above,
            )
        except CallError as error:
            self.reason = self.reason or error
        else:
            await self._keeping.note_duplicates(found)

    # The work.

    async def _settle(self) -> None:
        with self._settling:
            await self._settler.run(self._is_over)
            await self._look_for_duplicates()

    def _watched(self, creation: Creation[T]) -> Creation[T]:
        """The same, of which every look that fails counts."""

        def listing(look: Callable[[], AsyncIterable[T]]) -> Callable[[], AsyncIterable[T]]:
            async def watched() -> AsyncIterator[T]:
                with self._counting():
                    async for item in look():
                        yield item

            return watched

        exact = creation.exact_listing
        return evolve(
            creation,
            listing=listing(creation.listing),
            exact_listing=None if exact is None else listing(exact),
        )

    @contextmanager
    def _counting(self) -> Generator[None]:
        began = anyio.current_time()
        try:
            yield
        except CallError as error:
            if is_down(error) and self._troubles.stops(error, began=began):
                self._stop(error)
            raise

    async def _work(self) -> None:
        while not self._is_over():
            if self._is_ending or (self._stops and self._settler.has_refused):
                await self._changed.wait()
            elif (pause := self._troubles.pause) > 0:
                with anyio.move_on_after(pause):
                    await self._changed.wait()
            elif self._again and not self.stopped:
                await self._send(self._take_again())
            elif self._may_read():
                await self._send(await self._read_next())
            else:
                await self._changed.wait()

    def _may_read(self) -> bool:
        # One at a time, so that a draft that has changed is found before any behind it is sent.
        free = (
            not self._is_reading
            and not self._is_ahead
            and len(self._settler.lost) < self._most_lost
        )
        return free and not self.stopped and self._may_take()

    def _take_again(self) -> list[Sent]:
        batch: list[Sent] = []
        most = self._batch_size
        while self._again and len(batch) < (most := min(most, self._again[0].most_beside or most)):
            sent = self._again.popleft()
            self._resent[sent.position] = sent
            batch.append(sent)
        return batch

    async def _read_next(self) -> list[Sent]:
        """The next drafts that are to be sent, of as many as one request takes."""
        self._is_reading = True
        taken: list[tuple[int, D]] = []
        try:
            with anyio.CancelScope() as self._reading:
                # So that whoever has read before sends before, too.
                await anyio.lowlevel.checkpoint()
                await self._reader.take(self._batch_size, taken)
            self._cut = self._reading.cancelled_caught
            if self._reader.failure is not None:
                self._fail(self._reader.failure)
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
                if sent.doubted:
                    self._resent[sent.position] = sent
                new.append((sent, error))
        ends: list[End[T]] = []
        batch: list[Sent] = []
        for sent, error in new:
            if error is not None:
                ends.append(End(sent, Refused(sent.position, sent.draft, error)))
            elif sent.position in self._found:
                item = self._found.pop(sent.position)
                ends.append(self._recognition.created(sent, item))
            else:
                batch.append(sent)
        await self._record(ends)
        return batch

    def _read(self, position: int, draft: D) -> tuple[Sent, InvalidInput | None]:
        try:
            marked = self._recognition.marked(position, draft)
            return Sent(position, draft, self._creation.encode(marked)), None
        except InvalidInput as error:
            return Sent(position, _shown(draft), None), error

    async def _send(self, batch: list[Sent]) -> None:
        if not batch:
            return
        while self._settler.holds:
            await self._changed.wait()
        if self.stopped:
            self._give_up(batch)
            return
        goes_ahead, self._goes_ahead = self._goes_ahead, False
        self._is_ahead = self._is_ahead or goes_ahead
        request = BatchRequest(batch)
        self._requests.add(request)
        self._settler.sends(batch)
        try:
            with request.scope:
                await self._request(request, goes_ahead=goes_ahead)
        finally:
            if goes_ahead:
                self._is_ahead = False
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

    async def _request(self, request: BatchRequest, *, goes_ahead: bool) -> None:
        batch = request.batch
        for sent in batch:
            sent.above = self._highest
        if not self._has_resent and any(sent.position in self._resent for sent in batch):
            self._has_resent = True
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
            self._settler.lose(batch, error, left=request.left)
            self._judge(error, request)
        except CallError as error:
            request.ends()
            self._judge(error, request)
            await self._refuse(batch, error)
        else:
            request.ends()
            pairs, unmatched = pair(self._recognition, batch, items)
            for sent, item in pairs:
                self._recognition.learn(sent.body, item)
            numbers = [self._spec.sequence(item) for item in items]
            self._highest = max(self._highest, *numbers, 0)
            if unmatched:
                why = UnknownOutcome("the answer holds no item that was made of this draft")
                self._settler.lose(unmatched, why, left=request.left)
            self._settler.accepted([sent for sent, _ in pairs])
            await self._record([self._recognition.created(sent, item) for sent, item in pairs])
            if goes_ahead and numbers:
                self._settler.above = max(self._settler.above, min(numbers) - 1)
                await note_watermark(self._keeping, self._settler.above)

    def _judge(self, error: CallError, request: BatchRequest) -> None:
        if self._troubles.stops(error, began=request.began):
            self._stop(error)

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
            self._stop(failed[0].error)
        self._report_progress()

    def _report_progress(self) -> None:
        if self._hooks.counts:
            count = self._keeping.outcomes().count
            unsettled = len(self._settler.lost) + len(self._again)
            progress = BulkProgress(count("created"), count("refused"), count("unknown"), unsettled)
            self._hooks.progress(progress)


def _raise(failure: BaseException, report: BulkReport[T]) -> NoReturn:
    """Raises what ended a job, with its report."""
    if isinstance(failure, JournalError):
        failure.report = report
    if isinstance(failure, JournalError) or not isinstance(failure, Exception):
        raise failure
    why = f"{type(failure).__name__}: {failure}".removesuffix(": ")
    raise BulkInterrupted(f"the job was ended by {why} ({report})", report=report) from failure


def _shown(draft: object) -> Draft:
    return cast("Draft", draft) if isinstance(draft, dict) else {"draft": repr(draft)[:200]}
