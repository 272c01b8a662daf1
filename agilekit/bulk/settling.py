"""Creates of unknown outcome are settled by looking: which of them are in the container?

An item can be that of a draft where it is above the highest mark that was there before the job,
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
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

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


async def settle(
    creation: Creation[T], keeping: Keeping[T], lost: Sequence[Sent], *, above: int
) -> Settled[T]:
    """Looks for drafts in the container. Raises CallError where it cannot be read."""
    spec = creation.spec
    drafts: dict[Hashable, list[Sent]] = {}
    for sent in lost:
        drafts.setdefault(spec.draft_label(sent.body), []).append(sent)
    items: dict[Hashable, list[T]] = {label: [] for label in drafts}
    async for item in creation.listing():
        if spec.sequence(item) > above and (label := spec.label(item)) in items:
            items[label].append(item)
    found = [spec.item_key(item) for some in items.values() for item in some]
    owned = await keeping.owns(found)
    settled = Settled[T]()
    for label, alike in drafts.items():
        free = [item for item in items[label] if spec.item_key(item) not in owned]
        _share(spec, alike, free, settled)
    return settled


def _share(spec: CreateSpec[T], alike: list[Sent], free: list[T], settled: Settled[T]) -> None:
    """Gives the items of one label to the drafts of that label."""
    groups: dict[frozenset[tuple[str, Hashable]], list[Sent]] = {}
    for sent in alike:
        groups.setdefault(frozenset(spec.draft_fields(sent.body).items()), []).append(sent)
    open_groups: list[list[Sent]] = []
    # Those that say most first: what fits them may fit others that say less, too.
    for said in sorted(groups, key=len, reverse=True):
        group = groups[said]
        fitting = [item for item in free if _fits(said, spec.item_fields(item))]
        if len(fitting) > len(group):
            names = [spec.item_key(item) for item in fitting]
            settled.doubtful += [(sent, names) for sent in group]
            continue
        settled.created += zip(group, fitting, strict=False)
        free = [item for item in free if item not in fitting]
        open_groups.append(group[len(fitting) :])
    names = [spec.item_key(item) for item in free]
    for group in open_groups:
        if names:
            settled.doubtful += [(sent, names) for sent in group]
        else:
            settled.missing += group


def _fits(said: Iterable[tuple[str, Hashable]], shown: Mapping[str, Hashable]) -> bool:
    return all(shown[name] == value for name, value in said if name in shown)
