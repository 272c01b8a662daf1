"""Where the cards of a project are, read until two readings agree.

Cards move while lists are read, from one that is still to be read into one that was read already.
No counter is trusted to tell of that, since its meaning is documented nowhere. The lists tell:

| in the second reading | then |
|---|---|
| every card is in the list that it was in | nothing was moved, so nothing was missed |
| there are cards with higher numbers than any before | they are new, which changes nothing |
| a card is elsewhere, gone, or was not shown before | something was moved: one more reading |

A reading is of the backlog, of the sprints, and then of the cards of each sprint. Those of a sprint
that counts its cards need no second reading if all of this holds:

| this holds | or else |
|---|---|
| the count and its version are those of before | a card came or went |
| the list holds as many cards as are counted | one came or went before it was read |
| no other list, of both readings, shows one of its cards | that card came or went, too |

The last two show it if two cards are swapped while the version stands still.

Source: Flying Donut API, "Fetch Backlog Cards", "Fetch Sprints" and "Fetch Sprint Cards".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from attrs import define, field, frozen

from agilekit.errors import DecodeError, NotFound
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.flyingdonut import BucketCards, Card, FlyingDonut, Sprint, SprintItem
from agilekit.session.repeated_answers import remembered

__all__ = ["CardLists", "Tally", "read_once", "read_until_settled"]

Tally: TypeAlias = Callable[[int], object]
"""Is told how many entities a list has, of the lists of the first reading."""

_READINGS: Final = 6


@frozen
class CardLists:
    """One reading."""

    backlog: Sequence[BucketCards]
    sprints: Sequence[Sprint]
    items: Mapping[str, Sequence[SprintItem]]
    """What the list of each sprint shows, by the id of the sprint."""

    def entities(self) -> Iterator[SprintItem]:
        for bucket in self.backlog:
            yield from bucket.cards
        for shown in self.items.values():
            yield from shown

    def bucket_of(self) -> dict[str, str]:
        """By card, the bucket that lists it."""
        return {card.id: bucket.id for bucket in self.backlog for card in bucket.cards}

    def sprint_of(self) -> dict[str, str]:
        """By card, the sprint that lists it."""
        return {
            item.id: sprint
            for sprint, shown in self.items.items()
            for item in shown
            if isinstance(item, Card)
        }

    def agrees_with(self, before: CardLists) -> bool:
        """Whether no card was moved or taken away since a reading before."""
        was = before.bucket_of() | before.sprint_of()
        now = self.bucket_of() | self.sprint_of()
        newest = max(before.numbers(), default=0)
        numbers: dict[str, int] = {item.id: item.cid or 0 for item in self.entities()}
        return all(now.get(id) == list_id for id, list_id in was.items()) and all(
            numbers[id] > newest for id in now.keys() - was.keys()
        )

    def numbers(self) -> Iterator[int]:
        return (item.cid for item in self.entities() if item.cid is not None)


async def read_once(donut: FlyingDonut, limiter: ReadLimiter, tally: Tally) -> CardLists:
    """One reading."""
    return await _CardListReader(donut, limiter, tally).read(None)


async def read_until_settled(
    donut: FlyingDonut, limiter: ReadLimiter, tally: Tally
) -> tuple[list[CardLists], bool]:
    """All readings, the last one at the end, and whether the last two agree."""
    reader = _CardListReader(donut, limiter, tally)
    with remembered():
        readings = [await reader.read(None)]
        reader.tally = lambda _: None
        while len(readings) < _READINGS:
            readings.append(await reader.read(readings[-1]))
            if readings[-1].agrees_with(readings[-2]):
                return readings, True
    return readings, False


@define
class _CardListReader:
    donut: FlyingDonut
    limiter: ReadLimiter
    tally: Tally
    backlog: list[BucketCards] = field(factory=list[BucketCards])
    sprints: list[Sprint] = field(factory=list[Sprint])
    items: dict[str, list[SprintItem]] = field(factory=dict[str, list[SprintItem]])

    async def read(self, before: CardLists | None) -> CardLists:
        await self.limiter.run_all([self._read_backlog, self._read_sprints])
        kept = {} if before is None else self._kept(before)
        self.items = {id: [*shown] for id, shown in kept.items()}
        stale = [sprint for sprint in self.sprints if sprint.id not in kept]
        await self.limiter.run_all(partial(self._read_items, sprint) for sprint in stale)
        return CardLists(self.backlog, self.sprints, self.items)

    def _kept(self, before: CardLists) -> dict[str, Sequence[SprintItem]]:
        """The lists of sprints that need not be read again."""
        known = {one.id: _count_of(one) for one in before.sprints}
        lists_of = Counter[str](
            {card.id for one in (*before.backlog, *self.backlog) for card in one.cards}
        )
        lists_of.update(id for shown in before.items.values() for id in {*_cards_of(shown)})
        kept: dict[str, Sequence[SprintItem]] = {}
        for sprint in self.sprints:
            count, shown = _count_of(sprint), before.items.get(sprint.id)
            if count is None or shown is None or count != known.get(sprint.id):
                continue
            # Placeholders are not counted.
            cards = sum(not one.is_standalone_tp for one in _cards_of(shown).values())
            if cards == count[1] and all(lists_of[id] == 1 for id in _cards_of(shown)):
                kept[sprint.id] = shown
        return kept

    async def _read_backlog(self) -> None:
        self.backlog = await self.donut.cards.in_backlog()
        for bucket in self.backlog:
            checked_id(bucket.id, "bucket")
            if "items" not in bucket.raw:
                raise DecodeError(f"the backlog shows the bucket {bucket.id} without its cards")
        self._check_items(card for bucket in self.backlog for card in bucket.cards)

    async def _read_sprints(self) -> None:
        self.sprints = await self.donut.sprints.all()
        for sprint in self.sprints:
            checked_id(sprint.id, "sprint")
        self.tally(len(self.sprints))

    async def _read_items(self, sprint: Sprint) -> None:
        try:
            found = await self.donut.cards.in_sprint(sprint)
        except NotFound:
            return  # the sprint was deleted meanwhile
        self.items[sprint.id] = found
        self._check_items(found)

    def _check_items(self, items: Iterable[SprintItem]) -> None:
        count = 0
        for item in items:
            checked_id(item.id, "card" if isinstance(item, Card) else "task")
            count += 1
        self.tally(count)


def _cards_of(shown: Iterable[SprintItem]) -> dict[str, Card]:
    """The cards of a list by their ids, without the tasks."""
    return {item.id: item for item in shown if isinstance(item, Card)}


def _count_of(sprint: Sprint) -> tuple[object, float] | None:
    """What changes with every card that comes or goes, and how many there are; None if the sprint
    does not count them.
    """
    counters = sprint.item_counters
    if counters.value is None or counters.value.total is None or counters.version is None:
        return None
    return counters, counters.value.total
