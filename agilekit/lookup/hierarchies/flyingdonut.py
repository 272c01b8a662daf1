"""What lies in a project of Flying Donut: buckets and sprints, cards in both, tasks in cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agilekit.flyingdonut import FlyingDonut
from agilekit.flyingdonut.models import Bucket, Card, Sprint, Task
from agilekit.lookup.item import Branch, Hierarchy, Id, ItemKind

__all__ = ["FLYINGDONUT"]

# Source: Flying Donut API, "Fetch Card" and all other samples: an id is 24 hexadecimal digits. A
# number is an id in every service.
_ID: Final = re.compile(r"[0-9a-fA-F]{24}|[0-9]+")


def _parse_id(text: str) -> str | None:
    return text if _ID.fullmatch(text) else None


def _phase(sprint: Sprint) -> str:
    known = {"active": sprint.is_active, "future": sprint.is_future, "past": sprint.is_past}
    return next((name for name, is_so in known.items() if is_so), "")


_BUCKETS: Final = ItemKind[FlyingDonut](
    "buckets",
    "bucket",
    Bucket,
    lambda bucket: bucket.title,
    get=lambda donut, ids: donut.buckets.get(str(ids[-1])),
)
_SPRINTS: Final = ItemKind[FlyingDonut](
    "sprints",
    "sprint",
    Sprint,
    lambda sprint: sprint.title.value,
    _phase,
    get=lambda donut, ids: donut.sprints.get(str(ids[-1])),
)
_CARDS: Final = ItemKind[FlyingDonut](
    "cards",
    "card",
    Card,
    lambda card: card.title.value,
    is_content=True,
    get=lambda donut, ids: donut.cards.get(str(ids[-1])),
)
_TASKS: Final = ItemKind[FlyingDonut](
    "tasks",
    "task",
    Task,
    lambda task: task.title.value,
    lambda task: task.state.value,
    is_content=True,
    get=lambda donut, ids: donut.tasks.get(str(ids[-1])),
)


# Source: Flying Donut API, "Fetch Sprint Cards": tasks stand among the cards.
async def _cards_in_sprint(donut: FlyingDonut, ids: Sequence[Id]) -> list[Card]:
    found = await donut.cards.in_sprint(str(ids[-1]))
    return [one for one in found if isinstance(one, Card) and not one.is_standalone_tp]


FLYINGDONUT: Final = Hierarchy[FlyingDonut](
    branches=(
        Branch(None, (_BUCKETS,), lambda donut, _: donut.buckets.all()),
        Branch(None, (_SPRINTS,), lambda donut, _: donut.sprints.all()),
        Branch(_BUCKETS, (_CARDS,), lambda donut, ids: donut.cards.in_bucket(str(ids[-1]))),
        Branch(_SPRINTS, (_CARDS,), _cards_in_sprint),
        Branch(_CARDS, (_TASKS,), lambda donut, ids: donut.tasks.of(str(ids[-1]))),
    ),
    overview=(_BUCKETS, _SPRINTS),
    subject=_CARDS,
    parse_id=_parse_id,
)
