"""Creates of unknown outcome are settled by looking: which of them are in the container?

An item can be that of a draft if it is above the highest number that was there before the job,
belongs to no other draft of the job, and bears the draft's label. Of these:

=================================  =====================================================
drafts that say the same           their outcome
=================================  =====================================================
as many items as drafts fit        each draft became one of them
fewer fit                          so many drafts became them; the others became nothing
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
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import anyio
from attrs import define, field

from agilekit.bulk.keeping import Keeping, Sent
from agilekit.bulk.spec import CreateSpec, Creation

__all__ = ["Settled", "settle"]

T = TypeVar("T")


@define
class Settled(Generic[T]):
    """What looking has told."""

    created: list[tuple[Sent, T]] = field(factory=list[tuple[Sent, T]])
    missing: list[Sent] = field(factory=list[Sent])
    """Those that certainly became nothing."""
    doubtful: list[tuple[Sent, list[str]]] = field(factory=list[tuple[Sent, list[str]]])
    """With the items that they may have become."""
    waiting: list[Sent] = field(factory=list[Sent])
    """Those that may still come, or may be told apart later."""
    unexplained: list[str] = field(factory=list[str])
    """If a draft was refused: the new items that belong to no draft, whatever they say."""


def _nothing() -> Sequence[Sent]:
    return ()


async def settle(
    creation: Creation[T],
    keeping: Keeping[T],
    lost: Sequence[Sent],
    *,
    above: int,
    being_sent: Callable[[], Sequence[Sent]] = _nothing,
) -> Settled[T]:
    """Looks for drafts in the container. Raises CallError where it cannot be read.

    being_sent: what was being sent at any time since the look began.
    """
    spec, began = creation.spec, anyio.current_time()
    drafts: dict[Hashable, list[Sent]] = {}
    for sent in lost:
        drafts.setdefault(spec.draft_label(sent.body), []).append(sent)
    items: dict[Hashable, list[T]] = {label: [] for label in drafts}
    refused = any(sent.refusal is not None for sent in lost)
    others: list[tuple[str, Hashable]] = []
    async for item in creation.listing():
        if spec.sequence(item) > above:
            label = spec.label(item)
            if label in items:
                items[label].append(item)
            elif refused:
                others.append((spec.item_key(item), label))
    busy = {spec.draft_label(sent.body) for sent in being_sent()}
    keys = [spec.item_key(item) for some in items.values() for item in some]
    owned = await keeping.owns([*keys, *(key for key, _ in others)])
    settled = Settled[T]()
    settled.unexplained += [key for key, label in others if key not in owned and label not in busy]
    for label, alike in drafts.items():
        free = [item for item in items[label] if spec.item_key(item) not in owned]
        if label in busy:
            settled.waiting += alike
        else:
            _share(spec, alike, free, settled, began)
    return settled


def _share(
    spec: CreateSpec[T], alike: list[Sent], free: list[T], settled: Settled[T], began: float
) -> None:
    """Gives the items of one label to the drafts of that label."""
    last = max(sent.settle_by for sent in alike)
    groups: dict[frozenset[tuple[str, Hashable]], list[Sent]] = {}
    for sent in sorted(alike, key=lambda sent: sent.settle_by):
        groups.setdefault(frozenset(spec.draft_fields(sent.body).items()), []).append(sent)
    doubtful: list[tuple[Sent, list[str]]] = []
    left: list[Sent] = []
    # Those that say most first: what fits them may fit others that say less, too.
    for said in sorted(groups, key=len, reverse=True):
        group = groups[said]
        fitting = [item for item in free if _fits(said, spec.item_fields(item))]
        if len(fitting) > len(group):
            keys = [spec.item_key(item) for item in fitting]
            doubtful += [(sent, keys) for sent in group]
            continue
        settled.created += zip(group, fitting, strict=False)
        free = [item for item in free if item not in fitting]
        left += group[len(fitting) :]
    keys = [spec.item_key(item) for item in free]
    settled.unexplained += keys
    if last > began:
        for sent in [*left, *(sent for sent, _ in doubtful)]:
            sent.settle_by = last
            settled.waiting.append(sent)
        return
    settled.doubtful += doubtful
    if keys:
        settled.doubtful += [(sent, keys) for sent in left]
    else:
        settled.missing += left


def _fits(said: Iterable[tuple[str, Hashable]], shown: Mapping[str, Hashable]) -> bool:
    return all(shown[name] == value for name, value in said if name in shown)
