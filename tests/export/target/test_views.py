"""The views of an export, on rows whose figures are counted by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from agilekit.export import Target
from agilekit.export import export as export_to
from agilekit.export.project import ProjectRef
from agilekit.export.table import Row, Value, time_text
from agilekit.export.target.duckdb import DuckDB
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.sqlite import SQLite
from agilekit.export.target.views import VIEWS
from agilekit.sandbox import Sandbox
from tests.export.many import clients_of
from tests.postgres_server import PostgresServer

# It has no types in its older versions.
duckdb: Any = import_module("duckdb")

BOARD = ProjectRef("kanbantool", "w.kanbantool.com", "1", "https://w.kanbantool.com/api/v1")
FLOW = ProjectRef("flow", "midori.flow.io", "1", "http://midori.flow.io/api/v10.05")
DONUT = ProjectRef("flyingdonut", "www.flyingdonut.io", "5474", "https://www.flyingdonut.io/api")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


class Export(Protocol):
    """An export that is made of rows."""

    def write(self, found: ProjectRef, **tables: list[Row]) -> None: ...

    def select(self, statement: str) -> list[tuple[Value, ...]]:
        """Rows of a view, in the canonical form of their values."""
        ...


class Written:
    """An export, and the run that writes it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        target.prepare()
        self._run = target.begin("test", resume=False)

    def write(self, found: ProjectRef, **tables: list[Row]) -> None:
        project = found.row("projects", title=f"Title of {found.project_id}")
        data = found.data({"projects": [project], **tables}, title="x")
        self.target.commit(self._run, data)


class InSQLite(Written):
    def __init__(self, path: Path) -> None:
        super().__init__(SQLite(path))
        self._path = path

    def select(self, statement: str) -> list[tuple[Value, ...]]:
        with closing(sqlite3.connect(self._path)) as database:
            return database.execute(statement).fetchall()


class InPostgres(Written):
    def __init__(self, url: str) -> None:
        super().__init__(Postgres(url))
        self._address = PostgresAddress.parse(url)

    def select(self, statement: str) -> list[tuple[Value, ...]]:
        with psycopg.connect(self._address.conninfo) as database:
            # Elsewhere: a view that rested on the zone of the session would show other days.
            database.execute("SET timezone = 'Pacific/Kiritimati'")
            database.execute(f"SET search_path = {self._address.schema}".encode())
            rows = database.execute(statement.encode()).fetchall()
        return [tuple(map(canonical, row)) for row in rows]


class InDuckDB(Written):
    def __init__(self, path: Path) -> None:
        super().__init__(DuckDB(path))
        self._path = path

    def select(self, statement: str) -> list[tuple[Value, ...]]:
        with duckdb.connect(str(self._path)) as database:
            database.execute("SET timezone = 'Pacific/Kiritimati'")
            rows = database.execute(statement).fetchall()
        return [tuple(map(canonical, row)) for row in rows]


def canonical(value: object) -> Value:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, str | int | float | None), "a numeric is of no use to programs"
    return value


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("duckdb", marks=pytest.mark.slow),
        pytest.param("postgres", marks=pytest.mark.slow),
    ]
)
def export(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Export]:
    if request.param == "sqlite":
        export: InSQLite | InDuckDB | InPostgres = InSQLite(tmp_path / "x.sqlite")
    elif request.param == "duckdb":
        export = InDuckDB(tmp_path / "x.duckdb")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        export = InPostgres(server.new_schema())
    yield export
    export.target.close()


def test_velocity_counts_the_cards_that_are_done_if_the_sprint_does_not_say(
    export: Export,
) -> None:
    sprint = DONUT.row("sprints", id="s1", title="One", number=1, starts_at=at(1))
    own = DONUT.row(
        "sprints", id="s2", title="Two", starts_at=at(9), estimate=20, expected=15, completed=11
    )
    cards = [
        DONUT.row("cards", id=str(n), sprint_id="s1", estimate=points, is_done=done)
        for n, (points, done) in enumerate([(8, 1), (5, 0), (3, 1), (None, 1), (None, None)])
    ]
    export.write(DONUT, sprints=[sprint, own], cards=cards)
    assert export.select(
        "SELECT sprint, committed, expected, completed, cards, done_cards FROM velocity"
    ) == [("One", 16.0, None, 11.0, 5, 3), ("Two", 20.0, 15.0, 11.0, 0, 0)]


