"""An export of an older version goes on as one of this version, and loses nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from agilekit import InvalidInput
from agilekit.export import TABLES, export, verify
from agilekit.export.manifest import checked_version
from agilekit.export.table import project_of
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Sandbox
from tests.export.clients import another, client, seeded

pytestmark = pytest.mark.anyio

# They have no types.
arrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")


def make_older(to: Path) -> None:
    """Makes of an export what version 3 wrote."""
    if to.is_file():
        with closing(sqlite3.connect(to, isolation_level=None)) as database:
            database.execute("UPDATE agilekit_export SET format = 3")
            database.execute("DROP VIEW velocity")
            database.execute("CREATE VIEW velocity AS SELECT 'as it was' AS sprint")
        return
    about = to / "agilekit_export.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), "format": 3}))
    for table in TABLES:
        file = to / f"{table.name}.parquet"
        if file.exists():
            parquet.write_table(arrow.table({"time": ["2026-03-02T00:00:00.000000Z"]}), file)


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", ["x.sqlite", "x", "x.zst", "x.parquet"])
async def test_the_next_export_makes_an_older_one_into_one_of_this_version(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    to, later = tmp_path / name, another(sandbox, "Later")
    await export([client(sandbox)], to=to)
    before = {table.name: [*open_target(to).rows(table)] for table in TABLES}
    make_older(to)
    if name == "x.parquet":
        with pytest.raises(InvalidInput, match="another version of agilekit: export anything to"):
            verify(to)
    else:
        assert verify(to).ok
    await export([client(sandbox, later)], to=to)
    proof = verify(to)
    assert (proof.ok, proof.projects) == (True, 2)
    target, id = open_target(to), seeded(sandbox).id
    for table in TABLES:
        rows = [row for row in target.rows(table) if project_of(row, table)[2] == id]
        assert rows == before[table.name]


def test_a_version_that_cannot_be_upgraded_is_refused_with_the_remedy() -> None:
    assert checked_version(3, "x") == 3
    for found, oldest, remedy in (
        (3, 4, "export anything to it"),
        (5, 3, "use that version, or a later one"),
        (2, 3, "move it away"),
        (None, 3, "move it away"),
        ("4", 3, "move it away"),
    ):
        with pytest.raises(InvalidInput, match=f"x was written by another .*{remedy}"):
            checked_version(found, "x", oldest=oldest)
