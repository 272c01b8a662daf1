"""Transactions in PostgreSQL: whole or not at all, whatever the server says."""

from __future__ import annotations

import re
import traceback
from typing import Final

import psycopg
import pytest

from agilekit.export import ExportError, Run, export
from agilekit.export.errors import TargetError
from agilekit.export.tables import BY_NAME
from agilekit.export.target import postgres_database
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.verify import verify_target
from tests.export.many import clients_of, filled
from tests.export.target.in_postgres import BOARD, Administrator, at_each_row, data_of, shown
from tests.postgres_server import PostgresServer


def error_of_commit(target: Postgres, run: Run) -> TargetError:
    """What a commit raises that leaves the project as it was."""
    with pytest.raises(TargetError) as raised:
        target.commit(run, data_of(BOARD, "new"))
    assert shown(target) == {("1", "old")}
    return raised.value


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
    error = error_of_commit(target, run)
    assert re.search("terminating connection|closed the connection", str(error))
    assert error.path == target.path
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
    error = error_of_commit(target, run)
    assert message in str(error)
    assert str(error).startswith(target.path)


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


@pytest.mark.anyio
async def test_a_password_in_the_url_is_in_no_message_of_an_export() -> None:
    sandbox = filled(projects=1, cards=1, children=0, only="kanbantool")
    url = "postgresql://jane:hunter2@127.0.0.1:1/x"
    with pytest.raises(ExportError) as raised:
        await export(clients_of(sandbox), to=url)
    told = "".join(traceback.format_exception(raised.value))
    assert "postgresql://jane@127.0.0.1:1/x" in told
    assert "hunter2" not in told


def test_rows_that_are_read_slowly_stand_in_no_writers_way(target: Postgres) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    reading = target.rows(BY_NAME["cards"])
    first = next(reading)
    target.commit(run, data_of(BOARD, "new"))
    assert [first, *reading] == data_of(BOARD, "old").rows["cards"]
    assert shown(target) == {("1", "new")}


@pytest.mark.usefixtures("its_own_schema")
def test_how_a_role_or_a_session_is_set_up_makes_no_difference(
    postgres: PostgresServer, target: Postgres, server: Administrator
) -> None:
    server.execute("CREATE ROLE odd LOGIN SUPERUSER")
    for name, value in _ODD_SETTINGS.items():
        server.execute(f"ALTER ROLE odd SET {name} = '{value}'".encode())
    odd = Postgres(postgres.url(user="odd", schema=PostgresAddress.parse(target.path).schema))
    run = odd.begin("all", resume=True)
    odd.commit(run, data_of(BOARD, "C:\\"))
    odd.finish([run])
    assert verify_target(odd).ok
    assert shown(odd) == shown(target) == {("1", "C:\\")}
    assert odd.entries() == target.entries()
    odd.close()


def test_a_temporary_table_of_the_session_is_not_taken_for_one_of_the_export(
    target: Postgres, server: Administrator
) -> None:
    with target._database.transaction() as cursor:  # as a pooler hands on a session
        cursor.execute("CREATE TEMP TABLE cards (LIKE cards)")
    target.commit(target.begin("all", resume=True), data_of(BOARD, "new"))
    assert shown(target) == {("1", "new")}
    assert server.execute("SELECT count(*) FROM cards").fetchone() == (3,)


_ODD_SETTINGS: Final = {
    "default_transaction_isolation": "serializable",
    "datestyle": "SQL, DMY",
    "timezone": "Asia/Kathmandu",
    "extra_float_digits": "-10",
    "search_path": "pg_catalog",
    "standard_conforming_strings": "off",
}
_END_OTHERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'agilekit' AND pid <> pg_backend_pid()
"""
