"""The tables of an export: the same ones for every service and every format.

`TABLES` is the one place that says what they hold; the writers, the documents and the tests read
it. The rules for their values:

- A row is one entity of one project. ``service`` and ``project_id`` begin its key.
- ``raw`` is the JSON text of the entity as the service answered, with the keys in the order in
  which they came. Where two answers describe one entity, the keys that only the older one holds
  follow those of the newer one.
- A time is ISO 8601 text in UTC with microseconds, so that times sort as text.
- A column is null where the service has no such value, or none that the column can hold: a whole
  number of more than 64 bits, a time before the year 1. What ``raw`` says is never touched.
- A service's ids are text, whatever they look like.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

from attrs import frozen

from agilekit.errors import AgilekitError
from agilekit.wire.json import JSON

__all__ = [
    "TABLES",
    "Column",
    "ExportError",
    "Part",
    "Row",
    "Table",
    "Value",
    "json_text",
    "sound",
    "time_text",
]

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]
"""The values of one row, in the order of the table's columns."""


class ExportError(AgilekitError):
    """The file or folder of an export could not be written."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path
        """The ``to`` of the export."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@frozen
class Column:
    """One column of a table."""

    name: str
    type: Literal["TEXT", "INTEGER", "REAL"]
    """Its type in SQLite. In JSON Lines a REAL is always written with a fraction."""
    meaning: str
    references: str | None = None
    """The table in which its id is certain to be found."""

    def value(self, given: Value | datetime) -> Value:
        """What is stored of a value."""
        if isinstance(given, datetime):
            return time_text(given)
        if isinstance(given, str):
            return sound(given)
        if given is None:
            return None
        try:
            # SQLite keeps no negative zero.
            return float(given) + 0.0 if self.type == "REAL" else _of_64_bits(given)
        except OverflowError:
            return None