@pytest.mark.parametrize(
    ("cards", "shown"),
    [
        ([(8, 1, None), (5, None, None)], (13.0, None, 2, 1, 1)),
        ([(8, None, None)], (8.0, None, 1, 0, 1)),
        ([(8, 1, None), (0, None, None), (None, None, None)], (8.0, 8.0, 3, 1, 2)),
        ([(8, 1, None), (None, None, "placeholder")], (8.0, 8.0, 1, 1, 0)),
        ([(8, 0, None)], (8.0, 0.0, 1, 0, 0)),
        ([], (0.0, 0.0, 0, 0, 0)),
    ],
)
def test_what_is_not_known_to_be_done_is_neither_done_nor_not(
    cards: list[tuple[float | None, int | None, str | None]],
    shown: tuple[object, ...],
    export: Export,
) -> None:
    sprint = DONUT.row("sprints", id="s1", title="One", state="past")
    rows = [
        DONUT.row("cards", id=str(n), sprint_id="s1", estimate=points, is_done=done, kind=kind)
        for n, (points, done, kind) in enumerate(cards)
    ]
    export.write(DONUT, sprints=[sprint], cards=rows)
    (found,) = export.select(
        "SELECT committed, completed, cards, done_cards, unknown_cards FROM velocity"
    )
    assert found == shown


def test_a_sprint_that_counts_its_done_cards_is_believed(export: Export) -> None:
    sprint = DONUT.row("sprints", id="s1", card_count=3, done_card_count=2)
    card = DONUT.row("cards", id="1", sprint_id="s1", estimate=8)
    export.write(DONUT, sprints=[sprint], cards=[card])
    assert export.select("SELECT done_cards, unknown_cards, completed FROM velocity") == [
        (2, 1, None)
    ]


def test_a_sprint_of_easybacklog_has_begun_by_the_day_on_which_one_looks(export: Export) -> None:
    easy = ProjectRef("easybacklog", "localhost:3000", "7", "http://localhost:3000/api")
    starts = {"1": at(1), "2": at(8), "3": datetime(2999, 1, 4, tzinfo=UTC), "4": None}
    sprints = [
        easy.row(
            "sprints", id=id, title=id, starts_at=starts_at, state="past" if id == "1" else None
        )
        for id, starts_at in starts.items()
    ]
    donut = [DONUT.row("sprints", id="s1", title="One", starts_at=at(1))]
    export.write(easy, sprints=sprints)
    export.write(DONUT, sprints=donut)
    assert {*export.select("SELECT sprint_id, state FROM velocity")} == {
        *(("1", "past"), ("2", "active"), ("3", "future"), ("4", None), ("s1", None)),
    }


def test_lead_time_is_from_creation_to_completion(export: Export) -> None:
    cards = [
        FLOW.row("cards", id="1", created_at=at(1), completed_at=at(3, 18)),
        FLOW.row("cards", id="2", created_at=at(1)),
        FLOW.row("cards", id="3", completed_at=at(1)),
        FLOW.row("cards", id="4", created_at=at(5), completed_at=at(2)),
        FLOW.row("cards", id="5", created_at=at(5), is_done=True),
    ]
    export.write(FLOW, cards=cards)
    # Those of which it is not known can be counted.
    assert {*export.select("SELECT card_id, lead_days FROM lead_time")} == {
        *(("1", 2.25), ("3", None), ("4", None), ("5", None)),
    }


TODO, DOING, REVIEW, DONE = "1", "2", "3", "4"


