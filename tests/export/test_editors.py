"""While others work, every card that was there throughout is exported, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.export import Exportable, export, verify
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Edit
from tests.export.many import filled

pytestmark = pytest.mark.anyio


class Busy(httpx.AsyncBaseTransport):
    """Lets somebody change something just before each request is handled."""

    def __init__(self, sandbox: Sandbox, change: Callable[[], None]) -> None:
        self._inner = sandbox.transport()
        self._change = change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._change()
        return await self._inner.handle_async_request(request)


async def exported_ids(client: Exportable, tmp_path: Path) -> list[str]:
    to = tmp_path / "x.sqlite"
    report = await export([client], to=to)
    assert [str(one.error) for one in report.failed] == []
    assert verify(to).ok
    with closing(sqlite3.connect(to)) as database:
        return [id for (id,) in database.execute("SELECT id FROM cards")]


@pytest.mark.parametrize("seed", range(3))
async def test_cards_of_flying_donut_that_move_between_backlog_and_sprints(
    seed: int, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=1, cards=60, children=1, only="flyingdonut"), Random(seed)
    project = [*sandbox.flyingdonut.projects.values()][-1]
    before, budget = {*project.cards}, 12

    def change() -> None:
        nonlocal budget
        if budget and random.random() < 0.7:
            budget -= 1
            card = random.choice([*project.cards.values()])
            sprint = random.choice([None, *project.sprints])
            if card.iteration.value != sprint and not card.is_placeholder:
                source = card.container
                card.iteration.change(sprint)
                project.moved(card, source)
                project.activity += 1
            project.add_card(f"New {budget}")

    client = FlyingDonut(
        project.id,
        secret=project.secret,
        base_url=sandbox.flyingdonut.base_url,
        transport=Busy(sandbox, change),
    )
    ids = await exported_ids(client, tmp_path)
    assert budget == 0
    assert len(ids) == len(set(ids))
    assert before <= set(ids)


@pytest.mark.parametrize("seed", range(3))
async def test_tasks_of_kanban_tool_that_are_archived_and_restored(
    seed: int, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=1, cards=220, children=0, only="kanbantool"), Random(seed)
    account = sandbox.kanbantool
    board = [*account.boards.values()][-1]
    before, budget = {str(id) for id in board.tasks}, 8

    def change() -> None:
        nonlocal budget
        if budget:
            budget -= 1
            task = random.choice([*board.tasks.values()])
            account.archive(task) if task.archived_at is None else account.unarchive(task)
            account.add_task(board, f"New {budget}")

    client = KanbanTool(
        token=account.token, base_url=account.base_url, transport=Busy(sandbox, change)
    )
    ids = await exported_ids(client, tmp_path)
    assert budget == 0
    assert len(ids) == len(set(ids))
    assert before <= set(ids)


@pytest.mark.parametrize("seed", range(3))
async def test_stories_of_easybacklog_that_move_between_themes(seed: int, tmp_path: Path) -> None:
    sandbox, random = filled(projects=1, cards=40, children=1, only="easybacklog"), Random(seed)
    store = sandbox.easybacklog
    backlog = next(one for one in store.backlogs.values() if one.name == "Project 0")
    before = {str(id) for theme in backlog.themes for id in store.themes[theme].stories}

    def change() -> None:
        story = store.stories[int(random.choice(sorted(before)))]
        theme = store.themes[random.choice(backlog.themes)]
        if theme.id != story.theme_id:
            store.move_story(story, theme)
        store.add_story(theme, i_want_to="be new")

    client = EasyBacklog(store.base_url, token=store.token, transport=Busy(sandbox, change))
    ids = await exported_ids(client, tmp_path)
    assert len(ids) == len(set(ids))
    assert before <= set(ids)


@pytest.mark.parametrize("seed", range(3))
async def test_tasks_of_flow_that_are_done_meanwhile_or_hidden_in_done(
    seed: int, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=2, cards=130, children=0, only="flow"), Random(seed)
    board = sandbox.flow
    projects = [one for one in board.projects.values() if len(one.tasks) == 130]
    for project in projects:
        done = board.column_of(project, "D")
        for id in project.tasks[:80]:
            board.edit_task(board.tasks[id], Edit(column=done))
    before = {str(id) for project in projects for id in project.tasks}

    def change() -> None:
        project = random.choice(projects)
        task = board.tasks[random.choice(project.tasks)]
        board.edit_task(task, Edit(column=random.choice(board.columns_of(project))))

    client = Flow("midori", key=board.key, base_url=board.base_url, transport=Busy(sandbox, change))
    ids = await exported_ids(client, tmp_path)
    assert len(ids) == len(set(ids))
    assert before <= set(ids)
