"""What a report claims, held against what the server knows.

Every item that a job has made is either that of exactly one `Created`, or is named: in the evidence
of an `Unknown`, or among the possible duplicates. A `Created` names an item that was made of its
draft, or of one of which the server stores the very same, and nothing was made of a `Refused` one.
An item that others have deleted meanwhile can be named by nobody; an `Unknown` that says the same
stands for it, if its deletion left a trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Generic, Protocol, TypeVar, cast

from attrs import frozen

from agilekit import BulkReport, UnknownOutcome
from agilekit.bulk import Draft, Refused, Unknown
from tests.bulk.unruly.server import UnrulyDonut
from tests.bulk.unruly.state import Content, Item

__all__ = ["Job", "complaints", "false_alarms"]


class _Carded(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Carded)

_MARKED: Final = "(marked)"


@frozen
class Job(Generic[T]):
    """A job that has ended.

    marked: whether its summaries bear marks.
    """

    server: UnrulyDonut
    author: str
    drafts: Sequence[Draft]
    report: BulkReport[T]
    marked: bool = False

    def key(self, content: Content) -> Content:
        """What its items are told apart by, by one who sees all that is stored of them."""
        title, summary, estimate = self.server.stored(content)
        return (title, _MARKED if self.marked else summary, estimate)

    @property
    def made(self) -> list[Item]:
        """Everything that it has made, also what is deleted."""
        return [item for item in self.server.items if item.origin.author == self.author]

    def key_of(self, draft: Draft) -> Content:
        return self.key(said(draft))


def said(draft: Draft) -> Content:
    """What a draft says, as the server counts it."""
    estimate = draft.get("estimate")
    number = float(estimate) if isinstance(estimate, int | float) else None
    return (str(draft["title"]), str(draft.get("summary") or ""), number)


def complaints(*jobs: Job[T], texts_are_shared: bool = False) -> list[str]:
    """What is wrong, in sentences.

    texts_are_shared: others write the very same texts, so that only the numbers of items can tell.
    """
    found = [one for job in jobs for one in _unreported(job)]
    for job in jobs:
        owners = Counter(created.item.id for created in job.report.created)
        found += [f"{count} drafts became {id}" for id, count in owners.items() if count > 1]
        found += _untrue(job, texts_are_shared)
        if not texts_are_shared:
            found += _unnamed(job)
    if texts_are_shared:
        found += _too_many(jobs)
    return found


def false_alarms(job: Job[T]) -> list[str]:
    """Drafts of unknown outcome of which nothing was made."""
    made = Counter(job.key(item.origin.content) for item in job.made)
    made -= Counter(job.key_of(created.draft) for created in job.report.created)
    alarms: list[str] = []
    for unknown in job.report.unknown:
        key = job.key_of(unknown.draft)
        if made[key] > 0:
            made[key] -= 1
        else:
            alarms.append(f"{unknown.position} ({key[0]!r}): {unknown.error}")
    return alarms


def _unreported(job: Job[T]) -> Iterator[str]:
    positions = Counter(outcome.position for outcome in job.report)
    for position in range(len(job.drafts)):
        if positions[position] != 1:
            yield f"draft {position} has {positions[position]} outcomes"


def _untrue(job: Job[T], texts_are_shared: bool) -> Iterator[str]:
    for created in job.report.created:
        item, wanted = job.server.find(created.item.id), job.key_of(created.draft)
        if item is None:
            yield f"draft {created.position} became {created.item.id}, which nobody made"
            continue
        origin = item.origin
        by_another = origin.author != job.author and not texts_are_shared
        if by_another or job.key(origin.content) != wanted:
            yield (
                f"draft {created.position} {wanted} became {item.id}, which {origin.author} made "
                f"of {origin.content}"
            )


def _unnamed(job: Job[T]) -> Iterator[str]:
    named = _named(job)
    owned = {created.item.id for created in job.report.created}
    made: dict[Content, list[Item]] = {}
    for item in job.made:
        if item.id not in owned:
            made.setdefault(job.key(item.origin.content), []).append(item)
    unknown = Counter(job.key_of(one.draft) for one in job.report.unknown)
    refused = Counter(job.key_of(one.draft) for one in job.report.refused)
    outcomes = {outcome.position: outcome for outcome in job.report}
    doubled = Counter(
        job.key_of(outcomes[one.position].draft)
        for one in _possible_duplicates(job)
        if not isinstance(outcomes[one.position], Refused)
    )
    for key, items in made.items():
        alive = [item for item in items if not item.is_deleted and item.id not in named]
        yield from (
            f"{item.id} {item.title!r}, made of {key[0]!r} in request {item.origin.request}, is "
            f"named nowhere: {_counts(job, key)}"
            for item in alive
        )
        accounted = unknown[key] + doubled[key]
        gone = [item for item in items if item.is_deleted and not item.is_traceless]
        if len(gone) > accounted:
            yield (
                f"{len(gone)} made of {key[0]!r} were deleted, and only {accounted} unknown: "
                f"{_counts(job, key)}"
            )
        if refused[key] and len(items) > accounted:
            yield f"{key[0]!r} was refused, and {items[0].id} made of it: {_counts(job, key)}"


def _too_many(jobs: Sequence[Job[T]]) -> Iterator[str]:
    """Drafts of which more items were made than there are, and which no report names."""
    drafts = Counter(job.key_of(draft) for job in jobs for draft in job.drafts)
    named = {id for job in jobs for id in _named(job)}
    made: Counter[Content] = Counter()
    for job in jobs:
        made += Counter(job.key(item.origin.content) for item in job.made if item.id not in named)
    for key, count in made.items():
        if count > drafts[key]:
            yield f"{count} were made of the {drafts[key]} drafts {key[0]!r}, none of them named"


def _named(job: Job[T]) -> set[str]:
    named = {one.item_id for one in _possible_duplicates(job)}
    for unknown in job.report.unknown:
        named |= set(evidence(unknown))
    return named


def evidence(unknown: Unknown) -> tuple[str, ...]:
    """The ids of the items that it may have become."""
    if not isinstance(unknown.error, UnknownOutcome):
        return ()
    found = unknown.error.evidence.get("items", ())
    return tuple(map(str, cast("Sequence[object]", found)))


class _Duplicate(Protocol):
    @property
    def position(self) -> int: ...
    @property
    def item_id(self) -> str: ...


def _possible_duplicates(job: Job[T]) -> Sequence[_Duplicate]:
    return cast("Sequence[_Duplicate]", getattr(job.report, "possible_duplicates", ()))


def _counts(job: Job[T], key: Content) -> str:
    of_key = [type(one).__name__ for one in job.report if job.key_of(one.draft) == key]
    return ", ".join(f"{of_key.count(name)} {name}" for name in ("Created", "Refused", "Unknown"))
