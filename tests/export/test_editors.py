"""While others work, every card that was there throughout is exported, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.export import Exportable, export, verify
from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog import Backlog, Story
from agilekit.sandbox.easybacklog import EasyBacklog as Store
from agilekit.sandbox.flow import Edit
from tests.export.many import filled
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2026, 3, 20, tzinfo=UTC)
every_seed = pytest.mark.parametrize("seed", range(60 if FULL else 1))


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


@pytest.mark.quick(1)
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


@pytest.mark.quick(1)
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


@pytest.mark.quick(1)
@every_seed
@pytest.mark.parametrize("share", [0.0, 0.1, 0.7])
async def test_stories_of_easybacklog_that_move_are_there_or_a_gap_says_so(
    share: float, seed: int, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=2, cards=20, children=1, only="easybacklog"), Random(seed)
    store = sandbox.easybacklog
    backlogs = [one for one in store.backlogs.values() if one.name.startswith("Project")]
    themes = [store.themes[id] for one in backlogs for id in one.themes]
    before = {str(id) for theme in themes for id in theme.stories}

    def change() -> None:
        if random.random() >= share:
            return
        backlog = random.choice([one for one in backlogs if one.themes])
        theme = store.themes[random.choice(backlog.themes)]
        match random.randrange(8):
            case 0:
                store.move_theme(theme, random.choice([one for one in backlogs if one != backlog]))
            case 1:
                store.add_story(theme, i_want_to="be new")
            case 2 if theme.stories:
                story = store.stories[random.choice(theme.stories)]
                store.remove_story(story)
                before.discard(str(story.id))
            case 3 if theme.stories:
                assign(store, store.stories[random.choice(theme.stories)], backlog)
            case _ if theme.stories:
                target = store.themes[random.choice(backlog.themes)]
                store.move_story(store.stories[random.choice(theme.stories)], target)
            case _:
                pass

    client = EasyBacklog(store.base_url, token=store.token, transport=Busy(sandbox, change))
    await assert_there(client, before, tmp_path, moved=share > 0)


def assign(store: Store, story: Story, backlog: Backlog) -> None:
    """Puts a story into the sprint of its backlog, or takes it out."""
    if story.sprint_story_id is None:
        store.add_sprint_story(store.sprints[backlog.sprints[0]], story)
    else:
        store.remove_sprint_story(store.sprint_stories[story.sprint_story_id])


@pytest.mark.quick(1)
@every_seed
@pytest.mark.parametrize("share", [0.0, 0.05, 1.0])
async def test_tasks_of_flow_that_move_are_there_or_a_gap_says_so(
    share: float, seed: int, tmp_path: Path
) -> None:
    sandbox, random = filled(projects=2, cards=70, children=0, only="flow"), Random(seed)
    board = sandbox.flow
    projects = [one for one in board.projects.values() if len(one.tasks) == 70]
    for project in projects:
        done = board.column_of(project, "D")
        for id in project.tasks[:58]:
            board.edit_task(board.tasks[id], Edit(column=done), at=LONG_AGO)
    before = {str(id) for project in projects for id in project.tasks}

    def change() -> None:
        if random.random() >= share:
            return
        project = random.choice(projects)
        task = board.tasks[random.choice(project.tasks)]
        match random.randrange(8):
            case 0:
                board.edit_task(task, Edit(status="D"))
                before.discard(str(task.id))
            case 1:
                board.add_task(project, "New")
            case _:
                board.edit_task(task, Edit(column=random.choice(board.columns_of(project))))

    client = Flow("midori", key=board.key, base_url=board.base_url, transport=Busy(sandbox, change))
    await assert_there(client, before, tmp_path, moved=share > 0)


async def assert_there(
    client: Exportable, before: set[str], tmp_path: Path, *, moved: bool
) -> None:
    """Two exports to one place: nothing is lost without a gap, and there is none where nothing
    moved.
    """
    for _ in range(2):
        report = await export([client], to=tmp_path / "x.sqlite")
        assert [str(one.error) for one in report.failed] == []
        gaps = [gap for one in report.projects for gap in one.gaps]
        with closing(sqlite3.connect(tmp_path / "x.sqlite")) as database:
            found = [*database.execute("SELECT project_id, id FROM cards")]
        assert len(found) == len({*found})
        assert gaps or before <= {id for _, id in found}
        assert moved or not gaps
    assert verify(tmp_path / "x.sqlite").ok
