"""One odd value costs a column and leaves a gap, in every service, and never a project."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import httpx
import pytest

from agilekit import DecodeError, EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.export import Exportable, export
from agilekit.sandbox import Sandbox
from tests.export.many import filled

pytestmark = pytest.mark.anyio


class Odd(httpx.AsyncBaseTransport):
    """A sandbox that says of one attribute, wherever it stands, what no document describes."""

    def __init__(self, sandbox: Sandbox, path: str, key: str, value: object) -> None:
        self._inner = sandbox.transport()
        self._path = path
        self._key = key
        self._value = value
        self.said = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        if self._path not in request.url.path or "xml" in request.headers["accept"]:
            return response
        return httpx.Response(response.status_code, json=self._changed(json.loads(body)))

    def _changed(self, data: object) -> object:
        if isinstance(data, list):
            return [self._changed(one) for one in cast("list[object]", data)]
        if not isinstance(data, dict):
            return data
        entries = cast("dict[str, object]", data)
        changed = {name: self._changed(one) for name, one in entries.items()}
        if self._key in changed:
            self.said += 1
            changed[self._key] = self._value
        return changed


def client(sandbox: Sandbox, service: str, transport: httpx.AsyncBaseTransport) -> list[Exportable]:
    kanban, flow = sandbox.kanbantool, sandbox.flow
    easy, donut = sandbox.easybacklog, sandbox.flyingdonut
    match service:
        case "kanbantool":
            base_url = kanban.base_url
            return [KanbanTool(token=kanban.token, base_url=base_url, transport=transport)]
        case "flow":
            return [Flow("midori", key=flow.key, base_url=flow.base_url, transport=transport)]
        case "easybacklog":
            return [EasyBacklog(easy.base_url, token=easy.token, transport=transport)]
        case _:
            project = [*donut.projects.values()][-1]
            secret, base_url = project.secret, donut.base_url
            return [FlyingDonut(project.id, secret=secret, base_url=base_url, transport=transport)]


def count(file: Path, service: str) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as database:
        return {
            table: database.execute(
                f"SELECT count(*) FROM {table} WHERE service = ?",  # noqa: S608 - own names
                (service,),
            ).fetchone()[0]
            for table in ("projects", "columns", "cards", "tasks", "comments", "changes")
        }


@pytest.mark.quick(6)
@pytest.mark.parametrize(
    ("service", "path", "key", "value", "gap"),
    [
        ("kanbantool", "/tasks", "due_date", "0000-00-00", "is without its due_date"),
        ("kanbantool", "/tasks", "size_estimate", "many", "is without its size_estimate"),
        ("kanbantool", "/boards.", "last_activity_on", "0000-00-00", "board"),
        ("kanbantool", "/boards.", "version", "new", "is without its version"),
        ("kanbantool", "/changelog", "swimlane_id", "top", "change"),
        ("kanbantool", "/users", "updated_at", "0000-00-00", "board user"),
        ("kanbantool", "/time_trackers", "ended_at", "soon", "time tracker"),
        ("flow", "/tasks", "task_order", "first", "task"),
        ("flow", "/cols", "col_limit", "few", "column"),
        ("easybacklog", "/locales", "position", "first", "locale"),
        ("easybacklog", "/accounts/", "updated_at", "0000-00-00", "backlog"),
        ("flyingdonut", "/backlog", "cid", "none", "card"),
    ],
)
async def test_an_odd_value_costs_a_column_and_leaves_a_gap(
    tmp_path: Path, service: str, path: str, key: str, value: object, gap: str
) -> None:
    sandbox = filled(projects=1, cards=3, children=2, only=service)
    if service == "kanbantool":
        account = sandbox.kanbantool
        account.add_time_tracker(next(iter([*account.boards.values()][-1].tasks.values())))
    odd = Odd(sandbox, path, key, value)
    whole, file = tmp_path / "whole.sqlite", tmp_path / "odd.sqlite"
    await export(client(sandbox, service, sandbox.transport()), to=whole)
    report = await export(client(sandbox, service, odd), to=file)
    assert odd.said
    assert not report.failed
    assert count(file, service) == count(whole, service)
    gaps = [one for project in report.projects for one in project.gaps]
    assert any(gap in one for one in gaps), gaps


async def test_an_entry_of_a_list_that_is_not_an_entity_is_left_out(tmp_path: Path) -> None:
    sandbox = filled(projects=1, cards=3, children=2, only="kanbantool")
    odd = Odd(sandbox, "/tasks/", "subtasks", ["none", None])
    account = sandbox.kanbantool
    kanban = KanbanTool(token=account.token, base_url=account.base_url, transport=odd)
    report = await export([kanban], to=tmp_path / "a.sqlite")
    assert not report.failed
    assert any("subtask is left out: expected an object" in one for one in report.projects[-1].gaps)


async def test_a_task_without_an_id_is_left_out_and_the_board_is_there(tmp_path: Path) -> None:
    sandbox = filled(projects=1, cards=3, children=0, only="kanbantool")
    odd = Odd(sandbox, "/changelog", "id", "first")
    account = sandbox.kanbantool
    kanban = KanbanTool(token=account.token, base_url=account.base_url, transport=odd)
    report = await export([kanban], to=tmp_path / "a.sqlite")
    assert not report.failed
    assert "a change is left out: it has no id" in report.projects[-1].gaps


async def test_a_call_outside_of_an_export_fails_for_an_odd_value() -> None:
    sandbox = filled(projects=1, cards=3, children=0, only="kanbantool")
    account = sandbox.kanbantool
    odd = Odd(sandbox, "/tasks", "due_date", "0000-00-00")
    board = [*account.boards][-1]
    kanban = KanbanTool(token=account.token, base_url=account.base_url, transport=odd)
    async with kanban:
        with pytest.raises(DecodeError, match="due_date"):
            await kanban.tasks.all(board)
