"""After every documented write of easyBacklog and flow, an export of what changed holds what a full
one does: also where the write is made within the second in which the export before was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias, cast

import pytest

from agilekit import EasyBacklog, Flow
from agilekit.easybacklog import routes as easybacklog_routes
from agilekit.errors import ApiError
from agilekit.export import TABLES, Exportable, export
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.readers import reader_of
from agilekit.export.target.sqlite import SQLite
from agilekit.flow import routes as flow_routes
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Edit
from agilekit.wire.route import Route
from tests.sizes import FULL

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

Write: TypeAlias = Callable[[], Awaitable[object]]

MOMENT: Final = datetime(2026, 5, 4, 9, tzinfo=UTC)
APART: Final = pytest.mark.parametrize("apart", [0, 1] if FULL else [0])


class Clock:
    """Stands, but for as long as `apart` says after each write."""

    def __init__(self, apart: int) -> None:
        self.now = MOMENT
        self.apart = timedelta(seconds=apart)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self) -> None:
        self.now += self.apart


def documented_writes(module: ModuleType) -> set[str]:
    ops = [cast("Route[object]", one) for one in vars(module).values() if isinstance(one, Route)]
    return {one.heading for one in ops if one.method != "GET"}


async def compared(client: Exportable, to: Path) -> None:
    """Exports what changed, and compares it with everything as it is read now."""
    report = await export([client], to=to, changed_only=True)
    assert [str(one.error) for one in report.failed] == []
    reader, target = reader_of(client, ReadLimiter(16)), SQLite(to)
    for found in await reader.projects():
        data = await reader.read(found, lambda _, __: None)
        assert data.gaps == ()
        for table in TABLES:
            assert [*target.rows_of(found.key, table)] == [*data.rows[table.name]], table.name


@pytest.mark.slow
@APART
async def test_every_write_of_easybacklog(apart: int, tmp_path: Path) -> None:
    sandbox, clock = Sandbox("empty"), Clock(apart)
    store = sandbox.easybacklog
    store.clock, store.ready_after = clock, timedelta()
    account, backlog = store.accounts[store.account_id], store.backlogs[store.backlog_id]
    company = store.add_company(account, "Quay")
    other = store.add_backlog(account, "Other")
    themes = [store.add_theme(backlog, f"Theme {number}") for number in range(3)]
    one, two = (store.add_story(themes[0], i_want_to="see", score=Decimal(3)) for _ in range(2))
    criterion = store.add_criterion(one, "It is seen")
    sprints = [
        store.add_sprint(
            backlog,
            start_on=MOMENT.date() + timedelta(days=7 * week),
            explicit_velocity=Decimal(9),
        )
        for week in range(2)
    ]
    snapshot = store.add_snapshot(backlog, "At first")
    a, b, s = account.id, backlog.id, sprints[0].id
    async with EasyBacklog(**store.arguments()) as easy:
        writes: list[tuple[str, Write]] = [
            ("Update an Account", lambda: easy.accounts.update(a, name="Renamed")),
            ("Create a Company", lambda: easy.companies.create(a, name="Mole")),
            ("Update a Company", lambda: easy.companies.update(a, company.id, default_velocity=4)),
            ("Delete a Company", lambda: refused(easy.companies.delete(a, company.id))),
            ("Create a Backlog", lambda: easy.backlogs.create(a, name="New")),
            ("Update a Backlog", lambda: easy.backlogs.update(a, b, velocity=5, rate=100)),
            ("Update a Backlog", lambda: easy.backlogs.archive(a, other.id)),
            ("Update a Backlog", lambda: easy.backlogs.restore(a, other.id)),
            ("Duplicate a Backlog", lambda: easy.backlogs.duplicate(a, b, name="Copy")),
            ("Create a Snapshot", lambda: easy.snapshots.create(a, b, name="Now")),
            ("Delete a Snapshot", lambda: easy.snapshots.delete(a, b, snapshot.id)),
            ("Create a Theme", lambda: easy.themes.create(b, name="Made")),
            ("Update a Theme", lambda: easy.themes.update(b, themes[1].id, position=1)),
            (
                "Move story from another theme",
                lambda: easy.themes.grab_story(b, themes[1].id, one.id),
            ),
            (
                "Move theme to another backlog",
                lambda: easy.themes.move_to(b, themes[2].id, other.id),
            ),
            (
                "Create a Story",
                lambda: easy.stories.create(themes[0].id, i_want_to="hear", score=5),
            ),
            ("Update a Story", lambda: easy.stories.update(themes[0].id, two.id, color="ff0000")),
            (
                "Create an Acceptance Criterion",
                lambda: easy.criteria.create(one.id, criterion="Yes"),
            ),
            (
                "Update an Acceptance Criterion",
                lambda: easy.criteria.update(one.id, criterion.id, position=2),
            ),
            ("Delete an Acceptance Criterion", lambda: easy.criteria.delete(one.id, criterion.id)),
            (
                "Create a Sprint",
                lambda: easy.sprints.create(
                    b, start_on="2026-07-06", duration_days=5, explicit_velocity=3
                ),
            ),
            ("Update a Sprint", lambda: easy.sprints.update(b, sprints[1].id, explicit_velocity=2)),
            (
                "Create a Sprint Story (assign a story to a sprint)",
                lambda: easy.sprint_stories.create(s, story_id=one.id),
            ),
            (
                "Update a Sprint Story",
                lambda: easy.sprint_stories.update(s, placed(), sprint_story_status_id=4),
            ),
            ("Update a Sprint", lambda: easy.sprints.complete(b, s)),
            ("Update a Sprint", lambda: easy.sprints.reopen(b, s)),
            (
                "Update a Sprint Story",
                lambda: easy.sprint_stories.update(s, placed(), sprint_story_status_id=1),
            ),
            ("Delete a Sprint Story", lambda: easy.sprint_stories.delete(s, placed())),
            ("Delete a Sprint", lambda: easy.sprints.delete(b, backlog.sprints[-1])),
            ("Delete a Story", lambda: easy.stories.delete(themes[0].id, two.id)),
            ("Delete a Theme", lambda: easy.themes.delete(b, themes[1].id)),
            ("Delete a Backlog", lambda: easy.backlogs.delete(a, other.id)),
        ]

        def placed() -> int:
            return store.sprints[s].stories[0]

        assert {name for name, _ in writes} == documented_writes(easybacklog_routes)
        await compared(easy, tmp_path / "x.sqlite")
        for _, write in writes:
            await write()
            await compared(easy, tmp_path / "x.sqlite")
            clock.go_on()


async def refused(write: Awaitable[object]) -> None:
    with pytest.raises(ApiError):
        await write


@pytest.mark.slow
@APART
async def test_every_write_of_flow(apart: int, tmp_path: Path) -> None:
    sandbox, clock = Sandbox("empty"), Clock(apart)
    board = sandbox.flow
    board.clock = clock
    project = board.projects[1]
    kinds = project.task_types
    backlog, *_, done = (one.id for one in board.columns_of(project))
    for number in range(53):
        task = board.add_task(project, f"Task {number}")
        board.edit_task(task, Edit(column=board.columns[done]))
    async with Flow(**board.arguments()) as flow:
        hidden, listed = 2, 52
        writes: list[tuple[str, Write]] = [
            (
                "POST /task.format",
                lambda: flow.tasks.create(1, task_text="New", task_type_id=kinds[0]),
            ),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, task_text="Renamed")),
            (
                "PUT /task/task_id.format",
                lambda: flow.tasks.update(hidden, task_text="Renamed, too"),
            ),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, task_type_id=kinds[1])),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, task_status="R")),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, user_ids=[1])),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(hidden, col_id=backlog)),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, prev_task_order="none")),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(hidden, task_status="D")),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(hidden, task_status="U")),
            ("DELETE /task/task_id.format", lambda: flow.tasks.delete(listed)),
            ("PUT /task/task_id.format", lambda: flow.tasks.update(listed, task_status="U")),
            ("POST /authentication.format", flow.keys.create),
            ("DELETE /authentication/key.format", lambda: flow.keys.delete(board.keys[-1])),
        ]
        assert {name for name, _ in writes} == documented_writes(flow_routes)
        await compared(flow, tmp_path / "x.sqlite")
        for _, write in writes:
            await write()
            await compared(flow, tmp_path / "x.sqlite")
            clock.go_on()
