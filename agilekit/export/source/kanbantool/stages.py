"""The columns of a board from left to right, and which of them are done.

Columns are the stages that are not divided into others. The order is depth-first by position, then
as in the answer: there are boards on which every position is 1.

| what is done | if |
|---|---|
| the columns, and those within the stages, that the user names | some of them are on the board |
| those whose `lane_type` is "done" | any is |
| those whose `archive_enabled` is true | it is true of some columns, and not of all |
| the last column | otherwise |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agilekit.export.done import DoneRule
from agilekit.kanbantool import WorkflowStage
from agilekit.wire.json import JSON

__all__ = ["card_limit", "columns_of", "done_columns", "in_order"]

_DONE: Final = "done"
_TRUE: Final = (True, 1, "true", "1")


def in_order(stages: Iterable[WorkflowStage]) -> list[WorkflowStage]:
    """Each stage once, from left to right, before those that it is divided into."""
    shown = {stage.id: stage for stage in stages}
    children: dict[int | None, list[WorkflowStage]] = {}
    for stage in shown.values():
        # The root of all stages may not be shown: its children are at the top then.
        parent = stage.parent_id if stage.parent_id in shown else None
        children.setdefault(parent, []).append(stage)
    found: list[WorkflowStage] = []
    waiting = sorted(children.get(None, []), key=_position)
    while waiting:
        stage, *waiting = waiting
        found.append(stage)
        waiting = [*sorted(children.get(stage.id, []), key=_position), *waiting]
    return found


def columns_of(stages: Iterable[WorkflowStage]) -> list[WorkflowStage]:
    """The stages that hold tasks, from left to right."""
    ordered = in_order(stages)
    divided = {stage.parent_id for stage in ordered}
    return [stage for stage in ordered if stage.id not in divided]


def done_columns(stages: Sequence[WorkflowStage], done: DoneRule) -> frozenset[int]:
    """The ids of the columns whose tasks are done."""
    named = done.ids_among({stage.id: stage.name for stage in stages})
    if named is not None:
        return frozenset(_within(stages, named))
    columns = columns_of(stages)
    for is_done in (_is_done_lane, _leads_to_archive):
        found = frozenset(stage.id for stage in columns if is_done(stage))
        if found and (is_done is _is_done_lane or len(found) < len(columns)):
            return found
    return frozenset(stage.id for stage in columns[-1:])


def card_limit(stage: WorkflowStage) -> int | None:
    """The most tasks that should be in a stage. Newer servers name it otherwise."""
    if stage.limit is not None:
        return stage.limit
    limit = str(stage.raw.get("wip_limit"))
    return int(limit) if limit.isdecimal() else None


def _is_done_lane(stage: WorkflowStage) -> bool:
    return str(stage.raw.get("lane_type")).casefold() == _DONE


def _leads_to_archive(stage: WorkflowStage) -> bool:
    enabled: JSON = stage.raw.get("archive_enabled")
    return enabled in _TRUE


def _within(stages: Sequence[WorkflowStage], named: frozenset[int]) -> Iterator[int]:
    """The stages that are named, and those that they are divided into."""
    within = set[int]()
    for stage in in_order(stages):
        if stage.id in named or stage.parent_id in within:
            within.add(stage.id)
            yield stage.id


def _position(stage: WorkflowStage) -> int:
    return stage.position or 0
