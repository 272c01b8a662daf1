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

A backlog that is larger than the client's ``largest_body`` is read bucket by bucket instead, and a
card that moves between them meanwhile is one that was moved.

Source: Flying Donut API, "Fetch Backlog Cards", "Fetch Backlog Bucket Cards", "Fetch Sprints" and
"Fetch Sprint Cards".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, Self, TypeAlias

from attrs import define, field, frozen

from agilekit.errors import AnswerTooLarge, DecodeError, NotFound
from agilekit.export.source.flyingdonut.bucket_lists import (
    BucketList,
    HeldBucket,
    PackedBucket,
    packed,
)
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import checked_id
from agilekit.flyingdonut import Bucket, BucketCards, Card, FlyingDonut, Sprint, SprintItem
from agilekit.session.repeated_answers import RepeatedAnswers

__all__ = ["CardLists", "PackedCards", "Tally", "read_once", "read_until_settled"]

Tally: TypeAlias = Callable[[int], object]
"""Is told how many entities a list has, of the lists of the first reading."""

_READINGS: Final = 6


@frozen
class CardLists:
    """One reading."""

    backlog: Sequence[BucketList]
    sprints: Sequence[Sprint]
    items: Mapping[str, Sequence[SprintItem]]
    """What the list of each sprint shows, by the id of the sprint."""

    def entities(self, packed: PackedCards) -> Iterator[SprintItem]:
        """All but the cards that are packed."""
        for bucket in self.backlog:
            yield from packed.others_in(bucket)
        for shown in self.items.values():
            yield from shown

    def bucket_of(self) -> dict[str, str]:
        """By card, the bucket that lists it."""
        return {id: bucket.id for bucket in self.backlog for id, _ in bucket.numbers}

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
        newest = max((number or 0 for _, number in before.numbers()), default=0)
        numbers = {id: number or 0 for id, number in self.numbers()}
        return all(now.get(id) == list_id for id, list_id in was.items()) and all(
            numbers[id] > newest for id in now.keys() - was.keys()
        )

    def numbers(self) -> Iterator[tuple[str, int | None]]:
        """The ids of cards and tasks, and the numbers that they bear."""
        for bucket in self.backlog:
            yield from bucket.numbers
        for shown in self.items.values():
            yield from ((item.id, item.cid) for item in shown)


@frozen
class PackedCards:
    """The cards of packed buckets that are in no other list, so that nothing is to be merged."""

    _buckets: Sequence[PackedBucket] = ()
    _ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, readings: Sequence[CardLists]) -> Self:
        """The cards as the last of the readings shows them."""
        buckets = [one for one in readings[-1].backlog if isinstance(one, PackedBucket)]
        if not buckets:
            return cls()
        # A bucket that two readings show alike is one list.
        lists = {id(bucket): bucket for reading in readings for bucket in reading.backlog}
        shown = Counter(id for bucket in lists.values() for id, _ in bucket.numbers)
        for reading in readings:
            shown.update(item.id for items in reading.items.values() for item in items)
        ids = (id for bucket in buckets for id, _ in bucket.numbers)
        return cls(buckets, frozenset(id for id in ids if shown[id] == 1))

    def __iter__(self) -> Iterator[Card]:
        return (one for bucket in self._buckets for one in bucket.cards() if one.id in self._ids)

    def numbers(self) -> Iterator[int | None]:
        for bucket in self._buckets:
            yield from (number for id, number in bucket.numbers if id in self._ids)

    def others_in(self, bucket: BucketList) -> Iterable[Card]:
        """The cards of a bucket that are not among these."""
        if isinstance(bucket, PackedBucket) and all(id in self._ids for id, _ in bucket.numbers):
            return ()
        return (card for card in bucket.cards() if card.id not in self._ids)


async def read_once(donut: FlyingDonut, limiter: ReadLimiter, tally: Tally) -> CardLists:
    """One reading."""
    return await _CardListReader(donut, limiter, tally).read(None)


async def read_until_settled(
    donut: FlyingDonut, limiter: ReadLimiter, tally: Tally
) -> tuple[list[CardLists], bool]:
    """All readings, the last one at the end, and whether the last two agree."""
    reader = _CardListReader(donut, limiter, tally)
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
    backlog: list[BucketList] = field(factory=list[BucketList])
    by_bucket: bool = False
    """Whether the backlog is too large for one answer."""
    answers: RepeatedAnswers = field(factory=RepeatedAnswers)
    sprints: list[Sprint] = field(factory=list[Sprint])
    items: dict[str, list[SprintItem]] = field(factory=dict[str, list[SprintItem]])

    async def read(self, before: CardLists | None) -> CardLists:
        read_sprints = partial(self.limiter.run, self._read_sprints)
        await self.limiter.run_unlimited([self._read_backlog, read_sprints])
        kept = {} if before is None else self._kept(before)
        self.items = {id: [*shown] for id, shown in kept.items()}
        stale = [sprint for sprint in self.sprints if sprint.id not in kept]
        await self.limiter.run_all(partial(self._read_items, sprint) for sprint in stale)
        return CardLists(self.backlog, self.sprints, self.items)

    def _kept(self, before: CardLists) -> dict[str, Sequence[SprintItem]]:
        """The lists of sprints that need not be read again."""
        known = {one.id: _count_of(one) for one in before.sprints}
        lists_of = Counter[str](
            {id for one in (*before.backlog, *self.backlog) for id, _ in one.numbers}
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
        if not self.by_bucket:
            try:
                with self.answers.used():
                    found = await self.limiter.run(self.donut.cards.in_backlog)
            except AnswerTooLarge:
                self.by_bucket = True
            else:
                self._take_backlog(found)
                return
        await self._read_buckets()

    def _take_backlog(self, found: Sequence[BucketCards]) -> None:
        for bucket in found:
            checked_id(bucket.id, "bucket")
            if "items" not in bucket.raw:
                raise DecodeError(f"the backlog shows the bucket {bucket.id} without its cards")
        self.backlog = [*map(HeldBucket, found)]
        self._check_items(card for bucket in found for card in bucket.cards)

    async def _read_buckets(self) -> None:
        """Reads the backlog bucket by bucket, so that no more than a few are held unpacked."""
        before = {bucket.id: bucket for bucket in self.backlog}
        found = dict[str, BucketList]()

        async def read(bucket: Bucket) -> None:
            try:
                cards = await self.donut.cards.in_bucket(bucket)
            except NotFound:
                return  # the bucket was deleted meanwhile
            self._check_items(cards)
            new, old = packed(bucket, cards), before.get(bucket.id)
            found[bucket.id] = old if old is not None and old == new else new

        buckets = await self.limiter.run(self.donut.buckets.all)
        for bucket in buckets:
            checked_id(bucket.id, "bucket")
        await self.limiter.run_all(partial(read, bucket) for bucket in buckets)
        self.backlog = [found[bucket.id] for bucket in buckets if bucket.id in found]

    async def _read_sprints(self) -> None:
        self.sprints = await self.donut.sprints.all()
        for sprint in self.sprints:
            checked_id(sprint.id, "sprint")
        self.tally(len(self.sprints))

    async def _read_items(self, sprint: Sprint) -> None:
        try:
            with self.answers.used():
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
