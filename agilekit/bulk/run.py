"""One run of a job: every draft becomes one item, or is reported with the reason why not.

It goes like this:

1. `baseline`: what was in the container before the job, so that new items can be told from old.
2. Workers read drafts and hand them to the `Sender`, several requests at once.
3. Drafts that are *lost*, sent without a clear answer, go to the `Settler`, which looks for them
   while the workers go on. Those that became nothing come back to be sent again. In a container
   with one writer, the drafts behind a lost one wait for it.
4. If anything was sent twice, one more look for what may be there twice (`settle.duplicates`).

Every result goes through `_record`: to the store, then to the caller's hook. Only what is left
unsettled at the end does not (`_report_unfinished`).
What ends a job early is in `shutdown` and `circuit_breaker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Generic, TypeVar, cast

import anyio
import anyio.lowlevel

from agilekit.bulk.baseline import take_baseline
from agilekit.bulk.circuit_breaker import CircuitBreaker, is_down, reporting_failures
from agilekit.bulk.drafts import D, DraftSource
from agilekit.bulk.hooks import Hooks, OutcomeHook
from agilekit.bulk.identity.marks import Mark
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.job_events import JobEvents
from agilekit.bulk.outcomes import unknown, unsent
from agilekit.bulk.report import (
    BulkProgress,
    Created,
    Draft,
    ProgressHook,
    Refused,
)
from agilekit.bulk.sender import Sender
from agilekit.bulk.settle.duplicates import find_duplicates
from agilekit.bulk.settle.settler import Settler
from agilekit.bulk.shutdown import Shutdown, StopEvent, until_set
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.bulk.store import Entry, JobStore, PriorState, Result
from agilekit.errors import (
    AgilekitError,
    CallError,
    InvalidInput,
)
from agilekit.session.workers import Job, run_all

__all__ = ["Run"]

T = TypeVar("T")

_LOST_AT_ONCE: Final = 1000


class Run(Generic[T, D]):
    """A run from its baseline to its last result; `create_many` makes the report of it."""

    def __init__(
        self,
        creation: Creation[T],
        source: DraftSource[D],
        store: JobStore[T],
        *,
        batch_size: int,
        mark: Mark | None,
        settle_after: float,
        goes_first: bool,
        stops: bool,
        on_outcome: OutcomeHook[T] | None,
        on_progress: ProgressHook | None,
        stop: StopEvent | None,
    ) -> None:
        self._changed = Signal()
        self.shutdown: Shutdown = Shutdown(self._on_shutdown)
        self._creation = creation
        self._spec = creation.spec
        self._source = source
        self._store = store
        self._matcher = ItemMatcher(creation.spec)
        self._mark = mark
        self._batch_size = batch_size
        self._settle_after = settle_after
        self._stops = stops
        self._stop_event = stop
        self._hooks = Hooks[T](on_outcome, on_progress, self.shutdown.fail)
        self._events = JobEvents(creation)
        self._began = 0.0
        self._ended_by: BaseException | None = None
        self._breaker = CircuitBreaker()
        self._lost_limit = 1 if creation.spec.in_order else _LOST_AT_ONCE
        self._found_by_mark: dict[int, T] = {}
        """By position, items that were there before this run, and bear the marks of the job."""
        self._is_reading = False
        self._has_cut_input = False
        """Whether the reading of the input was cancelled by the job itself."""
        self._watching = anyio.CancelScope()
        self._sender = Sender(
            creation,
            store,
            self._matcher,
            batch_size=batch_size,
            goes_first=goes_first,
            breaker=self._breaker,
            shutdown=self.shutdown,
            record=self._record,
            changed=self._changed,
        )
        self._settler = Settler(
            reporting_failures(creation, self._breaker, self._on_failed_look),
            store,
            self._matcher,
            settle_after=settle_after,
            batch_size=batch_size,
            record=self._record,
            resend=self._sender.to_resend.extend,
            is_sending=lambda: self._is_reading or bool(self._sender.requests),
            on_look=self._report_progress,
            changed=self._changed,
        )

    async def run(self, concurrency: int) -> None:
        self._began = anyio.current_time()
        try:
            if self._hooks.call(self._events.begin):
                await self._run_all(concurrency)
        except BaseException as error:
            self._ended_by = error
            raise

    async def _run_all(self, concurrency: int) -> None:
        with self.shutdown.job_scope:
            watch = partial(self._guard, self._watch)
            await run_all([watch, partial(self._run, concurrency)], at_once=2)
        own = self._has_cut_input or self.shutdown.failure is not None
        if self._source.cancelled is not None and not own:
            raise self._source.cancelled  # by the source itself: the job has cancelled nothing

    async def _run(self, concurrency: int) -> None:
        try:
            with self.shutdown.start_scope:
                await self._start()
        except AgilekitError:
            raise
        except Exception as error:  # noqa: BLE001 - a hook's; raised at the end
            self.shutdown.fail(error)
            self.shutdown.end_now()
        if not self.shutdown.is_immediate:
            work = [self._work] * concurrency
            parts = [partial(self._guard, job) for job in (*work, self._settle)]
            await run_all(parts, at_once=concurrency + 1)
            await self._guard(self._store.flush)
            if self._source.ended and self.shutdown.failure is None:
                await self._guard(lambda: self._store.end_input(self._source.count))
        self._watching.cancel()

    async def aclose(self) -> None:
        """Keeps and reports what the job leaves unfinished, however it ends."""
        with anyio.CancelScope(shield=True):
            for close in (self._report_unfinished, self._source.aclose, self._store.aclose):
                await self._guard(close)
        self._hooks.call(self._tell_end)

    def _tell_end(self) -> None:
        error = self.shutdown.failure or self._ended_by or self.shutdown.reason
        self._ended_by = None  # which holds the frame that holds it
        self._events.end(anyio.current_time() - self._began, self._store, error)

    async def _report_unfinished(self) -> None:
        results = [
            unknown(entry, entry.error) for entry in (*self._settler.lost, *self._sender.unanswered)
        ]
        self._store.leave_unsettled(results)
        try:
            self._record([unsent(entry) for entry in self._sender.to_resend])
        finally:
            for result in results:
                self._hooks.outcome(result.outcome)

    async def _guard(self, job: Job) -> None:
        """What one part of the job raises ends the job, but breaks off no other part of it."""
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - raised at the end
            self.shutdown.fail(error)
            self.shutdown.end_now()

    def _on_shutdown(self) -> None:
        if self.shutdown.is_immediate:
            for request in self._sender.requests:
                request.give_up()
        self._changed.notify()

    async def _watch(self) -> None:
        if self._stop_event is not None:
            with self._watching:
                await until_set(self._stop_event)
                self.shutdown.end_now()

    def _is_over(self) -> bool:
        if self._is_reading or self._sender.requests:
            return False
        if self.shutdown.is_immediate:
            return True
        to_come = not self.shutdown.stopped and (self._sender.to_resend or self._has_input())
        return self._settler.is_idle and not to_come

    def _has_input(self) -> bool:
        return not (self._source.ended or self.shutdown.takes_no_more)

    async def _start(self) -> None:
        baseline = await take_baseline(
            self._creation,
            self._store,
            self._matcher,
            self._mark,
            settle_after=self._settle_after,
        )
        self._settler.high_water_mark = self._sender.highest_number = baseline.high_water_mark
        self._settler.is_of_project = baseline.is_of_project
        self._found_by_mark = baseline.found
        self._sender.goes_first &= baseline.is_first_run

    async def _settle(self) -> None:
        with self.shutdown.settle_scope:
            await self._settler.run(self._is_over)
            if self._sender.has_resent and self._spec.lists_all:
                await self._look_for_duplicates()

    async def _look_for_duplicates(self) -> None:
        try:
            found = await find_duplicates(
                self._creation,
                self._store,
                self._matcher,
                None if self._sender.resent_by_earlier_run else self._sender.resent.values(),
                high_water_mark=self._settler.high_water_mark,
            )
        except CallError as error:  # everything is created; only the look is missing
            self.shutdown.reason = self.shutdown.reason or error
        else:
            await self._store.note_duplicates(found)

    def _on_failed_look(self, error: CallError, began: int) -> None:
        if is_down(error) and self._breaker.trips(error, began=began):
            self.shutdown.stop(error)

    async def _work(self) -> None:
        """A worker: sends what comes back before it reads more, so that little is open at once.

        Who takes something to send wakes one that waits, as there may be more: all of them at once
        would look for the same.
        """
        while not self._is_over():
            if self._is_on_hold():
                await self._wait()
            elif (pause := self._breaker.pause) > 0:
                with anyio.move_on_after(pause):
                    await self._wait()
            elif self._sender.to_resend and not self.shutdown.stopped:
                batch = self._sender.take_resends()
                self._changed.notify_one()
                await self._sender.send(batch, self._settler)
            elif self._may_read():
                await self._sender.send(await self._read_next(), self._settler)
            else:
                await self._wait()

    def _is_on_hold(self) -> bool:
        """Whether nothing may be sent at the moment."""
        # With on_error="stop", a refusal that is still looked for may be the end of the job.
        may_stop = self._stops and self._settler.has_refused
        return self.shutdown.is_immediate or self._settler.on_hold or may_stop

    async def _wait(self) -> None:
        """Returns when something may have changed; before a long wait, results go to disk."""
        is_soon = self._is_reading and not self._source.may_wait
        if self._store.has_unflushed and not is_soon:
            await self._store.flush()
        else:
            await self._changed.wait_in_line()

    def _may_read(self) -> bool:
        # One at a time, so that a draft that has changed is found before any behind it is sent.
        is_free = not (self._is_reading or self._sender.first_is_under_way)
        has_room = len(self._settler.lost) < self._lost_limit
        return is_free and has_room and not self.shutdown.stopped and self._has_input()

    async def _read_next(self) -> list[Entry]:
        """The next drafts that are to be sent, of as many as one request takes."""
        self._is_reading = True
        taken: list[tuple[int, D]] = []
        batch: list[Entry] = []
        try:
            if self._source.may_wait:
                await self._store.flush()
                with anyio.CancelScope() as self.shutdown.read_scope:
                    await self._source.take(self._batch_size, taken)
                self._has_cut_input = self.shutdown.read_scope.cancelled_caught
            else:
                # The worker that read the drafts before these sends before them, too.
                await anyio.lowlevel.checkpoint()
                await self._source.take(self._batch_size, taken)
            if self._source.failure is not None:
                self.shutdown.fail(self._source.failure)
            batch = await self._to_send(
                [self._encoded(position, draft) for position, draft in taken]
            )
            return batch
        finally:
            self._is_reading = False
            if batch and self._has_input():
                self._changed.notify_one()
            else:
                self._changed.notify()

    async def _to_send(self, read: list[tuple[Entry, InvalidInput | None]]) -> list[Entry]:
        """Those that are valid, and of which the job knows nothing certain yet."""
        known = await self._store.prior_states([entry for entry, _ in read])
        new: list[tuple[Entry, InvalidInput | None]] = []
        for entry, error in read:
            before = known.get(entry.position, PriorState("again"))
            if before.state == "lost":
                self._settler.resume(entry, before)
            elif before.state == "again":  # what is "certain" is in the report already
                entry.was_lost = before.sent_at is not None
                if entry.was_lost:
                    self._sender.resent[entry.position] = entry
                new.append((entry, error))
        results: list[Result[T]] = []
        batch: list[Entry] = []
        for entry, error in new:
            if error is not None:
                results.append(Result(entry, Refused(entry.position, entry.draft, error)))
            elif entry.position in self._found_by_mark:
                item = self._found_by_mark.pop(entry.position)
                results.append(self._matcher.created(entry, item))
            else:
                batch.append(entry)
        self._record(results)
        return batch

    def _encoded(self, position: int, draft: D) -> tuple[Entry, InvalidInput | None]:
        try:
            marked = self._matcher.with_mark(position, draft)
            return Entry(position, draft, self._creation.encode(marked)), None
        except InvalidInput as error:
            return Entry(position, _shown(draft), None), error

    def _record(self, results: Sequence[Result[T]]) -> None:
        if not results:
            return
        if any(isinstance(result.outcome, Created) for result in results):
            self._breaker.succeeded()
        try:
            self._store.record(results)
        finally:  # the hook is told even what could not be stored
            for result in results:
                self._hooks.outcome(result.outcome)
        failed = [result.outcome for result in results if not isinstance(result.outcome, Created)]
        if self._stops and failed:
            self.shutdown.stop(failed[0].error)
        self._report_progress()

    def _report_progress(self) -> None:
        if self._hooks.wants_progress:
            count = self._store.outcomes().count
            unsettled = len(self._settler.lost) + len(self._sender.to_resend)
            progress = BulkProgress(count("created"), count("refused"), count("unknown"), unsettled)
            self._hooks.progress(progress)


def _shown(draft: object) -> Draft:
    """A draft that is not valid, as the report shows it: it may be anything."""
    return cast("Draft", draft) if isinstance(draft, dict) else {"draft": repr(draft)[:200]}
