"""Pipelines of dlt that write to a destination of the test, and nothing else anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dlt
import pytest
from dlt import Pipeline

from tests.dlt.pipelines import pipeline_to
from tests.postgres_server import PostgresServer

if TYPE_CHECKING:
    from dlt import Pipeline


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No telemetry, no file outside of the folder of the test."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "ERROR")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    """One that loads into DuckDB."""

    made = pipeline_to(dlt.destinations.duckdb(str(tmp_path / "x.duckdb")), tmp_path)
    yield made
    made.deactivate()


@pytest.fixture
def postgres_pipeline(tmp_path: Path, postgres: PostgresServer) -> Iterator[Pipeline]:
    """One that loads into PostgreSQL."""

    address = f"postgresql://postgres:any@localhost/postgres?host={postgres.socket_folder}"
    made = pipeline_to(dlt.destinations.postgres(address), tmp_path)
    yield made
    made.deactivate()
