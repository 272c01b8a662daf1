"""One run of a job: every draft becomes one item, or is reported with the reason why not.

Workers send drafts, several requests at once. Drafts that are *lost*, sent without a clear answer,
go to the `Settler`, which looks for them while the workers go on; those that became nothing come
back to be sent again. In a container with one writer, those behind a lost draft wait for it. What
ends a job early is in `ending`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Generic, TypeVar, cast

import anyio
import anyio.lowlevel

from agilekit.bulk.beginning import begin
from agilekit.bulk.drafts import D, Reader
from agilekit.bulk.ending import Ending
from agilekit.bulk.hooks import Hooks, OutcomeHook
from agilekit.bulk.keeping import End, Keeping, Known, Sent
from agilekit.bulk.last_look import look_for_duplicates
from agilekit.bulk.marks import Mark
from agilekit.bulk.outcomes import unknown, unsent
from agilekit.bulk.recognition import Recognition
from agilekit.bulk.report import (
    BulkProgress,
    Created,
    Draft,
    ProgressHook,
    Refused,
)
from agilekit.bulk.sending import Sender
from agilekit.bulk.settler import Settler
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.bulk.stopping import StopEvent, Troubles, is_down, until_set, watched
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
        self._changed = Signal()
        self.ending: Ending = Ending(self._hasten)
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
        self._hooks = Hooks[T](on_outcome, on_progress, self.ending.fail)
        self._troubles = Troubles()
        self._most_lost = 1 if creation.spec.in_order else _LOST_AT_ONCE
        self._found: dict[int, T] = {}
        """By position, items that were there before the job, and bear its marks."""
        self._is_reading = False
        self._cut = False
        """Whether the reading of the input was cancelled by the job itself."""
        self._watching = anyio.CancelScope()
        self._sender = Sender(
            creation,
            keeping,
            self._recognition,
            batch_size=batch_size,
            goes_ahead=goes_ahead,
            troubles=self._troubles,
            ending=self.ending,
            record=self._record,
            changed=self._changed,
        )
        self._settler = Settler(
            watched(creation, self._fail_to_look),
            keeping,
            self._recognition,
            settle_after=settle_after,
            batch_size=batch_size,
            record=self._record,
            resend=self._sender.again.extend,
            is_sending=lambda: self._is_reading or bool(self._sender.requests),
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
                await self._begin()
        except AgilekitError:
            raise
        except Exception as error:  # noqa: BLE001 - a hook's; raised at the end
            self.ending.fail(error)
            self.ending.end()
        if not self.ending.is_at_once:
            work = [self._work] * concurrency
            guarded = [partial(self._guarded, job) for job in (*work, self._settle)]
            await run_all(guarded, at_once=concurrency + 1)
            await self._guarded(self._keeping.flush)
            if self._reader.ended and self.ending.failure is None:
                await self._guarded(lambda: self._keeping.ended(self._reader.count))
        self._watching.cancel()

    async def aclose(self) -> None:
        """Keeps and tells what the job leaves, however it ends."""
        with anyio.CancelScope(shield=True):
            for close in (self._leave, self._reader.aclose, self._keeping.aclose):
                await self._guarded(close)

    async def _leave(self) -> None:
        ends = [unknown(sent, sent.error) for sent in (*self._settler.lost, *self._sender.open)]
        self._keeping.leave(ends)
        try:
            await self._record([unsent(sent) for sent in self._sender.again])
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
            for request in self._sender.requests:
                request.give_up()
        self._changed.tell()

    async def _watch(self) -> None:
        if self._stop_event is not None:
            with self._watching:
                await until_set(self._stop_event)
                self.ending.end()

    def _is_over(self) -> bool:
        if self._is_reading or self._sender.requests:
            return False
        if self.ending.is_at_once:
            return True
        to_come = not self.ending.stopped and (self._sender.again or self._may_take())
        return self._settler.is_idle and not to_come

    def _may_take(self) -> bool:
        return not (self._reader.ended or self.ending.takes_no_more)

    # The beginning.

    async def _begin(self) -> None:
        beginning = await begin(
            self._creation,
            self._keeping,
            self._recognition,
            self._mark,
            settle_after=self._settle_after,
        )
        self._settler.above = self._sender.highest = beginning.above
        self._settler.is_above_project = beginning.is_of_project
        self._found = beginning.found
        self._sender.goes_ahead &= beginning.is_first_run

    # The work.

    async def _settle(self) -> None:
        with self.ending.settling:
            await self._settler.run(self._is_over)
            if self._sender.has_resent and self._spec.lists_all:
                await self._look_for_duplicates()

    async def _look_for_duplicates(self) -> None:
        try:
            found = await look_for_duplicates(
                self._creation,
                self._keeping,
                self._recognition,
                None if self._sender.resent_before else self._sender.resent.values(),
                above=self._settler.above,
            )
        except CallError as error:
            self.ending.reason = self.ending.reason or error
        else:
            await self._keeping.note_duplicates(found)

    def _fail_to_look(self, error: CallError, began: float) -> None:
        if is_down(error) and self._troubles.stops(error, began=began):
            self.ending.stop(error)

    async def _work(self) -> None:
        while not self._is_over():
            if self._holds():
                await self._wait()
            elif (pause := self._troubles.pause) > 0:
                with anyio.move_on_after(pause):
                    await self._wait()
            elif self._sender.again and not self.ending.stopped:
                await self._sender.send(self._sender.take_again(), self._settler)
            elif self._may_read():
                await self._sender.send(await self._read_next(), self._settler)
            else:
                await self._wait()

    def _holds(self) -> bool:
        """Whether nothing may be sent at the moment."""
        may_stop = self._stops and self._settler.has_refused
        return self.ending.is_at_once or self._settler.holds or may_stop

    async def _wait(self) -> None:
        """Returns when something may have changed. What is certain is kept before it takes long."""
        is_soon = self._is_reading and not self._reader.may_wait
        if self._keeping.is_behind and not is_soon:
            await self._keeping.flush()
        else:
            await self._changed.wait()

    def _may_read(self) -> bool:
        # One at a time, so that a draft that has changed is found before any behind it is sent.
        is_free = not (self._is_reading or self._sender.is_ahead)
        has_room = len(self._settler.lost) < self._most_lost
        return is_free and has_room and not self.ending.stopped and self._may_take()

    async def _read_next(self) -> list[Sent]:
        """The next drafts that are to be sent, of as many as one request takes."""
        self._is_reading = True
        taken: list[tuple[int, D]] = []
        try:
            if self._reader.may_wait:
                await self._keeping.flush()
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
                if sent.doubted:
                    self._sender.resent[sent.position] = sent
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
            unsettled = len(self._settler.lost) + len(self._sender.again)
            progress = BulkProgress(count("created"), count("refused"), count("unknown"), unsettled)
            self._hooks.progress(progress)


def _shown(draft: object) -> Draft:
    return cast("Draft", draft) if isinstance(draft, dict) else {"draft": repr(draft)[:200]}
