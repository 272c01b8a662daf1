"""What tests do with a pipeline: load a sandbox, and ask the destination."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
from dlt import Pipeline

import agilekit.dlt
from agilekit.export import ProjectReport
from agilekit.sandbox import Sandbox
from tests.export.clients import client, seeded

if TYPE_CHECKING:
    from dlt import Pipeline

__all__ = ["asked", "changed", "everything", "load", "pipeline_to", "stored"]

_DATASETS = count()


# Any: the destinations of dlt differ in their types.
def pipeline_to(destination: Any, folder: Path) -> Pipeline:

    return dlt.pipeline(
        "boards",
        destination=destination,
        dataset_name=f"boards_{next(_DATASETS)}",
        pipelines_dir=str(folder / "pipelines"),
    )


def load(
    pipeline: Pipeline,
    sandbox: Sandbox,
    *,
    changed_only: bool = True,
    on_project: Callable[[ProjectReport], object] | None = None,
) -> int:
    """Loads the seeded project of Flying Donut. How many requests that took."""
    before = sandbox.count()
    pipeline.run(
        agilekit.dlt.source([client(sandbox)], changed_only=changed_only, on_project=on_project)
    )
    return sandbox.count() - before


def asked(pipeline: Pipeline, sql: str) -> list[tuple[Any, ...]]:
    """What the destination answers."""
    with pipeline.sql_client("agilekit") as database:
        return [tuple(row) for row in database.execute_sql(sql) or ()]


def everything(pipeline: Pipeline, table: str) -> list[tuple[Any, ...]]:
    """The rows that the destination has of a table."""
    return asked(pipeline, f"SELECT * FROM {table}")  # noqa: S608


def stored(pipeline: Pipeline, table: str) -> int:
    """How many rows the destination has of a table."""
    ((rows,),) = asked(pipeline, f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(rows)


def changed(sandbox: Sandbox) -> None:
    """One more card, which the revision of the seeded project tells of."""
    seeded(sandbox).add_card("One more")
