"""Kanban Tool's boards: every column of every row, whatever the service answers."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Literal, cast

import httpx
import pytest

from agilekit import DecodeError, KanbanTool
from agilekit.errors import PagesShifted, Unauthorized
from agilekit.export import export
from agilekit.export.project import ProjectData
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.export.tables import BY_NAME, TABLES
from agilekit.sandbox import Sandbox
from agilekit.sandbox.kanbantool import Board, Task
from tests.each import each
from tests.export.source.kanbantool.expected import expected, in_order

pytestmark = pytest.mark.anyio

Form = Literal["json", "xml"]
Answer = Any  # what JSON holds
Change = Callable[[str, Answer], Answer]
"""Takes a path and its answer, and gives another answer, or a status to refuse it with."""

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Server(httpx.AsyncBaseTransport):
    """The sandbox, with a hook before each request and one over each answer in JSON."""

    def __init__(
        self,
        sandbox: Sandbox,
        change: Change | None = None,
        before: Callable[[str], object] | None = None,
    ) -> None:
        self._inner = sandbox.transport()
        self._change = change
        self._before = before
        self.asked: Counter[str] = Counter()
        """The paths, below the base path, without their endings."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.partition("/api/v1")[2].rpartition(".")[0]
        self.asked[path] += 1
        if self._before is not None:
            self._before(path)
        response = await self._inner.handle_async_request(request)
        if self._change is None or response.status_code != 200:
            return response
        body = await response.aread()
        changed = self._change(path, json.loads(body))
        if isinstance(changed, int):
            return httpx.Response(changed, json={"message": "Not for you", "status": changed})
        return httpx.Response(200, json=changed)


def board_of(sandbox: Sandbox, place: int = 0) -> Board:
    return [*sandbox.kanbantool.boards.values()][place]


def client(sandbox: Sandbox, server: Server | None = None, format: Form = "json") -> KanbanTool:
    account = sandbox.kanbantool
    transport = server or sandbox.transport()
    return KanbanTool(
        token=account.token, base_url=account.base_url, transport=transport, format=format
    )


async def read(
    sandbox: Sandbox,
    server: Server | None = None,
    *,
    place: int = 0,
    format: Form = "json",
    fresh: bool = False,
) -> ProjectData:
    """Reads a board, by a reader that has not listed the boards if it is to be a fresh one."""
    async with client(sandbox, server, format) as kanban:
        reader = KanbanToolReader(kanban, ReadLimiter(16))
        found = await reader.projects()
        if fresh:
            reader = KanbanToolReader(kanban, ReadLimiter(16))
        return await reader.read(found[place], ignore_read)


def rows_of(data: ProjectData, table: str) -> list[dict[str, object]]:
    names = [column.name for column in BY_NAME[table].columns]
    return [dict(zip(names, row, strict=True)) for row in data.rows[table]]


def held(data: ProjectData) -> dict[str, list[dict[str, object]]]:
    """What `expected` gives, as it was read. An empty text may come as none."""
    left_out = {"service", "host", "project_id", "raw"}
    return {
        table.name: in_order(
            [
                {k: v for k, v in row.items() if k not in left_out and v is not None and v != ""}
                for row in rows_of(data, table.name)
            ]
        )
        for table in TABLES
    }


def fill(sandbox: Sandbox) -> Board:
    """A board with pages of archived tasks and of changes."""
    account, random = sandbox.kanbantool, Random(7)
    omar = account.add_user("Omar ünïcode 🍩", initials="OH")
    board = account.add_board("Filled", swimlanes=("Top", "Bottom"))
    account.share(board, omar)
    people = [None, omar.id, account.user.id]
    for number in range(420):
        archived = BEGIN + timedelta(hours=number) if number % 2 else None
        task = account.add_task(
            board,
            f"Task {number} \"quoted\" 'text' <b>&amp; 🍩",
            stage=None if archived else random.choice(board.columns()),
            swimlane=random.choice(board.rows()),
            archived_at=archived,
            description=random.choice([None, "Some <em>HTML</em>\nof two lines"]),
            assigned_user_id=random.choice(people),
            card_type_id=random.choice([*board.card_types]),
            due_date=random.choice([None, date(2026, 5, 1)]),
            priority=random.choice([-1, 0, 1]),
            size_estimate=random.choice([Decimal("0.5"), Decimal("13.0")]),
            tags=random.choice(["", "a,b"]),
        )
        for child in range(random.choice([0, 0, 1, 3])):
            done, who = random.random() < 0.5, random.choice(people)
            account.add_subtask(task, f"To do {child}", is_completed=done, assigned_user_id=who)
            account.add_comment(task, f"Comment {child} 🍩", by=omar)
        if number % 40 == 0:
            account.add_time_tracker(task, started_at=BEGIN, ended_at=BEGIN + timedelta(hours=1))
            account.add_time_tracker(task, by=omar)
    return board


