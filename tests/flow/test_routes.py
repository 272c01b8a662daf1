"""What of a call is written in its route, and the ids. tests/contract holds the routes to the
document.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, cast

import pytest

from agilekit import InvalidInput, NotFound
from agilekit.flow import Column, EditedTask, Flow, Member, Project, Task, TaskType, routes
from agilekit.wire.route import Route
from tests.each import each
from tests.flow.calls import flow_at
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

OPS: Final = [
    cast("Route[object]", value) for value in vars(routes).values() if isinstance(value, Route)
]

Use = Callable[[Flow, object], Awaitable[object]]

# Each method that takes an id, and the kind of entity that may stand for it.
USES: Final[dict[str, tuple[Use, type[object]]]] = {
    "columns.all": (lambda f, it: _awaited(f.columns.all, it), Project),
    "task_types.all": (lambda f, it: _awaited(f.task_types.all, it), Project),
    "tasks.all": (lambda f, it: _awaited(f.tasks.all, it), Project),
    "tasks.recent_activity": (lambda f, it: _awaited(f.tasks.recent_activity, it), Project),
    "tasks.get": (lambda f, it: f.tasks.get(cast("int", it)), Task),
    "tasks.create": (
        lambda f, it: f.tasks.create(cast("int", it), task_text="T", task_type_id=1),
        Project,
    ),
    "tasks.update": (lambda f, it: f.tasks.update(cast("int", it), task_text="T"), Task),
    "tasks.delete": (lambda f, it: f.tasks.delete(cast("int", it)), Task),
    "history.of task": (lambda f, it: _history(f, "task", it), Task),
    "history.of task_type": (lambda f, it: _history(f, "task_type", it), TaskType),
    "history.of col": (lambda f, it: _history(f, "col", it), Column),
    "history.of project": (lambda f, it: _history(f, "project", it), Project),
    "history.of group": (lambda f, it: _history(f, "group", it), type(None)),
}
WITH_ID: Final[dict[type[object], object]] = {
    Column: Column(23),
    Member: Member(23),
    Project: Project(23),
    Task: Task(23),
    TaskType: TaskType(23),
    EditedTask: EditedTask(23),
}


async def _awaited(listing: Callable[[int], Awaitable[object]], entity: object) -> object:
    return await listing(cast("int", entity))


async def _history(flow: Flow, item_type: str, item: object) -> object:
    of = cast("Callable[[str, object], Awaitable[object]]", flow.history.of)
    return await of(item_type, item)


def test_only_what_adds_nothing_may_be_sent_twice() -> None:
    assert {op.heading for op in OPS if op.safe_write} == {
        "PUT /task/task_id.format",
        "DELETE /task/task_id.format",
        "DELETE /authentication/key.format",
    }


def test_only_recent_activity_is_empty_if_the_service_finds_nothing() -> None:
    found = [op.heading for op in OPS if op.empty_is_404]
    assert found == ["GET /project_id/tasks/recent_activity.format"]


@each("name", USES)
@each(
    "id",
    ["", "x23", "\u0662", "0", "..", "a/b", None, True, 0, -1, 2.5, b"23", [23], Task(), Project()],
    ids=lambda value: repr(value)[:12],
)
async def test_what_is_not_a_valid_id_is_refused_before_anything_is_sent(
    name: str, id: object
) -> None:
    server = Scripted(Say({}))
    async with flow_at(server) as flow:
        with pytest.raises(InvalidInput):
            await USES[name][0](flow, id)
    assert server.requests == []


@each("name", USES)
@each("other", WITH_ID, ids=lambda kind: kind.__name__)
async def test_an_entity_stands_for_its_id_and_only_its_own_kind_does(
    name: str, other: type[object]
) -> None:
    use, kind = USES[name]
    server = Scripted(Say(status=404))
    async with flow_at(server) as flow:
        if other is not kind:
            with pytest.raises(InvalidInput):
                await use(flow, WITH_ID[other])
            assert server.requests == []
            return
        with suppress(NotFound):
            await use(flow, WITH_ID[other])
        [request] = server.requests
        assert "23" in f"{request.url} {request.content.decode()}"


@pytest.mark.parametrize("item_type", ["", "tasks", "column", "../task", "member"])
async def test_only_what_has_a_history_is_asked_for_one(item_type: str) -> None:
    server = Scripted(Say([]))
    async with flow_at(server) as flow:
        with pytest.raises(InvalidInput, match="'task', 'task_type', 'col', 'project' or 'group'"):
            await _history(flow, item_type, 1)
    assert server.requests == []
