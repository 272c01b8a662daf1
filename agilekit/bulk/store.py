"""What a job remembers of its drafts, and where: `MemoryStore` here, `JournalStore` in `journal`.

An `Entry` is a draft on its way; a `Result` is an entry with its outcome. A store learns of
an entry before each of its requests leaves (`intend`), and when nothing more is done for it
(`record`). So what was intended and never recorded was lost, whatever has ended the job.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final, Generic, Literal, Protocol, TypeVar, cast

from attrs import define, field, frozen

from agilekit.bulk.report import (
    Created,
    Draft,
    Outcome,
    OutcomeKind,
    Outcomes,
    PossibleDuplicate,
    Refused,
    Unknown,
)
from agilekit.bulk.spec import CreateSpec
from agilekit.errors import AgilekitError, CallError, UnknownOutcome
from agilekit.wire.json import JSON

__all__ = ["Entry", "JobStore", "MemoryStore", "PriorState", "Result", "as_text", "every_created"]

_UNTOLD: Final = UnknownOutcome("nothing tells what became of it")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@define(eq=False)
class Entry:
    """A draft that can be sent, or was."""

    position: int
    draft: Draft
    body: JSON
    """None if the draft is not valid."""
    times_lost: int = 0
    error: AgilekitError = _UNTOLD
    """Why its last request got no clear answer."""
    sent_at: float | None = None
    """When it was sent last, in seconds since 1970; None before that."""
    settle_by: float = 0.0
    """The moment, by `anyio.current_time`, after which the server can no longer be at work on it:
    what is not there then was not created."""
    high_water_mark: int = 0
    """The highest number that was known when it was sent: its item has a higher one."""
    by_earlier_run: bool = False
    """Whether an earlier run of the job sent it last."""
    was_lost: bool = False
    """Whether a send of it, by this run of the job or an earlier one, got no clear answer."""
    refusal: CallError | None = None
    """Why it was refused, while it is looked for nevertheless."""
    refused_with: Sequence[Entry] = ()
    """The batch in which it was refused."""
    batch_limit: int | None = None
    """How many drafts there may be in the batch with which it is sent next; None is any number."""
    _hash: bytes | None = field(default=None, init=False, eq=False, repr=False)
    _text: str | None = field(default=None, init=False, eq=False, repr=False)

    @property
    def hash(self) -> bytes:
        if self._hash is None:
            content = self.draft if self.body is None else self.body
            self._hash = sha256(as_text(content, sort_keys=True).encode()).digest()
        return self._hash

    @property
    def text(self) -> str:
        """The draft as JSON."""
        if self._text is None:
            self._text = as_text(self.draft)
        return self._text


@frozen
class PriorState:
    """What an earlier run of the job left of a draft."""

    state: Literal["certain", "lost", "again"]
    """``"certain"``: its outcome is known. ``"lost"``: it was sent, and nothing tells what became
    of it. ``"again"``: it became nothing, and may be sent again."""
    sent_at: float | None = None
    """When it was sent without a clear answer, in seconds since 1970."""
    age: float = 0.0
    """How many seconds ago that is."""


@frozen
class Result(Generic[T_co]):
    """A draft, and what became of it."""

    entry: Entry
    outcome: Outcome[T_co]
    final: bool = True
    """Whether another run of the job would find the same."""


class JobStore(Protocol[T]):
    """What a job needs to remember: its entries, their results, and a few notes of its own."""

    async def aclose(self) -> None: ...

    def noted(self, name: str, /) -> str | None:
        """What was noted under a name, by this run of the job or an earlier one."""
        ...

    async def note(self, name: str, value: str) -> None:
        """Notes something of the job as a whole, and replaces what was noted before.

        Returns when it is safe from a crash.
        """
        ...

    async def note_duplicates(self, found: Sequence[PossibleDuplicate], /) -> None:
        """Keeps what the last look at the container has found."""
        ...

    async def prior_states(self, drafts: Sequence[Entry]) -> dict[int, PriorState]:
        """By position, what earlier runs have left of drafts that they had read.

        Raises JournalError for one whose content has changed.
        """
        ...

    async def end_input(self, count: int, /) -> None:
        """Is told how many drafts there are. Raises JournalError if there were more before."""
        ...

    async def intend(self, drafts: Sequence[Entry], /) -> None:
        """Returns when it is safe from a crash that these are being sent now."""
        ...

    def record(self, results: Sequence[Result[T]]) -> None:
        """Keeps results: they are safe from a crash with the next `intend` or `flush` at the
        latest."""
        ...

    @property
    def has_unflushed(self) -> bool:
        """Whether there are results that are not yet safe from a crash."""
        ...

    async def flush(self) -> None:
        """Returns when all results are safe from a crash."""
        ...

    def leave_unsettled(self, results: Sequence[Result[T]], /) -> None:
        """Is told at the end what was sent and not settled: another run of the job settles it."""
        ...

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        """Those of some items that this job has created."""
        ...

    async def last_created(self, most: int, /, *, below: int | None = None) -> Sequence[Created[T]]:
        """Up to so many drafts that were created: the last of the input, or before a position."""
        ...

    def outcomes(self) -> Outcomes[T]: ...


class MemoryStore(Generic[T]):
    """Remembers as long as the process lives."""

    def __init__(self, spec: CreateSpec[T]) -> None:
        self._spec = spec
        self._outcomes: dict[int, Outcome[T]] = {}
        self._owned: set[str] = set()
        self._values: dict[str, str] = {}
        self._duplicates: tuple[PossibleDuplicate, ...] = ()
        self._counts: Counter[type[object]] = Counter()

    async def aclose(self) -> None:
        self._outcomes = dict(sorted(self._outcomes.items()))

    def noted(self, name: str) -> str | None:
        return self._values.get(name)

    async def note(self, name: str, value: str) -> None:
        self._values[name] = value

    async def note_duplicates(self, found: Sequence[PossibleDuplicate]) -> None:
        self._duplicates = tuple(found)

    async def prior_states(self, drafts: Sequence[Entry]) -> dict[int, PriorState]:
        return {
            entry.position: PriorState("certain")
            for entry in drafts
            if entry.position in self._outcomes
        }

    async def end_input(self, _: int) -> None:
        return

    async def intend(self, _: Sequence[Entry]) -> None:
        return

    def record(self, results: Sequence[Result[T]]) -> None:
        for result in results:
            self._outcomes[result.entry.position] = result.outcome
            self._counts[type(result.outcome)] += 1
            if isinstance(result.outcome, Created):
                self._owned.add(self._spec.item_key(result.outcome.item))

    def leave_unsettled(self, results: Sequence[Result[T]]) -> None:
        self.record(results)

    @property
    def has_unflushed(self) -> bool:
        return False

    async def flush(self) -> None:
        return

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        return self._owned.intersection(item_ids)

    async def last_created(self, most: int, *, below: int | None = None) -> Sequence[Created[T]]:
        last_first = sorted(self._outcomes.items(), reverse=True)
        found = (
            one
            for position, one in last_first
            if isinstance(one, Created) and (below is None or position < below)
        )
        return list(islice(found, most))

    def outcomes(self) -> Outcomes[T]:
        return self

    def count(self, kind: OutcomeKind) -> int:
        return self._counts[_CLASSES[kind]]

    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]:
        return self._duplicates

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[T]]:
        wanted = (Created, Refused, Unknown) if kind is None else _CLASSES[kind]
        return (one for one in self._outcomes.values() if isinstance(one, wanted))


async def every_created(store: JobStore[T]) -> AsyncGenerator[Created[T]]:
    """The drafts that were created, the last of the input first, read piece by piece."""
    below: int | None = None
    while some := await store.last_created(_AT_ONCE, below=below):
        for one in some:
            yield one
        below = some[-1].position


_AT_ONCE: Final = 1000
_CLASSES: Final[Mapping[OutcomeKind, type[object]]] = {
    "created": Created,
    "refused": Refused,
    "unknown": Unknown,
}


def as_text(data: object, *, sort_keys: bool = False) -> str:
    """JSON of anything, as well as possible."""
    try:
        return (_SORTED if sort_keys else _AS_GIVEN).encode(data)
    except (TypeError, ValueError):  # a draft that was refused may be anything
        return json.dumps({"draft": repr(data)[:200]})


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    return str(value)


_AS_GIVEN: Final = json.JSONEncoder(separators=(",", ":"), default=_plain)
_SORTED: Final = json.JSONEncoder(separators=(",", ":"), default=_plain, sort_keys=True)
