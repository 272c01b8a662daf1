"""What the container does not show may have been moved: the look through the whole project.

Looked for are the drafts that an earlier run has sent and that are missing, and every draft that a
stranger casts doubt on. What is found was created by the job only if it is known that it was not
there before: by its mark, or by the lowest number of the job, which the answer to its very first
request has shown. What is not found and was sent by an earlier run is missing only if nothing is
hidden: if numbers count within the project, those above the mark that are shown nowhere, and are
none of the job's own items, may be of cards that somebody has deleted. For that, nothing may be
sent meanwhile, so that no number is on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from attrs import evolve

from agilekit.bulk.keeping import Keeping, Sent, every_created
from agilekit.bulk.recognition import Recognition
from agilekit.bulk.settling import Settled, doubt_missing, settle
from agilekit.bulk.spec import Creation, Survey

__all__ = ["Elsewhere"]

T = TypeVar("T")


class Elsewhere(Generic[T]):
    """Looks through the project of a job."""

    def __init__(
        self, creation: Creation[T], keeping: Keeping[T], recognition: Recognition[T]
    ) -> None:
        self._creation = creation
        self._keeping = keeping
        self._recognition = recognition

    def wanted(self, settled: Settled[T]) -> list[Sent]:
        """The drafts that a look through the project may settle otherwise."""
        if self._creation.survey is None:
            return []
        doubtful = [sent for sent, _ in settled.doubtful]
        missing = [sent for sent in settled.missing if sent.earlier]
        return [sent for sent in (*missing, *doubtful) if sent.refusal is None]

    async def look(
        self,
        settled: Settled[T],
        wanted: Sequence[Sent],
        others: Sequence[Sent],
        *,
        above: int,
        is_of_project: bool,
    ) -> None:
        """Settles anew what is wanted. Raises CallError where the project cannot be read.

        others: those that wait to be settled later.
        above: the highest number that was there before the job.
        is_of_project: whether that is so of the whole project, and not only of the container.
        """
        if self._creation.survey is None:
            return
        spec = self._creation.spec
        survey = await self._creation.survey(above)
        taken = {spec.item_key(item) for _, item in settled.created}
        found = await settle(
            spec,
            evolve(survey, items=[one for one in survey.items if spec.item_key(one) not in taken]),
            self._keeping,
            self._recognition,
            wanted,
            above=above,
            being_sent=lambda: others,
        )
        await doubt_missing(self._recognition, found)
        if not (is_of_project or self._recognition.by_mark):
            found.doubtful += [(sent, [spec.item_key(item)]) for sent, item in found.created]
            found.created = []
        hidden = await self._hidden(survey, above)
        doubts = settled.take_out(wanted)
        still_missing, found.missing = found.missing, []
        for sent in still_missing:
            if id(sent) in doubts:
                found.doubtful.append((sent, doubts[id(sent)]))
            elif sent.earlier and (hidden or not survey.is_whole):
                found.hidden.append((sent, hidden))
            else:
                found.missing.append(sent)
        found.doubtful = [
            (sent, sorted({*keys, *doubts.get(id(sent), ())})) for sent, keys in found.doubtful
        ]
        settled.add(found)

    async def _hidden(self, survey: Survey[T], above: int) -> list[int]:
        """The numbers that are used up and shown nowhere, but for those of the job's own items."""
        if survey.numbers is None:
            return []
        known = set(survey.numbers)
        async for one in every_created(self._keeping):
            known.add(self._creation.spec.sequence(one.item))
        return sorted({*range(above + 1, max(known, default=0) + 1)} - known)
