"""The kinds that flow, easyBacklog and Kanban Tool create many of, and what is then there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import field, frozen

from agilekit import BulkReport
from agilekit.bulk import BulkOptions, Draft
from agilekit.easybacklog import EasyBacklog
from agilekit.sandbox import Sandbox
from tests.contract import clients

Format: TypeAlias = Literal["json", "xml"]
Content: TypeAlias = tuple[Hashable, ...]
Job: TypeAlias = Callable[
    [Sandbox, Format, Sequence[Draft], BulkOptions], Awaitable[BulkReport[Any]]
]


@frozen(kw_only=True)
class Trial:
    """One kind, in a container of the demo sandbox."""

    name: str
    job: Job
    drafts: Callable[[Sandbox, int], list[Draft]]
    """So many, some of them alike."""
    there: Callable[[Sandbox], Mapping[int, object]]
    """The entities of the container, by id."""
    fields: Mapping[str, str]
    """By field of a draft, the attribute of the sandbox's entity."""
    defaults: Mapping[str, Hashable] = field(factory=dict[str, Hashable])
    identity: str = "id"

    def __str__(self) -> str:
        return self.name

    def held(self, sandbox: Sandbox) -> dict[int, Content]:
        """What the server has, by id."""
        return {
            id: tuple(_plain(getattr(entity, name)) for name in self.fields.values())
            for id, entity in self.there(sandbox).items()
        }

    def asked(self, draft: Draft) -> Content:
        return tuple(_plain(draft.get(name, self.defaults.get(name))) for name in self.fields)

    def told(self, item: object) -> Content:
        return tuple(_plain(getattr(item, name)) for name in self.fields)

    def id_of(self, item: object) -> int:
        return int(getattr(item, self.identity))


def _plain(value: Hashable) -> Hashable:
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return float(value) if isinstance(value, Decimal) else value


async def _flow_tasks(
    sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
) -> BulkReport[Any]:
    async with clients.flow(sandbox, format=format) as flow:
        return await flow.tasks.create_many(sandbox.flow.project_id, cast("Any", drafts), **options)


def _easy(method: Callable[[EasyBacklog], Any], container: Callable[[Sandbox], int]) -> Job:
    async def job(
        sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
    ) -> BulkReport[Any]:
        async with clients.easy_backlog(sandbox, format=format) as easy:
            report: BulkReport[Any]
            report = await method(easy)(container(sandbox), drafts, **options)
            return report

    return job


async def _kanban_tasks(
    sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
) -> BulkReport[Any]:
    async with clients.kanban_tool(sandbox, format=format) as kanban:
        return await kanban.tasks.create_many(kanban_board(sandbox), cast("Any", drafts), **options)


async def _subtasks(
    sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
) -> BulkReport[Any]:
    board, task = kanban_board(sandbox), kanban_task(sandbox)
    async with clients.kanban_tool(sandbox, format=format) as kanban:
        return await kanban.subtasks.create_many(board, task, cast("Any", drafts), **options)


async def _comments(
    sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
) -> BulkReport[Any]:
    board, task = kanban_board(sandbox), kanban_task(sandbox)
    async with clients.kanban_tool(sandbox, format=format) as kanban:
        return await kanban.comments.create_many(board, task, cast("Any", drafts), **options)


async def _timers(
    sandbox: Sandbox, format: Format, drafts: Sequence[Draft], options: BulkOptions
) -> BulkReport[Any]:
    async with clients.kanban_tool(sandbox, format=format) as kanban:
        return await kanban.timers.create_many(cast("Any", drafts), **options)


def kanban_board(sandbox: Sandbox) -> int:
    return next(iter(sandbox.kanbantool.boards))


def kanban_task(sandbox: Sandbox) -> int:
    tasks = sandbox.kanbantool.boards[kanban_board(sandbox)].tasks.values()
    return next(task.id for task in tasks if task.archived_at is None)