@each("place", [0, 1])
@each("envelopes", ["2013", "2017"])
@each("format", ["json", "xml"])
async def test_a_board_of_the_demo_is_read_row_by_row(
    format: Form, envelopes: Literal["2013", "2017"], place: int
) -> None:
    sandbox = Sandbox()
    sandbox.kanbantool.envelopes = envelopes
    data = await read(sandbox, place=place, format=format)
    assert held(data) == expected(sandbox.kanbantool, board_of(sandbox, place))
    assert data.gaps == ()


@pytest.mark.quick(1)
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_a_large_board_is_read_row_by_row(format: Form) -> None:
    sandbox = Sandbox("empty")
    board = fill(sandbox)
    data = await read(sandbox, place=1, format=format)
    assert len(board.changelog) > 1000
    assert held(data) == expected(sandbox.kanbantool, board)


async def test_a_board_takes_one_request_for_each_task_and_one_for_each_list() -> None:
    sandbox = Sandbox()
    server = Server(sandbox)
    await read(sandbox, server)
    board = board_of(sandbox)
    at = f"/boards/{board.id}"
    assert server.asked == {
        "/boards": 1,
        "/time_trackers": 1,
        "/time_report": 1,
        at: 1,
        f"{at}/users": 1,
        f"{at}/changelog": 2,  # the second asks for the newest change again
        f"{at}/tasks": 4,  # the second is the archive, the others tell whether it stood still
        **{f"{at}/tasks/{id}": 1 for id in board.tasks},
    }


async def test_all_boards_of_a_reader_share_what_one_answer_holds() -> None:
    sandbox = Sandbox()
    server = Server(sandbox)
    async with client(sandbox, server) as kanban:
        reader = KanbanToolReader(kanban, ReadLimiter(16))
        for found in await reader.projects():
            await reader.read(found, ignore_read)
    assert server.asked["/boards"] == server.asked["/time_trackers"] == 1


async def test_a_reader_that_has_listed_no_boards_reads_the_same() -> None:
    sandbox = Sandbox()
    data = await read(sandbox, fresh=True)
    assert data.rows == (await read(sandbox)).rows
    assert "folder" in [row["kind"] for row in rows_of(data, "extras")]


async def test_raw_holds_what_every_single_call_answers() -> None:
    sandbox = Sandbox()
    data, board = await read(sandbox), board_of(sandbox)

    def holds(table: str, id: int, *answers: Mapping[str, object], kind: str | None = None) -> None:
        rows = [row for row in rows_of(data, table) if row.get("kind") in (kind, row.get("kind"))]
        (row,) = [row for row in rows if row["id"] == str(id)]
        raw = json.loads(str(row["raw"]))
        for answer in answers:
            assert {name: raw.get(name, ...) for name in answer} == dict(answer)

    async with client(sandbox) as kanban:
        whole = await kanban.boards.get(board.id)
        listed = next(one for one in await kanban.boards.all() if one.id == board.id)
        (project,) = rows_of(data, "projects")
        assert json.loads(str(project["raw"])).items() >= {**listed.raw, **whole.raw}.items()
        assert listed.folder is not None
        holds("extras", listed.folder.id, listed.folder.raw, kind="folder")
        for user in await kanban.boards.users(board.id):
            holds("people", user.user_id or 0, user.raw)
        for change in await kanban.boards.changes(board.id):
            holds("changes", change.id, change.raw)
        for timer in await kanban.timers.all():
            if timer.board_id == board.id:
                holds("time_entries", timer.id, timer.raw)
        lists = [await kanban.tasks.all(board.id), await kanban.tasks.archived(board.id)]
        for task in (one for tasks in lists for one in tasks):
            details = await kanban.tasks.get(board.id, task.id)
            holds("cards", task.id, task.raw, details.raw)
            for one in details.changelogs or ():
                holds("changes", one.id, one.raw)
            for comment in await kanban.comments.all(board.id, task.id):
                single = await kanban.comments.get(board.id, task.id, comment.id)
                holds("comments", comment.id, comment.raw, single.raw)
            for subtask in await kanban.subtasks.all(board.id, task.id):
                single_one = await kanban.subtasks.get(board.id, task.id, subtask.id)
                holds("tasks", subtask.id, subtask.raw, single_one.raw)


