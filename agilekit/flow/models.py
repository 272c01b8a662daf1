"""The entities of flow, as its document shows them.

An attribute that may be missing or null is None; a text is empty then, because the two are the same
in XML. Times are aware, in UTC: flow writes them in the eastern time of the USA, and of the hour
that the end of daylight saving time repeats, the first one is taken.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

from attrs import field, frozen

from agilekit.wire.json import JSON
from agilekit.wire.model import Model, identifies, raw_field, titles
from agilekit.wire.serializable import Serializable

__all__ = [
    "Change",
    "ChangedFields",
    "Column",
    "EditedTask",
    "IdleTimes",
    "MaybeIdleTimes",
    "MaybeTaskMetrics",
    "Member",
    "MemberIds",
    "PhaseTimes",
    "Project",
    "Task",
    "TaskMetrics",
    "TaskType",
]

# The decoder tells these types apart by identity, so each has to be one object.
MemberIds: TypeAlias = tuple[int, ...]
PhaseTimes: TypeAlias = Mapping[int, int]
ChangedFields: TypeAlias = Mapping[str, JSON]

_ARCHIVE: Final = 2


@frozen(repr=False)
class Member(Model):
    """Source: flow API Reference, "GET /members.format"."""

    user_id: int = field(default=0, metadata=identifies())
    board_name: str = ""
    user_joined: datetime | None = None
    user_name: str = field(default="", metadata=titles())
    user_avatar: str = ""
    """The address of a picture."""
    user_escaped: str = ""
    """The name, as it stands in addresses."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Project(Model):
    """Source: flow API Reference, "GET /projects.format"."""

    project_id: int = field(default=0, metadata=identifies())
    project_title: str = ""
    project_order: float | None = None
    """Projects are sorted by it, the highest first."""
    user_id: int | None = None
    """Who changed the project last."""
    forum_id: int | None = None
    col_id: int | None = None
    raw: Mapping[str, JSON] = raw_field()

    @property
    def archived(self) -> bool:
        """Whether the project is archived: its ``col_id`` is 2."""
        return self.col_id == _ARCHIVE


@frozen(repr=False)
class Column(Model):
    """Source: flow API Reference, "GET /project_id/cols.format"."""

    col_id: int = field(default=0, metadata=identifies())
    project_id: int | None = None
    col_title: str = ""
    col_type: str = ""
    """``""``, ``"B"`` (Backlog) or ``"D"`` (Done)."""
    col_limit: int | None = None
    """How many tasks may be in progress; 0 for any number."""
    col_order: float | None = None
    """Columns are sorted by it, the highest first; Backlog always comes first."""
    num_tasks: int | None = None
    user_id: int | None = None
    """Who changed the column last; 0 for nobody."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class TaskType(Model):
    """Source: flow API Reference, "GET /project_id/task_types.format"."""

    task_type_id: int = field(default=0, metadata=identifies())
    project_id: int | None = None
    task_type_color: str = ""
    """An RGB colour in hexadecimal digits."""
    task_type_text: str = ""
    task_type_order: float | None = None
    """Task types are sorted by it, the highest first."""
    user_id: int | None = None
    """Who changed the task type last."""
    raw: Mapping[str, JSON] = raw_field()


@frozen
class IdleTimes(Serializable):
    """The seconds for which a task waited."""

    ready: int | None = None
    blocked: int | None = None


MaybeIdleTimes: TypeAlias = IdleTimes | None


@frozen
class TaskMetrics(Serializable):
    """Where the time of a task went. Source: flow API Reference, "GET /task/task_id.format"."""

    phase_times: PhaseTimes = field(factory=dict[int, int], hash=False)
    """Seconds by the id of the column."""
    idle_times: MaybeIdleTimes = None
    cycle_time: int | None = None
    """Seconds."""
    working_cycle_time: int | None = None
    """Seconds."""


MaybeTaskMetrics: TypeAlias = TaskMetrics | None


@frozen(repr=False)
class Task(Model):
    """Source: flow API Reference, "GET /project_id/tasks.format" and "GET /task/task_id.format".

    The list shows ``assignments``; ``project_id``, ``user_id``, the times and the metrics are shown
    only if one task is read.
    """

    task_id: int = field(default=0, metadata=identifies())
    project_id: int | None = None
    user_id: int | None = None
    """Who changed the task last."""
    col_id: int | None = None
    """The column that it is in."""
    topic_id: int | None = None
    task_type_id: int | None = None
    task_text: str = ""
    task_status: str = ""
    """``""``, ``"R"`` (Ready), ``"B"`` (Blocked), ``"D"`` (Deleted) or ``"U"`` (Undeleted)."""
    task_order: float | None = None
    """Its position in its column."""
    task_created: datetime | None = None
    task_completed: datetime | None = None
    task_metrics: MaybeTaskMetrics = None
    assignments: MemberIds = ()
    """The ids of the members who are to do it."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class EditedTask(Model):
    """What an edit of a task changed: whatever is None was left alone.

    Source: flow API Reference, "PUT /task/task_id.format" and "DELETE /task/task_id.format".
    """

    task_id: int = field(default=0, metadata=identifies())
    user_id: int | None = None
    """Who changed it."""
    task_text: str | None = None
    task_type_id: int | None = None
    task_status: str | None = None
    """``""``, ``"R"`` (Ready), ``"B"`` (Blocked), ``"D"`` (Deleted) or ``"U"`` (Undeleted)."""
    user_ids: MemberIds | None = None
    assignments: MemberIds | None = None
    col_id: int | None = None
    task_order: float | None = None
    prev_task_order: float | None = None
    """The `task_order` of the task behind which it was put."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Change(Model):
    """A change of an item.

    Source: flow API Reference, "GET /item_history/item_type/item_id.format".
    """

    change_id: int = field(default=0, metadata=identifies())
    """Counts up."""
    change_made: datetime | None = None
    change_type: str = ""
    """``"T"`` for a task."""
    change_content: ChangedFields = field(factory=dict[str, JSON], hash=False)
    """The fields that were changed, by name, as plain data. What a name ending in ``_id``,
    ``_order`` or ``_limit`` and ``task_metrics`` hold are numbers, ``assignments`` is a list of
    them, anything else is text, times included."""
    project_id: int | None = None
    item_id: int | None = None
    user_id: int | None = None
    """Who made it."""
    ip: str = ""
    raw: Mapping[str, JSON] = raw_field()