def easy_theme(sandbox: Sandbox) -> int:
    easy = sandbox.easybacklog
    return easy.backlogs[easy.backlog_id].themes[0]


def easy_story(sandbox: Sandbox) -> int:
    easy = sandbox.easybacklog
    return easy.themes[easy_theme(sandbox)].stories[1]


def easy_sprint(sandbox: Sandbox) -> int:
    """The one that is not complete."""
    easy = sandbox.easybacklog
    return easy.backlogs[easy.backlog_id].sprints[-1]


def _text(number: int) -> str:
    """Two that follow each other are the same, as are those that are twenty apart."""
    return f"Light buoy {number % 20 // 2} <& ship>"


def _flow_drafts(sandbox: Sandbox, count: int) -> list[Draft]:
    flow = sandbox.flow
    kinds = flow.projects[flow.project_id].task_types
    return [{"task_text": _text(n), "task_type_id": kinds[n % 2]} for n in range(count)]


def _backlog_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [
        {"name": _text(n), "velocity": 2.5, "rate": 700, "use_50_90": True}
        if n % 2
        else {"name": _text(n), "velocity": "3.0", "rate": None}
        for n in range(count)
    ]


def _company_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [{"name": _text(n), "default_velocity": 2 + n % 2} for n in range(count)]


def _theme_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [{"name": f"Buoys of {n}"} for n in range(count)]


def _sprint_drafts(_: Sandbox, count: int) -> list[Draft]:
    first = date(2040, 1, 2)
    return [
        {
            "start_on": first + timedelta(weeks=n),
            "duration_days": 5,
            "number_team_members": 1 + n % 3 / 2,
        }
        for n in range(count)
    ]


def _story_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [
        {"i_want_to": _text(n), "as_a": "keeper", "score": "5.0", "position": 1}
        if n % 2
        else {"i_want_to": _text(n), "as_a": "  ", "comments": "By\r\nnight", "color": "ff0000"}
        for n in range(count)
    ]


def _criterion_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [{"criterion": _text(n), "position": 1} for n in range(count)]


def _sprint_story_drafts(sandbox: Sandbox, count: int) -> list[Draft]:
    easy = sandbox.easybacklog
    theme = easy.themes[easy_theme(sandbox)]
    stories = [easy.add_story(theme, i_want_to=f"Buoy {n}").id for n in range(count)]
    return [
        {"story_id": story, "sprint_story_status_id": 1 + n % 2} for n, story in enumerate(stories)
    ]


def _kanban_drafts(sandbox: Sandbox, count: int) -> list[Draft]:
    board = sandbox.kanbantool.boards[kanban_board(sandbox)]
    lanes, stages = board.rows(), board.columns()
    return [
        {
            "name": _text(n),
            "swimlane_id": lanes[1].id,
            "workflow_stage_id": stages[1].id,
            "size_estimate": "2.50",
            "due_date": date(2040, 5, 4),
            "custom_field_1": "Red",
        }
        if n % 2
        else {
            "name": _text(n),
            "swimlane_id": lanes[0].id,
            "workflow_stage_id": stages[0].id,
            "description": " <b>By\r\nnight</b> ",
            "size_estimate": 3,
            "due_date": None,
        }
        for n in range(count)
    ]


def _subtask_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [{"name": _text(n), "is_completed": n % 2 == 1} for n in range(count)]


def _comment_drafts(_: Sandbox, count: int) -> list[Draft]:
    return [{"content": _text(n)} for n in range(count)]