@frozen
class Table:
    """One table of an export."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The names of the columns that are unique together, and by which the rows are sorted."""

    def row(self, **values: Value | datetime) -> Row:
        """A row by the names of its columns. What is left out is null."""
        row = tuple(column.value(values.pop(column.name, None)) for column in self.columns)
        if values:
            raise TypeError(f"the table {self.name} has no column {', '.join(values)}")
        return row

    def in_order(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, sorted by the key."""
        names = [column.name for column in self.columns]
        places = [names.index(name) for name in self.key]
        return sorted(rows, key=lambda row: [row[place] for place in places])


@frozen
class Part:
    """Everything that one project adds to an export."""

    service: str
    project_id: str
    base_url: str
    title: str | None
    rows: Mapping[str, Sequence[Row]]
    """By table, in the order of its key. Every table is there."""


def time_text(moment: datetime) -> str | None:
    """``2026-03-02T00:00:00.000000Z``; None for a moment that UTC cannot name."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def json_text(data: JSON) -> str:
    """Data as JSON text, in UTF-8 wherever that can hold it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair fits in JSON as an escape, and nowhere else.
    return text if sound(text) == text else json.dumps(data, separators=(",", ":"))


def sound(text: str) -> str:
    """Text that UTF-8 can hold, with a replacement character for each half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _of_64_bits(number: float) -> Value:
    return int(number) if -(1 << 63) <= number < 1 << 63 else None


_SERVICE: Final = Column("service", "TEXT", 'The service: "flyingdonut".')
_PROJECT_ID: Final = Column("project_id", "TEXT", "The id of the project.", references="projects")
_RAW: Final = Column("raw", "TEXT", "The entity as the service answered, as JSON.")


def _table(name: str, meaning: str, *columns: Column, key: Sequence[str] = ("id",)) -> Table:
    raw = () if columns[-1].name == "raw" else (_RAW,)
    return Table(
        name, meaning, (_SERVICE, _PROJECT_ID, *columns, *raw), ("service", "project_id", *key)
    )


_ID: Final = Column("id", "TEXT", "Its id.")
_TITLE: Final = Column("title", "TEXT", "Its title or name.")
_DESCRIPTION: Final = Column(
    "description", "TEXT", "Its longer text, as it was written: markdown in Flying Donut."
)
_POSITION: Final = Column(
    "position", "REAL", "Its place in the list that it was read from; in Flying Donut from 0."
)
_RANK: Final = Column("rank", "TEXT", "What the service sorts it by, where that is text.")
_CREATED_AT: Final = Column("created_at", "TEXT", "When it was made.")
_UPDATED_AT: Final = Column("updated_at", "TEXT", "When it was last changed.")
_VERSION: Final = Column("version", "INTEGER", "Its version, where it bears one.")
_NUMBER: Final = Column(
    "number", "INTEGER", "Its number within the project, which people call it by."
)
_ASSIGNEES: Final = Column(
    "assignees", "TEXT", "The ids of the people who work on it, as a JSON array."
)

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "projects",
        "The projects; in other services boards or backlogs.",
        (
            _SERVICE,
            Column("project_id", "TEXT", "The id of the project."),
            _TITLE,
            _DESCRIPTION,
            Column("owner_id", "TEXT", "The id of the person who owns it."),
            Column("timezone", "TEXT", "A name of the IANA time zone database."),
            Column("starts_at", "TEXT", "When it begins."),
            Column("ends_at", "TEXT", "When it ends."),
            _CREATED_AT,
            _UPDATED_AT,
            _VERSION,
            _RAW,
        ),
        ("service", "project_id"),
    ),
    _table(
        "columns",
        "The parts that cards are sorted into: buckets, columns, themes.",
        _ID,
        _TITLE,
        _POSITION,
    ),
    _table(
        "sprints",
        "The sprints, which Flying Donut also calls iterations.",
        _ID,
        _TITLE,
        _DESCRIPTION,
        Column("state", "TEXT", '"past", "active" or "future".'),
        Column("starts_at", "TEXT", "When it begins."),
        Column("ends_at", "TEXT", "When it ends."),
        Column("estimate", "REAL", "Story points of all its cards."),
        Column("task_hours", "REAL", "Hours that all its tasks are estimated at."),
        _POSITION,
        _VERSION,
    ),
    _table(
        "people",
        "Everybody whom the project names. Flying Donut has no call that lists them.",
        _ID,
        Column("name", "TEXT", "The name that the service shows; in Flying Donut the user name."),
        Column("raw", "TEXT", "The person as the service answered, as JSON; null in Flying Donut."),
    ),
    _table(
        "cards",
        "The cards, stories or tasks that the board is made of.",
        _ID,
        _NUMBER,
        _TITLE,
        _DESCRIPTION,
        Column("estimate", "REAL", "Story points."),
        Column("task_hours", "REAL", "Hours that all its tasks are estimated at."),
        Column(
            "state", "TEXT", "Its state, in the service's word; Flying Donut's cards have none."
        ),
        Column("column_id", "TEXT", "The id of its column. The column may be gone."),
        Column("sprint_id", "TEXT", "The id of its sprint. The sprint may be gone."),
        _ASSIGNEES,
        _POSITION,
        _RANK,
        _CREATED_AT,
        _UPDATED_AT,
        _VERSION,
    ),
    _table(
        "tasks",
        "The tasks of the cards.",
        _ID,
        Column("card_id", "TEXT", "The id of its card. The card may be gone."),
        _NUMBER,
        _TITLE,
        _DESCRIPTION,
        Column("estimate", "REAL", "Hours."),
        Column("state", "TEXT", 'In Flying Donut "todo", "in-progress" or "done".'),
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
        "The comments on cards. Flying Donut documents only how many there are.",
        _ID,
        Column("card_id", "TEXT", "The id of its card."),
        Column("person_id", "TEXT", "The id of its author."),
        Column("text", "TEXT", "What it says."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "changes",
        "What was done to the project, where the service keeps account of it. In Flying Donut: the "
        "assignments of tasks and the estimates of the hours left on them.",
        Column(
            "id",
            "TEXT",
            "Its id; in Flying Donut, which gives none, the id of the task, the attribute's name "
            "and the place in its list, from 0, between slashes.",
        ),
        Column("entity", "TEXT", 'What was changed: "card", "task", …'),
        Column("entity_id", "TEXT", "The id of what was changed."),
        Column(
            "what",
            "TEXT",
            'The kind of change, in the service\'s word: in Flying Donut "users" or '
            '"timeRemaining".',
        ),
        Column(
            "value",
            "TEXT",
            "What was set: for users the person's id, for timeRemaining the hours left.",
        ),
        Column("person_id", "TEXT", "The id of the person who did it."),
        Column("made_at", "TEXT", "When."),
    ),
    _table(
        "time_entries",
        "The time that was spent. Flying Donut documents none; its estimates of the time that is "
        "left are in `changes`.",
        _ID,
        Column("card_id", "TEXT", "The id of its card."),
        Column("person_id", "TEXT", "The id of the person who spent it."),
        Column("started_at", "TEXT", "When it began."),
        Column("ended_at", "TEXT", "When it ended; null while it runs."),
        _CREATED_AT,
        _UPDATED_AT,
    ),
    _table(
        "burndown",
        "The hours left in a sprint, day by day. A sprint without a chart has no rows.",
        Column("sprint_id", "TEXT", "The id of the sprint.", references="sprints"),
        Column("day", "INTEGER", "0 before the sprint, then the days of the chart from 1."),
        Column("hours_left", "REAL", "At the end of the day; on day 0 the original estimate."),
        Column("raw", "TEXT", "On day 0 the whole chart, its cards included, as JSON; then null."),
        key=("sprint_id", "day"),
    ),
)