@pytest.mark.parametrize(
    ("found", "history", "completed", "days"),
    [
        # Created on the 1st, begun on the 3rd, done on the 6th.
        (FLOW, [(1, TODO), (3, DOING), (6, DONE)], 6, 3.0),
        # The first entry counts, also where the card went back.
        (FLOW, [(1, TODO), (3, DOING), (4, TODO), (5, REVIEW), (6, DONE)], 6, 3.0),
        # Made where work has begun already.
        (FLOW, [(2, REVIEW), (6, DONE)], 6, 4.0),
        # From the first column to the last.
        (FLOW, [(1, TODO), (6, DONE)], 6, 0.0),
        # Done once more, before and after: the last completion counts.
        (FLOW, [(1, TODO), (2, DOING), (3, DONE), (4, DOING), (9, DONE)], 9, 7.0),
        # A column that is gone may have been before the second one, or behind it.
        (FLOW, [(1, TODO), (3, "gone"), (4, DOING), (6, DONE)], 6, None),
        (FLOW, [(1, "gone"), (6, DONE)], 6, None),
        (FLOW, [(1, TODO), (3, DOING), (4, "gone"), (6, DONE)], 6, 3.0),
        (FLOW, [(7, DOING)], 6, None),
        (FLOW, [(1, TODO)], 6, None),
        (FLOW, [], 6, None),
        (FLOW, [(1, TODO), (3, DOING)], None, None),
        # A board whose older changes are not shown: it was there, nobody knows since when.
        (BOARD, [(3, DOING), (6, DONE)], 6, None),
        (BOARD, [(2, TODO), (3, DOING), (6, DONE)], 6, 3.0),
        (BOARD, [(3, "created", DOING), (6, DONE)], 6, 3.0),
    ],
)
def test_cycle_time_is_from_the_first_entry_beyond_the_first_column_to_completion(
    found: ProjectRef,
    history: list[tuple[int, str] | tuple[int, str, str]],
    completed: int | None,
    days: float | None,
    export: Export,
) -> None:
    columns = [
        found.row("columns", kind="column", id=id, title=id, place=int(id))
        for id in (TODO, DOING, REVIEW, DONE)
    ]
    changes = [
        found.row(
            "changes",
            id=str(number),
            entity="card",
            entity_id="1",
            what=change[1] if len(change) == 3 else "updated",
            column_id=change[-1],
            made_at=at(change[0]),
        )
        for number, change in enumerate(history)
    ]
    card = found.row(
        "cards",
        id="1",
        is_done=True,
        created_at=at(1),
        completed_at=at(completed) if completed else None,
        working_seconds=43_200,
    )
    export.write(found, columns=columns, changes=changes, cards=[card])
    assert export.select("SELECT card_id, cycle_days, working_days FROM cycle_time") == [
        ("1", days, 0.5)
    ]


def test_the_ideal_line_falls_from_the_first_value_to_nothing(export: Export) -> None:
    days = [(0, 12.0), (1, 10.0), (2, 11.0), (3, 1.0)]
    rows = [
        DONUT.row(
            "burndown",
            id=f"s1/{step}",
            sprint_id="s1",
            line="actual",
            step=step,
            remaining=left,
            unit="hours",
        )
        for step, left in days
    ]
    trend = [
        DONUT.row("burndown", id=f"trend/{step}", line="trend", step=step, remaining=9, unit="x")
        for step in (1, 2)
    ]
    single = [DONUT.row("burndown", id="a/0", line="actual", step=0, remaining=9, unit="points")]
    sprint = DONUT.row("sprints", id="s1", title="One")
    export.write(DONUT, sprints=[sprint], burndown=[*rows, *trend, *single])
    found = export.select("SELECT sprint, line, step, remaining, ideal FROM burndown_chart")
    assert found == [
        (None, "actual", 0, 9.0, 9.0),
        (None, "trend", 1, 9.0, None),
        (None, "trend", 2, 9.0, None),
        ("One", "actual", 0, 12.0, 12.0),
        ("One", "actual", 1, 10.0, 8.0),
        ("One", "actual", 2, 11.0, 4.0),
        ("One", "actual", 3, 1.0, 0.0),
    ]


def move(number: int, card: str, column: str | None, day: int, hour: int = 12) -> Row:
    return FLOW.row(
        "changes",
        id=str(number),
        entity="card",
        entity_id=card,
        column_id=column,
        made_at=at(day, hour),
    )


def test_cumulative_flow_counts_where_each_card_is_at_the_end_of_each_day(export: Export) -> None:
    columns = [
        FLOW.row("columns", kind="column", id=id, title=title, place=place)
        for id, title, place in [("1", "Backlog", 1), ("2", "To-do", 2), ("4", "Done", 3)]
    ]
    changes = [
        move(1, "a", "1", 1),
        move(2, "b", "1", 1),
        move(3, "a", None, 1, 13),
        move(9, "a", "2", 2),
        move(10, "a", "4", 2),  # at the same moment: the order of the ids decides
        move(11, "b", "2", 4),
        FLOW.row("changes", id="c", entity="column", entity_id="1", column_id="1", made_at=at(9)),
    ]
    export.write(FLOW, columns=columns, changes=changes)
    assert export.select('SELECT day, "column", place, cards FROM cumulative_flow') == [
        ("2026-03-01", "Backlog", 1, 2),
        ("2026-03-01", "To-do", 2, 0),
        ("2026-03-01", "Done", 3, 0),
        ("2026-03-02", "Backlog", 1, 1),
        ("2026-03-02", "To-do", 2, 0),
        ("2026-03-02", "Done", 3, 1),
        ("2026-03-03", "Backlog", 1, 1),
        ("2026-03-03", "To-do", 2, 0),
        ("2026-03-03", "Done", 3, 1),
        ("2026-03-04", "Backlog", 1, 0),
        ("2026-03-04", "To-do", 2, 1),
        ("2026-03-04", "Done", 3, 1),
    ]


