"""The schema of an export: made, recognised, and made a new one."""

from __future__ import annotations

import re
import threading
from typing import Final

import psycopg
import pytest

from agilekit import InvalidInput
from agilekit.export.errors import TargetError
from agilekit.export.target import postgres_schema
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.verify import verify_target
from tests.export.target.in_postgres import BOARD, Administrator, data_of, shown
from tests.postgres_server import PostgresServer


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


def test_a_database_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE old ENCODING 'LATIN1' TEMPLATE template0")
    target = Postgres(postgres.url("old"))
    with pytest.raises(InvalidInput, match="has to be in UTF8, not LATIN1"):
        target.prepare()
    target.close()


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
        ("UPDATE cards SET raw = '[1]'", "3 rows of cards have another raw"),
        ("UPDATE cards SET raw = NULL", "3 rows of cards have lost their raw"),
        ("UPDATE cards SET raw = NULL, exact = '[]'", "exact of cards cannot be read"),
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


_TABLES: Final = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
