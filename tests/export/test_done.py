"""What counts as done: by the names that people give, or by each service's own rule."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from agilekit import EasyBacklog, Flow, InvalidInput, KanbanTool
from agilekit.connections import load
from agilekit.export import ExportReport, export
from agilekit.export.done import DoneNames, DoneRule
from agilekit.sandbox import Sandbox

pytestmark = pytest.mark.anyio

SHOWN = {1: "To do", 2: "Doing", 3: " DONE ", 4: None}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ((), None),
        (("Done",), {3}),
        (("done", "doing"), {2, 3}),
        (("4", "Released"), {4}),
        (("Released",), None),
    ],
)
def test_names_and_ids_are_found_whatever_their_case(
    names: tuple[str, ...], found: set[int] | None
) -> None:
    assert DoneRule(names).ids_among(SHOWN) == found
    assert len(DoneRule(names).unmatched(SHOWN)) == (names == ("Released",))


def clients(sandbox: Sandbox) -> dict[str, KanbanTool | Flow | EasyBacklog]:
    kanban, flow, easy = sandbox.kanbantool, sandbox.flow, sandbox.easybacklog
    transport = sandbox.transport()
    return {
        "work": KanbanTool(token=kanban.token, base_url=kanban.base_url, transport=transport),
        "board": Flow("midori", key=flow.key, base_url=flow.base_url, transport=transport),
        "stories": EasyBacklog(easy.base_url, token=easy.token, transport=transport),
    }


def done_rows(file: Path, table: str, service: str) -> set[str]:
    """The columns that are done, or the columns or states of the cards that are."""
    what = {"columns": "title", "cards": "coalesce(state, column_id)"}[table]
    with closing(sqlite3.connect(file)) as database:
        query = f"SELECT {what} FROM {table} WHERE service = ? AND is_done = 1"  # noqa: S608
        return {row[0] for row in database.execute(query, (service,))}


async def exported(
    to: Path, done: DoneNames | None, *, changed_only: bool = False, sandbox: Sandbox | None = None
) -> ExportReport:
    report = await export(
        clients(sandbox or Sandbox()), to=to, done=done, changed_only=changed_only
    )
    assert not report.failed
    return report


async def test_columns_and_states_that_are_named_are_done_in_every_service(tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    await exported(file, ["In progress", "to do", "in-progress"])
    assert done_rows(file, "columns", "kanbantool") == {"To do", "In progress"}
    assert done_rows(file, "columns", "flow") == {"In-progress"}
    assert done_rows(file, "cards", "easybacklog") == {"To do", "In progress"}


async def test_a_connection_of_which_nothing_is_named_goes_by_its_own_rule(tmp_path: Path) -> None:
    own, named = tmp_path / "own.sqlite", tmp_path / "named.sqlite"
    await exported(own, None)
    await exported(named, {"stories": ["To do"]})
    for table in ("columns", "cards"):
        assert done_rows(own, table, "kanbantool") == done_rows(named, table, "kanbantool")
    assert done_rows(own, "cards", "easybacklog") == {"Accepted"}
    assert done_rows(named, "cards", "easybacklog") == {"To do"}


async def test_a_project_without_what_is_named_says_so_and_keeps_its_own_rule(
    tmp_path: Path,
) -> None:
    file = tmp_path / "backup.sqlite"
    report = await exported(file, {"work": ["Shipped"]})
    gaps = {one.service: one.gaps for one in report.projects}
    assert gaps["kanbantool"] == (
        "none of its columns or states is Shipped: what is done is the service's own rule",
    )
    assert gaps["easybacklog"] == ()
    assert "Done" in done_rows(file, "columns", "kanbantool")


async def test_what_is_named_otherwise_changes_a_project(tmp_path: Path) -> None:
    sandbox, file = Sandbox(), tmp_path / "backup.sqlite"
    boards = {*sandbox.kanbantool.boards}

    async def skipped(done: list[str] | None) -> int:
        report = await exported(file, done, changed_only=True, sandbox=sandbox)
        return sum(one.service == "kanbantool" for one in report.skipped)

    assert await skipped(None) == 0
    assert await skipped(None) == len(boards)
    assert await skipped(["Done"]) == 0
    assert await skipped([" done"]) == len(boards)
    assert await skipped(["Done", "Doing"]) == 0


@pytest.mark.parametrize(
    "done", ["Done", [1], [""], 7, {"work": "Done"}, {"nobody": ["Done"]}, {1: ["Done"]}]
)
async def test_what_names_nothing_is_refused(tmp_path: Path, done: object) -> None:
    with pytest.raises(InvalidInput, match="done"):
        await export(clients(Sandbox()), to=tmp_path / "a.sqlite", done=done)  # type: ignore[arg-type]


FILE = """
secrets_in_this_file = true
[connections.work]
service = "kanbantool"
account = "mycompany"
token = "t"
done = {}
"""


@pytest.mark.parametrize(
    ("said", "done"), [('["Done", "17"]', ("Done", "17")), ("[]", ()), ('"Done"', None)]
)
def test_a_connection_says_what_is_done(
    tmp_path: Path, said: str, done: tuple[str, ...] | None
) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_text(FILE.format(said))
    if done is None:
        with pytest.raises(InvalidInput, match="done must be a list of names or ids"):
            load(file)
        return
    work = load(file)["work"]
    assert work.done == done
    settings: Mapping[str, object] = work.settings
    assert "done" not in settings
    assert not work.client().is_open