def _timer_drafts(sandbox: Sandbox, count: int) -> list[Draft]:
    board, task = kanban_board(sandbox), kanban_task(sandbox)
    first = datetime(2026, 5, 4, 12, tzinfo=UTC)
    drafts: list[Draft] = []
    for n in range(count):
        start = first + timedelta(minutes=n % 20 // 2)
        draft: dict[str, object] = {"board_id": board, "task_id": task, "started_at": start}
        if n % 2:
            draft["ended_at"] = start + timedelta(hours=1)
        drafts.append(draft)
    return drafts


def _in_easy(names: str) -> Callable[[Sandbox], Mapping[int, object]]:
    def there(sandbox: Sandbox) -> Mapping[int, object]:
        found: Mapping[int, object] = getattr(sandbox.easybacklog, names)
        return found

    return there


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


TRIALS: Final = (
    Trial(
        name="flow tasks",
        job=_flow_tasks,
        drafts=_flow_drafts,
        there=lambda sandbox: sandbox.flow.tasks,
        fields={"task_text": "text", "task_type_id": "task_type_id"},
        identity="task_id",
    ),
    Trial(
        name="easyBacklog companies",
        job=_easy(lambda easy: easy.companies.create_many, lambda it: it.easybacklog.account_id),
        drafts=_company_drafts,
        there=_in_easy("companies"),
        fields=_same("name", "default_velocity"),
    ),
    Trial(
        name="easyBacklog backlogs",
        job=_easy(lambda easy: easy.backlogs.create_many, lambda it: it.easybacklog.account_id),
        drafts=_backlog_drafts,
        there=_in_easy("backlogs"),
        fields=_same("name", "rate", "use_50_90"),
    ),
    Trial(
        name="easyBacklog themes",
        job=_easy(lambda easy: easy.themes.create_many, lambda it: it.easybacklog.backlog_id),
        drafts=_theme_drafts,
        there=_in_easy("themes"),
        fields=_same("name"),
    ),
    Trial(
        name="easyBacklog sprints",
        job=_easy(lambda easy: easy.sprints.create_many, lambda it: it.easybacklog.backlog_id),
        drafts=_sprint_drafts,
        there=_in_easy("sprints"),
        fields=_same("start_on", "duration_days", "number_team_members"),
    ),
    Trial(
        name="easyBacklog stories",
        job=_easy(lambda easy: easy.stories.create_many, easy_theme),
        drafts=_story_drafts,
        there=_in_easy("stories"),
        fields=_same("i_want_to", "as_a", "comments", "color"),
    ),
    Trial(
        name="easyBacklog criteria",
        job=_easy(lambda easy: easy.criteria.create_many, easy_story),
        drafts=_criterion_drafts,
        there=_in_easy("criteria"),
        fields=_same("criterion"),
    ),
    Trial(
        name="easyBacklog sprint stories",
        job=_easy(lambda easy: easy.sprint_stories.create_many, easy_sprint),
        drafts=_sprint_story_drafts,
        there=_in_easy("sprint_stories"),
        fields=_same("story_id", "sprint_story_status_id"),
    ),
    Trial(
        name="Kanban Tool tasks",
        job=_kanban_tasks,
        drafts=_kanban_drafts,
        there=lambda sandbox: sandbox.kanbantool.boards[kanban_board(sandbox)].tasks,
        fields=_same("name", "swimlane_id", "workflow_stage_id", "description", "due_date"),
    ),
    Trial(
        name="Kanban Tool subtasks",
        job=_subtasks,
        drafts=_subtask_drafts,
        there=lambda sandbox: {it.id: it for it in _task(sandbox).subtasks},
        fields=_same("name", "is_completed"),
    ),
    Trial(
        name="Kanban Tool comments",
        job=_comments,
        drafts=_comment_drafts,
        there=lambda sandbox: {it.id: it for it in _task(sandbox).comments},
        fields=_same("content"),
    ),
    Trial(
        name="Kanban Tool timers",
        job=_timers,
        drafts=_timer_drafts,
        there=lambda sandbox: sandbox.kanbantool.time_trackers,
        fields=_same("task_id", "started_at", "ended_at"),
    ),
)


def _task(sandbox: Sandbox) -> Any:
    board = sandbox.kanbantool.boards[kanban_board(sandbox)]
    return board.tasks[kanban_task(sandbox)]
