"""An export in PostgreSQL: whole or not at all, whatever the server says."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import psycopg
import pytest
from attrs import evolve

from agilekit import InvalidInput
from agilekit.export import TABLES, export, verify
from agilekit.export.errors import TargetError
from agilekit.export.manifest import key_of
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target import postgres_database, postgres_schema
from agilekit.export.target.open_target import open_target
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.postgres_schema import STORED
from agilekit.export.target.target import Run
from agilekit.export.testing import CHECKS
from agilekit.export.verify import verify_target
from agilekit.sandbox import Faults, Sandbox
from tests.each import each
from tests.export.conforming import made_in_postgres
from tests.export.many import clients_of, filled
from tests.postgres_server import PostgresServer

CHAOS: Final = Faults(
    drop_before=0.05,
    drop_after=0.05,
    cut_body=0.05,
    error_before=0.05,
    error_after=0.05,
    bad_gateway=0.05,
    rate_limited=0.02,
    retry_after=0.01,
    seed=3,
)
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


@pytest.fixture(scope="module")
def common_schema(postgres: PostgresServer) -> str:
    url = postgres.new_schema()
    target = Postgres(url)
    target.prepare()
    target.close()
    return url


@pytest.fixture
def its_own_schema() -> None:
    """What a test uses that changes the schema itself."""


@pytest.fixture
def url(request: pytest.FixtureRequest, postgres: PostgresServer, common_schema: str) -> str:
    """Of a schema without rows; if the test uses its own, it is not there yet."""
    if "its_own_schema" in request.fixturenames:
        return postgres.new_schema()
    address = PostgresAddress.parse(common_schema)
    with psycopg.connect(address.conninfo) as connection:
        for table in ("runs", *STORED):
            connection.execute(f"DELETE FROM {address.schema}.{table}".encode())  # noqa: S608
    return common_schema


@pytest.fixture
def target(url: str) -> Iterator[Postgres]:
    target = Postgres(url)
    target.prepare()
    yield target
    target.close()


@pytest.fixture
def server(url: str) -> Iterator[Administrator]:
    """The schema, as its administrator sees it."""
    address = PostgresAddress.parse(url)
    with psycopg.connect(address.conninfo, autocommit=True) as connection:
        connection.execute(f"SET search_path = {address.schema}".encode())
        yield connection


@pytest.mark.usefixtures("its_own_schema")
@pytest.mark.quick(3)
@pytest.mark.parametrize("check", CHECKS)
def test_it_does_what_every_target_has_to(check: str, url: str) -> None:
    CHECKS[check](partial(made_in_postgres, url))


def test_what_is_there_of_a_project_is_replaced(target: Postgres) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old", cards=5))
    target.commit(run, data_of(OTHER, "other"))
    target.commit(run, data_of(BOARD, "new"))
    assert shown(target) == {("1", "new"), ("2", "other")}
    cards = [*target.rows_of(BOARD.key, BY_NAME["cards"])]
    assert cards == data_of(BOARD, "new").rows["cards"]
    assert [*target.damage()] == []


def test_what_the_last_attempt_made_of_a_project_is_noted_and_its_rows_stay(
    target: Postgres,
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    target.fail(run, BOARD, InvalidInput("no\0thing"))
    target.skip(run, OTHER, "unchanged")
    board, other = target.entries()
    assert (board["error"], board["title"]) == ("InvalidInput: no\0thing", "old")
    assert (other["skipped"], other["tables"]) == ("unchanged", None)
    assert shown(target) == {("1", "old")}


def test_a_run_that_was_cut_off_is_continued_or_begun_anew(target: Postgres) -> None:
    first = target.begin("all", resume=True)
    again = target.begin("all", resume=True)
    assert (again.id, again.continued) == (first.id, True)
    assert again.epoch > first.epoch
    assert again.started_at is not None
    assert target.unfinished() == [again]
    anew = target.begin("all", resume=False)
    assert anew.id != first.id
    target.finish([anew])
    assert target.unfinished() == []
    assert target.begin("all", resume=True).id != anew.id


def test_a_writer_whose_run_was_taken_over_changes_nothing(target: Postgres, url: str) -> None:
    late = target.begin("all", resume=True)
    target.commit(late, data_of(BOARD, "old"))
    other = Postgres(url)
    other.commit(other.begin("all", resume=True), data_of(BOARD, "new"))
    other.close()
    steps: list[Callable[[], None]] = [
        lambda: target.commit(late, data_of(BOARD, "late")),
        lambda: target.fail(late, BOARD, InvalidInput("late")),
        lambda: target.skip(late, BOARD, "late"),
        lambda: target.finish([late]),
    ]
    for step in steps:
        with pytest.raises(TargetError, match="taken this run over"):
            step()
    assert shown(target) == {("1", "new")}
    assert target.entries()[0]["error"] is None


def test_a_project_that_a_later_run_has_written_stays_as_it_is(target: Postgres) -> None:
    earlier, later = target.begin("a", resume=True), target.begin("b", resume=True)
    target.commit(later, data_of(BOARD, "later"))
    target.commit(earlier, data_of(BOARD, "earlier"))
    assert shown(target) == {("1", "later")}


class Interrupted(list[Row]):
    """Rows that come when something has happened: not when they are counted, but when written."""

    def __init__(self, rows: Iterable[Row], happens: Callable[[], object]) -> None:
        super().__init__(rows)
        self._happens = happens
        self._counted = False

    def __iter__(self) -> Iterator[Row]:
        if self._counted:
            self._happens()
        self._counted = True
        return super().__iter__()


def test_nobody_takes_a_run_over_while_it_writes(
    target: Postgres, url: str, server: Administrator
) -> None:
    run, other = target.begin("all", resume=True), Postgres(url)
    begun: list[Run] = []
    thread = threading.Thread(target=lambda: begun.append(other.begin("all", resume=True)))

    def take_over() -> None:
        thread.start()
        while server.execute(_WAITING).fetchone() != (1,):
            assert not begun

    data = data_of(BOARD, "whole")
    cards = Interrupted(data.rows["cards"], take_over)
    target.commit(run, evolve(data, rows={**data.rows, "cards": cards}))
    thread.join()
    assert shown(target) == {("1", "whole")}
    with pytest.raises(TargetError, match="taken this run over"):
        target.commit(run, data_of(BOARD, "late"))
    assert begun[0].id == run.id
    other.close()


def test_a_connection_that_the_server_has_ended_is_opened_anew(
    target: Postgres, server: Administrator
) -> None:
    run = target.begin("all", resume=True)
    server.execute(_END_OTHERS)
    target.commit(run, data_of(BOARD, "old"))
    assert shown(target) == {("1", "old")}


@pytest.mark.usefixtures("its_own_schema")
@pytest.mark.quick(1)
@pytest.mark.parametrize("table", ["projects", "cards", "manifest"])
def test_a_connection_that_is_lost_while_a_project_is_written_leaves_it_as_it_was(
    target: Postgres, server: Administrator, table: str
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    at_each_row(server, table, "PERFORM pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(
        TargetError, match=r"terminating connection|closed the connection"
    ) as raised:
        target.commit(run, data_of(BOARD, "new"))
    assert raised.value.path == target.path
    assert shown(target) == {("1", "old")}
    server.execute(f"DROP TRIGGER at_each_row ON {table}".encode())
    target.commit(run, data_of(BOARD, "new"))
    assert shown(target) == {("1", "new")}


@pytest.mark.usefixtures("its_own_schema")
@pytest.mark.quick(1)
@pytest.mark.parametrize("table", ["projects", "cards", "manifest"])
def test_a_full_disk_leaves_the_project_as_it_was(
    target: Postgres, server: Administrator, table: str
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    message = "could not extend file: No space left on device"
    at_each_row(server, table, f"RAISE EXCEPTION '{message}' USING ERRCODE = 'disk_full'")
    with pytest.raises(TargetError, match=message) as raised:
        target.commit(run, data_of(BOARD, "new"))
    assert str(raised.value).startswith(target.path)
    assert shown(target) == {("1", "old")}


def test_two_writers_of_one_project_follow_each_other(target: Postgres, url: str) -> None:
    other = Postgres(url)
    runs = [(one, one.begin(scope, resume=True)) for one, scope in ((target, "a"), (other, "b"))]

    def write(one: Postgres, run: Run) -> None:
        for _ in range(5):
            one.commit(run, data_of(BOARD, run.scope, cards=50))

    threads = [threading.Thread(target=write, args=pair) for pair in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown(target) == {("1", "b")}
    other.close()


def test_a_writer_that_holds_a_run_or_a_project_too_long_is_said_to(
    target: Postgres, server: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = target.begin("all", resume=True)
    monkeypatch.setattr(postgres_database, "_LOCK_TIMEOUT", "10ms")
    with server.transaction():
        server.execute("SELECT * FROM runs FOR UPDATE")
        with pytest.raises(TargetError, match="another process has been at work on it for 10ms"):
            target.commit(run, data_of(BOARD, "x"))
    target.commit(run, data_of(BOARD, "x"))
    assert shown(target) == {("1", "x")}


@pytest.mark.usefixtures("its_own_schema")
def test_several_writers_may_make_the_schema_at_once(url: str) -> None:
    targets = [Postgres(url) for _ in range(4)]
    threads = [threading.Thread(target=one.prepare) for one in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    epochs = [one.begin(str(place), resume=True).epoch for place, one in enumerate(targets)]
    assert epochs == [1, 2, 3, 4]
    for one in targets:
        one.close()


@pytest.mark.usefixtures("its_own_schema")
def test_a_schema_with_other_tables_is_refused_unchanged(
    postgres: PostgresServer, url: str
) -> None:
    address = PostgresAddress.parse(url)
    with psycopg.connect(address.conninfo) as connection:
        connection.execute(f"CREATE SCHEMA {address.schema}".encode())
        connection.execute(f"CREATE TABLE {address.schema}.cards (id integer)".encode())
    target = Postgres(url)
    for step in (target.prepare, target.check):
        with pytest.raises(InvalidInput, match="other tables, not an export") as raised:
            step()
        assert target.path in str(raised.value)
    with psycopg.connect(address.conninfo) as connection:
        assert connection.execute(_TABLES, [address.schema]).fetchall() == [("cards",)]
    target.close()


def test_an_empty_schema_is_filled_by_whoever_may_only_do_that(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("CREATE SCHEMA desk AUTHORIZATION clerk")
    target = Postgres(postgres.url(user="clerk", schema="desk"))
    target.prepare()
    target.commit(target.begin("all", resume=True), data_of(BOARD, "x"))
    assert shown(target) == {("1", "x")}
    target.close()
    elsewhere = Postgres(postgres.url(user="clerk", schema="elsewhere"))
    with pytest.raises(TargetError, match="permission denied for database") as raised:
        elsewhere.prepare()
    assert "clerk@" in str(raised.value)
    elsewhere.close()


def test_whoever_may_only_read_can_verify_and_is_told_that_writing_is_denied(
    postgres: PostgresServer, target: Postgres, server: Administrator
) -> None:
    target.commit(target.begin("all", resume=True), data_of(BOARD, "old"))
    schema = PostgresAddress.parse(target.path).schema
    server.execute("CREATE ROLE reader LOGIN")
    server.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader".encode())
    server.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader".encode())
    reader = Postgres(postgres.url(user="reader", schema=schema))
    reader.check()
    assert [*reader.damage()] == []
    assert shown(reader) == {("1", "old")}
    with pytest.raises(TargetError, match="permission denied for table"):
        reader.begin("all", resume=True)
    reader.close()


def test_a_wrong_password_and_none_are_told_apart_and_shown_nowhere(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE locked LOGIN PASSWORD 'hunter2'")
        connection.execute("CREATE SCHEMA vault AUTHORIZATION locked")
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    url = postgres.url(user="locked", schema="vault")
    for given, said in [
        (
            url.replace("locked@", "locked:hunter3@"),
            'password authentication failed for user "locked"',
        ),
        (url, "set PGPASSWORD"),
    ]:
        target = Postgres(given)
        with pytest.raises(TargetError, match=re.escape(said)) as raised:
            target.prepare()
        assert str(raised.value).startswith(target.path)
        assert "hunter" not in f"{raised.value} {target!r} {raised.value.__cause__}"
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    opened = Postgres(url)
    opened.prepare()
    assert "hunter" not in repr(opened)
    opened.close()


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/x", "postgresql://%2Fnowhere/x"])
def test_a_server_that_is_not_there_is_named(url: str) -> None:
    target = Postgres(url)
    with pytest.raises(TargetError, match=r"(?i)connection .* failed") as raised:
        target.prepare()
    assert str(raised.value).startswith(f"{url}?schema=agilekit: ")
    assert "\n" not in str(raised.value)


def test_a_database_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE old ENCODING 'LATIN1' TEMPLATE template0")
    target = Postgres(postgres.url("old"))
    with pytest.raises(InvalidInput, match="has to be in UTF8, not LATIN1"):
        target.prepare()
    target.close()


@pytest.mark.usefixtures("its_own_schema")
def test_an_older_schema_is_made_a_new_one_and_a_later_one_refused(
    target: Postgres,
    server: Administrator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target.commit(target.begin("all", resume=True), data_of(BOARD, "old"))
    server.execute("UPDATE agilekit_export SET version = 0, format = 3")
    server.execute("DROP VIEW throughput")
    statements = ["CREATE VIEW throughput AS SELECT 1 AS migrated"]
    monkeypatch.setattr(postgres_schema, "MIGRATIONS", {0: statements})
    target.prepare()
    target.check()
    assert server.execute("SELECT migrated FROM throughput").fetchone() == (1,)
    assert shown(target) == {("1", "old")}
    server.execute("UPDATE agilekit_export SET version = 2")
    for step in (target.prepare, target.check):
        with pytest.raises(InvalidInput, match="later version"):
            step()


@pytest.mark.usefixtures("its_own_schema")
def test_a_schema_that_is_not_there_is_no_export(url: str) -> None:
    target = Postgres(url)
    with pytest.raises(InvalidInput, match="there is no export at") as raised:
        target.check()
    assert target.path in str(raised.value)
    target.close()


def test_rows_that_are_read_slowly_stand_in_no_writers_way(target: Postgres) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    reading = target.rows(BY_NAME["cards"])
    first = next(reading)
    target.commit(run, data_of(BOARD, "new"))
    assert [first, *reading] == data_of(BOARD, "old").rows["cards"]
    assert shown(target) == {("1", "new")}


@pytest.mark.parametrize("fails", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.anyio
async def test_an_export_has_the_manifest_and_the_rows_that_sqlite_has(
    fails: bool, url: str, tmp_path: Path
) -> None:
    sandbox, file = filled(projects=1, cards=4, children=2), tmp_path / "x.sqlite"
    assert not (await export(clients_of(sandbox), to=file)).failed
    sandbox.faults = CHAOS if fails else Faults()
    clients = clients_of(sandbox, retries=30, deadline=900)
    assert not (await export(clients, to=url)).failed
    assert held(url) == held(file)
    assert verify(url).ok
    again = await export(clients, to=url, changed_only=True)
    assert again.skipped
    assert held(url) == held(file)


def held(to: str | Path) -> object:
    """What the manifest promises, and the rows."""
    target = open_target(to)
    promised = [(key_of(entry), entry["tables"]) for entry in target.manifest()]
    rows = {table.name: [*target.rows(table)] for table in TABLES}
    target.close()
    assert rows["changes"]
    return promised, rows


@pytest.mark.anyio
async def test_the_queries_of_the_guide_have_rows(postgres: PostgresServer) -> None:
    url = postgres.url(schema="agile")
    assert not (await export(clients_of(Sandbox("demo")), to=url)).failed
    guide = Path(__file__).parents[3] / "docs" / "guides" / "postgres.md"
    queries = re.findall(r"```sql\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    with psycopg.connect(PostgresAddress.parse(url).conninfo) as connection:
        for query in "".join(queries).split(";")[:-1]:
            assert connection.execute(query.encode()).fetchall(), query


def test_a_format_is_for_files_and_a_url_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="leave it out for postgresql://"):
        open_target("postgresql://h/db", "sqlite")
    assert open_target("postgres://h/db").path == "postgresql://h/db?schema=agilekit"
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[postgres\]'"):
        open_target("postgresql://h/db")


@each(
    ("statement", "problem"),
    [
        ("UPDATE cards SET title = 'other' WHERE id = '1'", "rows of cards are not those"),
        ("UPDATE cards SET is_done = true", "rows of cards are not those"),
        ("UPDATE cards SET raw = '{\"a\":1}'", "3 rows of cards have another raw"),
        ("UPDATE cards SET raw = NULL, exact = NULL", "rows of cards are not those"),
        ("UPDATE cards SET exact = '?'", "exact of cards cannot be read"),
        ("DELETE FROM cards WHERE id = '1'", "cards has 2 rows instead of 3"),
    ],
)
def test_rows_that_were_changed_are_found_and_healed_by_exporting_again(
    statement: str, problem: str, target: Postgres, server: Administrator
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    assert verify_target(target).problems == ()
    server.execute(statement.encode())
    found = verify_target(target)
    assert re.search(problem, "\n".join(found.problems)), found.problems
    assert all(target.path in advice or "kanbantool" in advice for advice in found.advice)


@pytest.mark.usefixtures("its_own_schema")
@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DROP VIEW throughput", "the view throughput is not there"),
        ("ALTER TABLE tasks ADD COLUMN mine text", "the columns of tasks are not"),
        ("DROP TABLE burndown CASCADE", "relation .*burndown.* does not exist"),
        ("INSERT INTO people VALUES ('flow', 'h', '9', '1')", "1 rows of people that nothing"),
        ("UPDATE manifest SET exact = '?'", "the manifest cannot be read"),
    ],
)
def test_a_schema_that_was_changed_is_found(
    statement: str, problem: str, target: Postgres, server: Administrator
) -> None:
    target.commit(target.begin("all", resume=True), data_of(BOARD, "old"))
    server.execute(statement.encode())
    found = verify_target(target)
    assert re.search(problem, "\n".join(found.problems)), found.problems
    assert all(target.path in advice for advice in found.advice)


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


_TABLES: Final = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
_WAITING: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'agilekit' AND wait_event_type = 'Lock'
"""
_END_OTHERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'agilekit' AND pid <> pg_backend_pid()
"""
