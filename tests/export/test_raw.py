"""What an export keeps of an answer is never less than what the single call answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from agilekit import EasyBacklog, Flow, KanbanTool
from agilekit.export import export
from agilekit.sandbox import Sandbox
from tests.export.many import clients_of

pytestmark = pytest.mark.anyio


class Kept:
    """The raw answers of an export, by service, table, kind and id."""

    def __init__(self, path: Path) -> None:
        self.rows: dict[tuple[str, str], list[tuple[str, Mapping[str, object]]]] = {}
        with closing(sqlite3.connect(path)) as database:
            for table, kind in [
                *(("projects", "''"), ("columns", "kind"), ("sprints", "''"), ("cards", "''")),
                *(("tasks", "''"), ("comments", "''"), ("extras", "kind"), ("people", "''")),
                ("time_entries", "''"),
            ]:
                id = "project_id" if table == "projects" else "id"
                statement = f"SELECT service, {kind}, project_id, {id}, raw FROM {table}"  # noqa: S608
                for service, kinds, project, key, raw in database.execute(statement):
                    if raw is not None:
                        found = self.rows.setdefault((service, kinds or table), [])
                        found.append((f"{project}/{key}", json.loads(raw)))

    def of(self, service: str, what: str) -> list[tuple[list[int], Mapping[str, object]]]:
        """The ids of project and entity, and what was kept."""
        return [([int(id) for id in ids.split("/")], raw) for ids, raw in self.rows[service, what]]


@pytest.fixture
async def kept(tmp_path: Path) -> tuple[Sandbox, Kept]:
    sandbox = Sandbox()
    report = await export(clients_of(sandbox), to=tmp_path / "x.sqlite")
    assert not report.failed
    return sandbox, Kept(tmp_path / "x.sqlite")


def assert_holds(raw: Mapping[str, object], single: Mapping[str, object], *but: str) -> None:
    missing = {
        name: (raw.get(name), one)
        for name, one in single.items()
        if name not in but and (name not in raw or raw[name] != one)
    }
    assert missing == {}


async def test_kanban_tool(kept: tuple[Sandbox, Kept]) -> None:
    sandbox, rows = kept
    account = sandbox.kanbantool
    async with KanbanTool(**account.arguments()) as kanban:
        for (board, _), raw in rows.of("kanbantool", "projects"):
            assert_holds(raw, (await kanban.boards.get(board)).raw)
        owners: dict[int, int] = {}
        for (board, id), raw in rows.of("kanbantool", "cards"):
            task = await kanban.tasks.get(board, id)
            assert_holds(raw, task.raw)
            owners |= {one.id: id for one in task.subtasks or ()}
            owners |= {one.id: id for one in task.comments or ()}
        for (board, id), raw in rows.of("kanbantool", "tasks"):
            assert_holds(raw, (await kanban.subtasks.get(board, owners[id], id)).raw)
        for (board, id), raw in rows.of("kanbantool", "comments"):
            assert_holds(raw, (await kanban.comments.get(board, owners[id], id)).raw)
        timers = {one.id: one for one in await kanban.timers.all()}
        for (_, id), raw in rows.of("kanbantool", "time_entries"):
            assert_holds(raw, timers.pop(id).raw)
        assert not timers


async def test_flow(kept: tuple[Sandbox, Kept]) -> None:
    sandbox, rows = kept
    board = sandbox.flow
    async with Flow(**board.arguments()) as flow:
        listed = {one.task_id: one for p in board.projects for one in await flow.tasks.all(p)}
        for (_, id), raw in rows.of("flow", "cards"):
            assert_holds(raw, (await flow.tasks.get(id)).raw)
            assert_holds(raw, listed[id].raw)
        for (project, id), raw in rows.of("flow", "column"):
            columns = {one.col_id: one for one in await flow.columns.all(project)}
            assert_holds(raw, columns[id].raw)


async def test_easybacklog(kept: tuple[Sandbox, Kept]) -> None:
    sandbox, rows = kept
    store = sandbox.easybacklog
    account = store.account_id
    async with EasyBacklog(**store.arguments()) as easy:
        for (backlog, _), raw in rows.of("easybacklog", "projects"):
            assert_holds(raw, (await easy.backlogs.get(account, backlog)).raw)
            whole = await easy.backlogs.get(account, backlog, associated=True)
            assert_holds(raw, whole.raw, "themes", "sprints")
        for (backlog, id), raw in rows.of("easybacklog", "theme"):
            assert_holds(raw, (await easy.themes.get(backlog, id)).raw)
        for (_, id), raw in rows.of("easybacklog", "cards"):
            # A theme shows both scores of its stories, whatever the rule.
            single = (await easy.stories.get(id)).raw
            assert_holds({"score": raw["score_90"], **raw}, single)
        for (_, id), raw in rows.of("easybacklog", "tasks"):
            story = store.criteria[id].story_id
            assert_holds(raw, (await easy.criteria.get(story, id)).raw)
        for (backlog, id), raw in rows.of("easybacklog", "sprints"):
            assert_holds(raw, (await easy.sprints.get(backlog, id)).raw)
        for (_, id), raw in rows.of("easybacklog", "sprint_story"):
            sprint = store.sprint_stories[id].sprint_id
            assert_holds(raw, (await easy.sprint_stories.get(sprint, id)).raw)
        for (backlog, id), raw in rows.of("easybacklog", "snapshot"):
            assert_holds(raw, (await easy.snapshots.get(account, backlog, id)).raw)
        for (backlog, _), raw in rows.of("easybacklog", "statistics"):
            assert_holds(raw, (await easy.backlogs.statistics(account, backlog)).raw)
