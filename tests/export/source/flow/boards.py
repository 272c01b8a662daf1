"""Boards of flow to be read, and what was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, Literal, TypeAlias

import anyio
import anyio.lowlevel
import httpx

from agilekit import Flow
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.flow.reader import FlowReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.export.table import Value
from agilekit.export.tables import BY_NAME
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Board, Edit, Project, Task

Hook: TypeAlias = Callable[[str], object]
"""Is told the path of a request, without the suffix, before it is handled. What it gives is the
answer, as JSON; a number is a status; None leaves it to the sandbox.
"""

# Long before the last 24 hours, so that no change tells of it.
LONG_AGO: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Hooked(httpx.AsyncBaseTransport):
    """A sandbox whose state or answers somebody changes."""

    def __init__(self, sandbox: Sandbox, hook: Hook | None = None) -> None:
        self.paths: list[str] = []
        self.most_at_once = 0
        self._sandbox = sandbox
        self._inner = sandbox.transport()
        self._hook = hook
        self._at_once = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(self._sandbox.flow.base_path).rpartition(".")[0]
        self.paths.append(path)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await anyio.lowlevel.checkpoint()
            said = self._hook(path) if self._hook else None
            if isinstance(said, int):
                return httpx.Response(said, json={"error": "so be it"}, request=request)
            if isinstance(said, bytes):
                return httpx.Response(200, content=said, request=request)
            if said is not None:
                return httpx.Response(200, content=json.dumps(said), request=request)
            return await self._inner.handle_async_request(request)
        finally:
            self._at_once -= 1


def client(
    sandbox: Sandbox,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    format: Literal["json", "xml"] = "json",
    retries: int = 5,
) -> Flow:
    board = sandbox.flow
    return Flow(
        "lighthouse",
        key=board.key,
        base_url=board.base_url,
        format=format,
        transport=transport or sandbox.transport(),
        retries=retries,
    )


async def read_all(
    sandbox: Sandbox, hook: Hook | None = None, *, at_once: int = 16
) -> tuple[Hooked, dict[int, ProjectData]]:
    """Every project by its id, all at once, through one reader."""
    transport, projects = Hooked(sandbox, hook), dict[int, ProjectData]()
    async with client(sandbox, transport, retries=0) as flow:
        reader = FlowReader(flow, ReadLimiter(at_once))

        async def read(found: ProjectRef) -> None:
            projects[int(found.project_id)] = await reader.read(found, ignore_read)

        async with anyio.create_task_group() as tasks:
            for found in await reader.projects():
                tasks.start_soon(read, found)
    return transport, projects


async def read_one(
    sandbox: Sandbox, project: Project, hook: Hook | None = None
) -> tuple[Hooked, ProjectData]:
    """One project, through a reader that knows nothing yet."""
    transport = Hooked(sandbox, hook)
    async with client(sandbox, transport, retries=0) as flow:
        reader = FlowReader(flow, ReadLimiter(16))
        return transport, await reader.read(found_of(sandbox, project), ignore_read)


def found_of(sandbox: Sandbox, project: Project) -> ProjectRef:
    url = sandbox.flow.base_url
    return ProjectRef("flow", "sandbox.invalid", str(project.id), url)


def rows(data: ProjectData, table: str) -> list[dict[str, Value]]:
    names = [column.name for column in BY_NAME[table].columns]
    return [dict(zip(names, row, strict=True)) for row in data.rows[table]]


def ids(data: ProjectData, table: str = "cards") -> list[int]:
    return [int(str(row["id"])) for row in rows(data, table)]


def held(data: ProjectData) -> dict[str, list[dict[str, object]]]:
    """What `expected` gives, as it was read."""
    left_out = {"service", "host", "project_id", "raw"}
    found: dict[str, list[dict[str, object]]] = {
        table: [
            {
                name: value
                for name, value in row.items()
                if name not in left_out
                and value is not None
                and (table, name) != ("changes", "value")
            }
            for row in rows(data, table)
        ]
        for table in data.rows
    }
    return {table: rows for table, rows in found.items() if rows}


def one_board(tasks: int = 0, done: Sequence[int] = ()) -> tuple[Sandbox, Project]:
    """A board of one project, whose tasks are all in Backlog but those that were done, in the order
    in which they were done.
    """
    sandbox = Sandbox("empty")
    project = sandbox.flow.projects[1]
    add(sandbox.flow, project, tasks)
    for number, id in enumerate(done):
        finish(sandbox.flow, sandbox.flow.tasks[id], at=LONG_AGO + timedelta(hours=1 + number))
    return sandbox, project


def add(board: Board, project: Project, number: int) -> list[Task]:
    return [
        board.add_task(project, f"Task {n}", at=LONG_AGO + timedelta(seconds=n))
        for n in range(number)
    ]


def finish(board: Board, task: Task, at: datetime | None = None) -> None:
    done = board.column_of(board.projects[task.project_id], "D")
    board.edit_task(task, Edit(column=done), at=at)


def fill(board: Board) -> None:
    """Four projects with a few hundred tasks each, in no order, much of it done."""
    random = Random(7)
    members = [1, board.add_member("Omar Haddad", joined=LONG_AGO).id]
    projects = [board.projects[1]]
    projects += [
        board.add_project(f"Project {n}: ünïcode 🍩", archived=n == 2, at=LONG_AGO)
        for n in range(3)
    ]
    for number in range(800):
        project = random.choice(projects)
        at = LONG_AGO + timedelta(minutes=number)
        columns = board.columns_of(project)
        task = board.add_task(
            project,
            f"Task {number}\n\t\"quoted\" 'text' <b>\u2028 ",
            task_type=board.task_types[random.choice(project.task_types)],
            user_ids=random.sample(members, random.randint(0, 2)),
            at=at,
        )
        for hour in range(random.randint(0, 3)):
            edit = Edit(
                column=random.choice([None, columns[-1], *columns]),
                status=random.choice([None, "R", "B", "U", ""]),
                user_ids=(2,) if hour == 2 else None,
            )
            board.edit_task(task, edit, user_id=2, at=at + timedelta(hours=1 + hour))
