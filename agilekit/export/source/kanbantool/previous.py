"""What the last export holds of a board, so that only what happened since is read.

A task is outdated, and read again, if one of these names it:

| it is named by | because |
|---|---|
| a change that the export does not have | something was done to it |
| its row in the list, compared with what was read of it | something was done that no change tells |
| a person whose name changed, on a comment or a subtask | its answer shows names |

`VOLATILE` names the attributes that change while nothing is done to the task itself: they are taken
from the list.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, TypeVar, cast

from attrs import evolve, frozen

from agilekit.export.source.reader import PreviousExport
from agilekit.export.table import Row, value_of
from agilekit.export.tables import BY_NAME
from agilekit.kanbantool import BoardUser, Change, Comment, Subtask, Task
from agilekit.kanbantool.decoders import DECODER
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode

__all__ = ["VOLATILE", "PreviousBoard", "people_of"]

T = TypeVar("T")
C = TypeVar("C", Comment, Subtask)

VOLATILE: Final = frozenset(
    (
        "board_version",  # counts what happens to any task of the board
        "position",  # a move shifts the neighbours
    )
)
_ABSENT: Final = object()

_TASK: Final = DECODER.one(Task)
_COMMENT: Final = DECODER.one(Comment)
_SUBTASK: Final = DECODER.one(Subtask)
_CHANGE: Final = DECODER.one(Change)
_USER: Final = DECODER.one(BoardUser)


@frozen
class PreviousBoard:
    """The board as it was exported."""

    tasks: Mapping[int, Task]
    """By id, with their details."""
    comments: Mapping[int, Sequence[Comment]]
    """By task."""
    subtasks: Mapping[int, Sequence[Subtask]]
    """By task."""
    changes: Mapping[int, Change]
    """By id, as the board's changelog showed them."""
    people: Mapping[int, JSON]
    """What was shown of people, by their ids."""

    @classmethod
    async def of(cls, export: PreviousExport) -> PreviousBoard | None:
        """None if a row is missing, or is not what it was: then everything is read."""
        tables: dict[str, list[Row]] = {}
        for table in ("cards", "comments", "tasks", "changes", "people"):
            rows = await export.rows(table)
            if rows is None:
                return None
            tables[table] = rows
        try:
            tasks = _decoded("cards", tables["cards"], _TASK)
            comments = _decoded("comments", tables["comments"], _COMMENT)
            subtasks = _decoded("tasks", tables["tasks"], _SUBTASK)
            changes = _decoded("changes", tables["changes"], _CHANGE)
            people = _decoded("people", tables["people"], _USER)
        except (Malformed, ValueError):
            return None
        return cls(
            {one.id: one for _, one in tasks},
            _by_card("comments", comments),
            _by_card("tasks", subtasks),
            # One that does not say what it is about was only in the details of its task, which show
            # it again.
            {one.id: one for _, one in changes if one.changed_object_type is not None},
            people_of(one for _, one in people),
        )

    def outdated(
        self,
        listed: Mapping[int, Task],
        *,
        changed: Collection[int],
        people: Mapping[int, JSON] | None,
    ) -> set[int]:
        """The ids of the tasks that have to be read again.

        listed: the tasks as the lists show them.
        changed: those that new changes name.
        people: what is shown of people now; None if that was refused.
        """
        shown = {name for one in listed.values() for name in one.raw} - VOLATILE
        differ = {
            id
            for id, one in listed.items()
            if id not in self.tasks or _differ(self.tasks[id].raw, one.raw, shown)
        }
        return (differ | {*changed} | self._with_other_names(people)) & listed.keys()

    def as_listed(self, listed: Task) -> Task:
        """A task that is not read again, with the volatile attributes as the list shows them."""
        volatile = {name: listed.raw[name] for name in VOLATILE & listed.raw.keys()}
        known = self.tasks[listed.id]
        return evolve(_TASK({**known.raw, **volatile}), id=listed.id)

    def has(self, change: Change) -> bool:
        """Whether the export has a change, with all that is shown of it."""
        known = self.changes.get(change.id)
        return known is not None and not _differ(known.raw, change.raw, change.raw.keys())

    def _with_other_names(self, people: Mapping[int, JSON] | None) -> set[int]:
        ids = self.people.keys() | (people or {}).keys()
        changed = {
            id
            for id in ids
            if people is None or self.people.get(id, _ABSENT) != people.get(id, _ABSENT)
        }
        return {
            *(id for id, found in self.comments.items() if _names_any(found, changed, _author)),
            *(id for id, found in self.subtasks.items() if _names_any(found, changed, _assigned)),
        }


def people_of(users: Iterable[BoardUser]) -> dict[int, JSON]:
    """What is shown of people, by their ids."""
    return {one.user_id: one.raw.get("user") for one in users if one.user_id is not None}


def _differ(known: Mapping[str, JSON], now: Mapping[str, JSON], names: Iterable[str]) -> bool:
    return any(known.get(name, _ABSENT) != now.get(name, _ABSENT) for name in names)


def _decoded(table: str, rows: Sequence[Row], decode: Decode[T]) -> list[tuple[Row, T]]:
    def raw(row: Row) -> JSON:
        return cast("JSON", json.loads(str(value_of(row, BY_NAME[table], "raw"))))

    return [(row, decode(raw(row))) for row in rows]


def _by_card(table: str, rows: Sequence[tuple[Row, C]]) -> dict[int, list[C]]:
    found = defaultdict[int, list[C]](list[C])
    for row, one in rows:
        found[int(str(value_of(row, BY_NAME[table], "card_id")))].append(one)
    return dict(found)


def _names_any(found: Sequence[C], ids: Collection[int], of: Callable[[C], int | None]) -> bool:
    return any(of(one) in ids for one in found)


def _author(comment: Comment) -> int | None:
    return comment.user_id


def _assigned(subtask: Subtask) -> int | None:
    return subtask.assigned_user_id