def details(change: Callable[[dict[str, Any]], object]) -> Change:
    """Changes the details of tasks."""

    def changed(_: str, answer: Answer) -> Answer:
        held = cast("object", answer)
        if isinstance(held, dict) and "task" in held:
            change(cast("dict[str, Any]", held["task"]))
        return answer

    return changed


def without(*names: str) -> Callable[[dict[str, Any]], object]:
    def drop(task: dict[str, Any]) -> None:
        for name in names:
            task.pop(name)

    return drop


def children_without(children: str, name: str) -> Callable[[dict[str, Any]], object]:
    def drop(task: dict[str, Any]) -> None:
        for one in task[children]:
            one.pop(name)

    return drop


def only_first(children: str) -> Callable[[dict[str, Any]], object]:
    def cut(task: dict[str, Any]) -> None:
        task[children] = task[children][:1]

    return cut


def null(*names: str) -> Callable[[dict[str, Any]], object]:
    return lambda task: task.update(dict.fromkeys(names))


@each(
    ("change", "comments", "subtasks"),
    [
        # Where the counts say that there are none, nobody asks.
        (without("comments", "subtasks"), 2, 1),
        (without("comments", "comments_count"), 11, 0),
        (without("subtasks", "subtasks_count"), 0, 11),
        (null("comments", "subtasks"), 2, 1),
        (only_first("comments"), 1, 0),
        (only_first("subtasks"), 0, 1),
        (without("comments_count", "subtasks_count"), 0, 0),
        (children_without("comments", "updated_at"), 2, 0),
        (children_without("subtasks", "assigned_user_id"), 0, 1),
    ],
)
async def test_what_a_task_does_not_show_in_full_is_listed(
    change: Callable[[dict[str, Any]], object], comments: int, subtasks: int
) -> None:
    sandbox = Sandbox()
    server = Server(sandbox, details(change))
    data = await read(sandbox, server)
    whole = expected(sandbox.kanbantool, board_of(sandbox))
    assert held(data) == whole
    asked = Counter(path.rpartition("/")[2] for path in server.asked)
    assert (asked["comments"], asked["subtasks"]) == (comments, subtasks)


async def test_what_only_the_details_say_of_a_comment_is_kept_beside_the_list() -> None:
    sandbox = Sandbox()
    server = Server(sandbox, details(children_without("comments", "updated_at")))
    for row in rows_of(await read(sandbox, server), "comments"):
        assert {"updated_at", "user"} <= json.loads(str(row["raw"])).keys()


async def test_a_change_has_what_either_answer_says_of_it() -> None:
    sandbox = Sandbox()

    def more(task: dict[str, Any]) -> None:
        for one in task["changelogs"]:
            one["mood"] = "good"

    rows = rows_of(await read(sandbox, Server(sandbox, details(more))), "changes")
    assert rows
    for row in rows:
        assert {"mood", "changed_object_id"} <= json.loads(str(row["raw"])).keys()


async def test_changes_that_only_the_details_show_belong_to_their_task() -> None:
    sandbox = Sandbox()

    def silent(path: str, answer: Answer) -> Answer:
        return [] if path.endswith("/changelog") else answer

    data = await read(sandbox, Server(sandbox, silent))
    assert held(data)["changes"] == expected(sandbox.kanbantool, board_of(sandbox))["changes"]


async def test_a_change_of_something_else_names_it() -> None:
    sandbox = Sandbox()
    other = {"id": 5, "changed_object_type": "Swimlane", "changed_object_id": 6, "what": "created"}

    def more(path: str, answer: Answer) -> Answer:
        return [*answer, {"changelog": other}] if path.endswith("/changelog") else answer

    rows = rows_of(await read(sandbox, Server(sandbox, more)), "changes")
    (row,) = [row for row in rows if row["id"] == "5"]
    assert (row["entity"], row["entity_id"]) == ("swimlane", "6")


