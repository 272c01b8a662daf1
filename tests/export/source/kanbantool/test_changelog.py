"""Kanban Tool: lists are read to their end, and what may be missing is a gap."""

from __future__ import annotations

import httpx
import pytest

from agilekit import KanbanTool
from agilekit.export.project import ProjectData
from agilekit.export.source.kanbantool.reader import KanbanToolReader
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import ignore_read
from agilekit.sandbox import Sandbox
from tests.export.source.kanbantool.expected import expected
from tests.export.source.kanbantool.test_reader import fill, held

pytestmark = pytest.mark.anyio


class Older(httpx.AsyncBaseTransport):
    """The sandbox as a server that passes over some parameters."""

    def __init__(self, sandbox: Sandbox, *, ignores: tuple[str, ...], longest: int = 1000) -> None:
        self._inner = sandbox.transport()
        self._ignores = ignores
        self._longest = longest

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        for name in self._ignores:
            url = url.copy_remove_param(name)
        is_list = url.path.endswith(("/changelog.json", "/tasks.json"))
        for name in ("limit", "per_page"):
            if is_list and int(url.params.get(name, 0)) > self._longest:
                url = url.copy_set_param(name, self._longest)
        return await self._inner.handle_async_request(
            httpx.Request(request.method, url, headers=request.headers)
        )


async def read(sandbox: Sandbox, transport: httpx.AsyncBaseTransport) -> ProjectData:
    account = sandbox.kanbantool
    kanban = KanbanTool(token=account.token, base_url=account.base_url, transport=transport)
    async with kanban:
        reader = KanbanToolReader(kanban, ReadLimiter(16))
        found = next(one for one in await reader.projects() if one.title == "Filled")
        return await reader.read(found, ignore_read)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("ignores", "longest"), [(("before",), 1000), ((), 50), ((), 100), (("before",), 100)]
)
async def test_a_server_of_other_habits_is_read_to_the_end(
    ignores: tuple[str, ...], longest: int
) -> None:
    sandbox = Sandbox("empty")
    board = fill(sandbox)
    assert len(board.changelog) > 1000
    data = await read(sandbox, Older(sandbox, ignores=ignores, longest=longest))
    assert held(data) == expected(sandbox.kanbantool, board)
    assert data.gaps == ()


async def test_changes_that_no_request_leads_to_are_a_gap() -> None:
    sandbox = Sandbox("empty")
    board = fill(sandbox)
    data = await read(sandbox, Older(sandbox, ignores=("before", "offset")))
    assert data.gaps == ("the changelog shows its latest 1000 changes, and no others",)
    # The details of the tasks that are there show theirs all the same.
    assert len(data.rows["changes"]) == len(board.changelog)
