"""The rows of an export as a stream: those that a target would hold, of whole projects only."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
import pytest

from agilekit import CallError, FlyingDonut, InvalidInput, NotFound
from agilekit.export import (
    TABLES,
    Exportable,
    ProjectData,
    ProjectReport,
    PythonValue,
    export,
    part,
    rows,
)
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Sandbox
from tests.export.clients import another, client, clients_of_new, seeded
from tests.export.many import clients_of, filled

pytestmark = pytest.mark.anyio


def exported(to: Path) -> dict[str, list[Row]]:
    target = open_target(to)
    return {table.name: [*target.rows(table)] for table in TABLES}


async def taken(clients: Mapping[str, Exportable]) -> dict[str, list[Row]]:
    """All rows of a stream as a target would keep them, by table."""
    found = defaultdict[str, list[Row]](list)
    async for table, row in rows(clients):
        found[table].append(BY_NAME[table].row(**row))
    return {table.name: table.in_order(found[table.name]) for table in TABLES}


async def test_the_rows_are_those_of_an_export(tmp_path: Path) -> None:
    sandbox = filled(projects=2, cards=3, children=2)
    await export(clients_of(sandbox), to=tmp_path / "x.sqlite")
    assert await taken(clients_of(sandbox)) == exported(tmp_path / "x.sqlite")


async def test_a_row_has_the_values_that_programs_work_with(sandbox: Sandbox) -> None:
    found: list[dict[str, PythonValue]] = []
    async for table, row in rows(clients_of(sandbox), tables=["cards"]):
        assert table in {"projects", "cards"}
        found += [row] if table == "cards" else []
    for name, kind in (("created_at", datetime), ("is_done", bool), ("assignees", list)):
        values = [row[name] for row in found if row[name] is not None]
        assert values
        assert all(value.__class__ is kind for value in values)
    assert [*found[0]] == [column.name for column in BY_NAME["cards"].columns]


async def test_clients_are_opened_for_reading_and_left_as_they_were(sandbox: Sandbox) -> None:
    closed, other = client(sandbox), client(sandbox, another(sandbox, "Other"))
    async with other:
        stream = rows([closed, other])
        await anext(stream)
        assert (closed.is_open, other.is_open) == (False, True)
        async for _ in stream:
            pass
        assert (closed.is_open, other.is_open) == (False, True)
    await part(closed, seeded(sandbox).id)
    assert not closed.is_open


async def test_of_a_project_that_cannot_be_read_there_is_no_row_but_its_error(
    sandbox: Sandbox,
) -> None:
    wrong = client(sandbox, another(sandbox, "Wrong"), secret="0" * 32)
    with pytest.raises(CallError):
        async for _ in rows([wrong, client(sandbox)]):
            pass
    reports: list[ProjectReport] = []
    found = {
        str(row["project_id"])
        async for _, row in rows([wrong, client(sandbox)], on_project=reports.append)
    }
    assert found == {seeded(sandbox).id}
    failed, read = reports
    assert isinstance(failed.error, CallError)
    assert (failed.rows, read.error) == ({}, None)
    assert read.rows["cards"] == len(seeded(sandbox).cards)


async def test_no_more_projects_are_read_ahead_than_at_once(sandbox: Sandbox) -> None:
    reports: list[ProjectReport] = []
    clients, seen = clients_of_new(sandbox, 4), list[int]()
    async for table, _ in rows(clients, at_once=2, on_project=reports.append):
        if table == "projects":
            seen.append(sandbox.count())
    assert len(reports) == 4
    first, second, third, fourth = seen
    assert first == second < third == fourth


class Cancelling(httpx.AsyncBaseTransport):
    """Cancels whoever waits for every second of the first twenty answers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()
        self.scope = anyio.CancelScope()
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.requests <= 20 and self.requests % 2 == 0:
            self.scope.cancel()
        return await self._inner.handle_async_request(request)


