"""The same life of a task, in each format, with the override of methods and without.

Each life is one function; what it sees has to be the same however it is sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final, Literal

import pytest

from agilekit import EasyBacklog, Flow, KanbanTool, NotFound
from agilekit.sandbox import Sandbox
from agilekit.wire.dialect import Format
from tests.contract.clients import easy_backlog, empty, flow, kanban_tool

pytestmark = pytest.mark.anyio

Seen = list[object]


async def in_kanban_tool(kanban: KanbanTool) -> Seen:
    board = await kanban.boards.get((await kanban.boards.all())[0])
    assert board.workflow_stages
    first, *_, last = [stage for stage in board.workflow_stages if stage.parent_id is not None]
    task = await kanban.tasks.create(
        board, name="Käse & <Brot>", description="<p>100 %</p>", due_date=date(2026, 3, 9)
    )
    seen: Seen = [task]
    seen.append(await kanban.tasks.update(board, task, name="Bread", due_date=None, priority=-1))
    seen.append(await kanban.tasks.move(board, task, direction="next_stage"))
    seen.append(await kanban.tasks.move(board, task, stage=first))
    item = await kanban.subtasks.create(board, task, name="Flour")
    other = await kanban.subtasks.create(board, task, name="Yeast", is_completed=True)
    seen.append(await kanban.subtasks.reorder(board, task, [other, item]))
    seen.append(await kanban.subtasks.update(board, task, item, is_completed=True))
    seen.append(await kanban.subtasks.delete(board, task, other))
    comment = await kanban.comments.create(board, task, content="Done\nsoon?")
    seen += [comment, await kanban.comments.all(board, task)]
    seen.append(await kanban.comments.delete(board, task, comment))
    timer = await kanban.timers.create(
        board_id=board, task_id=task, started_at="2026-03-02T10:00:00Z"
    )
    seen.append(await kanban.timers.update(timer, ended_at="2026-03-02T11:00:00Z"))
    seen += [await kanban.timers.all(task=task), await kanban.timers.delete(timer)]
    seen.append(await kanban.tasks.move(board, task, stage=last, override="it is urgent"))
    seen.append(await kanban.tasks.archive(board, task))
    seen.append(await kanban.tasks.archived(board))
    seen.append(await kanban.tasks.unarchive(board, task))
    seen += [await kanban.tasks.get(board, task), await kanban.tasks.all(board, stage=last)]
    seen.append(await kanban.tasks.delete(board, task))
    seen += [await kanban.boards.changes(board), await kanban.tasks.all(board)]
    with pytest.raises(NotFound) as gone:
        await kanban.tasks.get(board, task)
    return [*seen, gone.value.message]


async def in_flow(flow: Flow) -> Seen:
    project, *_ = await flow.projects.all()
    first, *_, done = await flow.columns.all(project)
    kinds = await flow.task_types.all(project)
    task = await flow.tasks.create(project, task_text="Käse & <Brot>", task_type_id=kinds[0])
    seen: Seen = [task, await flow.tasks.get(task), await flow.tasks.all(project)]
    seen.append(await flow.tasks.update(task, task_text="Bread", task_status="R"))
    seen.append(await flow.tasks.update(task, user_ids=[1], task_type_id=kinds[-1]))
    seen.append(await flow.tasks.update(task, task_status="", user_ids=[]))
    seen.append(await flow.tasks.update(task, col_id=done, prev_task_order="none"))
    seen += [await flow.tasks.get(task), await flow.columns.all(project)]
    seen += [await flow.tasks.delete(task), await flow.tasks.all(project), first]
    seen.append(await flow.history.of("task", task))
    seen.append(await flow.tasks.recent_activity(project))
    return seen


async def in_easy_backlog(easy: EasyBacklog) -> Seen:
    account, *_ = await easy.accounts.all()
    backlog, *_ = await easy.backlogs.all(account)
    theme = await easy.themes.create(backlog, name="Käse & <Brot>")
    other = await easy.themes.create(backlog, name="Wine", code="WIN")
    story = await easy.stories.create(theme, as_a="baker", score=3, color="ff0000")
    seen: Seen = [theme, other, story]
    await easy.stories.update(theme, story, i_want_to="bake", score=5, color=None)
    seen.append(await easy.stories.get(story))
    await easy.themes.grab_story(backlog, other, story)
    seen.append(await easy.stories.get(story, theme=other))
    criterion = await easy.criteria.create(story, criterion="It is crisp")
    await easy.criteria.update(story, criterion, criterion="It is very crisp")
    seen += [await easy.criteria.all(story), await easy.stories.get(story, associated=True)]
    sprint = await easy.sprints.create(
        backlog, start_on=date(2026, 3, 9), duration_days=5, number_team_members=2
    )
    statuses = await easy.statuses.all()
    taken = await easy.sprint_stories.create(
        sprint, story_id=story.id, sprint_story_status_id=statuses[0].id
    )
    seen += [sprint, statuses, taken, await easy.sprints.all(backlog, associated=True)]
    await easy.sprint_stories.update(sprint, taken, sprint_story_status_id=statuses[-1].id)
    await easy.sprints.complete(backlog, sprint)
    seen += [await easy.sprints.get(backlog, sprint), await easy.sprint_stories.all(sprint)]
    await easy.sprints.reopen(backlog, sprint)
    await easy.sprint_stories.update(sprint, taken, sprint_story_status_id=statuses[0].id)
    await easy.sprint_stories.delete(sprint, taken)
    await easy.criteria.delete(story, criterion)
    await easy.stories.delete(other, story)
    seen += [await easy.stories.all(other), await easy.themes.all(backlog, associated=True)]
    with pytest.raises(NotFound) as gone:
        await easy.stories.get(story)
    return [*seen, gone.value.message]


FORMATS: Final[tuple[Format, ...]] = ("json", "xml", "jsonp")
REST: Final[tuple[Literal["json", "xml"], ...]] = ("json", "xml")

overrides = pytest.mark.parametrize("override", [False, True], ids=["verbs", "override"])
formats = pytest.mark.parametrize("format", FORMATS)
rest_formats = pytest.mark.parametrize("format", REST)


async def seen_in(client: Any, live: Callable[[Any], Awaitable[Seen]]) -> Seen:
    async with client:
        return await live(client)


def methods_of(sandbox: Sandbox) -> set[str]:
    return {request.method for request in sandbox.requests}


def sends(format: Format, *, override: bool) -> set[str]:
    """The HTTP methods that have to be seen."""
    if format == "jsonp":
        return {"GET"}
    return {"GET", "POST"} if override else {"GET", "POST", "PUT", "DELETE"}


@overrides
@formats
async def test_a_task_of_kanban_tool_lives_the_same_life(format: Format, *, override: bool) -> None:
    sandbox = empty()
    plain = await seen_in(kanban_tool(empty()), in_kanban_tool)
    client = kanban_tool(sandbox, format=format, override=override)
    assert await seen_in(client, in_kanban_tool) == plain
    assert methods_of(sandbox) == sends(format, override=override)


@overrides
@rest_formats
async def test_a_task_of_flow_lives_the_same_life(
    format: Literal["json", "xml"], *, override: bool
) -> None:
    sandbox = empty()
    plain = await seen_in(flow(empty()), in_flow)
    client = flow(sandbox, format=format, override=override)
    assert await seen_in(client, in_flow) == plain
    assert methods_of(sandbox) == sends(format, override=override)


@overrides
@rest_formats
async def test_a_story_of_easybacklog_lives_the_same_life(
    format: Literal["json", "xml"], *, override: bool
) -> None:
    sandbox = empty()
    plain = await seen_in(easy_backlog(empty()), in_easy_backlog)
    client = easy_backlog(sandbox, format=format, override=override)
    assert await seen_in(client, in_easy_backlog) == plain
    assert methods_of(sandbox) == sends(format, override=override)