def stay(number: int, card: str, what: str, day: int, column: str | None = None) -> Row:
    return FLOW.row(
        "changes",
        id=str(number),
        entity="card",
        entity_id=card,
        column_id=column,
        stay=what,
        made_at=at(day),
    )


def test_cards_whose_stay_has_ended_leave_the_flow_until_it_is_resumed(export: Export) -> None:
    columns = [FLOW.row("columns", kind="column", id="1", title="Doing", place=1)]
    # Five cards enter on the first day; one of them is left on the last.
    entries = [move(n, card, "1", 1) for n, card in enumerate("abcde", 1)]
    changes = [
        *entries,
        stay(11, "a", "ends", 2),
        stay(12, "b", "ends", 2, "1"),
        stay(13, "c", "ends", 3),
        # What happens to it afterwards brings it back to no column.
        move(14, "a", "1", 3),
        stay(15, "a", "resumes", 4),
        stay(16, "a", "ends", 5),
        # Back, into another column.
        stay(17, "c", "resumes", 4, "2"),
        stay(18, "c", "ends", 5, "2"),
    ]
    cards = [FLOW.row("cards", id="d", archived_at=at(4)), FLOW.row("cards", id="e")]
    export.write(FLOW, columns=columns, changes=changes, cards=cards)
    query = 'SELECT day, "column", cards FROM cumulative_flow ORDER BY day, cards DESC'
    assert export.select(query) == [
        ("2026-03-01", "Doing", 5),
        ("2026-03-01", "2", 0),
        ("2026-03-02", "Doing", 3),
        ("2026-03-02", "2", 0),
        ("2026-03-03", "Doing", 2),
        ("2026-03-03", "2", 0),
        ("2026-03-04", "Doing", 2),
        ("2026-03-04", "2", 1),
        ("2026-03-05", "Doing", 1),
        ("2026-03-05", "2", 0),
    ]


def test_throughput_counts_by_week(export: Export) -> None:
    cards = [
        BOARD.row("cards", id=str(day), completed_at=at(day), estimate=2) for day in (1, 2, 8, 9)
    ]
    cards += [BOARD.row("cards", id=f"no{day}", completed_at=at(day)) for day in (3, 16)]
    export.write(BOARD, cards=[*cards, BOARD.row("cards", id="x", estimate=9)])
    # 1 March 2026 is a Sunday.
    assert export.select("SELECT week, cards, points, unestimated FROM throughput") == [
        ("2026-02-23", 1, 2.0, 0),
        ("2026-03-02", 3, 4.0, 1),
        ("2026-03-09", 1, 2.0, 0),
        ("2026-03-16", 1, None, 1),
    ]


def test_every_view_begins_with_the_project_and_can_be_read_empty(export: Export) -> None:
    for view in VIEWS:
        beginning = "service, host, project_id, project"
        assert export.select(f'SELECT {beginning}, * FROM "{view.name}"') == []  # noqa: S608 - own names
        assert view.meaning.endswith(".")


@pytest.mark.anyio
async def test_every_view_has_the_same_rows_in_every_database(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    sandbox, url = Sandbox("demo"), postgres.new_schema()
    file, duck = tmp_path / "x.sqlite", tmp_path / "x.duckdb"
    for to in (str(file), str(duck), url):
        assert not (await export_to(clients_of(sandbox), to=to)).failed
    one, others = InSQLite(file), (InDuckDB(duck), InPostgres(url))
    for view in VIEWS:
        statement = f'SELECT * FROM "{view.name}"'  # noqa: S608 - own names
        rows = one.select(statement)
        assert rows
        for other in others:
            assert other.select(statement) == rows
    for each in (one, *others):
        each.target.close()


def test_a_view_that_another_version_has_made_is_made_anew(tmp_path: Path) -> None:
    export = InSQLite(tmp_path / "x.sqlite")
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
        database.executescript("DROP VIEW throughput; CREATE VIEW throughput AS SELECT 1 AS old")
    assert [*export.target.damage()]
    export.target.prepare()
    assert [*export.target.damage()] == []
    export.target.close()
