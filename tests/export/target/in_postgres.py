"""What the tests of exports in PostgreSQL write, and what they ask of the server."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import psycopg

from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.tables import BY_NAME
from agilekit.export.target.postgres import Postgres

Administrator: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

BOARD: Final = ProjectRef("kanbantool", "w.kanbantool.com", "1", "https://w.kanbantool.com/api/v1")
OTHER: Final = ProjectRef("kanbantool", "w.kanbantool.com", "2", "https://w.kanbantool.com/api/v1")


def data_of(project: ProjectRef, title: str, cards: int = 3) -> ProjectData:
    """A project whose every row shows the title."""
    rows = [project.row("cards", id=str(number), title=title, raw="{}") for number in range(cards)]
    return project.data(
        {"projects": [project.row("projects", title=title)], "cards": rows}, title=title
    )


def shown(target: Postgres) -> set[tuple[object, ...]]:
    """The projects, and the titles that all of their rows and entries show."""
    whole = {(entry["project_id"], entry["title"]) for entry in target.entries() if entry["tables"]}
    for table in (BY_NAME["projects"], BY_NAME["cards"]):
        found = {
            (row[table.index("project_id")], row[table.index("title")])
            for row in target.rows(table)
        }
        assert found == whole
    return {*whole}


def at_each_row(server: Administrator, table: str, statement: str) -> None:
    """Lets the server do something when a row is written."""
    server.execute(
        f"CREATE FUNCTION at_each_row() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$BEGIN {statement}; RETURN NEW; END$$".encode()
    )
    server.execute(
        f"CREATE TRIGGER at_each_row BEFORE INSERT ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION at_each_row()".encode()
    )
