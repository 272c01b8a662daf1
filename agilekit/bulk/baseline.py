"""What a job finds out before it sends anything: what was there before it, and what marks it uses.

New items are told from old by their numbers, which rise: those of the job are above its *high-water
mark*, the highest number that was in the container before. All of it is noted in the store, so that
every run of the same job relies on the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

import anyio
from attrs import field, frozen

from agilekit.bulk.identity.marks import JobMark, Mark
from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.spec import CreateSpec, Creation
from agilekit.bulk.store import JobStore
from agilekit.errors import (
    AnswerTooLarge,
    ConnectionLost,
    DecodeError,
    InvalidInput,
    JournalError,
    ServerError,
)
from agilekit.session.retry import Backoff

__all__ = ["Baseline", "check_mark", "note_first_answer", "take_baseline"]

R = TypeVar("R")
T = TypeVar("T")

# The names under which the journal holds these: part of its format.
_HIGH_WATER_MARK: Final = "watermark"
_OF_PROJECT: Final = "watermark of"
_MARK: Final = "mark"
_ATTEMPTS: Final = 5
_BACKOFF: Final = Backoff(first=0.5, longest=4.0)  # seconds
_RELEARNED: Final = 500
_FAILED: Final = (ServerError, DecodeError, ConnectionLost)


@frozen
class Baseline(Generic[T]):
    """What was there before a job."""

    high_water_mark: int
    """The highest number that was there before the job, also before an earlier run of it."""
    found: dict[int, T] = field(factory=dict[int, T])
    """By position, the items that bear the marks of the job, though no journal tells of them."""
    is_first_run: bool = True
    is_of_project: bool = False
    """Whether `high_water_mark` holds for the whole project, not only for the container: nothing
    that was there before the job has a higher number, wherever it is."""


async def take_baseline(
    creation: Creation[T],
    store: JobStore[T],
    matcher: ItemMatcher[T],
    wanted: Mark | None,
    *,
    settle_after: float,
) -> Baseline[T]:
    """Reads the container, unless an earlier run has done so.

    matcher: learns what an earlier run has learned.

    Raises JournalError for another mark than that of the earlier run, and CallError if the
    container cannot be read.
    """
    noted = store.noted(_HIGH_WATER_MARK)
    job_mark = _mark_of_job(wanted, store, has_begun=noted is not None)
    matcher.mark = job_mark
    found: dict[int, T] = {}
    if noted is None:
        if wanted is not None and wanted.job is not None:
            found = await _marked_items(creation, matcher, settle_after)
        high_water_mark = await _repeated(_highest_of(creation)) if creation.spec.lists_all else 0
        if job_mark is not None:
            await store.note(_MARK, f"{job_mark.field} {job_mark.job}")
        await store.note(_HIGH_WATER_MARK, str(high_water_mark))
    else:
        high_water_mark = _number(noted)
        await _relearn(creation, store, matcher)
    is_of_project = store.noted(_OF_PROJECT) is not None
    return Baseline(high_water_mark, found, is_first_run=noted is None, is_of_project=is_of_project)


async def note_first_answer(store: JobStore[T], high_water_mark: int) -> None:
    """Notes a high-water mark of the whole project: the first answer shows the lowest number."""
    await store.note(_HIGH_WATER_MARK, str(high_water_mark))
    await store.note(_OF_PROJECT, "project")


def _number(noted: str) -> int:
    try:
        return int(noted)
    except ValueError:
        raise JournalError(f"the journal is damaged: its high-water mark is {noted:.20}") from None


def check_mark(mark: str | Mark | None, spec: CreateSpec[T]) -> Mark | None:
    """Raises InvalidInput for a mark in a field that holds no text."""
    wanted = Mark(mark) if isinstance(mark, str) else mark
    if wanted is not None and wanted.field not in spec.texts:
        fields = ", ".join(spec.texts) or "none"
        raise InvalidInput(
            f"mark names a text field of the {spec.name}, not {wanted.field!r:.60}; these are: "
            f"{fields}"
        )
    return wanted


def _mark_of_job(wanted: Mark | None, store: JobStore[T], *, has_begun: bool) -> JobMark | None:
    """Raises JournalError if it is not the mark of the run before."""
    if not has_begun:
        if wanted is None:
            return None
        return (
            JobMark.new(wanted.field) if wanted.job is None else JobMark(wanted.field, wanted.job)
        )
    noted = store.noted(_MARK)
    if noted is None:
        if wanted is not None:
            raise JournalError("this job was started without marks: leave out mark=")
        return None
    before = JobMark(*noted.split(" ", 1))
    if wanted is None or wanted.field != before.field or wanted.job not in (None, before.job):
        raise JournalError(
            f"this job was started with marks in {before.field}: give mark={before.field!r}"
        )
    return before


def _highest_of(creation: Creation[T]) -> Callable[[], Awaitable[int]]:
    async def highest() -> int:
        number = 0
        async for item in creation.listing():
            number = max(number, creation.spec.sequence(item))
        return number

    return highest


async def _marked_items(
    creation: Creation[T], matcher: ItemMatcher[T], settle_after: float
) -> dict[int, T]:
    """The items that bear the marks of the job.

    Nothing tells when its last request was sent, so the look begins when the server can no longer
    be at work on it.
    """
    await anyio.sleep(settle_after)

    async def look() -> dict[int, T]:
        items = [item async for item in creation.listing()]
        if creation.survey is not None:
            items += (await creation.survey(0)).items
        found: dict[int, T] = {}
        for item in sorted(items, key=creation.spec.sequence, reverse=True):
            position = matcher.position(item)
            if position is not None:
                found[position] = item
        return found

    return await _repeated(look)


async def _relearn(creation: Creation[T], store: JobStore[T], matcher: ItemMatcher[T]) -> None:
    """Learns anew what an earlier run has learned of the server."""
    for one in await store.last_created(_RELEARNED):
        if (body := matcher.body_of(one, creation.encode)) is not None:
            matcher.learn(body, one.item)


async def _repeated(look: Callable[[], Awaitable[R]]) -> R:
    """What a look shows, be it a later one: without it, the job cannot begin."""
    return await _BACKOFF.repeat(look, attempts=_ATTEMPTS, again=_may_help)


def _may_help(error: BaseException) -> bool:
    """Whether a look that failed may succeed the next time; what is too large stays so."""
    return isinstance(error, _FAILED) and not isinstance(error, AnswerTooLarge)
