"""The part of a job that finds out what became of lost drafts while others are being sent.

It looks at once, then after growing pauses, and stops as soon as nothing is left to look for.

*How long.* The server may still be at work on whatever it may have received before a timeout, a
reset, 502, 503, 504 or a crash: for `settle_after` seconds from when it was sent. After a 500 of
the service itself, which has ended its work on the request, or soon will, it is a quarter of that.
Only what is absent after that is missing, and may be sent again.

*Refused batches* are looked for, too: a server may have stored the drafts before the bad one. When
it refuses a request, it has ended its work on it, so there is nothing to wait for: one look settles
it. A server may be seen to have stored nothing of a refused batch whose first draft it accepts
later, so that this one was not the bad one. From then on its refusals are taken at their word.

*A refusal of a draft that was lost before* may mean that the draft is there ("Name has already been
taken"), perhaps in other words. So it is looked for. If it is found, it was created. If every new
item belongs to another draft, it was refused. Otherwise it is unknown.

*What was moved* out of the container is looked for in the whole project, by `ProjectSearch`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from typing import Final, Generic, TypeVar

import anyio

from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.job_events import JobEvents
from agilekit.bulk.outcomes import blames_draft, refused, unknown, unsent, why_unknown
from agilekit.bulk.settle.project import ProjectSearch
from agilekit.bulk.settle.settlement import Settlement, doubt_missing, settle
from agilekit.bulk.signal import Signal
from agilekit.bulk.spec import Creation
from agilekit.bulk.store import Entry, JobStore, PriorState, Result
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

__all__ = ["Settler", "halve"]

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
        store: JobStore[T],
        matcher: ItemMatcher[T],
        *,
        settle_after: float,
        batch_size: int,
        record: Callable[[Sequence[Result[T]]], None],
        resend: Callable[[Iterable[Entry]], None],
        is_sending: Callable[[], bool],
        on_look: Callable[[], None],
        changed: Signal,
    ) -> None:
        """
        record: keeps what is certain.
        resend: takes what became nothing.
        is_sending: whether a request is under way, or about to be.
        on_look: is called before each look.
        changed: is notified when what is lost, or whether anything may be sent, has changed.
        """
        self.lost: list[Entry] = []
        self.refuses_whole: bool = False
        """Whether this server was seen to store nothing of a batch that it refuses."""
        self._stores_parts = False
        self._first_of_unstored: set[int] = set()
        """The positions of the first drafts of refused batches of which nothing was stored."""
        self.high_water_mark: int = 0
        """The highest number that was there before the job."""
        self.is_of_project: bool = False
        """Whether that is so of the whole project, and not only of the container."""
        self.on_hold: bool = False
        """Whether nothing may be sent at the moment."""
        self._creation = creation
        self._store = store
        self._matcher = matcher
        self._project_search = ProjectSearch(creation, store, matcher)
        self._settle_after = settle_after
        self._batch_size = batch_size
        self._record = record
        self._resend = resend
        self._is_sending = is_sending
        self._on_look = on_look
        self._changed = changed
        self._due = Signal()
        self._being_sent: dict[int, Entry] = {}
        self._sent_meanwhile: list[Entry] = []
        self._is_looking = False
        self._failed_looks = 0
        self._events = JobEvents(creation)
        self._has_news = False
        """Whether there is something that one look may settle."""

    # What the job reports to it.

    def start_request(self, batch: Sequence[Entry]) -> None:
        """These are about to be sent."""
        self._being_sent.update((entry.position, entry) for entry in batch)
        if self._is_looking:
            self._sent_meanwhile += batch

    def end_request(self, batch: Sequence[Entry]) -> None:
        """What became of these is recorded, or they are lost."""
        for entry in batch:
            del self._being_sent[entry.position]

    @property
    def has_refused(self) -> bool:
        """Whether any of these was refused."""
        return any(entry.refusal is not None for entry in self.lost)

    @property
    def is_idle(self) -> bool:
        return not self.lost and not self._being_sent

    def lose(self, batch: Sequence[Entry], error: AgilekitError, *, left: float) -> None:
        """The server may still be at work on these.

        left: when their request left, by `anyio.current_time`.
        """
        own_failure = isinstance(error, UnknownAfterServerError) and error.status == 500
        horizon = self._settle_after * (_OF_A_500 if own_failure else 1)
        for entry in batch:
            entry.error, entry.refusal, entry.was_lost, entry.by_earlier_run = (
                error,
                None,
                True,
                False,
            )
            entry.times_lost += 1
            entry.settle_by = max(entry.settle_by, left + horizon)
        self._add(batch)

    def resume(self, entry: Entry, known: PriorState) -> None:
        """An earlier run of the job lost this one."""
        entry.sent_at, entry.was_lost, entry.by_earlier_run = known.sent_at, True, True
        entry.high_water_mark = self.high_water_mark
        entry.settle_by = anyio.current_time() - known.age + self._settle_after
        self._add([entry])

    def accepted(self, batch: Sequence[Entry]) -> None:
        """The server has created these: they were not why it refused a batch before."""
        if not self._stores_parts and self._first_of_unstored:
            positions = {entry.position for entry in batch}
            self.refuses_whole |= not positions.isdisjoint(self._first_of_unstored)

    def doubt(self, batch: Sequence[Entry], refusal: CallError) -> None:
        """These were refused, but may be there."""
        for entry in batch:
            entry.error = entry.refusal = refusal
            entry.refused_with = batch
            entry.settle_by = anyio.current_time()
        self._has_news = True
        self._add(batch)
        self._due.notify()

    def _add(self, batch: Sequence[Entry]) -> None:
        self.lost += batch
        self._changed.notify()

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
        """Waits for the next look: at the latest until one of the drafts can no longer arrive."""
        if self._has_news:
            return
        if self.has_refused:
            pause = _SHORTEST_PAUSE
        now = anyio.current_time()
        ahead = [entry.settle_by - now for entry in self.lost if entry.settle_by > now]
        with anyio.move_on_after(max(_SHORTEST_PAUSE, min([pause, *ahead]))):
            await self._due.wait()

    async def _look(self) -> None:
        self._on_look()
        self._has_news = False
        lost, began = list(self.lost), anyio.current_time()
        if not self._creation.spec.lists_all:  # absence would prove nothing
            self._conclude(lost, Settlement(doubtful=[(entry, []) for entry in lost]))
            return
        failure: CallError | None = None
        created, again = 0, list[Entry]()
        self._sent_meanwhile, self._is_looking = list(self._being_sent.values()), True
        try:
            settlement = await settle(
                self._creation.spec,
                self._listing(lost),
                self._store,
                self._matcher,
                lost,
                high_water_mark=self.high_water_mark,
                being_sent=lambda: self._sent_meanwhile,
            )
            await doubt_missing(self._matcher, settlement)
            await self._search_project(settlement)
        except CallError as error:
            failure = error
            self._fail_look(lost, error, began)
        else:
            self._failed_looks = 0
            created, again = len(settlement.created), self._conclude(lost, settlement)
        self._is_looking = False
        self._sent_meanwhile = []
        self._events.look(
            anyio.current_time() - began,
            lost,
            created=created,
            resent=len(again),
            left=self.lost,
            failure=failure,
        )
        self._events.resend(again, "missing")

    def _fail_look(self, lost: Sequence[Entry], error: CallError, began: float) -> None:
        """The container could not be read. It is read again, unless that would not help."""
        self._failed_looks += 1
        is_for_good = isinstance(error, ApiError | AnswerTooLarge)
        if not is_for_good or isinstance(error, ServerError | RateLimited):
            # Only those are given up that nothing more can become of.
            given_up = self._failed_looks >= _MOST_FAILED_LOOKS
            lost = [entry for entry in lost if given_up and entry.settle_by <= began]
        self._finish(lost, [unknown(entry, error) for entry in lost], [])

    def _listing(self, lost: Sequence[Entry]) -> AsyncIterable[T]:
        exact = self._creation.exact_listing
        if exact is not None and any(beyond_bmp(entry.body) for entry in lost):
            return exact()  # the usual answers would show their characters in part
        return self._creation.listing()

    async def _search_project(self, settlement: Settlement[T]) -> None:
        wanted = self._project_search.to_search(settlement)
        if not wanted:
            return
        # A draft of an earlier run is missing only if no number is unaccounted for: see `project`.
        self.on_hold = any(entry.by_earlier_run for entry in wanted)
        try:
            while self.on_hold and self._is_sending():
                await self._changed.wait()
            others = [entry for entry in self.lost if entry not in wanted]
            await self._project_search.search(
                settlement,
                wanted,
                others,
                high_water_mark=self.high_water_mark,
                is_of_project=self.is_of_project,
            )
        finally:
            self.on_hold = False
            self._changed.notify()

    def _conclude(self, lost: Sequence[Entry], settlement: Settlement[T]) -> list[Entry]:
        """Keeps what is certain; returns what is sent again."""
        self._learn(settlement)
        created = self._matcher.created
        results: list[Result[T]] = [created(entry, item) for entry, item in settlement.created]
        results += [unknown(entry, why_unknown(entry, keys)) for entry, keys in settlement.doubtful]
        results += [
            unknown(entry, why_unknown(entry, (), numbers)) for entry, numbers in settlement.hidden
        ]
        again: list[Entry] = []
        unclaimed = [one.item_id for one in settlement.unclaimed]
        for entry in settlement.missing:
            result = self._result_of_missing(entry, unclaimed)
            if result is None:
                again.append(entry)
            else:
                results.append(result)
        waiting = {id(entry) for entry in settlement.waiting}
        self._finish([entry for entry in lost if id(entry) not in waiting], results, again)
        return again

    def _finish(
        self, these: Sequence[Entry], results: Sequence[Result[T]], again: Sequence[Entry]
    ) -> None:
        self._record(results)
        gone = {id(entry) for entry in these}
        self.lost = [entry for entry in self.lost if id(entry) not in gone]
        self._resend(again)
        self._changed.notify()

    def _result_of_missing(self, entry: Entry, unclaimed: Sequence[str]) -> Result[T] | None:
        """The result of a draft that is not there; None if it is to be sent again."""
        size, refusal = len(entry.refused_with), entry.refusal
        if refusal is None:
            # In ever smaller batches: a server may fail at one draft and spoil those beside it.
            entry.batch_limit = max(1, self._batch_size >> 2 * entry.times_lost)
            if entry.times_lost < _MOST_TRIES:
                return None
            return unknown(entry, why_unknown(entry, unclaimed)) if unclaimed else unsent(entry)
        if size > 1 and blames_draft(refusal):
            halve(entry.refused_with)  # another draft of the batch may be to blame
            return None
        if entry.was_lost and unclaimed:
            return unknown(entry, why_unknown(entry, unclaimed))
        return refused(entry, refusal)

    def _learn(self, settlement: Settlement[T]) -> None:
        if any(len(entry.refused_with) > 1 and entry.refusal for entry, _ in settlement.created):
            self._stores_parts = True
            self.refuses_whole = False
        missing = {id(entry) for entry in settlement.missing}
        for entry in settlement.missing:
            batch = entry.refused_with if entry.refusal is not None else ()
            is_first = len(batch) > 1 and entry is batch[0]
            if is_first and not settlement.unclaimed and all(id(one) in missing for one in batch):
                self._first_of_unstored.add(entry.position)


def halve(batch: Sequence[Entry]) -> None:
    """The drafts of a refused batch are sent again in halves of it."""
    for entry in batch:
        entry.batch_limit = (len(batch) + 1) // 2
