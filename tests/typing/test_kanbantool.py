"""What type checkers infer for every public method; the same lines run against the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import assert_type

import pytest

from agilekit import BulkReport, Conflicted, KanbanTool, Listing
from agilekit.kanbantool import (
    Board,
    BoardUser,
    CardType,
    Change,
    Comment,
    CommentDraft,
    Direction,
    Folder,
    GroupBy,
    ReportType,
    Subtask,
    SubtaskChanges,
    SubtaskDraft,
    Swimlane,
    Task,
    TaskAttributes,
    TaskChanges,
    TaskDraft,
    TimerChanges,
    TimerDraft,
    TimeTracker,
    UserSummary,
    WorkflowStage,
    board_id_from_url,
)
from agilekit.sandbox import Sandbox
from agilekit.wire.dialect import Format
from agilekit.wire.json import JSON
from tests.typing.reading import items

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FORMATS: list[Format] = ["json", "xml", "jsonp"]


@pytest.fixture(params=FORMATS)
def kanban(request: pytest.FixtureRequest, agilekit_sandbox: Sandbox) -> KanbanTool:
    format: Format = request.param
    return KanbanTool(**agilekit_sandbox.kanbantool.arguments(), format=format)


async def test_a_client_opens_as_itself_and_names_its_account(
    kanban: KanbanTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGILEKIT_KANBANTOOL_ACCOUNT", "mycompany")
    monkeypatch.setenv("AGILEKIT_KANBANTOOL_TOKEN", "B0A2D5")
    assert_type(KanbanTool.from_env(token_in="query", format="xml", override=True), KanbanTool)
    assert_type(KanbanTool("mycompany", token="B0A2D5", retries=0), KanbanTool)
    async with kanban as entered:
        assert_type(entered, KanbanTool)
        assert_type(entered.is_open, bool)
        assert_type(entered.account, str | None)
        assert_type(entered.base_url, str)
        assert_type(entered.concurrency, int)


async def test_boards_are_listed_and_read_with_their_structure(kanban: KanbanTool) -> None:
    async with kanban:
        boards = await items(assert_type(kanban.boards.all(), Listing[Board]))
        _board(assert_type(boards, list[Board])[0])
        folder = assert_type(boards[0].folder, Folder | None)
        assert folder is not None
        _folder(folder)
        assert_type(await kanban.boards.get(boards[0].id), Board)
        board = assert_type(await kanban.boards.get(boards[0]), Board)
        for swimlane in assert_type(board.swimlanes, tuple[Swimlane, ...] | None) or ():
            _swimlane(swimlane)
        for stage in assert_type(board.workflow_stages, tuple[WorkflowStage, ...] | None) or ():
            _workflow_stage(stage)
        for card_type in assert_type(board.card_types, tuple[CardType, ...] | None) or ():
            _card_type(card_type)
        assert board.swimlanes
        assert board.workflow_stages
        assert board.card_types
        address = f"https://mycompany.kanbantool.com/b/{board.id}"
        assert assert_type(board_id_from_url(address), int) == board.id


async def test_the_users_and_the_changes_of_a_board_are_listed(kanban: KanbanTool) -> None:
    async with kanban:
        board = (await kanban.boards.all())[0]
        await items(assert_type(kanban.boards.users(board.id), Listing[BoardUser]))
        users = await items(assert_type(kanban.boards.users(board), Listing[BoardUser]))
        user = assert_type(users, list[BoardUser])[0]
        _board_user(user)
        person = assert_type(user.user, UserSummary | None)
        assert person is not None
        _user_summary(person)
        await items(assert_type(kanban.boards.changes(board.id), Listing[Change]))
        changes = await items(assert_type(kanban.boards.changes(board), Listing[Change]))
        _change(assert_type(changes, list[Change])[0])
        last = changes[-1]
        assert last.created_at is not None
        some = kanban.boards.changes(
            board,
            since=last.created_at,
            until=datetime.now(UTC),
            user=user,
            offset=1,
            limit=2,
            before=changes[0],
        )
        assert len(await items(assert_type(some, Listing[Change]))) == 2
        for who in (person, user.user_id or 0):
            assert_type(kanban.boards.changes(board, user=who, before=last.id), Listing[Change])


async def test_tasks_are_listed_by_board_by_place_and_from_the_archive(kanban: KanbanTool) -> None:
    async with kanban:
        board = await kanban.boards.get((await kanban.boards.all())[0])
        assert board.swimlanes
        stage = _stage(board, "Done")
        tasks = await items(assert_type(kanban.tasks.all(board), Listing[Task]))
        _task(assert_type(tasks, list[Task])[0])
        await items(assert_type(kanban.tasks.all(board.id), Listing[Task]))
        lane = board.swimlanes[0]
        await items(assert_type(kanban.tasks.all(board, swimlane=lane, per_page=2), Listing[Task]))
        await items(assert_type(kanban.tasks.all(board, stage=stage.id), Listing[Task]))
        stable = kanban.tasks.all(board, swimlane=lane.id, stable=True)
        assert {task.swimlane_id for task in await items(stable)} == {lane.id}
        archived = await items(assert_type(kanban.tasks.archived(board), Listing[Task]))
        assert all(assert_type(archived, list[Task]))
        await items(assert_type(kanban.tasks.archived(board.id, stage=stage), Listing[Task]))
        in_lane = kanban.tasks.archived(board, swimlane=lane, stable=True)
        assert await items(assert_type(in_lane, Listing[Task])) == archived


async def test_a_task_is_read_with_its_parts(kanban: KanbanTool) -> None:
    async with kanban:
        board = (await kanban.boards.all())[0]
        first = (await kanban.tasks.all(board))[0]
        assert_type(await kanban.tasks.get(board.id, first.id), Task)
        task = assert_type(await kanban.tasks.get(board, first), Task)
        for comment in assert_type(task.comments, tuple[Comment, ...] | None) or ():
            _comment(comment)
        for change in assert_type(task.changelogs, tuple[Change, ...] | None) or ():
            _change(change)
        for subtask in assert_type(task.subtasks, tuple[Subtask, ...] | None) or ():
            _subtask(subtask)
        assert task.comments
        assert task.changelogs
        assert task.subtasks
        assert task.custom_fields == {1: "First order Fresnel"}


async def test_a_task_is_created_changed_moved_archived_and_deleted(kanban: KanbanTool) -> None:
    async with kanban:
        board = await kanban.boards.get((await kanban.boards.all())[0])
        assert board.swimlanes
        assert board.card_types
        doing, done, lane = _stage(board, "In progress"), _stage(board, "Done"), board.swimlanes[1]
        draft: TaskDraft = {"name": "Lamp", "swimlane_id": lane.id, "workflow_stage_id": None}
        assert_type(await kanban.tasks.create(board.id, **draft), Task)
        task = assert_type(await kanban.tasks.create(board, name="Lens", priority=1), Task)
        user = (await kanban.boards.users(board))[0].user_id
        changes: TaskChanges = {
            "name": "Lens & mirror",
            "description": "<em>Soft</em> cloth",
            "assigned_user_id": user,
            "card_type_id": board.card_types[1].id,
            "due_date": date(2026, 5, 1),
            "external_link": None,
            "priority": -1,
            "size_estimate": 2.5,
            "tags": "lamp,weekly",
            "custom_field_1": "First order Fresnel",
        }
        task = assert_type(await kanban.tasks.update(board, task, **changes), Task)
        assert task.name == "Lens & mirror"
        assert (task.due_date, task.size_estimate) == (date(2026, 5, 1), 2.5)
        assert_type(await kanban.tasks.update(board.id, task.id, due_date=None), Task)
        down: Direction = "down"
        assert_type(await kanban.tasks.move(board, task, direction=down), Task)
        assert_type(await kanban.tasks.move(board.id, task.id, direction="up"), Task)
        await kanban.tasks.create(board, name="Wick", workflow_stage_id=doing.id)
        with pytest.raises(Conflicted) as full:
            await kanban.tasks.move(board, task, stage=doing)
        assert_type(full.value.status, int)
        assert_type(
            await kanban.tasks.move(board, task, stage=doing, swimlane=lane, override="Storm"), Task
        )
        assert_type(await kanban.tasks.move(board, task, swimlane=lane.id), Task)
        task = assert_type(await kanban.tasks.move(board, task, stage=done.id), Task)
        assert (task.workflow_stage_id, task.swimlane_id) == (done.id, lane.id)
        task = assert_type(await kanban.tasks.archive(board, task), Task)
        assert task.archived_at is not None
        task = assert_type(await kanban.tasks.unarchive(board, task.id), Task)
        assert task.archived_at is None
        deleted = assert_type(await kanban.tasks.delete(board, task), Task | None)
        assert deleted is not None
        assert deleted.id == task.id


async def test_subtasks_are_listed_read_created_updated_reordered_and_deleted(
    kanban: KanbanTool,
) -> None:
    async with kanban:
        board = (await kanban.boards.all())[0]
        task = (await kanban.tasks.all(board))[0]
        await items(assert_type(kanban.subtasks.all(board.id, task.id), Listing[Subtask]))
        subtasks = await items(assert_type(kanban.subtasks.all(board, task), Listing[Subtask]))
        subtask = assert_type(subtasks, list[Subtask])[0]
        assert assert_type(await kanban.subtasks.get(board, task, subtask), Subtask) == subtask
        assert_type(await kanban.subtasks.get(board, task, subtask.id), Subtask)
        draft: SubtaskDraft = {"name": "Mirror", "is_completed": False, "assigned_user_id": None}
        made = assert_type(await kanban.subtasks.create(board, task, **draft), Subtask)
        changes: SubtaskChanges = {"name": "Mirrors", "is_completed": True}
        made = assert_type(await kanban.subtasks.update(board, task, made, **changes), Subtask)
        assert (made.name, made.is_completed) == ("Mirrors", True)
        order: list[Subtask | int | str] = [made, *(one.id for one in subtasks)]
        reordered = assert_type(await kanban.subtasks.reorder(board, task, order), list[Subtask])
        assert [one.id for one in reordered] == [made.id, *(one.id for one in subtasks)]
        assert_type(await kanban.subtasks.delete(board, task, made), Subtask | None)
        assert await kanban.subtasks.all(board, task) == [
            await kanban.subtasks.get(board, task, one) for one in subtasks
        ]


async def test_comments_are_listed_read_created_and_deleted(kanban: KanbanTool) -> None:
    async with kanban:
        board = (await kanban.boards.all())[0]
        task = (await kanban.tasks.all(board))[0]
        await items(assert_type(kanban.comments.all(board.id, task.id), Listing[Comment]))
        comments = await items(assert_type(kanban.comments.all(board, task), Listing[Comment]))
        comment = assert_type(comments, list[Comment])[0]
        assert assert_type(await kanban.comments.get(board, task, comment), Comment) == comment
        assert_type(await kanban.comments.get(board, task, comment.id), Comment)
        draft: CommentDraft = {"content": "It is lit."}
        made = assert_type(await kanban.comments.create(board, task, **draft), Comment)
        assert made.content == "It is lit."
        assert_type(await kanban.comments.delete(board, task, made), Comment | None)
        assert await kanban.comments.all(board, task) == comments


async def test_timers_are_listed_created_updated_and_deleted(kanban: KanbanTool) -> None:
    async with kanban:
        board = (await kanban.boards.all())[0]
        task = (await kanban.tasks.all(board))[0]
        expanded = kanban.timers.all(task=task, active=False, listed=True, expand=True)
        timers = await items(assert_type(kanban.timers.all(), Listing[TimeTracker]))
        _time_tracker(assert_type(timers, list[TimeTracker])[0])
        (whole,) = await items(assert_type(expanded, Listing[TimeTracker]))
        assert whole.task is not None
        assert whole.workflow_stage is not None
        assert whole.card_type is not None
        await items(assert_type(kanban.timers.all(task=task.id), Listing[TimeTracker]))
        draft: TimerDraft = {"board_id": board, "task_id": task.id, "started_at": NOON}
        timer = assert_type(await kanban.timers.create(**draft), TimeTracker)
        assert (timer.started_at, timer.ended_at) == (NOON, None)
        changes: TimerChanges = {"ended_at": NOON + timedelta(hours=1)}
        timer = assert_type(await kanban.timers.update(timer, **changes), TimeTracker)
        assert timer.ended_at == NOON + timedelta(hours=1)
        moved = await kanban.timers.update(timer.id, started_at="2026-05-04T11:00Z")
        assert assert_type(moved, TimeTracker).started_at == NOON - timedelta(hours=1)
        earlier = assert_type(await kanban.timers.delete(timer), TimeTracker | None)
        assert earlier is not None
        assert earlier.id == whole.id
        assert await kanban.timers.delete(whole.id) is None


async def test_things_are_created_in_bulk(kanban: KanbanTool) -> None:
    tasks: list[TaskDraft] = [{"name": "Lamp"}, {"name": "Lens", "priority": 1}]
    subtasks: list[SubtaskDraft] = [{"name": "Mirror"}, {"name": "Wick", "is_completed": True}]
    comments: list[CommentDraft] = [{"content": "It is lit."}, {"content": "It is dark."}]
    async with kanban:
        board = (await kanban.boards.all())[0]
        made = await kanban.tasks.create_many(board, tasks)
        task = assert_type(made, BulkReport[Task]).items[0]
        _task(task)
        todo = await kanban.subtasks.create_many(board, task, subtasks, on_error="stop")
        _subtask(assert_type(todo, BulkReport[Subtask]).items[0])
        said = await kanban.comments.create_many(board.id, task.id, comments)
        _comment(assert_type(said, BulkReport[Comment]).items[0])
        timers: list[TimerDraft] = [
            {"board_id": board, "task_id": task, "started_at": NOON},
            {"board_id": board.id, "task_id": task.id, "started_at": "2026-05-04T11:00Z"},
        ]
        spent = await kanban.timers.create_many(timers)
        _time_tracker(assert_type(spent, BulkReport[TimeTracker]).items[0])
        assert [len(report.items) for report in (made, todo, said, spent)] == [2] * 4


async def test_a_report_is_plain_data(kanban: KanbanTool) -> None:
    async with kanban:
        board = await kanban.boards.get((await kanban.boards.all())[0])
        task = (await kanban.tasks.all(board))[0]
        user = (await kanban.boards.users(board))[0]
        kinds: list[ReportType] = ["summary", "detailed"]
        for report_type in kinds:
            report = await kanban.reports.time(report_type=report_type, board_id=[board])
            assert assert_type(report, JSON)
        groups: list[GroupBy] = ["board_id", "task_id", "user_id", "sprint_id"]
        report = await kanban.reports.time(
            report_type="summary",
            board_id=[board.id],
            since=date(2026, 3, 1),
            until=NOON,
            group_by=groups,
            expand=True,
            include_filter_options=True,
            user_id=[user],
            task_id=[task],
            card_type_id=board.card_types,
            tags=["lamp"],
        )
        assert assert_type(report, JSON)


def test_what_is_written_has_types_of_its_own() -> None:
    attributes: TaskAttributes = {}
    assert TaskAttributes.__required_keys__ == attributes.keys()
    assert_type(attributes.get("description"), str | None)
    assert_type(attributes.get("assigned_user_id"), BoardUser | UserSummary | int | str | None)
    assert_type(attributes.get("card_type_id"), CardType | int | str | None)
    assert_type(attributes.get("due_date"), date | str | None)
    assert_type(attributes.get("external_link"), str | None)
    assert_type(attributes.get("priority"), int | None)
    assert_type(attributes.get("size_estimate"), float | None)
    assert_type(attributes.get("tags"), str | None)
    assert_type(attributes.get("custom_field_1"), str | None)
    assert_type(attributes.get("custom_field_15"), str | None)
    draft: TaskDraft = {"name": "Lamp"}
    assert TaskDraft.__required_keys__ == draft.keys()
    assert_type(draft["name"], str)
    assert_type(draft.get("swimlane_id"), Swimlane | int | str | None)
    assert_type(draft.get("workflow_stage_id"), WorkflowStage | int | str | None)
    changes: TaskChanges = {}
    assert TaskChanges.__required_keys__ == changes.keys()
    assert_type(changes.get("name"), str | None)
    subtask: SubtaskDraft = {"name": "Wick"}
    assert SubtaskDraft.__required_keys__ == subtask.keys()
    assert_type(subtask["name"], str)
    assert_type(subtask.get("is_completed"), bool | None)
    assert_type(subtask.get("assigned_user_id"), BoardUser | UserSummary | int | str | None)
    subtask_changes: SubtaskChanges = {}
    assert SubtaskChanges.__required_keys__ == subtask_changes.keys()
    assert_type(subtask_changes.get("name"), str | None)
    assert_type(subtask_changes.get("is_completed"), bool | None)
    assert_type(subtask_changes.get("assigned_user_id"), BoardUser | UserSummary | int | str | None)
    comment: CommentDraft = {"content": "Lit."}
    assert CommentDraft.__required_keys__ == comment.keys()
    assert_type(comment["content"], str)
    timer: TimerDraft = {"board_id": 1, "task_id": 2, "started_at": NOON}
    assert TimerDraft.__required_keys__ == timer.keys()
    assert_type(timer["board_id"], Board | int | str)
    assert_type(timer["task_id"], Task | int | str)
    assert_type(timer["started_at"], datetime | str)
    assert_type(timer.get("ended_at"), datetime | str | None)
    timer_changes: TimerChanges = {}
    assert TimerChanges.__required_keys__ == timer_changes.keys()
    assert_type(timer_changes.get("started_at"), datetime | str | None)
    assert_type(timer_changes.get("ended_at"), datetime | str | None)


def _stage(board: Board, name: str) -> WorkflowStage:
    return next(stage for stage in board.workflow_stages or () if stage.name == name)


def _user_summary(user_summary: UserSummary) -> None:
    assert_type(user_summary.id, int | None)
    assert_type(user_summary.initials, str | None)
    assert_type(user_summary.name, str | None)
    assert_type(user_summary.is_suspended, bool | None)
    assert_type(user_summary.raw, Mapping[str, JSON])


def _folder(folder: Folder) -> None:
    assert_type(folder.id, int)
    assert_type(folder.name, str | None)
    assert_type(folder.description, str | None)
    assert_type(folder.position, int | None)
    assert_type(folder.created_at, datetime | None)
    assert_type(folder.raw, Mapping[str, JSON])


def _swimlane(swimlane: Swimlane) -> None:
    assert_type(swimlane.id, int)
    assert_type(swimlane.name, str | None)
    assert_type(swimlane.board_id, int | None)
    assert_type(swimlane.limit, int | None)
    assert_type(swimlane.position, int | None)
    assert_type(swimlane.raw, Mapping[str, JSON])


def _workflow_stage(workflow_stage: WorkflowStage) -> None:
    assert_type(workflow_stage.id, int)
    assert_type(workflow_stage.name, str | None)
    assert_type(workflow_stage.board_id, int | None)
    assert_type(workflow_stage.parent_id, int | None)
    assert_type(workflow_stage.lane_width, int | None)
    assert_type(workflow_stage.limit, int | None)
    assert_type(workflow_stage.position, int | None)
    assert_type(workflow_stage.raw, Mapping[str, JSON])


def _card_type(card_type: CardType) -> None:
    assert_type(card_type.id, int)
    assert_type(card_type.name, str | None)
    assert_type(card_type.board_id, int | None)
    assert_type(card_type.color_ref, str | None)
    assert_type(card_type.is_default, bool | None)
    assert_type(card_type.is_disabled, bool | None)
    assert_type(card_type.position, int | None)
    assert_type(card_type.raw, Mapping[str, JSON])


def _board(board: Board) -> None:
    assert_type(board.id, int)
    assert_type(board.name, str | None)
    assert_type(board.description, str | None)
    assert_type(board.folder_id, int | None)
    assert_type(board.position, int | None)
    assert_type(board.version, int | None)
    assert_type(board.last_activity_on, date | None)
    assert_type(board.created_at, datetime | None)
    assert_type(board.folder, Folder | None)
    assert_type(board.swimlanes, tuple[Swimlane, ...] | None)
    assert_type(board.workflow_stages, tuple[WorkflowStage, ...] | None)
    assert_type(board.card_types, tuple[CardType, ...] | None)
    assert_type(board.raw, Mapping[str, JSON])


def _board_user(board_user: BoardUser) -> None:
    assert_type(board_user.id, int)
    assert_type(board_user.user_id, int | None)
    assert_type(board_user.user, UserSummary | None)
    assert_type(board_user.can_read_tasks, bool | None)
    assert_type(board_user.can_create_tasks, bool | None)
    assert_type(board_user.can_update_tasks, bool | None)
    assert_type(board_user.can_move_tasks, bool | None)
    assert_type(board_user.can_delete_tasks, bool | None)
    assert_type(board_user.updated_at, datetime | None)
    assert_type(board_user.raw, Mapping[str, JSON])


def _change(change: Change) -> None:
    assert_type(change.id, int)
    assert_type(change.what, str | None)
    assert_type(change.description, str | None)
    assert_type(change.changed_object_type, str | None)
    assert_type(change.changed_object_id, int | None)
    assert_type(change.user_id, int | None)
    assert_type(change.swimlane_id, int | None)
    assert_type(change.workflow_stage_id, int | None)
    assert_type(change.created_at, datetime | None)
    assert_type(change.data, JSON)
    assert_type(change.raw, Mapping[str, JSON])


def _comment(comment: Comment) -> None:
    assert_type(comment.id, int)
    assert_type(comment.content, str | None)
    assert_type(comment.user_id, int | None)
    assert_type(comment.user, UserSummary | None)
    assert_type(comment.created_at, datetime | None)
    assert_type(comment.updated_at, datetime | None)
    assert_type(comment.raw, Mapping[str, JSON])


def _subtask(subtask: Subtask) -> None:
    assert_type(subtask.id, int)
    assert_type(subtask.name, str | None)
    assert_type(subtask.task_id, int | None)
    assert_type(subtask.position, int | None)
    assert_type(subtask.is_completed, bool | None)
    assert_type(subtask.assigned_user_id, int | None)
    assert_type(subtask.assigned_user, UserSummary | None)
    assert_type(subtask.created_at, datetime | None)
    assert_type(subtask.updated_at, datetime | None)
    assert_type(subtask.raw, Mapping[str, JSON])


def _task(task: Task) -> None:
    assert_type(task.id, int)
    assert_type(task.name, str | None)
    assert_type(task.description, str | None)
    assert_type(task.card_type_id, int | None)
    assert_type(task.swimlane_id, int | None)
    assert_type(task.workflow_stage_id, int | None)
    assert_type(task.position, int | None)
    assert_type(task.priority, int | None)
    assert_type(task.size_estimate, float | None)
    assert_type(task.due_date, date | None)
    assert_type(task.tags, str | None)
    assert_type(task.external_link, str | None)
    assert_type(task.custom_field_1, str | None)
    assert_type(task.custom_field_2, str | None)
    assert_type(task.custom_field_3, str | None)
    assert_type(task.custom_field_4, str | None)
    assert_type(task.custom_field_5, str | None)
    assert_type(task.custom_field_6, str | None)
    assert_type(task.custom_field_7, str | None)
    assert_type(task.custom_field_8, str | None)
    assert_type(task.custom_field_9, str | None)
    assert_type(task.custom_field_10, str | None)
    assert_type(task.custom_field_11, str | None)
    assert_type(task.custom_field_12, str | None)
    assert_type(task.custom_field_13, str | None)
    assert_type(task.custom_field_14, str | None)
    assert_type(task.custom_field_15, str | None)
    assert_type(task.comments_count, int | None)
    assert_type(task.subtasks_count, int | None)
    assert_type(task.subtasks_completed_count, int | None)
    assert_type(task.assigned_user_id, int | None)
    assert_type(task.assigned_user, UserSummary | None)
    assert_type(task.created_at, datetime | None)
    assert_type(task.updated_at, datetime | None)
    assert_type(task.archived_at, datetime | None)
    assert_type(task.comments, tuple[Comment, ...] | None)
    assert_type(task.changelogs, tuple[Change, ...] | None)
    assert_type(task.subtasks, tuple[Subtask, ...] | None)
    assert_type(task.raw, Mapping[str, JSON])
    assert_type(task.custom_fields, dict[int, str])


def _time_tracker(time_tracker: TimeTracker) -> None:
    assert_type(time_tracker.id, int)
    assert_type(time_tracker.user_id, int | None)
    assert_type(time_tracker.board_id, int | None)
    assert_type(time_tracker.task_id, int | None)
    assert_type(time_tracker.listed, bool | None)
    assert_type(time_tracker.started_at, datetime | None)
    assert_type(time_tracker.ended_at, datetime | None)
    assert_type(time_tracker.seconds_from_resumed_sprint, int | None)
    assert_type(time_tracker.created_at, datetime | None)
    assert_type(time_tracker.updated_at, datetime | None)
    assert_type(time_tracker.task, Task | None)
    assert_type(time_tracker.workflow_stage, WorkflowStage | None)
    assert_type(time_tracker.card_type, CardType | None)
    assert_type(time_tracker.raw, Mapping[str, JSON])