@each("status", [400, 402, 403, 404, 405, 410, 422])
async def test_time_that_is_refused_is_a_gap(status: int) -> None:
    sandbox = Sandbox()

    def refuse(path: str, answer: Answer) -> Answer:
        return status if path.startswith("/time_") else answer

    data = await read(sandbox, Server(sandbox, refuse))
    assert sorted(data.gaps) == [
        f"the time report was refused: {status} Not for you",
        f"the time trackers were refused: {status} Not for you",
    ]
    whole = expected(sandbox.kanbantool, board_of(sandbox))
    extras = [row for row in whole["extras"] if row["kind"] != "time_report"]
    assert held(data) == {**whole, "time_entries": [], "extras": extras}


@pytest.mark.parametrize("path", ["/time_report", "/time_trackers"])
async def test_a_token_that_is_wrong_meanwhile_is_not_a_gap(path: str) -> None:
    sandbox = Sandbox()
    server = Server(sandbox, lambda at, answer: 401 if at == path else answer)
    with pytest.raises(Unauthorized):
        await read(sandbox, server)


async def test_a_timer_that_names_no_board_belongs_to_that_of_its_task() -> None:
    sandbox = Sandbox()

    def less(path: str, answer: Answer) -> Answer:
        if path == "/time_trackers":
            for one in answer:
                del one["board_id"]
        return answer

    for place in (0, 1):
        data = await read(sandbox, Server(sandbox, less), place=place)
        assert held(data) == expected(sandbox.kanbantool, board_of(sandbox, place))


async def test_users_that_are_refused_are_a_gap() -> None:
    sandbox = Sandbox()
    server = Server(sandbox, lambda at, answer: 403 if at.endswith("/users") else answer)
    data = await read(sandbox, server)
    assert data.gaps == ("the users of the board were refused: 403 Not for you",)
    assert held(data) == {**expected(sandbox.kanbantool, board_of(sandbox)), "people": []}


async def test_the_last_stage_is_found_if_the_root_is_not_shown() -> None:
    sandbox = Sandbox()
    root = next(iter(board_of(sandbox).workflow_stages))

    def less(_: str, answer: Answer) -> Answer:
        held = cast("object", answer)
        if isinstance(held, dict) and "board" in held:
            board = cast("dict[str, Any]", held["board"])
            board["workflow_stages"] = [s for s in board["workflow_stages"] if s["id"] != root]
        return answer

    rows = rows_of(await read(sandbox, Server(sandbox, less)), "columns")
    assert [row["title"] for row in rows if row["is_done"]] == ["Done"]


async def test_a_board_of_nulls_is_read() -> None:
    sandbox = Sandbox()

    def nothing(path: str, answer: Answer) -> Answer:
        if path == "/boards":
            return [{"board": {"id": board_of(sandbox).id}}]
        shown = {"board": {"id": board_of(sandbox).id}}
        return shown if isinstance(answer, dict) and "board" in answer else []

    data = await read(sandbox, Server(sandbox, nothing))
    assert {name: len(rows) for name, rows in data.rows.items() if rows} == {
        "projects": 1,
        "extras": 1,  # the report, which is an empty array
    }


async def test_details_without_an_id_could_be_those_of_any_task() -> None:
    sandbox = Sandbox()
    with pytest.raises(DecodeError, match="expected one with an id"):
        await read(sandbox, Server(sandbox, details(without("id"))))


async def test_an_active_task_that_is_deleted_meanwhile_is_left_out() -> None:
    sandbox = Sandbox()
    board = board_of(sandbox)
    gone = next(task for task in board.tasks.values() if task.archived_at is None)
    path = f"/boards/{board.id}/tasks/{gone.id}"
    data = await read(sandbox, Server(sandbox, lambda at, answer: 404 if at == path else answer))
    kept = {row["id"] for row in rows_of(data, "cards")}
    assert kept == {str(id) for id in board.tasks} - {str(gone.id)}


async def test_an_archived_task_is_kept_although_its_details_are_not_found() -> None:
    sandbox = Sandbox()
    board = board_of(sandbox)
    task = next(task for task in board.tasks.values() if task.archived_at)
    path = f"/boards/{board.id}/tasks/{task.id}"
    data = await read(sandbox, Server(sandbox, lambda at, answer: 404 if at == path else answer))
    assert held(data) == expected(sandbox.kanbantool, board)


def versionless(_: str, answer: Answer) -> Answer:
    held = cast("object", answer)
    if isinstance(held, list):
        return [versionless(_, one) for one in cast("list[object]", held)]
    if isinstance(held, dict):
        entries = cast("dict[str, Answer]", held).items()
        return {name: versionless(_, one) for name, one in entries if "version" not in name}
    return answer


