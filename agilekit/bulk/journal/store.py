"""`JournalStore`: what a job remembers, kept in its journal, so that another run can continue it.

A row is read when the input reaches its draft; many are read at once. What the job makes of it:

==================  ======================================  ==================================
row of the journal  the same draft in the input             another draft in the input
==================  ======================================  ==================================
created             certain: it is not sent                 JournalError
refused             certain: it is not sent                 sent: it may have been corrected
unsent              sent                                    sent
sent, unknown       lost: it is looked for                  JournalError
==================  ======================================  ==================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from time import time
from typing import Final, Generic, TypeVar

import anyio

from agilekit.bulk.journal import Journal, Row, State, read
from agilekit.bulk.journal.outcomes import (
    DUPLICATES,
    STATES,
    duplicates_as_text,
    duplicates_of,
    error_as_text,
    outcome_of,
)
from agilekit.bulk.report import (
    Created,
    Outcome,
    OutcomeKind,
    Outcomes,
    PossibleDuplicate,
    Unknown,
)
from agilekit.bulk.spec import CreateSpec, Creation
from agilekit.bulk.store import Entry, PriorState, Result, as_text
from agilekit.errors import JournalError

__all__ = ["JournalStore"]

T = TypeVar("T")

_AT_ONCE: Final = 500
_MAY_CHANGE: Final = (State.REFUSED, State.UNSENT)


class JournalStore(Generic[T]):
    """Remembers a job's drafts in its journal."""

    def __init__(self, spec: CreateSpec[T], journal: Journal) -> None:
        self._spec = spec
        self._journal = journal
        self._values = dict(journal.found.values)
        self._duplicates = duplicates_of(self._values, journal.path)
        self._counts = Counter(journal.found.counts)
        self._states: dict[int, State] = {}
        """By position: what the journal holds of drafts that are no further than that."""
        self._ahead: dict[int, Row] = {}
        """By position: rows that were read before their drafts."""
        self._read_to = -1
        self._ended = False
        # Time is counted from here, as somebody may set the clock while the job runs.
        self._opened_at, self._opened = time(), anyio.current_time()

    @classmethod
    async def open(
        cls,
        creation: Creation[T],
        path: str | PathLike[str],
        *,
        workers: int = 1,
        notes: Mapping[str, str] | None = None,
    ) -> JournalStore[T]:
        """Raises JournalError if the journal cannot be used.

        workers: how many may send at once.
        notes: what the journal keeps besides, of whoever runs the job.
        """
        journal = await Journal.open(path, creation.container_key, tasks=workers)
        try:
            store = cls(creation.spec, journal)
            for name, value in (notes or {}).items():
                await store.note(name, value)
        except BaseException:
            await journal.aclose()
            raise
        return store

    async def aclose(self) -> None:
        self._ended = True
        await self._journal.aclose()

    def noted(self, name: str) -> str | None:
        return self._values.get(name)

    async def note(self, name: str, value: str) -> None:
        await self._journal.note(name, value)
        self._values[name] = value

    async def note_duplicates(self, found: Sequence[PossibleDuplicate]) -> None:
        with anyio.CancelScope(shield=True):
            await self.note(DUPLICATES, duplicates_as_text(found))
        self._duplicates = tuple(found)

    async def prior_states(self, drafts: Sequence[Entry]) -> dict[int, PriorState]:
        known: dict[int, PriorState] = {}
        for entry in drafts:
            row = await self._take(entry.position)
            if row is None:
                continue
            if row.hash == entry.hash and row.state in (State.CREATED, State.REFUSED):
                known[entry.position] = PriorState("certain")
                continue
            self._states[entry.position] = row.state
            # A draft of which nothing came may have been corrected since.
            if row.hash != entry.hash and row.state not in _MAY_CHANGE:
                raise JournalError(
                    f"draft {entry.position} is not the one that {self._journal.path} holds; give "
                    "the drafts of that job, or use another journal: the input has changed"
                )
            if row.state is State.UNSENT:
                known[entry.position] = PriorState("again", row.sent_at)
            elif row.state is not State.REFUSED:
                known[entry.position] = self._lost(row)
        return known

    async def _take(self, position: int) -> Row | None:
        """What there is of the next draft. Many rows are read at once: none of them changes before
        its draft is asked for.
        """
        if self._read_to < position <= self._journal.found.last:
            rows = await self._journal.find(position, position + _AT_ONCE - 1)
            self._ahead = {row.position: row for row in rows}
            self._read_to = position + _AT_ONCE - 1
        return self._ahead.pop(position, None)

    def _lost(self, row: Row) -> PriorState:
        """The state of what was on its way. A time in the future counts as that of the opening."""
        at = self._opened_at if row.sent_at is None else min(row.sent_at, self._opened_at)
        open_for = anyio.current_time() - self._opened
        return PriorState("lost", at, self._opened_at - at + open_for)

    async def end_input(self, count: int) -> None:
        """Drafts that are no longer in the input are forgotten if nothing came of them."""
        for start in range(count, self._journal.found.last + 1, _AT_ONCE):
            rows = await self._journal.find(start, start + _AT_ONCE - 1)
            for row in rows:
                if row.state not in _MAY_CHANGE:
                    raise JournalError(
                        f"the input ends after {count} drafts, but {self._journal.path} holds "
                        f"draft {row.position}; give the drafts of that job, or use another "
                        "journal: the input has changed"
                    )
            await self._journal.remove([row.position for row in rows])
            self._counts.subtract(row.state for row in rows)

    async def intend(self, drafts: Sequence[Entry]) -> None:
        now = self._opened_at + anyio.current_time() - self._opened
        for entry in drafts:
            entry.sent_at = now
        rows = [_row(entry, State.SENT) for entry in drafts]
        await self._journal.put(rows)
        self._count(rows)
        self._states.update((row.position, row.state) for row in rows)

    def record(self, results: Sequence[Result[T]]) -> None:
        rows = [self._row(result) for result in results]
        self._journal.add(rows)  # whoever recorded it will soon send again, or `flush`
        self._count(rows)

    @property
    def has_unflushed(self) -> bool:
        return self._journal.has_unflushed

    async def flush(self) -> None:
        await self._journal.flush()

    def leave_unsettled(self, _: Sequence[Result[T]]) -> None:
        return  # the journal holds them as sent

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(item_ids), _AT_ONCE):
            found |= await self._journal.owns(item_ids[start : start + _AT_ONCE])
        return found

    async def last_created(self, most: int, *, below: int | None = None) -> Sequence[Created[T]]:
        rows = await self._journal.last(State.CREATED, most, below=below)
        outcomes = [self._outcome(row) for row in rows]
        return [one for one in outcomes if isinstance(one, Created)]

    def outcomes(self) -> Outcomes[T]:
        return self

    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]:
        return self._duplicates

    def count(self, kind: OutcomeKind) -> int:
        # What is on its way is of unknown outcome only once the job has ended.
        states = [state for state in STATES[kind] if self._ended or state is not State.SENT]
        return sum(self._counts[state] for state in states)

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[T]]:
        for row in read(self._journal.path, [] if kind is None else STATES[kind]):
            yield self._outcome(row)

    def _count(self, rows: Sequence[Row]) -> None:
        for row in rows:
            before = self._states.pop(row.position, None)
            if before is not None:
                self._counts[before] -= 1
            self._counts[row.state] += 1

    def _row(self, result: Result[T]) -> Row:
        entry, outcome = result.entry, result.outcome
        if isinstance(outcome, Created):
            return _row(
                entry,
                State.CREATED,
                item_id=self._spec.item_key(outcome.item),
                result=as_text(self._spec.dump(outcome.item)),
                unstored=as_text(outcome.unstored) if outcome.unstored else None,
            )
        error = error_as_text(outcome.error)
        if isinstance(outcome, Unknown):
            return _row(entry, State.UNKNOWN, result=error)
        state = State.REFUSED if result.final else State.UNSENT
        return _row(entry, state, result=error, certain=not entry.was_lost)

    def _outcome(self, row: Row) -> Outcome[T]:
        return outcome_of(row, self._spec.load, self._journal.path)


def _row(
    entry: Entry,
    state: State,
    *,
    item_id: str | None = None,
    result: str | None = None,
    unstored: str | None = None,
    certain: bool = False,
) -> Row:
    """
    certain: whether it no longer matters when it was sent.
    """
    at = None if certain else entry.sent_at
    return Row(entry.position, entry.hash, state, entry.text, item_id, result, at, unstored)
