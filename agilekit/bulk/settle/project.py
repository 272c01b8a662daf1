"""The look through the whole project: what the container does not show may have been moved.

Looked for are the drafts that an earlier run has sent and that are missing, and every draft that an
unclaimed item casts doubt on.

*What is found* was created by the job only if it is known that it was not there before: by its
mark, or by the lowest number of the job, which the answer to its very first request has shown.

*What is not found*, and was sent by an earlier run, is missing only if nothing is hidden. If
numbers count within the project, those above the high-water mark that are shown nowhere, and are
not those of the job's own items, may be of cards that somebody has deleted. For that, nothing may
be sent meanwhile, so that no number is on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from attrs import evolve

from agilekit.bulk.identity.matcher import ItemMatcher
from agilekit.bulk.settle.settlement import Settlement, doubt_missing, settle
from agilekit.bulk.spec import Creation, Survey
from agilekit.bulk.store import Entry, JobStore, every_created

__all__ = ["ProjectSearch"]

T = TypeVar("T")


class ProjectSearch(Generic[T]):
    """Looks through the project of a job."""

    def __init__(self, creation: Creation[T], store: JobStore[T], matcher: ItemMatcher[T]) -> None:
        self._creation = creation
        self._store = store
        self._matcher = matcher

    def to_search(self, settlement: Settlement[T]) -> list[Entry]:
        """The drafts that a look through the project may settle otherwise."""
        if self._creation.survey is None:
            return []
        doubtful = [entry for entry, _ in settlement.doubtful]
        missing = [entry for entry in settlement.missing if entry.by_earlier_run]
        return [entry for entry in (*missing, *doubtful) if entry.refusal is None]

    async def search(
        self,
        settlement: Settlement[T],
        wanted: Sequence[Entry],
        others: Sequence[Entry],
        *,
        high_water_mark: int,
        is_of_project: bool,
    ) -> None:
        """Settles the wanted drafts anew. Raises CallError if the project cannot be read.

        others: those that wait to be settled later.
        high_water_mark: the highest number that was there before the job.
        is_of_project: whether that holds for the whole project, and not only for the container.
        """
        if self._creation.survey is None:
            return
        spec = self._creation.spec
        survey = await self._creation.survey(high_water_mark)
        taken = {spec.item_key(item) for _, item in settlement.created}
        found = await settle(
            spec,
            evolve(survey, items=[one for one in survey.items if spec.item_key(one) not in taken]),
            self._store,
            self._matcher,
            wanted,
            high_water_mark=high_water_mark,
            being_sent=lambda: others,
        )
        await doubt_missing(self._matcher, found)
        if not (is_of_project or self._matcher.by_mark):
            found.doubtful += [(entry, [spec.item_key(item)]) for entry, item in found.created]
            found.created = []
        hidden = await self._hidden(survey, high_water_mark)
        doubts = settlement.take_out(wanted)
        still_missing, found.missing = found.missing, []
        for entry in still_missing:
            if id(entry) in doubts:
                found.doubtful.append((entry, doubts[id(entry)]))
            elif entry.by_earlier_run and (hidden or not survey.is_whole):
                found.hidden.append((entry, hidden))
            else:
                found.missing.append(entry)
        found.doubtful = [
            (entry, sorted({*keys, *doubts.get(id(entry), ())})) for entry, keys in found.doubtful
        ]
        settlement.add(found)

    async def _hidden(self, survey: Survey[T], high_water_mark: int) -> list[int]:
        """The numbers that are used up and shown nowhere, without those of the job's own items."""
        if survey.numbers is None:
            return []
        known = set(survey.numbers)
        async for one in every_created(self._store):
            known.add(self._creation.spec.sequence(one.item))
        return sorted({*range(high_water_mark + 1, max(known, default=0) + 1)} - known)
