"""`create_many`: its options, and the job that it runs.

Every ``create_many`` of the services ends here. It checks the options, opens the store (memory, or
the journal), lets a `Run` do the work, and makes the report, whatever has ended the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, TypeVar, get_args

from agilekit.bulk.drafts import D, Drafts, DraftSource
from agilekit.bulk.hooks import OutcomeHook
from agilekit.bulk.identity.marks import Mark
from agilekit.bulk.report import (
    BulkReport,
    ProgressHook,
)
from agilekit.bulk.shutdown import StopEvent, raise_failure
from agilekit.bulk.spec import Creation
from agilekit.checks import check_choice, check_count, check_positive
from agilekit.errors import AgilekitError, InvalidInput
from agilekit.first_use import FirstUse

if TYPE_CHECKING:
    from agilekit.bulk.journal import store as journal_store
    from agilekit.bulk.store import JobStore
else:
    journal_store = FirstUse("agilekit.bulk.journal.store")  # with SQLite

__all__ = ["BulkOptions", "OnError", "create_many"]

T = TypeVar("T")

OnError: TypeAlias = Literal["collect", "stop"]


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
    certain, also while the job is cancelled; at the end with those that are sent and not settled,
    as `Unknown`. A journal has it a moment later: who is killed between is told again. Not with
    what an earlier run of the job found. None."""
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
    notes: Mapping[str, str] | None = None,
) -> BulkReport[T]:
    """Creates every draft and reports what became of it.

    notes: what the journal keeps besides, such as how the caller named the container.

    The input is read no further ahead than the requests in flight, and closed in the end if it is a
    generator, or an async iterator with ``aclose``.

    Raises InvalidInput for an option that is not valid; CallError if the container cannot be read
    at the beginning; JournalError, with its ``report`` once the job has begun; BulkInterrupted for
    what `drafts` or a hook raises, after the requests in flight have ended and what was lost is
    settled.
    """
    try:
        # Loaded by the first job, so that a client without jobs does not pay for it.
        from agilekit.bulk.baseline import check_mark
        from agilekit.bulk.run import Run
        from agilekit.bulk.store import MemoryStore
    except (OSError, ImportError) as error:  # such as for too many open files
        raise AgilekitError(f"what runs a job cannot be loaded: {error}") from None

    size = creation.spec.batch_size if batch_size is None else batch_size
    check_count("batch_size", size, least=1)
    check_choice("on_error", on_error, get_args(OnError))
    if stop is not None and not callable(getattr(stop, "is_set", None)):
        raise InvalidInput(f"stop must be an event, not {stop!r:.60}")
    if settle_after is None:
        settle_after = creation.settle_after
    check_positive("settle_after", settle_after)
    settle_after = max(settle_after, creation.least_settle_after)
    wanted = check_mark(mark, creation.spec)
    workers = 1 if creation.spec.in_order else concurrency or creation.concurrency
    source = DraftSource(drafts)
    store: JobStore[T] = MemoryStore(creation.spec)
    if journal is not None:
        store = await journal_store.JournalStore[T].open(
            creation, journal, workers=workers, notes=notes
        )
    run = Run(
        creation,
        source,
        store,
        batch_size=size,
        mark=wanted,
        settle_after=settle_after,
        goes_first=journal is not None and creation.survey is not None,
        stops=on_error == "stop",
        on_outcome=on_outcome,
        on_progress=on_progress,
        stop=stop,
    )
    try:
        await run.run(workers)
    finally:
        await run.aclose()
        shutdown = run.shutdown
        report = BulkReport(store.outcomes(), stopped=shutdown.stopped, reason=shutdown.reason)
        if shutdown.failure is not None:
            raise_failure(shutdown.failure, report)
    return report
