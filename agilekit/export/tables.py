"""The tables of an export: the same ones for every service and every format.

Only `TABLES` says what they hold; the targets, the documents and the tests read it. The rules for
their values:

- A row is one entity of one project. ``service``, ``host`` and ``project_id`` begin its key.
- ``raw`` is the JSON text of the entity as the service answered, with the keys in the order in
  which they came. If two answers describe one entity, the keys that only the older one holds
  follow those of the newer one.
- A time is in UTC, to the microsecond. Where a format keeps it as text, that is ISO 8601, so that
  times sort as text.
- A column is null if the service has no such value, or none that the column can hold: a whole
  number of more than 64 bits, a time before the year 1 or after 9999. What ``raw`` says is never
  touched.
- A service's ids are text, whatever they look like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agilekit.export.table import Column, Table

__all__ = ["BY_NAME", "TABLES"]

_SERVICE: Final = Column("service", "text", '"flyingdonut", "flow", "easybacklog" or "kanbantool".')
_HOST: Final = Column(
    "host",
    "text",
    "The host of the base URL, with its port if it has one: tells accounts apart.",
)
_PROJECT_ID: Final = Column("project_id", "text", "The id of the project.", references="projects")
_RAW: Final = Column("raw", "json", "The entity as the service answered.")
_PROJECT: Final = ("service", "host", "project_id")


def _table(name: str, meaning: str, *columns: Column, key: Sequence[str] = ("id",)) -> Table:
    raw = () if columns[-1].name == "raw" else (_RAW,)
    return Table(name, meaning, (_SERVICE, _HOST, _PROJECT_ID, *columns, *raw), (*_PROJECT, *key))


_ID: Final = Column("id", "text", "Its id.")
_TITLE: Final = Column("title", "text", "Its title or name.")
_DESCRIPTION: Final = Column("description", "text", "Its longer text, as it was written.")
_POSITION: Final = Column(
    "position", "number", "What the service sorts it by, if that is a number."
)
_RANK: Final = Column("rank", "text", "What the service sorts it by, if that is text.")
_CREATED_AT: Final = Column("created_at", "time", "When it was made.")
_UPDATED_AT: Final = Column("updated_at", "time", "When it was last changed.")
_COMPLETED_AT: Final = Column("completed_at", "time", "When it was done.")
_VERSION: Final = Column("version", "integer", "Its version, if it has one.")
_NUMBER: Final = Column("number", "integer", "Its number, which people call it by.")
_ASSIGNEES: Final = Column("assignees", "texts", "The ids of the people who work on it.")
_CARD_ID: Final = Column("card_id", "text", "The id of its card. The card may be gone.")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "projects",
        "The projects of Flying Donut and flow, the backlogs of easyBacklog, the boards of Kanban "
        "Tool.",
        (
            _SERVICE,
            _HOST,
            Column("project_id", "text", "The id of the project."),
            _TITLE,
            _DESCRIPTION,
            Column("state", "text", '"archived", or null.'),
            Column("owner_id", "text", "The id of the person who owns it."),
            Column("timezone", "text", "A name of the IANA time zone database."),
            Column("starts_at", "time", "When it begins."),
            Column("ends_at", "time", "When it ends."),
            _CREATED_AT,
            _UPDATED_AT,
            _VERSION,
            _RAW,
        ),
        _PROJECT,
    ),
    _table(
        "columns",
        "The parts that cards are sorted into.",
        Column("kind", "text", '"bucket", "column", "theme", "stage" or "swimlane".'),
        _ID,
        _TITLE,
        Column("parent_id", "text", "The id of the stage that a stage is a part of."),
        Column("card_limit", "integer", "How many cards may be in it; null for any number."),
        Column("is_done", "boolean", "Whether what is in it is done."),
        Column("place", "integer", "From 1, in the order in which cards go through columns."),
        _POSITION,
        _CREATED_AT,
        _UPDATED_AT,
        key=("kind", "id"),
    ),
    _table(
        "sprints",
        "The sprints, which are also called iterations.",
        _ID,
        _NUMBER,
        _TITLE,
        _DESCRIPTION,
        Column("state", "text", '"past", "active" or "future".'),
        Column("starts_at", "time", "When it begins."),
        Column("ends_at", "time", "When it ends."),
        _COMPLETED_AT,
        Column("estimate", "number", "Points of all its cards."),
        Column("expected", "number", "Points that the team expects to complete."),
        Column("completed", "number", "Points that were completed."),
        Column("card_count", "integer", "How many cards it has, by its own count."),
        Column("done_card_count", "integer", "How many of them are done, by its own count."),
        Column("task_hours", "number", "Hours that all its tasks are estimated at."),
        _POSITION,
        _CREATED_AT,
        _UPDATED_AT,
        _VERSION,
    ),
    _table(
        "people",
        "Everybody whom the project names.",
        _ID,
        Column("name", "text", "The name that the service shows."),
        Column("raw", "json", "The person as the service answered."),
    ),
    _table(
        "cards",
        "The cards of Flying Donut, the stories of easyBacklog, the tasks of flow and Kanban Tool.",
        _ID,
        _NUMBER,
        _TITLE,
        _DESCRIPTION,
        Column(
            "kind",
            "text",
            'Its type, by the name that people gave it; "placeholder" for one that only holds the '
            "tasks of a sprint that belong to no card.",
        ),
        Column("estimate", "number", "Points."),
        Column("task_hours", "number", "Hours that all its tasks are estimated at."),
        Column("state", "text", "How far it is, in the service's word."),
        Column("is_done", "boolean", "Whether it is done; null if nothing tells."),
        Column("priority", "integer", "Below 0 low, 0 normal, above 0 high."),
        Column("column_id", "text", "The id of its bucket, column, theme or stage, if not gone."),
        Column("swimlane_id", "text", "The id of its swimlane. The swimlane may be gone."),
        Column("sprint_id", "text", "The id of its sprint. The sprint may be gone."),
        _ASSIGNEES,
        Column("tags", "text", "Its tags, as the service writes them."),
        Column("due_on", "day", "The day on which it is due."),
        _POSITION,
        _RANK,
        _CREATED_AT,
        _UPDATED_AT,
        _COMPLETED_AT,
        Column("archived_at", "time", "When it was archived; null if it is not."),
        Column("working_seconds", "number", "How long it was worked on, without waiting."),
        _VERSION,
    ),
    _table(
        "tasks",
        "The tasks of cards in Flying Donut, acceptance criteria in easyBacklog, subtasks in "
        "Kanban Tool.",
        _ID,
        _CARD_ID,
        _NUMBER,
        _TITLE,
        _DESCRIPTION,
        Column("estimate", "number", "Hours."),
        Column("state", "text", '"todo", "in-progress" or "done".'),
        _ASSIGNEES,
        Column(
            "time_entries_total",
            "number",
            "The sum of its time entries. Flying Donut documents no unit, and no entries.",
        ),
        _POSITION,
        _RANK,
        _CREATED_AT,
        _UPDATED_AT,
        _VERSION,
    ),
    _table(
        "comments",
        "The comments on cards.",
        _ID,
        Column("card_id", "text", "The id of its card.", references="cards"),
        Column("person_id", "text", "The id of its author; null if the author is gone."),
        Column("text", "text", "What it says."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "changes",
        "What was done to the project, as far as the service records it.",
        Column("id", "text", "Its id."),
        Column("entity", "text", 'What was changed: "card", "task", "column", "project", …'),
        Column("entity_id", "text", "The id of what was changed."),
        Column("what", "text", "The kind of change, in the service's word."),
        Column("value", "text", "What was set, or a sentence for people."),
        Column("column_id", "text", "The column or stage that a card was in after the change."),
        Column(
            "stay",
            "text",
            '"ends" if a card is in no column after it, because it was deleted, archived or '
            'taken elsewhere; "resumes" if it is back.',
        ),
        Column("person_id", "text", "The id of the person who did it."),
        Column("made_at", "time", "When."),
    ),
    _table(
        "time_entries",
        "The time that was spent. Kanban Tool shows that of the token's user.",
        _ID,
        _CARD_ID,
        Column("person_id", "text", "The id of the person who spent it."),
        Column("started_at", "time", "When it began."),
        Column("ended_at", "time", "When it ended; null while it runs."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "burndown",
        "What was left to do: of a sprint day by day, or of a backlog sprint by sprint.",
        Column("id", "text", "The sprint, or the line of the chart, and the step, with a slash."),
        Column(
            "sprint_id",
            "text",
            "The id of the sprint; null for a whole backlog.",
            references="sprints",
        ),
        Column("line", "text", '"actual", "trend" or "projected".'),
        Column("step", "integer", "0 at the beginning, then the days or sprints from 1."),
        Column("day", "day", "The day, if the service says it."),
        Column("remaining", "number", "What is left at the end of the step."),
        Column("unit", "text", '"hours" or "points".'),
        Column("raw", "json", "At a sprint's step 0 the whole chart, else the point's own."),
    ),
    _table(
        "extras",
        "What a service has beyond the other tables, as it answered.",
        Column("kind", "text", "What it is, in the service's word, such as snapshot or task_type."),
        _ID,
        _TITLE,
        key=("kind", "id"),
    ),
)

BY_NAME: Final[Mapping[str, Table]] = {table.name: table for table in TABLES}
"""The tables by their names."""
