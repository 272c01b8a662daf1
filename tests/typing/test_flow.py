"""What type checkers infer for every public method; the same lines run against the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, assert_type

import pytest

from agilekit import BulkReport, Flow, InvalidInput, Listing, NotFound
from agilekit.flow import (
    Change,
    Column,
    EditedTask,
    IdleTimes,
    ItemType,
    Member,
    Project,
    Task,
    TaskChanges,
    TaskDraft,
    TaskMetrics,
    TaskStatus,
    TaskType,
)
from agilekit.sandbox import Sandbox
from agilekit.wire.json import JSON
from tests.typing.reading import items

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["json", "xml"])
def flow(request: pytest.FixtureRequest, agilekit_sandbox: Sandbox) -> Flow:
    format: Literal["json", "xml"] = request.param
    return Flow(**agilekit_sandbox.flow.arguments(), format=format)


async def test_a_client_opens_as_itself_and_names_its_board(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGILEKIT_FLOW_BOARD", "midori")
    monkeypatch.setenv("AGILEKIT_FLOW_KEY", "b2401f37986bc90fb0cc")
    monkeypatch.setenv("AGILEKIT_FLOW_USER_ID", "23")
    assert_type(Flow.from_env(format="xml", override=True, concurrency=2), Flow)
    async with flow as entered:
        assert_type(entered, Flow)
        assert_type(entered.is_open, bool)
        assert_type(entered.board, str)
        assert_type(entered.base_url, str)
        assert_type(entered.concurrency, int)


async def test_members_are_listed(flow: Flow) -> None:
    async with flow:
        members = await items(assert_type(flow.members.all(), Listing[Member]))
        _member(assert_type(members, list[Member])[0])


async def test_projects_are_listed_with_their_columns_and_task_types(flow: Flow) -> None:
    async with flow:
        projects = await items(assert_type(flow.projects.all(), Listing[Project]))
        project = assert_type(projects, list[Project])[0]
        _project(project)
        columns = await items(assert_type(flow.columns.all(project), Listing[Column]))
        _column(assert_type(columns, list[Column])[0])
        await items(assert_type(flow.columns.all(project.project_id), Listing[Column]))
        kinds = await items(assert_type(flow.task_types.all(project), Listing[TaskType]))
        _task_type(assert_type(kinds, list[TaskType])[0])
        await items(assert_type(flow.task_types.all(project.project_id), Listing[TaskType]))


async def test_tasks_are_listed_and_read(flow: Flow) -> None:
    async with flow:
        project = (await flow.projects.all())[0]
        tasks = await items(assert_type(flow.tasks.all(project), Listing[Task]))
        await items(assert_type(flow.tasks.all(project.project_id), Listing[Task]))
        done = (await flow.columns.all(project))[-1]
        for task in assert_type(tasks, list[Task]):
            _task(assert_type(await flow.tasks.get(task), Task))
            whole = assert_type(await flow.tasks.get(task.task_id), Task)
            metrics = assert_type(whole.task_metrics, TaskMetrics | None)
            assert (metrics is not None) == (task.col_id == done.col_id)
            if metrics is not None:
                _task_metrics(metrics)


async def test_a_task_is_created_edited_and_deleted(flow: Flow) -> None:
    async with flow:
        project = (await flow.projects.all())[0]
        kind = (await flow.task_types.all(project))[0]
        todo = (await flow.columns.all(project))[1]
        jane = (await flow.members.all())[0]
        draft: TaskDraft = {"task_text": "Lamp", "task_type_id": kind}
        assert_type(await flow.tasks.create(project.project_id, **draft), int)
        task_id = assert_type(
            await flow.tasks.create(project, task_text="Lens", task_type_id=kind.task_type_id), int
        )
        edited = assert_type(await flow.tasks.update(task_id, task_status="R"), EditedTask)
        _edited_task(edited)
        changes: TaskChanges = {
            "task_text": "Polish the lens",
            "task_type_id": kind,
            "task_status": None,
            "user_ids": [jane],
            "col_id": todo,
            "prev_task_order": "none",
        }
        task = await flow.tasks.get(task_id)
        _edited_task(assert_type(await flow.tasks.update(task, **changes), EditedTask))
        after = await flow.tasks.get(task)
        assert (after.task_text, after.col_id) == ("Polish the lens", todo.col_id)
        deleted = assert_type(await flow.tasks.delete(task), EditedTask | None)
        assert deleted is not None
        assert deleted.task_status == "D"
        assert_type(await flow.tasks.delete(task_id), EditedTask | None)


def test_what_is_written_has_types_of_its_own() -> None:
    draft: TaskDraft = {"task_text": "Lamp", "task_type_id": 1}
    assert_type(draft["task_text"], str)
    assert_type(draft["task_type_id"], TaskType | int | str)
    assert TaskDraft.__required_keys__ == draft.keys()
    changes: TaskChanges = {
        "task_text": "Lamp",
        "task_type_id": 1,
        "task_status": "B",
        "user_ids": "1,2",
        "col_id": 2,
        "prev_task_order": 1.5,
    }
    assert_type(changes.get("task_text"), str | None)
    assert_type(changes.get("task_type_id"), TaskType | int | str | None)
    assert_type(changes.get("task_status"), TaskStatus | None)
    user_ids: Sequence[Member | int | str] | str | None = changes.get("user_ids")
    assert user_ids == "1,2"
    assert_type(changes.get("col_id"), Column | int | str | None)
    assert_type(changes.get("prev_task_order"), float | Literal["none"] | None)
    assert TaskChanges.__optional_keys__ == changes.keys()


async def test_changes_are_listed_lately_and_ever(flow: Flow) -> None:
    async with flow:
        project = (await flow.projects.all())[0]
        kind = (await flow.task_types.all(project))[0]
        task_id = await flow.tasks.create(project, task_text="Lamp", task_type_id=kind)
        recent = await items(assert_type(flow.tasks.recent_activity(project), Listing[Change]))
        _change(assert_type(recent, list[Change])[0])
        activity = flow.tasks.recent_activity(project.project_id)
        assert [change.item_id for change in await activity] == [task_id]
        task = await flow.tasks.get(task_id)
        changes = await items(assert_type(flow.history.of("task", task), Listing[Change]))
        _change(assert_type(changes, list[Change])[0])
        of_ids: list[tuple[ItemType, int | Project | Column | TaskType]] = [
            ("task", task_id),
            ("task_type", kind),
            ("col", (await flow.columns.all(project))[0]),
            ("project", project),
            ("group", 1),
        ]
        for item_type, item in of_ids:
            await items(assert_type(flow.history.of(item_type, item), Listing[Change]))


async def test_tasks_are_created_in_bulk(flow: Flow) -> None:
    async with flow:
        project = (await flow.projects.all())[0]
        kind = (await flow.task_types.all(project))[0]
        drafts: list[TaskDraft] = [
            {"task_text": "Lamp", "task_type_id": kind},
            {"task_text": "Lens", "task_type_id": kind.task_type_id},
        ]
        report = assert_type(await flow.tasks.create_many(project, drafts), BulkReport[Task])
        _task(assert_type(report.items, list[Task])[0])
        by_id = await flow.tasks.create_many(project.project_id, drafts, on_error="stop")
        assert len(assert_type(by_id, BulkReport[Task]).created) == 2


async def test_keys_are_created_and_deleted(flow: Flow, agilekit_sandbox: Sandbox) -> None:
    async with flow:
        key = assert_type(await flow.keys.create(), str)
        assert key in agilekit_sandbox.flow.keys
        assert assert_type(await flow.keys.delete(key), str | None) == key
        assert key not in agilekit_sandbox.flow.keys


async def test_errors_carry_typed_details(flow: Flow) -> None:
    async with flow:
        with pytest.raises(NotFound) as missing:
            await flow.tasks.get(999_999_999)
        assert_type(missing.value.status, int)
        with pytest.raises(InvalidInput):
            await flow.tasks.update(1)


def _member(member: Member) -> None:
    assert_type(member.user_id, int)
    assert_type(member.board_name, str)
    assert_type(member.user_joined, datetime | None)
    assert_type(member.user_name, str)
    assert_type(member.user_avatar, str)
    assert_type(member.user_escaped, str)
    assert_type(member.raw, Mapping[str, JSON])


def _project(project: Project) -> None:
    assert_type(project.project_id, int)
    assert_type(project.project_title, str)
    assert_type(project.project_order, float | None)
    assert_type(project.user_id, int | None)
    assert_type(project.forum_id, int | None)
    assert_type(project.col_id, int | None)
    assert_type(project.archived, bool)
    assert_type(project.raw, Mapping[str, JSON])


def _column(column: Column) -> None:
    assert_type(column.col_id, int)
    assert_type(column.project_id, int | None)
    assert_type(column.col_title, str)
    assert_type(column.col_type, str)
    assert_type(column.col_limit, int | None)
    assert_type(column.col_order, float | None)
    assert_type(column.num_tasks, int | None)
    assert_type(column.user_id, int | None)
    assert_type(column.raw, Mapping[str, JSON])


def _task_type(task_type: TaskType) -> None:
    assert_type(task_type.task_type_id, int)
    assert_type(task_type.project_id, int | None)
    assert_type(task_type.task_type_color, str)
    assert_type(task_type.task_type_text, str)
    assert_type(task_type.task_type_order, float | None)
    assert_type(task_type.user_id, int | None)
    assert_type(task_type.raw, Mapping[str, JSON])


def _task(task: Task) -> None:
    assert_type(task.task_id, int)
    assert_type(task.project_id, int | None)
    assert_type(task.user_id, int | None)
    assert_type(task.col_id, int | None)
    assert_type(task.topic_id, int | None)
    assert_type(task.task_type_id, int | None)
    assert_type(task.task_text, str)
    assert_type(task.task_status, str)
    assert_type(task.task_order, float | None)
    assert_type(task.task_created, datetime | None)
    assert_type(task.task_completed, datetime | None)
    assert_type(task.task_metrics, TaskMetrics | None)
    assert_type(task.assignments, tuple[int, ...])
    assert_type(task.raw, Mapping[str, JSON])


def _task_metrics(metrics: TaskMetrics) -> None:
    assert_type(metrics.phase_times, Mapping[int, int])
    assert_type(metrics.cycle_time, int | None)
    assert_type(metrics.working_cycle_time, int | None)
    idle_times = assert_type(metrics.idle_times, IdleTimes | None)
    assert idle_times is not None
    _idle_times(idle_times)


def _idle_times(idle_times: IdleTimes) -> None:
    assert_type(idle_times.ready, int | None)
    assert_type(idle_times.blocked, int | None)


def _edited_task(edited: EditedTask) -> None:
    assert_type(edited.task_id, int)
    assert_type(edited.user_id, int | None)
    assert_type(edited.task_text, str | None)
    assert_type(edited.task_type_id, int | None)
    assert_type(edited.task_status, str | None)
    assert_type(edited.user_ids, tuple[int, ...] | None)
    assert_type(edited.assignments, tuple[int, ...] | None)
    assert_type(edited.col_id, int | None)
    assert_type(edited.task_order, float | None)
    assert_type(edited.prev_task_order, float | None)
    assert_type(edited.raw, Mapping[str, JSON])


def _change(change: Change) -> None:
    assert_type(change.change_id, int)
    assert_type(change.change_made, datetime | None)
    assert_type(change.change_type, str)
    assert_type(change.change_content, Mapping[str, JSON])
    assert_type(change.project_id, int | None)
    assert_type(change.item_id, int | None)
    assert_type(change.user_id, int | None)
    assert_type(change.ip, str)
    assert_type(change.raw, Mapping[str, JSON])