@pytest.mark.parametrize("change", [None, versionless])
async def test_a_task_that_is_restored_between_the_lists_is_read(change: Change | None) -> None:
    sandbox = Sandbox()
    board = board_of(sandbox)
    restored = [task for task in board.tasks.values() if task.archived_at]
    lists = f"/boards/{board.id}/tasks"

    def before(path: str) -> None:
        # After the tasks that are not archived, before the archive.
        if path == lists and server.asked[lists] == 2:
            for task in restored:
                sandbox.kanbantool.unarchive(task)

    server = Server(sandbox, change, before)
    cards = [row["id"] for row in rows_of(await read(sandbox, server), "cards")]
    assert sorted(map(str, cards)) == sorted(map(str, board.tasks))


@pytest.mark.parametrize("change", [None, versionless])
async def test_a_board_on_which_nothing_moves_is_read_once(change: Change | None) -> None:
    sandbox = Sandbox()
    server = Server(sandbox, change)
    data = await read(sandbox, server)
    assert server.asked[f"/boards/{board_of(sandbox).id}/tasks"] == 4
    assert data.gaps == ()


async def test_a_board_that_changes_all_the_time_is_read_three_times() -> None:
    sandbox = Sandbox()
    board = board_of(sandbox)
    task = next(iter(board.tasks.values()))
    server = Server(sandbox, before=lambda _: sandbox.kanbantool.add_comment(task, "Again"))
    data = await read(sandbox, server)
    assert server.asked[f"/boards/{board.id}/tasks"] == 1 + 3 * 3
    assert data.gaps == ()
    assert {row["id"] for row in rows_of(data, "cards")} == {str(id) for id in board.tasks}


class Shifting:
    """An archive that is another one at each request, for so many of its first requests."""

    def __init__(self, sandbox: Sandbox, requests: int) -> None:
        self.board = fill(sandbox)
        self.left = requests
        self._ids = 10_000_000

    def __call__(self, path: str, answer: Answer) -> Answer:
        if path != f"/boards/{self.board.id}/tasks" or not self._is_archive(answer):
            return answer
        if self.left > 0:
            self.left -= 1
            for one in answer:
                self._ids += 1
                one["id"] = self._ids
        return answer

    def _is_archive(self, answer: Answer) -> bool:
        return bool(answer) and answer[0]["archived_at"] is not None


@pytest.mark.slow
async def test_an_archive_that_never_stands_still_fails_the_board() -> None:
    sandbox = Sandbox("empty")
    with pytest.raises(PagesShifted):
        await read(sandbox, Server(sandbox, Shifting(sandbox, 10_000)), place=1)


def test_tasks_are_what_the_sandbox_says() -> None:
    """The state that `expected` is made from names no task twice."""
    tasks: list[Task] = [*fill(Sandbox("empty")).tasks.values()]
    assert len({task.id for task in tasks}) == len(tasks) == 420


async def test_deleted_and_archived_cards_leave_the_flow(tmp_path: Path) -> None:
    sandbox, now = Sandbox("empty"), BEGIN
    account = sandbox.kanbantool
    account.clock = lambda: now
    board = account.add_board("Flow")
    done = board.columns()[-1]
    tasks = [account.add_task(board, f"Card {n}", stage=done) for n in range(5)]
    async with client(sandbox) as kanban:
        now += timedelta(days=1)
        for task in tasks[:3]:
            await kanban.tasks.delete(board.id, task.id)
        await kanban.tasks.archive(board.id, tasks[3].id)
        await kanban.comments.create(board.id, tasks[3].id, content="Well done")
        now += timedelta(days=1)
        await kanban.tasks.update(board.id, tasks[4].id, description="The last one")
        file = tmp_path / "flow.sqlite"
        await export([kanban], to=file)
    with closing(sqlite3.connect(file)) as database:
        query = "SELECT day, cards FROM cumulative_flow WHERE project = 'Flow' ORDER BY day"
        assert database.execute(query).fetchall() == [
            ("2026-03-02", 5),
            ("2026-03-03", 1),
            ("2026-03-04", 1),
        ]
        query = "SELECT card, cycle_days FROM cycle_time WHERE project = 'Flow' ORDER BY card"
        assert database.execute(query).fetchall() == [("Card 3", 0.0), ("Card 4", 0.0)]
