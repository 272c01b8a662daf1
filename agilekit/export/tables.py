"""The tables of an export: the same ones for every service and every format.

Only `TABLES` says what they hold; the targets, the documents and the tests read it. The rules for
their values:

- A row is one entity of one project. ``service``, ``host`` and ``project_id`` begin its key.
- ``raw`` is the JSON text of the entity as the service answered, with the keys in the order in
  which they came. If two answers describe one entity, the keys that only the older one holds
  follow those of the newer one.
- A time is ISO 8601 text in UTC with microseconds, so that times sort as text.
- A column is null if the service has no such value, or none that the column can hold: a whole
  number of more than 64 bits, a time before the year 1. What ``raw`` says is never touched.
- A service's ids are text, whatever they look like. A truth is 1 or 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agilekit.export.table import Column, Table

__all__ = ["BY_NAME", "TABLES"]

_SERVICE: Final = Column("service", "TEXT", '"flyingdonut", "flow", "easybacklog" or "kanbantool".')
_HOST: Final = Column(
    "host",
    "TEXT",
    "The host of the base URL, with its port if it has one: tells accounts apart.",
)
_PROJECT_ID: Final = Column("project_id", "TEXT", "The id of the project.", references="projects")
_RAW: Final = Column("raw", "TEXT", "The entity as the service answered, as JSON.")
_PROJECT: Final = ("service", "host", "project_id")


def _table(name: str, meaning: str, *columns: Column, key: Sequence[str] = ("id",)) -> Table:
    raw = () if columns[-1].name == "raw" else (_RAW,)
    return Table(name, meaning, (_SERVICE, _HOST, _PROJECT_ID, *columns, *raw), (*_PROJECT, *key))


_ID: Final = Column("id", "TEXT", "Its id.")
_TITLE: Final = Column("title", "TEXT", "Its title or name.")
_DESCRIPTION: Final = Column("description", "TEXT", "Its longer text, as it was written.")
_POSITION: Final = Column("position", "REAL", "What the service sorts it by, if that is a number.")
_RANK: Final = Column("rank", "TEXT", "What the service sorts it by, if that is text.")
_CREATED_AT: Final = Column("created_at", "TEXT", "When it was made.")
_UPDATED_AT: Final = Column("updated_at", "TEXT", "When it was last changed.")
_COMPLETED_AT: Final = Column("completed_at", "TEXT", "When it was done.")
_VERSION: Final = Column("version", "INTEGER", "Its version, if it has one.")
_NUMBER: Final = Column("number", "INTEGER", "Its number, which people call it by.")
_ASSIGNEES: Final = Column(
    "assignees", "TEXT", "The ids of the people who work on it, as a JSON array."
)
_CARD_ID: Final = Column("card_id", "TEXT", "The id of its card. The card may be gone.")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "projects",
        "The projects of Flying Donut and flow, the backlogs of easyBacklog, the boards of Kanban "
        "Tool.",
        (
            _SERVICE,
            _HOST,
            Column("project_id", "TEXT", "The id of the project."),
            _TITLE,
            _DESCRIPTION,
            Column("state", "TEXT", '"archived", or null.'),
            Column("owner_id", "TEXT", "The id of the person who owns it."),
            Column("timezone", "TEXT", "A name of the IANA time zone database."),
            Column("starts_at", "TEXT", "When it begins."),
            Column("ends_at", "TEXT", "When it ends."),
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
        Column("kind", "TEXT", '"bucket", "column", "theme", "stage" or "swimlane".'),
        _ID,
        _TITLE,
        Column("parent_id", "TEXT", "The id of the stage that a stage is a part of."),
        Column("card_limit", "INTEGER", "How many cards may be in it; null for any number."),
        Column("is_done", "INTEGER", "1 if what is in it is done, 0 if it is not."),
        Column("place", "INTEGER", "From 1, in the order in which cards go through columns."),
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
        Column("state", "TEXT", '"past", "active" or "future".'),
        Column("starts_at", "TEXT", "When it begins."),
        Column("ends_at", "TEXT", "When it ends."),
        _COMPLETED_AT,
        Column("estimate", "REAL", "Points of all its cards."),
        Column("expected", "REAL", "Points that the team expects to complete."),
        Column("completed", "REAL", "Points that were completed."),
        Column("card_count", "INTEGER", "How many cards it has, by its own count."),
        Column("done_card_count", "INTEGER", "How many of them are done, by its own count."),
        Column("task_hours", "REAL", "Hours that all its tasks are estimated at."),
        _POSITION,
        _CREATED_AT,
        _UPDATED_AT,
        _VERSION,
    ),
    _table(
        "people",
        "Everybody whom the project names.",
        _ID,
        Column("name", "TEXT", "The name that the service shows."),
        Column("raw", "TEXT", "The person as the service answered, as JSON."),
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
            "TEXT",
            'Its type, by the name that people gave it; "placeholder" for one that only holds the '
            "tasks of a sprint that belong to no card.",
        ),
        Column("estimate", "REAL", "Points."),
        Column("task_hours", "REAL", "Hours that all its tasks are estimated at."),
        Column("state", "TEXT", "How far it is, in the service's word."),
        Column("is_done", "INTEGER", "1 if it is done, 0 if it is not, null if nothing tells."),
        Column("priority", "INTEGER", "Below 0 low, 0 normal, above 0 high."),
        Column("column_id", "TEXT", "The id of its bucket, column, theme or stage, if not gone."),
        Column("swimlane_id", "TEXT", "The id of its swimlane. The swimlane may be gone."),
        Column("sprint_id", "TEXT", "The id of its sprint. The sprint may be gone."),
        _ASSIGNEES,
        Column("tags", "TEXT", "Its tags, as the service writes them."),
        Column("due_on", "TEXT", "The day on which it is due, such as 2026-03-02."),
        _POSITION,
        _RANK,
        _CREATED_AT,
        _UPDATED_AT,
        _COMPLETED_AT,
        Column("archived_at", "TEXT", "When it was archived; null if it is not."),
        Column("working_seconds", "REAL", "How long it was worked on, without waiting."),
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
        Column("estimate", "REAL", "Hours."),
        Column("state", "TEXT", '"todo", "in-progress" or "done".'),
        _ASSIGNEES,
        Column(
            "time_entries_total",
            "REAL",
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
        Column("card_id", "TEXT", "The id of its card.", references="cards"),
        Column("person_id", "TEXT", "The id of its author; null if the author is gone."),
        Column("text", "TEXT", "What it says."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "changes",
        "What was done to the project, as far as the service records it.",
        Column("id", "TEXT", "Its id."),
        Column("entity", "TEXT", 'What was changed: "card", "task", "column", "project", …'),
        Column("entity_id", "TEXT", "The id of what was changed."),
        Column("what", "TEXT", "The kind of change, in the service's word."),
        Column("value", "TEXT", "What was set, or a sentence for people."),
        Column("column_id", "TEXT", "The column or stage that a card was in after the change."),
        Column(
            "stay",
            "TEXT",
            '"ends" if a card is in no column after it, because it was deleted, archived or '
            'taken elsewhere; "resumes" if it is back.',
        ),
        Column("person_id", "TEXT", "The id of the person who did it."),
        Column("made_at", "TEXT", "When."),
    ),
    _table(
        "time_entries",
        "The time that was spent. Kanban Tool shows that of the token's user.",
        _ID,
        _CARD_ID,
        Column("person_id", "TEXT", "The id of the person who spent it."),
        Column("started_at", "TEXT", "When it began."),
        Column("ended_at", "TEXT", "When it ended; null while it runs."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "burndown",
        "What was left to do: of a sprint day by day, or of a backlog sprint by sprint.",
        Column("id", "TEXT", "The sprint, or the line of the chart, and the step, with a slash."),
        Column(
            "sprint_id",
            "TEXT",
            "The id of the sprint; null for a whole backlog.",
            references="sprints",
        ),
        Column("line", "TEXT", '"actual", "trend" or "projected".'),
        Column("step", "INTEGER", "0 at the beginning, then the days or sprints from 1."),
        Column("day", "TEXT", "The day, if the service says it, such as 2026-03-02."),
        Column("remaining", "REAL", "What is left at the end of the step."),
        Column("unit", "TEXT", '"hours" or "points".'),
        Column(
            "raw", "TEXT", "At a sprint's step 0 the whole chart as JSON, else the point's own."
        ),
    ),
    _table(
        "extras",
        "What a service has beyond the other tables, as it answered.",
        Column("kind", "TEXT", "What it is, in the service's word, such as snapshot or task_type."),
        _ID,
        _TITLE,
        key=("kind", "id"),
    ),
)

BY_NAME: Final[Mapping[str, Table]] = {table.name: table for table in TABLES}
"""The tables by their names."""