async def test_a_call_that_was_cancelled_is_made_again_and_no_project_is_lost(
    sandbox: Sandbox,
) -> None:
    transport = Cancelling(sandbox)
    projects = [another(sandbox, f"P{number}") for number in range(3)]
    stream = rows(
        [client(sandbox, one, transport=transport) for one in projects], at_once=2, concurrency=1
    )
    found, cancelled = list[str](), 0
    with suppress(StopAsyncIteration):
        while True:
            with anyio.CancelScope() as transport.scope:
                table, row = await anext(stream)
                found += [str(row["title"])] if table == "projects" else []
            cancelled += transport.scope.cancelled_caught
    assert cancelled == 10
    assert sorted(found) == ["P0", "P1", "P2"]


async def test_the_rows_of_a_project_come_also_if_what_was_told_of_it_has_failed(
    sandbox: Sandbox,
) -> None:
    def fail(_: ProjectReport) -> None:
        raise RuntimeError

    stream = rows([client(sandbox)], on_project=fail)
    with pytest.raises(RuntimeError):
        await anext(stream)
    assert (await anext(stream))[0] == "projects"


async def test_a_project_that_two_connections_lead_to_comes_once(sandbox: Sandbox) -> None:
    project, secure = seeded(sandbox), client(sandbox)
    alike = FlyingDonut(
        project.id,
        secret=project.secret,
        base_url=secure.base_url.replace("https:", "http:"),
        allow_http=True,
        transport=sandbox.transport(),
    )
    for clients in ([secure, alike], [client(sandbox, secret="0" * 32), alike]):
        reports: list[ProjectReport] = []
        count = 0
        async for table, _ in rows(clients, on_project=reports.append):
            count += table == "projects"
        assert count == 1


async def test_a_part_is_a_project_by_its_id_and_can_be_sent_to_another_process() -> None:
    sandbox = filled(projects=1, cards=3, children=1)
    for one in clients_of(sandbox).values():
        reports: list[ProjectReport] = []
        async for _ in rows([one], on_project=reports.append):
            pass
        for report in reports:
            data = await part(one, str(report.project_id))
            again = await part(one, data.project)
            assert again == data
            assert pickle.loads(pickle.dumps(data)) == data  # noqa: S301 - its own
            assert data.counts == report.rows
            assert next(data.python_rows("projects"))["project_id"] == report.project_id


async def test_a_part_knows_what_is_done_and_keeps_the_chosen_tables(sandbox: Sandbox) -> None:
    bucket = next(iter(seeded(sandbox).buckets.values()))
    data = await part(client(sandbox), seeded(sandbox).id, done=[bucket.id], tables=["cards"])
    assert any(row["is_done"] for row in data.python_rows("cards"))
    assert data.tables == {"projects", "cards"}
    assert not [*data.python_rows("people")]


async def test_a_project_that_a_client_does_not_lead_to_is_no_part(sandbox: Sandbox) -> None:
    with pytest.raises(NotFound, match=r"flyingdonut at .* shows no project 'nowhere'"):
        await part(client(sandbox), "nowhere")
    for project in (None, True, b"nowhere", seeded(sandbox)):
        with pytest.raises(InvalidInput, match="project must be an id, not"):
            await part(client(sandbox), cast("str", project))
    kanban = clients_of(sandbox)["boards"]
    donut: ProjectData = await part(client(sandbox), seeded(sandbox).id)
    with pytest.raises(InvalidInput, match="this client does not lead to flyingdonut at"):
        await part(kanban, donut.project)


def test_what_cannot_be_right_is_refused_at_once(sandbox: Sandbox) -> None:
    for options in ({"at_once": 0}, {"concurrency": 0}, {"tables": ["card"]}, {"done": 5}):
        with pytest.raises(InvalidInput):
            rows([client(sandbox)], **cast("dict[str, Any]", options))
    with pytest.raises(InvalidInput, match="needs clients"):
        rows([])
