"""Creating many entities: in batches, several at once, each draft matched to what became of it.

A draft is created, refused (which includes: invalid, or never sent), or of unknown outcome. A batch
that the server refuses is halved until the bad draft is alone, so that it spoils no other.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Final, Generic, TypeAlias, TypeVar

import anyio
from attrs import frozen

from agilekit.checks import check_count
from agilekit.errors import (
    AgilekitError,
    ApiError,
    BadRequest,
    CallError,
    InvalidInput,
    UnknownOutcome,
    Unprocessable,
)
from agilekit.session.concurrently import run_all
from agilekit.wire.json import JSON

__all__ = ["BulkReport", "Created", "Draft", "Drafts", "Kind", "Outcome", "Refused", "Unknown"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Draft: TypeAlias = Mapping[str, object]
D = TypeVar("D", bound=Draft)
Drafts: TypeAlias = Iterable[D] | AsyncIterable[D]

_REQUEST_TOO_LARGE: Final = 413


@frozen
class Created(Generic[T_co]):
    """A draft that became an item."""

    position: int
    """The draft's place in the input, from 0."""
    draft: Draft
    item: T_co


@frozen
class Refused:
    """A draft that certainly became nothing: it was invalid, refused, or never sent."""

    position: int
    draft: Draft
    error: AgilekitError


@frozen
class Unknown:
    """A draft that was sent, and of which nobody knows whether it became an item."""

    position: int
    draft: Draft
    error: AgilekitError


Outcome: TypeAlias = Created[T] | Refused | Unknown


@frozen
class BulkReport(Generic[T]):
    """What became of every draft, in the order of the input."""

    outcomes: tuple[Outcome[T], ...]

    @property
    def created(self) -> list[Created[T]]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Created)]

    @property
    def refused(self) -> list[Refused]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Refused)]

    @property
    def unknown(self) -> list[Unknown]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Unknown)]

    @property
    def items(self) -> list[T]:
        """The items that were created, in the order of their drafts."""
        return [outcome.item for outcome in self.created]

    def __str__(self) -> str:
        counts = len(self.created), len(self.refused), len(self.unknown)
        return "{} created, {} refused, {} of unknown outcome".format(*counts)


@frozen
class Kind(Generic[T]):
    """How one kind of entity is created many at a time."""

    check: Callable[[object], JSON]
    """The body of a draft. Raises InvalidInput."""
    create: Callable[[list[JSON]], Awaitable[list[T]]]
    """Sends the bodies in one request. Raises CallError."""
    is_made_of: Callable[[T, Draft], bool]
    """Whether an item may have been made of a draft."""


@frozen
class _Sent:
    position: int
    draft: Draft
    body: JSON


class _Reader(Generic[D]):
    """Gives out the drafts in batches, to one worker at a time."""

    def __init__(self, drafts: Drafts[D], batch_size: int) -> None:
        self._drafts = _iterator(drafts)
        self._batch_size = batch_size
        self._lock = anyio.Lock()
        self._position = 0
        self.failure: Exception | None = None

    async def batch(self) -> list[tuple[int, D]]:
        """The next drafts with their positions; none when there are no more."""
        async with self._lock:
            drafts: list[tuple[int, D]] = []
            while len(drafts) < self._batch_size and self.failure is None:
                try:
                    draft = await anext(self._drafts)
                except StopAsyncIteration:
                    break
                except Exception as error:  # noqa: BLE001 - the caller's own; raised at the end
                    self.failure = error
                    break
                drafts.append((self._position, draft))
                self._position += 1
            return drafts


async def create_many(
    kind: Kind[T], drafts: Drafts[D], *, batch_size: int, concurrency: int
) -> BulkReport[T]:
    """Creates every draft and reports what became of it.

    The input is read no further ahead than the batches in flight. An error that it raises ends the
    job once these have ended.
    """
    check_count("batch_size", batch_size, least=1)
    _check_source(drafts)
    reader = _Reader(drafts, batch_size)
    outcomes: dict[int, Outcome[T]] = {}

    async def work() -> None:
        while batch := await reader.batch():
            sound: list[_Sent] = []
            for position, draft in batch:
                try:
                    sound.append(_Sent(position, draft, kind.check(draft)))
                except InvalidInput as error:
                    outcomes[position] = Refused(position, draft, error)
            await _send(kind, sound, outcomes)

    await run_all([work] * concurrency, at_once=concurrency)
    if reader.failure is not None:
        raise reader.failure
    return BulkReport(tuple(outcomes[position] for position in sorted(outcomes)))


async def _send(kind: Kind[T], batch: list[_Sent], outcomes: dict[int, Outcome[T]]) -> None:
    if not batch:
        return
    try:
        items = await kind.create([sent.body for sent in batch])
    except UnknownOutcome as error:
        outcomes.update((s.position, Unknown(s.position, s.draft, error)) for s in batch)
    except CallError as error:
        if len(batch) > 1 and _blames_one(error):
            half = len(batch) // 2
            await _send(kind, batch[:half], outcomes)
            await _send(kind, batch[half:], outcomes)
        else:
            outcomes.update((s.position, Refused(s.position, s.draft, error)) for s in batch)
    else:
        _match(kind, batch, items, outcomes)


def _blames_one(error: CallError) -> bool:
    """Whether the refusal may be due to one draft, or to the size of the batch."""
    too_large = isinstance(error, ApiError) and error.status == _REQUEST_TOO_LARGE
    return too_large or isinstance(error, BadRequest | Unprocessable)


def _match(
    kind: Kind[T], batch: list[_Sent], items: list[T], outcomes: dict[int, Outcome[T]]
) -> None:
    """Gives each draft its item: the one at its place if it fits, else any that does.

    Where the answer holds as many items as were sent, those that fit no draft were changed by the
    server, and go by their order.
    """
    left = dict(enumerate(items))
    open_drafts = dict(enumerate(batch))

    def pair(place: int, found: int) -> None:
        sent = open_drafts.pop(place)
        outcomes[sent.position] = Created(sent.position, sent.draft, left.pop(found))

    for place, sent in enumerate(batch):
        if place in left and kind.is_made_of(left[place], sent.draft):
            pair(place, place)
    for place, sent in list(open_drafts.items()):
        found = next((p for p in left if kind.is_made_of(left[p], sent.draft)), None)
        if found is not None:
            pair(place, found)
    if len(items) == len(batch):
        for place, found in zip(list(open_drafts), list(left), strict=True):
            pair(place, found)
    for sent in open_drafts.values():
        error = UnknownOutcome("the answer holds no item that was made of this draft")
        outcomes[sent.position] = Unknown(sent.position, sent.draft, error)


def _check_source(drafts: object) -> None:
    iterable = isinstance(drafts, Iterable | AsyncIterable)
    if not iterable or isinstance(drafts, Mapping | str | bytes):
        raise InvalidInput(f"drafts must be an iterable of mappings, not {drafts!r:.60}")


async def _iterator(drafts: Drafts[D]) -> AsyncIterator[D]:
    if isinstance(drafts, AsyncIterable):
        async for draft in drafts:
            yield draft
    else:
        for draft in drafts:
            yield draft
