"""Schemas of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.postgres_schema import STORED
from tests.export.target.in_postgres import Administrator
from tests.postgres_server import PostgresServer


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
