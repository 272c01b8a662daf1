"""The rows that an export of a sandbox has to hold, made only from the sandbox's state.

`SHOWN` names the columns that are compared, by table; the tests of a single service compare more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog import Story
from agilekit.sandbox.flow import Task as FlowTask
from agilekit.sandbox.kanbantool import Board, Task
from tests.export.source.flyingdonut.expected import expected as expected_of_donut
from tests.export.source.kanbantool.expected import completed_at

Cells: TypeAlias = tuple[object, ...]

_PLACE: Final = ("service", "project_id")
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "projects": (*_PLACE, "title", "state"),
    "columns": (*_PLACE, "kind", "id", "title", "card_limit"),
    "sprints": (*_PLACE, "id", "title", "completed_at"),
    "people": (*_PLACE, "id", "name"),
    "cards": (
        *(*_PLACE, "id", "title", "description", "estimate", "column_id", "swimlane_id"),
        *("sprint_id", "assignees", "created_at", "completed_at", "archived_at"),
    ),
    "tasks": (*_PLACE, "id", "card_id", "title", "state"),
    "comments": (*_PLACE, "id", "card_id", "person_id", "text", "created_at"),
    "changes": (*_PLACE, "id", "entity", "entity_id", "what", "person_id", "made_at"),
    "time_entries": (*_PLACE, "id", "card_id", "person_id", "started_at", "ended_at"),
}


def expected(sandbox: Sandbox) -> dict[str, set[Cells]]:
    """By table, the cells of the columns in `SHOWN`."""
    rows: dict[str, set[Cells]] = {table: set() for table in SHOWN}
    for table, cells in (*_donut(sandbox), *_flow(sandbox), *_easy(sandbox), *_kanban(sandbox)):
        assert len(cells) == len(SHOWN[table]), (table, cells)
        assert cells not in rows[table], (table, cells)
        rows[table].add(cells)
    return rows


def _moment(time: datetime | None) -> str | None:
    if time is None:
        return None
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _eastern(time: datetime | None) -> str | None:
    """A time of flow: as the clocks of the eastern USA show it, of a repeated hour the first."""
    if time is None:
        return None
    return _second(time.astimezone(ZoneInfo("America/New_York")).replace(fold=0))


def _second(time: datetime | None) -> str | None:
    """A time that its service shows without fractions of a second."""
    return None if time is None else _moment(time.replace(microsecond=0))


def _donut(sandbox: Sandbox) -> Iterator[tuple[str, Cells]]:
    for project in sandbox.flyingdonut.projects.values():
        place = {"service": "flyingdonut", "project_id": project.id}
        for table, rows in expected_of_donut(project).items():
            for row in rows if table in SHOWN else ():
                whole = {**row, **place}
                yield table, tuple(whole.get(name) for name in SHOWN[table])


def _flow(sandbox: Sandbox) -> Iterator[tuple[str, Cells]]:
    board = sandbox.flow
    for project in board.projects.values():
        place = ("flow", str(project.id))
        yield "projects", (*place, project.title, "archived" if project.archived else None)
        for one in board.members.values():
            yield "people", (*place, str(one.id), one.name)
        for id in project.columns:
            column = board.columns[id]
            yield "columns", (*place, "column", str(id), column.title, column.limit or None)
        # No list shows a deleted task.
        tasks = [id for id in project.tasks if board.tasks[id].status != "D"]
        for id in tasks:
            yield "cards", _flow_card(place, board.tasks[id])
        things = [("project", "project", project.id)]
        things += [("column", "col", id) for id in project.columns]
        things += [("task_type", "task_type", id) for id in project.task_types]
        things += [("card", "task", id) for id in tasks]
        for entity, kind, id in things:
            for change in board.history(kind, id):  # type: ignore[arg-type]
                what = _FLOW_WORDS[kind]
                who = str(change.user_id)
                yield (
                    "changes",
                    (*place, str(change.id), entity, str(id), what, who, _eastern(change.made)),
                )


_FLOW_WORDS: Final = {"project": "P", "col": "C", "task_type": "Y", "task": "T"}


def _flow_card(place: tuple[str, str], task: FlowTask) -> Cells:
    assignees = json.dumps([str(one) for one in task.assignments], separators=(",", ":"))
    return (
        *(*place, str(task.id), task.text, None, None, str(task.col_id), None, None),
        *(
            assignees if task.assignments else None,
            _eastern(task.created),
            _eastern(task.completed),
        ),
        None,
    )


def _easy(sandbox: Sandbox) -> Iterator[tuple[str, Cells]]:
    store = sandbox.easybacklog
    for backlog in store.backlogs.values():
        if backlog.is_snapshot or backlog.deleted:
            continue
        place = ("easybacklog", str(backlog.id))
        yield "projects", (*place, backlog.name, "archived" if backlog.archived else None)
        for id in {backlog.author_id, backlog.last_modified_user_id}:
            yield "people", (*place, str(id), None)
        for id in backlog.sprints:
            sprint = store.sprints[id]
            title = f"Sprint {sprint.iteration}"
            yield "sprints", (*place, str(id), title, _second(sprint.completed_at))
        for theme_id in backlog.themes:
            theme = store.themes[theme_id]
            yield "columns", (*place, "theme", str(theme_id), theme.name, None)
            for id in theme.stories:
                story = store.stories[id]
                yield "cards", _story(sandbox, place, story)
                for one in story.criteria:
                    criterion = store.criteria[one].criterion
                    yield "tasks", (*place, str(one), str(id), criterion, None)


def _story(sandbox: Sandbox, place: tuple[str, str], story: Story) -> Cells:
    store = sandbox.easybacklog
    assigned = store.sprint_stories.get(story.sprint_story_id or 0)
    sprint = store.sprints[assigned.sprint_id] if assigned else None
    said = [("As a", story.as_a), ("I want to", story.i_want_to), ("so I can", story.so_i_can)]
    title = ", ".join(f"{begin} {text}" for begin, text in said if text)
    done = store.is_accepted(story) and sprint is not None
    use_50_90 = store.backlogs[store.themes[story.theme_id].backlog_id].use_50_90
    points = story.score_50 if use_50_90 else story.score_90
    return (
        *(*place, str(story.id), title[:1].upper() + title[1:] or None, story.comments),
        *(None if points is None else float(points), str(story.theme_id), None),
        *(str(sprint.id) if sprint else None, None, _second(story.created_at)),
        _second(sprint.completed_at) if done and sprint else None,
        None,
    )


def _kanban(sandbox: Sandbox) -> Iterator[tuple[str, Cells]]:
    account = sandbox.kanbantool
    for board in account.boards.values():
        place = ("kanbantool", str(board.id))
        yield "projects", (*place, board.name, None)
        for share in board.shares.values():
            user = account.users[share.user_id]
            yield "people", (*place, str(user.id), user.name)
        for stage in board.workflow_stages.values():
            yield "columns", (*place, "stage", str(stage.id), stage.name, stage.limit)
        for lane in board.swimlanes.values():
            yield "columns", (*place, "swimlane", str(lane.id), lane.name, lane.limit)
        for task in board.tasks.values():
            yield from _kanban_task(place, board, task)
        for change in board.changelog:
            who = None if change.user_id is None else str(change.user_id)
            yield (
                "changes",
                (
                    *(*place, str(change.id), "card", str(change.changed_object_id)),
                    *(change.what, who, _second(change.created_at)),
                ),
            )
        for timer in account.time_trackers.values():
            if timer.board_id == board.id and timer.user_id == account.user.id:
                yield (
                    "time_entries",
                    (
                        *(*place, str(timer.id), str(timer.task_id), str(timer.user_id)),
                        *(_second(timer.started_at), _second(timer.ended_at)),
                    ),
                )


def _kanban_task(place: tuple[str, str], board: Board, task: Task) -> Iterator[tuple[str, Cells]]:
    assignees = None if task.assigned_user_id is None else f'["{task.assigned_user_id}"]'
    archived, completed = _second(task.archived_at), _second(completed_at(board, task))
    yield (
        "cards",
        (
            *(*place, str(task.id), task.name, task.description, float(task.size_estimate)),
            *(str(task.workflow_stage_id), str(task.swimlane_id), None, assignees),
            *(_second(task.created_at), completed, archived),
        ),
    )
    for one in task.subtasks:
        state = "done" if one.is_completed else "todo"
        yield "tasks", (*place, str(one.id), str(task.id), one.name, state)
    for comment in task.comments:
        who = None if comment.user_id is None else str(comment.user_id)
        yield (
            "comments",
            (
                *(*place, str(comment.id), str(task.id), who, comment.content),
                _second(comment.created_at),
            ),
        )
