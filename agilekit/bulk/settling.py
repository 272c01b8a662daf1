"""Creates of unknown outcome are settled by looking: which of them are there?

An item can be that of a draft if it is above the highest number that was there before the job,
belongs to no other draft of the job, and bears the draft's key: its label, as this server shows
it, or its mark. Of these:

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

*Another item may be theirs* if it is a stranger, an item that belongs to no draft and is not of a
label that is being sent, and

- its text is near the draft's; or this server rewrites texts in a way that is not known, or was
  never seen to answer and has lost the draft more than once; or
- somebody has changed it since it was created; or
- an earlier run of the job sent the draft, and nothing tells whether the stranger was changed.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

import anyio
import anyio.lowlevel
from attrs import define, field

from agilekit.bulk.keeping import Keeping, Sent
from agilekit.bulk.recognition import Recognition, Trace
from agilekit.bulk.spec import CreateSpec

__all__ = ["Settled", "doubt_missing", "settle"]

T = TypeVar("T")

_AT_ONCE: Final = 500
"""Items that are looked at before others may run."""


@define
class Settled(Generic[T]):
    """What looking has told."""

    created: list[tuple[Sent, T]] = field(factory=list[tuple[Sent, T]])
    missing: list[Sent] = field(factory=list[Sent])
    """Those that no item is certainly of: they became nothing, unless a stranger is theirs."""
    doubtful: list[tuple[Sent, list[str]]] = field(factory=list[tuple[Sent, list[str]]])
    """With the items that they may have become."""
    hidden: list[tuple[Sent, list[int]]] = field(factory=list[tuple[Sent, list[int]]])
    """With the numbers that were used up, one of which may be theirs."""
    waiting: list[Sent] = field(factory=list[Sent])
    """Those that may still come, or may be told apart later."""
    strangers: list[Trace] = field(factory=list[Trace])
    """If a draft may be missing: the new items that belong to no draft, whatever they say."""

    def add(self, other: Settled[T]) -> None:
        """What another look has told of other drafts."""
        self.created += other.created
        self.missing += other.missing
        self.doubtful += other.doubtful
        self.hidden += other.hidden
        self.waiting += other.waiting
        self.strangers += other.strangers


def _nothing() -> Sequence[Sent]:
    return ()


async def settle(
    spec: CreateSpec[T],
    items: AsyncIterable[T],
    keeping: Keeping[T],
    recognition: Recognition[T],
    lost: Sequence[Sent],
    *,
    above: int,
    being_sent: Callable[[], Sequence[Sent]] = _nothing,
) -> Settled[T]:
    """Looks for drafts among the items that are there. Raises CallError where these cannot be read.

    being_sent: what was being sent at any time since the look began.
    """
    began = anyio.current_time()
    drafts: dict[Hashable, list[Sent]] = {}
    for sent in lost:
        drafts.setdefault(recognition.key(sent), []).append(sent)
    known: dict[Hashable, list[T]] = {key: [] for key in drafts}
    concludes = any(sent.settle_by <= began for sent in lost)
    others: list[Trace] = []
    at_once = 0
    async for item in items:
        at_once = (at_once + 1) % _AT_ONCE
        if not at_once:
            await anyio.lowlevel.checkpoint()
        if spec.sequence(item) > above:
            key = recognition.key_of(item)
            if key in known:
                known[key].append(item)
            elif concludes:
                others.append(recognition.trace(item))
    busy = {recognition.key(sent) for sent in being_sent()}
    ids = [spec.item_key(item) for some in known.values() for item in some]
    owned = await keeping.owns([*ids, *(one.item_id for one in others)])
    settled = Settled[T]()
    settled.strangers += [one for one in others if one.item_id not in owned and one.key not in busy]
    shares = _Shares(spec, recognition, settled, began)
    for key, alike in drafts.items():
        free = [item for item in known[key] if spec.item_key(item) not in owned]
        if key in busy:
            settled.waiting += alike
        else:
            shares.give(alike, free)
    return settled


class _Shares(Generic[T]):
    """Gives the items of one key to the drafts of that key."""

    def __init__(
        self,
        spec: CreateSpec[T],
        recognition: Recognition[T],
        settled: Settled[T],
        began: float,
    ) -> None:
        self._spec = spec
        self._recognition = recognition
        self._settled = settled
        self._began = began

    def give(self, alike: Sequence[Sent], free: list[T]) -> None:
        settled, recognition = self._settled, self._recognition
        groups: dict[frozenset[tuple[str, Hashable]], list[Sent]] = {}
        for sent in sorted(alike, key=lambda sent: sent.settle_by):
            groups.setdefault(recognition.said(sent), []).append(sent)
        doubtful: list[tuple[Sent, list[str]]] = []
        left: list[Sent] = []
        # Those that say most first: what fits them may fit others that say less, too.
        for said in sorted(groups, key=len, reverse=True):
            group = groups[said]
            fitting = [item for item in free if recognition.fits(group[0], item)]
            if len(fitting) > len(group) and not recognition.by_mark:
                keys = [self._spec.item_key(item) for item in fitting]
                doubtful += [(sent, keys) for sent in group]
                continue
            fitting.sort(key=self._spec.sequence)
            settled.created += zip(group, fitting, strict=False)
            free = [item for item in free if item not in fitting[: len(group)]]
            left += group[len(fitting) :]
        self._conclude([*alike], left, doubtful, free)

    def _conclude(
        self,
        alike: Sequence[Sent],
        left: Sequence[Sent],
        doubtful: Sequence[tuple[Sent, list[str]]],
        free: Sequence[T],
    ) -> None:
        settled = self._settled
        settled.strangers += map(self._recognition.trace, free)
        last = max(sent.settle_by for sent in alike)
        if last > self._began:
            for sent in [*left, *(sent for sent, _ in doubtful)]:
                sent.settle_by = last
                settled.waiting.append(sent)
            return
        settled.doubtful += doubtful
        if free:
            keys = [self._spec.item_key(item) for item in free]
            settled.doubtful += [(sent, keys) for sent in left]
        else:
            settled.missing += left


async def doubt_missing(recognition: Recognition[T], settled: Settled[T]) -> None:
    """Takes out of what is missing the drafts that a stranger may be the item of."""
    missing, settled.missing = settled.missing, []
    for sent in missing:
        await anyio.lowlevel.checkpoint()
        may_be = recognition.may_be(sent, settled.strangers)
        if may_be:
            settled.doubtful.append((sent, may_be))
        else:
            settled.missing.append(sent)
