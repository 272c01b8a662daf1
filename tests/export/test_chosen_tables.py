"""An export holds the tables that were chosen, and promises no others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from agilekit import InvalidInput
from agilekit.export import TABLES, export, verify
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.manifest import ProjectEntry
from agilekit.export.target.open_target import open_target
from agilekit.report import read
from agilekit.sandbox import Sandbox
from tests.export.clients import Killed, another, client, clients_of_new, killing_after

pytestmark = pytest.mark.anyio


def rows_of(to: Path) -> Counter[str]:
    target = open_target(to)
    return Counter({table.name: sum(1 for _ in target.rows(table)) for table in TABLES})


def read_manifest(to: Path) -> list[ProjectEntry]:
    return open_target(to).manifest()


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", ["x.sqlite", "x", "x.parquet", "x.csv"])
async def test_only_the_chosen_tables_have_rows_and_a_promise(
    name: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    to, whole = tmp_path / name, tmp_path / "whole.sqlite"
    await export([client(sandbox)], to=whole)
    report = await export([client(sandbox)], to=to, tables=["cards"])
    expected = {one: rows_of(whole)[one] for one in ("projects", "cards")}
    assert +rows_of(to) == expected
    assert report.rows == expected
    (entry,) = read_manifest(to)
    assert {*(entry["tables"] or ())} == {"projects", "cards"}
    assert verify(to).ok
    await export([client(sandbox)], to=to)
    assert rows_of(to) == rows_of(whole)
    assert verify(to).ok


@pytest.mark.parametrize("tables", [["cards"], None])
async def test_what_is_unchanged_is_read_again_if_other_tables_are_chosen(
    tables: list[str] | None, sandbox: Sandbox, tmp_path: Path
) -> None:
    to, before = tmp_path / "x.sqlite", None if tables else ["cards"]
    await export([client(sandbox)], to=to, tables=before)
    again = await export([client(sandbox)], to=to, tables=before, changed_only=True)
    assert len(again.skipped) == 1
    other = await export([client(sandbox)], to=to, tables=tables, changed_only=True)
    assert len(other.succeeded) == 1
    assert ("people" in +rows_of(to)) is (tables is None)


async def test_a_run_that_is_continued_keeps_no_project_with_other_tables(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to, clients = tmp_path / "x.sqlite", clients_of_new(sandbox, 2)
    with pytest.raises(Killed):
        await export(clients, to=to, tables=["cards"], on_progress=killing_after(1))
    report = await export(clients_of_new(sandbox, 2), to=to)
    assert report.continued
    assert len(report.succeeded) == 2
    assert all(entry["tables"] and "people" in entry["tables"] for entry in read_manifest(to))


async def test_no_report_is_made_without_a_table_that_it_needs(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    to = tmp_path / "x.sqlite"
    await export([client(sandbox)], to=to, tables=["cards", "columns"])
    with pytest.raises(InvalidInput, match="has no sprints of Lighthouse Logbook: a report needs"):
        read(to)
    other = another(sandbox, "Other")
    await export([client(sandbox, other)], to=to)
    assert [one.title for one in read(to, project="Other").projects] == ["Other"]
    with pytest.raises(InvalidInput, match="has no sprints of Lighthouse Logbook"):
        read(to)


def test_a_choice_that_cannot_be_right_is_refused() -> None:
    assert chosen_tables(None) == {table.name for table in TABLES}
    assert chosen_tables([]) == {"projects"}
    assert chosen_tables(("comments", "cards")) == {"projects", "cards", "comments"}
    for given, problem in (
        ("cards", "tables must be a list of names, not 'cards'"),
        (5, "tables must be a list of names, not 5"),
        (["card"], "not 'card'; did you mean 'cards'"),
        ([None], "tables may be 'projects', .* or 'extras', not None"),
        (["comments"], "the rows of comments refer to those of cards: tables must have both"),
    ):
        with pytest.raises(InvalidInput, match=problem):
            chosen_tables(cast("list[str]", given))
