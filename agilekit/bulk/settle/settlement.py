"""Creates of unknown outcome are settled by looking: which of them are there?

An item can be that of a draft if its number is above the high-water mark of the job, it belongs to
no other draft of the job, and it bears the draft's match key: its label, as this server shows it,
or its mark. Of these:

=================================  =====================================================
drafts that say the same           their outcome
=================================  =====================================================
as many items as drafts fit        each draft became one of them
fewer fit                          so many drafts became them; the others became nothing,
                                   unless another item may be theirs
more fit                           unknown: somebody else made some of them
none fits, but another item of     unknown: the server may have changed what the draft
the same label is there            says
=================================  =====================================================

*Became one of them* is certain at once. Everything else is certain only when nothing more can come:
when the look began after the last moment at which the server may still have been at work on any
draft of that label. Until then a draft is *waiting*. So is every draft of a label that is being
sent at the time of the look, for an item of that label may be that of the one being sent.

Equal drafts are given their items in the order in which they were sent, and a draft that is left
waits as long as the latest of its label: which of the equal drafts an item was made of cannot be
seen, only how many items there are in the end.

What somebody has moved shows another place than its draft says. So at the end, what is left of a
label is shared out again, and places are not compared.

*Another item may be theirs* if it is unclaimed: if it belongs to no draft, and is not of a label
that is being sent; and if, besides,

- its text is similar to the draft's; or this server rewrites texts in a way that is not known, or
  was never seen to answer and has lost the draft more than once; or
- somebody has changed it since it was created; or
- an earlier run of the job sent the draft, and nothing tells whether the item was changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

import anyio
import anyio.lowlevel
from attrs import define, field

from agilekit.bulk.identity.assignment import DraftFields
from agilekit.bulk.identity.matcher import ItemMatcher, UnclaimedItem
from agilekit.bulk.spec import CreateSpec
from agilekit.bulk.store import Entry, JobStore

__all__ = ["Settlement", "doubt_missing", "settle"]

T = TypeVar("T")

_AT_ONCE: Final = 500
"""Items that are looked at before others may run."""


@define
class Settlement(Generic[T]):
    """What a look has told of each draft."""

    created: list[tuple[Entry, T]] = field(factory=list[tuple[Entry, T]])
    missing: list[Entry] = field(factory=list[Entry])
    """Those of which no item was certainly made: they became nothing, unless an unclaimed item is
    theirs."""
    doubtful: list[tuple[Entry, list[str]]] = field(factory=list[tuple[Entry, list[str]]])
    """With the items that they may have become."""
    hidden: list[tuple[Entry, list[int]]] = field(factory=list[tuple[Entry, list[int]]])
    """With the numbers that are used up but shown nowhere, one of which may be theirs."""
    waiting: list[Entry] = field(factory=list[Entry])
    """Those that may still arrive, or may be told apart later."""
    unclaimed: list[UnclaimedItem] = field(factory=list[UnclaimedItem])
    """If a draft may be missing: the new items that belong to no draft, whatever they say."""

    def take_out(self, these: Sequence[Entry]) -> dict[int, list[str]]:
        """Forgets what was told of some drafts.

        Returns, by `id` of the draft, the items that the doubtful ones may have become.
        """
        ids = set(map(id, these))
        doubts = {id(entry): keys for entry, keys in self.doubtful if id(entry) in ids}
        self.doubtful = [one for one in self.doubtful if id(one[0]) not in ids]
        self.missing = [entry for entry in self.missing if id(entry) not in ids]
        return doubts

    def add(self, other: Settlement[T]) -> None:
        """What another look has told of other drafts."""
        self.created += other.created
        self.missing += other.missing
        self.doubtful += other.doubtful
        self.hidden += other.hidden
        self.waiting += other.waiting
        self.unclaimed += other.unclaimed


def _nothing() -> Sequence[Entry]:
    return ()


async def settle(
    spec: CreateSpec[T],
    items: AsyncIterable[T],
    store: JobStore[T],
    matcher: ItemMatcher[T],
    lost: Sequence[Entry],
    *,
    high_water_mark: int,
    being_sent: Callable[[], Sequence[Entry]] = _nothing,
) -> Settlement[T]:
    """Looks for drafts among the items that are there. Raises CallError if these cannot be read.

    being_sent: what was being sent at any time since the look began.
    """
    began = anyio.current_time()
    drafts: dict[Hashable, list[Entry]] = {}
    for entry in lost:
        drafts.setdefault(matcher.match_key(entry), []).append(entry)
    known: dict[Hashable, list[T]] = {key: [] for key in drafts}
    concludes = any(entry.settle_by <= began for entry in lost)
    others: list[UnclaimedItem] = []
    at_once = 0
    async for item in items:
        at_once = (at_once + 1) % _AT_ONCE
        if not at_once:
            # Cancelled here, it would leave behind what it reads from, as nobody else closes that.
            await anyio.lowlevel.cancel_shielded_checkpoint()
        if spec.sequence(item) > high_water_mark:
            key = matcher.match_key_of(item)
            if key in known:
                known[key].append(item)
            elif concludes:
                others.append(matcher.as_unclaimed(item))
    busy = {matcher.match_key(entry) for entry in being_sent()}
    ids = [spec.item_key(item) for some in known.values() for item in some]
    owned = await store.owns([*ids, *(one.item_id for one in others)])
    settlement = Settlement[T]()
    settlement.unclaimed += [
        one for one in others if one.item_id not in owned and one.match_key not in busy
    ]
    shares = _Shares(spec, matcher, settlement, began)
    for key, alike in drafts.items():
        free = [item for item in known[key] if spec.item_key(item) not in owned]
        if key in busy:
            settlement.waiting += alike
        else:
            shares.give(alike, free)
    return settlement


class _Shares(Generic[T]):
    """Shares out the items of one match key among the drafts of that key."""

    def __init__(
        self,
        spec: CreateSpec[T],
        matcher: ItemMatcher[T],
        settlement: Settlement[T],
        began: float,
    ) -> None:
        self._spec = spec
        self._matcher = matcher
        self._settlement = settlement
        self._began = began

    def give(self, alike: Sequence[Entry], free: list[T]) -> None:
        settlement = self._settlement
        last = max(entry.settle_by for entry in alike)
        doubtful: list[tuple[Entry, list[str]]] = []
        left = sorted(alike, key=lambda entry: entry.settle_by)
        left, free = self._share(left, free, doubtful)
        if last > self._began:  # something may still arrive
            settlement.unclaimed += map(self._matcher.as_unclaimed, free)
            for entry in [*left, *(entry for entry, _ in doubtful)]:
                entry.settle_by = last
                settlement.waiting.append(entry)
            return
        if free and self._spec.places:
            left, free = self._share(left, free, doubtful, moved=True)
        settlement.unclaimed += map(self._matcher.as_unclaimed, free)
        settlement.doubtful += doubtful
        if free:
            keys = [self._spec.item_key(item) for item in free]
            settlement.doubtful += [(entry, keys) for entry in left]
        else:
            settlement.missing += left

    def _share(
        self,
        alike: Sequence[Entry],
        free: list[T],
        doubtful: list[tuple[Entry, list[str]]],
        *,
        moved: bool = False,
    ) -> tuple[list[Entry], list[T]]:
        """Gives each draft what fits it, and returns the drafts and items that are left."""
        matcher = self._matcher
        groups: dict[DraftFields, list[Entry]] = {}
        for entry in alike:
            groups.setdefault(matcher.fields(entry, moved=moved), []).append(entry)
        left: list[Entry] = []
        # Those that say most come first: what fits them may fit others that say less, too.
        for fields in sorted(groups, key=len, reverse=True):
            group = groups[fields]
            fitting = [item for item in free if matcher.fits(fields, item)]
            if len(fitting) > len(group) and not matcher.by_mark:
                keys = [self._spec.item_key(item) for item in fitting]
                doubtful += [(entry, keys) for entry in group]
                continue
            fitting.sort(key=self._spec.sequence)
            self._settlement.created += zip(group, fitting, strict=False)
            free = [item for item in free if item not in fitting[: len(group)]]
            left += group[len(fitting) :]
        return left, free


async def doubt_missing(matcher: ItemMatcher[T], settlement: Settlement[T]) -> None:
    """Takes out of what is missing the drafts that may have become an unclaimed item."""
    missing, settlement.missing = settlement.missing, []
    for entry in missing:
        await anyio.lowlevel.checkpoint()
        candidates = matcher.candidates(entry, settlement.unclaimed)
        if candidates:
            settlement.doubtful.append((entry, candidates))
        else:
            settlement.missing.append(entry)
